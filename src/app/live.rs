//! The collector in the window: what it is asked for, how far it has come, and the run that grows.
//!
//! The outside journals, reads and judges at its own pace ([`crate::store::growing`]); here a snapshot replaces the one
//! before it. Numbers of sessions, events and findings hold for one snapshot: what is shown and selected is looked
//! up in the next by keys.

use core::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use super::command::{Command, Direction};
use super::effect::{Effect, Effects};
use super::item::Item;
use super::mending::Judging;
use super::notice::NoticeKind;
use super::prefs::{BottomTab, Pane};
use super::time_view::TimeView;
use super::update::Update;
use crate::config::Config;
use crate::model::capture::Capture;
use crate::model::fault::{FaultError, FaultSpec};
use crate::model::id::SessionId;
use crate::model::policy::Profile;
use crate::rules::finding::{Counts, Finding};
use crate::rules::selection::Exception;
use crate::store::growing::{Grown, Growth};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::places::{Places, SessionTimes};

/// How the collector is to run, as the user fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveForm {
    /// Where it listens: address and port.
    pub listen: String,
    /// The journal; empty: a new file in the user's data folder.
    pub journal: String,
    /// Faults on demand, in the words of `--fault`, with spaces between them.
    pub faults: String,
}

impl LiveForm {
    /// The faults that are asked for; the error says in words what is wrong with one.
    fn faults(&self) -> Result<Vec<FaultSpec>, String> {
        let specs = self.faults.split_whitespace().map(str::parse);
        specs.collect::<Result<_, FaultError>>().map_err(|error| error.to_string())
    }
}

impl Default for LiveForm {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8787".to_owned(), journal: String::new(), faults: String::new() }
    }
}

/// How the outside is to run a collector.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveOrder {
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Which readings of the documentation it follows.
    pub profile: Profile,
    /// The journal; `None`: a new file in the user's data folder.
    pub journal: Option<PathBuf>,
    /// Faults on demand.
    pub faults: Vec<FaultSpec>,
}

/// How far a collector has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Phase {
    /// None runs.
    #[default]
    Off,
    /// It has been asked for.
    Starting,
    /// It runs.
    Running(Running),
    /// It has been asked to stop.
    Stopping(Running),
}

/// A collector that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The run that grows.
    pub capture: CaptureId,
    /// Where it really listens.
    pub address: SocketAddr,
    /// The base address for players.
    pub base_url: String,
    /// The journal.
    pub journal: PathBuf,
    /// The base address for a device to photograph.
    pub qr: Option<Arc<QrModules>>,
}

/// A QR code as a square of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    /// Modules on a side.
    pub width: usize,
    /// Row by row from the top left; true is dark.
    pub dark: Vec<bool>,
}

/// What must be answered before something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Other machines would reach the collector.
    Expose(SocketAddr),
    /// The program is left while a collector runs.
    Quit,
}

/// The collector in the window.
#[derive(Debug, Default)]
pub struct Live {
    /// How far it has come.
    pub phase: Phase,
    /// True while the newest is shown as it comes.
    pub following: bool,
    /// What must be answered first.
    pub question: Option<Question>,
    /// Why it did not start, or why the journal cannot be written, in words.
    pub problem: Option<String>,
    /// Faults that the collector was told to inject.
    pub faults: Vec<FaultSpec>,
    /// What is wrong with the faults of the form, in words.
    pub fault_problem: Option<String>,
    /// Requests in the latest second.
    pub per_second: u64,
    /// The address beyond this machine that the user agreed to, in this run of the program.
    exposed: Option<SocketAddr>,
    /// The session set aside that is to be shown when it is there.
    wanted: Option<u64>,
    /// The user agreed to leave.
    leaves: bool,
}

impl Live {
    /// The collector that runs or is being stopped.
    #[must_use]
    pub fn running(&self) -> Option<&Running> {
        match &self.phase {
            Phase::Running(running) | Phase::Stopping(running) => Some(running),
            Phase::Off | Phase::Starting => None,
        }
    }

    /// True when this capture still grows.
    #[must_use]
    pub fn grows(&self, capture: CaptureId) -> bool {
        self.running().is_some_and(|running| running.capture == capture)
    }
}

impl State {
    /// Commands about the collector.
    pub(super) fn apply_live(&mut self, command: Command) -> Effects {
        match command {
            Command::EditLive(form) => {
                let other_faults = form.faults != self.prefs.live.faults;
                self.prefs.live = form;
                if self.live.phase == Phase::Off {
                    self.live.problem = None;
                }
                if other_faults {
                    return self.inject_faults();
                }
            }
            Command::StartCollector => return self.start_collector(),
            Command::StopCollector => return self.stop_collector(),
            Command::ToggleCollector => {
                return if self.live.phase == Phase::Off {
                    self.start_collector()
                } else {
                    self.stop_collector()
                };
            }
            Command::Answer(yes) => return self.answer(yes),
            Command::Follow(following) => return self.follow(following),
            Command::BringBack(capture, key) => {
                if self.live.grows(capture) {
                    self.live.following = false;
                    self.live.wanted = Some(key);
                    return Effects::one(Effect::KeepSession { key });
                }
                if let Some(path) = self.capture(capture).and_then(|loaded| loaded.journal.clone()) {
                    self.notify(NoticeKind::Remark, "set-aside", vec![("name", path.display().to_string())]);
                }
            }
            _ => {}
        }
        Effects::none()
    }

    fn start_collector(&mut self) -> Effects {
        if self.live.phase != Phase::Off {
            return Effects::none();
        }
        self.live.problem = None;
        self.show_live_panel();
        let form = &self.prefs.live;
        let Ok(listen) = form.listen.trim().parse::<SocketAddr>() else {
            self.live.problem =
                Some(format!("{:?} is no address with a port, such as 127.0.0.1:8787", form.listen));
            return Effects::none();
        };
        if !listen.ip().is_loopback() && self.live.exposed != Some(listen) {
            self.live.question = Some(Question::Expose(listen));
            return Effects::none();
        }
        let faults = match form.faults() {
            Ok(faults) => faults,
            Err(why) => {
                self.live.fault_problem = Some(why);
                return Effects::none();
            }
        };
        let journal = Some(form.journal.trim()).filter(|path| !path.is_empty()).map(PathBuf::from);
        let profile = self.prefs.profile.unwrap_or_default();
        self.live.phase = Phase::Starting;
        self.live.faults.clone_from(&faults);
        let judging = Judging { profile: self.prefs.profile, ..Judging::default() };
        Effects::one(Effect::StartCollector {
            order: Box::new(LiveOrder { listen, profile, journal, faults }),
            judging,
        })
    }

    /// The collector injects what the form asks for from now on; nothing changes while that cannot be read.
    fn inject_faults(&mut self) -> Effects {
        match self.prefs.live.faults() {
            Ok(specs) => {
                self.live.fault_problem = None;
                if !matches!(self.live.phase, Phase::Starting | Phase::Running(_)) {
                    return Effects::none();
                }
                self.live.faults.clone_from(&specs);
                Effects::one(Effect::InjectFaults { specs })
            }
            Err(why) => {
                self.live.fault_problem = Some(why);
                Effects::none()
            }
        }
    }

    fn stop_collector(&mut self) -> Effects {
        let Phase::Running(running) = &self.live.phase else { return Effects::none() };
        self.live.phase = Phase::Stopping(running.clone());
        Effects::one(Effect::StopCollector)
    }

    fn answer(&mut self, yes: bool) -> Effects {
        match self.live.question.take() {
            Some(Question::Expose(address)) if yes => {
                self.live.exposed = Some(address);
                self.start_collector()
            }
            Some(Question::Quit) if yes => {
                self.live.leaves = true;
                let mut effects = self.stop_collector();
                effects.push(Effect::Quit);
                effects
            }
            _ => Effects::none(),
        }
    }

    /// True while leaving the program would end something that runs, and nobody has agreed to that.
    #[must_use]
    pub fn would_lose(&self) -> bool {
        self.live.phase != Phase::Off && !self.live.leaves
    }

    /// Leaves the program; asks first while a collector runs.
    pub(super) fn quit(&mut self) -> Effects {
        if !self.would_lose() {
            return Effects::one(Effect::Quit);
        }
        self.live.question = Some(Question::Quit);
        Effects::none()
    }

    fn follow(&mut self, following: bool) -> Effects {
        self.live.following = following;
        let Some(running) = self.live.running() else { return Effects::none() };
        let capture = running.capture;
        if following { self.show_newest(capture) } else { Effects::none() }
    }

    /// True for a command that goes elsewhere: what was moved by hand stays where it is.
    pub(super) fn leaves_the_newest(&self, command: &Command) -> bool {
        let last_secs =
            || self.shown_session().map_or(0.0, |(loaded, it)| loaded.places.times(it.id).last_secs);
        match command {
            Command::Select(_)
            | Command::Step(..)
            | Command::ShowRange { .. }
            | Command::Pan { .. }
            | Command::PanStep(_)
            | Command::FitSelection => true,
            Command::Zoom { factor, at } => self.time_view.zoomed(*factor, *at).to < last_secs(),
            Command::ZoomMiddle(Direction::Forward) => true,
            _ => false,
        }
    }

    /// The shown session of the run is not set aside.
    pub(super) fn keep_shown(&self) -> Effects {
        let Some((capture, session)) = self.shown.filter(|(capture, _)| self.live.grows(*capture)) else {
            return Effects::none();
        };
        let key = self.capture(capture).and_then(|loaded| loaded.growth.as_ref()?.key(session));
        key.map_or_else(Effects::none, |key| Effects::one(Effect::KeepSession { key }))
    }

    fn show_live_panel(&mut self) {
        self.prefs.bottom = BottomTab::Capture;
        self.show_pane(Pane::Bottom);
    }

    /// True when the shown session grows before one's eyes.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.live.following && self.shown.is_some_and(|(capture, _)| self.live.grows(capture))
    }

    /// Updates about the collector.
    pub(super) fn absorb_live(&mut self, update: Update) -> Effects {
        match update {
            Update::CollectorStarted { address, base_url, journal, qr } => {
                if self.live.phase != Phase::Starting {
                    return Effects::none();
                }
                let capture = CaptureId(self.next_number());
                self.started(Running { capture, address, base_url, journal, qr })
            }
            Update::CollectorFailed { why } => {
                self.live.phase = Phase::Off;
                self.live.problem = Some(why);
                Effects::none()
            }
            Update::Grew { grown, per_second } => {
                self.live.per_second = per_second;
                self.grew(*grown)
            }
            Update::JournalTrouble { why } => {
                self.live.problem = why;
                Effects::none()
            }
            Update::CollectorStopped => self.stopped_collecting(),
            _ => Effects::none(),
        }
    }

    fn started(&mut self, running: Running) -> Effects {
        let id = running.capture;
        let capture = Capture { name: running.base_url.clone(), ..Capture::default() };
        self.captures.push(Arc::new(LoadedCapture {
            id,
            path: None,
            journal: Some(running.journal.clone()),
            config: Arc::new(Config::default()),
            capture: Arc::new(capture),
            places: Arc::new(Places::default()),
            judged: None,
            growth: Some(Arc::new(Growth::default())),
        }));
        self.live.phase = Phase::Running(running);
        self.live.following = true;
        self.live.per_second = 0;
        let mut effects = self.select_first_session(id);
        effects.append(self.relist_sessions());
        effects
    }

    fn stopped_collecting(&mut self) -> Effects {
        let Some(running) = self.live.running().cloned() else { return Effects::none() };
        self.live.phase = Phase::Off;
        self.live.following = false;
        self.live.wanted = None;
        self.live.per_second = 0;
        if let Some(known) = self.captures.iter_mut().find(|known| known.id == running.capture) {
            let whole = known.growth.as_ref().is_none_or(|growth| growth.aside.is_empty());
            // What is held is the journal, unless something was set aside.
            let path = whole.then(|| running.journal.clone());
            *known = Arc::new(LoadedCapture { path, ..LoadedCapture::clone(known) });
        }
        self.prefs.remember(running.journal);
        Effects::none()
    }

    /// A snapshot takes the place of the one before it.
    fn grew(&mut self, grown: Grown) -> Effects {
        let Some(id) = self.live.running().map(|running| running.capture) else { return Effects::none() };
        let Some(at) = self.captures.iter().position(|known| known.id == id) else { return Effects::none() };
        let before = Arc::clone(&self.captures[at]);
        let after = Arc::new(LoadedCapture {
            capture: grown.capture,
            places: grown.places,
            judged: Some(grown.judged),
            growth: Some(grown.growth),
            ..LoadedCapture::clone(&before)
        });
        self.captures[at] = Arc::clone(&after);
        let same_rows = is_continued(&before, &after);
        self.selection = self.selection.and_then(|item| match item.capture() == id {
            true => moved_item(&before, &after, item, same_rows),
            false => Some(item),
        });
        self.move_fix(&before, &after);
        let mut effects = self.move_shown(&before, &after, same_rows);
        let n_listed = |loaded: &LoadedCapture| loaded.capture.sessions.len();
        if !same_rows || n_listed(&before) != n_listed(&after) {
            effects.append(self.relist_sessions());
        }
        effects
    }

    /// What is shown stays shown; while following, the newest session to its latest event.
    fn move_shown(&mut self, before: &LoadedCapture, after: &LoadedCapture, same_rows: bool) -> Effects {
        let id = after.id;
        let is_here = self.shown.is_none_or(|(capture, _)| capture == id);
        if !is_here {
            return Effects::none();
        }
        let wanted = self.live.wanted.and_then(|key| after.growth.as_ref()?.session(key));
        if let Some(session) = wanted {
            self.live.wanted = None;
            return self.select_live(id, session);
        }
        let stays = self.shown.and_then(|(_, session)| moved_session(before, after, session, same_rows));
        let newest = after.capture.sessions.last().map(|session| session.id);
        let session = match stays {
            Some(session) if !self.live.following || Some(session) == newest => session,
            _ => {
                return newest.map_or_else(Effects::none, |newest| {
                    if self.live.following || self.shown.is_none() {
                        self.select_live(id, newest)
                    } else {
                        // What was shown has gone.
                        self.shown = None;
                        self.drawing = None;
                        self.select_live(id, newest)
                    }
                });
            }
        };
        self.shown = Some((id, session));
        if !same_rows {
            self.drawing = None;
        }
        self.time_view = self.time_view.grown(&after.places.times(session), self.live.following);
        let grew = |loaded: &LoadedCapture, session| {
            loaded.capture.session(session).map(|session| (session.len(), session.ending))
        };
        let untouched = same_rows
            && grew(before, session) == grew(after, session)
            && before.judged.is_some()
            && counts(before, session) == counts(after, session);
        if untouched {
            return Effects::none();
        }
        let mut effects = self.redraw_soon();
        if !self.filter.is_empty() {
            effects.append(self.refilter_soon());
        }
        effects
    }

    fn show_newest(&mut self, capture: CaptureId) -> Effects {
        let newest = self.capture(capture).and_then(|loaded| loaded.capture.sessions.last().map(|it| it.id));
        let effects = newest.map_or_else(Effects::none, |newest| self.select_live(capture, newest));
        if let Some((loaded, session)) = self.shown_session() {
            let times = loaded.places.times(session.id);
            self.time_view = self.time_view.grown(&times, true);
        }
        effects
    }

    /// Shows a session of the run without any pause of following.
    fn select_live(&mut self, capture: CaptureId, session: SessionId) -> Effects {
        let following = self.live.following;
        let effects = self.select(Item::Session(capture, session));
        self.live.following = following;
        effects
    }

    /// The fix that is looked at keeps to its finding.
    fn move_fix(&mut self, before: &LoadedCapture, after: &LoadedCapture) {
        let Some(view) = self.mending.fix.as_mut().filter(|view| view.capture == after.id) else { return };
        match moved_finding(before, after, view.finding) {
            Some(number) => view.finding = number,
            None => self.mending.fix = None,
        }
    }
}

fn counts(loaded: &LoadedCapture, session: SessionId) -> Option<Counts> {
    loaded.judged.as_ref().map(|judged| judged.counts(session))
}

/// True when rows only came behind those that were there: every number of before holds.
fn is_continued(before: &LoadedCapture, after: &LoadedCapture) -> bool {
    let (Some(before), Some(after)) = (&before.growth, &after.growth) else { return false };
    after.numbering == before.numbering && after.keys.starts_with(&before.keys)
}

fn moved_session(
    before: &LoadedCapture,
    after: &LoadedCapture,
    session: SessionId,
    same_rows: bool,
) -> Option<SessionId> {
    if same_rows {
        return Some(session);
    }
    after.growth.as_ref()?.session(before.growth.as_ref()?.key(session)?)
}

/// What was selected in the snapshot before, in the next one.
fn moved_item(before: &LoadedCapture, after: &LoadedCapture, item: Item, same_rows: bool) -> Option<Item> {
    let session_of = |session: SessionId| moved_session(before, after, session, same_rows);
    match item {
        Item::Finding(id, number) => match moved_finding(before, after, number) {
            Some(number) => Some(Item::Finding(id, number)),
            None => {
                let session = before.judged.as_ref()?.finding(number)?.session?;
                Some(Item::Session(id, session_of(session)?))
            }
        },
        same if same_rows => Some(same),
        Item::Capture(id) => Some(Item::Capture(id)),
        Item::Session(id, session) => Some(Item::Session(id, session_of(session)?)),
        Item::Event(id, event) => {
            let session = before.capture.event(event)?.session()?;
            let arrival = before.places.arrival(event)?;
            let moved = after.capture.session(session_of(session)?)?;
            Some(Item::Event(id, *moved.by_arrival.get(arrival as usize)?))
        }
        Item::Exchange(id, exchange) => {
            let session = before.capture.exchange(exchange)?.session()?;
            let of_session = &before.capture.session(session)?.exchanges;
            let at = of_session.iter().position(|known| *known == exchange)?;
            let moved = after.capture.session(session_of(session)?)?;
            Some(Item::Exchange(id, *moved.exchanges.get(at)?))
        }
    }
}

/// The finding with the same words at the same place.
fn moved_finding(before: &LoadedCapture, after: &LoadedCapture, number: u32) -> Option<u32> {
    let (old, new) = (before.judged.as_ref()?, after.judged.as_ref()?);
    let finding = old.finding(number)?;
    let place = Exception::of(finding);
    let is_same = |other: &Finding| other.message == finding.message && Exception::of(other) == place;
    // Most often it has not moved far.
    let at = new.findings().iter().position(is_same)?;
    u32::try_from(at).ok()
}

impl TimeView {
    /// As the session has grown; `following`: to its latest event, in the same width unless all is shown.
    #[must_use]
    pub fn grown(self, times: &SessionTimes, following: bool) -> TimeView {
        let whole = TimeView::of(times);
        if self.shows_all() && following {
            return whole;
        }
        let kept = TimeView { from: self.from, to: self.to, ..whole };
        if !following {
            return kept;
        }
        let to = whole.full_to;
        kept.showing(to - self.width(), to)
    }
}

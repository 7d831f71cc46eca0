//! The collector in the window: what it is asked for, how far it has come, and the run that grows.
//!
//! The outside journals, reads and judges at its own pace ([`crate::store::growing`]); here a snapshot replaces the one
//! before it. Numbers of sessions, events and findings hold for one snapshot: what is shown and selected is looked
//! up in the next by keys.

mod form;
mod moving;

use core::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

pub use form::{LiveForm, LiveMode};
pub(in crate::app) use moving::Renumbered;
use moving::{counts, is_continued, moved_finding, moved_item, moved_session};

use super::command::{Command, Direction, JobId};
use super::effect::{Effect, Effects};
use super::item::Item;
use super::mending::Judging;
use super::notice::NoticeKind;
use super::prefs::{BottomTab, Pane};
use super::time_view::TimeView;
use super::update::Update;
use super::{Job, JobKind, State};
use crate::config::Config;
use crate::metrics::time_axis::TimeAxis;
use crate::model::capture::Capture;
use crate::model::collecting::{Choices, Pass, Refused};
use crate::model::fault::FaultSpec;
use crate::model::id::SessionId;
use crate::model::reason::Reason;
use crate::store::growing::{Grown, Growth};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::places::{Places, SessionTimes};

/// How the outside is to run a collector.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveOrder {
    /// The run: updates about it bear this number, and what is left to judge after it is a job of it.
    pub job: JobId,
    /// What it is to be.
    pub choices: Choices,
    /// The journal; `None`: a new file in the user's data folder.
    pub journal: Option<PathBuf>,
    /// True: a simulated player sends to it until it stops.
    pub is_demo: bool,
}

/// How far a collector has come.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// None runs.
    #[default]
    Off,
    /// It has been asked for.
    Starting(Arc<LiveOrder>),
    /// It runs.
    Running(Running),
    /// It has been asked to stop.
    Stopping(Running),
}

/// A collector that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// What was ordered.
    pub order: Arc<LiveOrder>,
    /// The run that grows.
    pub capture: CaptureId,
    /// Where it really listens.
    pub address: SocketAddr,
    /// The base address for players.
    pub base_url: String,
    /// The journal.
    pub journal: PathBuf,
    /// The page for devices, where they need one.
    pub device_page: Option<String>,
    /// The page for devices, or the base address, for a device to photograph.
    pub qr: Option<Arc<QrModules>>,
}

/// A run whose collector listens no more, while the last of its sessions are judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Settling {
    /// The run.
    pub job: JobId,
    /// What came of it.
    pub capture: CaptureId,
    /// Where it listened.
    pub address: SocketAddr,
    /// The journal.
    pub journal: PathBuf,
    /// How it is judged.
    judging: Judging,
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
    /// The program is left while a collector runs, or something was decided that is kept nowhere.
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
    /// Why it did not start.
    pub refused: Option<Refused>,
    /// Why the journal cannot be written.
    pub problem: Option<Reason>,
    /// Faults that the collector was told to inject.
    pub faults: Vec<FaultSpec>,
    /// What is wrong with the faults of the form.
    pub fault_problem: Option<Reason>,
    /// Runs that are being judged to their end.
    pub settling: Vec<Settling>,
    /// Requests in the latest second.
    pub per_second: u64,
    /// The address beyond this machine that the user agreed to, in this run of the program.
    exposed: Option<SocketAddr>,
    /// The session set aside that is to be shown when it is there.
    wanted: Option<u64>,
}

impl Live {
    /// The collector that runs or is being stopped.
    #[must_use]
    pub fn running(&self) -> Option<&Running> {
        match &self.phase {
            Phase::Running(running) | Phase::Stopping(running) => Some(running),
            Phase::Off | Phase::Starting(_) => None,
        }
    }

    /// The capture of a run that is not over.
    fn capture_of(&self, job: JobId) -> Option<CaptureId> {
        let running = self.running().filter(|running| running.order.job == job);
        let settling = self.settling.iter().find(|settling| settling.job == job);
        running.map(|running| running.capture).or(settling.map(|settling| settling.capture))
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
                    self.live.refused = None;
                }
                if other_faults {
                    return self.inject_faults();
                }
            }
            Command::StartCollector => return self.start_collector(),
            Command::PlayDemo => return self.play_demo(),
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
        self.show_live_panel();
        let faults = match self.prefs.live.faults() {
            Ok(faults) => faults,
            Err(why) => {
                self.live.fault_problem = Some(why);
                return Effects::none();
            }
        };
        let choices = match self.prefs.live.choices(self.prefs.profile.unwrap_or_default(), faults) {
            Ok(choices) => choices,
            Err(refused) => {
                self.live.refused = Some(refused);
                return Effects::none();
            }
        };
        let listen = choices.listen;
        if !listen.ip().is_loopback() && self.live.exposed != Some(listen) {
            self.live.question = Some(Question::Expose(listen));
            return Effects::none();
        }
        self.begin(choices, self.prefs.live.journal(), false)
    }

    /// A collector of the window's own, with a player that sends to it.
    fn play_demo(&mut self) -> Effects {
        if self.live.phase != Phase::Off {
            return Effects::none();
        }
        self.show_live_panel();
        let choices = Choices {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            pass: Pass::StandIn,
            tls: false,
            profile: self.prefs.profile.unwrap_or_default(),
            // The field is there while it plays, too.
            faults: self.prefs.live.faults().unwrap_or_default(),
        };
        self.begin(choices, None, true)
    }

    fn begin(&mut self, choices: Choices, journal: Option<PathBuf>, is_demo: bool) -> Effects {
        (self.live.refused, self.live.problem) = (None, None);
        self.live.faults.clone_from(&choices.faults);
        let job = JobId(self.next_number());
        let order = Arc::new(LiveOrder { job, choices, journal, is_demo });
        self.live.phase = Phase::Starting(Arc::clone(&order));
        let judging = Judging { profile: self.prefs.profile, ..Judging::default() };
        Effects::one(Effect::StartCollector { order, judging })
    }

    /// The collector injects what the form asks for from now on; nothing changes while that cannot be read.
    fn inject_faults(&mut self) -> Effects {
        match self.prefs.live.faults() {
            Ok(specs) => {
                self.live.fault_problem = None;
                if !matches!(self.live.phase, Phase::Starting(_) | Phase::Running(_)) {
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
                self.saving.agreed = true;
                let mut effects = self.stop_collector();
                effects.append(self.quit());
                effects
            }
            _ => Effects::none(),
        }
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
            Command::Zoom { factor, at } => {
                self.time_view.zoomed(*factor, self.axis.to_axis(*at)).to < self.axis.to_axis(last_secs())
            }
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
            Update::CollectorStarted { address, base_url, journal, device_page, qr } => {
                let Phase::Starting(order) = &self.live.phase else { return Effects::none() };
                let order = Arc::clone(order);
                let capture = CaptureId(self.next_number());
                self.started(Running { order, capture, address, base_url, journal, device_page, qr })
            }
            Update::CollectorFailed { refused } => {
                self.live.phase = Phase::Off;
                self.live.refused = Some(refused);
                Effects::none()
            }
            Update::Grew { run, grown, per_second } => {
                if self.live.running().is_some_and(|running| running.order.job == run) {
                    self.live.per_second = per_second;
                }
                self.grew(run, *grown)
            }
            Update::JournalTrouble { why } => {
                self.live.problem = why;
                Effects::none()
            }
            Update::CollectorStopped { run } => self.stopped_collecting(run),
            Update::RunSettled { run } => self.settled(run),
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

    /// The port is free. What is left to judge is a job of its own.
    fn stopped_collecting(&mut self, run: JobId) -> Effects {
        let Some(running) = self.live.running().filter(|running| running.order.job == run).cloned() else {
            return Effects::none();
        };
        let Running { capture, address, journal, .. } = running;
        self.live.phase = Phase::Off;
        self.live.following = false;
        self.live.wanted = None;
        self.live.per_second = 0;
        self.live.problem = None;
        self.prefs.remember(journal.clone());
        let judging = self.capture(capture).map(|loaded| self.judging(loaded)).unwrap_or_default();
        self.live.settling.push(Settling { job: run, capture, address, journal, judging });
        self.jobs.push(Job { id: run, kind: JobKind::Settle(capture), done: 0, total: 0 });
        Effects::none()
    }

    /// All of a run is judged that will be.
    fn settled(&mut self, run: JobId) -> Effects {
        self.end_job(run);
        let Some(at) = self.live.settling.iter().position(|settling| settling.job == run) else {
            return Effects::none();
        };
        let Settling { capture, journal, judging, .. } = self.live.settling.remove(at);
        if let Some(known) = self.captures.iter_mut().find(|known| known.id == capture) {
            let whole = known.growth.as_ref().is_none_or(|growth| growth.aside.is_empty());
            // What is held is the journal, unless something was set aside.
            let path = whole.then_some(journal);
            *known = Arc::new(LoadedCapture { path, ..LoadedCapture::clone(known) });
        }
        // Marks and decisions of the run have a place from now on.
        let loaded = self.capture(capture).cloned();
        let mut effects = loaded.as_ref().map_or_else(Effects::none, |loaded| self.save_project(loaded));
        // What was decided since then counts, too.
        if loaded.is_some_and(|loaded| self.judging(&loaded) != judging) {
            effects.append(self.judge(capture));
        }
        effects
    }

    /// A snapshot takes the place of the one before it.
    fn grew(&mut self, run: JobId, grown: Grown) -> Effects {
        let Some(id) = self.live.capture_of(run) else { return Effects::none() };
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
        self.move_compared(id, |session| moved_session(&before, &after, session, same_rows));
        let mut effects = Effects::none();
        if !same_rows {
            effects.append(self.renumber(Renumbered { before: &before, after: &after }));
        }
        effects.append(self.move_shown(&before, &after, same_rows));
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
        self.time_view = self.time_view.grown(&after.places.times(session), &self.axis, self.live.following);
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
        if self.chooses_rows() {
            effects.append(self.refilter_soon());
        }
        effects
    }

    fn show_newest(&mut self, capture: CaptureId) -> Effects {
        let newest = self.capture(capture).and_then(|loaded| loaded.capture.sessions.last().map(|it| it.id));
        let effects = newest.map_or_else(Effects::none, |newest| self.select_live(capture, newest));
        if let Some((loaded, session)) = self.shown_session() {
            let times = loaded.places.times(session.id);
            self.time_view = self.time_view.grown(&times, &self.axis, true);
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

impl TimeView {
    /// As the session has grown; `following`: to its latest event, in the same width unless all is shown.
    #[must_use]
    pub fn grown(self, times: &SessionTimes, axis: &TimeAxis, following: bool) -> TimeView {
        let whole = TimeView::of(times, axis);
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

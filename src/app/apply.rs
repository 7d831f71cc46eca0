//! What commands do.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::find::FindCommand;
use super::command::lanes::LaneCommand;
use super::command::look::LookCommand;
use super::command::time::TimeCommand;
use super::command::traces::TraceCommand;
use super::command::{Command, Direction};
use super::effect::{Effect, Effects};
use super::item::Item;
use super::lane_prefs::LanePrefs;
use super::marks::MarksView;
use super::notice::NoticeKind;
use super::prefs::Pane;
use super::time_view::TimeView;
use super::{JobKind, PathField, PathPurpose, State};
use crate::metrics::time_axis::TimeAxis;
use crate::model::id::SessionId;
use crate::store::demo::DEMOS;
use crate::store::filter::EventFilter;
use crate::store::loaded::{CaptureId, LoadedCapture};

/// One step of the zoom keys.
const ZOOM_STEP: f64 = 1.6;
/// One step of the pan keys, as a share of what is seen.
const PAN_STEP: f64 = 0.2;
/// So much is shown on each side of an event that is fitted, seconds.
const FIT_EVENT_SECS: f64 = 15.0;
/// But no more on each side than this share of all there is: in a short session something happens as well.
const FIT_EVENT_SHARE: f64 = 0.25;

impl State {
    /// Does what is wanted. Total: what names something that is not there does nothing.
    pub fn apply(&mut self, command: Command) -> Effects {
        let before = self.before(&command);
        let mut effects = self.apply_one(command);
        self.remember(before);
        effects.append(self.search_again());
        self.regroup();
        self.check_story();
        effects
    }

    fn apply_one(&mut self, command: Command) -> Effects {
        match command {
            Command::ChooseFiles => Effects::one(Effect::PickFiles),
            Command::Open(paths) => self.open(paths),
            Command::OpenText { name, bytes } => self.open_bytes(name, bytes, true),
            Command::Paste => Effects::one(Effect::TakeFromClipboard),
            Command::OpenDemo(number) => self.open_demo(number),
            Command::Close(capture) => self.close_for_good(capture),
            Command::CloseShown => {
                let shown = self.shown.map(|(capture, _)| capture);
                let shown = shown.or_else(|| self.selection.map(Item::capture));
                shown.map_or_else(Effects::none, |capture| self.close_for_good(capture))
            }
            Command::Cancel(job) => Effects::one(Effect::Cancel { job }),
            Command::EditPath(typed) => {
                self.path_field.get_or_insert_default().typed.clone_from(&typed);
                Effects::one(Effect::ListFolder { typed })
            }
            Command::AcceptPath => match self.path_field.take() {
                Some(PathField { typed, purpose, .. }) if !typed.trim().is_empty() => {
                    let path = PathBuf::from(typed.trim());
                    match purpose {
                        PathPurpose::Open => self.open(vec![path]),
                        PathPurpose::Picture(subject) => self.draw_picture(subject, path, false),
                        PathPurpose::Project => self.save_as(path, false),
                    }
                }
                _ => Effects::none(),
            },
            Command::ClosePathField => {
                self.path_field = None;
                Effects::none()
            }
            Command::Look(command) => {
                self.apply_look(command);
                Effects::none()
            }
            Command::Story(command) => self.apply_story(command),
            Command::ClearSelection if self.story.is_open() => {
                self.leave_story();
                Effects::none()
            }
            Command::ClearSelection if self.compare.sides.is_some() => {
                self.leave_comparison();
                Effects::none()
            }
            Command::Compare(command) => self.apply_compare(command),
            Command::Find(command) => self.apply_find(command),
            Command::SavedFilter(command) => self.apply_saved_filter(command),
            Command::Copy(command) => self.apply_copy(command),
            Command::Table(command) => self.apply_table(command),
            Command::ClearSelection if self.search.is_open => self.apply_find(FindCommand::Close),
            Command::ClearSelection if self.marking.is_shown() => {
                self.clear_marking();
                Effects::none()
            }
            Command::Marking(command) => self.apply_marking(command),
            Command::Mark(command) => self.apply_mark(command),
            Command::Trace(TraceCommand::Toggle(trace)) => {
                self.prefs.toggle_trace(trace);
                Effects::none()
            }
            Command::Quit => self.quit(),
            Command::Palette(command) => self.apply_palette(command),
            Command::History(command) => self.apply_history(command),
            Command::Walk(command) => self.apply_walk(command),
            Command::Scale(command) => self.apply_scale(command),
            Command::Project(command) => self.apply_project(command),
            Command::SavePicture(subject) => self.save_picture(subject),
            other => self.apply_view(other),
        }
    }

    /// Selection, time and filters.
    fn apply_view(&mut self, command: Command) -> Effects {
        if self.moves_comparison(&command) {
            return Effects::none();
        }
        if self.leaves_the_newest(&command) {
            self.live.following = false;
        }
        if let Some(view) = seen(self.time_view, &self.axis, &command, || self.selected_secs()) {
            self.time_view = view;
            return Effects::none();
        }
        match command {
            Command::Select(item) => return self.select(item),
            Command::ClearSelection => {
                self.selection = self.shown.map(|(capture, session)| Item::Session(capture, session));
            }
            Command::Step(step, direction) => return self.step(step, direction),
            Command::SetHover(hover) => self.hover = hover,
            Command::SetFilter(filter) => {
                return self.set_filter(filter);
            }
            Command::SetOrder(order) => {
                self.prefs.order = order;
                return self.refilter();
            }
            Command::SetSessionFilter(text) => {
                self.session_filter = text;
                return self.relist_sessions();
            }
            other => return self.apply_prefs(other),
        }
        Effects::none()
    }

    /// How the window looks, and sending.
    fn apply_prefs(&mut self, command: Command) -> Effects {
        match command {
            Command::ToggleSeverity(severity) => {
                if let Some(listed) = self.prefs.severities.get_mut(severity as usize) {
                    *listed = !*listed;
                }
            }
            Command::GroupFindings(grouping) => {
                self.prefs.grouping = grouping;
                self.closed_groups.clear();
            }
            Command::ToggleGroup(key) => {
                if !self.closed_groups.remove(&key) {
                    self.closed_groups.insert(key);
                }
            }
            Command::ToggleScope => self.prefs.whole_capture = !self.prefs.whole_capture,
            Command::ShowDetail(tab) => {
                self.prefs.detail = tab;
                self.show_pane(Pane::Detail);
            }
            Command::ShowBottom(tab) => {
                self.prefs.bottom = tab;
                self.show_pane(Pane::Bottom);
            }
            Command::TogglePane(pane) => {
                if self.prefs.shows(pane) {
                    self.prefs.hidden.push(pane);
                } else {
                    self.show_pane(pane);
                }
            }
            Command::SetTheme(theme) => self.prefs.theme = theme,
            Command::SetLanguage(language) => self.prefs.language = language,
            Command::Lane(command) => self.apply_lane(command),
            Command::Time(command) => self.apply_time(command),
            Command::ToggleLetterKeys => self.prefs.letter_keys = !self.prefs.letter_keys,
            Command::FocusFilter => self.filter_focus += 1,
            Command::ToggleHelp => self.help_open = !self.help_open,
            Command::ToggleAbout => self.about_open = !self.about_open,
            Command::DismissNotices => self.notices.clear(),
            Command::DismissNotice(id) => self.notices.retain(|notice| notice.id != id),
            other => return self.apply_mending(other),
        }
        Effects::none()
    }

    fn apply_look(&mut self, command: LookCommand) {
        match command {
            LookCommand::SetVariant(variant) => self.prefs.variant = variant,
            LookCommand::ToggleSettings => self.settings_open = !self.settings_open,
        }
    }

    fn apply_lane(&mut self, command: LaneCommand) {
        let prefs = &mut self.prefs.lanes;
        let lanes = self.drawing.as_ref().map_or(&[][..], |drawing| &drawing.lanes);
        match command {
            LaneCommand::Pin(name) => prefs.toggle_pinned(&name),
            LaneCommand::Collapse(name) => prefs.toggle_collapsed(&name),
            LaneCommand::Move(name, direction) => prefs.shift(lanes, &name, direction),
            LaneCommand::Place(name, before) => prefs.place(lanes, &name, before.as_deref()),
            LaneCommand::Choose(name) => self.chosen_lane = Some(name),
            LaneCommand::Reset => *prefs = LanePrefs::default(),
        }
    }

    fn apply_time(&mut self, command: TimeCommand) {
        match command {
            TimeCommand::SwitchClock => self.prefs.clock = self.prefs.clock.next(),
            TimeCommand::CutSilences => {
                self.prefs.cuts_silences = !self.prefs.cuts_silences;
                self.refresh_axis();
                if self.prefs.cuts_silences && self.drawing.is_some() && self.axis.is_plain() {
                    self.notify(NoticeKind::Remark, "no-cuts", Vec::new());
                }
            }
        }
    }

    pub(super) fn show_pane(&mut self, pane: Pane) {
        self.prefs.hidden.retain(|hidden| *hidden != pane);
    }

    pub(super) fn open(&mut self, paths: Vec<PathBuf>) -> Effects {
        let mut effects = Effects::none();
        for (at, path) in paths.into_iter().enumerate() {
            let name = path.display().to_string();
            let job = self.new_job(JobKind::Open { name, path: Some(path.clone()), show: at == 0 });
            effects.push(Effect::Open { job, path });
        }
        effects
    }

    fn open_bytes(&mut self, name: String, bytes: Vec<u8>, show: bool) -> Effects {
        let job = self.new_job(JobKind::Open { name: name.clone(), path: None, show });
        Effects::one(Effect::OpenBytes { job, name, bytes })
    }

    fn open_demo(&mut self, number: Option<usize>) -> Effects {
        let mut effects = Effects::none();
        let wanted = DEMOS.iter().enumerate().filter(|(at, _)| number.is_none_or(|number| number == *at));
        let wanted: Vec<_> = wanted.map(|(_, demo)| demo).collect();
        for (at, demo) in wanted.into_iter().enumerate() {
            // A demo session that is open is shown, not opened twice.
            let open =
                self.captures.iter().find(|loaded| loaded.path.is_none() && loaded.capture.name == demo.name);
            match open.map(|loaded| loaded.id) {
                Some(id) if at == 0 => effects.append(self.select_first_session(id)),
                Some(_) => {}
                None => effects.append(self.open_bytes(demo.name.to_owned(), demo.bytes.to_vec(), at == 0)),
            }
        }
        effects
    }

    fn close_for_good(&mut self, capture: CaptureId) -> Effects {
        let effects = self.close(capture);
        self.leave_project();
        effects
    }

    /// Closes a capture; another may take its place.
    pub(super) fn close(&mut self, capture: CaptureId) -> Effects {
        if self.live.grows(capture) {
            self.notify(NoticeKind::Remark, "still-collecting", Vec::new());
            return Effects::none();
        }
        let compared = self.compared_without(capture);
        self.captures.retain(|loaded| loaded.id != capture);
        self.projects.remove(&capture);
        self.saving.forget(capture);
        self.forget(capture);
        self.mending.fix = self.mending.fix.take().filter(|view| view.capture != capture);
        let mut effects = Effects::none();
        let judging = self
            .jobs
            .iter()
            .filter(|job| matches!(job.kind, JobKind::Judge(id) | JobKind::Settle(id) if id == capture));
        judging.for_each(|job| effects.push(Effect::Cancel { job: job.id }));
        if self.selection.is_some_and(|item| item.capture() == capture) {
            self.selection = None;
        }
        if self.sending.subject.is_some_and(|(subject, _)| subject == capture) && self.sending.job.is_none() {
            self.sending = super::Sending::default();
        }
        if self.shown.is_some_and(|(shown, _)| shown == capture) {
            self.shown = None;
            self.clear_marking();
            self.drawing = None;
            self.hover = None;
            let next = self.captures.last().map(|loaded| loaded.id);
            effects.append(next.map_or_else(Effects::none, |next| self.select_first_session(next)));
        }
        effects.append(self.relist_sessions());
        effects.append(self.compare_on(compared));
        effects
    }

    /// Selects the first session of a capture, or the capture itself when it has none.
    pub(super) fn select_first_session(&mut self, capture: CaptureId) -> Effects {
        let Some(loaded) = self.capture(capture) else { return Effects::none() };
        let item = match loaded.capture.sessions.first() {
            Some(session) => Item::Session(capture, session.id),
            None => Item::Capture(capture),
        };
        self.select(item)
    }

    /// Selects something and shows the session that it belongs to.
    pub(super) fn select(&mut self, item: Item) -> Effects {
        let Some(loaded) = self.capture(item.capture()).map(Arc::clone) else { return Effects::none() };
        if !is_there(&loaded, item) {
            return Effects::none();
        }
        let capture = &loaded.capture;
        let session = match item {
            Item::Capture(_) => None,
            Item::Session(_, session) => capture.session(session).map(|session| session.id),
            Item::Event(_, event) => capture.event(event).and_then(|event| event.session()),
            Item::Exchange(_, exchange) => capture.exchange(exchange).and_then(|exchange| exchange.session()),
            Item::Finding(_, number) => {
                let finding = loaded.judged.as_ref().and_then(|judged| judged.finding(number));
                finding.and_then(|finding| {
                    let event = finding.event.and_then(|event| capture.event(event)?.session());
                    finding.session.or(event)
                })
            }
        };
        if matches!(item, Item::Capture(_) | Item::Session(..)) {
            // Who goes to another session wants to see it.
            self.leave_comparison();
        }
        self.selection = Some(item);
        self.marks_view.at = None;
        if let Item::Finding(_, number) = item {
            self.open_group_of(&loaded, number);
        }
        let effects = match session {
            Some(session) => self.show_session(loaded.id, session),
            // A finding about the whole capture leaves the view where it is, if that shows this capture.
            None if self.shown.is_some_and(|(shown, _)| shown == loaded.id) => Effects::none(),
            None => match capture.sessions.first() {
                Some(first) => self.show_session(loaded.id, first.id),
                None => {
                    self.shown = None;
                    Effects::none()
                }
            },
        };
        if let Some(secs) = self.selected_secs() {
            self.reveal_secs(secs);
        }
        self.reveal_compared();
        effects
    }

    pub(super) fn show_session(&mut self, capture: CaptureId, session: SessionId) -> Effects {
        if self.shown == Some((capture, session)) {
            return Effects::none();
        }
        self.shown = Some((capture, session));
        self.clear_marking();
        self.marks_view = MarksView::default();
        self.hover = None;
        let kept = self.keep_shown();
        let times = self.capture(capture).map(|loaded| loaded.places.times(session)).unwrap_or_default();
        self.axis = Arc::default();
        self.time_view = TimeView::of(&times, &self.axis);
        self.filtered = None;
        self.drawing = None;
        let mut effects = self.refilter();
        effects.append(self.redraw());
        effects.append(kept);
        effects
    }

    /// As [`Self::redraw`], but what is being drawn comes first: growth must not overtake itself.
    pub(super) fn redraw_soon(&mut self) -> Effects {
        if self.drawing_awaited {
            self.drawing_is_old = true;
            return Effects::none();
        }
        self.redraw()
    }

    /// As [`Self::refilter`], but what is being filtered comes first.
    pub(super) fn refilter_soon(&mut self) -> Effects {
        if self.filtering {
            self.filter_is_old = true;
            return Effects::none();
        }
        self.refilter()
    }

    /// Asks for the drawing of the shown session anew, once the rules have spoken.
    pub(super) fn redraw(&mut self) -> Effects {
        self.drawing_revision += 1;
        (self.drawing_awaited, self.drawing_is_old, self.drawing_failed) = (false, false, false);
        let judged = self.shown_session().filter(|(loaded, _)| loaded.judged.is_some());
        let Some((loaded, session)) = judged else { return Effects::none() };
        let (loaded, session) = (Arc::clone(loaded), session.id);
        self.drawing_awaited = true;
        Effects::one(Effect::Draw { revision: self.drawing_revision, loaded, session })
    }

    /// Where the selected event lies on the time axis.
    #[must_use]
    pub fn selected_secs(&self) -> Option<f64> {
        let (capture, event) = self.selected_event()?;
        let loaded = self.capture(capture)?;
        let event = loaded.capture.event(event)?;
        loaded.places.times(event.session()?).secs(event.ts()?)
    }

    /// Takes a filter as it was typed; what means nothing leaves the table as it is.
    pub(super) fn set_filter(&mut self, filter: EventFilter) -> Effects {
        let before = self.passing.clone();
        self.filter = filter;
        self.understand_filter();
        // Another space, a mistake or the way back from one: the rows are there.
        if self.passing == before { Effects::none() } else { self.refilter() }
    }

    fn understand_filter(&mut self) {
        match self.filter.passing() {
            Ok(passing) => (self.passing, self.filter_error) = (passing, None),
            Err(error) => self.filter_error = Some(error),
        }
    }

    /// Asks for the rows of the event table anew.
    pub(super) fn refilter(&mut self) -> Effects {
        self.filter_revision += 1;
        self.filter_is_old = false;
        self.filter_progress = None;
        self.understand_filter();
        if !self.chooses_rows() {
            self.filtered = None;
            self.filtering = false;
            return Effects::none();
        }
        let Some((loaded, session)) = self.shown_session() else { return Effects::none() };
        let effect = Effect::Filter {
            revision: self.filter_revision,
            loaded: Arc::clone(loaded),
            session: session.id,
            passing: self.passing.clone(),
            order: self.prefs.order,
            sort: self.prefs.table.sort.clone(),
        };
        self.filtering = true;
        Effects::one(effect)
    }

    /// Asks for the rows of the session list anew.
    pub(super) fn relist_sessions(&mut self) -> Effects {
        self.session_rows_revision += 1;
        Effects::one(Effect::ListSessions {
            revision: self.session_rows_revision,
            captures: self.captures.clone(),
            text: self.session_filter.clone(),
        })
    }
}

/// What a command makes of a visible range of an axis; `selected`: where the selection lies, seconds. `None` when it is
/// not about that.
pub(super) fn seen(
    view: TimeView,
    axis: &TimeAxis,
    command: &Command,
    selected: impl FnOnce() -> Option<f64>,
) -> Option<TimeView> {
    let showing = |from: f64, to: f64| view.showing(axis.to_axis(from), axis.to_axis(to));
    Some(match *command {
        Command::ShowRange { from, to } => showing(from, to),
        Command::Zoom { factor, at } => view.zoomed(factor, axis.to_axis(at)),
        Command::Pan { by_secs } => view.panned(by_secs),
        Command::ZoomMiddle(direction) => {
            let factor = if direction == Direction::Forward { ZOOM_STEP } else { 1.0 / ZOOM_STEP };
            let at = selected().map(|secs| axis.to_axis(secs));
            let at = at.filter(|at| (view.from..=view.to).contains(at));
            view.zoomed(factor, at.unwrap_or(view.from + view.width() / 2.0))
        }
        Command::PanStep(direction) => {
            let sign = if direction == Direction::Forward { PAN_STEP } else { -PAN_STEP };
            view.panned(sign * view.width())
        }
        Command::FitAll => view.fitted(),
        Command::FitSelection => match selected() {
            Some(secs) => {
                let side = FIT_EVENT_SECS.min(FIT_EVENT_SHARE * view.fitted().width());
                showing(secs - side, secs + side)
            }
            None => view,
        },
        _ => return None,
    })
}

/// True when the capture has the item.
pub(super) fn is_there(loaded: &LoadedCapture, item: Item) -> bool {
    let capture = &loaded.capture;
    match item {
        Item::Capture(_) => true,
        Item::Session(_, session) => capture.session(session).is_some(),
        Item::Event(_, event) => capture.event(event).is_some(),
        Item::Exchange(_, exchange) => capture.exchange(exchange).is_some(),
        Item::Finding(_, number) => {
            loaded.judged.as_ref().is_some_and(|judged| judged.finding(number).is_some())
        }
    }
}

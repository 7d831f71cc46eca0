//! Where one was, and what one has changed: the way back and forth. Knows no clock: one gesture is one step because
//! its commands follow each other.

use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use super::State;
use super::apply::is_there;
use super::command::Command;
use super::command::history::HistoryCommand;
use super::command::table::TableCommand;
use super::compare::Subject;
use super::effect::Effects;
use super::item::Item;
use super::lane_prefs::LanePrefs;
use super::live::Renumbered;
use super::notice::NoticeKind;
use super::prefs::{AxisClock, BottomTab, DetailTab, Pane};
use super::saved_filters::SavedFilter;
use super::table_prefs::TablePrefs;
use super::time_view::TimeView;
use crate::metrics::drawing::Trace;
use crate::model::id::SessionId;
use crate::store::filter::{EventFilter, Order};
use crate::store::finding_rows::Grouping;
use crate::store::loaded::CaptureId;
use crate::store::project::{Ignored, Project, SavedDraft, SavedMark};

/// So many steps are remembered each way.
const MAX_STEPS: usize = 200;

/// A way back, and forth again for what was gone back.
#[derive(Debug)]
struct Trail<T> {
    back: Vec<T>,
    forward: Vec<T>,
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self { back: Vec::new(), forward: Vec::new() }
    }
}

impl<T> Trail<T> {
    /// Remembers what was left; there is no way forth any more.
    fn leave(&mut self, left: T) {
        self.forward.clear();
        if self.back.len() == MAX_STEPS {
            self.back.remove(0);
        }
        self.back.push(left);
    }

    fn all(&mut self) -> impl Iterator<Item = &mut T> {
        self.back.iter_mut().chain(&mut self.forward)
    }

    fn retain(&mut self, is_kept: impl Fn(&T) -> bool) {
        self.back.retain(&is_kept);
        self.forward.retain(&is_kept);
    }

    /// Where it goes from, and where what is left now is kept.
    fn ends(&mut self, back: bool) -> (&mut Vec<T>, &mut Vec<T>) {
        if back { (&mut self.back, &mut self.forward) } else { (&mut self.forward, &mut self.back) }
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    shown: Option<(CaptureId, SessionId)>,
    selection: Option<Item>,
    time_view: TimeView,
}

/// How it was looked at.
#[derive(Debug, Clone, PartialEq)]
struct Look {
    shown: Option<(CaptureId, SessionId)>,
    time_view: TimeView,
    cuts_silences: bool,
    clock: AxisClock,
    lanes: LanePrefs,
    filter: EventFilter,
    session_filter: String,
    order: Order,
    table: TablePrefs,
    severities: [bool; 3],
    whole_capture: bool,
    grouping: Grouping,
    detail: DetailTab,
    bottom: BottomTab,
    hidden: Vec<Pane>,
    hidden_traces: Vec<Trace>,
}

/// What was decided about a capture, as far as it is taken back: the rest of its project is of others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decisions {
    ignored: Vec<Ignored>,
    drafts: Vec<SavedDraft>,
    marks: Vec<SavedMark>,
}

impl Decisions {
    /// Those of a project.
    pub(super) fn of(project: &Project) -> Decisions {
        Decisions {
            ignored: project.ignored.clone(),
            drafts: project.drafts.clone(),
            marks: project.marks.clone(),
        }
    }
}

/// A change as what was there before it.
#[derive(Debug)]
enum Step {
    Look(Box<Look>),
    Decisions(CaptureId, Decisions),
    SavedFilters(Vec<SavedFilter>),
}

/// The ways back and forth.
#[derive(Debug, Default)]
pub(super) struct History {
    places: Trail<Place>,
    steps: Trail<Step>,
    /// The gesture that goes on: only its first command makes a step.
    gesture: Option<Discriminant<Command>>,
}

/// What was there before a command.
pub(super) struct Before {
    /// `None` where one stays in any case.
    place: Option<Place>,
    look: Option<Box<Look>>,
    gesture: Option<Discriminant<Command>>,
}

impl State {
    /// What there is before a command, `None` for one that leads nowhere.
    pub(super) fn before(&self, command: &Command) -> Option<Before> {
        // The story runs through the session by itself.
        if matches!(
            command,
            Command::SetHover(_) | Command::History(_) | Command::Palette(_) | Command::Story(_)
        ) {
            return None;
        }
        let look = changes_look(command).then(|| Box::new(self.look()));
        let gesture = may_go_on(command).then(|| discriminant(command));
        let place = (!matches!(command, Command::Time(_))).then(|| self.place());
        Some(Before { place, look, gesture })
    }

    /// Remembers what a command has changed.
    pub(super) fn remember(&mut self, before: Option<Before>) {
        let Some(Before { place, look, gesture }) = before else { return };
        let goes_on = gesture.is_some() && gesture == self.history.gesture;
        let left = place.filter(|place| *place != self.place());
        let look = look.filter(|look| **look != self.look());
        self.history.gesture = gesture.filter(|_| goes_on || left.is_some() || look.is_some());
        if goes_on {
            return;
        }
        if let Some(place) = left {
            self.leave(place);
        }
        if let Some(look) = look {
            self.history.steps.leave(Step::Look(look));
        }
    }

    /// Remembers that decisions about a capture were others before.
    pub(super) fn remember_decisions(&mut self, capture: CaptureId, before: Decisions) {
        if self.projects.get(&capture).is_some_and(|project| Decisions::of(project) != before) {
            self.history.steps.leave(Step::Decisions(capture, before));
            self.history.gesture = None;
        }
    }

    /// Remembers that other filters were saved before.
    pub(super) fn remember_saved_filters(&mut self, before: Vec<SavedFilter>) {
        if self.prefs.saved_filters != before {
            self.history.steps.leave(Step::SavedFilters(before));
            self.history.gesture = None;
        }
    }

    /// Remembers a place after which another session was shown.
    pub(super) fn remember_place(&mut self, before: Place) {
        if self.shown != before.shown {
            self.leave(before);
        }
    }

    fn leave(&mut self, place: Place) {
        if place.shown.is_some() {
            self.history.places.leave(place);
        }
    }

    /// A capture is closed: nothing leads there any more.
    pub(super) fn forget(&mut self, capture: CaptureId) {
        let elsewhere =
            |shown: Option<(CaptureId, SessionId)>| shown.is_none_or(|(known, _)| known != capture);
        self.history.places.retain(|place| elsewhere(place.shown));
        self.history.steps.retain(|step| match step {
            Step::Look(look) => elsewhere(look.shown),
            Step::Decisions(known, _) => *known != capture,
            Step::SavedFilters(_) => true,
        });
    }

    /// A run has grown and its sessions have other numbers: what is remembered goes by these.
    pub(super) fn renumber_history(&mut self, renumbered: Renumbered<'_>) {
        let capture = renumbered.capture();
        let moved = |shown: &mut Option<Subject>| *shown = shown.map(|shown| renumbered.subject(shown));
        for place in self.history.places.all() {
            moved(&mut place.shown);
            place.selection = place.selection.and_then(|item| renumbered.item(item));
        }
        for step in self.history.steps.all() {
            match step {
                Step::Look(look) => moved(&mut look.shown),
                Step::Decisions(known, Decisions { ignored, drafts, marks }) if *known == capture => {
                    renumbered.decisions(ignored, drafts, marks);
                }
                Step::Decisions(..) | Step::SavedFilters(_) => {}
            }
        }
    }

    pub(super) fn apply_history(&mut self, command: HistoryCommand) -> Effects {
        self.history.gesture = None;
        match command {
            HistoryCommand::Back => self.go(true),
            HistoryCommand::Forward => self.go(false),
            HistoryCommand::Undo => self.change_back(true),
            HistoryCommand::Redo => self.change_back(false),
        }
    }

    fn go(&mut self, back: bool) -> Effects {
        let here = self.place();
        while let Some(place) = self.history.places.ends(back).0.pop() {
            // A session may have been set aside since.
            if !self.is_known(place.shown) || place == here {
                continue;
            }
            self.history.places.ends(back).1.push(here);
            self.leave_comparison();
            let effects = self.show_again(place.shown, place.time_view);
            let there =
                |item: &Item| self.capture(item.capture()).is_some_and(|loaded| is_there(loaded, *item));
            self.selection = place.selection.filter(there);
            return effects;
        }
        Effects::none()
    }

    fn change_back(&mut self, undo: bool) -> Effects {
        while let Some(step) = self.history.steps.ends(undo).0.pop() {
            match step {
                Step::Look(look) if look.shown.is_none() || self.is_known(look.shown) => {
                    let now = Step::Look(Box::new(self.look()));
                    self.history.steps.ends(undo).1.push(now);
                    return self.look_again(*look);
                }
                Step::Look(_) => {}
                Step::Decisions(capture, decisions) => return self.decide_again(capture, decisions, undo),
                Step::SavedFilters(filters) => {
                    let now = std::mem::replace(&mut self.prefs.saved_filters, filters);
                    self.history.steps.ends(undo).1.push(Step::SavedFilters(now));
                    return Effects::none();
                }
            }
        }
        Effects::none()
    }

    fn decide_again(&mut self, capture: CaptureId, decisions: Decisions, undo: bool) -> Effects {
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        let project = self.projects.entry(capture).or_default();
        let now = Decisions::of(project);
        let hears_other = now.ignored != decisions.ignored;
        let marks_only = !hears_other && now.drafts == decisions.drafts;
        Decisions { ignored: project.ignored, drafts: project.drafts, marks: project.marks } = decisions;
        self.history.steps.ends(undo).1.push(Step::Decisions(capture, now));
        let key = match (marks_only, undo) {
            (true, true) => "marks-undone",
            (true, false) => "marks-redone",
            (false, true) => "decisions-undone",
            (false, false) => "decisions-redone",
        };
        self.notify(NoticeKind::Remark, key, vec![("name", loaded.short_name().to_owned())]);
        if marks_only {
            return self.save_project(&loaded);
        }
        self.mending.fix = None;
        let mut effects = self.draft_changed(&loaded);
        if hears_other {
            effects.append(self.judge(capture));
        }
        effects
    }

    fn look_again(&mut self, look: Look) -> Effects {
        let refilters = self.filter != look.filter
            || self.prefs.order != look.order
            || self.prefs.table.sort != look.table.sort;
        let relists = self.session_filter != look.session_filter;
        self.filter = look.filter;
        self.session_filter = look.session_filter;
        self.prefs.order = look.order;
        self.prefs.table = look.table;
        self.prefs.severities = look.severities;
        self.prefs.whole_capture = look.whole_capture;
        self.prefs.grouping = look.grouping;
        self.prefs.detail = look.detail;
        self.prefs.bottom = look.bottom;
        self.prefs.hidden = look.hidden;
        self.prefs.hidden_traces = look.hidden_traces;
        self.prefs.clock = look.clock;
        self.prefs.lanes = look.lanes;
        self.prefs.cuts_silences = look.cuts_silences;
        self.refresh_axis();
        let mut effects = self.show_again(look.shown, look.time_view);
        if refilters {
            effects.append(self.refilter());
        }
        if relists {
            effects.append(self.relist_sessions());
        }
        effects
    }

    /// Shows a session in this range of seconds; what grew since is part of "everything".
    fn show_again(&mut self, shown: Option<(CaptureId, SessionId)>, view: TimeView) -> Effects {
        let Some((capture, session)) = shown else { return Effects::none() };
        let was_elsewhere = self.shown != shown;
        let effects = self.show_session(capture, session);
        if was_elsewhere {
            self.selection = Some(Item::Session(capture, session));
        }
        self.time_view = if view.shows_all() {
            self.time_view.fitted()
        } else {
            self.time_view.showing(self.axis.to_axis(view.from), self.axis.to_axis(view.to))
        };
        if was_elsewhere || !view.shows_all() {
            self.live.following = false;
        }
        effects
    }

    fn is_known(&self, shown: Option<(CaptureId, SessionId)>) -> bool {
        shown.is_some_and(|(capture, session)| {
            self.capture(capture).is_some_and(|loaded| loaded.capture.session(session).is_some())
        })
    }

    /// Where one is.
    pub(super) fn place(&self) -> Place {
        Place { shown: self.shown, selection: self.selection, time_view: self.view_in_secs() }
    }

    fn look(&self) -> Look {
        Look {
            shown: self.shown,
            time_view: self.view_in_secs(),
            cuts_silences: self.prefs.cuts_silences,
            clock: self.prefs.clock,
            lanes: self.prefs.lanes.clone(),
            filter: self.filter.clone(),
            session_filter: self.session_filter.clone(),
            order: self.prefs.order,
            table: self.prefs.table.clone(),
            severities: self.prefs.severities,
            whole_capture: self.prefs.whole_capture,
            grouping: self.prefs.grouping,
            detail: self.prefs.detail,
            bottom: self.prefs.bottom,
            hidden: self.prefs.hidden.clone(),
            hidden_traces: self.prefs.hidden_traces.clone(),
        }
    }
}

/// True for a command that changes how something is looked at; walking changes only what.
fn changes_look(command: &Command) -> bool {
    may_go_on(command)
        || matches!(
            command,
            Command::ZoomMiddle(_)
                | Command::PanStep(_)
                | Command::FitAll
                | Command::FitSelection
                | Command::SetOrder(_)
                | Command::Table(_)
                | Command::SavedFilter(_)
                | Command::ToggleSeverity(_)
                | Command::GroupFindings(_)
                | Command::ToggleScope
                | Command::ShowDetail(_)
                | Command::ShowBottom(_)
                | Command::TogglePane(_)
                | Command::Lane(_)
                | Command::Trace(_)
                | Command::Time(_)
        )
}

/// True for a command of which one gesture gives many: dragging, the wheel, typing.
fn may_go_on(command: &Command) -> bool {
    matches!(
        command,
        Command::ShowRange { .. }
            | Command::Zoom { .. }
            | Command::Pan { .. }
            | Command::SetFilter(_)
            | Command::Table(TableCommand::Resize(..))
            | Command::SetSessionFilter(_)
    )
}

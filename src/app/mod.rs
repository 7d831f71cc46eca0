//! The program without window and network; pure.
//!
//! [`State`] takes in what is wanted ([`command::Command`], through [`State::apply`]) and what has happened
//! ([`update::Update`], through [`State::absorb`]), and returns what the outside is to do
//! ([`effect::Effect`]). The outside is behind [`port::Port`].

mod absorb;
mod apply;
mod axis;
pub mod command;
pub mod compare;
pub mod copying;
pub mod effect;
mod failing;
mod grouping;
mod history;
pub mod item;
pub mod lane_prefs;
pub mod lane_tree;
mod lane_walk;
pub mod live;
pub mod marking;
pub mod marks;
pub mod mending;
pub mod named;
pub mod notice;
pub mod palette;
pub mod picture;
pub mod port;
pub mod prefs;
pub mod saved_filters;
pub mod saving;
pub mod scale;
pub mod search;
pub mod sending;
pub mod story;
mod table;
pub mod table_prefs;
pub mod time_view;
pub mod update;
mod walk;
pub mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use command::JobId;
use command::picture::PictureSubject;
use effect::{Effect, Effects};
use history::History;
use item::{Hover, Item};
use live::Live;
use marking::Marking;
use marks::MarksView;
use mending::Mending;
use named::Named;
use notice::{Notice, NoticeKind};
use palette::Palette;
use prefs::ViewPrefs;
use saving::Saving;
use search::Search;
use sending::Sending;
use story::Story;
use time_view::TimeView;
use zone::Zone;

use crate::metrics::drawing::{Drawing, LaneKind};
use crate::metrics::time_axis::TimeAxis;
use crate::model::id::{EventId, SessionId};
use crate::model::session::Session;
use crate::store::filter::{EventFilter, Passing};
use crate::store::finding_rows::{FindingRows, GroupKey};
use crate::store::judged::{FindingList, Scope};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::project::Project;
use crate::store::query::parse::QueryError;
use crate::store::session_rows::SessionRows;
use crate::store::table_rows::TableRows;
use update::FolderEntry;

/// Everything that the window shows. Changed by [`State::apply`] and [`State::absorb`] alone.
#[derive(Debug, Default)]
pub struct State {
    /// What is open, in order of opening.
    pub captures: Vec<Arc<LoadedCapture>>,
    /// The session that timeline, plot and table show.
    pub shown: Option<(CaptureId, SessionId)>,
    /// The one selection.
    pub selection: Option<Item>,
    /// What the pointer is over.
    pub hover: Option<Hover>,
    /// The visible range of time.
    pub time_view: TimeView,
    /// The time zone of where the window is; UTC until that is known.
    pub zone: Zone,
    /// The axis of it.
    pub axis: Arc<TimeAxis>,
    /// What timeline and plot draw of the shown session; `None` until it is there.
    pub drawing: Option<Arc<Drawing>>,
    /// True when it could not be worked out.
    pub drawing_failed: bool,
    /// Rows of the session list.
    pub session_rows: Arc<SessionRows>,
    /// Text that filters the session list.
    pub session_filter: String,
    /// What the event table is to show, as it was typed.
    pub filter: EventFilter,
    /// What of it means nothing; the table then stays as it was.
    pub filter_error: Option<QueryError>,
    /// The events that pass the filter, by arrival; `None`: all of them.
    pub filtered: Option<Arc<Vec<u32>>>,
    /// True while a filter is being applied.
    pub filtering: bool,
    /// How far it has come: events looked at, and all; `None` until that is told.
    pub filter_progress: Option<(u64, u64)>,
    /// The search in the event table.
    pub search: Search,
    /// What is kept.
    pub prefs: ViewPrefs,
    /// What runs outside.
    pub jobs: Vec<Job>,
    /// Messages, the oldest first.
    pub notices: Vec<Notice>,
    /// Sending again.
    pub sending: Sending,
    /// The collector.
    pub live: Live,
    /// The listed findings in groups; `None` without groups.
    pub finding_rows: Option<FindingRows>,
    /// Groups of findings that are closed.
    pub closed_groups: BTreeSet<GroupKey>,
    /// Fixes that are looked at or being taken.
    pub mending: Mending,
    /// What was decided about captures.
    pub projects: BTreeMap<CaptureId, Project>,
    /// The project that has a name, when one is open.
    pub named: Option<Named>,
    /// What is being written of it all.
    saving: Saving,
    /// Two sessions side by side.
    pub compare: compare::Compare,
    /// The path field, when it is open.
    pub path_field: Option<PathField>,
    /// What is measured of the shown session.
    pub marking: Marking,
    /// The picture for whose place the dialog of the system asks.
    pub picture_asked: Option<PictureSubject>,
    /// What is looked at of its marks.
    pub marks_view: MarksView,
    /// The story of the shown session.
    pub story: Story,
    /// True while the list of saved filters is shown.
    pub saved_filters_open: bool,
    /// True while the list of the table's columns is shown.
    pub columns_open: bool,
    /// True while the settings are shown.
    pub settings_open: bool,
    /// True while the list of keys is shown.
    pub help_open: bool,
    /// True while the page about the program is shown.
    pub about_open: bool,
    /// The command palette.
    pub palette: Palette,
    /// Raised each time the filter of the events is to get the focus.
    pub filter_focus: u64,
    /// Counts how often the button that sends was to get the focus.
    pub send_focus: u64,
    /// The ways back and forth.
    history: History,
    /// The name of the lane in the timeline that was last clicked or had the keyboard.
    pub chosen_lane: Option<String>,
    /// The lane that was walked, and what was come to.
    walked_lane: Option<(Item, LaneKind)>,
    /// What `finding_rows` were made of.
    grouped_by: Option<grouping::GroupedBy>,
    /// Effects for which the outside had no room.
    waiting: Vec<Effect>,
    /// Numbers for captures, jobs, notices and revisions, each used once.
    last_number: u32,
    session_rows_revision: u64,
    filter_revision: u64,
    /// The latest filter that was understood.
    passing: Passing,
    /// The filter is to be applied again when its answer has come.
    filter_is_old: bool,
    drawing_revision: u64,
    /// A drawing has been asked for and has not come.
    drawing_awaited: bool,
    /// The drawing is to be made again when it has come.
    drawing_is_old: bool,
}

/// Something that runs outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Units done.
    pub done: u64,
    /// Units in all; 0 when that is unknown.
    pub total: u64,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq)]
pub enum JobKind {
    /// Reads a file or text.
    Open {
        /// Its name.
        name: String,
        /// The file; `None` for text.
        path: Option<PathBuf>,
        /// True when it is to be shown as soon as it is there.
        show: bool,
    },
    /// Lets the rules speak.
    Judge(CaptureId),
    /// Judges what is left of a run whose collector listens no more.
    Settle(CaptureId),
    /// Plans or sends.
    Send,
}

/// The field for a path, where no dialog can be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathField {
    /// What was typed.
    pub typed: String,
    /// What begins like it.
    pub entries: Vec<FolderEntry>,
    /// What the path is for.
    pub purpose: PathPurpose,
}

/// What a path is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PathPurpose {
    /// To open a capture.
    #[default]
    Open,
    /// To save a picture of this.
    Picture(PictureSubject),
    /// To save a project.
    Project,
}

impl State {
    /// An empty state with kept preferences.
    #[must_use]
    pub fn new(prefs: ViewPrefs) -> State {
        State { prefs, ..State::default() }
    }

    /// A state that shows one session on an axis; `range`: what is seen of it, axis seconds, `None`: all.
    #[must_use]
    pub fn showing(
        loaded: Arc<LoadedCapture>,
        session: SessionId,
        drawing: Arc<Drawing>,
        axis: Arc<TimeAxis>,
        range: Option<(f64, f64)>,
    ) -> State {
        let whole = TimeView::of(&loaded.places.times(session), &axis);
        State {
            shown: Some((loaded.id, session)),
            captures: vec![loaded],
            time_view: range.map_or(whole, |(from, to)| whole.showing(from, to)),
            axis,
            drawing: Some(drawing),
            ..State::default()
        }
    }

    /// The capture with this number.
    #[must_use]
    pub fn capture(&self, id: CaptureId) -> Option<&Arc<LoadedCapture>> {
        self.captures.iter().find(|loaded| loaded.id == id)
    }

    /// The shown session with its capture.
    #[must_use]
    pub fn shown_session(&self) -> Option<(&Arc<LoadedCapture>, &Session)> {
        let (capture, session) = self.shown?;
        let loaded = self.capture(capture)?;
        Some((loaded, loaded.capture.session(session)?))
    }

    /// The event that is selected, or that the selected finding is about.
    #[must_use]
    pub fn selected_event(&self) -> Option<(CaptureId, EventId)> {
        match self.selection? {
            Item::Event(capture, event) => Some((capture, event)),
            Item::Finding(capture, number) => {
                let judged = self.capture(capture)?.judged.as_ref()?;
                Some((capture, judged.finding(number)?.event?))
            }
            Item::Exchange(capture, exchange) => {
                let event = self.capture(capture)?.capture.exchange(exchange)?.events().next()?;
                Some((capture, event))
            }
            Item::Capture(_) | Item::Session(..) => None,
        }
    }

    /// The findings that are listed, with their capture.
    #[must_use]
    pub fn listed_findings(&self) -> Option<(&Arc<LoadedCapture>, FindingList<'_>)> {
        let (capture, session) = match (self.shown, self.selection) {
            (Some((capture, session)), _) => (capture, Some(session)),
            (None, Some(item)) => (item.capture(), None),
            (None, None) => (self.captures.first()?.id, None),
        };
        let loaded = self.capture(capture)?;
        let scope = match session {
            Some(session) if !self.prefs.whole_capture => Scope::Session(session),
            _ => Scope::Capture,
        };
        let judged = loaded.judged.as_ref()?;
        Some((loaded, judged.list(scope, |severity| self.prefs.lists(severity))))
    }

    /// True when no rule has spoken about a capture and none is at work: its judging was stopped.
    #[must_use]
    pub fn stays_unjudged(&self, capture: CaptureId) -> bool {
        let works = |job: &Job| matches!(job.kind, JobKind::Judge(id) | JobKind::Settle(id) if id == capture);
        let is_judged = self.capture(capture).is_none_or(|loaded| loaded.judged.is_some());
        !is_judged && !self.live.grows(capture) && !self.jobs.iter().any(works)
    }

    /// Number of rows of the event table.
    #[must_use]
    pub fn n_table_rows(&self) -> usize {
        self.shown_session().map_or(0, |(_, session)| self.table_rows().len(session))
    }

    /// What the event table shows.
    #[must_use]
    pub fn table_rows(&self) -> TableRows {
        TableRows { chosen: self.filtered.clone(), order: self.prefs.order }
    }

    /// The event in a row of the table: its index by arrival and its number in the capture.
    #[must_use]
    pub fn table_row(&self, row: usize) -> Option<(u32, EventId)> {
        let (_, session) = self.shown_session()?;
        let arrival = self.table_rows().arrival(session, row)?;
        Some((arrival, *session.by_arrival.get(arrival as usize)?))
    }

    /// The effects for which there was no room, to be handed over again.
    pub fn take_waiting(&mut self) -> Effects {
        let mut effects = Effects::none();
        for effect in self.waiting.drain(..) {
            effects.push(effect);
        }
        effects
    }

    /// Keeps an effect for which there was no room.
    pub fn keep_waiting(&mut self, effect: Effect) {
        self.waiting.push(effect);
    }

    /// Number of effects that wait for room outside.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.waiting.len()
    }

    fn next_number(&mut self) -> u32 {
        self.last_number += 1;
        self.last_number
    }

    fn new_job(&mut self, kind: JobKind) -> JobId {
        let id = JobId(self.next_number());
        self.jobs.push(Job { id, kind, done: 0, total: 0 });
        id
    }

    fn end_job(&mut self, id: JobId) -> Option<JobKind> {
        let at = self.jobs.iter().position(|job| job.id == id)?;
        Some(self.jobs.remove(at).kind)
    }

    fn notify(&mut self, kind: NoticeKind, key: &'static str, values: Vec<(&'static str, String)>) {
        let id = self.next_number();
        // The same message twice is one message.
        self.notices.retain(|known| known.key != key || known.values != values);
        self.notices.push(Notice { id, kind, key, values });
    }
}

//! What is measured on the time axis of the shown session: two cursors, and a range with its aggregates.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use super::command::marking::MarkingCommand;
use super::effect::{Effect, Effects};
use super::item::Item;
use super::notice::NoticeKind;
use super::prefs::{BottomTab, Pane};
use crate::model::id::EventId;
use crate::store::range::Aggregates;

/// Cursors and ends of ranges snap to what lies within this share of what is seen.
const REACH_SHARE: f64 = 0.008;
/// So much is shown on each side of a range, as a share of it.
const RANGE_MARGIN: f64 = 0.05;

/// One of the two cursors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// From here.
    A,
    /// To there.
    B,
}

/// A stretch of the time axis, seconds since the session's origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeRange {
    /// Left end.
    pub from: f64,
    /// Right end.
    pub to: f64,
}

/// What is measured of the shown session.
#[derive(Debug, Default)]
pub struct Marking {
    /// Cursor A, seconds since the session's origin.
    pub a: Option<f64>,
    /// Cursor B.
    pub b: Option<f64>,
    /// The range.
    pub range: Option<TimeRange>,
    /// What happened in the range, or in the one before while this is being counted; `None` until that is known.
    pub aggregates: Option<Arc<Aggregates>>,
    /// True when that could not be counted.
    pub failed: bool,
    /// Answers to older wishes are dropped.
    revision: u64,
    /// Aggregates have been asked for and have not come.
    is_awaited: bool,
    /// They are to be asked for again when they have come.
    is_old: bool,
}

impl Marking {
    /// Where a cursor stands.
    #[must_use]
    pub fn cursor(&self, cursor: Cursor) -> Option<f64> {
        match cursor {
            Cursor::A => self.a,
            Cursor::B => self.b,
        }
    }

    /// True when there is a cursor or a range that can be taken away.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.a.is_some() || self.b.is_some() || self.range.is_some()
    }

    fn set(&mut self, cursor: Cursor, secs: f64) {
        match cursor {
            Cursor::A => self.a = Some(secs),
            Cursor::B => self.b = Some(secs),
        }
    }
}

impl State {
    pub(super) fn apply_marking(&mut self, command: MarkingCommand) -> Effects {
        match command {
            MarkingCommand::SetCursor(cursor, secs) => {
                if self.shown.is_some() && secs.is_finite() {
                    self.marking.set(cursor, self.snapped(secs));
                }
            }
            MarkingCommand::CursorHere(cursor) => {
                if let Some(secs) = self.here() {
                    self.marking.set(cursor, secs);
                }
            }
            MarkingCommand::SetRange { from, to } => return self.set_range(from, to),
            MarkingCommand::RangeOfSelection => match self.range_of_selection() {
                Some((from, to)) => return self.set_and_show_range(from, to),
                None => self.point_first(),
            },
            MarkingCommand::RangeOfCursors => match self.marking.a.zip(self.marking.b) {
                Some((a, b)) => return self.set_and_show_range(a, b),
                None => self.notify(NoticeKind::Remark, "no-cursors", Vec::new()),
            },
            MarkingCommand::ZoomToRange => {
                if let Some(range) = self.marking.range {
                    self.live.following = false;
                    let margin = (range.to - range.from) * RANGE_MARGIN;
                    self.show_secs(range.from - margin, range.to + margin);
                }
            }
            MarkingCommand::Clear => self.clear_marking(),
        }
        Effects::none()
    }

    /// Takes cursors and range away.
    pub(super) fn clear_marking(&mut self) {
        let revision = self.marking.revision + 1;
        self.marking = Marking { revision, ..Marking::default() };
    }

    /// Where the pointer is on the time axis, or the selected event; says so when it is neither.
    pub(super) fn here(&mut self) -> Option<f64> {
        let hovered = self.hover.and_then(|hover| hover.secs.or_else(|| self.secs_of(hover.event?)));
        let here = hovered.or_else(|| self.selected_secs()).filter(|_| self.shown.is_some());
        if here.is_none() {
            self.point_first();
        }
        here.map(|secs| self.snapped(secs))
    }

    fn point_first(&mut self) {
        self.notify(NoticeKind::Remark, "point-first", Vec::new());
    }

    fn secs_of(&self, event: EventId) -> Option<f64> {
        let (loaded, session) = self.shown_session()?;
        loaded.places.times(session.id).secs(loaded.capture.event(event)?.ts()?)
    }

    /// The event, edge of a phase or mark near a time, else the time itself.
    fn snapped(&self, secs: f64) -> f64 {
        let reach = self.time_view.width() * REACH_SHARE;
        let drawn = self.drawing.as_ref().and_then(|drawing| drawing.snapped(secs, reach));
        // A mark may stand where nothing happens.
        let marks = self.marks().iter().filter_map(|mark| self.secs_of_mark(mark));
        let near = drawn.into_iter().chain(marks).filter(|place| (place - secs).abs() <= reach);
        near.min_by(|a, b| (a - secs).abs().total_cmp(&(b - secs).abs())).unwrap_or(secs)
    }

    fn set_range(&mut self, from: f64, to: f64) -> Effects {
        if self.shown.is_none() || !(from.is_finite() && to.is_finite()) {
            return Effects::none();
        }
        self.live.following = false;
        let (from, to) = (self.snapped(from.min(to)), self.snapped(from.max(to)));
        self.marking.range = Some(TimeRange { from, to });
        self.aggregate()
    }

    fn set_and_show_range(&mut self, from: f64, to: f64) -> Effects {
        self.prefs.bottom = BottomTab::Measure;
        self.show_pane(Pane::Bottom);
        self.set_range(from, to)
    }

    /// From the first to the last event that the selection is about; of a single event what it begins.
    fn range_of_selection(&self) -> Option<(f64, f64)> {
        let (loaded, session) = self.shown_session()?;
        let capture = &loaded.capture;
        let events: Vec<EventId> = match self.selection.filter(|item| item.capture() == loaded.id)? {
            Item::Session(..) | Item::Capture(_) => {
                return Some((0.0, loaded.places.times(session.id).last_secs));
            }
            Item::Event(_, event) => vec![event],
            Item::Exchange(_, exchange) => capture.exchange(exchange)?.events().collect(),
            Item::Finding(_, number) => {
                let finding = loaded.judged.as_ref()?.finding(number)?;
                finding.event.into_iter().chain(finding.related.iter().map(|related| related.event)).collect()
            }
        };
        let secs: Vec<f64> = events.iter().filter_map(|event| self.secs_of(*event)).collect();
        let from = secs.iter().copied().reduce(f64::min)?;
        let to = secs.iter().copied().reduce(f64::max)?;
        if to > from {
            return Some((from, to));
        }
        let drawing = self.drawing.as_ref()?;
        let position = drawing.position(*events.first()?)?;
        let until_next = || {
            let later = drawing.times.get(position as usize + 1..)?;
            later.iter().copied().find(|time| *time > from).map(|next| (from, next))
        };
        drawing.stretch_of(position).or_else(until_next)
    }

    /// Asks for the aggregates of the range anew; what is being counted comes first.
    pub(super) fn aggregate(&mut self) -> Effects {
        let Some(range) = self.marking.range else { return Effects::none() };
        let Some(drawing) = self.drawing.as_ref().map(Arc::clone) else { return Effects::none() };
        let Some((loaded, _)) = self.shown_session() else { return Effects::none() };
        let loaded = Arc::clone(loaded);
        self.marking.is_old = self.marking.is_awaited;
        if self.marking.is_awaited {
            return Effects::none();
        }
        self.marking.is_awaited = true;
        self.marking.failed = false;
        self.marking.revision += 1;
        let revision = self.marking.revision;
        Effects::one(Effect::Aggregate { revision, loaded, drawing, from: range.from, to: range.to })
    }

    pub(super) fn aggregated(&mut self, revision: u64, aggregates: Arc<Aggregates>) -> Effects {
        if revision != self.marking.revision || !self.marking.is_awaited {
            return Effects::none();
        }
        self.marking.is_awaited = false;
        self.marking.aggregates = Some(aggregates);
        if self.marking.is_old { self.aggregate() } else { Effects::none() }
    }

    /// What happened in the range could not be counted.
    pub(super) fn not_aggregated(&mut self, revision: u64) -> Effects {
        if revision != self.marking.revision || !self.marking.is_awaited {
            return Effects::none();
        }
        (self.marking.is_awaited, self.marking.failed) = (false, true);
        self.marking.aggregates = None;
        if self.marking.is_old { self.aggregate() } else { Effects::none() }
    }
}

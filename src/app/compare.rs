//! Two sessions side by side: which, and how; and what becomes of one when it is converted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use super::apply::seen;
use super::command::compare::CompareCommand;
use super::command::{Command, Direction};
use super::effect::{Effect, Effects};
use super::item::Item;
use super::time_view::TimeView;
use crate::metrics::time_axis::PLAIN;
use crate::model::id::SessionId;
use crate::outbox::conversion::Conversion;
use crate::outbox::refusal::Refusal;
use crate::store::comparison::{Align, Comparison};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::places::SessionTimes;

/// A session of a capture.
pub type Subject = (CaptureId, SessionId);

/// Pages of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Page {
    /// Events side by side.
    #[default]
    Order,
    /// The lanes of both on one axis.
    Lanes,
    /// What the starts say.
    Metadata,
    /// How often what comes.
    Cadence,
    /// What becomes of one of them when it is converted.
    Conversion,
}

impl Page {
    /// All of them.
    pub const ALL: [Page; 5] = [Page::Order, Page::Lanes, Page::Metadata, Page::Cadence, Page::Conversion];
}

/// The first of the two sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// None is chosen yet.
    NotChosen,
    /// Its capture, of this name, was closed.
    Closed(String),
    /// This one.
    Is(Subject),
}

/// The two sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    /// The one that the other is compared with.
    pub first: First,
    /// The one that was shown.
    pub second: Subject,
}

impl Sides {
    /// Both, when there are two.
    #[must_use]
    pub fn pair(&self) -> Option<[Subject; 2]> {
        match self.first {
            First::Is(first) => Some([first, self.second]),
            First::NotChosen | First::Closed(_) => None,
        }
    }

    fn has(&self, capture: CaptureId) -> bool {
        self.second.0 == capture || matches!(self.first, First::Is((first, _)) if first == capture)
    }
}

/// The comparison of two sessions.
#[derive(Debug, Default)]
pub struct Compare {
    /// The session that the shown one is to be compared with.
    pub with: Option<Subject>,
    /// What is compared; `None` while the comparison is not shown.
    pub sides: Option<Sides>,
    /// By what events are put side by side.
    pub align: Align,
    /// The page that is shown.
    pub page: Page,
    /// True: only what differs is listed.
    pub differences_only: bool,
    /// True: the first one is converted, not the second.
    pub converts_first: bool,
    /// The result; `None` while it is worked out.
    pub comparison: Option<Arc<Comparison>>,
    /// True when the two could not be compared.
    pub failed: bool,
    /// What the conversion is, or why there is none; `None` while it is worked out.
    pub conversion: Option<Result<Arc<Conversion>, Refusal>>,
    /// The visible range of the common axis.
    pub view: TimeView,
    /// Answers to older wishes are dropped.
    revision: u64,
    conversion_revision: u64,
}

impl Compare {
    /// The two that are compared.
    #[must_use]
    pub fn pair(&self) -> Option<[Subject; 2]> {
        self.sides.as_ref()?.pair()
    }

    /// The session whose conversion is shown.
    #[must_use]
    pub fn converted(&self) -> Option<Subject> {
        let sides = self.sides.as_ref()?;
        match sides.first {
            First::Is(first) if self.converts_first => Some(first),
            _ => Some(sides.second),
        }
    }
}

impl State {
    pub(super) fn apply_compare(&mut self, command: CompareCommand) -> Effects {
        match command {
            CompareCommand::Choose(capture, session) => {
                let chosen = Some((capture, session));
                if self.compare.sides.is_some() {
                    return self.compare_with((capture, session));
                }
                self.compare.with = if self.compare.with == chosen { None } else { chosen };
            }
            CompareCommand::ChooseShown => self.compare.with = self.shown,
            CompareCommand::Toggle if self.compare.sides.is_some() => self.leave_comparison(),
            CompareCommand::Toggle => {
                self.compare.page =
                    if self.compare.page == Page::Conversion { Page::Order } else { self.compare.page };
                return self.enter_comparison();
            }
            CompareCommand::With(capture, session) => return self.compare_with((capture, session)),
            CompareCommand::Swap => {
                if let Some(sides) = &mut self.compare.sides
                    && let First::Is(first) = sides.first
                {
                    *sides = Sides { first: First::Is(sides.second), second: first };
                    return self.compare_first();
                }
            }
            CompareCommand::Align(align) => {
                self.compare.align = align;
                return self.compare_again();
            }
            CompareCommand::Show(page) => {
                self.compare.page = page;
                return match self.compare.sides {
                    None => self.enter_comparison(),
                    Some(_) => self.convert_again(),
                };
            }
            CompareCommand::ConvertFirst(first) => {
                self.compare.converts_first = first;
                self.compare.conversion = None;
                return self.convert_again();
            }
            CompareCommand::Part(direction) => return self.select_parting(direction),
            CompareCommand::ToggleDifferences => {
                self.compare.differences_only = !self.compare.differences_only;
            }
            CompareCommand::Again => return self.compare_again(),
        }
        Effects::none()
    }

    /// Takes a session as the first of the two; none is compared with itself.
    fn compare_with(&mut self, subject: Subject) -> Effects {
        let Some(sides) = self.compare.sides.as_mut().filter(|sides| sides.second != subject) else {
            return Effects::none();
        };
        sides.first = First::Is(subject);
        self.compare.with = Some(subject);
        self.compare_first()
    }

    fn enter_comparison(&mut self) -> Effects {
        let Some(second) = self.shown else { return Effects::none() };
        self.live.following = false;
        let first = self.other_session().map_or(First::NotChosen, First::Is);
        self.compare.sides = Some(Sides { first, second });
        self.compare_first()
    }

    /// The chosen session, or the only other one that there is.
    fn other_session(&self) -> Option<Subject> {
        let is_there = |(capture, session): &Subject| {
            self.capture(*capture).is_some_and(|loaded| loaded.capture.session(*session).is_some())
        };
        let chosen = self.compare.with.filter(|with| Some(*with) != self.shown).filter(is_there);
        chosen.or_else(|| {
            let mut others = self.comparable();
            others.next().filter(|_| others.next().is_none())
        })
    }

    /// The sessions that the second one, or the shown one, may be compared with.
    pub fn comparable(&self) -> impl Iterator<Item = Subject> + '_ {
        let second = self.compare.sides.as_ref().map_or(self.shown, |sides| Some(sides.second));
        let all = self
            .captures
            .iter()
            .flat_map(|loaded| loaded.capture.sessions.iter().map(|session| (loaded.id, session.id)));
        all.filter(move |subject| Some(*subject) != second)
    }

    /// Shows the session again in place of the comparison.
    pub(super) fn leave_comparison(&mut self) {
        self.compare.sides = None;
        self.compare.comparison = None;
        self.compare.conversion = None;
    }

    /// True while a session of this capture is compared.
    pub(super) fn compares(&self, capture: CaptureId) -> bool {
        self.compare.sides.as_ref().is_some_and(|sides| sides.has(capture))
    }

    /// A capture has grown: its sessions may have other numbers now, or none any more.
    pub(super) fn move_compared(&mut self, grown: CaptureId, moved: impl Fn(SessionId) -> Option<SessionId>) {
        let to = |(capture, session): Subject| {
            if capture == grown {
                moved(session).map(|session| (capture, session))
            } else {
                Some((capture, session))
            }
        };
        self.compare.with = self.compare.with.and_then(to);
        let Some(sides) = &mut self.compare.sides else { return };
        if let First::Is(first) = sides.first {
            sides.first = to(first).map_or(First::NotChosen, First::Is);
        }
        match to(sides.second) {
            Some(second) => sides.second = second,
            None => self.leave_comparison(),
        }
    }

    /// What stays of the comparison when a capture is closed.
    pub(super) fn compared_without(&mut self, closed: CaptureId) -> Option<Sides> {
        self.compare.with = self.compare.with.filter(|(with, _)| *with != closed);
        let sides = self.compare.sides.clone()?;
        let name = self.capture(closed).map(|loaded| loaded.short_name().to_owned()).unwrap_or_default();
        match sides.first {
            First::Is((first, _)) if first == closed => {
                (sides.second.0 != closed).then_some(Sides { first: First::Closed(name), ..sides })
            }
            First::Is(first) if sides.second.0 == closed => {
                Some(Sides { first: First::Closed(name), second: first })
            }
            _ => (sides.second.0 != closed).then_some(sides),
        }
    }

    /// Goes on comparing, after what was shown may have changed.
    pub(super) fn compare_on(&mut self, sides: Option<Sides>) -> Effects {
        if sides.is_none() {
            self.leave_comparison();
        }
        let is_other = self.compare.sides != sides;
        self.compare.sides = sides;
        if is_other { self.compare_first() } else { Effects::none() }
    }

    /// Asks for the comparison of other sessions than before.
    fn compare_first(&mut self) -> Effects {
        self.compare.comparison = None;
        self.compare.conversion = None;
        self.compare_again()
    }

    /// Asks for the comparison anew, if one is shown.
    pub(super) fn compare_again(&mut self) -> Effects {
        self.compare.revision += 1;
        self.compare.failed = false;
        let mut effects = self.convert_again();
        let Some([first, second]) = self.compare.pair() else { return effects };
        let loaded = |(capture, session)| Some((Arc::clone(self.capture(capture)?), session));
        let sides: Option<[(Arc<LoadedCapture>, SessionId); 2]> =
            loaded(first).zip(loaded(second)).map(|(first, second)| [first, second]);
        let Some(sides) = sides else { return effects };
        let (revision, align) = (self.compare.revision, self.compare.align);
        effects.push(Effect::Compare { revision, sides, align });
        effects
    }

    /// The two are compared, or could not be.
    pub(super) fn compared(&mut self, revision: u64, comparison: Option<Arc<Comparison>>) {
        if revision != self.compare.revision || self.compare.sides.is_none() {
            return;
        }
        self.compare.failed = comparison.is_none();
        let last =
            |comparison: &Arc<Comparison>| comparison.picture.as_ref().map_or(0.0, |picture| picture.last);
        let is_longer = |new: &Arc<Comparison>| self.compare.comparison.as_ref().map(last) != Some(last(new));
        if let Some(new) = comparison.as_ref().filter(|new| is_longer(new)) {
            let times = SessionTimes { last_secs: last(new), ..SessionTimes::default() };
            self.compare.view = TimeView::of(&times, &PLAIN);
        }
        self.compare.comparison = comparison;
    }

    /// Asks for the conversion, if it is looked at.
    fn convert_again(&mut self) -> Effects {
        if self.compare.page != Page::Conversion {
            return Effects::none();
        }
        let Some((capture, session)) = self.compare.converted() else { return Effects::none() };
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        self.compare.conversion_revision += 1;
        let revision = self.compare.conversion_revision;
        Effects::one(Effect::Convert { revision, loaded, session })
    }

    /// A session is converted, or cannot be.
    pub(super) fn converted(&mut self, revision: u64, conversion: Result<Arc<Conversion>, Refusal>) {
        if self.compare.sides.is_some() && revision == self.compare.conversion_revision {
            self.compare.conversion = Some(conversion);
        }
    }

    /// True when a capture has grown since its session was compared: rows may name other events.
    #[must_use]
    pub fn comparison_is_old(&self) -> bool {
        self.compare.comparison.as_ref().is_some_and(|comparison| {
            comparison.sides.iter().any(|side| {
                self.capture(side.capture).is_none_or(|loaded| loaded.numbering() != side.numbering)
            })
        })
    }

    /// True when there is more of a session than was compared.
    #[must_use]
    pub fn comparison_is_behind(&self) -> bool {
        self.compare.comparison.as_ref().is_some_and(|comparison| {
            comparison.sides.iter().any(|side| {
                let session =
                    self.capture(side.capture).and_then(|loaded| loaded.capture.session(side.session));
                session.is_some_and(|session| session.len() as u64 != side.n_events)
            })
        })
    }

    /// The selected event as one of the comparison: its side, and its row.
    #[must_use]
    pub fn compared_event(&self) -> Option<(usize, u32)> {
        let (capture, event) = self.selected_event()?;
        let comparison = self.compare.comparison.as_ref()?;
        let session = self.capture(capture)?.capture.event(event)?.session();
        let is_of =
            |side: &crate::store::comparison::Side| side.capture == capture && Some(side.session) == session;
        let side = comparison.sides.iter().position(is_of)?;
        Some((side, comparison.row_of(side, event)?))
    }

    /// Where the selected event lies on the common axis.
    #[must_use]
    pub fn compared_place(&self) -> Option<f64> {
        let (side, row) = self.compared_event()?;
        let comparison = self.compare.comparison.as_ref()?;
        let secs = comparison.rows.get(row as usize)?.secs[side]?;
        Some(comparison.picture.as_ref()?.warps[side].place(secs))
    }

    /// Selects the next place where the two part, round the end.
    fn select_parting(&mut self, direction: Direction) -> Effects {
        let Some(comparison) = self.compare.comparison.clone().filter(|_| !self.comparison_is_old()) else {
            return Effects::none();
        };
        let here = self.compared_event().map(|(_, row)| row);
        let partings = &comparison.partings;
        let next = match direction {
            Direction::Forward => partings.iter().find(|parting| here.is_none_or(|here| parting.row > here)),
            Direction::Back => partings
                .iter()
                .rfind(|parting| here.is_none_or(|here| parting.row + parting.n_rows() <= here)),
        };
        let round = match direction {
            Direction::Forward => partings.first(),
            Direction::Back => partings.last(),
        };
        let row = next.or(round).and_then(|parting| comparison.rows.get(parting.row as usize));
        let found = row.and_then(|row| {
            comparison.sides.iter().zip(row.events).find_map(|(side, event)| Some((side.capture, event?)))
        });
        let Some((capture, event)) = found else { return Effects::none() };
        if !matches!(self.compare.page, Page::Order | Page::Lanes) {
            self.compare.page = Page::Order;
        }
        self.select(Item::Event(capture, event))
    }

    /// Moves the visible range of the axis to the selection.
    pub(super) fn reveal_compared(&mut self) {
        if self.compare.sides.is_none() {
            return;
        }
        if let Some(place) = self.compared_place() {
            self.compare.view = self.compare.view.revealing(place);
        }
    }

    /// Moves the visible range of the common axis, if a command is about that.
    pub(super) fn moves_comparison(&mut self, command: &Command) -> bool {
        if self.compare.page != Page::Lanes || self.compare.comparison.is_none() {
            return false;
        }
        let Some(view) = seen(self.compare.view, &PLAIN, command, || self.compared_place()) else {
            return false;
        };
        self.compare.view = view;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(first: First) -> State {
        let mut state = State::default();
        state.compare.sides = Some(Sides { first, second: (CaptureId(2), SessionId(5)) });
        state
    }

    fn sides(state: &State) -> Option<(First, Subject)> {
        state.compare.sides.clone().map(|sides| (sides.first, sides.second))
    }

    #[test]
    fn sessions_of_a_run_that_grows_stay_compared_under_their_new_numbers() {
        let first = (CaptureId(1), SessionId(5));
        let mut moved = state(First::Is(first));
        moved.compare.with = Some(first);
        moved.move_compared(CaptureId(2), |session| Some(SessionId(session.0 - 1)));
        assert_eq!(sides(&moved), Some((First::Is(first), (CaptureId(2), SessionId(4)))));
        moved.move_compared(CaptureId(1), |_| None);
        assert_eq!(sides(&moved), Some((First::NotChosen, (CaptureId(2), SessionId(4)))));
        assert_eq!(moved.compare.with, None);
        moved.move_compared(CaptureId(2), |_| None);
        assert_eq!(sides(&moved), None);
    }

    #[test]
    fn a_conversion_is_taken_whatever_number_its_session_has_by_then_and_an_older_one_is_not() {
        let mut state = state(First::NotChosen);
        state.compare.conversion_revision = 2;
        state.move_compared(CaptureId(2), |_| Some(SessionId(4)));
        state.converted(1, Err(Refusal::Empty));
        assert!(state.compare.conversion.is_none());
        state.converted(2, Err(Refusal::Empty));
        assert!(matches!(state.compare.conversion, Some(Err(Refusal::Empty))));
    }

    #[test]
    fn what_is_left_when_a_capture_is_closed_is_compared_on() {
        let (first, second) = ((CaptureId(1), SessionId(0)), (CaptureId(2), SessionId(5)));
        let closed = || First::Closed(String::new());
        for (has, gone, left) in [
            (First::Is(first), 1, Some((closed(), second))),
            (First::Is(first), 2, Some((closed(), first))),
            (First::Is(first), 3, Some((First::Is(first), second))),
            (First::NotChosen, 1, Some((First::NotChosen, second))),
            (First::NotChosen, 2, None),
            (First::Is((CaptureId(2), SessionId(1))), 2, None),
        ] {
            let mut state = state(has);
            let kept = state.compared_without(CaptureId(gone)).map(|sides| (sides.first, sides.second));
            assert_eq!(kept, left, "{gone}");
        }
    }
}

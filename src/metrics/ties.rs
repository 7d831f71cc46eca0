//! Events that share a `ts`: the legal order nearest to their arrival.
//!
//! The back end sorts by `ts`, so that of tied events only the arrival tells the order, and requests that are sent
//! at once overtake one another (FP29). Where the arrival order of a tie is illegal and another order of it is
//! legal, the session is judged in that one (O011). Healthy sessions never get here: [`super::lanes`] asks only
//! when an oddity of [`KINDS`] stands in a tie.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lanes::{Lanes, step_event};
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::model::machine::{self, OddityKind, State};
use crate::model::session::Session;
use crate::model::table::Event;

/// What makes an order illegal: A001–A007, A009, C001, C002, C006, X001, X002, L003, O007, O008.
pub const KINDS: &[OddityKind] = &[
    OddityKind::AdOutsideBreak,
    OddityKind::AdEndWithoutStart,
    OddityKind::AdLeftOpen,
    OddityKind::BreakNeverCompleted,
    OddityKind::BreakCompleteWithoutStart,
    OddityKind::NestedBreak,
    OddityKind::EmptyBreak,
    OddityKind::PlayBeforePreRoll,
    OddityKind::OverlappingChapters,
    OddityKind::ChapterEndWithoutStart,
    OddityKind::ChapterEventInBreak,
    OddityKind::StateStartedTwice,
    OddityKind::StateEndedWhileInactive,
    OddityKind::AfterEnd,
    OddityKind::BufferRepeated,
    OddityKind::PlaybackBetweenAds,
];

/// Larger ties are left in the order of their arrival (SDKs reach 6 events in one tick).
const MAX_TIED: usize = 16;
/// Steps that the search for one tie may take, and those for the whole session beside one per event.
const MAX_STEPS_PER_TIE: usize = 1_000;
const MAX_STEPS_PER_SESSION: usize = 50_000;
/// A new order must not cause faults in so many events after it.
const LOOK_AHEAD: usize = 32;

/// A tie that is judged in another order than that of its arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledTie {
    /// Position of its first event in the new order.
    pub first: u32,
    /// Number of its events.
    pub n: u32,
    /// What was odd in the order of arrival …
    pub kind: OddityKind,
    /// … and at which event.
    pub event: EventId,
}

/// The new order of a session.
#[derive(Debug)]
pub(super) struct Settled {
    /// Positions in `by_arrival`.
    pub order: Vec<u32>,
    /// The ties that changed.
    pub ties: Vec<SettledTie>,
}

/// What no order of the ties mends, by the walk in the order of arrival: it is the fault of another event.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The last ad events of breaks that are never completed (A004, A006): there the break ends.
    broken_ends: FxHashSet<EventId>,
    /// Playback events between the ads of a break that has another fault elsewhere: no O008.
    excused: FxHashSet<EventId>,
}

impl Known {
    pub(super) fn of(capture: &Capture, session: &Session, lanes: &Lanes, broken_ends: &[u32]) -> Known {
        let event = |at: u32| capture.event(session.judged(at as usize)?);
        let event_type = |at: u32| event(at).and_then(|event| event.event_type());
        let n = u32::try_from(session.len()).unwrap_or(u32::MAX);
        // The completion may have been overtaken by the start of the next break, in one tie.
        let is_overtaken = |end: u32| {
            let next = (end + 1..n).find(|at| event_type(*at) == Some(EventType::AdBreakStart));
            let Some((next, ts)) = next.and_then(|next| Some((next, event(next)?.ts()?))) else {
                return false;
            };
            let mut tied = (next + 1..n).take_while(|at| event(*at).and_then(|event| event.ts()) == Some(ts));
            tied.any(|at| event_type(at) == Some(EventType::AdBreakComplete))
        };
        // Or the start of the last ad has overtaken, in one tie, the end of the ad before it or the start of its break:
        // then the session was left in that ad.
        let misplaced: Vec<u32> = [OddityKind::AdLeftOpen, OddityKind::AdOutsideBreak]
            .into_iter()
            .flat_map(|kind| lanes.odd(kind).map(|odd| odd.at))
            .filter(|at| event_type(*at) == Some(EventType::AdStart))
            .collect();
        let is_left_in_ad = |end: u32| {
            let ts = |at: u32| event(at).and_then(|event| event.ts());
            misplaced.iter().any(|start| *start < end && ts(*start).is_some() && ts(*start) == ts(end))
        };
        let ends = broken_ends.iter().filter(|end| !is_overtaken(**end) && !is_left_in_ad(**end));
        Known {
            broken_ends: ends.filter_map(|end| session.judged(*end as usize)).collect(),
            excused: excused(lanes, event).filter_map(|at| session.judged(at as usize)).collect(),
        }
    }
}

/// Positions of playback events between the ads of a break in which A002 or A003 names an event of another `ts`.
fn excused<'a>(
    lanes: &'a Lanes,
    event: impl Fn(u32) -> Option<Event<'a>> + Copy + 'a,
) -> impl Iterator<Item = u32> + 'a {
    let number = |at: u32| lanes.breaks.partition_point(|known| known.start <= at);
    let ts = move |at: u32| event(at).and_then(|event| event.ts());
    // By number of the break: when the first and the last fault in it happened.
    let mut faults = FxHashMap::default();
    for kind in [OddityKind::AdEndWithoutStart, OddityKind::AdLeftOpen] {
        for (break_number, ts) in lanes.odd(kind).map(|odd| (number(odd.at), ts(odd.at))) {
            let (first, last) = faults.entry(break_number).or_insert((ts, ts));
            (*first, *last) = ((*first).min(ts), (*last).max(ts));
        }
    }
    let playback = lanes.odd(OddityKind::PlaybackBetweenAds).map(|odd| odd.at);
    playback.filter(move |at| faults.get(&number(*at)).is_some_and(|faults| *faults != (ts(*at), ts(*at))))
}

/// True when an oddity of [`KINDS`] stands at an event that shares its `ts` with a neighbor.
pub(super) fn is_undecided(capture: &Capture, session: &Session, lanes: &Lanes) -> bool {
    let ts = |position: u32| capture.event(session.judged(position as usize)?)?.ts();
    let tied = |at: u32| {
        let here = ts(at);
        here.is_some() && (ts(at + 1) == here || at.checked_sub(1).is_some_and(|before| ts(before) == here))
    };
    lanes.oddities.iter().any(|odd| KINDS.contains(&odd.kind) && tied(odd.at))
}

/// Looks for the legal order of each tie whose arrival order is illegal; `None` when there is none.
pub(super) fn settle(capture: &Capture, session: &Session, start: State, known: &Known) -> Option<Settled> {
    let arrival = |position: usize| u32::try_from(session.arrival_index(position)).unwrap_or(u32::MAX);
    let mut walk = Walk {
        capture,
        session,
        known,
        order: (0..session.len()).map(arrival).collect(),
        steps_left: MAX_STEPS_PER_SESSION + session.len(),
    };
    let (mut state, mut ties, mut at) = (start, Vec::new(), 0);
    while at < walk.order.len() {
        let end = walk.tie_end(at);
        let before = (end - at > 1 && end - at <= MAX_TIED).then(|| state.clone());
        let fault = walk.run(&mut state, at..end);
        if let (Some(before), Some((kind, event))) = (before, fault)
            && let Some((order, settled)) = walk.legal_order(&before, &state, at..end)
        {
            walk.order[at..end].copy_from_slice(&order);
            state = settled;
            let (first, n) = (u32::try_from(at).ok()?, u32::try_from(end - at).ok()?);
            ties.push(SettledTie { first, n, kind, event });
        }
        at = end;
    }
    (!ties.is_empty()).then_some(Settled { order: walk.order, ties })
}

struct Walk<'a> {
    capture: &'a Capture,
    session: &'a Session,
    known: &'a Known,
    order: Vec<u32>,
    steps_left: usize,
}

/// An order that was found, and where the session stands after it.
type Found = (Vec<u32>, State);

impl Walk<'_> {
    fn id(&self, arrival: u32) -> Option<EventId> {
        self.session.by_arrival.get(arrival as usize).copied()
    }

    /// The position after the last event that shares its `ts` with the one at `at`. The opening `sessionStart`
    /// is passed on at once, and stands alone.
    fn tie_end(&self, at: usize) -> usize {
        let event = |position: usize| self.capture.event(self.id(*self.order.get(position)?)?);
        let Some(first) = event(at) else { return at + 1 };
        let opens = at == 0 && first.event_type() == Some(EventType::SessionStart);
        if opens || first.ts().is_none() {
            return at + 1;
        }
        let tied = |position: &usize| event(*position).is_some_and(|event| event.ts() == first.ts());
        at + 1 + (at + 1..self.order.len()).take_while(tied).count()
    }

    /// Takes the events of a range in their present order; the first illegal step is returned.
    fn run(&self, state: &mut State, range: std::ops::Range<usize>) -> Option<(OddityKind, EventId)> {
        let mut fault = None;
        for at in range {
            let id = self.id(self.order[at])?;
            fault = fault.or(self.step(state, at, id).map(|kind| (kind, id)));
        }
        fault
    }

    /// Takes one event; what is illegal about it is returned.
    fn step(&self, state: &mut State, at: usize, id: EventId) -> Option<OddityKind> {
        let mut odd = Vec::new();
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        step_event(state, self.capture, at, id, self.known.broken_ends.contains(&id), &mut odd);
        let is_excused = |kind| kind == OddityKind::PlaybackBetweenAds && self.known.excused.contains(&id);
        odd.into_iter().map(|odd| odd.kind).find(|kind| KINDS.contains(kind) && !is_excused(*kind))
    }

    /// The legal order of a tie that swaps the fewest pairs, unless it only moves the fault to later events.
    fn legal_order(
        &mut self,
        before: &State,
        as_arrived: &State,
        range: std::ops::Range<usize>,
    ) -> Option<Found> {
        let tied = self.order[range.clone()].to_vec();
        let steps = MAX_STEPS_PER_TIE.min(self.steps_left);
        let mut search = Search { walk: self, first: range.start, steps_left: steps };
        let n_pairs = tied.len() * (tied.len() - 1) / 2;
        let found = (1..=n_pairs).find_map(|n_swaps| {
            let mut rest = tied.clone();
            search.place(before, &mut rest, &mut Vec::new(), n_swaps)
        });
        let used = steps - search.steps_left;
        self.steps_left -= used;
        let (order, settled) = found?;
        let faults_after = |state: &State| self.n_faults_after(state.clone(), range.end);
        (faults_after(&settled) <= faults_after(as_arrived)).then_some((order, settled))
    }

    fn n_faults_after(&self, mut state: State, from: usize) -> usize {
        let end = self.order.len().min(from + LOOK_AHEAD);
        let ids = (from..end).filter_map(|at| Some((at, self.id(self.order[at])?)));
        let n_faults = ids.filter(|(at, id)| self.step(&mut state, *at, *id).is_some()).count();
        let mut left_open = Vec::new();
        if end == self.order.len() {
            machine::finish(&state, &mut left_open);
        }
        n_faults + left_open.iter().filter(|odd| KINDS.contains(&odd.kind)).count()
    }
}

struct Search<'a> {
    walk: &'a Walk<'a>,
    first: usize,
    steps_left: usize,
}

impl Search<'_> {
    /// Puts the `rest` of a tie behind `placed`, swapping at most `n_swaps` pairs, without an illegal step.
    fn place(
        &mut self,
        state: &State,
        rest: &mut Vec<u32>,
        placed: &mut Vec<u32>,
        n_swaps: usize,
    ) -> Option<Found> {
        if rest.is_empty() {
            return Some((placed.clone(), state.clone()));
        }
        for index in 0..rest.len().min(n_swaps + 1) {
            self.steps_left = self.steps_left.checked_sub(1)?;
            let arrival = rest.remove(index);
            let mut after = state.clone();
            let id = self.walk.id(arrival)?;
            if self.walk.step(&mut after, self.first + placed.len(), id).is_none() {
                placed.push(arrival);
                if let Some(found) = self.place(&after, rest, placed, n_swaps - index) {
                    return Some(found);
                }
                placed.pop();
            }
            rest.insert(index, arrival);
        }
        None
    }
}

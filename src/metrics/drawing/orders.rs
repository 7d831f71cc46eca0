//! Order of arrival against order of `ts`, as it is drawn: a line for each event of a stretch that is out of order.
//!
//! The lower end of a line lies at the event's `ts`, the upper end where it arrived. So that both can stand on one
//! axis, arrivals are moved to the client's clock as requests are ([`ArrivalClock`]). Where no arrival times are
//! known, only the order of arrival is: the event that came as the n-th stands above the n-th by `ts`.

use crate::metrics::delay::Delay;
use crate::metrics::lanes::Lanes;
use crate::metrics::pyramid::{Crossing, Crossings, Merge, Phase, PhaseRow};
use crate::metrics::reorder::{Fate, Late, Reorder, Stretch, Window};
use crate::model::capture::Capture;
use crate::model::clock::{ReceivedAt, TsMillis};
use crate::model::session::Session;

/// What becomes of an event of a stretch that is out of order. A greater one hides a lesser one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// It is not late: what is late belongs before it.
    InPlace,
    /// It is late by its `ts`, but the client's clock was set in between (T013).
    AnotherClock,
    /// It is late, and the window sorts it in.
    Sorted,
    /// It is late, and no arrival times tell what the window does.
    Untold,
    /// It shares its `ts` with others, and nobody can tell their order (O011).
    Undecidable,
    /// It is late, and sorting it in may fail.
    MayFail,
    /// It is late in an array, which is taken as it stands.
    AsItStands,
    /// It is late, and what should follow it has been passed on.
    Lost,
}

impl Outcome {
    /// All of them, the gravest last.
    pub const ALL: [Outcome; 8] = [
        Outcome::InPlace,
        Outcome::AnotherClock,
        Outcome::Sorted,
        Outcome::Untold,
        Outcome::Undecidable,
        Outcome::MayFail,
        Outcome::AsItStands,
        Outcome::Lost,
    ];

    /// The outcome of a line of this kind.
    #[must_use]
    pub fn of_kind(kind: u8) -> Option<Outcome> {
        Outcome::ALL.get(usize::from(kind)).copied()
    }

    const fn of_fate(fate: Fate) -> Outcome {
        match fate {
            Fate::Sorted => Outcome::Sorted,
            Fate::MayFail => Outcome::MayFail,
            Fate::Lost => Outcome::Lost,
        }
    }

    /// True when the event came after one that it should precede.
    #[must_use]
    pub const fn is_late(self) -> bool {
        !matches!(self, Outcome::InPlace | Outcome::AnotherClock | Outcome::Undecidable)
    }
}

/// When requests arrived, by the client's clock. The recorder's differs from it by what nobody knows; the difference
/// is taken to be that of the quickest request, so that this one arrives at its event's `ts`.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArrivalClock {
    origin: TsMillis,
    quickest_secs: f64,
}

impl ArrivalClock {
    /// Of an online session; `None` when no request has both times.
    pub(super) fn of(capture: &Capture, session: &Session, origin: Option<TsMillis>) -> Option<ArrivalClock> {
        let origin = origin.filter(|_| !session.mode.is_downloaded())?;
        let clock = ArrivalClock { origin, quickest_secs: 0.0 };
        let delay = |id: &_| {
            let request = capture.exchange(*id)?;
            let ts = capture.event(request.events().next()?)?.ts()?;
            Some(clock.secs(request.received_at()?) - ts.secs_since(origin))
        };
        let quickest_secs = session.exchanges.iter().filter_map(delay).fold(f64::INFINITY, f64::min);
        quickest_secs.is_finite().then_some(ArrivalClock { quickest_secs, ..clock })
    }

    /// Seconds since the session's origin.
    pub(super) fn secs(&self, received: ReceivedAt) -> f64 {
        received.0.saturating_sub(self.origin.0.saturating_mul(1000)) as f64 / 1e6 - self.quickest_secs
    }
}

/// The stretches of a session that are out of order, as they are drawn.
#[derive(Debug, Default)]
pub struct Orders {
    /// The stretches.
    pub reorder: Reorder,
    /// What the window was taken to hold; `None` when nothing is out of order.
    pub window: Option<Window>,
    /// True when the upper ends of the lines tell the time of arrival, else only the order.
    pub timed: bool,
    /// A line per event of the stretches; kind: [`Outcome`], item: position in the judged order.
    pub crossings: Crossings,
    n_by_outcome: [u32; Outcome::ALL.len()],
}

impl Orders {
    /// How many events have an outcome.
    #[must_use]
    pub fn n_of(&self, outcome: Outcome) -> u32 {
        self.n_by_outcome[outcome as usize]
    }

    /// How many events came after one that they should precede.
    #[must_use]
    pub fn n_late(&self) -> u32 {
        Outcome::ALL.into_iter().filter(|outcome| outcome.is_late()).map(|outcome| self.n_of(outcome)).sum()
    }

    /// The stretch that holds a position.
    #[must_use]
    pub fn stretch(&self, position: u32) -> Option<&Stretch> {
        let stretches = &self.reorder.stretches;
        let index = stretches.partition_point(|stretch| stretch.first <= position).checked_sub(1)?;
        stretches.get(index).filter(|stretch| ((position - stretch.first) as usize) < stretch.judged.len())
    }

    /// What is known of the late event at a position.
    #[must_use]
    pub fn late(&self, position: u32) -> Option<&Late> {
        let stretch = self.stretch(position)?;
        let arrival = stretch.judged.get((position - stretch.first) as usize)?;
        let found = stretch.late.binary_search_by_key(arrival, |late| late.arrival).ok()?;
        stretch.late.get(found)
    }

    /// How many events share a position's `ts` when nobody can tell their order.
    #[must_use]
    pub fn n_tied(&self, position: u32) -> Option<u32> {
        let ties = &self.stretch(position)?.undecidable;
        let tie = ties.get(ties.partition_point(|tie| tie.end <= position))?;
        tie.contains(&position).then_some(tie.end - tie.start)
    }
}

/// What the lines are drawn of.
pub(super) struct Sources<'a> {
    pub(super) capture: &'a Capture,
    pub(super) session: &'a Session,
    pub(super) lanes: &'a Lanes,
    /// When each event happened, by position.
    pub(super) times: &'a [f64],
    pub(super) clock: Option<ArrivalClock>,
}

impl Sources<'_> {
    /// The lines, and a phase per stretch. A session in order costs nothing. `delay` measures the delays, if need be.
    pub(super) fn orders(&self, window: Window, delay: impl Fn() -> Delay) -> (Orders, PhaseRow) {
        let reorder = Reorder::of(self.capture, self.session, self.lanes, &window);
        if reorder.stretches.is_empty() {
            return (Orders::default(), PhaseRow::default());
        }
        let is_array = self.session.mode.is_downloaded();
        let timed = !is_array && reorder.stretches.iter().all(|stretch| stretch.passed_on.is_some());
        let clock = self.clock.filter(|_| timed);
        let delay = delay();
        let mut crossings = Vec::new();
        let mut phases = Vec::with_capacity(reorder.stretches.len());
        let mut n_by_outcome = [0; Outcome::ALL.len()];
        for stretch in &reorder.stretches {
            let outcomes = self.outcomes(stretch, &delay);
            let arrivals = self.arrivals(stretch, clock);
            let n_before = crossings.len();
            for ((position, arrival), outcome) in (stretch.first..).zip(&stretch.judged).zip(outcomes) {
                let arrived = arrivals.get((arrival - stretch.first) as usize);
                let Some((lower, upper)) = self.times.get(position as usize).zip(arrived) else { continue };
                n_by_outcome[outcome as usize] += 1;
                let kind = outcome as u8;
                crossings.push(Crossing { lower: *lower, upper: *upper, kind, item: position });
            }
            phases.extend(around(&crossings[n_before..]));
        }
        let crossings = Crossings::new(crossings);
        let orders =
            Orders { reorder, window: Some(window), timed: clock.is_some(), crossings, n_by_outcome };
        (orders, PhaseRow::new(phases, Merge::Highest))
    }

    /// What becomes of the events of a stretch, by position.
    fn outcomes(&self, stretch: &Stretch, delay: &Delay) -> Vec<Outcome> {
        let mut outcomes = vec![Outcome::InPlace; stretch.judged.len()];
        let mut set = |position: u32, outcome: Outcome| {
            if let Some(known) = outcomes.get_mut((position - stretch.first) as usize) {
                *known = outcome.max(*known);
            }
        };
        for late in &stretch.late {
            set(
                late.at,
                if self.session.mode.is_downloaded() {
                    Outcome::AsItStands
                } else if late.is_by_another_clock(self.session, self.lanes, delay) {
                    Outcome::AnotherClock
                } else {
                    Outcome::of_fate(late.fate)
                },
            );
        }
        if stretch.passed_on.is_none() {
            // By position from the end: an event is late when one that is judged after it came before it.
            let mut first_to_come = u32::MAX;
            for (position, arrival) in
                (stretch.first..).zip(&stretch.judged).collect::<Vec<_>>().into_iter().rev()
            {
                if first_to_come < *arrival {
                    set(position, Outcome::Untold);
                }
                first_to_come = first_to_come.min(*arrival);
            }
        }
        stretch.undecidable.iter().cloned().flatten().for_each(|tied| set(tied, Outcome::Undecidable));
        outcomes
    }

    /// Where the upper ends of the lines of a stretch lie, by arrival.
    fn arrivals(&self, stretch: &Stretch, clock: Option<ArrivalClock>) -> Vec<f64> {
        let first = stretch.first as usize;
        let places = first..first + stretch.judged.len();
        let Some(clock) = clock else { return self.times.get(places).unwrap_or_default().to_vec() };
        let received = |index: usize| {
            let received = self.capture.event(*self.session.by_arrival.get(index)?)?.received_at()?;
            Some(clock.secs(received).max(0.0))
        };
        // What has no arrival comes with what comes before it.
        let mut before = (0..first).rev().find_map(received).unwrap_or(0.0);
        let arrived = |index| {
            before = received(index).unwrap_or(before);
            before
        };
        places.map(arrived).collect()
    }
}

/// The time in which the lines of a stretch lie.
fn around(lines: &[Crossing]) -> Option<Phase> {
    let start = lines.iter().map(|line| line.lower.min(line.upper)).reduce(f64::min)?;
    let end = lines.iter().map(|line| line.lower.max(line.upper)).reduce(f64::max)?;
    let kind = lines.iter().map(|line| line.kind).max()?;
    Some(Phase { start, end, kind, item: lines.first()?.item })
}

#[cfg(test)]
mod tests;

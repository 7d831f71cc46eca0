//! The back end's reorder window: in which order events arrive, how their `ts` orders them, and what is passed on.
//!
//! The window holds events for 5 s or until 10 have come, sorts them by `ts`, and passes them on; the opening
//! `sessionStart` is passed on at once (`mc-api-ctrl-order.md`, D24). An event that comes after one stamped later is
//! *late*; when that one has been passed on already, the order is *lost*.
//!
//! Where arrival and `ts` agree nothing is kept: a [`Stretch`] is a run of events outside of which all orders are the
//! same. So a session in order costs one look at it, however many events it has.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;

use super::delay::Delay;
use super::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::clock::{ReceivedAt, TsMillis};
use crate::model::event_type::EventType;
use crate::model::limits::REORDER_WINDOW_EVENTS;
use crate::model::numbers::Numbers;
use crate::model::policy::{Policy, ReorderCount};
use crate::model::session::{Mode, Session};
use crate::model::table::Event;

/// What the window holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// An event is held for so long, seconds.
    pub held_secs: f64,
    /// From so late on sorting may fail, seconds.
    pub may_fail_secs: f64,
    /// So many events that are stamped later may come between a late event and the one that it should precede.
    pub n_held: usize,
}

impl Window {
    /// The window by the reading of D24, and by the numbers of O002.
    #[must_use]
    pub fn of(policy: &Policy, numbers: &Numbers) -> Window {
        let n_held = match policy.reorder_count {
            ReorderCount::Ten => REORDER_WINDOW_EVENTS,
            ReorderCount::MoreThanTen => REORDER_WINDOW_EVENTS + 1,
        };
        Window { held_secs: numbers.too_late_secs, may_fail_secs: numbers.may_be_too_late_secs, n_held }
    }

    fn fate(&self, secs: f64, n_between: usize) -> Fate {
        if secs > self.held_secs || n_between > self.n_held {
            Fate::Lost
        } else if secs >= self.may_fail_secs {
            Fate::MayFail
        } else {
            Fate::Sorted
        }
    }
}

/// What the window does with a late event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is sorted in.
    Sorted,
    /// Sorting it in may fail.
    MayFail,
    /// What should follow it has been passed on.
    Lost,
}

/// An event that comes after one that is stamped later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Late {
    /// Its position in the judged order.
    pub at: u32,
    /// Its index by arrival.
    pub arrival: u32,
    /// Position of the first event to arrive that its `ts` should precede.
    pub overtaken_by: u32,
    /// How long after that one it came, seconds of the arrival clock; 0 in an array.
    pub secs: f64,
    /// How many later-stamped events came between the two; beyond [`MOST_COUNTED`] they are not counted.
    pub n_between: usize,
    /// What the window does with it.
    pub fate: Fate,
}

impl Late {
    /// True when the client's clock was set (T013) between the event and the one that overtook it: their stamps do
    /// not compare.
    #[must_use]
    pub fn is_by_another_clock(&self, session: &Session, lanes: &Lanes, delay: &Delay) -> bool {
        let arrival = |position| index(lanes.arrival_index(session, position));
        let overtaken_by = arrival(self.overtaken_by);
        // Steps are in order of arrival.
        let next = delay.stepped.partition_point(|step| arrival(step.from) < overtaken_by);
        delay.stepped.get(next).is_some_and(|step| arrival(step.to) <= self.arrival)
    }
}

/// So many events in between are counted: enough to tell more than any window holds.
pub const MOST_COUNTED: usize = REORDER_WINDOW_EVENTS + 2;

/// A run of events whose orders differ; before it and after it they are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The index by arrival of its first event, which is its first position in the judged order as well; it holds as
    /// many events as `judged`.
    pub first: u32,
    /// Indexes by arrival in the judged order: by `ts`, ties by arrival or as they were settled.
    pub judged: Vec<u32>,
    /// Indexes by arrival in the order in which they are passed on; `None` when no arrival times tell it. A downloaded
    /// array is taken as it stands.
    pub passed_on: Option<Vec<u32>>,
    /// Its late events, by arrival. Events older than their `sessionStart` (O005) are left out.
    pub late: Vec<Late>,
    /// Positions of events that share a `ts` and whose order of arrival is illegal: nobody can tell it (O011).
    pub undecidable: Vec<Range<u32>>,
}

/// The orders of a session, where they differ.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reorder {
    /// In order; they do not overlap.
    pub stretches: Vec<Stretch>,
}

impl Reorder {
    /// Compares the orders of a session.
    #[must_use]
    pub fn of(capture: &Capture, session: &Session, lanes: &Lanes, window: &Window) -> Reorder {
        if session.judged_order.is_none() && lanes.order.is_none() {
            return Reorder::default();
        }
        let walk = Walk::new(capture, session, lanes, window);
        Reorder { stretches: ranges(session, lanes).into_iter().map(|range| walk.stretch(range)).collect() }
    }

    /// Late events, by arrival.
    pub fn late(&self) -> impl Iterator<Item = &Late> {
        self.stretches.iter().flat_map(|stretch| &stretch.late)
    }
}

/// Positions outside of which each event has the position in which it arrived.
fn ranges(session: &Session, lanes: &Lanes) -> Vec<Range<u32>> {
    let (mut ranges, mut first, mut highest) = (Vec::new(), 0, 0);
    for at in 0..u32::try_from(session.len()).unwrap_or(u32::MAX) {
        highest = highest.max(index(lanes.arrival_index(session, at)));
        if highest == at {
            if first < at {
                ranges.push(first..at + 1);
            }
            first = at + 1;
        }
    }
    ranges
}

fn index(arrival: usize) -> u32 {
    u32::try_from(arrival).unwrap_or(u32::MAX)
}

struct Walk<'a> {
    capture: &'a Capture,
    session: &'a Session,
    lanes: &'a Lanes,
    window: &'a Window,
    /// The `ts` of the `sessionStart`, when the session begins with one.
    start: TsMillis,
    /// The first arrival that is known, of an online session.
    first_arrival: Option<ReceivedAt>,
}

impl<'a> Walk<'a> {
    fn new(capture: &'a Capture, session: &'a Session, lanes: &'a Lanes, window: &'a Window) -> Self {
        let mut events = session.by_arrival.iter().filter_map(|id| capture.event(*id));
        let first = events.next();
        let opens = first.filter(|event| event.event_type() == Some(EventType::SessionStart));
        let online = session.mode == Mode::Online;
        let known = || first.into_iter().chain(events).find_map(|event| event.received_at());
        Walk {
            capture,
            session,
            lanes,
            window,
            start: opens.and_then(|start| start.ts()).unwrap_or(TsMillis(i64::MIN)),
            first_arrival: if online { known() } else { None },
        }
    }

    fn event(&self, arrival: u32) -> Option<Event<'a>> {
        self.capture.event(*self.session.by_arrival.get(arrival as usize)?)
    }

    /// When an event arrived, seconds; `None` when that is not known. In an array nothing is late by the clock.
    fn arrived_secs(&self, event: &Event<'_>) -> Option<f64> {
        if self.session.mode.is_downloaded() {
            return Some(0.0);
        }
        Some(event.received_at()?.secs_since(self.first_arrival?))
    }

    fn stretch(&self, range: Range<u32>) -> Stretch {
        let judged: Vec<u32> =
            range.clone().map(|at| index(self.lanes.arrival_index(self.session, at))).collect();
        let ties = &self.lanes.settled_ties;
        let first_tie = ties.partition_point(|tie| tie.first < range.start);
        let ties = ties.iter().skip(first_tie).take_while(|tie| tie.first < range.end);
        let passed_on = if self.session.mode.is_downloaded() {
            Some(range.clone().collect())
        } else {
            self.first_arrival.map(|_| self.passed_on(range.clone()))
        };
        Stretch {
            first: range.start,
            passed_on,
            late: self.late(range.clone(), &judged),
            undecidable: ties.map(|tie| tie.first..tie.first + tie.n).collect(),
            judged,
        }
    }

    /// The late events of a stretch, by arrival. What has no `ts` or no arrival is left out.
    fn late(&self, range: Range<u32>, judged: &[u32]) -> Vec<Late> {
        let mut positions = vec![range.start; judged.len()];
        for (at, arrival) in range.clone().zip(judged) {
            if let Some(position) = positions.get_mut((arrival - range.start) as usize) {
                *position = at;
            }
        }
        let position = |arrival: u32| positions[(arrival - range.start) as usize];
        // Events that were the latest-stamped when they came: index by arrival, `ts`, arrival in seconds.
        let mut peaks: Vec<(u32, TsMillis, f64)> = Vec::new();
        let mut latest_stamps: Vec<TsMillis> = Vec::with_capacity(MOST_COUNTED + 2);
        let mut late = Vec::new();
        for arrival in range.clone() {
            let Some(event) = self.event(arrival) else { continue };
            let stamp = event.ts().filter(|ts| *ts >= self.start);
            let Some((ts, secs)) = stamp.zip(self.arrived_secs(&event)) else { continue };
            match peaks.get(peaks.partition_point(|(_, peak, _)| *peak <= ts)) {
                Some((overtaken_by, _, since)) => {
                    let n_between = latest_stamps.partition_point(|stamp| *stamp > ts).saturating_sub(1);
                    late.push(Late {
                        at: position(arrival),
                        arrival,
                        overtaken_by: position(*overtaken_by),
                        secs: secs - since,
                        n_between,
                        fate: self.window.fate(secs - since, n_between),
                    });
                }
                None => peaks.push((arrival, ts, secs)),
            }
            let place = latest_stamps.partition_point(|stamp| *stamp > ts);
            if place <= MOST_COUNTED {
                latest_stamps.insert(place, ts);
                latest_stamps.truncate(MOST_COUNTED + 1);
            }
        }
        late
    }

    /// The order in which the window passes on the events of a stretch. What lies before it is passed on before, and
    /// what lies after it after, whatever the window holds.
    fn passed_on(&self, range: Range<u32>) -> Vec<u32> {
        let mut held = Held::default();
        let (mut stamp, mut now) = (self.stamp_before(range.start), 0.0_f64);
        for arrival in range {
            let Some(event) = self.event(arrival) else { continue };
            // What has no `ts` stays behind its predecessor; what has no arrival comes with it.
            stamp = event.ts().unwrap_or(stamp);
            now = self.arrived_secs(&event).map_or(now, |secs| now.max(secs));
            held.pass_on_until(now - self.window.held_secs);
            held.take(stamp, arrival, now);
            // One more than may come in between: the one that they come after.
            held.shrink_to(self.window.n_held + 1);
        }
        held.shrink_to(0);
        held.passed_on
    }

    /// The latest `ts` before an index by arrival.
    fn stamp_before(&self, arrival: u32) -> TsMillis {
        let mut before = (0..arrival).rev().filter_map(|arrival| self.event(arrival)?.ts());
        before.next().unwrap_or(TsMillis(i64::MIN))
    }
}

/// The events in the window.
#[derive(Default)]
struct Held {
    /// By `ts`, ties by arrival.
    by_ts: BTreeSet<(TsMillis, u32)>,
    /// The same by arrival, with the arrival in seconds; some may have been passed on.
    by_arrival: VecDeque<(f64, (TsMillis, u32))>,
    passed_on: Vec<u32>,
}

impl Held {
    fn take(&mut self, ts: TsMillis, arrival: u32, now: f64) {
        self.by_ts.insert((ts, arrival));
        self.by_arrival.push_back((now, (ts, arrival)));
    }

    /// Passes on what arrived before `then`, and with it what is stamped earlier.
    fn pass_on_until(&mut self, then: f64) {
        while let Some((_, last)) = self.by_arrival.pop_front_if(|(arrived, _)| *arrived < then) {
            while self.by_ts.contains(&last) {
                self.pass_on_first();
            }
        }
    }

    fn shrink_to(&mut self, n: usize) {
        while self.by_ts.len() > n {
            self.pass_on_first();
        }
    }

    fn pass_on_first(&mut self) {
        self.passed_on.extend(self.by_ts.pop_first().map(|(_, arrival)| arrival));
    }
}

#[cfg(test)]
mod tests;

//! Arrival against `ts`: how long events took to arrive, and what that says of the client's clock and its queue.
//!
//! The *delay* of an event is its arrival minus its `ts`; it is off by what the client's clock is off. Three shapes
//! mean something, and [`Delay::of`] tells them apart: a delay that *falls* from event to event is a queue that drains
//! after the device was offline; one that is *stepped* is a clock that was set; one that is *steady* but far from zero
//! is a clock that is off.

use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::numbers::Numbers;
use crate::model::session::{Mode, Session};

use super::cadence::Cadence;
use super::lanes::Lanes;

/// Delays of one shape lie within so many seconds of each other.
const STEADY_SECS: f64 = 5.0;
/// So many events show a shape.
const LEAST_EVENTS: u32 = 3;
/// A queue drains when the delay falls by at least this share of what the client's clock has moved on: its events
/// arrive faster than they happened.
const DRAINING_SHARE: f64 = 0.25;
/// So many events may be overtaken by the first that is stamped by a clock that was set: the JS SDK posts up to three
/// queued events at once (`field-problems.md` 28).
const MAX_OVERTAKEN: u32 = 3;
/// Delays closer than this are the same, seconds.
const JITTER_SECS: f64 = 1.0;
/// A clock is off when at least this share of the events says so.
const STEADY_SHARE: f64 = 0.75;

/// Events that waited in a queue of the client and arrived faster than they had happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fall {
    /// Position of the first of them.
    pub from: u32,
    /// Position of the last of them.
    pub to: u32,
    /// How many events of the run arrived late.
    pub n_events: u32,
    /// Delay of the first, seconds.
    pub first_secs: f64,
    /// Delay of the last, seconds.
    pub last_secs: f64,
}

/// A delay that steps and stays: the client's clock was set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockStep {
    /// Position of the last event by the old clock.
    pub from: u32,
    /// Position of the first event by the new one.
    pub to: u32,
    /// Delay by the old clock, seconds.
    pub before_secs: f64,
    /// Delay by the new one, seconds.
    pub after_secs: f64,
}

/// The delay that most events share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steady {
    /// The first event with it.
    pub at: u32,
    /// Its middle, seconds; negative when the client's clock is ahead.
    pub secs: f64,
    /// How many events share it.
    pub n_events: u32,
}

/// What the delays of a session say. Empty for a session that was stored and sent as a whole, and where `ts` is in
/// another unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delay {
    /// Queues that drain (H021), in order.
    pub falling: Vec<Fall>,
    /// Where the clock was set (T013), in order.
    pub stepped: Vec<ClockStep>,
    /// The delay that nearly all events share, if there is one (T012).
    pub steady: Option<Steady>,
}

/// An event that has both clocks.
#[derive(Debug, Clone, Copy)]
struct Sample {
    at: u32,
    ts: TsMillis,
    delay: f64,
}

impl Delay {
    /// Measures a session. Events older than their `sessionStart` (O005) are left out.
    #[must_use]
    pub fn of(
        capture: &Capture,
        session: &Session,
        lanes: &Lanes,
        cadence: &Cadence,
        numbers: &Numbers,
    ) -> Delay {
        if session.mode != Mode::Online || !cadence.ts_is_in_millis() {
            return Delay::default();
        }
        let samples = || samples(capture, session, lanes);
        let mut lowest = f64::INFINITY;
        let mut walk = Walk {
            tick_secs: numbers.same_tick_millis / 1000.0,
            late_secs: numbers.delivered_late_secs,
            step_secs: numbers.clock_jump_secs,
            ..Walk::default()
        };
        let in_order_of_arrival = session.judged_order.is_none() && lanes.order.is_none();
        for sample in samples() {
            lowest = lowest.min(sample.delay);
            walk.take_run(sample);
            if in_order_of_arrival {
                walk.take_level(sample);
            }
        }
        if !in_order_of_arrival {
            by_arrival(session, lanes, samples()).into_iter().for_each(|sample| walk.take_level(sample));
        }
        walk.finish();
        let Walk { mut falling, mut stepped, longest, n_events, .. } = walk;
        // What even the quickest event took is no queue but a clock that is behind.
        falling.retain(|fall| fall.first_secs - lowest.max(0.0) > numbers.delivered_late_secs);
        let falls_at = |at: u32| {
            let next = falling.partition_point(|fall| fall.to < at);
            falling.get(next).is_some_and(|fall| fall.from <= at)
        };
        stepped.retain(|step| !falls_at(step.to));
        let steady = longest.filter(|_| stepped.is_empty()).and_then(|level| {
            let n_falling: u32 = falling.iter().map(|fall| fall.n_events).sum();
            level.shared(samples(), n_events.saturating_sub(n_falling))
        });
        Delay { falling, stepped, steady }
    }
}

/// The events with both clocks, from the session's start on.
fn samples<'a>(
    capture: &'a Capture,
    session: &'a Session,
    lanes: &'a Lanes,
) -> impl Iterator<Item = Sample> + 'a {
    let mut opened: Option<TsMillis> = None;
    let events = (0..).zip(lanes.in_judged_order(session));
    events.filter_map(move |(at, id)| {
        let event = capture.event(id)?;
        let (ts, received_at) = event.ts().zip(event.received_at())?;
        if at == 0 && event.event_type() == Some(EventType::SessionStart) {
            opened = Some(ts);
        }
        let delay = TsMillis(received_at.millis()).secs_since(ts);
        opened.is_none_or(|opened| ts >= opened).then_some(Sample { at, ts, delay })
    })
}

/// The same in order of arrival.
fn by_arrival(session: &Session, lanes: &Lanes, samples: impl Iterator<Item = Sample>) -> Vec<Sample> {
    let mut samples: Vec<Sample> = samples.collect();
    samples.sort_by_key(|sample| lanes.arrival_index(session, sample.at));
    samples
}

#[derive(Debug, Default)]
struct Walk {
    tick_secs: f64,
    late_secs: f64,
    step_secs: f64,
    n_events: u32,
    last: Option<Sample>,
    /// The run of falling delays that is on, and how many moments of the client it spans.
    run: Option<(Fall, u32)>,
    level: Option<Level>,
    before: Option<Level>,
    longest: Option<Level>,
    /// Events of the level before that came after the first of the present one.
    n_overtaken: u32,
    falling: Vec<Fall>,
    stepped: Vec<ClockStep>,
}

/// Events in a row whose delays lie within [`STEADY_SECS`].
#[derive(Debug, Clone, Copy)]
struct Level {
    first: Sample,
    last: Sample,
    low: f64,
    high: f64,
    n_events: u32,
}

impl Walk {
    /// The next event by arrival: a clock that is set back mixes up the order by `ts`.
    fn take_level(&mut self, sample: Sample) {
        self.n_events = self.n_events.saturating_add(1);
        if let Some(level) = &mut self.level {
            if level.extend(sample) {
                return;
            }
            // The last by the old clock may have been overtaken by the first by the new one.
            let may_be_overtaken = level.n_events < LEAST_EVENTS && self.n_overtaken < MAX_OVERTAKEN;
            if may_be_overtaken && self.before.is_some_and(|mut before| before.extend(sample)) {
                self.n_overtaken += 1;
                return;
            }
            self.end_level();
        }
        self.n_overtaken = 0;
        self.level = Some(Level::at(sample));
    }

    fn end_level(&mut self) {
        let Some(level) = self.level.take() else { return };
        if let Some(before) = self.before.replace(level) {
            let (old, new) = (before.last.delay, level.first.delay);
            if (new - old).abs() > self.step_secs && before.stays() && level.stays() {
                self.stepped.push(ClockStep {
                    from: before.last.at,
                    to: level.first.at,
                    before_secs: before.middle(),
                    after_secs: level.middle(),
                });
            }
        }
        if self.longest.is_none_or(|longest| level.n_events > longest.n_events) {
            self.longest = Some(level);
        }
    }

    /// The next event by `ts`: requests that run in parallel mix up the order of arrival.
    fn take_run(&mut self, sample: Sample) {
        let step =
            self.last.replace(sample).map(|last| (sample.ts.secs_since(last.ts), last.delay - sample.delay));
        let late = sample.delay > self.late_secs;
        let (falls, same_moment) = step.map_or((false, false), |(secs, fell)| {
            let same_moment = secs <= self.tick_secs && fell.abs() <= JITTER_SECS;
            (!same_moment && fell > 0.0 && fell >= DRAINING_SHARE * secs, same_moment)
        });
        match &mut self.run {
            Some((fall, n_moments)) if late && (falls || same_moment) => {
                (fall.to, fall.last_secs) = (sample.at, sample.delay);
                fall.n_events += 1;
                *n_moments += u32::from(falls);
            }
            run => {
                let ended = run.take();
                let (from, delay) = (sample.at, sample.delay);
                let fall = Fall { from, to: from, n_events: 1, first_secs: delay, last_secs: delay };
                *run = late.then_some((fall, 1));
                self.end_run(ended);
            }
        }
    }

    fn end_run(&mut self, run: Option<(Fall, u32)>) {
        let drains = |(fall, n_moments): &(Fall, u32)| {
            *n_moments >= LEAST_EVENTS && fall.first_secs - fall.last_secs > JITTER_SECS
        };
        self.falling.extend(run.filter(drains).map(|(fall, _)| fall));
    }

    fn finish(&mut self) {
        self.end_level();
        let run = self.run.take();
        self.end_run(run);
    }
}

impl Level {
    fn at(sample: Sample) -> Level {
        Level { first: sample, last: sample, low: sample.delay, high: sample.delay, n_events: 1 }
    }

    /// Takes an event if it belongs to the level.
    fn extend(&mut self, sample: Sample) -> bool {
        let (low, high) = (self.low.min(sample.delay), self.high.max(sample.delay));
        let belongs = high - low <= STEADY_SECS;
        if belongs {
            *self = Level { last: sample, low, high, n_events: self.n_events + 1, ..*self };
        }
        belongs
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    /// Enough events, not of one moment, that arrive about as fast as they happened.
    fn stays(&self) -> bool {
        let secs = self.last.ts.secs_since(self.first.ts);
        let fell = self.first.delay - self.last.delay;
        self.n_events >= LEAST_EVENTS && secs >= JITTER_SECS && fell <= 0.5 * secs
    }

    /// The level that nearly all of `n_events` events share, if it is this one.
    fn shared(&self, samples: impl Iterator<Item = Sample>, n_events: u32) -> Option<Steady> {
        let middle = self.middle();
        let mut near = samples.filter(|sample| (sample.delay - middle).abs() <= STEADY_SECS);
        let at = near.next()?.at;
        let n_near = u32::try_from(near.count()).unwrap_or(u32::MAX).saturating_add(1);
        let nearly_all = f64::from(n_near) >= STEADY_SHARE * f64::from(n_events);
        (n_near >= LEAST_EVENTS && nearly_all).then_some(Steady { at, secs: middle, n_events: n_near })
    }
}

//! Playhead against `ts` while main content plays.
//!
//! A *stretch* is a run of events during which main content plays without a pause, buffer or break; its steps
//! are the pairs of neighbours in it. On a healthy step the playhead moves as far as the clock. What differs is
//! sorted here once: jumps, drift, standing still, holes, the midnight of live content, a wrong unit.
//!
//! [`Drift::of`] keeps only what is odd; [`Drift::series`] yields every event with its expected playhead.

use super::cadence::Cadence;
use super::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::limits::SECONDS_OF_DAY;
use crate::model::machine::Context;
use crate::model::numbers::Numbers;
use crate::model::session::Session;

mod series;
mod stretch;

pub use series::{JumpKind, Point};
pub use stretch::{Deviation, Stretch, Stuck};
use stretch::{Open, StepRules};

/// Pairs closer than this say nothing of a speed, seconds: players round the playhead.
const MEASURABLE_SECS: f64 = 1.0;
/// Media seconds per second that are taken for milliseconds (FP10): 1000 at half to twice the speed.
const THOUSANDFOLD: std::ops::RangeInclusive<f64> = 500.0..=2000.0;
/// Media seconds per second of a playhead in seconds, at half to twice the speed.
const NORMAL: std::ops::RangeInclusive<f64> = 0.5..=2.0;
/// A playhead so many times the length is far above it.
const FAR_ABOVE_LENGTH: f64 = 10.0;

/// How far playhead and clock may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// By so much …, seconds.
    pub secs: f64,
    /// … and this share of the time that has passed.
    pub share: f64,
}

impl Tolerance {
    /// That of the rules.
    #[must_use]
    pub fn of(numbers: &Numbers) -> Tolerance {
        Tolerance { secs: numbers.drift_secs, share: numbers.drift_percent / 100.0 }
    }

    /// How far they may differ after so many seconds.
    #[must_use]
    pub fn after(&self, secs: f64) -> f64 {
        self.secs + self.share * secs
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Tolerance::of(&Numbers::default())
    }
}

/// The numbers of the rules by which steps are sorted.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits {
    tolerance: Tolerance,
    /// A playhead that falls by more has jumped back.
    fall_secs: f64,
    /// Events so close to each other belong to one tick of the player.
    tick_secs: f64,
    /// A second `play` within so long of the first is the SDKs' mark that content has begun (N2).
    second_play_secs: f64,
    /// A playhead that stands for so long is stuck.
    stuck_secs: f64,
}

impl Limits {
    fn of(numbers: &Numbers) -> Limits {
        Limits {
            tolerance: Tolerance::of(numbers),
            fall_secs: numbers.fall_secs,
            tick_secs: numbers.same_tick_millis / 1000.0,
            second_play_secs: numbers.second_play_secs,
            stuck_secs: numbers.stuck_secs,
        }
    }

    /// The playhead went ahead of the clock.
    fn is_ahead(&self, step: Step) -> bool {
        step.drift() > self.tolerance.after(step.secs)
    }

    /// The playhead fell.
    fn falls(&self, step: Step) -> bool {
        step.moved < -self.fall_secs
    }

    /// The playhead moved, but stayed behind the clock.
    fn lags(&self, step: Step) -> bool {
        step.moved > self.fall_secs && -step.drift() > self.tolerance.after(step.secs)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::of(&Numbers::default())
    }
}

/// One event with both clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Its position in the judged order.
    pub at: u32,
    /// The client's clock.
    pub ts: TsMillis,
    /// The playhead, seconds; finite.
    pub playhead: f64,
}

/// From one event to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Position of the earlier event.
    pub from: u32,
    /// Position of the later one.
    pub to: u32,
    /// Seconds of `ts` between them.
    pub secs: f64,
    /// Seconds of playhead between them.
    pub moved: f64,
}

impl Step {
    /// From `from` to `to`.
    #[must_use]
    pub fn between(from: Sample, to: Sample) -> Step {
        let (secs, moved) = (to.ts.secs_since(from.ts), to.playhead - from.playhead);
        Step { from: from.at, to: to.at, secs, moved }
    }

    /// How much farther the playhead went than the clock.
    #[must_use]
    pub fn drift(&self) -> f64 {
        self.moved - self.secs
    }

    fn is_measurable(&self) -> bool {
        self.secs >= MEASURABLE_SECS
    }
}

/// What is odd about the playhead of a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drift {
    /// Stretches with a deviation or a jump; a healthy one leaves nothing.
    pub stretches: Vec<Stretch>,
    /// Why the playhead is taken to be in milliseconds.
    pub in_millis: Option<InMillis>,
    /// The sample with the highest playhead outside ads, before the session ended.
    pub highest: Option<Sample>,
    /// Where the expected line breaks, and why, by position.
    marks: Vec<Mark>,
    limits: Limits,
}

/// Why a playhead is taken to be in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InMillis {
    /// It runs about 1000 times as fast as the clock; a step that shows it.
    Slope(Step),
    /// It lies far above the length, and a thousandth of it fits.
    AboveLength,
}

/// A place where the line of expectation breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mark {
    at: u32,
    /// `None`: it begins anew without anything being odd.
    kind: Option<JumpKind>,
}

impl Drift {
    /// Measures a session.
    #[must_use]
    pub fn of(
        capture: &Capture,
        session: &Session,
        lanes: &Lanes,
        cadence: &Cadence,
        numbers: &Numbers,
    ) -> Drift {
        let mut walk = Walk::new(capture, session, lanes, cadence, numbers);
        for position in 0..lanes.contexts.len() {
            walk.take(u32::try_from(position).unwrap_or(u32::MAX));
        }
        walk.finish()
    }
}

/// The sample of an event, `None` when either clock cannot be read.
fn sample(
    capture: &Capture,
    session: &Session,
    lanes: &Lanes,
    at: u32,
) -> Option<(Option<EventType>, Option<Sample>)> {
    let event = capture.event(lanes.judged(session, at)?)?;
    let playhead = event.playhead().map(|playhead| playhead.0).filter(|playhead| playhead.is_finite());
    let sample = event.ts().zip(playhead).map(|(ts, playhead)| Sample { at, ts, playhead });
    Some((event.event_type(), sample))
}

/// How many measurable steps there are, and what they look like.
#[derive(Debug, Clone, Copy, Default)]
struct Slopes {
    n: u32,
    n_normal: u32,
    n_thousandfold: u32,
    thousandfold: Option<Step>,
    n_ahead: u32,
}

struct Walk<'a> {
    capture: &'a Capture,
    session: &'a Session,
    lanes: &'a Lanes,
    /// A step longer than this is a hole that a rule on pings names.
    hole_secs: f64,
    drift: Drift,
    open: Option<Open>,
    slopes: Slopes,
    /// Playhead of the opening `sessionStart`.
    start_playhead: Option<f64>,
    /// `ts` of the opening `sessionStart`.
    started: Option<TsMillis>,
    /// A `play` on main content has come.
    has_played: bool,
    /// Up to here the playhead may still jump to where the session resumes (N2, N5).
    opening_until: u32,
    /// A second `sessionStart` came (L002) and no `play` since.
    restarted: bool,
}

impl<'a> Walk<'a> {
    fn new(
        capture: &'a Capture,
        session: &'a Session,
        lanes: &'a Lanes,
        cadence: &Cadence,
        numbers: &Numbers,
    ) -> Self {
        // In a session without any ping (T017) no gap is named but the silence after which the back end closes it.
        let no_pings = cadence.play_without_pings().is_some();
        Self {
            capture,
            session,
            lanes,
            hole_secs: if no_pings { 60.0 * numbers.silence_timeout_mins } else { cadence.limit_secs },
            drift: Drift { limits: Limits::of(numbers), ..Drift::default() },
            open: None,
            slopes: Slopes::default(),
            start_playhead: None,
            started: None,
            has_played: false,
            opening_until: 0,
            restarted: false,
        }
    }

    fn take(&mut self, at: u32) {
        let Some((event_type, sample)) = sample(self.capture, self.session, self.lanes, at) else { return };
        if event_type == Some(EventType::SessionStart) {
            return self.start(at, sample);
        }
        // An ad outside a break (A001) may send its own clock from its start on.
        let sample = sample.filter(|sample| self.measures(*sample) && !self.lanes.after(at).in_stray_ad());
        let (before, after) = (self.lanes.before(at), self.lanes.after(at));
        if event_type == Some(EventType::Play) {
            self.restarted = false;
        }
        let plays = after.plays_main() && !self.restarted;
        if let Some(sample) = sample {
            self.note_highest(before, sample);
            if let Some(open) = &mut self.open {
                let exempt = sample.at <= self.opening_until;
                let is_play = event_type == Some(EventType::Play);
                open.step(sample, exempt, is_play, &mut self.slopes, &mut self.drift.marks);
            } else if plays {
                let after_ads = before.in_break() || before.in_stray_ad();
                let live = self.session.content.live;
                let rules = StepRules { limits: self.drift.limits, hole_secs: self.hole_secs, live };
                self.open = Some(Open::at(sample, after_ads, rules));
            }
            if plays && event_type == Some(EventType::Play) && !self.has_played {
                self.has_played = true;
                self.opening(sample);
            }
        }
        if !plays {
            self.close();
        }
    }

    /// False for an event from before the `sessionStart` (O005) and for a playhead below zero (S009): neither says where
    /// the content stands.
    fn measures(&self, sample: Sample) -> bool {
        sample.playhead >= 0.0 && self.started.is_none_or(|started| sample.ts >= started)
    }

    /// A `sessionStart`: the playhead begins anew, and nothing plays until the next `play`.
    fn start(&mut self, at: u32, sample: Option<Sample>) {
        if at == 0 {
            self.start_playhead = sample.map(|sample| sample.playhead);
            self.started = sample.map(|sample| sample.ts);
        } else {
            self.close();
            self.restarted = true;
        }
    }

    /// The first `play`: when it still carries the start's playhead and a second one follows at once, the playhead
    /// may jump in between.
    fn opening(&mut self, first: Sample) {
        if self.start_playhead != Some(first.playhead) {
            return;
        }
        let later = first.at + 1..u32::try_from(self.session.len()).unwrap_or(u32::MAX);
        for at in later {
            let Some((event_type, sample)) = sample(self.capture, self.session, self.lanes, at) else {
                return;
            };
            let Some(sample) = sample else { continue };
            if sample.ts.secs_since(first.ts) > self.drift.limits.second_play_secs
                || !self.lanes.after(at).plays_main()
            {
                return;
            }
            if event_type == Some(EventType::Play) {
                self.opening_until = at;
                return;
            }
        }
    }

    fn note_highest(&mut self, before: Context, sample: Sample) {
        let counts = !before.in_break() && !before.in_stray_ad() && !before.ended();
        if counts && self.drift.highest.is_none_or(|highest| sample.playhead > highest.playhead) {
            self.drift.highest = Some(sample);
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.drift.stretches.extend(open.close(&mut self.drift.marks));
    }

    fn finish(mut self) -> Drift {
        self.close();
        let in_millis = self.in_millis();
        self.drift.in_millis = in_millis;
        let fast = self.slopes.n_ahead >= stretch::SPEED_STEPS && self.slopes.n_ahead * 2 > self.slopes.n;
        let Drift { stretches, marks, limits, .. } = &mut self.drift;
        let tolerance = limits.tolerance;
        if in_millis.is_some() {
            *marks = stretches.iter_mut().map(Stretch::settle_in_millis).collect();
        } else {
            stretches.iter_mut().for_each(|stretch| stretch.settle(fast, tolerance, marks));
        }
        stretches.retain(Stretch::is_odd);
        self.drift
    }

    fn in_millis(&self) -> Option<InMillis> {
        let Slopes { n, n_normal, n_thousandfold, .. } = self.slopes;
        if n_thousandfold >= 2 && n_thousandfold * 2 > n {
            return self.slopes.thousandfold.map(InMillis::Slope);
        }
        let content = &self.session.content;
        let length = content.length_secs.filter(|length| *length > 0.0 && !content.live)?;
        let highest = self.drift.highest?.playhead;
        let far_above = highest > FAR_ABOVE_LENGTH * length && highest / 1000.0 <= length + 1.0;
        (far_above && n_normal * 2 <= n).then_some(InMillis::AboveLength)
    }
}

/// A live playhead that has passed midnight (UTC or the player's) since the step began falls by a day (N17).
fn unwrapped(step: Step, live: bool, tolerance: Tolerance) -> Option<Step> {
    let unwrapped = Step { moved: step.moved + SECONDS_OF_DAY, ..step };
    let fits = unwrapped.drift().abs() <= tolerance.after(step.secs);
    (live && step.moved < -SECONDS_OF_DAY / 2.0 && fits).then_some(unwrapped)
}

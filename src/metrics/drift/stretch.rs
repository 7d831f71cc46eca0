//! One stretch of playing main content: its steps sorted into healthy ones, jumps, drift and standing still.

use super::{JumpKind, Limits, Mark, NORMAL, Sample, Slopes, Step, THOUSANDFOLD, Tolerance, unwrapped};

/// So many steps off in one direction, and more than half of all, are a playback speed.
pub(super) const SPEED_STEPS: u32 = 3;
/// Speeds that differ by less than this factor are one.
const SAME_PACE: f64 = 1.25;
/// A playhead that stands over so many events is stuck (T006); they count when [`STUCK_APART_SECS`] apart.
const STUCK_EVENTS: u32 = 3;
/// See [`STUCK_EVENTS`].
const STUCK_APART_SECS: f64 = 1.0;

/// How a whole stretch differs from the clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deviation {
    /// Most steps are off in one direction: another playback speed. Seconds of playhead and clock, a step that shows it.
    Speed {
        /// Seconds of playhead.
        moved: f64,
        /// Seconds of clock.
        secs: f64,
        /// The first step that is off.
        first: Step,
    },
    /// This step moves, but falls behind the clock.
    Behind(Step),
    /// Small differences add up to more than the tolerance.
    Whole {
        /// Seconds of playhead.
        moved: f64,
        /// Seconds of clock.
        secs: f64,
    },
}

/// One stretch in which something is odd.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Position of the first event.
    pub start: u32,
    /// Position of the last event: the one that ends it, or the last of the session.
    pub end: u32,
    /// How it differs as a whole.
    pub deviation: Option<Deviation>,
    /// Steps forward beyond tolerance, and falls.
    pub jumps: Vec<Step>,
    /// Where the playhead stood although main content was playing.
    pub stuck: Vec<Stuck>,
    sums: Sums,
    ahead: Vec<Step>,
}

/// What the steps of a stretch come to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Sums {
    /// Seconds of playhead and clock without jumps.
    moved: f64,
    secs: f64,
    /// By how much the jumps went farther than the clock.
    jumped: f64,
    n_measurable: u32,
    n_behind: u32,
    first_behind: Option<Step>,
}

/// How the steps of a session are sorted.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepRules {
    pub(super) limits: Limits,
    /// A step longer than this is a hole that a rule on pings names.
    pub(super) hole_secs: f64,
    pub(super) live: bool,
}

/// Three events or more with one playhead while main content plays (T006).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stuck {
    /// The playhead.
    pub playhead: f64,
    /// Position of the first event with it.
    pub from: u32,
    /// Position of the event that shows it: the third, long enough after the first.
    pub shown_at: u32,
    /// Position of the last event with it.
    pub to: u32,
    /// How long it stood, seconds.
    pub secs: f64,
}

/// Events in a row with one playhead.
#[derive(Debug, Clone, Copy)]
struct Still {
    from: Sample,
    to: Sample,
    secs: f64,
    n_events: u32,
    last_counted: Sample,
    shown_at: Option<u32>,
}

/// A stretch that goes on.
#[derive(Debug)]
pub(super) struct Open {
    start: Sample,
    last: Sample,
    rules: StepRules,
    /// The end of a break or stray ad with which it began: the next step is not judged.
    ads_end: Option<Sample>,
    still: Option<Still>,
    /// The last step jumped, from here.
    jumped_from: Option<Sample>,
    sums: Sums,
    ahead: Vec<Step>,
    jumps: Vec<Step>,
    stuck: Vec<Stuck>,
}

impl Open {
    pub(super) fn at(sample: Sample, after_ads: bool, rules: StepRules) -> Open {
        Open {
            start: sample,
            last: sample,
            rules,
            ads_end: after_ads.then_some(sample),
            still: None,
            jumped_from: None,
            sums: Sums::default(),
            ahead: Vec::new(),
            jumps: Vec::new(),
            stuck: Vec::new(),
        }
    }

    /// Takes the next event.
    pub(super) fn step(
        &mut self,
        to: Sample,
        opening: bool,
        is_play: bool,
        slopes: &mut Slopes,
        marks: &mut Vec<Mark>,
    ) {
        let StepRules { limits, hole_secs, live } = self.rules;
        let tolerance = limits.tolerance;
        let from = std::mem::replace(&mut self.last, to);
        let step = Step::between(from, to);
        let jumped_from = self.jumped_from.take();
        if opening || self.is_right_after_ads(from, to) || step.secs < 0.0 {
            self.end_still();
            marks.push(Mark { at: to.at, kind: None });
            return;
        }
        if step.moved == 0.0 && step.secs <= hole_secs {
            return self.stand(from, to, is_play, slopes);
        }
        let stood_secs = self.end_still_with_mark(from, marks);
        let step = match unwrapped(step, live, tolerance) {
            Some(step) => {
                marks.push(Mark { at: to.at, kind: Some(JumpKind::MidnightWrap) });
                step
            }
            None => step,
        };
        if step.is_measurable() {
            slopes.take(step);
            self.sums.n_measurable += 1;
        }
        let (ahead, falls) = (limits.is_ahead(step), limits.falls(step));
        if ahead && step.drift() <= stood_secs + tolerance.after(step.secs) {
            // The catch-up after standing still belongs to that.
            marks.push(Mark { at: to.at, kind: None });
        } else if (ahead || falls) && jumped_from.is_some_and(|before| self.returns(before, to)) {
            // One event off the line and back: the first jump tells it all.
            marks.push(Mark { at: to.at, kind: None });
            self.sums.jumped += step.drift();
        } else if ahead || falls {
            self.jumped_from = Some(from);
            self.sums.jumped += step.drift();
            if falls {
                self.jumps.push(step)
            } else {
                self.ahead(step, slopes)
            }
            let kind = if to.playhead < 1.0 && falls { JumpKind::Reset } else { JumpKind::Seek };
            marks.push(Mark { at: to.at, kind: Some(kind) });
        } else if step.secs > hole_secs {
            marks.push(Mark { at: to.at, kind: Some(JumpKind::Hole) });
        } else {
            self.count(step, marks);
        }
    }

    /// The step from the end of a break to the next event, and what belongs to the tick of that end.
    fn is_right_after_ads(&self, from: Sample, to: Sample) -> bool {
        let same_tick = |end: Sample| to.ts.secs_since(end.ts) <= self.rules.limits.tick_secs;
        self.ads_end.is_some_and(|end| end.at == from.at || same_tick(end))
    }

    fn ahead(&mut self, step: Step, slopes: &mut Slopes) {
        if step.is_measurable() {
            slopes.n_ahead += 1;
            self.ahead.push(step);
        } else {
            self.jumps.push(step);
        }
    }

    fn count(&mut self, step: Step, marks: &mut Vec<Mark>) {
        self.sums.moved += step.moved;
        self.sums.secs += step.secs;
        if self.rules.limits.lags(step) {
            self.sums.n_behind += 1;
            self.sums.first_behind.get_or_insert(step);
            marks.push(Mark { at: step.to, kind: Some(JumpKind::Drift) });
        }
    }

    fn stand(&mut self, from: Sample, to: Sample, is_play: bool, slopes: &mut Slopes) {
        let secs = to.ts.secs_since(from.ts);
        if secs >= super::MEASURABLE_SECS {
            slopes.n += 1;
            self.sums.n_measurable += 1;
        }
        let Limits { stuck_secs, second_play_secs, .. } = self.rules.limits;
        let new = Still { from, to, secs: 0.0, n_events: 1, last_counted: from, shown_at: None };
        let still = self.still.get_or_insert(new);
        still.secs += secs;
        still.to = to;
        if to.ts.secs_since(still.last_counted.ts) >= STUCK_APART_SECS {
            // The second `play` of the SDKs (N2) may repeat the playhead.
            let is_second_play = is_play && to.ts.secs_since(self.start.ts) <= second_play_secs;
            still.n_events += u32::from(!is_second_play);
            still.last_counted = to;
        }
        if still.shown_at.is_none() && still.n_events >= STUCK_EVENTS && still.secs >= stuck_secs {
            still.shown_at = Some(to.at);
        }
    }

    /// The playhead moves again: what stood too shortly to be stuck counts as play. Returns the seconds for which
    /// it was stuck.
    fn end_still(&mut self) -> f64 {
        let Some(still) = self.still.take() else { return 0.0 };
        if let Some(shown_at) = still.shown_at {
            let Still { from, to, secs, .. } = still;
            self.stuck.push(Stuck { playhead: from.playhead, from: from.at, shown_at, to: to.at, secs });
            return secs;
        }
        self.sums.secs += still.secs;
        0.0
    }

    fn end_still_with_mark(&mut self, last: Sample, marks: &mut Vec<Mark>) -> f64 {
        let stood_secs = self.end_still();
        if stood_secs > 0.0 {
            marks.push(Mark { at: last.at, kind: Some(JumpKind::Stuck) });
        }
        stood_secs
    }

    /// True when the playhead is back on the line that it left after `before`.
    fn returns(&self, before: Sample, to: Sample) -> bool {
        let around = Step::between(before, to);
        around.drift().abs() <= self.rules.limits.tolerance.after(around.secs)
    }

    pub(super) fn close(mut self, marks: &mut Vec<Mark>) -> Option<Stretch> {
        self.end_still_with_mark(self.last, marks);
        let deviates = self.sums.deviation(self.rules.limits.tolerance).is_some();
        let healthy = self.jumps.is_empty() && self.ahead.is_empty() && self.stuck.is_empty() && !deviates;
        (!healthy).then_some(Stretch {
            start: self.start.at,
            end: self.last.at,
            deviation: None,
            jumps: self.jumps,
            stuck: self.stuck,
            sums: self.sums,
            ahead: self.ahead,
        })
    }
}

impl Sums {
    /// What the steps that are no jumps say.
    fn deviation(&self, tolerance: Tolerance) -> Option<Deviation> {
        let Sums { moved, secs, jumped, n_measurable, n_behind, .. } = *self;
        if let Some(first) = self.first_behind {
            let slow = n_behind >= SPEED_STEPS && n_behind * 2 > n_measurable;
            return Some(if slow {
                Deviation::Speed { moved, secs, first }
            } else {
                Deviation::Behind(first)
            });
        }
        // A jump that makes good what was lost before is told as a jump alone.
        let tolerance = tolerance.after(secs);
        let off = (moved - secs).abs() > tolerance && (moved - secs + jumped).abs() > tolerance;
        off.then_some(Deviation::Whole { moved, secs })
    }
}

impl Stretch {
    pub(super) fn is_odd(&self) -> bool {
        self.deviation.is_some() || !self.jumps.is_empty() || !self.stuck.is_empty()
    }

    /// Decides what the steps ahead of the clock are, now that the whole session is known: a speed, or jumps.
    pub(super) fn settle(&mut self, fast_session: bool, tolerance: Tolerance, marks: &mut [Mark]) {
        let ahead = std::mem::take(&mut self.ahead);
        let n_ahead = u32::try_from(ahead.len()).unwrap_or(u32::MAX);
        let fast = n_ahead >= SPEED_STEPS && n_ahead * 2 > self.sums.n_measurable;
        if let Some(first) = ahead.first().filter(|_| fast || fast_session) {
            let moved = self.sums.moved + ahead.iter().map(|step| step.moved).sum::<f64>();
            let secs = self.sums.secs + ahead.iter().map(|step| step.secs).sum::<f64>();
            self.deviation = Some(Deviation::Speed { moved, secs, first: *first });
            ahead.iter().for_each(|step| mark_drift(marks, step.to));
            return;
        }
        self.deviation = self.sums.deviation(tolerance);
        for run in ahead.chunk_by(is_one_pace) {
            if run.len() < SPEED_STEPS as usize {
                self.jumps.extend_from_slice(run);
                continue;
            }
            run.iter().for_each(|step| mark_drift(marks, step.to));
            if !matches!(self.deviation, Some(Deviation::Speed { .. })) {
                let moved = run.iter().map(|step| step.moved).sum();
                let secs = run.iter().map(|step| step.secs).sum();
                self.deviation = Some(Deviation::Speed { moved, secs, first: run[0] });
            }
        }
        self.jumps.sort_by_key(|step| step.to);
    }

    /// The playhead counts milliseconds: where that shows first, and nothing else is odd.
    pub(super) fn settle_in_millis(&mut self) -> Mark {
        let first = self.ahead.first().or(self.jumps.first()).map_or(self.end, |step| step.to);
        (self.ahead, self.jumps, self.stuck) = (Vec::new(), Vec::new(), Vec::new());
        Mark { at: first, kind: Some(JumpKind::UnitError) }
    }
}

/// True when the second step follows on the first at about its speed: the viewer chose another one on the way.
fn is_one_pace(first: &Step, second: &Step) -> bool {
    let ratio = (first.moved / first.secs) / (second.moved / second.secs);
    first.to == second.from && (1.0 / SAME_PACE..=SAME_PACE).contains(&ratio)
}

/// What looked like a jump is a pace of its own. `marks` are sorted by position.
fn mark_drift(marks: &mut [Mark], at: u32) {
    let first = marks.partition_point(|mark| mark.at < at);
    for mark in marks.iter_mut().skip(first).take_while(|mark| mark.at == at) {
        mark.kind = Some(JumpKind::Drift);
    }
}

impl Slopes {
    fn take(&mut self, step: Step) {
        self.n += 1;
        let slope = step.moved / step.secs;
        if NORMAL.contains(&slope) {
            self.n_normal += 1;
        } else if THOUSANDFOLD.contains(&slope) {
            self.n_thousandfold += 1;
            self.thousandfold.get_or_insert(step);
        }
    }
}

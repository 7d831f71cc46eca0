//! The series of the clock plot: every event with both clocks and the playhead that was to be expected.

use super::{Drift, Limits, Mark, Sample, sample};
use crate::metrics::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::limits::SECONDS_OF_DAY;
use crate::model::machine::{Context, Playback};
use crate::model::session::Session;

/// Why the playhead is not where it was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JumpKind {
    /// It jumped: a seek, announced by a pause or not.
    Seek,
    /// It moves at another pace than the clock, or moves where it should stand.
    Drift,
    /// It fell to the start.
    Reset,
    /// It stood still although main content was playing.
    Stuck,
    /// It counts in another unit.
    UnitError,
    /// Live content passed midnight.
    MidnightWrap,
    /// Events are missing; what happened in between is unknown.
    Hole,
}

/// One event on the clock plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its position in the judged order.
    pub at: u32,
    /// The client's clock.
    pub ts: TsMillis,
    /// The playhead as sent.
    pub playhead: PlayheadSecs,
    /// Where it was expected: on with the clock while main content plays, else where it stood.
    pub expected: PlayheadSecs,
    /// Set where the line of expectation breaks.
    pub jump: Option<JumpKind>,
}

impl Point {
    /// How far the playhead is ahead of the expected one, seconds.
    #[must_use]
    pub fn drift_secs(&self) -> f64 {
        self.playhead.0 - self.expected.0
    }
}

/// From here on the playhead is expected to move, or to stand.
#[derive(Debug, Clone, Copy)]
struct Line {
    from: Sample,
    context: Context,
    rules: LineRules,
}

/// What decides how a line goes on.
#[derive(Debug, Clone, Copy)]
struct LineRules {
    limits: Limits,
    live: bool,
}

impl Drift {
    /// Every event that has both clocks, in the judged order.
    pub fn series<'a>(
        &'a self,
        capture: &'a Capture,
        session: &'a Session,
        lanes: &'a Lanes,
    ) -> impl Iterator<Item = Point> + 'a {
        let mut marks = self.marks.iter().peekable();
        let mut line: Option<Line> = None;
        let rules = LineRules { limits: self.limits, live: session.content.live };
        let n_events = u32::try_from(session.len()).unwrap_or(u32::MAX);
        (0..n_events).filter_map(move |at| {
            let mut mark = None;
            while let Some(here) = marks.next_if(|mark| mark.at <= at) {
                mark = Some(*here);
            }
            let (_, sample) = sample(capture, session, lanes, at)?;
            let sample = sample?;
            Some(point(&mut line, sample, lanes.after(at), rules, mark))
        })
    }
}

/// The point of an event; moves the line on.
fn point(
    line: &mut Option<Line>,
    sample: Sample,
    after: Context,
    rules: LineRules,
    mark: Option<Mark>,
) -> Point {
    let new_line = Line { from: sample, context: after, rules };
    let current = *line.get_or_insert(new_line);
    let mut expected = current.expected(sample);
    let jump = match mark {
        Some(mark) => mark.kind,
        None => current.jump_outside_play(sample, expected),
    };
    if jump == Some(JumpKind::MidnightWrap) {
        expected -= SECONDS_OF_DAY;
    }
    let anew = mark.is_some() && jump != Some(JumpKind::Drift) || matches!(jump, Some(JumpKind::Seek));
    if anew || !current.goes_on(after) {
        *line = Some(new_line);
    }
    if mark.is_some_and(|mark| mark.kind.is_none()) {
        expected = sample.playhead;
    }
    Point {
        at: sample.at,
        ts: sample.ts,
        playhead: PlayheadSecs(sample.playhead),
        expected: PlayheadSecs(expected),
        jump,
    }
}

impl Line {
    fn expected(&self, sample: Sample) -> f64 {
        let secs = sample.ts.secs_since(self.from.ts);
        let moving = self.from.playhead + secs;
        if self.context.plays_main() {
            return moving;
        }
        if self.is_before_play() {
            return sample.playhead;
        }
        // Live content may go on while it is paused or an ad covers it.
        let is_moving = (sample.playhead - moving).abs() <= self.rules.limits.tolerance.after(secs);
        let in_tick = secs <= self.rules.limits.tick_secs;
        if self.rules.live && is_moving && !in_tick { moving } else { self.from.playhead }
    }

    /// Before the first `play` a player may not know its playhead yet (N5).
    fn is_before_play(&self) -> bool {
        self.context.playback() == Playback::Starting && !self.context.in_break()
    }

    /// A pause, buffer or ad in which the playhead left its place.
    fn jump_outside_play(&self, sample: Sample, expected: f64) -> Option<JumpKind> {
        let secs = sample.ts.secs_since(self.from.ts);
        let moved = sample.playhead - expected;
        if self.context.plays_main() || moved.abs() <= self.rules.limits.fall_secs {
            return None;
        }
        let at_pace = moved > 0.0 && moved <= 1.5 * secs;
        let in_ads = self.context.in_break() || self.context.in_stray_ad();
        Some(if in_ads || at_pace { JumpKind::Drift } else { JumpKind::Seek })
    }

    /// True when the playhead is expected to behave as before.
    fn goes_on(&self, after: Context) -> bool {
        let class = |context: Context| (context.plays_main(), context.playback(), context.in_break());
        class(self.context) == class(after)
    }
}

//! MC-O010.

use crate::declare_rule;
use crate::metrics::lanes::PlaybackPhase;
use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::event_type::EventType;
use crate::model::machine::Playback;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::lifecycle::first_main_play;
use crate::rules::rule::Check;
use crate::rules::time::clocks_compare;

declare_rule! {
    /// ## What it checks
    ///
    /// After a `pauseStart` or `bufferStart` of main content comes no `play`: the next thing is another `pauseStart`, an ad
    /// break, or the session's end. Meanwhile the playhead goes on at the pace of the clock (0.5 to 1.5 times), by more
    /// than 2.5 s and 5 % of the time in all. A lone jump is a seek.
    ///
    /// Silent on live content (its playhead may go on with the clock), when no `play` was ever sent (L011), and where
    /// playhead or `ts` are in another unit. When a `play` follows, it is T002 or T003.
    ///
    /// ## Why it matters
    ///
    /// There is no event that ends a pause or a buffering but `play`. Without it everything that follows counts as pause,
    /// or as buffering, although the viewer watches: content time is too short, pause time too long.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=120
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +25  ping ph=21        # warn: never-resumed
    /// +35  ping ph=31
    /// +40  sessionEnd ph=36
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=120
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +19  play
    /// +29  ping
    /// +39  ping
    /// +40  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeline-1.md` and the developer pages (`play` ends a pause and a buffering, nothing else does).
    pub static NEVER_RESUMED = {
        code: "MC-O010",
        name: "never-resumed",
        summary: "The playhead goes on after a pause or buffer that no `play` ends",
        family: Ordering,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// A playhead that moves at this many times the clock goes on; otherwise it jumps.
const PACE: std::ops::RangeInclusive<f64> = 0.5..=1.5;

/// A pause or buffer that is being walked over.
struct Wait {
    /// The `pauseStart` or `bufferStart` that begins it.
    start: u32,
    /// `ts` and playhead of the latest event.
    last: Option<(TsMillis, PlayheadSecs)>,
    /// Seconds of playhead and of `ts` in which the playhead went on.
    moved_secs: f64,
    passed_secs: f64,
    /// The event at which that exceeded the tolerance.
    exceeds_at: Option<u32>,
}

impl Wait {
    fn begin(cx: &SessionCx<'_>, start: u32) -> Wait {
        let last = cx.ts(start).zip(cx.playhead(start));
        Wait { start, last, moved_secs: 0.0, passed_secs: 0.0, exceeds_at: None }
    }

    fn take(&mut self, cx: &SessionCx<'_>, at: u32) {
        let Some(here) = cx.ts(at).zip(cx.playhead(at)) else { return };
        if let Some(last) = self.last {
            let (passed, moved) = (here.0.secs_since(last.0), here.1.0 - last.1.0);
            // What happened in a hole is not known.
            let seen = passed > 0.0 && passed <= cx.cadence().limit_secs;
            if seen && PACE.contains(&(moved / passed)) {
                self.moved_secs += moved;
                self.passed_secs += passed;
            }
        }
        let numbers = &cx.settings.numbers;
        let tolerance = numbers.never_resumed_secs + numbers.never_resumed_percent / 100.0 * self.passed_secs;
        if self.moved_secs > tolerance {
            self.exceeds_at.get_or_insert(at);
        }
        self.last = Some(here);
    }
}

fn never_resumed(cx: &SessionCx<'_>, wait: &Wait, at: u32) -> Report {
    let (name, time) = (cx.type_name(wait.start), cx.at(wait.start));
    cx.report(
        at,
        format!(
            "no `play` ends the `{name}` at {time}, but the playhead goes on by {} s: `{}` at {} and what follows \
             count as {}",
            number_text(wait.moved_secs),
            cx.type_name(at),
            cx.at(at),
            if cx.event_type(wait.start) == Some(EventType::PauseStart) { "pause" } else { "buffering" },
        ),
    )
    .pointer("/playerTime/playhead")
    .related(cx.id(wait.start), "never resumed from here")
}

/// Walks over a time in which main content does not play: from a `pauseStart` or `bufferStart` up to a `play`, if
/// there is one.
fn walk(cx: &SessionCx<'_>, range: std::ops::Range<u32>, is_resumed: bool, found: &mut Findings<'_>) {
    let (mut wait, mut before_break) = (None::<Wait>, None);
    let mut finish = |wait: Option<Wait>| {
        let exceeds = wait.as_ref().and_then(|wait| wait.exceeds_at);
        if let Some((wait, at)) = wait.zip(exceeds) {
            found.report(never_resumed(cx, &wait, at));
        }
    };
    for at in range {
        let (before, after) = (cx.before(at), cx.after(at));
        let event_type = cx.event_type(at);
        let is_main = !after.in_break() && !after.in_stray_ad();
        if let Some(wait) = &mut wait {
            wait.take(cx, at);
        }
        let is_over = after.completed() || after.ended();
        if !is_main && !before.in_break() {
            before_break = wait.as_ref().map(|wait| wait.start);
        }
        if !is_main || is_over || event_type == Some(EventType::PauseStart) {
            finish(wait.take());
        }
        if is_over {
            return;
        }
        if is_main && wait.is_none() {
            wait = match event_type {
                Some(EventType::PauseStart | EventType::BufferStart) => Some(Wait::begin(cx, at)),
                // A break does not end the pause before it.
                _ => before_break.take().map(|start| Wait { start, ..Wait::begin(cx, at) }),
            };
        }
    }
    if !is_resumed {
        finish(wait);
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.content.live || !clocks_compare(cx) || first_main_play(cx).is_none() {
        return;
    }
    let waits = |phase: &PlaybackPhase| matches!(phase.playback, Playback::Paused | Playback::Buffering);
    for chain in cx.lanes.playback.chunk_by(|a, b| waits(a) == waits(b)) {
        if let (Some(first), Some(last)) = (chain.first().filter(|first| waits(first)), chain.last()) {
            walk(cx, first.start..last.end.unwrap_or_else(|| cx.len()), last.end.is_some(), found);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (session, exceeds) = (cx.session, cx.at()?);
    let start = cx.position(cx.related()?)?;
    let goes_on = |at: &u32| {
        let step = session.playhead(*at).zip(session.playhead(*at - 1));
        step.is_some_and(|(here, before)| here.0 > before.0)
    };
    let at = (start + 1..=exceeds).find(goes_on)?;
    let (before, here) = (session.playhead(at - 1)?, session.playhead(at)?);
    // It was resumed when the playhead began to pass.
    let passed = ((here.0 - before.0) * 1000.0).round() as i64;
    let ts = session.ts(at)?.0.saturating_sub(passed).max(session.ts(at - 1)?.0.saturating_add(1));
    let edit = cx.insertion_at(EventType::Play, session.id(at)?, TsMillis(ts), before)?;
    Fix::proposed(
        format!("Insert `play` before the `{}` at {}", session.type_name(at), session.at(at)),
        vec![edit],
    )
}

//! MC-T005.

use super::{clocks_compare, is_late_seek, place_text, playhead_text};
use crate::declare_rule;
use crate::metrics::drift::Step;
use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::event_type::EventType;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// While main content plays, the playhead jumps: forward by more than the clock, 2.5 s and 5 %, or back by more
    /// than 1 s, with no `pauseStart` before it. A seek is told by `pauseStart` at its begin and `play` with the new
    /// playhead at its end; there is no seek event.
    ///
    /// Silent where `seek-position-late` explains the jump, after a playhead that stood still and catches up, and in
    /// the places that `playhead-drift` does not judge.
    ///
    /// ## Why it matters
    ///
    /// The back end takes what lies between the two playheads as watched, or as watched twice: progress markers and
    /// content segments come out wrong, and no pause is counted.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +30  ping ph=150        # warn: jump-without-seek
    /// +40  ping
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +25  pauseStart
    /// +26  play ph=150
    /// +36  ping
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's SDKs report each seek as `pauseStart` and `play`; `mc-api-timeline-3.md` says to rely on `ts`.
    pub static JUMP_WITHOUT_SEEK = {
        code: "MC-T005",
        name: "jump-without-seek",
        summary: "The playhead jumps while playing, without the pause that tells a seek",
        family: Time,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn jump_without_seek(cx: &SessionCx<'_>, jump: &Step) -> Report {
    let direction = if jump.moved < 0.0 { "back" } else { "forward" };
    let (from, to) = (cx.playhead(jump.from), cx.playhead(jump.to));
    let message = format!(
        "the playhead jumps {direction} from {} to {} between {} and {} ({} s of `ts`) without a `pauseStart`",
        from.map_or_else(String::new, |playhead| playhead_text(playhead.0)),
        to.map_or_else(String::new, |playhead| playhead_text(playhead.0)),
        place_text(cx, jump.from),
        place_text(cx, jump.to),
        number_text(jump.secs),
    );
    cx.report(jump.to, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(jump.from), "the last event before the jump")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !clocks_compare(cx) {
        return;
    }
    let jumps = cx.drift().stretches.iter().flat_map(|stretch| &stretch.jumps);
    for jump in jumps.filter(|jump| !is_late_seek(cx, jump)) {
        found.report(jump_without_seek(cx, jump));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (session, to, from) = (cx.session, cx.at()?, cx.position(cx.related()?)?);
    let (ts, before) = (session.ts(to)?, session.id(to)?);
    let secs = ts.secs_since(session.ts(from)?);
    if is_outlier(session, from, to) {
        let right = number(session.playhead(from)?.0 + secs);
        return Fix::proposed(
            format!("Set the playhead to {right}, as before and after"),
            cx.replace(right)?,
        );
    }
    // Not known when the seek was: it is taken to be just before it shows.
    let old = PlayheadSecs(session.playhead(from)?.0 + secs);
    let edits = vec![
        cx.insertion_at(EventType::PauseStart, before, TsMillis(ts.0.saturating_sub(2)), old)?,
        cx.insertion_at(EventType::Play, before, TsMillis(ts.0.saturating_sub(1)), session.playhead(to)?)?,
    ];
    Fix::proposed("Insert `pauseStart` and `play` around the seek", edits).filter(|_| secs > 0.002)
}

/// True when the next event goes on where the one before the jump would have led.
fn is_outlier(cx: &SessionCx<'_>, from: u32, to: u32) -> bool {
    let line = |at| Some((cx.ts(at)?, cx.playhead(at)?.0));
    let Some(((before_ts, before), (after_ts, after))) = line(from).zip(line(to + 1)) else { return false };
    let expected = before + after_ts.secs_since(before_ts);
    (after - expected).abs() <= cx.settings.numbers.drift_secs
}

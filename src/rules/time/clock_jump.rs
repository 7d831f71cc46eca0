//! MC-T013.

use super::mending::restamp;
use super::place_text;
use crate::declare_rule;
use crate::metrics::delay::ClockStep;
use crate::rules::context::{SessionCx, clock_text, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Arrival minus `ts` is about the same from event to event. The rule fires when it steps by more than 10 s and stays
    /// there: at least three events on each side, each side within 5 s. Then the clock of the client was set in the
    /// middle of the session. A delay that falls from event to event is a queue that drains (`delivered-late`), a single
    /// late moment is none of both; events older than their `sessionStart` (`before-session-start`) are left out.
    ///
    /// Where the clock was set, nothing else is concluded from differences of `ts`: the hole or the silence that it
    /// leaves, and the order that it mixes up, belong to this finding.
    ///
    /// ## Why it matters
    ///
    /// Durations are differences of `ts`: the step is added to time spent, or taken away from it. When the clock is set
    /// back, later events carry an earlier `ts` and are taken in the wrong order.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +30  ping ts=+60        # warn: clock-jump
    /// +40  ping ts=+70
    /// +50  ping ts=+80
    /// +55  sessionEnd ts=+85
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
    /// +30  ping recv=+58       # warn: delivered-late
    /// +40  ping recv=+58.2
    /// +50  ping recv=+58.4
    /// +60  ping
    /// +65  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice. Documented: `content-time-spent.md` (durations come from `ts`).
    pub static CLOCK_JUMP = {
        code: "MC-T013",
        name: "clock-jump",
        summary: "The clock of the client was set in the middle of the session",
        family: Time,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn clock_jump(cx: &SessionCx<'_>, step: &ClockStep) -> Report {
    let stepped = step.before_secs - step.after_secs;
    let message = format!(
        "from {} on the clock of the client is {} s {}: arrival minus `ts` is {} before it and {} from there on",
        place_text(cx, step.to),
        number_text((stepped.abs() * 10.0).round() / 10.0),
        if stepped > 0.0 { "further ahead" } else { "further behind" },
        clock_text(step.before_secs),
        clock_text(step.after_secs),
    );
    cx.report(step.to, message)
        .pointer("/playerTime/ts")
        .related(cx.id(step.from), "the last event by the old clock")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    cx.delay().stepped.iter().for_each(|step| found.report(clock_jump(cx, step)));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let at = cx.at()?;
    let step = cx.session.delay().stepped.iter().find(|step| step.to == at)?;
    let first = cx.event_key()?;
    let millis = ((step.after_secs - step.before_secs) * 1000.0).round() as i64;
    let edits =
        restamp(cx, |event, ts| cx.key(event).filter(|key| *key >= first).map(|_| ts.saturating_add(millis)));
    Fix::proposed(format!("Stamp {} and what follows by the old clock", place_text(cx.session, at)), edits)
}

//! MC-T012.

use super::mending::restamp;
use super::place_text;
use crate::declare_rule;
use crate::metrics::delay::Steady;
use crate::rules::context::{SessionCx, clock_text, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An event arrives soon after it happened. The rule fires once per session when `ts` and the recorded arrival differ
    /// by more than 60 s, and steadily: nearly all events by the same, give or take 5 s. Then the clock of the client is
    /// off, or that of the recorder. Left out are events from a queue that drains (`delivered-late`) and events older
    /// than their `sessionStart` (`before-session-start`); a clock that was set in the session is `clock-jump`. A
    /// downloaded session is sent whole and later: it says nothing.
    ///
    /// ## Why it matters
    ///
    /// Durations are differences of `ts` and come out right, but the session is dated wrongly: it may fall into another
    /// hour or day of the reports than the visit that it belongs to.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 skew=-90
    /// +0   sessionStart       # warn: ts-far-from-arrival
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60 skew=-30
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice. Documented: `mc-api-sessions-req.md` (`ts` is UTC). Seen in the field: FP42.
    pub static TS_FAR_FROM_ARRIVAL = {
        code: "MC-T012",
        name: "ts-far-from-arrival",
        summary: "The clock of the client is steadily off",
        family: Time,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn ts_far_from_arrival(cx: &SessionCx<'_>, steady: &Steady) -> Report {
    let direction = if steady.secs > 0.0 { "earlier" } else { "later" };
    let message = format!(
        "`ts` of {} is {} {direction} than its arrival, and so it is with {} events: the clock of the client is off; the \
         limit is {} s",
        place_text(cx, steady.at),
        clock_text(steady.secs.abs()),
        steady.n_events,
        number_text(cx.settings.numbers.far_from_arrival_secs),
    );
    cx.report(steady.at, message).pointer("/playerTime/ts")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let far = |steady: &&Steady| steady.secs.abs() > cx.settings.numbers.far_from_arrival_secs;
    if let Some(steady) = cx.delay().steady.as_ref().filter(far) {
        found.report(ts_far_from_arrival(cx, steady));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let secs = cx.session.delay().steady?.secs;
    let title =
        format!("Set the clock {} {}", clock_text(secs.abs()), if secs > 0.0 { "ahead" } else { "back" });
    Fix::proposed(title, restamp(cx, |_, ts| Some(ts.saturating_add((secs * 1000.0).round() as i64))))
}

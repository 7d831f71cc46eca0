//! MC-T011.

use super::mending::restamp;
use super::{from_arrival_text, others_text};
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::limits::YEAR_2100_MILLIS;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `playerTime.ts` counts milliseconds since 1970-01-01 UTC. The rule fires when the number is plausible as
    /// microseconds or nanoseconds (years 2000 to 2099): as milliseconds it would lie ten thousands of years ahead. It
    /// is told once per session; nothing else is concluded from such a clock, no silence and no time-out either.
    ///
    /// ## Why it matters
    ///
    /// Every duration is a difference of `ts`: all of them come out a thousand or a million times too long, and 10 s
    /// between two pings look like hours of silence, after which the back end closes the session.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart ts=1704196800000000     # error: ts-in-microseconds
    /// +0   play         ts=1704196800001000
    /// +10  ping         ts=1704196810000000
    /// +20  sessionEnd   ts=1704196820000000
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart ts=1704196800000
    /// +0   play         ts=1704196800001
    /// +10  ping         ts=1704196810000
    /// +20  sessionEnd   ts=1704196820000
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md` (`ts` in milliseconds).
    pub static TS_IN_MICROSECONDS = {
        code: "MC-T011",
        name: "ts-in-microseconds",
        summary: "`ts` counts microseconds or nanoseconds where milliseconds are asked",
        family: Time,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn ts_in_microseconds(cx: &SessionCx<'_>, first: u32, n_events: u32) -> Option<Report> {
    let ts = cx.ts(first)?;
    let (unit, parts) =
        if ts.0 / 1000 < YEAR_2100_MILLIS { ("microseconds", 1000) } else { ("nanoseconds", 1_000_000) };
    let message = format!(
        "`ts` of `{}` is {}: plausible as {unit} since 1970{}, but milliseconds are asked (divided by {parts}){}",
        cx.type_name(first),
        ts.0,
        from_arrival_text(cx, first, TsMillis(ts.0 / parts)),
        others_text(n_events),
    );
    Some(cx.report(first, message).pointer("/playerTime/ts"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some((first, n_events)) = cx.cadence().odd_ts.finer {
        ts_in_microseconds(cx, first, n_events).into_iter().for_each(|report| found.report(report));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = restamp(cx, |_, ts| {
        let is_finer = TsMillis(ts).looks_finer_than_millis();
        is_finer.then(|| ts / if ts / 1000 < YEAR_2100_MILLIS { 1000 } else { 1_000_000 })
    });
    Fix::safe("Send `ts` in milliseconds", edits)
}

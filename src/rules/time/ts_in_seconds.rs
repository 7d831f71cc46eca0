//! MC-T010.

use super::{from_arrival_text, others_text};
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `playerTime.ts` counts milliseconds since 1970-01-01 UTC. The rule fires when the number is plausible as seconds
    /// (years 2000 to 2099): as milliseconds it would lie in January or February 1970. It is told once per session;
    /// nothing else is concluded from such a clock.
    ///
    /// ## Why it matters
    ///
    /// Every duration is a difference of `ts`: all of them come out a thousand times too small, time spent is 0.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart ts=1704196800     # error: ts-in-seconds
    /// +0   play         ts=1704196800
    /// +10  ping         ts=1704196810
    /// +20  sessionEnd   ts=1704196820
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
    pub static TS_IN_SECONDS = {
        code: "MC-T010",
        name: "ts-in-seconds",
        summary: "`ts` counts seconds where milliseconds are asked",
        family: Time,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn ts_in_seconds(cx: &SessionCx<'_>, first: u32, n_events: u32) -> Option<Report> {
    let ts = cx.ts(first)?;
    let meant = TsMillis(ts.0.saturating_mul(1000));
    let message = format!(
        "`ts` of `{}` is {}: plausible as seconds since 1970{}, but milliseconds are asked (times 1000){}",
        cx.type_name(first),
        ts.0,
        from_arrival_text(cx, first, meant),
        others_text(n_events),
    );
    Some(cx.report(first, message).pointer("/playerTime/ts"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some((first, n_events)) = cx.cadence().odd_ts.seconds {
        ts_in_seconds(cx, first, n_events).into_iter().for_each(|report| found.report(report));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let pointer = "/playerTime/ts";
    let edits = cx.patch_each(|event| {
        let event = cx.session.capture.event(event)?;
        let ts = event.ts().filter(|ts| ts.looks_like_seconds())?;
        // A fraction of a second is told by the text alone.
        let exact = event.json().and_then(|json| json.pointer(pointer)?.as_f64());
        let millis = exact.map_or(ts.0.saturating_mul(1000), |secs| (secs * 1000.0).round() as i64);
        Some(vec![PatchOp::Replace { path: pointer.to_owned(), value: millis.into() }])
    });
    Fix::safe("Send `ts` in milliseconds: times 1000", edits)
}

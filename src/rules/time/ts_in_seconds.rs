//! MC-T010.

use crate::declare_rule;
use crate::model::clock::{ReceivedAt, TsMillis};
use crate::rules::context::{SessionCx, number_text};
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
    let others = match n_events - 1 {
        0 => String::new(),
        1 => ", and in one more event".to_owned(),
        others => format!(", and in {others} more events"),
    };
    let arrival =
        cx.received_at(first).map_or_else(String::new, |received_at| distance_text(ts, received_at));
    let message = format!(
        "`ts` of `{}` is {}: plausible as seconds since 1970{arrival}, but milliseconds are asked (times 1000){others}",
        cx.type_name(first),
        ts.0,
    );
    Some(cx.report(first, message).pointer("/playerTime/ts"))
}

/// How far the time meant lies from the arrival.
fn distance_text(ts: TsMillis, received_at: ReceivedAt) -> String {
    let meant = TsMillis(ts.0.saturating_mul(1000));
    let secs = TsMillis(received_at.millis()).secs_since(meant).abs();
    if secs < 3600.0 { format!(", {} s from its arrival", number_text(secs.round())) } else { String::new() }
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

//! MC-O005.

use super::start_ts;
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::limits::YEAR_2000_MILLIS;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The `ts` of an event is earlier than that of the `sessionStart` of its session. A `ts` that is plainly no time in
    /// milliseconds (T010, S009) is left to those rules.
    ///
    /// ## Why it matters
    ///
    /// `sessionStart` is passed on at once, everything else is sorted by `ts`: what happened before the session began has no
    /// session to count in. Two causes are known: the client opens the session after the pre-roll has begun and sends the
    /// queued ad events afterwards (FP37), or it opened a new session after a 404 and sends the old body again (FP38).
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart ts=+-3    # error: before-session-start
    /// +0.2 adStart ts=+-2.9       # error: before-session-start
    /// +8   adComplete
    /// +8.1 adBreakComplete
    /// +8.2 play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adComplete
    /// +8.1 adBreakComplete
    /// +8.2 play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-ctrl-order.md` ("`sessionStart` is passed on at once"), `mc-api-queuing.md`.
    pub static BEFORE_SESSION_START = {
        code: "MC-O005",
        name: "before-session-start",
        summary: "An event is stamped earlier than its `sessionStart`",
        family: Ordering,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn before_session_start(cx: &SessionCx<'_>, at: u32, early_secs: f64) -> Report {
    let name = cx.type_name(at);
    cx.report(
        at,
        format!(
            "`{name}` is stamped {} s before its `sessionStart`: it has no session to count in",
            number_text(early_secs)
        ),
    )
    .pointer("/playerTime/ts")
    .related(cx.id(0), "session started here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let Some(start) = start_ts(cx) else { return };
    for at in 1..cx.len() {
        if let Some(ts) = cx.ts(at).filter(|ts| is_older(*ts, start)) {
            found.report(before_session_start(cx, at, start.secs_since(ts)));
        }
    }
}

/// Earlier than the start, and yet a time in milliseconds if the start is one.
fn is_older(ts: TsMillis, start: TsMillis) -> bool {
    ts < start && (ts.0 >= YEAR_2000_MILLIS || start.0 < YEAR_2000_MILLIS)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let ts = start_ts(cx.session)?;
    let title = format!("Stamp the `{}` {}, as its `sessionStart`", cx.session.type_name(cx.at()?), ts.0);
    Fix::proposed(title, cx.replace(ts.0)?)
}

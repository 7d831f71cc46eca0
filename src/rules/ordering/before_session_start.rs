//! MC-O005.

use super::start_ts;
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::limits::YEAR_2000_MILLIS;
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The `ts` of an event is earlier than that of the `sessionStart` of its session. A `ts` that is plainly no time in
    /// milliseconds (T010, S009) is left to those rules.
    ///
    /// All such events of a session are one finding, at the earliest of them, with their number.
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
    /// +0.2 adStart ts=+-2.9
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

/// Of so many early events each is pointed at.
const MAX_RELATED: usize = 20;

/// One finding for all: the start is too late for them, or was opened too late.
fn before_session_start(cx: &SessionCx<'_>, early: &[(u32, f64)]) -> Option<Report> {
    let [(first, secs), others @ ..] = early else { return None };
    let (name, secs) = (cx.type_name(*first), number_text(*secs));
    let message = match others.len() {
        0 => format!("`{name}` is stamped {secs} s before its `sessionStart`: it has no session to count in"),
        n => format!(
            "`{name}` and {} are stamped up to {secs} s before their `sessionStart`: they have no session to count in",
            counted(n, "later event"),
        ),
    };
    let report = cx
        .report(*first, message)
        .pointer("/playerTime/ts")
        .related(cx.id(0), "session started here")
        .count(u32::try_from(early.len()).unwrap_or(u32::MAX));
    let named = others.iter().take(MAX_RELATED);
    Some(named.fold(report, |report, (at, _)| report.related(cx.id(*at), "before its start, too")))
}

/// Positions of the events that are older than their session, and by how many seconds.
fn early(cx: &SessionCx<'_>) -> Vec<(u32, f64)> {
    let Some(start) = start_ts(cx) else { return Vec::new() };
    let older = |at: u32| cx.ts(at).filter(|ts| is_older(*ts, start));
    (1..cx.len()).filter_map(|at| Some((at, start.secs_since(older(at)?)))).collect()
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    before_session_start(cx, &early(cx)).into_iter().for_each(|report| found.report(report));
}

fn is_older(ts: TsMillis, start: TsMillis) -> bool {
    ts < start && (ts.0 >= YEAR_2000_MILLIS || start.0 < YEAR_2000_MILLIS)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let ts = start_ts(cx.session)?.0;
    let set = |(at, _): &(u32, f64)| cx.set_at(*at, [("/playerTime/ts".to_owned(), ts.into())]);
    let edits: Vec<Edit> = early(cx.session).iter().filter_map(set).collect();
    let title = match edits.len() {
        1 => format!("Stamp the `{}` {ts}, as its `sessionStart`", cx.session.type_name(cx.at()?)),
        n => format!("Stamp the {n} events {ts}, as their `sessionStart`"),
    };
    Fix::proposed(title, edits)
}

//! MC-H008.

use super::groups::{Group, groups};
use super::preflight::Preflights;
use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange};
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// No request was answered 5xx, and each got an answer. One finding per session and status, with the number of
    /// requests.
    ///
    /// "No answer" is what the recorder says: a status of 0 or -1. Where it says nothing of an answer it is K006, and a
    /// request that a browser's preflight kept back is H020 or H022.
    ///
    /// ## Why it matters
    ///
    /// The API asks for nothing to be done on 500. What it did not take is missing from the reports: with a
    /// `sessionStart` the whole session, with an event what it would have counted. Whether it had been taken before
    /// the fault nobody can tell.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=503       # warn: server-error
    /// +20  ping status=failed    # warn: server-error
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +20  ping
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sessions-req.md`, `mc-api-events-req.md` (500).
    pub static SERVER_ERROR = {
        code: "MC-H008",
        name: "server-error",
        summary: "An answer of 5xx, or none",
        family: Transport,
        level: Warn,
        certainty: Documented,
        origin: Transport,
        check: Check::Capture(check),
    }
}

fn server_error(group: &Group<'_, i16>) -> Report {
    let message = match group.key {
        status @ 500.. => {
            let others = group.others("got the same answer", "got the same answer");
            format!(
                "the server answered {status} to this request{others}: whether it was collected is unknown"
            )
        }
        _ => {
            let others = group.others("got none either", "got none either");
            format!("no answer came to this request{others}: whether it was collected is unknown")
        }
    };
    group.report(message)
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    let preflights = Preflights::of(cx.capture);
    for group in groups(cx.capture, |exchange| status_if_wrong(exchange, &preflights)) {
        found.report(server_error(&group));
    }
}

/// A status of 5xx; -1 without an answer.
fn status_if_wrong(exchange: &Exchange<'_>, preflights: &Preflights<'_>) -> Option<i16> {
    let row = exchange.row();
    if (0..500).contains(&row.status) || row.status >= 600 {
        return None;
    }
    let is_meant = matches!(row.endpoint, Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded);
    let is_named = exchange.method() == "OPTIONS"
        || super::is_injected(exchange)
        || row.status < 0 && preflights.explain(exchange);
    (is_meant && !is_named).then_some(row.status.max(-1))
}

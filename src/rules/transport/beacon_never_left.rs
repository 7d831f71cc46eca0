//! MC-H022.

use super::preflight::{Preflights, session_of};
use crate::declare_rule;
use crate::model::exchange::Exchange;
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// After a browser's preflight the event is sent. A preflight after which nothing goes to its address any more, or a
    /// last request there that failed (status 0 or -1) and had a preflight or no recorded body, is an event that
    /// never left. Preflights with an answer that the browser refuses are H020.
    ///
    /// ## Why it matters
    ///
    /// It is what `sendBeacon` with a JSON body looks like: such a beacon is sent with credentials, and for these the
    /// API's answer (any origin, `*`) is not good enough. The usual victim is the `sessionEnd` on closing a page: the
    /// session stays open until the back end times it out, and its close reaches the reports ten minutes late or more.
    /// Use `fetch` with `keepalive` and without credentials.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  OPTIONS to=events     # error: beacon-never-left
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  OPTIONS to=events
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Chromium and Firefox; the answers with `*` are in `mc-api-quick-start.md`.
    pub static BEACON_NEVER_LEFT = {
        code: "MC-H022",
        name: "beacon-never-left",
        summary: "A preflight or a failed request, and no POST after it",
        family: Transport,
        level: Error,
        certainty: Observed,
        origin: Transport,
        companions: ["body-missing-or-cut"],
        check: Check::Capture(check),
    }
}

fn beacon_never_left(exchange: &Exchange<'_>, is_preflight: bool) -> Report {
    let path = super::path_of_operation(exchange.endpoint());
    let message = if is_preflight {
        format!("the browser asked whether it may send to `{path}`, and then sent nothing")
    } else {
        format!("the last request to `{path}` failed in the browser, and nothing was sent after it")
    };
    Report::new(format!("{message}: as with `sendBeacon` and a JSON body, the event never left"))
        .exchange(Some(exchange.id))
        .session(session_of(exchange))
        .event(exchange.events().next().filter(|_| exchange.row().n_events == 1))
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    let preflights = Preflights::of(cx.capture);
    for preflight in &preflights.lonely {
        found.report(beacon_never_left(preflight, true));
    }
    for request in &preflights.lost {
        found.report(beacon_never_left(request, false));
    }
}

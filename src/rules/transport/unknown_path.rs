//! MC-H002.

use super::early::{early, is_empty_id};
use super::path_of;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A request with events goes to a path of the API, not near one: `/api/v1/{sid}/events` without `sessions/`, a
    /// missing version, a doubled slash, another letter case. Several requests of a session to one wrong path are one
    /// finding, with their number. A trailing slash, a query and a prefix before `/api/v1` are fine.
    ///
    /// ## Why it matters
    ///
    /// The server knows no such path and answers 404 or 405: nothing of these events is collected. One page of the
    /// documentation prints such a path by mistake.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 sid=5e55104e
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping path=/api/v1/5e55104e/events status=404   # error: unknown-path
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md`, `mc-api-sessions-req.md`; the slip is in `mc-api-queuing.md`.
    pub static UNKNOWN_PATH = {
        code: "MC-H002",
        name: "unknown-path",
        summary: "A path near one of the API, but not one",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn unknown_path(cx: &ExchangeCx<'_>, count: usize) -> Report {
    let path = path_of(&cx.exchange);
    let others = if count > 1 { format!(", as do {} later requests", count - 1) } else { String::new() };
    let message = format!(
        "this request goes to `{path}`{others}, which is no path of the API: {} go to `{}`",
        what_it_carries(&cx.exchange),
        right_path(&cx.exchange)
    );
    cx.report(message).count(u32::try_from(count).unwrap_or(u32::MAX))
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if !is_astray(&cx.exchange) {
        return;
    }
    let capture = cx.exchange.capture;
    let Some(session) = cx.exchange.session().and_then(|session| capture.session(session)) else {
        found.report(unknown_path(cx, 1));
        return;
    };
    if is_empty_id(&cx.exchange) && early(capture, session).is_some() {
        // H014 says it.
        return;
    }
    let path = path_of(&cx.exchange);
    let of_session = session.exchanges.iter().filter_map(|id| capture.exchange(*id));
    let mut same = of_session.filter(|other| is_astray(other) && path_of(other) == path).peekable();
    if same.peek().is_some_and(|first| first.id == cx.exchange.id) {
        found.report(unknown_path(cx, same.count()));
    }
}

/// True for a request with events that goes near an endpoint.
fn is_astray(exchange: &Exchange<'_>) -> bool {
    let row = exchange.row();
    row.endpoint == Endpoint::NearMiss && row.n_events > 0
}

fn first_type(exchange: &Exchange<'_>) -> Option<EventType> {
    exchange.capture.event(exchange.events().next()?)?.event_type()
}

fn what_it_carries(exchange: &Exchange<'_>) -> &'static str {
    if exchange.row().flags.has(ExchangeFlags::ARRAY) {
        "downloaded sessions"
    } else if first_type(exchange) == Some(EventType::SessionStart) {
        "session starts"
    } else {
        "events"
    }
}

fn right_path(exchange: &Exchange<'_>) -> &'static str {
    if exchange.row().flags.has(ExchangeFlags::ARRAY) {
        "/api/v1/downloaded"
    } else if first_type(exchange) == Some(EventType::SessionStart) {
        "/api/v1/sessions"
    } else {
        "/api/v1/sessions/{sid}/events"
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let capture = cx.session.capture;
    let first = capture.exchange(cx.finding.exchange?)?;
    let (wrong, right) = (path_of(&first), right_path(&first));
    let sid = cx.session.session.sid.as_deref().or(first.path_sid());
    let path = if right.contains(SID) { right.replace(SID, sid?) } else { right.to_owned() };
    let edits = cx.each_request(|exchange, event| {
        let is_it = is_astray(exchange) && path_of(exchange) == wrong && right_path(exchange) == right;
        is_it.then(|| Edit::Path { event, path: path.clone() })
    });
    Fix::safe(format!("Send it to `{right}`"), edits)
}

/// Stands for the id in a path.
const SID: &str = "{sid}";

//! MC-H019.

use super::groups::{Group, groups};
use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange};
use crate::model::id::ExchangeId;
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// No request was answered 3xx. One finding per session and status; the message says when the recording shows that
    /// the `POST` was repeated at the new address (307 and 308 ask for that).
    ///
    /// ## Why it matters
    ///
    /// After 301, 302 and 303 most clients repeat a `POST` as a `GET` without its body: the event is lost, and with a
    /// `sessionStart` the whole session. Also where the body is kept each event costs two requests.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=302      # warn: redirected
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
    /// Advice: the API names no redirects; RFC 9110, section 15.4, for what becomes of a `POST`.
    pub static REDIRECTED = {
        code: "MC-H019",
        name: "redirected",
        summary: "An answer of 3xx: a POST may have become a GET",
        family: Transport,
        level: Warn,
        certainty: Advice,
        origin: Transport,
        check: Check::Capture(check),
    }
}

fn redirected(group: &Group<'_, i16>, was_repeated: bool) -> Report {
    let others = group.others("got the same answer", "got the same answer");
    let status = group.key;
    let what_then = match status {
        _ if was_repeated => "and was repeated at the new address",
        301..=303 => "after which most clients send a `GET` without the event",
        307 | 308 => "and the recording does not show that it was repeated",
        _ => "so the event was not collected here",
    };
    group.report(format!("this request was answered {status}, {what_then}{others}"))
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    let status_of = |exchange: &Exchange<'_>| {
        (is_redirect(exchange) && exchange.method() != "OPTIONS").then_some(exchange.row().status)
    };
    for group in groups(cx.capture, status_of) {
        let was_repeated = after(&group.first).any(|later| is_repeated(&group.first, &later));
        found.report(redirected(&group, was_repeated));
    }
}

fn is_redirect(exchange: &Exchange<'_>) -> bool {
    let row = exchange.row();
    (300..400).contains(&row.status)
        && matches!(row.endpoint, Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded)
}

/// What a redirect leads to stands within so many requests of it in a recording.
const MAX_ROWS_BETWEEN: u32 = 64;

fn after<'a>(exchange: &Exchange<'a>) -> impl Iterator<Item = Exchange<'a>> + use<'a> {
    let (capture, from) = (exchange.capture, exchange.id.0.saturating_add(1));
    (from..from.saturating_add(MAX_ROWS_BETWEEN)).map_while(move |row| capture.exchange(ExchangeId(row)))
}

/// True when `later` is the request again, with its body.
fn is_repeated(redirected: &Exchange<'_>, later: &Exchange<'_>) -> bool {
    redirected.row().n_events > 0
        && redirected.row().n_events == later.row().n_events
        && redirected.row().method == later.row().method
        && redirected.body_text() == later.body_text()
}

/// True when a redirect shortly before led to this request, which is then not what the player meant.
pub(super) fn leads_to(exchange: &Exchange<'_>) -> bool {
    let row = exchange.row();
    let from = exchange.id.0.saturating_sub(MAX_ROWS_BETWEEN);
    let before = (from..exchange.id.0).filter_map(|row| exchange.capture.exchange(ExchangeId(row)));
    before.into_iter().any(|other| {
        let same = other.row().endpoint == row.endpoint && other.row().path_sid == row.path_sid;
        same && other.row().method != row.method && is_redirect(&other)
    })
}

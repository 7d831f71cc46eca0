//! MC-H018.

use crate::declare_rule;
use crate::model::exchange::{Endpoint, ExchangeFlags};
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An answer of 201 to a `sessionStart` has a `Location` with the session id in it. Silent for batches, whose answer
    /// needs none, and when the recording kept no headers although the player did get an id.
    ///
    /// ## Why it matters
    ///
    /// Without the id the player can send nothing more: the session consists of its start. A proxy that drops the
    /// header, or does not expose it to browsers (`Access-Control-Expose-Headers`), is a usual cause.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart location=none     # error: location-missing
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
    /// Documented: `mc-api-sessions-req.md`, `mc-api-obtain-sid.md`.
    pub static LOCATION_MISSING = {
        code: "MC-H018",
        name: "location-missing",
        summary: "201 without a usable Location",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        companions: ["session-never-ended"],
        check: Check::Exchange(check),
    }
}

fn location_missing(cx: &ExchangeCx<'_>, location: Option<&str>) -> Report {
    let what = match location {
        Some(location) => format!("whose `Location` (`{location}`) holds no session id"),
        None => "without a `Location`".to_owned(),
    };
    cx.report(format!("the session was answered 201 {what}: the player cannot send its events"))
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    let row = cx.exchange.row();
    let is_start = row.endpoint == Endpoint::Sessions && !row.flags.has(ExchangeFlags::ARRAY);
    if !is_start
        || row.status != 201
        || !row.flags.has(ExchangeFlags::LOCATION_UNUSABLE)
        || super::is_injected(&cx.exchange)
    {
        return;
    }
    let headers = cx.exchange.answer_headers();
    if !(headers.is_empty() && has_events(cx)) {
        found.report(location_missing(cx, crate::model::headers::find(&headers, "location")));
    }
}

/// True when events followed: the player got the id, and the recording left it out.
fn has_events(cx: &ExchangeCx<'_>) -> bool {
    let capture = cx.exchange.capture;
    let session = cx.exchange.session().and_then(|session| capture.session(session));
    let mut requests = session.into_iter().flat_map(|session| &session.exchanges);
    requests.any(|id| capture.exchange(*id).is_some_and(|exchange| exchange.endpoint() == Endpoint::Events))
}

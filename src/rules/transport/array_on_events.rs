//! MC-H011.

use super::groups::{Group, groups};
use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// What is sent to `/sessions/{sid}/events` is one event, not an array, whatever the array holds. One finding per
    /// session, at the first such request, with their number.
    ///
    /// ## Why it matters
    ///
    /// Only a downloaded session is sent as an array, whole, to `/downloaded`. The back end checks the body of an events
    /// request against the schema of one event and refuses the array: all events in it are lost, and with them
    /// what they would have counted in the reports.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play body=array status=400     # error: array-on-events, refused
    /// +10  ping
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
    /// Documented: `mc-api-events-req.md` (one event), `track-downloaded-content.md` (arrays).
    pub static ARRAY_ON_EVENTS = {
        code: "MC-H011",
        name: "array-on-events",
        summary: "An array to the events endpoint",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        companions: ["refused"],
        check: Check::Capture(check),
        fix: fix,
    }
}

fn array_on_events(group: &Group<'_, ()>) -> Report {
    let what = match group.first.row().n_events {
        0 => "an empty array".to_owned(),
        1 => "an array of one event".to_owned(),
        n => format!("an array of {n} events"),
    };
    let others = group.others("sends an array", "send arrays");
    let message =
        format!("{what} was sent to `/sessions/{{sid}}/events`, which takes one event alone{others}");
    group.report(message).event(group.first.events().next())
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for group in groups(cx.capture, |exchange| is_array_on_events(exchange).then_some(())) {
        found.report(array_on_events(&group));
    }
}

/// True for an array to the events endpoint.
pub(super) fn is_array_on_events(exchange: &Exchange<'_>) -> bool {
    let row = exchange.row();
    row.endpoint == Endpoint::Events && row.flags.has(ExchangeFlags::ARRAY)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits =
        cx.each_request(|exchange, batch| is_array_on_events(exchange).then_some(Edit::Unwrap { batch }));
    Fix::safe("Send each event in a request of its own", edits)
}

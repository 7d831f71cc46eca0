//! MC-H013.

use super::groups::{Group, groups};
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A single event that is sent to `/sessions` is a `sessionStart`. An array is a downloaded session (B001), and a type
    /// that does not exist is S002.
    ///
    /// ## Why it matters
    ///
    /// `/sessions` opens sessions and refuses everything else; other events go to `/sessions/{sid}/events`. The event is
    /// lost, and what it would have counted is missing from the reports. Where a server takes it all the same, nothing
    /// says what is played.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping to=sessions status=400     # error: event-on-sessions, refused
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
    /// Documented: `mc-api-sessions-req.md`, `mc-api-events-req.md`.
    pub static EVENT_ON_SESSIONS = {
        code: "MC-H013",
        name: "event-on-sessions",
        summary: "Another single event than `sessionStart` to `/sessions`",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        companions: ["refused"],
        check: Check::Capture(check),
        fix: fix,
    }
}

fn event_on_sessions(group: &Group<'_, EventType>) -> Report {
    let (name, others) = (group.key, group.others("does the same", "do the same"));
    group.report(format!(
        "`{name}` was sent to `/sessions`, which takes `sessionStart` alone: events go to \
         `/sessions/{{sid}}/events`{others}"
    ))
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for group in groups(cx.capture, misplaced) {
        found.report(event_on_sessions(&group));
    }
}

/// The type of a single event that was sent to `/sessions` although it opens no session.
pub(in crate::rules) fn misplaced(exchange: &Exchange<'_>) -> Option<EventType> {
    let row = exchange.row();
    if row.endpoint != Endpoint::Sessions || row.n_events != 1 || row.flags.has(ExchangeFlags::ARRAY) {
        return None;
    }
    let known = exchange.capture.event(exchange.events().next()?)?.event_type()?;
    (known != EventType::SessionStart).then_some(known)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let wrong = misplaced(&cx.session.capture.exchange(cx.finding.exchange?)?)?;
    let path = format!("/api/v1/sessions/{}/events", cx.session.session.sid.as_deref()?);
    let edits = cx.each_request(|exchange, event| {
        (misplaced(exchange) == Some(wrong)).then(|| Edit::Path { event, path: path.clone() })
    });
    Fix::safe(format!("Send the `{wrong}` to `/api/v1/sessions/{{sid}}/events`"), edits)
}

//! MC-P008.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// The `sessionStart` of a downloaded session carries no `analytics.visitorId`.
    ///
    /// ## Why it matters
    ///
    /// Analytics dates a downloaded session by its own timestamps. In a report suite that takes hits with and without
    /// timestamps, a visitor id of one's own must not go with timestamped hits: visits and visitors of the reports come out
    /// wrong.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch length=60
    /// +0   sessionStart analytics.visitorId="v-1"   # warn: visitor-id-on-timestamped-data
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: Analytics, `timestamp-configuration.md`; that downloaded sessions are timestamped:
    /// `track-downloaded-content.md`.
    pub static VISITOR_ID_ON_TIMESTAMPED_DATA = {
        code: "MC-P008",
        name: "visitor-id-on-timestamped-data",
        summary: "A visitor id of the customer in a downloaded session",
        family: Params,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
        fix: fix,
    }
}

fn visitor_id_on_timestamped_data(cx: &EventCx<'_>) -> Report {
    let message = "a downloaded session carries `analytics.visitorId`: it must not go with timestamped data";
    cx.report(message).pointer("/params/analytics.visitorId")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let session = cx.event.session().and_then(|session| cx.event.capture.session(session));
    let is_downloaded = session.is_some_and(|session| session.mode.is_downloaded());
    if is_downloaded && super::text(cx, "analytics.visitorId").is_some_and(|id| !id.is_empty()) {
        found.report(visitor_id_on_timestamped_data(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Leave out `analytics.visitorId`", cx.remove_value()?)
}

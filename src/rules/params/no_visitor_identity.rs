//! MC-P001.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// `sessionStart` carries `visitor.marketingCloudUserId` (the Experience Cloud id) or `appInstallationId`, one of them
    /// not empty. Silent when one is there in another spelling or type (S005, S007), and for a placeholder (P014).
    ///
    /// ## Why it matters
    ///
    /// Without an id of its own choice the back end lets Analytics decide who the visitor is: each session may count as a
    /// new visitor, visits are not joined to those of the app or page, and the data cannot be used in other products.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart -visitor.marketingCloudUserId   # warn: no-visitor-identity
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart -visitor.marketingCloudUserId appInstallationId="4f1c2b7a-9d35"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md` (the Experience Cloud id is optional but needed to join data; with
    /// `appInstallationId` the back end makes one).
    pub static NO_VISITOR_IDENTITY = {
        code: "MC-P001",
        name: "no-visitor-identity",
        summary: "A sessionStart that does not say who watches",
        family: Params,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
    }
}

const USER_ID: &str = "visitor.marketingCloudUserId";
const INSTALLATION_ID: &str = "appInstallationId";

fn no_visitor_identity(cx: &EventCx<'_>) -> Report {
    let message =
        format!("`sessionStart` has neither `{USER_ID}` nor `{INSTALLATION_ID}`: nothing tells who watches");
    cx.report(message).pointer("/params")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if super::lacks(cx, USER_ID) && super::lacks(cx, INSTALLATION_ID) {
        found.report(no_visitor_identity(cx));
    }
}

//! MC-P010.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::rules::schema;

declare_rule! {
    /// ## What it checks
    ///
    /// `visitor.marketingCloudOrgId` has the form `…@AdobeOrg`: letters and digits, then `@AdobeOrg` in this spelling.
    ///
    /// ## Why it matters
    ///
    /// The id names the organization whose visitors these are. With another one the back end cannot make or join visitor
    /// ids, and the session may be taken all the same.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart visitor.marketingCloudOrgId="0123456789ABCDEF01234567"   # warn: org-id-malformed
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart visitor.marketingCloudOrgId="0123456789ABCDEF01234567@AdobeOrg"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `mc-api-req-params.md` and its samples, all of this form.
    pub static ORG_ID_MALFORMED = {
        code: "MC-P010",
        name: "org-id-malformed",
        summary: "An organization id of another form than …@AdobeOrg",
        family: Params,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
    }
}

fn org_id_malformed(cx: &EventCx<'_>, id: &str) -> Report {
    let is = if id.is_empty() { "empty".to_owned() } else { schema::quoted(id) };
    cx.report(format!("`visitor.marketingCloudOrgId` is {is}: it should have the form `…@AdobeOrg`"))
        .pointer("/params/visitor.marketingCloudOrgId")
}

fn is_well_formed(id: &str) -> bool {
    let organization = id.strip_suffix("@AdobeOrg").unwrap_or_default();
    !organization.is_empty() && organization.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if let Some(id) = super::exact_text(cx, "visitor.marketingCloudOrgId").filter(|id| !is_well_formed(id)) {
        found.report(org_id_malformed(cx, id));
    }
}

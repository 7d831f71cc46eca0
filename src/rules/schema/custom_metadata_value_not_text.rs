//! MC-S011.

use serde_json::Value;

use crate::declare_rule;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// Every value in `customMetadata` is a string. Numbers, booleans, `null`, lists and nested objects are not.
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400, often only on the day on which metadata is switched on.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.season=4    # error: custom-metadata-value-not-text
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.season="4"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-custom-meta.md` (numbers and booleans must be converted), the schema sample in
    /// `mc-api-validate-reqs.md`.
    pub static CUSTOM_METADATA_VALUE_NOT_TEXT = {
        code: "MC-S011",
        name: "custom-metadata-value-not-text",
        summary: "A customMetadata value that is not a string",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn value_not_text(cx: &EventCx<'_>, violation: &Violation, is: &str) -> Report {
    let field = super::field(&violation.pointer);
    cx.report(format!("{field} is {is}, it must be a string")).pointer(violation.pointer.as_str())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for violation in cx.violations {
        if matches!(violation.kind, ViolationKind::CustomValueNotText { .. })
            && let Some(value) = super::value_at(cx, violation)
        {
            found.report(value_not_text(cx, violation, &super::in_words(&violation.pointer, value)));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let field = super::field(cx.pointer()?);
    match cx.value()? {
        value @ (Value::Number(_) | Value::Bool(_)) => {
            Fix::safe(format!("Send {field} as text"), cx.replace(value.to_string())?)
        }
        Value::Null => Fix::proposed(format!("Leave out {field}"), cx.remove_value()?),
        value => Fix::proposed(format!("Send {field} as JSON in a string"), cx.replace(value.to_string())?),
    }
}

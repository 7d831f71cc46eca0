//! MC-S003.

use crate::declare_rule;
use crate::model::parameter;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// `eventType` and `playerTime` are in every event, `playhead` and `ts` in every `playerTime`, and `params` in
    /// those types that need it. One finding for each that is absent, at the object that lacks it. Silent when the
    /// member is there under a wrong name (S006, S015), and for text that leaves something out (K008).
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400, the event is lost; in a batch all events are.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   adBreakStart
    /// +5   adStart -params   # error: missing-member
    /// +15  adComplete
    /// +15  adBreakComplete
    /// +15  play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   adBreakStart
    /// +5   adStart
    /// +15  adComplete
    /// +15  adBreakComplete
    /// +15  play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: the schema sample in `mc-api-validate-reqs.md`, the tables of `mc-api-req-params.md`.
    pub static MISSING_MEMBER = {
        code: "MC-S003",
        name: "missing-member",
        summary: "A member that every such event needs is absent",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
    }
}

fn missing_member(cx: &EventCx<'_>, violation: &Violation, name: &str) -> Report {
    let field = super::field(&format!("{}/{name}", violation.pointer));
    let message = match cx.event.event_type() {
        Some(event_type) if name == "params" => {
            let keys: Vec<String> =
                parameter::required_params(event_type).map(|key| format!("`{key}`")).collect();
            let with = if keys.is_empty() { String::new() } else { format!(" with {}", keys.join(", ")) };
            format!("{field} is missing: `{event_type}` needs it{with}")
        }
        _ => format!("{field} is missing: every event needs it"),
    };
    cx.report(message).pointer(violation.pointer.as_str())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if cx.is_elided() {
        return;
    }
    let renamed = super::renamed_keys(cx.violations);
    for violation in cx.violations {
        let ViolationKind::MissingMember { name } = &violation.kind else { continue };
        if !super::is_renaming(&renamed, violation) && !super::is_elsewhere(cx, name) {
            found.report(missing_member(cx, violation, name));
        }
    }
}

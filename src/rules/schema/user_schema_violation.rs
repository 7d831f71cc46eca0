//! MC-S014.

use serde_json::Value;

use crate::declare_rule;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::schema::user::{Refusal, RefusalKind};

declare_rule! {
    /// ## What it checks
    ///
    /// The event fits the user's own JSON Schemas and tracking plan, as `playtrace.toml` names them: parameters and
    /// custom metadata that are required or forbidden on its type, and the values or the pattern that they may have.
    /// Silent without them. What another schema rule says already is not said again.
    ///
    /// ## Why it matters
    ///
    /// The API knows nothing of the plan: it accepts the event. The dimensions of the reports then lack the values that
    /// the plan promises, or hold values under which nobody will look for them.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [tracking-plan.sessionStart.params]
    /// "media.show" = "required"
    ///
    /// [tracking-plan.sessionStart.metadata]
    /// season = { required = true, pattern = "S[0-9]{2}" }
    /// ```
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.season="2"    # error: user-schema-violation, user-schema-violation
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```toml
    /// [tracking-plan.sessionStart.params]
    /// "media.show" = "required"
    ///
    /// [tracking-plan.sessionStart.metadata]
    /// season = { required = true, pattern = "S[0-9]{2}" }
    /// ```
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.show="Harbor" meta.season="S02"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: the user's own configuration.
    pub static USER_SCHEMA_VIOLATION = {
        code: "MC-S014",
        name: "user-schema-violation",
        summary: "The user's own schema or tracking plan refuses the event",
        family: Schema,
        level: Error,
        certainty: Advice,
        origin: Payload,
        check: Check::Event(Wants::UserSchemas, check),
    }
}

/// So many allowed values are named.
const MAX_LISTED: usize = 5;

fn user_schema_violation(cx: &EventCx<'_>, refusal: &Refusal, keys: &[String]) -> Report {
    let event_type = cx.event.type_name();
    let (field, value) = (place(&refusal.pointer), value_in_words(cx, &refusal.pointer));
    let message = match &refusal.kind {
        RefusalKind::Schema { name, says } => match value {
            Some(value) => format!("{field} is {value}, which {name} refuses: {says}"),
            None => format!("{name} refuses {field}: {says}"),
        },
        RefusalKind::Missing { section, .. } => {
            let keys: Vec<String> = keys.iter().map(|key| super::quoted(key)).collect();
            format!("the tracking plan requires {} in `{section}` of `{event_type}`", keys.join(", "))
        }
        RefusalKind::Forbidden { .. } => format!("the tracking plan forbids {field} on `{event_type}`"),
        RefusalKind::NotListed { allowed } => {
            let value = value.unwrap_or_else(|| "another value".to_owned());
            format!("{field} is {value}, the tracking plan allows {}", listed(allowed))
        }
        RefusalKind::NotMatching { pattern } => {
            let value = value.unwrap_or_else(|| "another value".to_owned());
            format!("{field} is {value}, the tracking plan asks for the pattern {}", super::quoted(pattern))
        }
    };
    cx.report(message).pointer(refusal.pointer.as_str())
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() { "the event".to_owned() } else { super::field(pointer) }
}

/// The value at a pointer; nothing for an object or a list, or where there is none.
fn value_in_words(cx: &EventCx<'_>, pointer: &str) -> Option<String> {
    let value = cx.json()?.pointer(pointer).filter(|value| !value.is_object() && !value.is_array())?;
    Some(super::in_words(pointer, value))
}

fn listed(allowed: &[Value]) -> String {
    let named: Vec<String> =
        allowed.iter().take(MAX_LISTED).map(|value| super::cut(&value.to_string())).collect();
    match allowed.len().saturating_sub(MAX_LISTED) {
        0 => named.join(", "),
        n => format!("{} and {n} more", named.join(", ")),
    }
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let (Some(user), Some(event_type)) = (cx.settings.user.as_deref(), cx.event.event_type()) else { return };
    let Some(json) = cx.json() else { return };
    for refusal in user.refusals(event_type, json, cx.violations, cx.is_elided()) {
        let keys: Vec<String> = match &refusal.kind {
            // a misspelled key is told as such
            RefusalKind::Missing { keys, .. } => {
                keys.iter().filter(|key| !super::is_elsewhere(cx, key)).cloned().collect()
            }
            _ => Vec::new(),
        };
        if !keys.is_empty() || !matches!(refusal.kind, RefusalKind::Missing { .. }) {
            found.report(user_schema_violation(cx, &refusal, &keys));
        }
    }
}

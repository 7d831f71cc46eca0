//! MC-S016.

use serde_json::Value;

use crate::declare_rule;
use crate::model::parameter::ValueType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// Where an object or a list belongs stands a string that prints one: `"{playhead=0.0, ts=…}"`, or JSON in quotes.
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400. The first form comes from an old JSON library that prints nested maps, the
    /// second from turning an object into text twice.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping json:/qoeData="{media.qoe.bitrate=800}"   # error: object-sent-as-text
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping qoe.media.qoe.bitrate=800
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: recordings of Adobe's Android SDK with an old `org.json`.
    pub static OBJECT_SENT_AS_TEXT = {
        code: "MC-S016",
        name: "object-sent-as-text",
        summary: "A string that prints an object where an object belongs",
        family: Schema,
        level: Error,
        certainty: Observed,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn object_sent_as_text(cx: &EventCx<'_>, violation: &Violation, text: &str, expected: ValueType) -> Report {
    let (field, must) = (super::field(&violation.pointer), expected.in_words());
    let how =
        if serde_json::from_str::<Value>(text).is_ok() { "as JSON in quotes" } else { "printed as text" };
    cx.report(format!("{field} was sent {how}, it must be {must}")).pointer(violation.pointer.as_str())
}

/// True for a string that prints an object or a list where one is asked.
pub(super) fn is_object_as_text(expected: ValueType, value: &Value) -> bool {
    let is_structure = matches!(expected, ValueType::Object | ValueType::TextObject | ValueType::ObjectArray);
    is_structure && value.as_str().is_some_and(|text| text.trim_start().starts_with(['{', '[']))
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for violation in cx.violations {
        let ViolationKind::WrongType { expected } = &violation.kind else { continue };
        if let Some(value) =
            super::value_at(cx, violation).filter(|value| is_object_as_text(*expected, value))
        {
            found.report(object_sent_as_text(cx, violation, value.as_str().unwrap_or_default(), *expected));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (field, value) = (super::field(cx.pointer()?), cx.value()?);
    let text = value.as_str()?;
    if let Ok(object) = serde_json::from_str::<Value>(text) {
        return Fix::safe(format!("Send {field} without quotes"), cx.replace(object)?);
    }
    Fix::proposed(format!("Send {field} as a JSON object"), cx.replace(printed_object(text)?)?)
}

/// What `{playhead=0.0, ts=1}` prints. Texts with a comma or an equals sign in them cannot be told.
fn printed_object(text: &str) -> Option<Value> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let member = |part: &str| {
        let (key, value) = part.split_once('=')?;
        let plain = !value.contains(['=', '{', '[']);
        let json = serde_json::from_str(value.trim()).ok().filter(|value: &Value| !value.is_string());
        let value = json.unwrap_or_else(|| Value::from(value.trim()));
        plain.then(|| (key.trim().to_owned(), value))
    };
    let members: Option<serde_json::Map<String, Value>> = inside.split(',').map(member).collect();
    members.map(Value::Object)
}

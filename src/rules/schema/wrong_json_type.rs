//! MC-S005.

use serde_json::{Value, json};

use crate::declare_rule;
use crate::model::parameter::{Parameter, ValueType};
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Level, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// Every known field has the JSON type that the API asks for: no quoted numbers or booleans, no number for an id,
    /// no fraction where a whole number is asked, no `null`, no object for a string. `1.0` is a whole number. A
    /// fraction in `media.qoe.framesPerSecond` is a warning only: the documents ask for an integer, but Adobe's own
    /// test data send 23.5, so it passes the schema set `documented`. An object that was sent as text is S016, a
    /// value in `customMetadata` S011.
    ///
    /// ## Why it matters
    ///
    /// Types are strict: the request is refused with 400. Adobe names wrong types as a usual cause of failing
    /// requests.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart id=77                                # error: wrong-json-type
    /// +5   ping qoe.media.qoe.framesPerSecond=23.5      # warn: wrong-json-type
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +20  ping qoe.media.qoe.droppedFrames="4"         # error: wrong-json-type
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart id="77"
    /// +5   ping qoe.media.qoe.framesPerSecond=24
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +20  ping qoe.media.qoe.droppedFrames=4
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-quick-start.md` (data types), `mc-api-req-params.md`, the schema sample in
    /// `mc-api-validate-reqs.md`. The fraction: observed in the tests of Adobe's mobile SDKs.
    pub static WRONG_JSON_TYPE = {
        code: "MC-S005",
        name: "wrong-json-type",
        summary: "A value of another JSON type than the API asks for",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn wrong_json_type(cx: &EventCx<'_>, violation: &Violation, value: &Value, expected: ValueType) -> Report {
    let pointer = violation.pointer.as_str();
    let (field, is) = (super::field(pointer), super::in_words(pointer, value));
    let tolerated = expected == ValueType::LenientInteger && value.is_number();
    let should = if tolerated { "an integer" } else { expected.in_words() };
    let message = match value.as_str().filter(|_| !is_text(expected)) {
        Some(text) if reads_as(text, expected) => {
            format!("{field} is {is}, it must be {should} without quotes")
        }
        _ if tolerated => format!("{field} is {is}, it should be {should}"),
        _ => format!("{field} is {is}, it must be {should}"),
    };
    let report = cx.report(message).pointer(pointer);
    if tolerated { report.level(Level::Warn) } else { report }
}

fn is_text(expected: ValueType) -> bool {
    matches!(expected, ValueType::String)
}

/// True when the inside of a string would be of the type.
fn reads_as(text: &str, expected: ValueType) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| expected.fits(&value))
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for violation in cx.violations {
        let ViolationKind::WrongType { expected } = &violation.kind else { continue };
        let Some(value) = super::value_at(cx, violation) else { continue };
        if !super::object_sent_as_text::is_object_as_text(*expected, value) {
            found.report(wrong_json_type(cx, violation, value, *expected));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (value, pointer) = (cx.value()?, cx.pointer()?);
    let field = super::field(pointer);
    let expected = Parameter::at_pointer(pointer)?.value;
    match &value {
        Value::String(text) if reads_as(text, expected) => {
            let bare: Value = serde_json::from_str(text).ok()?;
            Fix::safe(format!("Send {field} without quotes"), cx.replace(bare)?)
        }
        Value::Number(number) if is_text(expected) => {
            Fix::safe(format!("Send {field} as text"), cx.replace(number.to_string())?)
        }
        Value::Number(number) if expected.fits(&json!(0)) => {
            let rounded = number.as_f64()?.round() as i64;
            Fix::proposed(format!("Round {field} to {rounded}"), cx.replace(rounded)?)
        }
        Value::Null => Fix::proposed(format!("Leave out {field}"), cx.remove_value()?),
        _ => None,
    }
}

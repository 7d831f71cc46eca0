//! Family S, schema: one event against its JSON Schema.
//!
//! The rules word what [`crate::schema::check`] refuses by the set `documented`, one rule per kind of fault.
//! One cause is one finding: a key that a code shrinker renamed is S015 alone, a misspelled one S006 or S007
//! (its right spelling is then not missed as well), an object sent as text S016 alone.

use serde_json::Value;

use super::context::EventCx;
use super::rule::Rule;
use crate::model::event_type::EventType;
use crate::model::json::{pointer_token, pointer_tokens};
use crate::model::parameter::{self, PARAMETERS, Parameter, Section};
use crate::model::spelling;
use crate::schema::{Violation, ViolationKind};

mod custom_metadata_key_invalid;
mod custom_metadata_value_not_text;
mod duplicate_key;
mod event_not_an_object;
mod keys_renamed;
mod missing_member;
mod missing_required_param;
mod object_sent_as_text;
mod parameter_on_wrong_event;
mod params_on_ping;
mod unknown_event_type;
mod unknown_member;
mod unknown_parameter;
mod user_schema_violation;
mod value_out_of_range;
mod wrong_json_type;

pub(super) use user_schema_violation::USER_SCHEMA_VIOLATION;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &event_not_an_object::EVENT_NOT_AN_OBJECT,
    &unknown_event_type::UNKNOWN_EVENT_TYPE,
    &missing_member::MISSING_MEMBER,
    &missing_required_param::MISSING_REQUIRED_PARAM,
    &wrong_json_type::WRONG_JSON_TYPE,
    &unknown_member::UNKNOWN_MEMBER,
    &unknown_parameter::UNKNOWN_PARAMETER,
    &parameter_on_wrong_event::PARAMETER_ON_WRONG_EVENT,
    &value_out_of_range::VALUE_OUT_OF_RANGE,
    &params_on_ping::PARAMS_ON_PING,
    &custom_metadata_value_not_text::CUSTOM_METADATA_VALUE_NOT_TEXT,
    &custom_metadata_key_invalid::CUSTOM_METADATA_KEY_INVALID,
    &duplicate_key::DUPLICATE_KEY,
    &USER_SCHEMA_VIOLATION,
    &keys_renamed::KEYS_RENAMED,
    &object_sent_as_text::OBJECT_SENT_AS_TEXT,
];

/// Longer names and values are cut in messages.
const MAX_QUOTED_CHARS: usize = 60;

/// A name from the payload in backticks, cut where it is long.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", cut(name))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The pointer to the object that holds the value at `pointer`.
fn parent(pointer: &str) -> &str {
    pointer.rfind('/').map_or("", |at| &pointer[..at])
}

/// The field as people name it: a key of `params` or `qoeData` by itself, others with the object they stand in.
fn field(pointer: &str) -> String {
    let tokens = pointer_tokens(pointer);
    match tokens.as_slice() {
        [section, keys @ ..] if !keys.is_empty() && matches!(section.as_str(), "params" | "qoeData") => {
            quoted(&keys.join("/"))
        }
        [section, key] if section == "playerTime" => quoted(&format!("playerTime.{key}")),
        [section, key] if section == "customMetadata" => format!("{} in `customMetadata`", quoted(key)),
        _ => quoted(&tokens.join("/")),
    }
}

/// A value in words: "the number 77", "a string" where it may tell who watches.
fn in_words(pointer: &str, value: &Value) -> String {
    let hidden = pointer_tokens(pointer).get(1).is_some_and(|key| parameter::is_identifying(key));
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(_) if hidden => "a number".to_owned(),
        Value::Number(value) => format!("the number {value}"),
        Value::String(_) if hidden => "a string".to_owned(),
        Value::String(text) => format!("the string \"{}\"", cut(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The section that an unknown member of the object at `pointer` should belong to.
fn section_at(pointer: &str) -> Option<Section> {
    match pointer {
        "" => Some(Section::Root),
        "/playerTime" => Some(Section::PlayerTime),
        _ => None,
    }
}

/// The member that may have been meant by an unknown one in the object at `pointer`.
fn nearest_member(pointer: &str, written: &str) -> Option<&'static str> {
    let section = section_at(pointer)?;
    let known = PARAMETERS.iter().filter(|parameter| parameter.section == section);
    spelling::nearest(written, known.map(|parameter| parameter.key))
}

/// The parameter that may have been meant by an unknown one: of this type's, else of all.
fn nearest_param(event_type: Option<EventType>, written: &str) -> Option<&'static str> {
    let of_type = event_type.into_iter().flat_map(parameter::accepted_on);
    let others =
        PARAMETERS.iter().filter(|parameter| matches!(parameter.section, Section::Params | Section::QoeData));
    spelling::nearest(written, of_type.chain(others).map(|parameter| parameter.key))
}

/// For each violation about an unknown key: the known one that may have been meant.
pub(super) fn meant(event_type: Option<EventType>, violations: &[Violation]) -> Vec<Option<&'static str>> {
    let one = |violation: &Violation| match &violation.kind {
        ViolationKind::UnknownMember { name } => nearest_member(parent(&violation.pointer), name),
        ViolationKind::ParamNotAllowed { name } if Parameter::known_anywhere(name).is_none() => {
            nearest_param(event_type, name)
        }
        _ => None,
    };
    violations.iter().map(one).collect()
}

/// The violations of an event, each with the known key that its unknown one may have meant.
fn with_meant<'a>(cx: &'a EventCx<'_>) -> impl Iterator<Item = (&'a Violation, Option<&'static str>)> {
    cx.violations.iter().zip(cx.meant.iter().copied())
}

/// An object of which keys were renamed by a code shrinker (S015).
struct Renamed<'a> {
    /// Where it stands.
    pointer: &'a str,
    /// The keys that are there.
    short: Vec<&'a str>,
    /// The keys that belong there.
    missing: Vec<&'a str>,
}

/// The objects of which keys were renamed: required ones are absent, and unknown ones of one or two letters
/// stand in their place. Only the event itself and `playerTime`: what is in `params` are no names of fields.
fn renamed_keys(violations: &[Violation]) -> Vec<Renamed<'_>> {
    let objects = ["", "/playerTime"].map(|pointer| {
        let (mut short, mut missing) = (Vec::new(), Vec::new());
        for violation in violations {
            match &violation.kind {
                ViolationKind::UnknownMember { name }
                    if parent(&violation.pointer) == pointer && is_shrunk(name) =>
                {
                    short.push(name.as_str());
                }
                ViolationKind::MissingMember { name } if violation.pointer == pointer => {
                    missing.push(name.as_str());
                }
                _ => {}
            }
        }
        Renamed { pointer, short, missing }
    });
    objects.into_iter().filter(|object| !object.short.is_empty() && !object.missing.is_empty()).collect()
}

/// A key as code shrinkers make them; `ts` is a name of the API.
fn is_shrunk(key: &str) -> bool {
    key.len() <= 2 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) && key != "ts"
}

/// True when S015 names the violation's object and key already.
fn is_renaming(objects: &[Renamed<'_>], violation: &Violation) -> bool {
    match &violation.kind {
        ViolationKind::MissingMember { .. } => {
            objects.iter().any(|object| object.pointer == violation.pointer)
        }
        ViolationKind::UnknownMember { name } => {
            let pointer = parent(&violation.pointer);
            is_shrunk(name) && objects.iter().any(|object| object.pointer == pointer)
        }
        _ => false,
    }
}

/// True when the key that seems to be missing is there under a wrong spelling or in a wrong object, which
/// another rule says.
pub(super) fn is_elsewhere(cx: &EventCx<'_>, missing: &str) -> bool {
    let written = with_meant(cx).any(|(violation, meant)| match &violation.kind {
        ViolationKind::UnknownMember { name } => {
            let in_time = missing == "playerTime"
                && violation.pointer.rfind('/') == Some(0)
                && Parameter::find(Section::PlayerTime, name).is_some();
            name == missing || meant == Some(missing) || in_time
        }
        ViolationKind::ParamNotAllowed { name } => name == missing || meant == Some(missing),
        _ => false,
    });
    written || is_nested(cx, missing)
}

/// True when a dotted key was sent as objects in objects.
fn is_nested(cx: &EventCx<'_>, key: &str) -> bool {
    let Some(json) = cx.json().filter(|_| key.contains('.')) else { return false };
    let pointer = format!("/{}", pointer_token(key).replace('.', "/"));
    ["params", "qoeData"]
        .iter()
        .any(|member| json.get(member).is_some_and(|of| of.pointer(&pointer).is_some()))
}

/// The value at the violation's pointer.
fn value_at<'a>(cx: &'a EventCx<'_>, violation: &Violation) -> Option<&'a Value> {
    cx.json()?.pointer(&violation.pointer)
}

//! One event → what its schema refuses, in the order of the document.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::types::JsonType;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::catalog;
use crate::model::event_type::EventType;
use crate::model::json::pointer_tokens;
use crate::model::parameter::{Parameter, Section, ValueType};
use crate::model::policy::SchemaSet;

/// One thing that the schema refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer from the event to the value concerned; for something missing, to the object
    /// that lacks it.
    pub pointer: String,
    /// What is wrong there.
    pub kind: ViolationKind,
}

/// What may be wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViolationKind {
    /// The event is no JSON object.
    NotAnObject,
    /// `eventType` is none of the set's names.
    UnknownEventType {
        /// What stands there.
        name: String,
    },
    /// A member of the event or of `playerTime` is missing.
    MissingMember {
        /// The member.
        name: String,
    },
    /// A key that `params` of this type (or an entry of a states array) must have is missing.
    MissingParam {
        /// The key.
        name: String,
    },
    /// A value of another JSON type than asked.
    WrongType {
        /// What is asked.
        expected: ValueType,
    },
    /// A member of the event or of `playerTime` that the schema does not know.
    UnknownMember {
        /// The member.
        name: String,
    },
    /// A key in `params` or `qoeData` that this event type may not have there.
    ParamNotAllowed {
        /// The key.
        name: String,
    },
    /// A value in `customMetadata` that is no string.
    CustomValueNotText {
        /// Its key.
        key: String,
    },
    /// A key in `customMetadata` with other characters than letters, digits, `_` and `.`.
    CustomKeyInvalid {
        /// The key.
        key: String,
    },
    /// Anything else that a schema can refuse, such as a value that is not in a list.
    Other {
        /// The validator's sentence.
        message: String,
    },
}

/// True when the set has nothing against the event.
#[must_use]
pub fn accepts(set: SchemaSet, event: &Value) -> bool {
    if !event.is_object() {
        return false;
    }
    let Some(compiled) = catalog::compiled(set) else { return true };
    type_of(event).and_then(|event_type| compiled.of(event_type)).is_some_and(|schema| schema.is_valid(event))
}

/// Everything that the set refuses in the event, in the order of the document; what is missing
/// from an object comes before the faults in it.
///
/// An event whose type is missing, unknown or not in the set is held to what all types share, and
/// nothing is said about its `params`.
#[must_use]
pub fn check(set: SchemaSet, event: &Value) -> Vec<Violation> {
    if !event.is_object() {
        return vec![Violation { pointer: String::new(), kind: ViolationKind::NotAnObject }];
    }
    let Some(compiled) = catalog::compiled(set) else { return Vec::new() };
    let (schema, mut violations) = match type_of(event).and_then(|event_type| compiled.of(event_type)) {
        Some(schema) if schema.is_valid(event) => return Vec::new(),
        Some(schema) => (schema, Vec::new()),
        None => (compiled.envelope(), type_fault(event).into_iter().collect()),
    };
    for error in schema.iter_errors(event) {
        classify(&error, &mut violations);
    }
    sort_by_place(event, &mut violations);
    violations
}

fn type_of(event: &Value) -> Option<EventType> {
    EventType::from_name(event.get("eventType")?.as_str()?)
}

/// Why the event has no type of the set. One that is no string is left to the envelope's schema.
fn type_fault(event: &Value) -> Option<Violation> {
    match event.get("eventType") {
        None => Some(Violation {
            pointer: String::new(),
            kind: ViolationKind::MissingMember { name: "eventType".to_owned() },
        }),
        Some(name) => name.as_str().map(|name| Violation {
            pointer: "/eventType".to_owned(),
            kind: ViolationKind::UnknownEventType { name: name.to_owned() },
        }),
    }
}

/// Adds what one error of the validator says, in our words.
pub(super) fn classify(error: &ValidationError<'_>, violations: &mut Vec<Violation>) {
    let pointer = error.instance_path().to_string();
    let path = pointer_tokens(&pointer);
    let kind = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            violations.extend(unexpected.iter().map(|name| Violation {
                pointer: format!("{pointer}/{}", escaped(name)),
                kind: unexpected_member(&path, name),
            }));
            return;
        }
        ValidationErrorKind::Required { property } => missing(&path, property),
        ValidationErrorKind::Type { kind } => wrong_type(&path, kind),
        ValidationErrorKind::MultipleOf { .. } => fraction(&path),
        // the only list is that of `authState`: numbers, so anything else is of the wrong type
        ValidationErrorKind::Enum { .. } if !ValueType::Integer.fits(error.instance()) => {
            ViolationKind::WrongType { expected: ValueType::Integer }
        }
        _ => ViolationKind::Other { message: error.to_string() },
    };
    violations.push(Violation { pointer, kind });
}

fn unexpected_member(path: &[String], name: &str) -> ViolationKind {
    let name = name.to_owned();
    match path.first().map(String::as_str) {
        Some("customMetadata") => ViolationKind::CustomKeyInvalid { key: name },
        Some("params" | "qoeData") => ViolationKind::ParamNotAllowed { name },
        _ => ViolationKind::UnknownMember { name },
    }
}

fn missing(path: &[String], property: &Value) -> ViolationKind {
    let name = property.as_str().unwrap_or_default().to_owned();
    match path.first().map(String::as_str) {
        Some("params") => ViolationKind::MissingParam { name },
        _ => ViolationKind::MissingMember { name },
    }
}

fn wrong_type(path: &[String], kind: &TypeKind) -> ViolationKind {
    if let [section, key] = path
        && section == "customMetadata"
    {
        return ViolationKind::CustomValueNotText { key: key.clone() };
    }
    // the table tells an integer from a number, which the schema's "type" alone does not
    let expected = match (in_table(path), kind) {
        (Some(parameter), _) => parameter.value,
        (None, TypeKind::Single(JsonType::String)) => ValueType::String,
        // inside values: entries of `visitor.customerIDs` and of the states arrays
        (None, _) => ValueType::Object,
    };
    ViolationKind::WrongType { expected }
}

/// A fraction where the set asks for a whole number (the table may be more lenient than the set).
fn fraction(path: &[String]) -> ViolationKind {
    let expected = match in_table(path).map(|parameter| parameter.value) {
        Some(ValueType::IntegerOrNull) => ValueType::IntegerOrNull,
        _ => ValueType::Integer,
    };
    ViolationKind::WrongType { expected }
}

fn in_table(path: &[String]) -> Option<&'static Parameter> {
    match path {
        [key] => Parameter::find(Section::Root, key),
        [member, key] => [Section::PlayerTime, Section::Params, Section::QoeData]
            .into_iter()
            .find(|section| section.member() == Some(member.as_str()))
            .and_then(|section| Parameter::find(section, key)),
        _ => None,
    }
}

/// Puts the violations in the order of the document. Those of one place keep the schema's order.
fn sort_by_place(event: &Value, violations: &mut [Violation]) {
    if violations.len() < 2 {
        return;
    }
    let mut places = FxHashMap::default();
    number_places(event, &mut String::new(), &mut places);
    violations.sort_by_key(|violation| places.get(&violation.pointer).copied());
}

/// Numbers every value in the order of the document, an object before its members.
fn number_places(value: &Value, pointer: &mut String, places: &mut FxHashMap<String, usize>) {
    places.insert(pointer.clone(), places.len());
    let here = pointer.len();
    let mut visit = |part: &str, value: &Value| {
        pointer.push('/');
        pointer.push_str(part);
        number_places(value, pointer, places);
        pointer.truncate(here);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| visit(&escaped(key), value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value));
        }
        _ => {}
    }
}

/// A key as a part of a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

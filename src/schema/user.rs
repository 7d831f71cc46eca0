//! The user's own schemas and tracking plan: compiled once, asked for each event of the types that they speak of.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::plan::{self, Wish};
use super::validate::{Violation, classify};
use crate::model::event_type::EventType;

/// What the user wants of events beyond what the API asks.
#[derive(Debug, Default)]
pub struct UserSchemas {
    /// By [`EventType::ALL`].
    by_type: [OfType; EventType::ALL.len()],
    own: Vec<OwnSchema>,
}

/// What is wanted of one event type.
#[derive(Debug, Default)]
struct OfType {
    /// Indices of its own schemas.
    own: Vec<usize>,
    wishes: Vec<Wish>,
}

/// A schema of the user's.
#[derive(Debug)]
struct OwnSchema {
    name: String,
    validator: Validator,
}

/// Why a text is no schema that events can be held to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SchemaFault(String);

/// One thing that the user's schemas or plan refuse.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// JSON pointer from the event; for something missing, to the object that lacks it.
    pub pointer: String,
    /// What is wrong there.
    pub kind: RefusalKind,
}

/// What may be wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum RefusalKind {
    /// An own schema says no.
    Schema {
        /// The name of the schema.
        name: String,
        /// What the validator says of "it"; quotes no value.
        says: String,
    },
    /// The plan requires keys that are not there.
    Missing {
        /// The member that lacks them.
        section: &'static str,
        /// The keys.
        keys: Vec<String>,
    },
    /// The plan forbids the key.
    Forbidden {
        /// The key.
        key: String,
    },
    /// The value is none of those that the plan allows.
    NotListed {
        /// The values that it allows.
        allowed: Vec<Value>,
    },
    /// The value does not match the plan's pattern.
    NotMatching {
        /// The pattern.
        pattern: String,
    },
}

impl UserSchemas {
    /// Compiles a schema (draft-04 to 2020-12, by its `$schema`; 2020-12 without one) for events of these types.
    /// Nothing is fetched: references lead to places in the schema itself.
    ///
    /// # Errors
    /// When it is no valid schema, or refers to another document.
    pub fn add_schema(&mut self, types: &[EventType], name: &str, schema: &Value) -> Result<(), SchemaFault> {
        let validator = jsonschema::options().offline().build(schema).map_err(|error| fault(&error))?;
        for event_type in types {
            self.by_type[*event_type as usize].own.push(self.own.len());
        }
        self.own.push(OwnSchema { name: name.to_owned(), validator });
        Ok(())
    }

    /// Adds what the tracking plan wants of a type.
    pub fn add_wish(&mut self, event_type: EventType, wish: Wish) {
        self.by_type[event_type as usize].wishes.push(wish);
    }

    /// True when nothing is wanted of any type.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !EventType::ALL.into_iter().any(|event_type| self.concern(event_type))
    }

    /// True when something is wanted of the type; events of other types need not be looked at.
    #[must_use]
    pub fn concern(&self, event_type: EventType) -> bool {
        let wanted = &self.by_type[event_type as usize];
        !wanted.own.is_empty() || !wanted.wishes.is_empty()
    }

    /// What is refused in an event, beside what the set `documented` says of it already.
    ///
    /// Of an event that loose text holds only in part what is missing does not count, and own schemas are not asked.
    #[must_use]
    pub fn refusals(
        &self,
        event_type: EventType,
        event: &Value,
        documented: &[Violation],
        elided: bool,
    ) -> Vec<Refusal> {
        let Some(members) = event.as_object() else { return Vec::new() };
        let wanted = &self.by_type[event_type as usize];
        let mut refusals = Vec::new();
        for own in wanted.own.iter().filter_map(|index| self.own.get(*index)).filter(|_| !elided) {
            for error in own.validator.iter_errors(event) {
                refusals.extend(own.refusals(&error, documented));
            }
        }
        refusals.extend(plan::check(&wanted.wishes, event_type, members, elided));
        refusals
    }
}

impl OwnSchema {
    fn refusals(&self, error: &ValidationError<'_>, documented: &[Violation]) -> Vec<Refusal> {
        let mut violations = Vec::new();
        classify(error, &mut violations);
        let says = match error.kind() {
            ValidationErrorKind::AdditionalProperties { .. } => "it has no place there".to_owned(),
            _ => error.masked_with("it").to_string(),
        };
        let new = violations.into_iter().filter(|violation| !documented.contains(violation));
        new.map(|violation| Refusal {
            pointer: violation.pointer,
            kind: RefusalKind::Schema { name: self.name.clone(), says: says.clone() },
        })
        .collect()
    }
}

/// What is wrong with a schema, and where in it.
fn fault(error: &ValidationError<'_>) -> SchemaFault {
    if let ValidationErrorKind::Referencing(jsonschema::ReferencingError::Unretrievable { uri, .. }) =
        error.kind()
    {
        return SchemaFault(format!(
            "it refers to `{uri}`, another document; only references within the schema are followed"
        ));
    }
    let place = error.instance_path().to_string();
    let at = if place.is_empty() { String::new() } else { format!(", at {place}") };
    SchemaFault(format!("it is no valid JSON Schema: {error}{at}"))
}

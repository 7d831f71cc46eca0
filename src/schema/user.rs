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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::parameter::Parameter;
    use crate::model::policy::SchemaSet;
    use crate::schema::check;
    use crate::schema::plan::{Allowed, Presence};

    const START: EventType = EventType::SessionStart;

    fn start(params: &Value) -> Value {
        json!({ "eventType": "sessionStart", "playerTime": { "playhead": 0, "ts": 1_700_000_000_000_u64 },
            "params": params })
    }

    fn required(key: &str) -> Wish {
        Wish {
            key: key.to_owned(),
            parameter: Parameter::known_anywhere(key),
            presence: Presence::Required,
            allowed: Allowed::Anything,
        }
    }

    fn refusals(user: &UserSchemas, event: &Value, elided: bool) -> Vec<Refusal> {
        user.refusals(START, event, &check(SchemaSet::Documented, event), elided)
    }

    #[test]
    fn types_that_nothing_is_wanted_of_are_no_concern() {
        let mut user = UserSchemas::default();
        assert!(user.is_empty());
        user.add_wish(START, required("media.show"));
        user.add_schema(&[EventType::AdStart], "ad", &json!({})).expect("a schema");
        let concerned: Vec<_> = EventType::ALL.into_iter().filter(|known| user.concern(*known)).collect();
        assert_eq!(concerned, [START, EventType::AdStart]);
    }

    #[test]
    fn missing_keys_of_one_object_are_one_refusal_and_nothing_where_the_text_leaves_something_out() {
        let mut user = UserSchemas::default();
        for key in ["media.show", "media.season", "season", "media.id"] {
            user.add_wish(START, required(key));
        }
        user.add_schema(&[START], "own", &json!({ "required": ["qoeData"] })).expect("a schema");
        let event = start(&json!({ "media.name": "x" }));
        let missing = |section, keys: &[&str]| Refusal {
            pointer: format!("/{section}"),
            kind: RefusalKind::Missing { section, keys: keys.iter().map(|key| (*key).to_owned()).collect() },
        };
        let found = refusals(&user, &event, false);
        assert!(matches!(&found[0].kind, RefusalKind::Schema { says, .. } if says.contains("\"qoeData\"")));
        let params = missing("params", &["media.show", "media.season"]);
        assert_eq!(found[1..], [params, missing("customMetadata", &["season"])], "`media.id` is S004");
        assert_eq!(refusals(&user, &event, true), []);
    }

    #[test]
    fn what_the_api_refuses_already_is_not_said_again_and_no_value_is_quoted() {
        let mut user = UserSchemas::default();
        let schema = json!({ "properties": { "params": {
            "required": ["media.id", "media.show"],
            "properties": {
                "media.length": { "type": "number" },
                "visitor.marketingCloudUserId": { "maxLength": 3 },
            },
            "propertyNames": { "not": { "const": "foo" } },
        } } });
        user.add_schema(&[START], "own", &schema).expect("a schema");
        let event = start(&json!({ "media.length": "60", "visitor.marketingCloudUserId": "secret" }));
        let said: Vec<String> = (refusals(&user, &event, false).into_iter())
            .map(|refusal| match refusal.kind {
                RefusalKind::Schema { says, .. } => format!("{} {says}", refusal.pointer),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            said,
            [
                "/params \"media.show\" is a required property",
                "/params/visitor.marketingCloudUserId it is longer than 3 characters",
            ]
        );
    }
}

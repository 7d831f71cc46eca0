//! A tracking plan: what its owner wants of the parameters and the custom metadata of an event type, beyond what the
//! API asks.

use regex::Regex;
use serde_json::{Map, Value};

use super::user::{Refusal, RefusalKind};
use crate::model::event_type::EventType;
use crate::model::json::pointer_token;
use crate::model::parameter::{Parameter, Section, ValueType};

/// The member that holds custom metadata.
pub const CUSTOM_METADATA: &str = "customMetadata";

/// What is wanted of one key.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The key.
    pub key: String,
    /// The known parameter, `None` for custom metadata.
    pub parameter: Option<&'static Parameter>,
    /// Whether it must or must not be there.
    pub presence: Presence,
    /// Which values it may have.
    pub allowed: Allowed,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may be there or not.
    Optional,
    /// It must be there.
    Required,
    /// It must not be there.
    Forbidden,
}

/// Which values a key may have.
#[derive(Debug, Clone)]
pub enum Allowed {
    /// Any.
    Anything,
    /// One of these.
    Values(Vec<Value>),
    /// Text that as a whole matches.
    Pattern {
        /// As it was written.
        text: String,
        /// Compiled, tied to both ends.
        regex: Regex,
    },
}

impl Allowed {
    /// A pattern that the whole value must match.
    ///
    /// # Errors
    /// When it is no regular expression.
    pub fn pattern(text: &str) -> Result<Allowed, regex::Error> {
        // by itself first, so that a fault is told of what was written
        Regex::new(text)?;
        Ok(Allowed::Pattern { text: text.to_owned(), regex: Regex::new(&format!(r"\A(?:{text})\z"))? })
    }
}

impl Wish {
    /// The member of the event that holds the key.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.parameter.and_then(|parameter| parameter.section.member()).unwrap_or(CUSTOM_METADATA)
    }

    /// True when the API itself requires the key on the type, so that its absence is told by S004.
    fn is_required_anyway(&self, event_type: EventType) -> bool {
        self.parameter.is_some_and(|parameter| parameter.required_for.contains(&event_type))
    }

    /// The JSON type of its values.
    fn value_type(&self) -> ValueType {
        self.parameter.map_or(ValueType::String, |parameter| parameter.value)
    }

    /// What is wrong with a value; one of the wrong JSON type is told by the schemas.
    fn refusal_of(&self, value: &Value) -> Option<RefusalKind> {
        let key = self.key.clone();
        if self.presence == Presence::Forbidden {
            return Some(RefusalKind::Forbidden { key });
        }
        if !self.value_type().fits(value) {
            return None;
        }
        match &self.allowed {
            Allowed::Values(values) if !values.iter().any(|allowed| is_same(allowed, value)) => {
                Some(RefusalKind::NotListed { allowed: values.clone() })
            }
            Allowed::Pattern { text, regex }
                if !value.as_str().is_some_and(|value| regex.is_match(value)) =>
            {
                Some(RefusalKind::NotMatching { pattern: text.clone() })
            }
            _ => None,
        }
    }
}

/// Numbers are equal whichever way they are written.
fn is_same(allowed: &Value, value: &Value) -> bool {
    match (allowed.as_f64(), value.as_f64()) {
        (Some(allowed), Some(value)) => allowed == value,
        _ => allowed == value,
    }
}

/// What the wishes about a type refuse in an event. What an elided event lacks is unknown and does not count.
pub(super) fn check(
    wishes: &[Wish],
    event_type: EventType,
    event: &Map<String, Value>,
    elided: bool,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let sections = [Section::Params.member(), Section::QoeData.member(), Some(CUSTOM_METADATA)];
    for section in sections.into_iter().flatten() {
        let mut missing = Vec::new();
        for wish in wishes.iter().filter(|wish| wish.section() == section) {
            match event.get(section) {
                Some(Value::Object(members)) => match members.get(&wish.key) {
                    Some(value) => refusals.extend(wish.refusal_of(value).map(|kind| Refusal {
                        pointer: format!("/{section}/{}", pointer_token(&wish.key)),
                        kind,
                    })),
                    None => missing.push(wish),
                },
                // of another JSON type, or missing where the API requires it: the schemas say so
                Some(_) => {}
                None if section == "params" && event_type.requires_params() => {}
                None => missing.push(wish),
            }
        }
        let is_wanted =
            |wish: &&Wish| wish.presence == Presence::Required && !wish.is_required_anyway(event_type);
        let keys: Vec<String> = missing.into_iter().filter(is_wanted).map(|wish| wish.key.clone()).collect();
        if !keys.is_empty() && !elided {
            refusals.push(Refusal {
                pointer: format!("/{section}"),
                kind: RefusalKind::Missing { section, keys },
            });
        }
    }
    refusals
}

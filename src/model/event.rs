//! Typed views of what an event carries, read on demand.
//!
//! A wrong type is a finding of the S family, never a failure here: these return `None`.

use serde_json::Value;

use super::event_type::EventType;
use super::machine::StateChange;
use super::table::Event;

impl Event<'_> {
    /// A member of `params`, whatever its type.
    #[must_use]
    pub fn param(&self, key: &str) -> Option<Value> {
        self.json()?.get_mut("params")?.get_mut(key).map(Value::take)
    }

    /// A text in `params`.
    #[must_use]
    pub fn text_param(&self, key: &str) -> Option<String> {
        match self.param(key)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A number in `params`.
    #[must_use]
    pub fn number_param(&self, key: &str) -> Option<f64> {
        self.param(key)?.as_f64()
    }

    /// The player states that a `stateStart`, `stateEnd` or `statesUpdate` begins or ends; ends come first in
    /// an update (the order inside one is not documented).
    #[must_use]
    pub fn state_changes(&self) -> Vec<StateChange> {
        let (keys, single): (&[(&str, bool)], bool) = match self.event_type() {
            Some(EventType::StateStart) => (&[("", true)], true),
            Some(EventType::StateEnd) => (&[("", false)], true),
            Some(EventType::StatesUpdate) => (&[("statesEnd", false), ("statesStart", true)], false),
            _ => return Vec::new(),
        };
        let Some(json) = self.json() else { return Vec::new() };
        let params = &json["params"];
        let change = |item: &Value, begins| {
            let name = item.get("media.state.name")?.as_str()?.to_owned();
            Some(StateChange { name, begins })
        };
        if single {
            return keys.iter().filter_map(|(_, begins)| change(params, *begins)).collect();
        }
        let listed = keys.iter().filter_map(|(key, begins)| Some((params.get(key)?.as_array()?, *begins)));
        listed.flat_map(|(items, begins)| items.iter().filter_map(move |item| change(item, begins))).collect()
    }
}

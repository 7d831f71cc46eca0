//! Typed views of what an event carries, read on demand.
//!
//! A wrong type is a finding of the S family, never a failure here: these return `None`.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::event_type::EventType;
use super::limits::MAX_JSON_DEPTH;
use super::machine::StateChange;
use super::table::{Event, EventFlags};
use super::{escape, json};
use json::Cursor;

/// The key of a player state's name.
const STATE_NAME: &str = "media.state.name";

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

    /// Calls `take` with each member of `params`: its key, still escaped, and its value as JSON text. Cheaper than the
    /// tree where a few values of many events are wanted; of a key that is there twice the last counts.
    pub fn each_param(&self, take: impl FnMut(&[u8], &[u8])) {
        self.each_member("params", take);
    }

    /// As [`Event::each_param`], of the object that another member is.
    pub fn each_member(&self, member: &str, mut take: impl FnMut(&[u8], &[u8])) {
        let text = self.text();
        let Some(object) = self.member_start(&text, member).map(|start| &text[start..]) else { return };
        if object.starts_with(b"{") {
            json::parts(object).for_each(|part| take(&object[part.key], &object[part.value]));
        }
    }

    /// Where the value of a member begins in the event's text. What follows the value is not looked at.
    fn member_start(&self, text: &[u8], member: &str) -> Option<usize> {
        // In sound text without a key twice the first is the only one, and whole.
        if !self.row().flags.has(EventFlags::UNREADABLE.with(EventFlags::DUPLICATE_KEY)) {
            return json::first_member(text, member);
        }
        json::find_exact(text, &format!("/{member}")).map(|range| range.start)
    }

    /// True when some text of the event may hold the character: it stands there, or something is escaped.
    #[must_use]
    pub fn may_hold(&self, character: u8) -> bool {
        memchr::memchr2(character, b'\\', &self.text()).is_some()
    }

    /// True when its `params` are, byte for byte, those of another event; also when neither has any.
    #[must_use]
    pub fn has_params_of(&self, other: &Event<'_>) -> bool {
        let (text, other_text) = (self.text(), other.text());
        let params =
            |event: &Event<'_>, text| Cursor::new(text, event.member_start(text, "params")?).value().ok();
        params(self, &text).map(|range| &text[range])
            == params(other, &other_text).map(|range| &other_text[range])
    }

    /// Why and where its text is no JSON, `None` when it is: what the parser says, and the offset in the source.
    #[must_use]
    pub fn json_fault(&self) -> Option<(String, Option<u64>)> {
        let text = self.text();
        let fault = serde_json::from_slice::<Value>(&text).err()?;
        let before = text.split(|byte| *byte == b'\n').take(fault.line().saturating_sub(1));
        let offset = before.map(|line| line.len() + 1).sum::<usize>() + fault.column().saturating_sub(1);
        let words = fault.to_string();
        // the place in this text says nothing about the place in the file
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        Some((words, self.capture.source_offset(self.row().body, offset.min(text.len()))))
    }

    /// JSON pointers to the keys that stand more than once in one object, each once.
    #[must_use]
    pub fn duplicate_keys(&self) -> Vec<String> {
        let mut found = Vec::new();
        find_duplicate_keys(&self.text(), "", 0, &mut found);
        found
    }

    /// The player states that a `stateStart`, `stateEnd` or `statesUpdate` begins or ends; ends come first in
    /// an update (the order inside one is not documented).
    #[must_use]
    pub fn state_changes(&self) -> Vec<StateChange> {
        match self.event_type() {
            Some(EventType::StateStart) => self.single_state_change(true),
            Some(EventType::StateEnd) => self.single_state_change(false),
            Some(EventType::StatesUpdate) => self.listed_state_changes(),
            _ => Vec::new(),
        }
    }

    fn single_state_change(&self, begins: bool) -> Vec<StateChange> {
        let mut name = None;
        self.each_param(|key, value| {
            if json::key_is(key, STATE_NAME) {
                name = json::string(value);
            }
        });
        name.map(|name| StateChange { name, begins }).into_iter().collect()
    }

    fn listed_state_changes(&self) -> Vec<StateChange> {
        let Some(json) = self.json() else { return Vec::new() };
        let listed = [("statesEnd", false), ("statesStart", true)].into_iter().filter_map(|(key, begins)| {
            let items = json.get("params")?.get(key)?.as_array()?;
            Some((items, begins))
        });
        let change = |item: &Value, begins| {
            let name = item.get(STATE_NAME)?.as_str()?.to_owned();
            Some(StateChange { name, begins })
        };
        listed.flat_map(|(items, begins)| items.iter().filter_map(move |item| change(item, begins))).collect()
    }
}

fn find_duplicate_keys(text: &[u8], pointer: &str, depth: usize, found: &mut Vec<String>) {
    if depth > MAX_JSON_DEPTH {
        return;
    }
    let is_object = text.trim_ascii_start().first() == Some(&b'{');
    let mut seen: FxHashSet<String> = FxHashSet::default();
    for (index, part) in json::parts(text).enumerate() {
        let token = if is_object { json::pointer_token(&plain(&text[part.key])) } else { index.to_string() };
        let here = format!("{pointer}/{token}");
        find_duplicate_keys(&text[part.value], &here, depth + 1, found);
        if seen.contains(&here) {
            if found.last() != Some(&here) {
                found.push(here);
            }
        } else {
            seen.insert(here);
        }
    }
}

fn plain(key: &[u8]) -> String {
    let mut text = Vec::with_capacity(key.len());
    escape::unescape(key, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

//! One pass over the JSON text of one event: its columns and the description of its shape.
//!
//! No tree is built: `serde_json` walks the text and calls back with borrowed strings.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::model::event_type::EventType;
use crate::model::table::{EventFlags, NO_TS, NO_TYPE};

/// The columns of an event as far as its text gives them.
#[derive(Debug, Clone, Copy)]
pub struct Payload {
    /// Code of the event type, or `NO_TYPE`.
    pub event_type: u8,
    /// `playerTime.ts`, or `NO_TS`.
    pub ts: i64,
    /// `playerTime.playhead`, or NaN.
    pub playhead: f64,
    /// What was met.
    pub flags: EventFlags,
}

/// Marks in a shape's description; bytes that no UTF-8 text has.
mod mark {
    /// A key begins.
    pub(super) const KEY: u8 = 0xF8;
    /// A key ends.
    pub(super) const END: u8 = 0xF9;
    /// A value that belongs to the shape begins.
    pub(super) const VALUE: u8 = 0xFA;
}

/// Reads one event. `shape` receives the description of its shape: keys in order with the JSON types of
/// their values, and the values of `eventType` and `authState`. What was read before a fault counts.
pub fn read(text: &[u8], shape: &mut Vec<u8>) -> Payload {
    shape.clear();
    let mut reading = Reading {
        shape,
        payload: Payload { event_type: NO_TYPE, ts: NO_TS, playhead: f64::NAN, flags: EventFlags::default() },
    };
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = At { reading: &mut reading, key: Key::Event }.deserialize(&mut json).and_then(|()| json.end());
    let mut payload = reading.payload;
    if read.is_err() {
        payload.flags = payload.flags.with(EventFlags::UNREADABLE);
    } else if shape.first() != Some(&b'{') {
        payload.flags = payload.flags.with(EventFlags::NOT_AN_OBJECT);
    }
    payload
}

/// True when an object in the shape has a key twice.
#[must_use]
pub fn has_duplicate_key(shape: &[u8]) -> bool {
    let mut open: Vec<Vec<&[u8]>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = shape.get(at) {
        at += 1;
        match *byte {
            b'{' | b'[' => open.push(Vec::new()),
            b'}' | b']' => drop(open.pop()),
            mark::KEY | mark::VALUE => {
                let rest = &shape[at..];
                let len = memchr::memchr(mark::END, rest).unwrap_or(rest.len());
                at += len + 1;
                if let (mark::KEY, Some(keys)) = (*byte, open.last_mut()) {
                    if keys.contains(&&rest[..len]) {
                        return true;
                    }
                    keys.push(&rest[..len]);
                }
            }
            _ => {}
        }
    }
    false
}

struct Reading<'s> {
    shape: &'s mut Vec<u8>,
    payload: Payload,
}

impl Reading<'_> {
    fn flag(&mut self, flag: EventFlags) {
        self.payload.flags = self.payload.flags.with(flag);
    }

    fn value_of_shape(&mut self, value: &[u8]) {
        self.shape.push(mark::VALUE);
        self.shape.extend_from_slice(value);
        self.shape.push(mark::END);
    }

    fn integer(&mut self, key: Key, value: i64) {
        self.shape.push(b'i');
        if value < 0 {
            self.flag(EventFlags::NEGATIVE);
        }
        match key {
            Key::Ts => self.payload.ts = value.max(NO_TS + 1),
            Key::Playhead => self.payload.playhead = value as f64,
            Key::AuthState => self.value_of_shape(value.to_string().as_bytes()),
            _ => {}
        }
    }
}

/// What a value stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Event,
    EventType,
    PlayerTime,
    Ts,
    Playhead,
    AuthState,
    Other,
}

impl Key {
    /// The meaning of `name` in the object at `self`.
    fn inner(self, name: &str) -> Key {
        match (self, name) {
            (Key::Event, "eventType") => Key::EventType,
            (Key::Event, "playerTime") => Key::PlayerTime,
            (Key::PlayerTime, "ts") => Key::Ts,
            (Key::PlayerTime, "playhead") => Key::Playhead,
            (_, "authState") => Key::AuthState,
            _ => Key::Other,
        }
    }
}

/// A value to be read at a key.
struct At<'r, 's> {
    reading: &'r mut Reading<'s>,
    key: Key,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _value: bool) -> Result<(), E> {
        self.reading.shape.push(b'b');
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.reading.shape.push(b'n');
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.reading.integer(self.key, value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.reading.integer(self.key, i64::try_from(value).unwrap_or(i64::MAX));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        let whole = value.fract() == 0.0;
        self.reading.shape.push(if whole { b'i' } else { b'f' });
        if value < 0.0 {
            self.reading.flag(EventFlags::NEGATIVE);
        }
        match self.key {
            Key::Ts => {
                // Saturates: no number is lost, and none becomes `NO_TS`.
                self.reading.payload.ts = (value as i64).max(NO_TS + 1);
                if !whole {
                    self.reading.flag(EventFlags::TS_FRACTION);
                }
            }
            Key::Playhead => self.reading.payload.playhead = value,
            Key::AuthState => self.reading.value_of_shape(value.to_string().as_bytes()),
            _ => {}
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.reading.shape.push(b's');
        match self.key {
            Key::EventType => {
                self.reading.payload.event_type =
                    EventType::from_name(value).map_or(NO_TYPE, |known| known as u8);
                self.reading.value_of_shape(value.as_bytes());
            }
            Key::AuthState => self.reading.value_of_shape(value.as_bytes()),
            _ if looks_like_object(value) => self.reading.flag(EventFlags::OBJECT_AS_TEXT),
            _ => {}
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.reading.shape.push(b'[');
        while items.next_element_seed(At { reading: self.reading, key: Key::Other })?.is_some() {}
        self.reading.shape.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.reading.shape.push(b'{');
        while let Some(key) = members.next_key_seed(KeyOf { shape: self.reading.shape, of: self.key })? {
            members.next_value_seed(At { reading: self.reading, key })?;
        }
        self.reading.shape.push(b'}');
        Ok(())
    }
}

/// A key to be read in the object at `of`.
struct KeyOf<'s> {
    shape: &'s mut Vec<u8>,
    of: Key,
}

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Key;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyOf<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        self.shape.push(mark::KEY);
        self.shape.extend_from_slice(name.as_bytes());
        self.shape.push(mark::END);
        Ok(self.of.inner(name))
    }
}

/// An object that was turned into text: `{"a": …}` or the printed map `{a=…}`. Source: field problem 59.
fn looks_like_object(text: &str) -> bool {
    text.starts_with('{') && (text.contains('=') || text.contains("\":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(text: &str) -> Vec<u8> {
        let mut shape = Vec::new();
        read(text.as_bytes(), &mut shape);
        shape
    }

    fn payload(text: &str) -> Payload {
        read(text.as_bytes(), &mut Vec::new())
    }

    #[test]
    fn columns_are_read_wherever_they_stand() {
        let event = payload(
            r#"{"params":{"ts":1,"eventType":"play"},"playerTime":{"ts":1529997923478,"playhead":1.5},"eventType":"ping"}"#,
        );
        assert_eq!(EventType::from_code(event.event_type), Some(EventType::Ping));
        assert_eq!((event.ts, event.playhead), (1_529_997_923_478, 1.5));
        assert_eq!(event.flags, EventFlags::default());
    }

    #[test]
    fn the_shape_sees_keys_and_types_but_few_values() {
        let base = r#"{"eventType":"play","params":{"a":1,"id":{"authState":1}}}"#;
        let same = r#"{"eventType":"play", "params":{"a":2.0,"id":{"authState":1}}}"#;
        assert_eq!(shape_of(base), shape_of(same));
        for other in [
            r#"{"eventType":"ping","params":{"a":1,"id":{"authState":1}}}"#,
            r#"{"eventType":"play","params":{"a":1.5,"id":{"authState":1}}}"#,
            r#"{"eventType":"play","params":{"a":1,"id":{"authState":3}}}"#,
            r#"{"eventType":"play","params":{"b":1,"id":{"authState":1}}}"#,
        ] {
            assert_ne!(shape_of(base), shape_of(other), "{other}");
        }
    }

    #[test]
    fn oddities_are_flagged() {
        assert!(payload("{\"a\":-1}").flags.has(EventFlags::NEGATIVE));
        assert!(payload("{\"playerTime\":{\"ts\":1.5}}").flags.has(EventFlags::TS_FRACTION));
        assert!(payload("{\"playerTime\":\"{playhead=0.0, ts=1}\"}").flags.has(EventFlags::OBJECT_AS_TEXT));
        assert!(payload("[1]").flags.has(EventFlags::NOT_AN_OBJECT));
        assert!(payload("{\"a\":1} x").flags.has(EventFlags::UNREADABLE));
        assert!(payload("").flags.has(EventFlags::UNREADABLE));
        assert!(payload(&"[".repeat(100_000)).flags.has(EventFlags::UNREADABLE));
    }

    #[test]
    fn numbers_beyond_the_columns_saturate() {
        assert_eq!(payload("{\"playerTime\":{\"ts\":18446744073709551615}}").ts, i64::MAX);
        assert_eq!(payload("{\"playerTime\":{\"ts\":-1e300}}").ts, NO_TS + 1);
    }

    #[test]
    fn a_key_that_stands_twice_in_one_object_is_seen() {
        assert!(has_duplicate_key(&shape_of(r#"{"a":1,"b":[{"c":1,"c":2}]}"#)));
        assert!(!has_duplicate_key(&shape_of(r#"{"a":{"c":1},"b":[{"c":1},{"c":2}],"c":1}"#)));
    }
}

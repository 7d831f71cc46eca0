//! One pass over the JSON text of one event: its columns, the description of its shape, and where it ends.
//!
//! No tree is built and nothing is copied. The scanner accepts exactly what `serde_json` accepts (a test
//! holds the two together); rare things, such as escapes, it hands over to it.

mod plain;

use std::borrow::Cow;
use std::ops::Range;

use crate::model::event_type::EventType;
use crate::model::limits::MAX_JSON_DEPTH;
use crate::model::table::{EventFlags, NO_TS, NO_TYPE};
pub use plain::{PlainNumber, plain_text};
use plain::{flag_of, plain_len};

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

/// What the scanner notes of an event beside its columns, for the events that follow.
#[derive(Debug, Default)]
pub struct Notes {
    /// The description of its shape: keys in order with the JSON types of their values, and the values of
    /// `eventType` and `authState`.
    pub shape: Vec<u8>,
    /// The values that may be others in an event of the same skeleton, in order.
    pub holes: Vec<Hole>,
}

/// A plain value of which only the type belongs to the shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The digits of a number, or the inside of a string literal.
    pub range: Range<usize>,
    /// What stands there.
    pub kind: HoleKind,
}

/// What a hole takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoleKind {
    /// A [`plain_text`].
    Text,
    /// `playerTime.ts`, a [`PlainNumber`] without a fraction.
    Ts,
    /// `playerTime.playhead`, a [`PlainNumber`].
    Playhead,
    /// Another [`PlainNumber`].
    Number,
}

/// Reads the event that `text` is. What was read before a fault counts.
pub fn read(text: &[u8], notes: &mut Notes) -> Payload {
    let (mut payload, end) = read_first(text, notes);
    if end.is_none_or(|end| !text[end..].trim_ascii().is_empty()) {
        payload.flags = payload.flags.with(EventFlags::UNREADABLE);
    }
    payload
}

/// As [`read`], for an event that `text` begins with; also returns where it ends, `None` when it is broken.
pub fn read_first(text: &[u8], notes: &mut Notes) -> (Payload, Option<usize>) {
    let Notes { shape, holes } = notes;
    shape.clear();
    holes.clear();
    let payload =
        Payload { event_type: NO_TYPE, ts: NO_TS, playhead: f64::NAN, flags: EventFlags::default() };
    let mut scanner = Scanner { text, at: 0, depth: 0, shape, holes, payload };
    let end = scanner.value(Key::Event).map(|()| scanner.at);
    let mut payload = scanner.payload;
    if end.is_none() {
        payload.flags = payload.flags.with(EventFlags::UNREADABLE);
    } else if shape.first() != Some(&b'{') {
        payload.flags = payload.flags.with(EventFlags::NOT_AN_OBJECT);
    }
    (payload, end)
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
    fn inner(self, name: &[u8]) -> Key {
        match (self, name) {
            (Key::Event, b"eventType") => Key::EventType,
            (Key::Event, b"playerTime") => Key::PlayerTime,
            (Key::PlayerTime, b"ts") => Key::Ts,
            (Key::PlayerTime, b"playhead") => Key::Playhead,
            (_, b"authState") => Key::AuthState,
            _ => Key::Other,
        }
    }
}

/// Walks over a text; `None` from any of its functions is a fault.
struct Scanner<'t, 's> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    shape: &'s mut Vec<u8>,
    holes: &'s mut Vec<Hole>,
    payload: Payload,
}

impl<'t> Scanner<'t, '_> {
    fn flag(&mut self, flag: EventFlags) {
        self.payload.flags = self.payload.flags.with(flag);
    }

    fn value_of_shape(&mut self, value: &[u8]) {
        self.shape.push(mark::VALUE);
        self.shape.extend_from_slice(value);
        self.shape.push(mark::END);
    }

    /// The next byte that is no white space, without passing it.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// The next byte that is no white space, passed.
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn value(&mut self, key: Key) -> Option<()> {
        match self.peek()? {
            b'"' => self.text_value(key),
            b'{' => self.nested(|scanner| scanner.object(key)),
            b'[' => self.nested(Self::array),
            b'-' | b'0'..=b'9' => self.number(key),
            b't' => self.literal(b"true", b'b'),
            b'f' => self.literal(b"false", b'b'),
            b'n' => self.literal(b"null", b'n'),
            _ => None,
        }
    }

    fn literal(&mut self, word: &[u8], kind: u8) -> Option<()> {
        self.shape.push(kind);
        let rest = self.text.get(self.at..)?;
        self.at += word.len();
        rest.starts_with(word).then_some(())
    }

    /// Passes an opening bracket, what `inside` passes, and notes both brackets.
    fn nested(&mut self, inside: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.depth += 1;
        if self.depth >= MAX_JSON_DEPTH {
            return None;
        }
        self.shape.push(self.text[self.at]);
        self.at += 1;
        inside(self)?;
        self.shape.push(self.text[self.at - 1]);
        self.depth -= 1;
        Some(())
    }

    fn object(&mut self, of: Key) -> Option<()> {
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            if self.peek()? != b'"' {
                return None;
            }
            let name = self.string()?;
            self.shape.push(mark::KEY);
            self.shape.extend_from_slice(&name);
            self.shape.push(mark::END);
            self.note_key(of, &name);
            if self.next()? != b':' {
                return None;
            }
            self.value(of.inner(&name))?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// What rules want to know of an event without reading it again.
    fn note_key(&mut self, of: Key, name: &[u8]) {
        if of == Key::Event && name == b"customMetadata" {
            self.flag(EventFlags::METADATA);
        } else if name.starts_with(b"media.qoe.") {
            self.flag(EventFlags::QUALITY);
        }
    }

    fn array(&mut self) -> Option<()> {
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.value(Key::Other)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    fn text_value(&mut self, key: Key) -> Option<()> {
        self.shape.push(b's');
        let inside = self.at + 1;
        let value = self.string()?;
        match key {
            Key::EventType => {
                let known = std::str::from_utf8(&value).ok().and_then(EventType::from_name);
                self.payload.event_type = known.map_or(NO_TYPE, |known| known as u8);
                self.value_of_shape(&value);
            }
            Key::AuthState => self.value_of_shape(&value),
            _ => match flag_of(&value) {
                Some(flag) => self.flag(flag),
                None if matches!(value, Cow::Borrowed(_)) => {
                    self.holes.push(Hole { range: inside..self.at - 1, kind: HoleKind::Text });
                }
                None => {}
            },
        }
        Some(())
    }

    /// Passes the string literal that begins here and returns its text.
    fn string(&mut self) -> Option<Cow<'t, [u8]>> {
        let text = self.text;
        let inside = &text[self.at + 1..];
        let len = plain_len(inside);
        if inside.get(len) == Some(&b'"') {
            self.at += len + 2;
            return Some(Cow::Borrowed(&inside[..len]));
        }
        // An escape, a letter beyond ASCII, a control character, or the end.
        let start = self.at;
        let mut cursor = crate::model::json::Cursor::new(text, start);
        self.at = cursor.string().ok()?.end + 1;
        let literal = serde_json::from_slice::<Cow<'t, str>>(&text[start..self.at]).ok()?;
        Some(Cow::Owned(literal.into_owned().into_bytes()))
    }

    fn number(&mut self, key: Key) -> Option<()> {
        let start = self.at;
        let Some(plain) = PlainNumber::at(&self.text[start..]) else { return self.odd_number(key) };
        self.at += plain.len;
        let kind = match key {
            Key::Ts if plain.is_whole() => Some(HoleKind::Ts),
            Key::Playhead => Some(HoleKind::Playhead),
            Key::Ts | Key::AuthState => None,
            _ => Some(HoleKind::Number),
        };
        self.holes.extend(kind.map(|kind| Hole { range: start..self.at, kind }));
        if plain.decimals == 0 {
            self.integer(key, plain.digits)
        } else {
            self.float(key, plain.value())
        }
        Some(())
    }

    /// A number that is not plain: with a sign, an exponent or many digits. `None` for what is no number.
    fn odd_number(&mut self, key: Key) -> Option<()> {
        let start = self.at;
        self.at += usize::from(self.text[start] == b'-');
        let whole = self.digits();
        let leading_zero = whole > 1 && self.text[self.at - whole] == b'0';
        if whole == 0 || leading_zero {
            return None;
        }
        let has_decimals = self.text.get(self.at) == Some(&b'.');
        if has_decimals {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        let has_exponent = matches!(self.text.get(self.at), Some(b'e' | b'E'));
        if has_exponent {
            self.at += 1;
            self.at += usize::from(matches!(self.text.get(self.at), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return None;
            }
        }
        let literal = std::str::from_utf8(&self.text[start..self.at]).ok()?;
        let integer = if has_decimals || has_exponent { None } else { literal.parse().ok() };
        match integer {
            Some(value) => self.integer(key, value),
            // Adding zero turns -0 into 0.
            None => self.float(key, literal.parse().ok().filter(|value: &f64| value.is_finite())? + 0.0),
        }
        Some(())
    }

    /// Passes digits and returns how many.
    fn digits(&mut self) -> usize {
        let rest = &self.text[self.at.min(self.text.len())..];
        let len = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        self.at += len;
        len
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

    fn float(&mut self, key: Key, value: f64) {
        let whole = value.fract() == 0.0;
        self.shape.push(if whole { b'i' } else { b'f' });
        if value < 0.0 {
            self.flag(EventFlags::NEGATIVE);
        }
        match key {
            Key::Ts => {
                // Saturates: no number is lost, and none becomes `NO_TS`.
                self.payload.ts = (value as i64).max(NO_TS + 1);
                if !whole {
                    self.flag(EventFlags::TS_FRACTION);
                }
            }
            Key::Playhead => self.payload.playhead = value,
            Key::AuthState => self.value_of_shape(value.to_string().as_bytes()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;

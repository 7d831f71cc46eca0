//! One pass over the JSON text of one event: its columns, the description of its shape, and where it ends.
//!
//! No tree is built and nothing is copied. The scanner accepts exactly what `serde_json` accepts (a test
//! holds the two together); rare things, such as escapes, it hands over to it.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::event_type::EventType;
use crate::model::limits::MAX_JSON_DEPTH;
use crate::model::placeholder::is_placeholder;
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

/// A number without sign and exponent, of at most fifteen digits, as nearly all are.
#[derive(Debug, Clone, Copy)]
pub struct PlainNumber {
    /// Number of bytes of its text.
    pub len: usize,
    /// Its digits, without the point.
    digits: i64,
    /// So many of them stand behind the point.
    decimals: usize,
}

/// So many digits are exact as a float.
const EXACT_DIGITS: usize = 15;
const POWERS_OF_TEN: [f64; EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

impl PlainNumber {
    /// The one that `text` begins with, if that is all of a number.
    #[must_use]
    pub fn at(text: &[u8]) -> Option<Self> {
        let mut digits = 0_i64;
        let mut pass = |from: usize| {
            let rest = text.get(from..).unwrap_or_default().iter().take(EXACT_DIGITS + 1);
            rest.take_while(|byte| byte.is_ascii_digit())
                // What overflows has too many digits, and is not kept.
                .map(|byte| digits = digits.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')))
                .count()
        };
        let whole = pass(0);
        let has_decimals = text.get(whole) == Some(&b'.');
        let decimals = if has_decimals { pass(whole + 1) } else { 0 };
        let len = whole + usize::from(has_decimals) + decimals;
        let is_number = whole > 0 && !(whole > 1 && text[0] == b'0') && (decimals > 0 || !has_decimals);
        let is_plain = whole + decimals <= EXACT_DIGITS && !matches!(text.get(len), Some(b'e' | b'E'));
        (is_number && is_plain).then_some(Self { len, digits, decimals })
    }

    /// Its value, rounded once: small powers of ten are exact as floats, and so are the digits.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.digits as f64 / POWERS_OF_TEN[self.decimals]
    }

    /// True without a fraction, as for the schemas: `1.0` is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.decimals == 0 || self.value().fract() == 0.0
    }
}

/// The number of bytes of the plain text that `text` begins with and that a quote ends: printable ASCII without any
/// escape, of which no rule wants to know.
#[must_use]
pub fn plain_text(text: &[u8]) -> Option<usize> {
    let len = plain_len(text);
    (text.get(len) == Some(&b'"') && flag_of(&text[..len]).is_none()).then_some(len)
}

/// What rules want to know of a text.
fn flag_of(text: &[u8]) -> Option<EventFlags> {
    if looks_like_object(text) {
        Some(EventFlags::OBJECT_AS_TEXT)
    } else {
        std::str::from_utf8(text).is_ok_and(is_placeholder).then_some(EventFlags::PLACEHOLDER)
    }
}

/// Number of bytes before the first that is a quote, a backslash, a control character or not ASCII.
fn plain_len(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ every_byte(b'"'))
            | zero_bytes(word ^ every_byte(b'\\'))
            | (word.wrapping_sub(every_byte(0x20)) & !word & every_byte(0x80))
            | (word & every_byte(0x80));
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x80..);
    words.len() * 8 + rest.iter().position(is_special).unwrap_or(rest.len())
}

const fn every_byte(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is zero; bits above the lowest one set may be wrong.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(every_byte(1)) & !word & every_byte(0x80)
}

/// An object that was turned into text: `{"a": …}` or the printed map `{a=…}`. Source: field problem 59.
fn looks_like_object(text: &[u8]) -> bool {
    text.starts_with(b"{")
        && (memchr::memchr(b'=', text).is_some() || memchr::memmem::find(text, b"\":").is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn shape_of(text: &str) -> Vec<u8> {
        let mut notes = Notes::default();
        read(text.as_bytes(), &mut notes);
        notes.shape
    }

    fn payload(text: &str) -> Payload {
        read(text.as_bytes(), &mut Notes::default())
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
        let same = r#"{"eventType":"pl\u0061y", "params":{"a":2.0,"id":{"authState":1}}}"#;
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
        let printed = "{\"playerTime\":\"{playhead=0.0, ts=1}\"}";
        assert!(payload(printed).flags.has(EventFlags::OBJECT_AS_TEXT));
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

    #[track_caller]
    fn agrees(text: &[u8]) {
        let expected = serde_json::from_slice::<Value>(text);
        let found = read(text, &mut Notes::default());
        let shown = String::from_utf8_lossy(text);
        assert_eq!(!found.flags.has(EventFlags::UNREADABLE), expected.is_ok(), "{shown}: {expected:?}");
        let Ok(event) = expected else { return };
        let time = &event["playerTime"];
        assert_eq!(found.playhead.is_nan(), time["playhead"].as_f64().is_none(), "{shown}");
        if let Some(playhead) = time["playhead"].as_f64() {
            // The standard library rounds to the nearest float, which serde_json comes close to.
            assert!((found.playhead - playhead).abs() <= playhead.abs() * 1e-15, "{shown}");
        }
        if let Some(ts) = time["ts"].as_i64() {
            assert_eq!(found.ts, ts.max(NO_TS + 1), "{shown}");
        }
    }

    #[test]
    fn the_scanner_accepts_exactly_what_serde_json_accepts() {
        let texts: [&[u8]; 6] = [
            br#"{"eventType":"play","playerTime":{"playhead":12.25,"ts":1529997923478},"a":[1,-0.5,2e3,{}]}"#,
            br#" {"playerTime" : {"ts":-9223372036854775808,"playhead":1e-7} , "x":["",null,true,false] } "#,
            "{\"\\u00e9\\ud83d\\ude00\":\"\u{e9}\u{1F600}\",\"playerTime\":{\"playhead\":123456789012345.678}}".as_bytes(),
            br#"{"a":"\ud800","b":"\n\t\/\\\""}"#,
            br#"{"n":[0,-0,0.0,1E5,1e+2,99999999999999999999,1.7976931348623157e308]}"#,
            br#"[{"a":[[],[[]]]},"x",00,1.,.5,1e,-]"#,
        ];
        let mut random = fastrand::Rng::with_seed(7);
        let bytes = b"{}[]\",:\\.eE+-0195tfnu \n\x00\x1F\xC3\xA9\xFFad";
        for text in texts {
            agrees(text);
            for _ in 0..20_000 {
                let mut text = text.to_vec();
                for _ in 0..random.usize(1..4) {
                    let at = random.usize(..text.len());
                    match random.u8(..3) {
                        0 => text[at] = bytes[random.usize(..bytes.len())],
                        1 => text.insert(at, bytes[random.usize(..bytes.len())]),
                        _ => drop(text.remove(at)),
                    }
                }
                agrees(&text);
            }
        }
    }

    #[test]
    fn nesting_goes_as_deep_as_serde_json_goes() {
        for depth in 120..135 {
            agrees(format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
        }
    }
}

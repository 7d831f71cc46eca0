//! Reading the members that matter of a recorded request, as HAR and request records keep them.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::escape::unescape;
use crate::model::exchange::ExchangeFlags;
use crate::model::headers::allows_content_type;
use crate::model::id::ExchangeId;
use crate::model::json::{self, Broken, Cursor};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};

use super::builder::{Builder, Sent};
use super::coding::joined;

/// Calls `found` for each member of the object that comes next, in order. It must pass the value.
///
/// # Errors
/// The first fault; members before it were found.
pub(super) fn walk<'t>(
    text: &'t [u8],
    cursor: &mut Cursor<'t>,
    mut found: impl FnMut(&'t [u8], &mut Cursor<'t>) -> Result<(), Broken>,
) -> Result<(), Broken> {
    cursor.expect(b'{', "expected an object")?;
    if cursor.eat(b'}') {
        return Ok(());
    }
    loop {
        let key = cursor.key()?;
        found(&text[key], cursor)?;
        if cursor.eat(b'}') {
            return Ok(());
        }
        cursor.expect(b',', "expected a comma or the end of the object")?;
    }
}

/// Passes the next value, which does not matter.
///
/// # Errors
/// When it is broken.
pub(super) fn skip(cursor: &mut Cursor<'_>) -> Result<(), Broken> {
    cursor.value().map(drop)
}

/// The value behind the first `key` (with its quotes) in a damaged object, wherever it stands. A string
/// without an end reaches to the end of the range.
pub(super) fn salvage(text: &[u8], range: Range<usize>, key: &[u8]) -> Option<Range<usize>> {
    let inside = &text[range.clone()];
    let key_end = memchr::memmem::find(inside, key)? + key.len();
    let mut cursor = Cursor::new(inside, key_end);
    if !cursor.eat(b':') {
        return None;
    }
    cursor.peek()?;
    let start = cursor.at();
    let end = cursor.value().map_or(inside.len(), |value| value.end);
    Some(range.start + start..range.start + end)
}

/// The inside of the string literal at `range`, still escaped, also of one without an end; `None` for
/// anything but a string.
pub(super) fn string_inside(text: &[u8], range: &Range<usize>) -> Option<Range<usize>> {
    if text.get(range.start) != Some(&b'"') {
        return None;
    }
    // A quote at the end is that of the literal, unless it is escaped.
    if let [_, inside @ .., b'"'] = &text[range.clone()]
        && inside.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    {
        return Some(range.start + 1..range.end - 1);
    }
    let end = Cursor::new(&text[..range.end], range.start).string().map_or(range.end, |inside| inside.end);
    Some(range.start + 1..end)
}

/// The text of the string literal at `range`; `None` for anything but a string.
pub(super) fn string<'t>(text: &'t [u8], range: &Range<usize>) -> Option<Cow<'t, str>> {
    let inside = &text[string_inside(text, range)?];
    if memchr::memchr(b'\\', inside).is_none() {
        return Some(
            std::str::from_utf8(inside).map_or_else(|_| String::from_utf8_lossy(inside), Cow::Borrowed),
        );
    }
    let mut plain = Vec::with_capacity(inside.len());
    unescape(inside, &mut plain);
    Some(Cow::Owned(String::from_utf8_lossy(&plain).into_owned()))
}

/// The number at `range`.
pub(super) fn number(text: &[u8], range: &Range<usize>) -> Option<f64> {
    std::str::from_utf8(&text[range.clone()]).ok()?.parse().ok()
}

/// The status of a row for that of a recorded answer: 0 says that the request failed.
pub(super) fn answer_status(recorded: Option<f64>) -> i16 {
    match recorded {
        Some(0.0) => -1,
        Some(status) => status as i16,
        None => 0,
    }
}

/// The method in upper case; POST when none was recorded.
pub(super) fn method(recorded: Option<Cow<'_, str>>) -> Cow<'_, str> {
    match recorded {
        Some(method) if method.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Cow::Owned(method.to_ascii_uppercase())
        }
        Some(method) => method,
        None => Cow::Borrowed("POST"),
    }
}

/// Adds a body that lies in the source as a JSON value: a string that holds it, or the thing itself.
/// Returns false when there is none.
pub(super) fn add_body(
    builder: &mut Builder<'_>,
    exchange: Option<ExchangeId>,
    value: &Range<usize>,
    sent: Sent,
) -> bool {
    let text = builder.bytes();
    let (range, kind) = match string_inside(text, value) {
        Some(inside) if sent.damaged => (damaged_inside(text, inside, sent.entry_end), BodyKind::Escaped),
        Some(inside) => (inside, BodyKind::Escaped),
        None if matches!(text.get(value.start), Some(b'{' | b'[')) => (value.clone(), BodyKind::Raw),
        None => return false,
    };
    if range.is_empty() {
        return false;
    }
    let body = Body::new(Span::new(range.start, range.end), kind);
    builder.body_of(exchange, body, EventFlags::default(), sent);
    true
}

/// Of a damaged entry the quote that seems to end the body may be the damage: then everything up to the end
/// of the entry is searched for events.
fn damaged_inside(text: &[u8], inside: Range<usize>, entry_end: usize) -> Range<usize> {
    let mut plain = Vec::with_capacity(inside.len());
    unescape(&text[inside.clone()], &mut plain);
    let whole = serde_json::from_slice::<serde::de::IgnoredAny>(&plain).is_ok();
    if whole { inside } else { inside.start..entry_end.max(inside.end) }
}

/// The headers that matter.
#[derive(Debug, Default)]
pub(super) struct Headers<'t> {
    pub(super) content_type: Option<Cow<'t, str>>,
    pub(super) content_length: Option<u64>,
    pub(super) content_encoding: Option<Cow<'t, str>>,
    pub(super) host: Option<Cow<'t, str>>,
    pub(super) location: Option<Cow<'t, str>>,
    allows_origin: bool,
    allows_content_type: bool,
}

impl<'t> Headers<'t> {
    /// Reads an array of `{name, value}` or `[name, value]`, or an object of `name: value`.
    ///
    /// # Errors
    /// The first fault.
    pub(super) fn read(text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<Self, Broken> {
        let mut headers = Self::default();
        match cursor.peek() {
            Some(b'{') => walk(text, cursor, |name, cursor| {
                let value = cursor.value()?;
                headers.add(text, name, &value);
                Ok(())
            })?,
            Some(b'[') => {
                cursor.expect(b'[', "expected an array")?;
                while !cursor.eat(b']') {
                    headers.read_pair(text, cursor)?;
                    cursor.eat(b',');
                }
            }
            _ => skip(cursor)?,
        }
        Ok(headers)
    }

    /// What these headers of an answer say of it.
    pub(super) fn answer_flags(&self) -> ExchangeFlags {
        if self.allows_origin && self.allows_content_type {
            ExchangeFlags::CORS_ALLOWED
        } else {
            ExchangeFlags::default()
        }
    }

    /// Reads `{"name": …, "value": …}` or `[name, value]`.
    fn read_pair(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        let mut name = None;
        let mut value = None;
        if cursor.peek() == Some(b'{') {
            walk(text, cursor, |key, cursor| {
                let range = cursor.value()?;
                match key {
                    b"name" => name = string_inside(text, &range),
                    b"value" => value = Some(range),
                    _ => {}
                }
                Ok(())
            })?;
        } else {
            let range = cursor.value()?;
            let mut items = json::parts(&text[range.clone()])
                .map(|item| range.start + item.value.start..range.start + item.value.end);
            name = items.next().and_then(|item| string_inside(text, &item));
            value = items.next();
        }
        if let (Some(name), Some(value)) = (name, value) {
            self.add(text, &text[name], &value);
        }
        Ok(())
    }

    fn add(&mut self, text: &'t [u8], name: &[u8], value: &Range<usize>) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match name.len() {
            4 if is("host") => self.host = string(text, value),
            8 if is("location") => self.location = string(text, value),
            10 if is(":authority") => self.host = string(text, value),
            12 if is("content-type") => self.content_type = string(text, value),
            14 if is("content-length") => {
                let written = string(text, value).and_then(|length| length.trim().parse().ok());
                self.content_length = written.or(number(text, value).map(|length| length as u64));
            }
            16 if is("content-encoding") => {
                if let Some(next) = string(text, value) {
                    self.content_encoding = Some(joined(self.content_encoding.take(), next));
                }
            }
            27 if is("access-control-allow-origin") => {
                self.allows_origin = string(text, value).is_some_and(|origin| !origin.trim().is_empty());
            }
            28 if is("access-control-allow-headers") => {
                self.allows_content_type =
                    string(text, value).is_some_and(|names| allows_content_type(&names));
            }
            _ => {}
        }
    }
}

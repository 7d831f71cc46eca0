//! Reading the members that matter of a recorded request, as HAR and request records keep them.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::escape::unescape;
use crate::model::json::{self, Cursor, Part};

/// The members of the object at `range` of `text`, with offsets in `text`.
pub(super) fn members(text: &[u8], range: Range<usize>) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    let from = range.start;
    json::parts(&text[range]).map(move |Part { key, value }| {
        (&text[from + key.start..from + key.end], from + value.start..from + value.end)
    })
}

/// The inside of the string literal at `range`, still escaped; `None` for anything but a string.
pub(super) fn string_inside(text: &[u8], range: &Range<usize>) -> Option<Range<usize>> {
    let literal = &text[range.clone()];
    let is_string = literal.len() >= 2 && literal[0] == b'"';
    is_string.then(|| range.start + 1..range.end - 1)
}

/// The text of the string literal at `range`; `None` for anything but a string.
pub(super) fn string<'t>(text: &'t [u8], range: &Range<usize>) -> Option<Cow<'t, str>> {
    let inside = &text[string_inside(text, range)?];
    if memchr::memchr(b'\\', inside).is_none() {
        return Some(String::from_utf8_lossy(inside));
    }
    let mut plain = Vec::with_capacity(inside.len());
    unescape(inside, &mut plain);
    Some(Cow::Owned(String::from_utf8_lossy(&plain).into_owned()))
}

/// The number at `range`.
pub(super) fn number(text: &[u8], range: &Range<usize>) -> Option<f64> {
    std::str::from_utf8(&text[range.clone()]).ok()?.parse().ok()
}

/// The headers that matter.
#[derive(Debug, Default)]
pub(super) struct Headers<'t> {
    pub(super) content_type: Option<Cow<'t, str>>,
    pub(super) content_length: Option<u64>,
    pub(super) content_encoding: Option<Cow<'t, str>>,
    pub(super) host: Option<Cow<'t, str>>,
    pub(super) location: Option<Cow<'t, str>>,
}

impl<'t> Headers<'t> {
    /// Reads an array of `{name, value}` or `[name, value]`, or an object of `name: value`.
    pub(super) fn read(text: &'t [u8], range: Range<usize>) -> Self {
        let mut headers = Self::default();
        if text.get(range.start) == Some(&b'{') {
            for (name, value) in members(text, range) {
                headers.add(text, name, &value);
            }
            return headers;
        }
        let mut cursor = Cursor::new(text, range.start + 1);
        while let Some((name, value)) = next_header(text, &mut cursor) {
            headers.add(text, &text[name], &value);
        }
        headers
    }

    fn add(&mut self, text: &'t [u8], name: &[u8], value: &Range<usize>) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match name.len() {
            4 if is("host") => self.host = string(text, value),
            8 if is("location") => self.location = string(text, value),
            10 if is(":authority") => self.host = string(text, value),
            12 if is("content-type") => self.content_type = string(text, value),
            14 if is("content-length") => {
                let length = string(text, value).map(|length| length.trim().parse());
                self.content_length = length.and_then(Result::ok).or(number(text, value).map(|n| n as u64));
            }
            16 if is("content-encoding") => self.content_encoding = string(text, value),
            _ => {}
        }
    }
}

/// The next name (inside of its literal) and value of an array of headers.
fn next_header(text: &[u8], cursor: &mut Cursor<'_>) -> Option<(Range<usize>, Range<usize>)> {
    loop {
        let part = cursor.part(false).ok()??;
        let mut name = None;
        let mut value = None;
        if text[part.value.start] == b'{' {
            for (key, range) in members(text, part.value) {
                match key {
                    b"name" => name = string_inside(text, &range),
                    b"value" => value = Some(range),
                    _ => {}
                }
            }
        } else {
            let mut pair = json::parts(&text[part.value.clone()])
                .map(|item| part.value.start + item.value.start..part.value.start + item.value.end);
            name = pair.next().and_then(|range| string_inside(text, &range));
            value = pair.next();
        }
        if let (Some(name), Some(value)) = (name, value) {
            return Some((name, value));
        }
    }
}

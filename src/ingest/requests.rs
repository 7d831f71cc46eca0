//! Request records: `{method, url, headers, body, response, arrival}`, as an array or as lines.
//!
//! `url` is enough to be one; `path` stands in for it. The body is text, or the JSON itself.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::capture::Format;
use crate::model::exchange::ExchangeFlags;
use crate::model::json::{Cursor, find_exact};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};
use crate::model::watch::Watch;

use super::bare::skipped;
use super::builder::{Builder, ExchangeFacts};
use super::elements::{self, Step};
use super::record::{Headers, members, number, string, string_inside};
use super::{chunks, text_start, time};

/// Reads request records.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let start = elements::skip_space(bytes, text_start(bytes));
    let in_array = match bytes.get(start)? {
        b'[' => true,
        b'{' => false,
        _ => return None,
    };
    let first = Cursor::new(bytes, start + usize::from(in_array)).value().ok()?;
    if !is_record(&bytes[first]) {
        return None;
    }
    if in_array {
        chunks::read_array(builder, start + 1, record_start, watch, read_step);
    } else {
        chunks::read_lines(builder, start, watch, read_line);
    }
    Some(Format::Requests)
}

/// True for an object with a URL and something of a request.
fn is_record(text: &[u8]) -> bool {
    let has = |pointer| find_exact(text, pointer).is_some();
    text.starts_with(b"{") && (has("/url") || has("/path")) && (has("/body") || has("/method"))
}

fn record_start(text: &[u8], from: usize) -> Option<usize> {
    elements::object_with(text, from, b"\"url\"")
}

fn read_step(builder: &mut Builder<'_>, step: Step) {
    match step {
        Step::Element(range) => read_record(builder, range, ExchangeFlags::default()),
        Step::Comma(range) => skipped(builder, range, "a comma too many or too few between two requests"),
        Step::Broken { range, what } => {
            skipped(builder, range.clone(), what);
            read_record(builder, range, ExchangeFlags::DAMAGED);
        }
    }
}

fn read_line(builder: &mut Builder<'_>, line: Range<usize>) {
    let bytes = builder.bytes();
    match Cursor::new(&bytes[..line.end], line.start).value() {
        Ok(range) if range == line => read_record(builder, line, ExchangeFlags::default()),
        Ok(_) => skipped(builder, line, "more than one value in the line"),
        Err(fault) => {
            skipped(builder, line.clone(), fault.what);
            read_record(builder, line, ExchangeFlags::DAMAGED);
        }
    }
}

/// Reads one record; of a damaged one what lies before the damage.
fn read_record(builder: &mut Builder<'_>, range: Range<usize>, flags: ExchangeFlags) {
    let text = builder.bytes();
    let entry = Body::new(Span::new(range.start, range.end), BodyKind::Raw);
    let mut facts = ExchangeFacts { entry, flags, ..ExchangeFacts::default() };
    let (mut method, mut url, mut path) = (None, None, None);
    let mut body = None;
    let mut headers = Headers::default();
    let mut location = None;
    for (key, value) in members(text, range) {
        match key {
            b"method" => method = string(text, &value),
            b"url" => url = string(text, &value),
            b"path" => path = string(text, &value),
            b"headers" => headers = Headers::read(text, value),
            b"body" => body = Some(value),
            b"arrivalMs" => {
                facts.received_at =
                    number(text, &value).and_then(time::received_at_number).or(facts.received_at);
            }
            b"arrival" if facts.received_at.is_none() => {
                facts.received_at = string(text, &value).and_then(|text| time::received_at(&text));
            }
            b"response" => location = read_response(text, value, &mut facts),
            _ => {}
        }
    }
    let Some(url) = url.or(path) else { return };
    let method = method.unwrap_or(Cow::Borrowed("POST")).to_ascii_uppercase();
    facts.method = &method;
    facts.url = &url;
    facts.host_header = headers.host.as_deref();
    facts.content_type = headers.content_type.as_deref();
    facts.location = location.as_deref();
    let exchange = builder.exchange(&facts);
    let n_sent = headers.content_length;
    match body.map(|value| (string_inside(text, &value), value)) {
        Some((Some(inside), _)) if !inside.is_empty() => {
            let body = Body::new(Span::new(inside.start, inside.end), BodyKind::Escaped);
            builder.body(Some(exchange), body, EventFlags::default());
        }
        Some((None, value)) if matches!(text[value.start], b'{' | b'[') => {
            let body = Body::new(Span::new(value.start, value.end), BodyKind::Raw);
            builder.body(Some(exchange), body, EventFlags::default());
        }
        _ => builder.no_body(exchange, n_sent),
    }
}

/// Reads status and headers of the answer and returns its `Location`.
fn read_response<'t>(
    text: &'t [u8],
    range: Range<usize>,
    facts: &mut ExchangeFacts<'_>,
) -> Option<Cow<'t, str>> {
    let mut location = None;
    for (key, value) in members(text, range) {
        match key {
            b"status" => facts.status = number(text, &value).unwrap_or_default() as i16,
            b"headers" => location = Headers::read(text, value).location,
            _ => {}
        }
    }
    location
}

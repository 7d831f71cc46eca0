//! Request records: `{method, url, headers, body, response, arrival}`, as an array or as lines.
//!
//! `url` is enough to be one; `path` stands in for it. The body is text, or the JSON itself.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::capture::Format;
use crate::model::clock::ReceivedAt;
use crate::model::exchange::ExchangeFlags;
use crate::model::json::{Broken, Cursor, find_exact};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind};
use crate::model::watch::Watch;

use super::bare::skipped;
use super::builder::{Builder, ExchangeFacts, Sent};
use super::chunks::ReadElement;
use super::elements;
use super::record::{self, Headers, add_body, number, salvage, string, walk};
use super::{chunks, text_start, time};

/// Reads request records.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let start = elements::skip_space(bytes, text_start(bytes));
    let in_array = bytes.get(start) == Some(&b'[');
    let first = Cursor::new(bytes, start + usize::from(in_array)).value().ok();
    if first.is_some_and(|first| is_record(&bytes[first])) {
        if in_array {
            chunks::read_array(builder, start + 1, &Records, watch);
        } else {
            chunks::read_lines(builder, start, watch, read_line);
        }
        return Some(Format::Requests);
    }
    // The first record may be damaged; the others tell.
    let first = damaged_record(bytes).then(|| record_start(bytes, start)).flatten()?;
    if first > start + 1 {
        skipped(builder, start..first, "the first record was searched for");
    }
    chunks::read_array(builder, first, &Records, watch);
    Some(Format::Requests)
}

/// True for an object with a URL and something of a request.
fn is_record(text: &[u8]) -> bool {
    let has = |pointer| find_exact(text, pointer).is_some();
    text.starts_with(b"{") && (has("/url") || has("/path")) && (has("/body") || has("/method"))
}

/// True for text that has records in it, with bodies that are events.
fn damaged_record(text: &[u8]) -> bool {
    let keys: [&[u8]; 4] = [b"\"url\"", b"\"method\"", b"\"body\"", b"{\\\""];
    keys.iter().all(|key| memchr::memmem::find(text, key).is_some())
}

fn record_start(text: &[u8], from: usize) -> Option<usize> {
    elements::object_with(text, from, b"\"url\"")
}

struct Records;

impl ReadElement for Records {
    fn find_start(&self, text: &[u8], from: usize) -> Option<usize> {
        record_start(text, from)
    }

    fn doubts_ends(&self) -> bool {
        true
    }

    fn read(&self, builder: &mut Builder<'_>, start: usize) -> Result<usize, Broken> {
        let text = builder.bytes();
        let mut cursor = Cursor::new(text, start);
        let mut record = Record::default();
        record.read(text, &mut cursor)?;
        record.add(builder, start..cursor.at());
        Ok(cursor.at())
    }

    fn read_damaged(&self, builder: &mut Builder<'_>, range: Range<usize>, what: &'static str) {
        let text = &builder.bytes()[..range.end];
        skipped(builder, range.clone(), what);
        let mut record = Record::default();
        // What stands before the fault, and what can be found behind it.
        record.read(text, &mut Cursor::new(text, range.start)).unwrap_or_default();
        record.salvage(text, range.clone());
        record.flags = record.flags.with(ExchangeFlags::DAMAGED);
        record.add(builder, range);
    }
}

fn read_line(builder: &mut Builder<'_>, line: Range<usize>) {
    let text = &builder.bytes()[..line.end];
    let mut cursor = Cursor::new(text, line.start);
    let mut record = Record::default();
    let what = match record.read(text, &mut cursor) {
        Ok(()) if cursor.at() == line.end => return record.add(builder, line),
        Ok(()) => "more than one value in the line",
        Err(fault) => fault.what,
    };
    Records.read_damaged(builder, line, what);
}

/// What was found in a record.
#[derive(Default)]
struct Record<'t> {
    received_at: Option<ReceivedAt>,
    method: Option<Cow<'t, str>>,
    url: Option<Cow<'t, str>>,
    path: Option<Cow<'t, str>>,
    headers: Headers<'t>,
    body: Option<Range<usize>>,
    status: i16,
    location: Option<Cow<'t, str>>,
    flags: ExchangeFlags,
}

impl<'t> Record<'t> {
    /// Of a member that stands there twice (two records grown together by damage) the first counts.
    fn read(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        walk(text, cursor, |key, cursor| {
            match (key, cursor.peek()) {
                (b"headers", _) => {
                    self.headers = Headers::read(text, cursor)?;
                    return Ok(());
                }
                (b"response", Some(b'{')) => return self.response(text, cursor),
                _ => {}
            }
            let value = cursor.value()?;
            match key {
                b"method" if self.method.is_none() => self.method = string(text, &value),
                b"url" if self.url.is_none() => self.url = string(text, &value),
                b"path" if self.path.is_none() => self.path = string(text, &value),
                b"body" if self.body.is_none() => self.body = Some(value),
                b"arrivalMs" => {
                    let at = number(text, &value).and_then(time::received_at_number);
                    self.received_at = at.or(self.received_at);
                }
                b"arrival" if self.received_at.is_none() => {
                    self.received_at = string(text, &value).and_then(|text| time::received_at(&text));
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn response(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        let mut status = None;
        walk(text, cursor, |key, cursor| {
            if key == b"headers" {
                let headers = Headers::read(text, cursor)?;
                self.flags = self.flags.with(headers.answer_flags());
                self.location = headers.location;
                return Ok(());
            }
            let value = cursor.value()?;
            if key == b"status" {
                status = number(text, &value);
            }
            Ok(())
        })?;
        self.status = record::answer_status(status);
        if status.is_none() {
            self.flags = self.flags.with(ExchangeFlags::ANSWER_UNREADABLE);
        }
        Ok(())
    }

    /// Looks for what is missing in a damaged record, wherever it stands.
    fn salvage(&mut self, text: &'t [u8], range: Range<usize>) {
        let find = |key: &[u8]| salvage(text, range.clone(), key);
        self.method = self.method.take().or_else(|| string(text, &find(b"\"method\"")?));
        self.url = self.url.take().or_else(|| string(text, &find(b"\"url\"")?));
        self.path = self.path.take().or_else(|| string(text, &find(b"\"path\"")?));
        self.body = self.body.take().or_else(|| find(b"\"body\""));
        self.location = self.location.take().or_else(|| string(text, &find(b"\"Location\"")?));
        if self.received_at.is_none() {
            let at = find(b"\"arrivalMs\"").and_then(|value| number(text, &value));
            self.received_at = at.and_then(time::received_at_number);
        }
        if self.status == 0 {
            let status = find(b"\"status\"").and_then(|value| number(text, &value));
            self.status = status.unwrap_or_default() as i16;
        }
    }

    /// Adds the request and its events.
    fn add(self, builder: &mut Builder<'_>, range: Range<usize>) {
        let damaged = self.flags.has(ExchangeFlags::DAMAGED);
        let sent = Sent { n_bytes: self.headers.content_length, damaged, entry_end: range.end };
        let Some(url) = self.url.or(self.path) else {
            if !damaged {
                skipped(builder, range, "the record has no URL");
            }
            if let Some(value) = &self.body {
                add_body(builder, None, value, sent);
            }
            return;
        };
        let exchange = builder.exchange(&ExchangeFacts {
            entry: Body::new(Span::new(range.start, range.end), BodyKind::Raw),
            parts: None,
            method: &record::method(self.method),
            url: &url,
            host_header: self.headers.host.as_deref(),
            content_type: self.headers.content_type.as_deref(),
            received_at: self.received_at,
            answered_after_millis: None,
            status: self.status,
            location: self.location.as_deref(),
            flags: self.flags,
        });
        if !self.body.is_some_and(|value| add_body(builder, Some(exchange), &value, sent)) {
            builder.no_body(exchange, self.headers.content_length);
        }
    }
}

//! HTTP Archive 1.2, from every producer.
//!
//! Producers differ in where the body lies: `postData.text` (most), the same in base64, or one entry of
//! `postData.params` per member of the JSON body. Content types are not looked at: v1 JSON travels as
//! text, as a form and without a type. Entries need not be in order of time.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::capture::Format;
use crate::model::clock::ReceivedAt;
use crate::model::exchange::ExchangeFlags;
use crate::model::fault;
use crate::model::id::ExchangeId;
use crate::model::json::{Broken, Cursor};
use crate::model::note::{IngestNote, NoteKind};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};
use crate::model::watch::Watch;

use super::bare::skipped;
use super::builder::{Builder, ExchangeFacts, Sent};
use super::chunks::ReadElement;
use super::elements;
use super::record::{self, Headers, number, salvage, string, walk};
use super::{chunks, post_params, text_start, time, unpack};

/// Reads an archive.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let start = elements::skip_space(bytes, text_start(bytes));
    let first_entry = match entries(bytes, start) {
        Some(at) => at,
        None => first_entry_of_damaged(builder, start)?,
    };
    chunks::read_array(builder, first_entry, &Entries, watch);
    Some(Format::Har)
}

/// Behind the bracket of `log.entries`.
fn entries(bytes: &[u8], start: usize) -> Option<usize> {
    let mut cursor = Cursor::new(bytes, start);
    enter(&mut cursor, bytes, b"log")?;
    enter(&mut cursor, bytes, b"entries")?;
    cursor.eat(b'[').then(|| cursor.at())
}

/// Steps into the object that comes next, to the value of `name`.
fn enter(cursor: &mut Cursor<'_>, bytes: &[u8], name: &[u8]) -> Option<()> {
    if !cursor.eat(b'{') {
        return None;
    }
    loop {
        let key = cursor.key().ok()?;
        if &bytes[key] == name {
            return cursor.peek().map(|_| ());
        }
        cursor.value().ok()?;
        if !cursor.eat(b',') {
            return None;
        }
    }
}

/// Where the entries of an archive begin whose head cannot be read.
fn first_entry_of_damaged(builder: &mut Builder<'_>, start: usize) -> Option<usize> {
    let bytes = builder.bytes();
    memchr::memmem::find(bytes, b"\"request\"")?;
    let mut at = entry_start(bytes, start)?;
    // Pages have a time as well, but no request.
    if let Some(entries) = memchr::memmem::find(bytes, b"\"entries\"") {
        at = entry_start(bytes, entries)?;
    }
    let message = "the head of the archive could not be read; its entries were searched for";
    builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(start as u64)));
    Some(at)
}

fn entry_start(text: &[u8], from: usize) -> Option<usize> {
    elements::object_with(text, from, b"\"startedDateTime\"")
}

struct Entries;

impl ReadElement for Entries {
    fn find_start(&self, text: &[u8], from: usize) -> Option<usize> {
        entry_start(text, from)
    }

    fn doubts_ends(&self) -> bool {
        true
    }

    fn read(&self, builder: &mut Builder<'_>, start: usize) -> Result<usize, Broken> {
        let text = builder.bytes();
        let mut cursor = Cursor::new(text, start);
        let mut entry = Entry::default();
        entry.read(text, &mut cursor)?;
        entry.add(builder, start..cursor.at());
        Ok(cursor.at())
    }

    fn read_damaged(&self, builder: &mut Builder<'_>, range: Range<usize>, what: &'static str) {
        let text = &builder.bytes()[..range.end];
        skipped(builder, range.clone(), what);
        let mut entry = Entry::default();
        // What stands before the fault, and what can be found behind it.
        entry.read(text, &mut Cursor::new(text, range.start)).unwrap_or_default();
        entry.salvage(text, range.clone());
        entry.flags = entry.flags.with(ExchangeFlags::DAMAGED);
        entry.add(builder, range);
    }
}

/// What was found in an entry.
#[derive(Default)]
struct Entry<'t> {
    received_at: Option<ReceivedAt>,
    answered_after_millis: Option<i32>,
    method: Option<Cow<'t, str>>,
    url: Option<Cow<'t, str>>,
    headers: Headers<'t>,
    body_size: Option<u64>,
    post: Post<'t>,
    status: i16,
    location: Option<Cow<'t, str>>,
    /// What our collector injected.
    fault: Option<Cow<'t, str>>,
    flags: ExchangeFlags,
}

/// What was found in `postData`.
#[derive(Default)]
struct Post<'t> {
    text: Option<Range<usize>>,
    params: Option<Range<usize>>,
    encoding: Option<Cow<'t, str>>,
}

impl<'t> Entry<'t> {
    /// Of a member that stands there twice (two entries grown together by damage) the first counts.
    fn read(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        walk(text, cursor, |key, cursor| {
            match (key, cursor.peek()) {
                (b"request", Some(b'{')) => return self.request(text, cursor),
                (b"response", Some(b'{')) => return self.response(text, cursor),
                _ => {}
            }
            let value = cursor.value()?;
            match key {
                b"startedDateTime" if self.received_at.is_none() => self.start(text, &value),
                b"time" => self.answered_after_millis = duration(text, &value),
                b"_fault" => self.fault = string(text, &value),
                b"_failure" => self.flags = self.flags.with(ExchangeFlags::COLLECTOR_FAILED),
                b"response" => self.flags = self.flags.with(ExchangeFlags::ANSWER_UNREADABLE),
                _ => {}
            }
            Ok(())
        })
    }

    fn start(&mut self, text: &[u8], value: &Range<usize>) {
        let at = string(text, value).and_then(|text| time::received_at(&text));
        // Archives have to say something, also where nothing was recorded.
        self.received_at = at.filter(|at| at.0 != 0);
    }

    fn request(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        walk(text, cursor, |key, cursor| {
            match (key, cursor.peek()) {
                (b"headers", _) => {
                    self.headers = Headers::read(text, cursor)?;
                    return Ok(());
                }
                (b"postData", Some(b'{')) => return self.post.read(text, cursor),
                _ => {}
            }
            let value = cursor.value()?;
            match key {
                b"method" if self.method.is_none() => self.method = string(text, &value),
                b"url" if self.url.is_none() => self.url = string(text, &value),
                b"bodySize" => self.body_size = size(text, &value),
                _ => {}
            }
            Ok(())
        })
    }

    fn response(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        let mut redirect = None;
        let mut status = None;
        walk(text, cursor, |key, cursor| {
            if key == b"headers" {
                let headers = Headers::read(text, cursor)?;
                self.flags = self.flags.with(headers.answer_flags());
                self.location = headers.location;
                return Ok(());
            }
            let value = cursor.value()?;
            match key {
                b"status" => status = number(text, &value),
                b"redirectURL" => redirect = string(text, &value).filter(|url| !url.is_empty()),
                _ => {}
            }
            Ok(())
        })?;
        self.location = self.location.take().or(redirect);
        self.status = record::answer_status(status);
        if status.is_none() {
            self.flags = self.flags.with(ExchangeFlags::ANSWER_UNREADABLE);
        }
        Ok(())
    }

    /// Looks for what is missing in a damaged entry, wherever it stands.
    fn salvage(&mut self, text: &'t [u8], range: Range<usize>) {
        let find = |key: &[u8]| salvage(text, range.clone(), key);
        if self.received_at.is_none()
            && let Some(value) = find(b"\"startedDateTime\"")
        {
            self.start(text, &value);
        }
        self.method = self.method.take().or_else(|| string(text, &find(b"\"method\"")?));
        self.url = self.url.take().or_else(|| string(text, &find(b"\"url\"")?));
        let post = find(b"\"postData\"");
        if self.post.text.is_none() {
            self.post.text = post.clone().and_then(|post| salvage(text, post, b"\"text\""));
        }
        if self.post.params.is_none() {
            self.post.params = post.and_then(|post| salvage(text, post, b"\"params\""));
        }
        if self.status == 0 {
            let status = find(b"\"status\"").and_then(|value| number(text, &value));
            self.status = status.unwrap_or_default() as i16;
        }
        if self.location.is_none() {
            let redirect = find(b"\"redirectURL\"").and_then(|value| string(text, &value));
            self.location = redirect.filter(|url| !url.is_empty());
        }
    }

    /// Adds the request and its events.
    fn add(self, builder: &mut Builder<'_>, range: Range<usize>) {
        let damaged = self.flags.has(ExchangeFlags::DAMAGED);
        let sent = Sent { n_bytes: self.headers.content_length, damaged, entry_end: range.end };
        let Some(url) = &self.url else {
            if !damaged {
                skipped(builder, range, "the entry has no URL");
            }
            if let Some(value) = &self.post.text {
                record::add_body(builder, None, value, sent);
            }
            return;
        };
        let exchange = builder.exchange(&ExchangeFacts {
            entry: Body::new(Span::new(range.start, range.end), BodyKind::Raw),
            parts: None,
            method: &record::method(self.method),
            url,
            host_header: self.headers.host.as_deref(),
            content_type: self.headers.content_type.as_deref(),
            received_at: self.received_at,
            answered_after_millis: self.answered_after_millis,
            status: self.status,
            location: self.location.as_deref(),
            flags: self
                .fault
                .as_ref()
                .map_or(self.flags, |mark| self.flags.with(fault::flags(mark, self.status))),
        });
        let encoding = self.headers.content_encoding.as_deref();
        if !self.post.add(builder, exchange, encoding, sent) {
            builder.no_body(exchange, self.headers.content_length.or(self.body_size));
        }
    }
}

impl<'t> Post<'t> {
    fn read(&mut self, text: &'t [u8], cursor: &mut Cursor<'t>) -> Result<(), Broken> {
        walk(text, cursor, |key, cursor| {
            let value = cursor.value()?;
            match key {
                b"text" if self.text.is_none() => self.text = Some(value),
                b"params" if self.params.is_none() => self.params = Some(value),
                b"encoding" => {
                    self.encoding = string(text, &value).filter(|name| name.eq_ignore_ascii_case("base64"));
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// Adds the events of the body. Returns false when there is none.
    fn add(
        &self,
        builder: &mut Builder<'_>,
        exchange: ExchangeId,
        encoding: Option<&str>,
        sent: Sent,
    ) -> bool {
        if let (Some(value), Some(_)) = (&self.text, &self.encoding) {
            match unpack::base64_literal(builder, value, encoding) {
                Ok(body) => builder.body_of(Some(exchange), body, EventFlags::default(), Sent::default()),
                Err(why) => builder.body_lost(exchange, &why),
            }
            return true;
        }
        let text =
            self.text.as_ref().is_some_and(|value| record::add_body(builder, Some(exchange), value, sent));
        text || self.params.as_ref().is_some_and(|params| post_params::add_body(builder, exchange, params))
    }
}

/// Milliseconds; `None` when not known (-1).
fn duration(text: &[u8], value: &Range<usize>) -> Option<i32> {
    number(text, value).filter(|millis| *millis >= 0.0).map(|millis| millis as i32)
}

/// A number of bytes; `None` when not known (-1) or nothing.
fn size(text: &[u8], value: &Range<usize>) -> Option<u64> {
    number(text, value).filter(|size| *size > 0.0).map(|size| size as u64)
}

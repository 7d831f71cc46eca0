//! Any text with traffic in it: raw HTTP, loose JSON, Markdown, logs.
//!
//! One pass from line to line. A request line opens a request, the next value that could be its body is its body, a
//! status line answers it; a value that is an event, or an array of events, and belongs to no request is bare.

use std::ops::Range;

use crate::model::capture::Format;
use crate::model::escape::unescape;
use crate::model::exchange::{ExchangeFlags, Part, Parts};
use crate::model::json;
use crate::model::note::{IngestNote, NoteKind};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};
use crate::model::watch::Watch;

use super::builder::{Builder, ExchangeFacts};
use super::loose_body::{self, Place};
use super::loose_json::{self, Loose};
use super::raw_http::{self, Headers, RequestLine};
use super::{bare, elements, text_start};

/// Reads a text of any kind.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let text = builder.bytes();
    let first_note = builder.rows.notes.len();
    let mut scanner = Scanner {
        text,
        landmarks: landmarks(text, watch),
        next_landmark: 0,
        names: memchr::memmem::find_iter(text, b"eventType").collect(),
        next_name: 0,
        budget: text.len().saturating_mul(MAX_PASSES).max(1),
        pending: None,
        format: None,
        builder,
    };
    scanner.scan(watch);
    let format = scanner.format;
    if format.is_none() {
        builder.rows.notes.truncate(first_note);
    }
    format
}

/// True for anything but JSON, whole or damaged: it does not begin with a JSON value, or the key `eventType` stands
/// somewhere without double quotes.
#[must_use]
pub fn is_text(bytes: &[u8]) -> bool {
    let start = elements::skip_space(bytes, text_start(bytes));
    if !matches!(bytes.get(start), Some(b'{' | b'[')) {
        return true;
    }
    let first = json::Cursor::new(bytes, start).value();
    let after = first.map(|range| bytes.get(elements::skip_space(bytes, range.end)));
    let goes_on = matches!(after, Ok(Some(byte)) if !matches!(byte, b'{' | b'[' | b'"' | b','));
    let mut names = memchr::memmem::find_iter(bytes, b"eventType");
    let is_loose_key = |at: usize| {
        let after = &bytes[at + b"eventType".len()..];
        let after = after.strip_prefix(b"'").unwrap_or(after).trim_ascii_start();
        bytes[at - 1] != b'"' && matches!(after.first(), Some(b':' | b'='))
    };
    goes_on || names.any(is_loose_key)
}

/// Values that turn out to be none may cost so many passes over the text in all.
const MAX_PASSES: usize = 16;
/// A value is tried only if the name `eventType` follows within so many bytes.
const MAX_BEFORE_NAME: usize = 64 << 10;
/// A body begins at most so many lines after the headers of its request.
const MAX_LINES_TO_BODY: usize = 6;

/// A line that means something by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Request(RequestLine),
    Status(u16),
    /// The end of a code block of Markdown.
    BlockEnd,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Landmark {
    mark: Mark,
    /// The line, with its line end.
    line: Range<usize>,
}

/// All landmarks of the text, in order.
fn landmarks(text: &[u8], watch: &dyn Watch) -> Vec<Landmark> {
    let mut found = Vec::new();
    let mut in_block = false;
    let mut start = text_start(text);
    let mut n_lines = 0_u64;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |step| start + step + 1);
        let line = start..end;
        start = end;
        n_lines += 1;
        if n_lines.is_multiple_of(65_536) && watch.cancelled() {
            break;
        }
        let trimmed = text[line.clone()].trim_ascii_start();
        let mark = match trimmed.first() {
            Some(b'`' | b'~') if trimmed.starts_with(b"```") || trimmed.starts_with(b"~~~") => {
                in_block = !in_block;
                (!in_block).then_some(Mark::BlockEnd)
            }
            Some(b'A'..=b'Z' | b'>' | b'<') => raw_http::request_line(text, line.clone())
                .map(Mark::Request)
                .or_else(|| raw_http::status_line(text, line.clone()).map(Mark::Status)),
            _ => None,
        };
        found.extend(mark.map(|mark| Landmark { mark, line }));
    }
    found
}

/// A request that waits for its body and its answer.
#[derive(Debug)]
struct Pending {
    line: RequestLine,
    headers: Headers,
    /// Its bytes up to now.
    range: Range<usize>,
    body: Option<Value>,
    answer: Option<Answer>,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Headers,
    body: Range<usize>,
}

/// A value of the text.
#[derive(Debug)]
enum Value {
    /// Read in place.
    Strict(Range<usize>),
    /// The inside of a string literal, read in place.
    Escaped(Range<usize>),
    /// Made strict.
    Loose(Loose, Range<usize>),
    /// No JSON, but as long as the headers say.
    Other(Range<usize>),
}

impl Value {
    fn range(&self) -> &Range<usize> {
        match self {
            Value::Strict(range) | Value::Escaped(range) | Value::Loose(_, range) | Value::Other(range) => {
                range
            }
        }
    }
}

struct Scanner<'b, 'a> {
    text: &'a [u8],
    builder: &'b mut Builder<'a>,
    landmarks: Vec<Landmark>,
    next_landmark: usize,
    /// Places of the name `eventType`.
    names: Vec<usize>,
    next_name: usize,
    /// Bytes that may still be read in vain.
    budget: usize,
    pending: Option<Pending>,
    format: Option<Format>,
}

impl Scanner<'_, '_> {
    fn scan(&mut self, watch: &dyn Watch) {
        let mut at = text_start(self.text);
        while at < self.text.len() && !watch.cancelled() {
            watch.progress(at as u64, self.text.len() as u64);
            let limit = self.limit(at);
            if self.budget == 0 {
                let message = "too much of the text looks like JSON and is none; the rest was not searched";
                self.builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(at as u64)));
                break;
            }
            match self.next_value(at, limit) {
                Some(value) => {
                    at = value.range().end;
                    self.take(value);
                }
                None => at = self.pass_landmark(limit),
            }
        }
        self.flush();
    }

    /// Where the next landmark after `at` begins.
    fn limit(&mut self, at: usize) -> usize {
        while self.landmarks.get(self.next_landmark).is_some_and(|mark| mark.line.start < at) {
            self.next_landmark += 1;
        }
        self.landmarks.get(self.next_landmark).map_or(self.text.len(), |mark| mark.line.start)
    }

    /// Does what the landmark at `limit` says and returns where to go on.
    fn pass_landmark(&mut self, limit: usize) -> usize {
        let Some(landmark) = self.landmarks.get(self.next_landmark).cloned() else { return self.text.len() };
        self.next_landmark += 1;
        let end = landmark.line.end;
        let next_limit =
            self.landmarks.get(self.next_landmark).map_or(self.text.len(), |mark| mark.line.start);
        match landmark.mark {
            Mark::BlockEnd => end,
            Mark::Request(line) => {
                self.flush();
                let headers = raw_http::headers(self.text, end, next_limit);
                let at = headers.end;
                self.pending = Some(Pending {
                    line,
                    range: limit..headers.range.end,
                    headers,
                    body: None,
                    answer: None,
                });
                self.other_body(at, next_limit).unwrap_or(at)
            }
            Mark::Status(status) => {
                let headers = raw_http::headers(self.text, end, next_limit);
                self.answer(status, headers, next_limit)
            }
        }
    }

    /// A body that is no JSON: as long as `Content-Length` says. Returns where it ends.
    fn other_body(&mut self, at: usize, limit: usize) -> Option<usize> {
        let pending = self.pending.as_mut()?;
        let length = usize::try_from(pending.headers.content_length?).ok()?;
        let start = elements::skip_space(self.text, at);
        let end = at.saturating_add(length).min(limit);
        if start >= end || matches!(self.text[start], b'{' | b'[') {
            return None;
        }
        pending.body = Some(Value::Other(at..end));
        Some(end)
    }

    /// The answer to the request before it; one without a request is passed.
    fn answer(&mut self, status: u16, headers: Headers, limit: usize) -> usize {
        let at = headers.end;
        let Some(pending) = self.pending.as_mut() else { return at };
        let start = elements::skip_space(self.text, at).min(limit);
        let value = match self.text.get(start) {
            Some(b'{' | b'[') if !is_bare(&self.text[start..limit]) => {
                json::Cursor::new(&self.text[..limit], start).value().ok()
            }
            _ => None,
        };
        let body = value.unwrap_or(at..at);
        let end = body.end;
        pending.range.end = if body.is_empty() { headers.range.end } else { end };
        pending.answer = Some(Answer { status, headers, body });
        end
    }

    /// The next value between `at` and `limit` that is a body or holds events.
    fn next_value(&mut self, mut at: usize, limit: usize) -> Option<Value> {
        if let Some(start) = self.body_start(at, limit) {
            // What stands in the place of a body is one, readable or not.
            let body = self.value_at(start, limit);
            return Some(body.unwrap_or_else(|| Value::Other(start..self.paragraph_end(start, limit))));
        }
        while self.budget > 0 {
            let start = self.candidate(at, limit)?;
            match self.value_at(start, limit) {
                Some(value) if self.holds_events(&value) => return Some(value),
                Some(Value::Loose(loose, _)) if loose.is_cut => self.note_unreadable(start, limit),
                Some(_) => {}
                None => self.note_unreadable(start, limit),
            }
            at = start + 1;
        }
        None
    }

    /// The blank line after `start`, or `limit`.
    fn paragraph_end(&self, start: usize, limit: usize) -> usize {
        let mut at = start;
        while let Some(step) = memchr::memchr(b'\n', &self.text[at..limit]) {
            let next = at + step + 1;
            let line = &self.text[next..limit];
            if line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) == Some(&b'\n') {
                return at + step;
            }
            at = next;
        }
        limit
    }

    /// Says that something begins like an event and is none that could be read.
    fn note_unreadable(&mut self, start: usize, limit: usize) {
        let inside = elements::skip_space(self.text, start + 1).min(limit);
        let rest = &self.text[inside..limit];
        let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        if rest.starts_with(b"eventType") || rest.starts_with(b"playerTime") {
            let message = "what begins like an event here could not be read";
            self.builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(start as u64)));
        }
    }

    /// Where the body of the pending request begins, if it begins right here.
    fn body_start(&self, at: usize, limit: usize) -> Option<usize> {
        let pending = self.pending.as_ref()?;
        if pending.body.is_some() || pending.answer.is_some() || at != pending.headers.end {
            return None;
        }
        let start = elements::skip_space(self.text, at);
        (start < limit && matches!(self.text[start], b'{' | b'[')).then_some(start)
    }

    /// The next bracket that could begin an event, an array of them, or something around them.
    fn candidate(&mut self, mut at: usize, limit: usize) -> Option<usize> {
        loop {
            while *self.names.get(self.next_name)? < at {
                self.next_name += 1;
            }
            let name = self.names[self.next_name];
            at = at.max(name.saturating_sub(MAX_BEFORE_NAME));
            if name >= limit {
                return None;
            }
            let step = memchr::memchr2(b'{', b'[', &self.text[at..name]);
            match step {
                Some(step) if self.is_plausible(at + step, limit) => return Some(at + step),
                Some(step) => at += step + 1,
                None => at = name + 1,
            }
        }
    }

    /// True when what follows the bracket can be JSON of some kind.
    fn is_plausible(&self, start: usize, limit: usize) -> bool {
        let inside = elements::skip_space(self.text, start + 1).min(limit);
        let rest = &self.text[inside..limit];
        let Some(first) = rest.first() else { return false };
        match self.text[start] {
            b'[' => matches!(first, b'{' | b'[' | b'/' | b'.' | b'#' | b'>'),
            _ => {
                let quotes = b"\"'`\\./#}>,$_{";
                first.is_ascii_alphabetic() || quotes.contains(first) || *first >= 0x80
            }
        }
    }

    /// The value that begins with the bracket at `start`.
    fn value_at(&mut self, start: usize, limit: usize) -> Option<Value> {
        let text = &self.text[..limit];
        if text.get(start + 1) == Some(&b'\\') {
            return self.escaped_at(start, limit);
        }
        match json::Cursor::new(text, start).value() {
            Ok(range) if is_json(&text[range.clone()]) => {
                self.spend(range.len());
                return Some(Value::Strict(range));
            }
            Ok(range) => self.spend(range.len()),
            Err(fault) => self.spend(fault.at - start),
        }
        let loose = loose_json::read(text, start, &mut self.budget).ok()?;
        self.spend(loose.end - start);
        let range = start..loose.end;
        Some(Value::Loose(loose, range))
    }

    fn spend(&mut self, n_bytes: usize) {
        self.budget = self.budget.saturating_sub(n_bytes + 1);
    }

    /// A value inside a string literal that begins right before `start`.
    fn escaped_at(&mut self, start: usize, limit: usize) -> Option<Value> {
        let quote = start.checked_sub(1).filter(|at| self.text[*at] == b'"')?;
        let inside = json::Cursor::new(&self.text[..limit], quote).string().ok()?;
        self.spend(inside.len());
        Some(Value::Escaped(inside))
    }

    fn holds_events(&self, value: &Value) -> bool {
        match value {
            Value::Strict(range) => is_bare(&self.text[range.clone()]),
            Value::Loose(loose, _) => is_bare(&loose.strict),
            Value::Escaped(range) => {
                let mut plain = Vec::with_capacity(range.len());
                unescape(&self.text[range.clone()], &mut plain);
                is_bare(&plain)
            }
            Value::Other(_) => false,
        }
    }

    /// Takes a value as the body of the pending request, or as bare events.
    fn take(&mut self, value: Value) {
        let text = self.text;
        if let Some(pending) = &mut self.pending
            && pending.body.is_none()
            && pending.answer.is_none()
        {
            let between = &text[pending.headers.end..value.range().start];
            if memchr::memchr_iter(b'\n', between).count() <= MAX_LINES_TO_BODY {
                pending.range.end = value.range().end;
                pending.body = Some(value);
                return;
            }
        }
        self.flush();
        self.format.get_or_insert(Format::LooseJson);
        self.add_bare(value);
    }

    fn add_bare(&mut self, value: Value) {
        let is_array = self.text.get(value.range().start) == Some(&b'[');
        if is_array {
            self.builder.split();
        }
        match value {
            Value::Strict(range) if is_array => {
                for part in json::parts(&self.text[range.clone()]) {
                    let element = range.start + part.value.start..range.start + part.value.end;
                    self.builder.bare_event(element, EventFlags::default());
                }
            }
            Value::Strict(range) => self.builder.bare_event(range, EventFlags::default()),
            Value::Escaped(range) => {
                let body = Body::new(Span::new(range.start, range.end), BodyKind::Escaped);
                self.builder.body(None, body, EventFlags::default());
            }
            Value::Loose(loose, range) => {
                if note_losses(self.builder, &loose, &range) {
                    loose_body::add(self.builder, None, loose, range, Place::InSource);
                }
            }
            Value::Other(_) => {}
        }
        if is_array {
            self.builder.split();
        }
    }

    /// Puts the pending request into the tables.
    fn flush(&mut self) {
        let Some(pending) = self.pending.take() else { return };
        self.format = Some(Format::RawHttp);
        let lossy = |range: &Range<usize>| String::from_utf8_lossy(&self.text[range.clone()]);
        let optional = |range: &Option<Range<usize>>| range.as_ref().map(lossy);
        let entry = pending.range.clone();
        let part = |range: &Range<usize>| Part {
            offset: Span::new(entry.start, range.start).len,
            len: Span::new(range.start, range.end).len,
        };
        let method = lossy(&pending.line.method);
        let url = lossy(&pending.line.target);
        let host = optional(&pending.headers.host);
        let content_type = optional(&pending.headers.content_type);
        let location = pending.answer.as_ref().and_then(|answer| optional(&answer.headers.location));
        let answer = pending.answer.as_ref();
        let facts = ExchangeFacts {
            entry: Body::new(Span::new(entry.start, entry.end), BodyKind::Raw),
            parts: Some(Parts {
                url: part(&pending.line.target),
                request_headers: part(&pending.headers.range),
                answer_headers: answer.map_or(Part::default(), |answer| part(&answer.headers.range)),
                answer_body: answer.map_or(Part::default(), |answer| part(&answer.body)),
            }),
            method: &method,
            url: &url,
            host_header: host.as_deref(),
            content_type: content_type.as_deref(),
            received_at: None,
            answered_after_millis: None,
            status: answer.map_or(0, |answer| answer.status as i16),
            location: location.as_deref(),
            flags: ExchangeFlags::default(),
        };
        let exchange = self.builder.exchange(&facts);
        match pending.body {
            None => self.builder.no_body(exchange, pending.headers.content_length),
            Some(Value::Strict(range) | Value::Other(range)) => {
                let body = Body::new(Span::new(range.start, range.end), BodyKind::Raw);
                self.builder.body(Some(exchange), body, EventFlags::default());
            }
            Some(Value::Escaped(range)) => {
                let body = Body::new(Span::new(range.start, range.end), BodyKind::Escaped);
                self.builder.body(Some(exchange), body, EventFlags::default());
            }
            Some(Value::Loose(loose, range)) => {
                if note_losses(self.builder, &loose, &range) {
                    loose_body::add(self.builder, Some(exchange), loose, range, Place::InSource);
                } else {
                    self.builder.no_body(exchange, pending.headers.content_length);
                }
            }
        }
    }
}

/// Says what of a value could not be read. False when nothing whole is left of it.
fn note_losses(builder: &mut Builder<'_>, loose: &Loose, range: &Range<usize>) -> bool {
    for damaged in &loose.damaged {
        bare::skipped(builder, damaged.clone(), "this element of the array could not be read");
    }
    if !loose.is_cut {
        return true;
    }
    let start = loose.cut_element.unwrap_or(range.start);
    let is_array = loose.strict.first() == Some(&b'[');
    if !is_array || loose.cut_element.is_some() {
        bare::skipped(builder, start..range.end, "the text ends inside this event");
    } else {
        bare::skipped(builder, range.end..range.end, "the text ends inside this array");
    }
    is_array
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// True for an event, or an array that holds one.
fn is_bare(text: &[u8]) -> bool {
    let is_event = |text: &[u8]| {
        let has = |name| json::find_exact(text, name).is_some();
        text.first() == Some(&b'{') && has("/eventType") && has("/playerTime")
    };
    match text.first() {
        Some(b'{') => is_event(text),
        Some(b'[') => json::parts(text).any(|part| is_event(&text[part.value])),
        _ => false,
    }
}

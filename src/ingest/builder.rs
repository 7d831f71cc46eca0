//! The one sink of all readers: requests and bodies go in, rows come out.
//!
//! A reader of a big file fills a builder per chunk and appends them in order.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::model::capture::{Capture, Extent, Format};
use crate::model::clock::ReceivedAt;
use crate::model::escape::unescape;
use crate::model::event_table::Rest;
use crate::model::exchange::{Endpoint, ExchangeFlags, ExchangeRow, NO_RECEIVED_AT, Parts};
use crate::model::id::{EventId, ExchangeId};
use crate::model::json::{Broken, Cursor};
use crate::model::note::{IngestNote, NoteKind};
use crate::model::shape::{Shape, ShapeTable};
use crate::model::source::{Arena, Span};
use crate::model::table::{Body, BodyKind, EventFlags, NO_ROW};

use super::payload::Notes;
use super::sink::{Lead, Sink};
use super::skeleton::Skeletons;
use super::{elements, endpoint};

/// What a reader knows of one request. Text is unescaped.
#[derive(Debug, Clone, Default)]
pub struct ExchangeFacts<'f> {
    /// The whole entry.
    pub entry: Body,
    /// Where its parts lie, when the entry is no JSON of a form that [`Format::pointers`] knows.
    pub parts: Option<Parts>,
    /// The method; empty when not recorded.
    pub method: &'f str,
    /// The URL, absolute or a path.
    pub url: &'f str,
    /// The `Host` header, for a URL that is a path alone.
    pub host_header: Option<&'f str>,
    /// The request's content type.
    pub content_type: Option<&'f str>,
    /// When it arrived.
    pub received_at: Option<ReceivedAt>,
    /// From the request to its answer, milliseconds.
    pub answered_after_millis: Option<i32>,
    /// The answer's status; 0 without an answer, negative when the recorder says that it failed.
    pub status: i16,
    /// The answer's `Location`.
    pub location: Option<&'f str>,
    /// What was met while reading.
    pub flags: ExchangeFlags,
}

/// What a reader knows of an answer that lies in an entry of its own.
#[derive(Debug, Clone, Default)]
pub struct AnswerFacts<'f> {
    /// Where it begins in the source.
    pub start: usize,
    /// When it went out.
    pub at: Option<ReceivedAt>,
    /// Its status; negative when nothing was answered.
    pub status: i16,
    /// Its `Location`.
    pub location: Option<Cow<'f, str>>,
    /// What was met while reading.
    pub flags: ExchangeFlags,
}

/// What is known of how much of a body the capture has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent {
    /// How many bytes were sent, by `Content-Length`.
    pub n_bytes: Option<u64>,
    /// The capture is damaged here: what cannot be read is no fault of the sender.
    pub damaged: bool,
    /// Where the entry ends in the source; a damaged body may go on until there.
    pub entry_end: usize,
}

/// Collects rows.
#[derive(Debug)]
pub struct Builder<'a> {
    bytes: &'a [u8],
    pub(super) rows: Capture,
    scratch: Scratch,
}

/// Buffers that are used again and again.
#[derive(Debug, Default)]
struct Scratch {
    text: Vec<u8>,
    notes: Notes,
    skeletons: Skeletons,
    targets: FxHashMap<Box<str>, Target>,
}

/// What a URL says, by interned names.
#[derive(Debug, Clone, Copy)]
struct Target {
    endpoint: Endpoint,
    host: Option<u32>,
    sid: u32,
}

/// So many URLs are remembered, of at most so many bytes.
const MOST_KNOWN_URLS: usize = 1024;
const LONGEST_KNOWN_URL: usize = 512;

impl<'a> Builder<'a> {
    /// An empty one over the bytes of a source.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, rows: Capture::default(), scratch: Scratch::default() }
    }

    /// The bytes of the source.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where decoded text goes.
    pub fn arena(&mut self) -> &mut Arena {
        &mut self.rows.arena
    }

    /// Number of events so far.
    #[must_use]
    pub fn n_events(&self) -> usize {
        self.rows.events.len()
    }

    /// Number of requests so far, those of other traffic too.
    #[must_use]
    pub fn n_exchanges(&self) -> usize {
        self.rows.exchanges.len()
    }

    /// Adds a remark.
    pub fn note(&mut self, note: IngestNote) {
        self.rows.notes.push(note);
    }

    /// Adds a request. Its body follows with [`Self::body`] or [`Self::no_body`].
    pub fn exchange(&mut self, facts: &ExchangeFacts<'_>) -> ExchangeId {
        let target = self.target(facts.url);
        let location_sid = facts.location.and_then(endpoint::location_sid);
        let flags = facts.flags.with(unusable_location(facts.status, location_sid, target.endpoint));
        let parts = facts.parts.map_or(NO_ROW, |_| self.rows.parts.len() as u32);
        self.rows.parts.extend(facts.parts);
        let names = &mut self.rows.names;
        let mut intern = |name: Option<&str>| name.map_or(NO_ROW, |name| names.intern(name));
        let host = target.host.or_else(|| facts.host_header.map(|host| intern(Some(host))));
        let row = ExchangeRow {
            entry: facts.entry,
            body: Body::default(),
            received_at: facts.received_at.map_or(NO_RECEIVED_AT, |at| at.0),
            answered_after_millis: facts.answered_after_millis.unwrap_or(-1),
            first_event: NO_ROW,
            n_events: 0,
            session: NO_ROW,
            method: intern(Some(facts.method).filter(|method| !method.is_empty())),
            host: host.unwrap_or(NO_ROW),
            content_type: intern(facts.content_type),
            path_sid: target.sid,
            location_sid: intern(location_sid),
            parts,
            answer_at: 0,
            status: facts.status,
            flags,
            endpoint: target.endpoint,
        };
        let id = ExchangeId(self.rows.exchanges.len() as u32);
        self.rows.exchanges.push(row);
        id
    }

    /// Adds the answer to a request that was added before without one.
    pub fn answer(&mut self, exchange: ExchangeId, facts: &AnswerFacts<'_>) {
        let Capture { exchanges, names, .. } = &mut self.rows;
        let Some(row) = exchanges.get_mut(exchange.index()) else { return };
        let location_sid = facts.location.as_deref().and_then(endpoint::location_sid);
        let after_micros = facts.at.map(|at| at.0.saturating_sub(row.received_at));
        let after_micros = after_micros.filter(|_| row.received_at != NO_RECEIVED_AT);
        row.answered_after_millis =
            after_micros.map_or(-1, |micros| i32::try_from(micros / 1000).unwrap_or(i32::MAX));
        row.answer_at = u32::try_from(facts.start as u64 - row.entry.start).unwrap_or(0);
        row.status = facts.status;
        row.location_sid = location_sid.map_or(NO_ROW, |sid| names.intern(sid));
        row.flags =
            row.flags.with(facts.flags).with(unusable_location(facts.status, location_sid, row.endpoint));
    }

    /// What a URL says, its names interned. A session sends all its requests to one: it is remembered.
    fn target(&mut self, url: &str) -> Target {
        if let Some(known) = self.scratch.targets.get(url) {
            return *known;
        }
        let names = &mut self.rows.names;
        let read = endpoint::target(url);
        let target = Target {
            endpoint: read.endpoint,
            host: read.host.map(|host| names.intern(&host)),
            sid: read.sid.map_or(NO_ROW, |sid| names.intern(sid)),
        };
        if url.len() <= LONGEST_KNOWN_URL {
            if self.scratch.targets.len() >= MOST_KNOWN_URLS {
                self.scratch.targets.clear();
            }
            self.scratch.targets.insert(url.into(), target);
        }
        target
    }

    /// Says that a request's body is not in the capture. `n_bytes` were sent, if that is known.
    /// Silent for what carries no events (OPTIONS, GET) and for other traffic.
    pub fn no_body(&mut self, exchange: ExchangeId, n_bytes: Option<u64>) {
        let message = match n_bytes {
            Some(n_bytes) => format!("the body of this request was not captured ({n_bytes} bytes)"),
            None => "the body of this request was not captured".to_owned(),
        };
        self.body_fault(exchange, message);
    }

    /// Says why a request's body could not be decoded.
    pub fn body_lost(&mut self, exchange: ExchangeId, why: &str) {
        self.body_fault(exchange, why.to_owned());
    }

    fn body_fault(&mut self, exchange: ExchangeId, message: String) {
        let rows = &mut self.rows;
        let Some(row) = rows.exchanges.get_mut(exchange.index()) else { return };
        let ours = !matches!(row.endpoint, Endpoint::Foreign | Endpoint::OtherMedia | Endpoint::Schemas);
        if !ours || !carries_body(rows.names.get(row.method)) {
            return;
        }
        row.flags = row.flags.with(ExchangeFlags::BODY_MISSING);
        let offset = match row.entry.kind {
            BodyKind::Decoded => rows.arena.origin(row.entry.start),
            BodyKind::Raw | BodyKind::Escaped => Some(row.entry.start),
        };
        let mut note = IngestNote::at(NoteKind::BodyMissing, message, offset);
        note.exchange = Some(exchange);
        rows.notes.push(note);
    }

    /// Adds the events of a body: an object, or an array of objects. Bare events have no request.
    ///
    /// The body of a request that is not for this API yields nothing, unless it is an event: then
    /// the path was missed.
    pub fn body(&mut self, exchange: Option<ExchangeId>, body: Body, flags: EventFlags) {
        self.body_of(exchange, body, flags, Sent::default());
    }

    /// As [`Self::body`], for a body that may not be whole. Of one that was cut the events that cannot be
    /// read are left out: the capture is to blame, and says so.
    pub fn body_of(&mut self, exchange: Option<ExchangeId>, body: Body, flags: EventFlags, sent: Sent) {
        let number = exchange.map_or(NO_ROW, |exchange| exchange.0);
        if exchange.is_some_and(|exchange| !self.takes_events(exchange, body)) {
            return;
        }
        let n_before = self.n_events();
        let mut scratch = std::mem::take(&mut self.scratch);
        let found = self.events_of(body, number, flags, sent, &mut scratch);
        let n_bytes =
            if body.kind == BodyKind::Escaped { scratch.text.len() as u64 } else { u64::from(body.len) };
        self.scratch = scratch;
        let Some(exchange) = exchange else { return };
        let n_events = (self.n_events() - n_before) as u32;
        if let Some(row) = self.rows.exchanges.get_mut(exchange.index()) {
            row.n_events = n_events;
            row.first_event = if n_events == 0 { NO_ROW } else { n_before as u32 };
            if found.array {
                row.flags = row.flags.with(ExchangeFlags::ARRAY);
            }
            if found.array && n_events == 0 && found.left_out == 0 {
                row.flags = row.flags.with(ExchangeFlags::EMPTY_ARRAY);
            }
        }
        match sent.n_bytes {
            _ if !found.array && n_events == 0 && found.left_out == 0 => self.no_body(exchange, sent.n_bytes),
            Some(sent) if found.left_out > 0 && n_bytes < sent => {
                self.body_fault(
                    exchange,
                    format!("only {n_bytes} of {sent} bytes of the body were captured"),
                );
            }
            _ if found.left_out > 0 => {
                self.body_fault(exchange, "the body is in the capture only in part".to_owned())
            }
            _ => {}
        }
    }

    /// True when the body of this request is read for events. Makes a near miss of a request to another
    /// path that carries an event.
    fn takes_events(&mut self, exchange: ExchangeId, body: Body) -> bool {
        let Capture { arena, exchanges, names, .. } = &mut self.rows;
        let Some(row) = exchanges.get_mut(exchange.index()) else { return false };
        row.body = body;
        match row.endpoint {
            Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded | Endpoint::NearMiss => {
                may_carry_body(names.get(row.method))
            }
            Endpoint::OtherMedia | Endpoint::Schemas => false,
            Endpoint::Foreign => {
                let text = body.span().of(plain_bytes(self.bytes, arena, body.kind));
                let is_event = has(text, b"eventType") && has(text, b"playerTime");
                if is_event {
                    row.endpoint = Endpoint::NearMiss;
                }
                is_event
            }
        }
    }

    fn events_of(
        &mut self,
        body: Body,
        exchange: u32,
        flags: EventFlags,
        sent: Sent,
        scratch: &mut Scratch,
    ) -> Found {
        let Capture { arena, events, shapes, .. } = &mut self.rows;
        let bytes = body.span().of(plain_bytes(self.bytes, arena, body.kind));
        let Scratch { text: unescaped, notes, skeletons, .. } = scratch;
        let text = if body.kind == BodyKind::Escaped {
            unescaped.clear();
            unescape(bytes, unescaped);
            unescaped.as_slice()
        } else {
            bytes
        };
        let whole = !sent.damaged && sent.n_bytes.is_none_or(|sent| text.len() as u64 >= sent);
        let lead = Lead::new(body, bytes, text.len());
        let mut sink =
            Sink { events, shapes, notes, skeletons, text, lead, exchange, flags, whole, left_out: 0 };
        let start = elements::skip_space(text, 0);
        let opening = text.get(start);
        // An array whose bracket was lost still has events behind commas.
        let headless = opening.is_some_and(|byte| *byte != b'{' && *byte != b'[')
            && elements::event_start(text, start).is_some();
        let array = opening == Some(&b'[') || headless;
        if array {
            sink.flags = flags.with(EventFlags::IN_BATCH);
            sink.read_array(if headless { start } else { start + 1 });
        } else {
            let all = elements::trim_end(text, start..text.len());
            // Of a damaged capture what follows the event may be anything.
            let event = if whole { None } else { Cursor::new(text, start).value().ok() };
            sink.read(event.unwrap_or(all));
        }
        Found { array, left_out: sink.left_out }
    }

    /// The bare events that follow do not belong to the session of those before.
    pub fn split(&mut self) {
        self.rows.splits.push(self.rows.events.len() as u32);
    }

    /// Says of the events that follow whether the recording holds the start and the end of their sessions.
    pub fn extent(&mut self, has_start: bool, has_end: bool) {
        let first_event = self.rows.events.len() as u32;
        self.rows.extents.push(Extent { first_event, has_start, has_end });
    }

    /// Adds the bare event whose text lies in the source at `range`.
    pub fn bare_event(&mut self, range: Range<usize>, flags: EventFlags) {
        let body = Body::new(Span::new(range.start, range.end), BodyKind::Raw);
        let text = &self.bytes[range];
        self.bare_sink(body, text, text.len(), flags).read(0..text.len());
    }

    /// Adds the bare event whose text starts at `start` in the source, and returns where it ends.
    ///
    /// # Errors
    /// When its end cannot be found; then nothing was added.
    pub fn bare_event_at(&mut self, start: usize, flags: EventFlags) -> Result<usize, Broken> {
        let body = Body::new(Span::new(0, 0), BodyKind::Raw);
        self.bare_sink(body, self.bytes, usize::MAX, flags).read_first(start)
    }

    fn bare_sink(&mut self, body: Body, text: &'a [u8], text_len: usize, flags: EventFlags) -> Sink<'_> {
        let Capture { events, shapes, .. } = &mut self.rows;
        let Scratch { notes, skeletons, .. } = &mut self.scratch;
        let lead = Lead::new(body, text, text_len);
        let (exchange, whole, left_out) = (NO_ROW, true, 0);
        Sink { events, shapes, notes, skeletons, text, lead, exchange, flags, whole, left_out }
    }

    /// Appends what another builder over the same bytes has read.
    pub fn append(&mut self, other: Builder<'_>) {
        let rows = &mut self.rows;
        let Capture { arena, names, exchanges, parts, events, shapes, notes, splits, .. } = other.rows;
        let names = names.into_names().into_iter().map(|name| rows.names.intern(&name)).collect::<Vec<_>>();
        let name = |number: u32| names.get(number as usize).copied().unwrap_or(NO_ROW);
        let first_event = rows.events.len() as u32;
        let first_exchange = rows.exchanges.len() as u32;
        let first_parts = rows.parts.len() as u32;
        let first_decoded = rows.arena.append(arena);
        let shift = |row: u32, by: u32| if row == NO_ROW { NO_ROW } else { row + by };
        let moved = |body: Body| match body.kind {
            BodyKind::Decoded => Body { start: body.start + first_decoded, ..body },
            BodyKind::Raw | BodyKind::Escaped => body,
        };
        let shapes = merge_shapes(&mut rows.shapes, shapes, first_event);
        rows.parts.extend(parts);
        rows.exchanges.append(exchanges, |row| ExchangeRow {
            entry: moved(row.entry),
            body: moved(row.body),
            first_event: shift(row.first_event, first_event),
            method: name(row.method),
            host: name(row.host),
            content_type: name(row.content_type),
            path_sid: name(row.path_sid),
            location_sid: name(row.location_sid),
            parts: shift(row.parts, first_parts),
            ..row
        });
        rows.events.append(events, |rest| Rest {
            body: moved(rest.body),
            exchange: shift(rest.exchange, first_exchange),
            shape: shapes.get(rest.shape as usize).copied().unwrap_or(NO_ROW),
            ..rest
        });
        rows.splits.extend(splits.into_iter().map(|event| event + first_event));
        rows.notes.extend(notes.into_iter().map(|mut note| {
            note.exchange = note.exchange.map(|id| ExchangeId(id.0 + first_exchange));
            note.event = note.event.map(|id| EventId(id.0 + first_event));
            note
        }));
    }

    /// What was read, in rows. The capture has no name, no bytes and no sessions yet.
    #[must_use]
    pub fn finish(mut self, format: Format) -> Capture {
        self.rows.format = format;
        let is_foreign =
            |row: &&ExchangeRow| matches!(row.endpoint, Endpoint::Foreign | Endpoint::OtherMedia);
        self.rows.n_foreign = self.rows.exchanges.iter().filter(is_foreign).count() as u64;
        self.rows
    }
}

/// Says so when a 201 brings no session id.
fn unusable_location(status: i16, location_sid: Option<&str>, endpoint: Endpoint) -> ExchangeFlags {
    if status == 201 && location_sid.is_none() && endpoint == Endpoint::Sessions {
        ExchangeFlags::LOCATION_UNUSABLE
    } else {
        ExchangeFlags::default()
    }
}

/// What a body was.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    array: bool,
    /// Events that could not be read, since the capture is damaged there.
    left_out: u32,
}

fn merge_shapes(into: &mut ShapeTable, from: ShapeTable, first_event: u32) -> Vec<u32> {
    let numbered = from.into_ordered().into_iter().map(|(description, shape)| {
        let of = || Shape { first_event: shape.first_event + first_event, ..shape };
        into.intern(&description, of).map_or(NO_ROW, |(id, _)| id.0)
    });
    numbered.collect()
}

fn plain_bytes<'b>(source: &'b [u8], arena: &'b Arena, kind: BodyKind) -> &'b [u8] {
    match kind {
        BodyKind::Decoded => arena.bytes(),
        BodyKind::Raw | BodyKind::Escaped => source,
    }
}

fn may_carry_body(method: Option<&str>) -> bool {
    !matches!(method, Some("OPTIONS" | "HEAD" | "CONNECT" | "TRACE"))
}

/// True for a method whose requests have a body.
fn carries_body(method: Option<&str>) -> bool {
    may_carry_body(method) && !matches!(method, Some("GET" | "DELETE"))
}

fn has(text: &[u8], name: &[u8]) -> bool {
    memchr::memmem::find(text, name).is_some()
}

//! HTTP requests with their answers: rows of spans into the source, and [`Exchange`], the view of one.

use std::borrow::Cow;

use super::capture::{Capture, Format};
use super::clock::ReceivedAt;
use super::flags::bit_flags;
use super::id::{EventId, ExchangeId, SessionId};
use super::source::Span;
use super::table::{Body, BodyKind, NO_ROW, some_row};

/// Which operation of the API a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Endpoint {
    /// `…/api/v1/sessions` (E1, and E5 when the body is an array).
    Sessions,
    /// `…/api/v1/sessions/{sid}/events` (E2).
    Events,
    /// `…/api/v1/schemas/{eventType}` (E3).
    Schemas,
    /// `…/api/v1/downloaded` (E4).
    Downloaded,
    /// Near one of them, but not one: a wrong path.
    NearMiss,
    /// Heartbeat hits or Edge (XDM) traffic: other Adobe media traffic.
    OtherMedia,
    /// Anything else.
    #[default]
    Foreign,
}

impl Endpoint {
    /// True for requests that are meant for this API, also by a wrong path.
    #[must_use]
    pub const fn is_of_this_api(self) -> bool {
        !matches!(self, Endpoint::Foreign | Endpoint::OtherMedia)
    }
}

bit_flags! {
    /// Facts about a request that were met while it was read, one bit each.
    ExchangeFlags {
        /// The body is an array.
        ARRAY = 0;
        /// A body was sent, but it is not in the capture, or cut.
        BODY_MISSING = 1;
        /// An answer is recorded, but could not be read.
        ANSWER_UNREADABLE = 2;
        /// The entry was damaged; what could be read is there.
        DAMAGED = 3;
        /// A 201 whose `Location` holds no session id.
        LOCATION_UNUSABLE = 4;
        /// A body was recorded and is empty of events (an empty array).
        EMPTY_ARRAY = 5;
        /// The answer lets a browser send JSON from another origin: it allows an origin and `Content-Type`.
        CORS_ALLOWED = 6;
        /// The answer, or that there was none, is the work of an injected fault: neither the player's nor the server's.
        ANSWER_INJECTED = 7;
        /// The answer came late because of an injected fault.
        DELAY_INJECTED = 8;
        /// Something kept the collector from giving a real answer: no server was reached, no disk to write to.
        COLLECTOR_FAILED = 9;
    }
}

/// Where the parts of an entry lie that is no JSON.
///
/// The parts of a JSON entry are found on demand by [`super::capture::Format::pointers`], so that a capture of a million
/// requests keeps none of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// The URL, or the target of a raw request.
    pub url: Part,
    /// The request's headers: a JSON array or object, or raw lines.
    pub request_headers: Part,
    /// The answer's headers, as those of the request.
    pub answer_headers: Part,
    /// The answer's body.
    pub answer_body: Part,
}

/// JSON pointers from an entry to its parts; those of the answer from where the answer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointers {
    /// The URL.
    pub url: &'static str,
    /// The request's headers.
    pub request_headers: &'static str,
    /// The answer's headers.
    pub answer_headers: &'static str,
    /// The answer's body.
    pub answer_body: &'static str,
}

/// A part of an entry: offset from its first byte, and length. Length 0: absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Part {
    /// Offset from the first byte of the entry.
    pub offset: u32,
    /// Number of bytes.
    pub len: u32,
}

/// The columns of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExchangeRow {
    /// The whole entry: what "Show in raw" opens. Raw in the source; decoded where the reader made it up
    /// from something else (the session notation).
    pub entry: Body,
    /// The request's body.
    pub body: Body,
    /// When it arrived, microseconds since 1970; `i64::MIN` when not recorded.
    pub received_at: i64,
    /// From the request to its answer, milliseconds; negative when not recorded.
    pub answered_after_millis: i32,
    /// First of its events, or `NO_ROW`; they are consecutive.
    pub first_event: u32,
    /// Number of its events.
    pub n_events: u32,
    /// Number of its session, or `NO_ROW`.
    pub session: u32,
    /// Interned method, upper case as sent.
    pub method: u32,
    /// Interned host with port, or `NO_ROW`.
    pub host: u32,
    /// Interned content type of the request, or `NO_ROW`.
    pub content_type: u32,
    /// Interned session id of the path, or `NO_ROW`.
    pub path_sid: u32,
    /// Interned session id of the answer's `Location`, or `NO_ROW`.
    pub location_sid: u32,
    /// Number of its parts in the capture, or `NO_ROW` when they are found by pointer.
    pub parts: u32,
    /// How many bytes after the entry that of its answer begins; 0 when the entry holds both, or there is none.
    pub answer_at: u32,
    /// The answer's status; 0 when there was none, negative when the recorder says that it failed.
    pub status: i16,
    /// What was met while reading.
    pub flags: ExchangeFlags,
    /// The operation.
    pub endpoint: Endpoint,
}

/// Stands for "arrival not recorded".
pub const NO_RECEIVED_AT: i64 = i64::MIN;

/// A borrowed view of one exchange.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The capture that it belongs to.
    pub capture: &'a Capture,
    /// Its row.
    pub id: ExchangeId,
    row: &'a ExchangeRow,
}

impl<'a> Exchange<'a> {
    /// The view of a row of `capture`.
    #[must_use]
    pub(super) fn new(capture: &'a Capture, id: ExchangeId, row: &'a ExchangeRow) -> Self {
        Self { capture, id, row }
    }

    /// The columns.
    #[must_use]
    pub fn row(&self) -> &'a ExchangeRow {
        self.row
    }

    /// The method as sent, upper case; empty when not recorded.
    #[must_use]
    pub fn method(&self) -> &'a str {
        self.capture.name(self.row.method).unwrap_or_default()
    }

    /// The URL as recorded (absolute, or a path alone in raw requests).
    #[must_use]
    pub fn url(&self) -> String {
        self.text_of(self.entry_bytes(), |pointers| pointers.url, |parts| parts.url)
    }

    /// The operation of the API that its path names.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.row.endpoint
    }

    /// Host with port, lower case.
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        self.capture.name(self.row.host)
    }

    /// The `Content-Type` of the request as sent.
    #[must_use]
    pub fn content_type(&self) -> Option<&'a str> {
        self.capture.name(self.row.content_type)
    }

    /// The session id in the path of an events request.
    #[must_use]
    pub fn path_sid(&self) -> Option<&'a str> {
        self.capture.name(self.row.path_sid)
    }

    /// The session id in the answer's `Location`.
    #[must_use]
    pub fn location_sid(&self) -> Option<&'a str> {
        self.capture.name(self.row.location_sid)
    }

    /// The answer's status, `None` without an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        u16::try_from(self.row.status).ok().filter(|status| *status > 0)
    }

    /// When the request arrived.
    #[must_use]
    pub fn received_at(&self) -> Option<ReceivedAt> {
        (self.row.received_at != NO_RECEIVED_AT).then_some(ReceivedAt(self.row.received_at))
    }

    /// The session that it belongs to.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        some_row(self.row.session).map(SessionId)
    }

    /// Its events, in the order of the body.
    pub fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        let first = if self.row.first_event == NO_ROW { 0 } else { self.row.first_event };
        (first..first.saturating_add(self.row.n_events)).map(EventId)
    }

    /// The request's body as text, `None` when it is not in the capture.
    #[must_use]
    pub fn body_text(&self) -> Option<Cow<'a, [u8]>> {
        (self.row.body.len > 0).then(|| self.capture.text(self.row.body))
    }

    /// The request's headers in order, as recorded.
    #[must_use]
    pub fn request_headers(&self) -> Vec<(String, String)> {
        let entry = self.entry_bytes();
        super::headers::read(self.bytes_of(
            entry,
            |pointers| pointers.request_headers,
            |parts| parts.request_headers,
        ))
    }

    /// The answer's headers in order, as recorded.
    #[must_use]
    pub fn answer_headers(&self) -> Vec<(String, String)> {
        let answer = self.answer_bytes();
        super::headers::read(self.bytes_of(
            answer,
            |pointers| pointers.answer_headers,
            |parts| parts.answer_headers,
        ))
    }

    /// The answer's body, as recorded.
    #[must_use]
    pub fn answer_body(&self) -> String {
        self.text_of(self.answer_bytes(), |pointers| pointers.answer_body, |parts| parts.answer_body)
    }

    /// The bytes of the whole entry.
    #[must_use]
    pub fn entry_bytes(&self) -> &'a [u8] {
        let bytes = match self.row.entry.kind {
            BodyKind::Decoded => self.capture.arena.bytes(),
            BodyKind::Raw | BodyKind::Escaped => self.capture.source.bytes(),
        };
        self.row.entry.span().of(bytes)
    }

    /// The fault that the collector injected, in the words that asked for it ([`super::fault::flags`] says what of the
    /// answer it explains).
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.said_by_collector("/fault", "/_fault")
    }

    /// What kept the collector from giving a real answer, in words.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.said_by_collector("/failure", "/_failure")
    }

    /// The answer's body in base64, where it was recorded so: no text, and in a journal perhaps packed.
    #[must_use]
    pub fn answer_base64(&self) -> Option<String> {
        match self.capture.format {
            Format::Journal => self.answer_member("/body64"),
            Format::Har => {
                let encoding = self.answer_member("/response/content/encoding")?;
                encoding.eq_ignore_ascii_case("base64").then(|| self.answer_body())
            }
            _ => None,
        }
    }

    /// A member of a journal's answer, or of an archive that was made of one.
    fn said_by_collector(&self, in_journal: &str, in_archive: &str) -> Option<String> {
        match self.capture.format {
            Format::Journal => self.answer_member(in_journal),
            Format::Har => self.answer_member(in_archive),
            _ => None,
        }
    }

    /// The text at a pointer of the answer.
    fn answer_member(&self, pointer: &str) -> Option<String> {
        let answer = self.answer_bytes();
        super::json::string(&answer[super::json::find_exact(answer, pointer)?])
    }

    /// The bytes that hold the answer: the entry, or a line of its own and what follows it.
    fn answer_bytes(&self) -> &'a [u8] {
        match (self.row.answer_at, self.capture.format) {
            (0, Format::Journal) => return &[],
            (0, _) => return self.entry_bytes(),
            _ => {}
        }
        let start = self.row.entry.start + u64::from(self.row.answer_at);
        let bytes = self.capture.source.bytes();
        usize::try_from(start).ok().and_then(|start| bytes.get(start..)).unwrap_or_default()
    }

    /// The bytes of a part of `entry`; of one that is not there none.
    fn bytes_of(
        &self,
        entry: &'a [u8],
        pointer: fn(Pointers) -> &'static str,
        part: fn(Parts) -> Part,
    ) -> &'a [u8] {
        if let Some(parts) = self.capture.parts.get(self.row.parts as usize) {
            let part = part(*parts);
            return Span { start: u64::from(part.offset), len: part.len }.of(entry);
        }
        let pointers = self.capture.format.pointers();
        let range = pointers.and_then(|all| super::json::find_exact(entry, pointer(all)));
        range.map_or(&[], |range| &entry[range])
    }

    /// The text of a part of `entry`; what is a JSON string is unescaped.
    fn text_of(
        &self,
        entry: &'a [u8],
        pointer: fn(Pointers) -> &'static str,
        part: fn(Parts) -> Part,
    ) -> String {
        let bytes = self.bytes_of(entry, pointer, part);
        let found_by_pointer = self.capture.parts.get(self.row.parts as usize).is_none();
        let mut text = Vec::with_capacity(bytes.len());
        match bytes {
            [b'"', inside @ .., b'"'] if found_by_pointer => super::escape::unescape(inside, &mut text),
            b"null" if found_by_pointer => {}
            plain => text.extend_from_slice(plain),
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

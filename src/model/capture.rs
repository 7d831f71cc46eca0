//! A capture: one source of data with everything that was read from it.

use std::borrow::Cow;

use super::chunked::Chunked;
use super::clock::ReceivedAt;
use super::event_table::EventTable;
use super::exchange::{Exchange, ExchangeRow, Parts, Pointers};
use super::id::{EventId, ExchangeId, SessionId};
use super::names::Names;
use super::note::IngestNote;
use super::session::{Ending, Session};
use super::shape::ShapeTable;
use super::source::{Arena, Source};
use super::table::{Body, BodyKind, Event, NO_ROW};

/// The formats that are recognized, by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// One JSON object: an event.
    Event,
    /// One JSON array of events.
    EventArray,
    /// An array (or lines) of request records `{method, url, headers, body, response}`.
    Requests,
    /// Events or arrays of events, one a line.
    Ndjson,
    /// HTTP Archive 1.2.
    Har,
    /// The collector's journal.
    Journal,
    /// Raw HTTP text: request line, headers, body; one or many, also inside other text.
    RawHttp,
    /// Loose JSON: unquoted keys, comments, trailing commas; also inside other text.
    LooseJson,
    /// The session notation.
    Notation,
    /// Events found in JSON of another shape.
    SearchedJson,
    /// Nothing of this API was found.
    #[default]
    Unknown,
}

impl Format {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Format::Event => "event",
            Format::EventArray => "events",
            Format::Requests => "requests",
            Format::Ndjson => "ndjson",
            Format::Har => "har",
            Format::Journal => "journal",
            Format::RawHttp => "raw-http",
            Format::LooseJson => "loose-json",
            Format::Notation => "notation",
            Format::SearchedJson => "json-search",
            Format::Unknown => "unknown",
        }
    }

    /// Where the parts of a request lie in its entry, `None` when the entry is no JSON.
    #[must_use]
    pub const fn pointers(self) -> Option<Pointers> {
        match self {
            Format::Har => Some(Pointers {
                url: "/request/url",
                request_headers: "/request/headers",
                answer_headers: "/response/headers",
                answer_body: "/response/content/text",
            }),
            Format::Requests => Some(Pointers {
                url: "/url",
                request_headers: "/headers",
                answer_headers: "/response/headers",
                answer_body: "/response/body",
            }),
            Format::Journal => Some(Pointers {
                url: "/target",
                request_headers: "/headers",
                answer_headers: "/headers",
                answer_body: "/body",
            }),
            _ => None,
        }
    }
}

/// How much of its sessions a recording holds, where the source says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// It is about the events from this row on.
    pub first_event: u32,
    /// Nothing happened before what was recorded.
    pub has_start: bool,
    /// Nothing happened after what was recorded.
    pub has_end: bool,
}

/// One source of data with everything that was read from it.
#[derive(Debug, Default)]
pub struct Capture {
    /// Where it came from: a path as given, `-`, or a name of ours.
    pub name: String,
    /// What was recognized.
    pub format: Format,
    /// The bytes.
    pub source: Source,
    /// What had to be decoded.
    pub arena: Arena,
    /// Interned names.
    pub names: Names,
    /// Requests in order of the file.
    pub exchanges: Chunked<ExchangeRow>,
    /// Parts of those requests whose entries are no JSON.
    pub parts: Vec<Parts>,
    /// Number of requests that are not for this API; they have rows, but no events.
    pub n_foreign: u64,
    /// Events in order of the file.
    pub events: EventTable,
    /// Rows of bare events that do not belong to the session of the event before, rising.
    pub splits: Vec<u32>,
    /// What the source itself says of its extent; empty when it says nothing.
    pub extents: Vec<Extent>,
    /// Shapes of events.
    pub shapes: ShapeTable,
    /// Sessions in order of arrival of their first event.
    pub sessions: Vec<Session>,
    /// Remarks of the reader, in order of the file.
    pub notes: Vec<IngestNote>,
    /// While more may still come: until when it was watched. `None`: it is whole.
    pub watched_until: Option<ReceivedAt>,
}

impl Capture {
    /// The event with this row number.
    #[must_use]
    pub fn event(&self, id: EventId) -> Option<Event<'_>> {
        (id.index() < self.events.len()).then(|| Event::new(self, id))
    }

    /// The exchange with this row number.
    #[must_use]
    pub fn exchange(&self, id: ExchangeId) -> Option<Exchange<'_>> {
        self.exchanges.get(id.index()).map(|row| Exchange::new(self, id, row))
    }

    /// The session with this number.
    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(id.index())
    }

    /// True when more of this session may still come: what is said of it holds so far.
    #[must_use]
    pub fn is_so_far(&self, session: &Session) -> bool {
        self.watched_until.is_some() && session.ending == Ending::CutOff
    }

    /// All exchanges in order of the file.
    pub fn all_exchanges(&self) -> impl Iterator<Item = Exchange<'_>> {
        (0..).map_while(|row| self.exchange(ExchangeId(row)))
    }

    /// What the source says of the extent of the session that this event belongs to.
    #[must_use]
    pub fn extent(&self, event: EventId) -> Option<Extent> {
        let after = self.extents.partition_point(|extent| extent.first_event <= event.0);
        self.extents.get(after.checked_sub(1)?).copied()
    }

    /// The interned name with this number.
    #[must_use]
    pub fn name(&self, number: u32) -> Option<&str> {
        if number == NO_ROW { None } else { self.names.get(number) }
    }

    /// The text that `body` points to, unescaped.
    #[must_use]
    pub fn text(&self, body: Body) -> Cow<'_, [u8]> {
        match body.kind {
            BodyKind::Raw => Cow::Borrowed(body.span().of(self.source.bytes())),
            BodyKind::Decoded => Cow::Borrowed(body.span().of(self.arena.bytes())),
            BodyKind::Escaped => {
                let escaped = body.span().of(self.source.bytes());
                let mut text = Vec::with_capacity(escaped.len());
                super::escape::unescape(escaped, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// The offset in the source of the byte at `text_offset` of the text of `body`.
    #[must_use]
    pub fn source_offset(&self, body: Body, text_offset: usize) -> Option<u64> {
        match body.kind {
            BodyKind::Raw => Some(body.start + text_offset as u64),
            BodyKind::Decoded => self.arena.origin(body.start + text_offset as u64),
            BodyKind::Escaped => {
                let escaped = body.span().of(self.source.bytes());
                let offset = super::escape::WayBack::new(escaped).escaped_offset(text_offset);
                Some(body.start + offset as u64)
            }
        }
    }
}

//! What the table of events holds of one, and [`Event`], the borrowed view of it that parses on demand.

use std::borrow::Cow;

use serde_json::Value;

use super::capture::Capture;
use super::clock::{PlayheadSecs, ReceivedAt, TsMillis};
use super::event_type::EventType;
use super::exchange::Exchange;
use super::flags::bit_flags;
use super::id::{EventId, ExchangeId, SessionId, ShapeId};
use super::source::{Span, TextPlace};

/// How a text lies in the bytes that it points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum BodyKind {
    /// As it is, in the source.
    #[default]
    Raw,
    /// The inside of a JSON string literal in the source, still escaped.
    Escaped,
    /// Decoded, in the arena.
    Decoded,
}

/// Where a text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Body {
    /// First byte, in the source or in the arena.
    pub start: u64,
    /// Number of bytes there.
    pub len: u32,
    /// How to read them.
    pub kind: BodyKind,
}

impl Body {
    /// No text.
    pub(super) const NOTHING: Body = Body { start: 0, len: 0, kind: BodyKind::Raw };

    /// A text at `span` that is read in the given way.
    #[must_use]
    pub const fn new(span: Span, kind: BodyKind) -> Self {
        Self { start: span.start, len: span.len, kind }
    }

    /// The bytes that it points to.
    #[must_use]
    pub const fn span(self) -> Span {
        Span { start: self.start, len: self.len }
    }
}

bit_flags! {
    /// Facts about an event that were met while it was read, one bit each.
    EventFlags {
        /// The bytes are no JSON.
        UNREADABLE = 0;
        /// JSON, but no object.
        NOT_AN_OBJECT = 1;
        /// A number below zero stands somewhere in it.
        NEGATIVE = 2;
        /// `playerTime.ts` is a number with a fraction; the column holds it without.
        TS_FRACTION = 3;
        /// Loose text left something out: what is missing is unknown (K008).
        ELIDED = 4;
        /// Loose text was made strict (K005).
        REPAIRED = 5;
        /// A string begins like a JSON object or a printed map (`{` … `=`).
        OBJECT_AS_TEXT = 6;
        /// The shape has a key twice in one object.
        DUPLICATE_KEY = 7;
        /// An element of an array: sent together with others.
        IN_BATCH = 8;
        /// A key that begins with `media.qoe.` stands somewhere in it.
        QUALITY = 9;
        /// It has the member `customMetadata`, whatever is in it.
        METADATA = 10;
        /// A text that stands for "nothing" stands somewhere in it ([`is_placeholder`]).
        ///
        /// [`is_placeholder`]: super::placeholder::is_placeholder
        PLACEHOLDER = 11;
    }
}

/// The columns of one event. Missing values are coded, so that each column stays as narrow as its values; use
/// [`Event`] to read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventRow {
    /// Where its JSON text lies.
    pub body: Body,
    /// `playerTime.ts`, milliseconds; `NO_TS` when it is no number.
    pub ts: i64,
    /// `playerTime.playhead`, seconds; NaN when it is no number.
    pub playhead: f64,
    /// Number of its shape, or `NO_ROW`.
    pub shape: u32,
    /// Number of its session, or `NO_ROW`.
    pub session: u32,
    /// Number of the request that carried it, or `NO_ROW`.
    pub exchange: u32,
    /// What was met while reading.
    pub flags: EventFlags,
    /// Code of the event type, or `NO_TYPE`.
    pub event_type: u8,
}

/// Stands for "no such row".
pub const NO_ROW: u32 = u32::MAX;
/// Stands for "no `ts`".
pub const NO_TS: i64 = i64::MIN;
/// Stands for "no known event type".
pub const NO_TYPE: u8 = u8::MAX;

impl Default for EventRow {
    fn default() -> Self {
        Self {
            body: Body::default(),
            ts: NO_TS,
            playhead: f64::NAN,
            shape: NO_ROW,
            session: NO_ROW,
            exchange: NO_ROW,
            flags: EventFlags::default(),
            event_type: NO_TYPE,
        }
    }
}

/// A row number, or nothing.
#[must_use]
pub fn some_row(row: u32) -> Option<u32> {
    (row != NO_ROW).then_some(row)
}

/// A borrowed view of one event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The capture that it belongs to.
    pub capture: &'a Capture,
    /// Its row.
    pub id: EventId,
}

impl<'a> Event<'a> {
    /// The view of a row that `capture` has.
    #[must_use]
    pub(super) fn new(capture: &'a Capture, id: EventId) -> Self {
        Self { capture, id }
    }

    /// The columns.
    #[must_use]
    #[inline]
    pub fn row(&self) -> EventRow {
        self.capture.events.row(self.id.index())
    }

    /// The event type, `None` when it is missing or not one of the 20.
    #[must_use]
    pub fn event_type(&self) -> Option<EventType> {
        EventType::from_code(self.capture.events.event_type(self.id.index()))
    }

    /// `eventType` as it stands there, `?` when there is none.
    #[must_use]
    pub fn type_name(&self) -> Cow<'static, str> {
        if let Some(known) = self.event_type() {
            return Cow::Borrowed(known.name());
        }
        let name = self.json().and_then(|json| Some(json.get("eventType")?.as_str()?.to_owned()));
        name.map_or(Cow::Borrowed("?"), Cow::Owned)
    }

    /// The client's clock, `None` when `ts` is no number.
    #[must_use]
    pub fn ts(&self) -> Option<TsMillis> {
        let ts = self.capture.events.ts(self.id.index());
        (ts != NO_TS).then_some(TsMillis(ts))
    }

    /// The playhead, `None` when it is no number.
    #[must_use]
    pub fn playhead(&self) -> Option<PlayheadSecs> {
        let playhead = self.capture.events.playhead(self.id.index());
        (!playhead.is_nan()).then_some(PlayheadSecs(playhead))
    }

    /// The session that it belongs to.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        some_row(self.row().session).map(SessionId)
    }

    /// The number of its shape.
    #[must_use]
    pub fn shape(&self) -> Option<ShapeId> {
        some_row(self.row().shape).map(ShapeId)
    }

    /// The request that carried it.
    #[must_use]
    pub fn exchange(&self) -> Option<Exchange<'a>> {
        self.capture.exchange(some_row(self.capture.events.exchange(self.id.index())).map(ExchangeId)?)
    }

    /// When it arrived, `None` without a request or a recorded time.
    #[must_use]
    pub fn received_at(&self) -> Option<ReceivedAt> {
        self.exchange()?.received_at()
    }

    /// Its JSON text, unescaped.
    #[must_use]
    pub fn text(&self) -> Cow<'a, [u8]> {
        self.capture.text(self.capture.events.body(self.id.index()))
    }

    /// Its JSON tree, built anew at each call; `None` when the text is no JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.text()).ok()
    }

    /// Offset in the source of the value at a JSON pointer in the event (of its parent when it is missing).
    #[must_use]
    pub fn offset_of(&self, pointer: &str) -> Option<u64> {
        let range = super::json::find(&self.text(), pointer);
        self.capture.source_offset(self.capture.events.body(self.id.index()), range.start)
    }

    /// Line and column of the value at a JSON pointer in the event.
    #[must_use]
    pub fn place_of(&self, pointer: &str) -> Option<TextPlace> {
        self.offset_of(pointer).map(|offset| self.capture.source.place(offset))
    }
}

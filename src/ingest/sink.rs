//! From ranges of a body's text to event rows: each event is known by its skeleton, or scanned and remembered.

use std::ops::Range;

use crate::model::escape::WayBack;
use crate::model::event_table::EventTable;
use crate::model::json::{Broken, Cursor};
use crate::model::shape::{Shape, ShapeTable};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags, EventRow, NO_ROW};

use super::elements::{self, Elements, Start};
use super::payload::{self, Notes, Payload};
use super::skeleton::Skeletons;

/// Turns ranges of a text into event rows.
pub struct Sink<'s> {
    /// Where the rows go.
    pub events: &'s mut EventTable,
    /// The shapes met so far.
    pub shapes: &'s mut ShapeTable,
    /// What the scanner notes of one event.
    pub notes: &'s mut Notes,
    /// What events were like so far.
    pub skeletons: &'s mut Skeletons,
    /// The text of the body, unescaped.
    pub text: &'s [u8],
    /// The way from there to the capture.
    pub lead: Lead<'s>,
    /// Number of the request, or [`NO_ROW`].
    pub exchange: u32,
    /// Flags of all these events.
    pub flags: EventFlags,
    /// The text is all that was sent: what cannot be read in it is the sender's fault.
    pub whole: bool,
    /// Events that could not be read in a text that is not whole.
    pub left_out: u32,
}

impl Sink<'_> {
    /// Reads the elements of the array whose first one starts at `start`.
    pub fn read_array(&mut self, start: usize) {
        let mut elements = Elements::inside(self.text, start, &elements::event_start);
        while let Some(start) = elements.start_before(usize::MAX) {
            match start {
                Start::Comma(range) => self.unreadable(range),
                Start::At(at) => match self.read_first(at) {
                    Ok(end) => elements.pass(end),
                    Err(fault) => {
                        let (range, _) = elements.broken(fault);
                        self.unreadable(range);
                    }
                },
            }
        }
        let rest = elements::trim_end(self.text, elements.at().min(self.text.len())..self.text.len());
        if elements::skip_space(self.text, rest.start) < rest.end {
            self.unreadable(rest);
        }
    }

    /// Reads the event that starts at `start` and returns where it ends.
    ///
    /// # Errors
    /// When its end cannot be found; then nothing was added.
    pub fn read_first(&mut self, start: usize) -> Result<usize, Broken> {
        let text = &self.text[start..];
        if let Some(known) = self.skeletons.find(text) {
            self.push(known.payload, start..start + known.end, known.shape);
            return Ok(start + known.end);
        }
        let (read, end) = payload::read_first(text, self.notes);
        // What is no JSON may still have an end.
        let end = end.map_or_else(
            || Cursor::new(self.text, start).value().map(|range| range.end),
            |end| Ok(start + end),
        )?;
        self.add(read, start..end);
        Ok(end)
    }

    /// Reads the event that the text at `range` is; an empty one is none.
    pub fn read(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let text = &self.text[range.clone()];
        match self.skeletons.find(text).filter(|known| known.end == text.len()) {
            Some(known) => self.push(known.payload, range, known.shape),
            None => {
                let read = payload::read(text, self.notes);
                self.add(read, range);
            }
        }
    }

    /// Adds an event that was scanned, and remembers what it is like.
    fn add(&mut self, mut read: Payload, range: Range<usize>) {
        if read.flags.has(EventFlags::UNREADABLE) {
            if self.whole {
                self.push(read, range, NO_ROW);
            } else {
                self.left_out += 1;
            }
            return;
        }
        let description = &self.notes.shape;
        let duplicate_key = || payload::has_duplicate_key(description);
        let first_event = self.events.len() as u32;
        let interned =
            self.shapes.intern(description, || Shape { first_event, duplicate_key: duplicate_key() });
        if interned.map_or_else(duplicate_key, |(_, shape)| shape.duplicate_key) {
            read.flags = read.flags.with(EventFlags::DUPLICATE_KEY);
        }
        let shape = interned.map(|(id, _)| id.0);
        if let Some(shape) = shape {
            self.skeletons.remember(&self.text[range.clone()], read, &self.notes.holes, shape);
        }
        self.push(read, range, shape.unwrap_or(NO_ROW));
    }

    fn push(&mut self, read: Payload, range: Range<usize>, shape: u32) {
        self.events.push(EventRow {
            body: self.lead.body(range),
            ts: read.ts,
            playhead: read.playhead,
            shape,
            exchange: self.exchange,
            flags: self.flags.with(read.flags),
            event_type: read.event_type,
            ..EventRow::default()
        });
    }

    /// Adds what stands where an event should.
    fn unreadable(&mut self, range: Range<usize>) {
        if !self.whole {
            self.left_out += 1;
            return;
        }
        self.events.push(EventRow {
            body: self.lead.body(range),
            exchange: self.exchange,
            flags: self.flags.with(EventFlags::UNREADABLE),
            ..EventRow::default()
        });
    }
}

/// Leads from ranges of a body's text, rising, to where they lie.
pub struct Lead<'s> {
    body: Body,
    text_len: usize,
    back: WayBack<'s>,
}

impl<'s> Lead<'s> {
    /// Of a body with these bytes in the capture, and a text of so many bytes.
    pub fn new(body: Body, bytes: &'s [u8], text_len: usize) -> Self {
        Self { body, text_len, back: WayBack::new(bytes) }
    }

    fn body(&mut self, range: Range<usize>) -> Body {
        if range == (0..self.text_len) {
            return self.body;
        }
        let (start, end) = match self.body.kind {
            BodyKind::Escaped => (self.back.escaped_offset(range.start), self.back.escaped_offset(range.end)),
            BodyKind::Raw | BodyKind::Decoded => (range.start, range.end),
        };
        let inner = Span::new(start, end);
        Body { start: self.body.start + inner.start, len: inner.len, kind: self.body.kind }
    }
}

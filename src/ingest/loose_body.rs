//! Puts loosely written values into the tables: decoded text, events with their flags, notes of what was changed.

use std::ops::Range;

use crate::model::id::{EventId, ExchangeId};
use crate::model::json;
use crate::model::note::{IngestNote, NoteKind};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};

use super::builder::Builder;
use super::loose_json::{Loose, Remark};

/// Where the remarks about a value are shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The value was read from the source itself.
    InSource,
    /// It was read from a text that was made from this offset of the source.
    MadeFrom(u64),
}

impl Place {
    fn of(self, remark_at: usize) -> u64 {
        match self {
            Place::InSource => remark_at as u64,
            Place::MadeFrom(offset) => offset,
        }
    }
}

/// Adds a value that was read loosely as the body of a request, or as bare events. `origin` is its place in the source.
pub(super) fn add(
    builder: &mut Builder<'_>,
    exchange: Option<ExchangeId>,
    loose: Loose,
    origin: Range<usize>,
    place: Place,
) {
    let map = match place {
        Place::InSource => loose.map,
        Place::MadeFrom(_) => Vec::new(),
    };
    let span = builder.arena().add(&loose.strict, Span::new(origin.start, origin.end), map);
    let first_event = builder.n_events();
    if exchange.is_none() && loose.strict.first() == Some(&b'[') {
        for part in json::parts(&loose.strict) {
            let len = part.value.len() as u32;
            let inner = Span { start: span.start + part.value.start as u64, len };
            builder.body(None, Body::new(inner, BodyKind::Decoded), EventFlags::default());
        }
    } else {
        builder.body(exchange, Body::new(span, BodyKind::Decoded), EventFlags::default());
    }
    let mut marks = Marks { builder, exchange, first_event, start: span.start, place };
    marks.add(&loose.repairs, NoteKind::JsonRepaired, EventFlags::REPAIRED);
    marks.add(&loose.elisions, NoteKind::ContentElided, EventFlags::ELIDED);
}

/// Turns remarks into notes and flags of the events that they are about.
struct Marks<'b, 'a> {
    builder: &'b mut Builder<'a>,
    exchange: Option<ExchangeId>,
    first_event: usize,
    /// Where the strict text begins in the arena.
    start: u64,
    place: Place,
}

impl Marks<'_, '_> {
    /// `remarks` in order of their place, as the events are.
    fn add(&mut self, remarks: &[Remark], kind: NoteKind, flag: EventFlags) {
        let mut event = self.first_event;
        for remark in remarks {
            let at = self.start + remark.at_strict as u64;
            while self.builder.rows.events.get(event).is_some_and(|row| row.body.span().end() <= at) {
                event += 1;
            }
            let mut note = IngestNote::at(kind, remark.words.clone(), Some(self.place.of(remark.at)));
            note.exchange = self.exchange;
            if self.builder.rows.events.get(event).is_some_and(|row| row.body.start <= at) {
                self.builder.rows.events.add_flag(event, flag);
                note.event = u32::try_from(event).ok().map(EventId);
            }
            self.builder.note(note);
        }
    }
}

//! Events without a request: one event, an array of events, lines of either.

use std::ops::Range;

use crate::model::capture::Format;
use crate::model::json::{self, Broken, Cursor};
use crate::model::note::{IngestNote, NoteKind};
use crate::model::table::EventFlags;
use crate::model::watch::Watch;

use super::builder::Builder;
use super::chunks::{self, ReadElement};
use super::elements::{self, Step};
use super::text_start;

/// Reads bare events.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let start = elements::skip_space(bytes, text_start(bytes));
    match bytes.get(start)? {
        b'{' => read_objects(builder, start, watch),
        b'[' => read_arrays(builder, start, watch),
        _ => None,
    }
}

/// One object, or objects line by line.
fn read_objects(builder: &mut Builder<'_>, start: usize, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let range = Cursor::new(bytes, start).value().ok()?;
    if !is_event(&bytes[range.clone()]) {
        return None;
    }
    if elements::skip_space(bytes, range.end) == bytes.len() {
        builder.bare_event(range, EventFlags::default());
        return Some(Format::Event);
    }
    let one_a_line = memchr::memchr(b'\n', &bytes[range]).is_none();
    one_a_line.then(|| read_lines(builder, start, watch))
}

/// One array of events, or arrays line by line.
fn read_arrays(builder: &mut Builder<'_>, start: usize, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let first = Cursor::new(bytes, start + 1).value().ok()?;
    if !is_event(&bytes[first]) {
        return None;
    }
    let end = chunks::read_array(builder, start + 1, &Events, watch);
    if elements::skip_space(bytes, end) == bytes.len() {
        return Some(Format::EventArray);
    }
    // Further arrays on the lines that follow.
    builder.split();
    Some(read_lines(builder, end, watch))
}

struct Events;

impl ReadElement for Events {
    fn find_start(&self, text: &[u8], from: usize) -> Option<usize> {
        elements::event_start(text, from)
    }

    fn read(&self, builder: &mut Builder<'_>, start: usize) -> Result<usize, Broken> {
        builder.bare_event_at(start, EventFlags::default())
    }

    fn read_damaged(&self, builder: &mut Builder<'_>, range: Range<usize>, what: &'static str) {
        skipped(builder, range, what);
    }
}

/// Says that a piece of the input was left out.
pub(super) fn skipped(builder: &mut Builder<'_>, range: Range<usize>, what: &str) {
    let message = match range.len() {
        0 => what.to_owned(),
        n_bytes => format!("{n_bytes} bytes could not be read: {what}"),
    };
    builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(range.start as u64)));
}

/// Lines with an event or an array of events each, from byte `start` on.
fn read_lines(builder: &mut Builder<'_>, start: usize, watch: &dyn Watch) -> Format {
    chunks::read_lines(builder, start, watch, read_line);
    Format::Ndjson
}

fn read_line(builder: &mut Builder<'_>, line: Range<usize>) {
    let bytes = builder.bytes();
    let text = &bytes[line.clone()];
    match text.first() {
        Some(b'{') => match Cursor::new(text, 0).value() {
            Ok(range) if elements::skip_space(text, range.end) == text.len() => {
                builder.bare_event(line, EventFlags::default());
            }
            Ok(_) => skipped(builder, line, "more than one value in the line"),
            Err(fault) => skipped(builder, line, fault.what),
        },
        Some(b'[') => {
            builder.split();
            let mut elements = elements::Elements::inside(text, 1, &elements::event_start);
            while let Some(step) = elements.next_before(usize::MAX) {
                match step.moved(line.start) {
                    Step::Element(range) => builder.bare_event(range, EventFlags::default()),
                    Step::Comma(range) => chunks::note_comma(builder, &range),
                    Step::Broken { range, what } => skipped(builder, range, what),
                }
            }
            builder.split();
        }
        Some(_) => skipped(builder, line, "the line holds no event"),
        None => {}
    }
}

/// True when the text is an object with a member of an event that nothing else has.
#[must_use]
pub fn is_event(text: &[u8]) -> bool {
    let has = |name| json::find_exact(text, name).is_some();
    let readable = serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
    readable && text.starts_with(b"{") && (has("/eventType") || has("/playerTime"))
}

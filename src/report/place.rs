//! Where a finding lies: in the session, and in the file.

use std::ops::Range;

use crate::model::capture::{Capture, Format};
use crate::model::escape::WayBack;
use crate::model::exchange::Exchange;
use crate::model::id::{EventId, SessionId};
use crate::model::json;
use crate::model::source::TextPlace;
use crate::model::table::{Body, BodyKind, Event};
use crate::rules::finding::Finding;

/// The URL of a request is looked for in entries up to this size.
const MAX_ENTRY: u32 = 64 * 1024;

/// Line and column of a finding in the input: the place that the rule named, else the field of its event, else
/// the URL of its request. `None` when the finding has no place, or its bytes were packed.
#[must_use]
pub fn text_place(capture: &Capture, finding: &Finding) -> Option<TextPlace> {
    offset(capture, finding).map(|offset| capture.source.place(offset))
}

/// Offset in the source of what a finding speaks of.
#[must_use]
pub fn offset(capture: &Capture, finding: &Finding) -> Option<u64> {
    range(capture, finding).map(|range| range.start)
}

/// The range in the source of what a finding speaks of; empty where only its beginning is known.
#[must_use]
pub fn range(capture: &Capture, finding: &Finding) -> Option<Range<u64>> {
    let event = finding.event.and_then(|event| capture.event(event));
    let of_event = || event_range(&event?, pointer(finding));
    match finding.offset {
        Some(_) if event.is_some_and(|event| is_packed(capture, event.row().body)) => None,
        Some(offset) => Some(of_event().filter(|range| range.start == offset).unwrap_or(offset..offset)),
        None if event.is_some() => of_event(),
        None => request_range(&capture.exchange(finding.exchange?)?),
    }
}

/// The range of the URL of a request; the start of its entry where that is large.
fn request_range(exchange: &Exchange<'_>) -> Option<Range<u64>> {
    let (capture, row) = (exchange.capture, exchange.row());
    if row.entry.kind == BodyKind::Decoded {
        let (origin, _) = capture.arena.origin_span(row.entry.start)?;
        return Some(origin.start..origin.end());
    }
    let url = match (capture.parts.get(row.parts as usize), capture.format.pointers()) {
        (Some(parts), _) => Some(parts.url.offset as usize..(parts.url.offset + parts.url.len) as usize),
        (None, Some(pointers)) if row.entry.len <= MAX_ENTRY => {
            json::find_exact(exchange.entry_bytes(), pointers.url)
        }
        _ => None,
    };
    let url = url.unwrap_or(0..0);
    Some(row.entry.start + url.start as u64..row.entry.start + url.end as u64)
}

/// The pointer of a finding in its event; empty for the whole event.
#[must_use]
pub fn pointer(finding: &Finding) -> &str {
    finding.pointer.as_deref().unwrap_or_default()
}

/// The range in the source of the value at a JSON pointer in an event (of its parent when it is missing); of an
/// event that was made from a line of notation, that line. `None` when its bytes were packed.
#[must_use]
pub fn event_range(event: &Event<'_>, pointer: &str) -> Option<Range<u64>> {
    let (capture, body) = (event.capture, event.row().body);
    if is_packed(capture, body) {
        return None;
    }
    let text = event.text();
    let inner = if pointer.is_empty() { 0..text.len() } else { json::find(&text, pointer) };
    match body.kind {
        BodyKind::Raw => Some(body.start + inner.start as u64..body.start + inner.end as u64),
        BodyKind::Escaped => {
            let mut back = WayBack::new(body.span().of(capture.source.bytes()));
            let start = body.start + back.escaped_offset(inner.start) as u64;
            Some(start..body.start + back.escaped_offset(inner.end) as u64)
        }
        BodyKind::Decoded => {
            let start = body.start + inner.start as u64;
            let origin = capture.arena.origin(start)?;
            let (span, has_places) = capture.arena.origin_span(start)?;
            let last = (start + inner.len() as u64).saturating_sub(1).max(start);
            let end = if has_places { capture.arena.origin(last)? + 1 } else { span.end() };
            Some(origin..end.max(origin))
        }
    }
}

/// True when a text was packed (base64, gzip, …): its bytes have no place in the file. The lines that the session
/// notation is expanded from are one.
#[must_use]
pub fn is_packed(capture: &Capture, body: Body) -> bool {
    let has_places = || capture.arena.origin_span(body.start).is_some_and(|(_, has_places)| has_places);
    body.kind == BodyKind::Decoded && capture.format != Format::Notation && !has_places()
}

/// The zero-based index by arrival of an event in its session.
#[must_use]
pub fn index_in_session(capture: &Capture, session: SessionId, event: EventId) -> Option<usize> {
    let events = &capture.session(session)?.by_arrival;
    // Rows rise with arrival in nearly every capture; only requests recorded out of order need the walk.
    match events.binary_search(&event) {
        Ok(index) => Some(index),
        Err(_) => events.iter().position(|other| *other == event),
    }
}

/// Text for a terminal or a line of a report: characters that could drive a terminal, break the line or turn the
/// direction of what follows are replaced.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(printable_char).collect()
}

/// A character as [`printable`] shows it.
#[must_use]
pub fn printable_char(char: char) -> char {
    let turns_or_breaks = matches!(char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    if char.is_control() || turns_or_breaks { '\u{fffd}' } else { char }
}

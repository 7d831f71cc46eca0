//! Where a finding lies: in the session, and in the file.

use crate::model::capture::Capture;
use crate::model::id::{EventId, SessionId};
use crate::model::source::TextPlace;
use crate::model::table::BodyKind;
use crate::rules::finding::Finding;

/// Line and column of a finding in the input: the place that the rule named, else the field of its event, else
/// its request. `None` when the finding has no place, or its bytes were packed.
#[must_use]
pub fn text_place(capture: &Capture, finding: &Finding) -> Option<TextPlace> {
    offset(capture, finding).map(|offset| capture.source.place(offset))
}

/// Offset in the source of what a finding speaks of.
#[must_use]
pub fn offset(capture: &Capture, finding: &Finding) -> Option<u64> {
    if finding.offset.is_some() {
        return finding.offset;
    }
    if let Some(event) = finding.event.and_then(|event| capture.event(event)) {
        return event.offset_of(finding.pointer.as_deref().unwrap_or_default());
    }
    let entry = capture.exchange(finding.exchange?)?.row().entry;
    match entry.kind {
        BodyKind::Decoded => capture.arena.origin(entry.start),
        BodyKind::Raw | BodyKind::Escaped => Some(entry.start),
    }
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

/// Text for a terminal or a line of a report: control characters, which could drive a terminal or break the
/// line, are replaced.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

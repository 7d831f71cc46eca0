//! Events in JSON of any other shape: an object with `eventType` and `playerTime` is one, an array of such
//! objects the events of one session, a lone one a session of its own.
//!
//! Works on damaged text too: every `{` is tried, so that nothing that is whole is missed.

use std::ops::Range;

use serde::de::IgnoredAny;

use crate::model::capture::Format;
use crate::model::json::{Cursor, find_exact};
use crate::model::note::{IngestNote, NoteKind};
use crate::model::table::EventFlags;
use crate::model::watch::Watch;

use super::builder::Builder;
use super::elements::skip_space;
use super::text_start;

/// Reads all events that can be found.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let mut last: Option<Range<usize>> = None;
    for event in Search::new(bytes) {
        if watch.cancelled() {
            break;
        }
        watch.progress(event.start as u64, bytes.len() as u64);
        if last.as_ref().is_some_and(|last| !are_neighbors(bytes, last.end..event.start)) {
            builder.split();
        }
        builder.bare_event(event.clone(), EventFlags::default());
        last = Some(event);
    }
    last?;
    note_damage(builder);
    Some(Format::SearchedJson)
}

/// Says so when the text is no JSON as a whole: what is damaged in it was left out.
fn note_damage(builder: &mut Builder<'_>) {
    let bytes = builder.bytes();
    let mut cursor = Cursor::new(bytes, text_start(bytes));
    let (at, what) = match cursor.value() {
        Ok(value) if skip_space(bytes, value.end) == bytes.len() => return,
        Ok(value) => (value.end, "more text follows the first value"),
        Err(fault) => (fault.at, fault.what),
    };
    let message = format!("the text is no JSON as a whole, its events were searched for: {what}");
    builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(at as u64)));
}

/// True when nothing but a comma lies between two elements.
fn are_neighbors(bytes: &[u8], between: Range<usize>) -> bool {
    bytes[between].trim_ascii() == b","
}

/// Finds events in a text, each as the range of its object.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    text: &'a [u8],
    at: usize,
    budget: usize,
}

/// Trying may cost so many passes over the text in all; deeper nesting than this is not searched to its end.
const MAX_PASSES: usize = 64;

impl<'a> Search<'a> {
    /// Searches from the start of `text`.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, budget: text.len().saturating_mul(MAX_PASSES) }
    }

    /// The object at `start`, if it is whole.
    fn object_at(&mut self, start: usize) -> Option<Range<usize>> {
        let mut cursor = Cursor::new(self.text, start);
        let value = cursor.value();
        let end = value.as_ref().map_or_else(|fault| fault.at, |range| range.end);
        self.budget = self.budget.saturating_sub(end - start + 1);
        let range = value.ok()?;
        serde_json::from_slice::<IgnoredAny>(&self.text[range.clone()]).is_ok().then_some(range)
    }
}

impl Iterator for Search<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        while self.budget > 0 {
            let start = self.at + memchr::memchr(b'{', self.text.get(self.at..)?)?;
            self.at = start + 1;
            let begins_with_key = self.text.get(skip_space(self.text, start + 1)) == Some(&b'"');
            if !begins_with_key {
                continue;
            }
            if let Some(range) = self.object_at(start) {
                if is_event(&self.text[range.clone()]) {
                    self.at = range.end;
                    return Some(range);
                }
                // Nothing to find in an object that names no event type.
                if memchr::memmem::find(&self.text[range.clone()], b"\"eventType\"").is_none() {
                    self.at = range.end;
                }
            }
        }
        None
    }
}

/// True for an object with `eventType` and `playerTime`.
fn is_event(object: &[u8]) -> bool {
    // Cheap first: most objects have neither.
    let has = |name: &[u8]| memchr::memmem::find(object, name).is_some();
    has(b"\"eventType\"")
        && has(b"\"playerTime\"")
        && find_exact(object, "/eventType").is_some()
        && find_exact(object, "/playerTime").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        Search::new(text.as_bytes()).map(|range| &text[range]).collect()
    }

    const EVENT: &str = r#"{"eventType":"play","playerTime":{"ts":1}}"#;

    #[test]
    fn events_are_found_at_any_depth_and_beside_damage() {
        let text = format!(r#"{{"a":[{{"b":{EVENT}}}, x{{"c": [{EVENT},{EVENT}], "eventType": {{"#);
        assert_eq!(found(&text), [EVENT, EVENT, EVENT]);
    }

    #[test]
    fn what_only_contains_an_event_is_none() {
        let text = format!(r#"{{"eventType":"x","inner":{EVENT}}}"#);
        assert_eq!(found(&text), [EVENT]);
        assert_eq!(found(r#"{"eventType":"x"}"#), [""; 0]);
    }

    #[test]
    fn hopeless_text_costs_no_more_than_a_few_passes() {
        let text = "{\"a\":[".repeat(200_000);
        assert_eq!(found(&text), [""; 0]);
    }
}

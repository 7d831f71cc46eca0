//! What the chapters of a session say of themselves: read from their `params` once, for all rules.

use super::lanes::{Chapter, Lanes};
use crate::model::capture::Capture;
use crate::model::json;
use crate::model::session::Session;

/// One chapter.
#[derive(Debug, Clone, PartialEq)]
pub struct ChapterFacts {
    /// Where it begins and ends.
    pub phase: Chapter,
    /// `media.chapter.index`, when it is a number.
    pub index: Option<f64>,
    /// `media.chapter.offset`, when it is a number: seconds.
    pub offset_secs: Option<f64>,
    /// `media.chapter.friendlyName`, when it is a text.
    pub name: Option<String>,
}

/// Reads the chapters of a session, in order.
#[must_use]
pub fn chapters(capture: &Capture, session: &Session, lanes: &Lanes) -> Vec<ChapterFacts> {
    let read = |phase: &Chapter| {
        let mut chapter = ChapterFacts { phase: *phase, index: None, offset_secs: None, name: None };
        let event = lanes.judged(session, phase.start).and_then(|id| capture.event(id));
        if let Some(event) = event {
            event.each_param(|key, value| {
                if json::key_is(key, "media.chapter.index") {
                    chapter.index = json::number(value);
                } else if json::key_is(key, "media.chapter.offset") {
                    chapter.offset_secs = json::number(value);
                } else if json::key_is(key, "media.chapter.friendlyName") {
                    chapter.name = json::string(value);
                }
            });
        }
        chapter
    };
    lanes.chapters.iter().map(read).collect()
}

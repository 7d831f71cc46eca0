//! What the chapters of a session say of themselves: read from their `params` once, for all rules.

use super::lanes::{Chapter, Lanes};
use crate::model::capture::Capture;
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
        let event = lanes.judged(session, phase.start).and_then(|id| capture.event(id));
        let json = event.and_then(|event| event.json()).unwrap_or_default();
        let params = &json["params"];
        ChapterFacts {
            phase: *phase,
            index: params["media.chapter.index"].as_f64(),
            offset_secs: params["media.chapter.offset"].as_f64(),
            name: params["media.chapter.friendlyName"].as_str().map(str::to_owned),
        }
    };
    lanes.chapters.iter().map(read).collect()
}

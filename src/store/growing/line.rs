//! What the window must know of a journal line before it is read for good: whose it is.

use crate::ingest::{endpoint, journal};
use crate::model::json;

/// Whose a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A request.
    Request {
        /// Its number in the journal.
        number: u64,
        /// The session id in its path.
        sid: Option<String>,
    },
    /// The answer to a request.
    Answer {
        /// The number of the request.
        number: u64,
    },
    /// Neither: where a run begins, or nothing that can be read.
    Other,
}

impl Line {
    /// Looks at a line; no more of it is read than is needed.
    pub(super) fn of(text: &[u8]) -> Line {
        match journal::Line::of(text) {
            Some(journal::Line::Request(number)) => {
                let target = json::find_exact(text, "/target").and_then(|range| json::string(&text[range]));
                let sid = target.and_then(|target| endpoint::target(&target).sid.map(str::to_owned));
                Line::Request { number, sid }
            }
            Some(journal::Line::Answer(number)) => Line::Answer { number },
            _ => Line::Other,
        }
    }
}

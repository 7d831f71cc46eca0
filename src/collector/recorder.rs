//! What arrived, with its answer, handed to whoever keeps it.

use std::sync::{Mutex, PoisonError};

/// One request with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When its head had arrived: microseconds since 1970-01-01 UTC, by this machine's clock.
    pub received_at_micros: i64,
    /// Method as sent.
    pub method: String,
    /// Path and query as sent.
    pub path_and_query: String,
    /// Version as in the request line, such as `HTTP/1.1`.
    pub http_version: String,
    /// Names (lower case) and values, in order. Bytes that are not UTF-8 are read as Latin-1.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// True when only the beginning of the body is there: it was too large, or broke off.
    pub body_cut: bool,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers, in order.
    pub answer_headers: Vec<(String, String)>,
    /// The answer's body.
    pub answer_body: Vec<u8>,
    /// How many events the body holds.
    pub n_events: usize,
    /// The first thing that was wrong, in words.
    pub first_fault: Option<String>,
}

/// Takes what arrived. Called before the answer goes out, so it must not wait for anybody: a slow
/// reader may never change what a player sees.
pub trait Recorder: Send + Sync {
    /// Keeps one request with its answer.
    fn record(&self, recorded: Recorded);
}

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct Recording {
    kept: Mutex<Vec<Recorded>>,
}

impl Recording {
    /// Takes out what has arrived since the last time, in order of arrival.
    #[must_use]
    pub fn take(&self) -> Vec<Recorded> {
        let mut taken = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        taken.sort_by_key(|recorded| recorded.received_at_micros);
        taken
    }
}

impl Recorder for Recording {
    fn record(&self, recorded: Recorded) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
    }
}

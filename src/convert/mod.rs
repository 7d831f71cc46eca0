//! Captures in other formats. Pure: whoever calls brings the place to write to.
//!
//! | Module | Writes |
//! |---|---|
//! | [`har`] | an HTTP archive 1.2: requests with their answers |
//! | [`events`] | events alone: one a line, or one array |
//! | [`notation`] | the session notation |
//! | [`curl`] | requests as commands |
//! | [`copying`] | some events in one of these, for the clipboard |
//! | [`masking`] | what is masked on the way out |
//!
//! A new format is a variant of [`Form`], a file beside these, and a line in [`write`].

pub mod copying;
pub mod curl;
pub mod events;
pub mod har;
pub mod masking;
pub mod notation;

use crate::model::capture::Capture;
use crate::model::exchange::Exchange;
use crate::model::id::SessionId;
use crate::model::session::Session;
use crate::redact::Redaction;
use masking::Masking;
use std::io::{self, Write};

/// A format that captures can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// HTTP archive 1.2.
    Har,
    /// One event a line, session by session.
    Ndjson,
    /// One array of events, session by session.
    Json,
}

impl Form {
    /// The form of files with this name; `None` when the name does not say.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Form> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "har" => Some(Form::Har),
            "ndjson" | "jsonl" => Some(Form::Ndjson),
            "json" => Some(Form::Json),
            _ => None,
        }
    }
}

/// What of a capture is written, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The format.
    pub form: Form,
    /// What is masked.
    pub redaction: Redaction,
    /// Only these sessions, counted from 0; all when empty.
    pub sessions: Vec<SessionId>,
}

impl Options {
    /// True for a session that is written.
    fn takes(&self, session: Option<SessionId>) -> bool {
        self.sessions.is_empty() || session.is_some_and(|session| self.sessions.contains(&session))
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Number of requests.
    pub requests: u64,
    /// Number of events.
    pub events: u64,
    /// Requests that are not for this API, left out.
    pub foreign: u64,
    /// Events without a request, left out of an archive.
    pub bare: u64,
}

/// Why a capture cannot be written in a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConvertRefusal {
    /// An archive holds requests, and there are none.
    #[error("an archive holds requests, and here are none: events alone can be written as .ndjson or .json")]
    NoRequests,
}

/// Says whether a capture can be written so.
///
/// # Errors
/// When the format cannot hold what is there.
pub fn refuse(capture: &Capture, options: &Options) -> Result<(), ConvertRefusal> {
    if options.form == Form::Har && exchanges(capture, options).next().is_none() {
        return Err(ConvertRefusal::NoRequests);
    }
    Ok(())
}

/// Writes a capture in another format.
///
/// # Errors
/// When writing fails.
pub fn write(capture: &Capture, options: &Options, out: &mut dyn Write) -> io::Result<Written> {
    let mut masking = Masking::new(capture, options.redaction);
    match options.form {
        Form::Har => har::write(capture, options, &mut masking, out),
        Form::Ndjson => events::write_lines(capture, options, &mut masking, out),
        Form::Json => events::write_array(capture, options, &mut masking, out),
    }
}

/// Requests of this API and of other media traffic, as far as they are asked for, in order of the file.
fn exchanges<'a>(capture: &'a Capture, options: &'a Options) -> impl Iterator<Item = Exchange<'a>> {
    capture.all_exchanges().filter(|exchange| !is_foreign(exchange) && options.takes(exchange.session()))
}

fn is_foreign(exchange: &Exchange<'_>) -> bool {
    exchange.endpoint() == crate::model::exchange::Endpoint::Foreign
}

/// Sessions that are asked for, in order.
fn sessions<'a>(capture: &'a Capture, options: &'a Options) -> impl Iterator<Item = &'a Session> {
    capture.sessions.iter().filter(|session| options.takes(Some(session.id)))
}

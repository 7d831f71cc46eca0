//! Bytes → capture: never fails, never panics, drops nothing silently.
//!
//! The format is recognized by content. Each reader fills the one [`builder`]; [`sessionize`] then
//! makes sessions of requests and bare events.
//!
//! | Module | Reads |
//! |---|---|
//! | [`bare`] | one event, an array of events, lines of either |
//! | [`har`] | HTTP archives of every producer |
//! | [`journal`] | the collector's journal |
//! | [`requests`] | request records, as an array or as lines |
//! | [`search`] | events in JSON of any other shape |
//! | [`notation`] | the session notation |
//! | [`text`], [`raw_http`], [`loose_json`] | raw HTTP text and loose JSON, also inside any other text |
//! | [`builder`], [`payload`], `sink`, `skeleton`, [`elements`], [`chunks`], [`endpoint`], [`time`] | what all readers share |

use crate::model::capture::{Capture, Format};
use crate::model::clock::ReceivedAt;
use crate::model::note::{IngestNote, NoteKind};
use crate::model::source::Source;
use crate::model::watch::Watch;

use builder::Builder;

pub mod bare;
pub mod builder;
pub mod chunks;
pub mod coding;
pub mod elements;
pub mod endpoint;
pub mod har;
pub mod journal;
mod loose_body;
pub mod loose_json;
pub mod notation;
mod notation_reader;
pub mod payload;
mod post_params;
pub mod raw_http;
mod record;
pub mod requests;
pub mod search;
mod session_facts;
pub mod sessionize;
mod sink;
mod skeleton;
pub mod text;
pub mod time;
pub mod unpack;

/// A reader: returns the format that it recognized, or `None` when the bytes are none of its own.
/// It may leave notes behind then, but no rows.
type Reader = fn(&mut Builder<'_>, &dyn Watch) -> Option<Format>;

/// All readers in the order in which they are asked, each with what it looks for.
const READERS: &[(Reader, &str)] = &[
    (notation_reader::read, "the session notation"),
    (journal::read, "a journal of the collector"),
    (har::read, "an HTTP archive"),
    (requests::read, "request records"),
    (bare::read, "an event, an array of events, lines of events"),
    (search_json, "events in JSON of any shape"),
    (text::read, "raw HTTP and loose JSON in any text"),
];

fn search_json(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    if text::is_text(builder.bytes()) { None } else { search::read(builder, watch) }
}

/// Reads a capture. `name` is how the input is called in reports.
///
/// Returns what could be read and, as notes, what was wrong; an empty capture of format
/// [`Format::Unknown`] when there is nothing of this API in it.
#[must_use]
pub fn ingest(name: &str, bytes: Vec<u8>, watch: &dyn Watch) -> Capture {
    read(name, bytes, None, watch)
}

/// Reads a capture that still grows, as far as it has come. A session that was neither ended nor silent for as long
/// as the back end waits by `watched_until` is not judged as one that stopped.
#[must_use]
pub fn ingest_growing(name: &str, bytes: Vec<u8>, watched_until: ReceivedAt, watch: &dyn Watch) -> Capture {
    read(name, bytes, Some(watched_until), watch)
}

fn read(name: &str, bytes: Vec<u8>, watched_until: Option<ReceivedAt>, watch: &dyn Watch) -> Capture {
    let mut builder = Builder::new(&bytes);
    let recognized = READERS.iter().find_map(|(read, _)| read(&mut builder, watch));
    if recognized.is_none() {
        builder.note(nothing_recognized(&bytes));
    }
    let mut capture = builder.finish(recognized.unwrap_or(Format::Unknown));
    capture.name = name.to_owned();
    capture.source = Source::new(bytes);
    capture.watched_until = watched_until;
    sessionize::sessionize(&mut capture);
    capture
}

fn nothing_recognized(bytes: &[u8]) -> IngestNote {
    let message = if bytes.is_empty() {
        "the input is empty".to_owned()
    } else {
        let tried: Vec<_> = READERS.iter().map(|(_, what)| *what).collect();
        let tried = tried.join(", ");
        format!("no Media Collection traffic was recognized; looked for {tried}")
    };
    IngestNote::at(NoteKind::EntrySkipped, message, Some(0))
}

/// Where the text begins: after a byte order mark, if there is one.
#[must_use]
pub fn text_start(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }
}

//! Puts a text in the session notation into the tables, as if it had been recorded.

use std::ops::Range;

use crate::model::capture::Format;
use crate::model::clock::ReceivedAt;
use crate::model::exchange::{ExchangeFlags, Part, Parts};
use crate::model::fault;
use crate::model::note::{IngestNote, NoteKind};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};
use crate::model::watch::Watch;

use super::builder::{Builder, ExchangeFacts};
use super::loose_body::{self, Place};
use super::notation::{self, Answer, Delivery, NotedSession, Piece, Request, Sending};
use super::{loose_json, text_start};

/// Reads the session notation.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let start = text_start(bytes);
    if !notation::is_notation(&bytes[start..]) {
        return None;
    }
    let text = plain_text(&bytes[start..]);
    let read = notation::read(&text);
    for skipped in read.skipped {
        let offset = Some((start + skipped.at) as u64);
        builder.note(IngestNote::at(NoteKind::EntrySkipped, skipped.message, offset));
    }
    for session in &read.sessions {
        if watch.cancelled() {
            break;
        }
        add_session(builder, session, start);
    }
    Some(Format::Notation)
}

/// The text with a `?` for each byte that is no UTF-8: offsets stay.
fn plain_text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text.into()
}

fn add_session(builder: &mut Builder<'_>, session: &NotedSession, start: usize) {
    builder.extent(!session.starts_late, !session.is_open);
    if session.delivery == Delivery::Bare {
        builder.split();
    }
    for sending in &session.sendings {
        let mut entry = Entry { builder, start, line: &sending.line, from: 0 };
        entry.from = entry.builder.arena().bytes().len();
        match &sending.request {
            Some(request) => entry.request(request, sending),
            None => entry.bare(&sending.pieces),
        }
    }
}

/// What a line is turned into: the text of a request with its answer, as it goes over the wire.
struct Entry<'e, 'b> {
    builder: &'e mut Builder<'b>,
    /// Where the notation begins in the source.
    start: usize,
    line: &'e Range<usize>,
    /// Where the entry begins in the arena.
    from: usize,
}

impl Entry<'_, '_> {
    /// Adds text that stands for `line`.
    fn add(&mut self, text: &str, line: &Range<usize>) -> Range<usize> {
        let origin = Span::new(self.start + line.start, self.start + line.end);
        let span = self.builder.arena().add(text.as_bytes(), origin, Vec::new());
        let start = span.start as usize;
        start..start + text.len()
    }

    fn part(&self, range: Range<usize>) -> Part {
        let span = Span::new(range.start - self.from, range.end - self.from);
        Part { offset: span.start as u32, len: span.len }
    }

    fn request(&mut self, request: &Request, sending: &Sending) {
        let line = self.line.clone();
        self.add(&format!("{} ", request.method), &line);
        let url = self.add(&request.url, &line);
        self.add(" HTTP/1.1\n", &line);
        let request_headers = self.add(&header_lines(&request.headers), &line);
        self.add("\n", &line);
        let body = self.body(sending);
        self.add("\n", &line);
        let mut parts =
            Parts { url: self.part(url), request_headers: self.part(request_headers), ..Parts::default() };
        let mut facts = ExchangeFacts {
            method: &request.method,
            url: &request.url,
            content_type: find(&request.headers, "content-type"),
            host_header: find(&request.headers, "host"),
            received_at: request.received_micros.map(ReceivedAt),
            ..ExchangeFacts::default()
        };
        match &request.answer {
            Answer::None => {}
            Answer::Unreadable => facts.flags = ExchangeFlags::ANSWER_UNREADABLE,
            Answer::Failed => facts.status = -1,
            Answer::Given { status, headers, body, after_millis } => {
                self.add(&format!("\nHTTP/1.1 {status}\n"), &line);
                let answer_headers = self.add(&header_lines(headers), &line);
                self.add("\n", &line);
                let answer_body = self.add(body, &line);
                parts.answer_headers = self.part(answer_headers);
                parts.answer_body = self.part(answer_body);
                facts.status = *status as i16;
                facts.location = find(headers, "location");
                facts.answered_after_millis = Some(*after_millis);
            }
        }
        if let Some(mark) = &request.fault {
            facts.flags = facts.flags.with(fault::flags(mark, facts.status));
        }
        let end = self.builder.arena().bytes().len();
        facts.entry = Body::new(Span::new(self.from, end), BodyKind::Decoded);
        facts.parts = Some(parts);
        let exchange = self.builder.exchange(&facts);
        if request.body_is_missing || sending.pieces.is_empty() && !sending.in_array {
            return self.builder.no_body(exchange, None);
        }
        match sending.pieces.as_slice() {
            [piece] if piece.is_loose => self.loose(Some(exchange), piece),
            _ => self.builder.body(Some(exchange), body, EventFlags::default()),
        }
    }

    /// The text of what is sent: one piece, or all in an array.
    fn body(&mut self, sending: &Sending) -> Body {
        let from = self.builder.arena().bytes().len();
        let in_array = sending.in_array;
        if in_array {
            self.add("[", self.line);
        }
        for (number, piece) in sending.pieces.iter().enumerate() {
            if number > 0 {
                self.add(",\n", &piece.line);
            }
            self.add(&piece.text, &piece.line);
        }
        if in_array {
            self.add("]", self.line);
        }
        Body::new(Span::new(from, self.builder.arena().bytes().len()), BodyKind::Decoded)
    }

    fn bare(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if piece.is_loose {
                self.loose(None, piece);
            } else {
                let range = self.add(&piece.text, &piece.line);
                let body = Body::new(Span::new(range.start, range.end), BodyKind::Decoded);
                self.builder.body(None, body, EventFlags::default());
            }
        }
    }

    fn loose(&mut self, exchange: Option<crate::model::id::ExchangeId>, piece: &Piece) {
        let origin = self.start + piece.line.start..self.start + piece.line.end;
        let mut budget = piece.text.len();
        match loose_json::read(piece.text.as_bytes(), 0, &mut budget) {
            Ok(loose) => {
                loose_body::add(
                    self.builder,
                    exchange,
                    loose,
                    origin.clone(),
                    Place::MadeFrom(origin.start as u64),
                );
            }
            Err(_) => {
                let range = self.add(&piece.text, &piece.line);
                let body = Body::new(Span::new(range.start, range.end), BodyKind::Decoded);
                self.builder.body(exchange, body, EventFlags::default());
            }
        }
    }
}

fn header_lines(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    crate::model::headers::find(headers, name)
}

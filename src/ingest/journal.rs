//! The collector's journal: a line per request and one per answer, joined by a number.
//!
//! What the lines hold is told where they are written, in `collector::journal`. Each line carries a checksum, so that a
//! line which was cut or changed is known to be, is left out and told; all others count.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;
use twox_hash::XxHash3_64;

use crate::model::capture::Format;
use crate::model::clock::ReceivedAt;
use crate::model::exchange::ExchangeFlags;
use crate::model::fault;
use crate::model::id::ExchangeId;
use crate::model::json::{self, Broken, Cursor, find_exact};
use crate::model::note::{IngestNote, NoteKind};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};
use crate::model::watch::Watch;

use super::bare::skipped;
use super::builder::{AnswerFacts, Builder, ExchangeFacts, Sent};
use super::record::{self, Headers, number, string, string_inside, walk};
use super::{chunks, elements, text_start, time, unpack};

/// How the first line of a journal begins.
pub const OPENING: &[u8] = br#"{"playtrace":"journal""#;
/// The version that is written, and read.
pub const VERSION: u64 = 1;
/// The member that ends every line: the checksum of all bytes before it.
const SUM: &[u8] = br#","sum":""#;
/// Length of that member, with the brace behind it.
const SUM_LEN: usize = SUM.len() + 16 + 2;

/// Ends the line that begins at byte `start` of `text` and lacks only its closing brace: adds the checksum, the
/// brace and the line end.
pub fn seal(text: &mut Vec<u8>, start: usize) {
    let sum = XxHash3_64::oneshot(&text[start..]);
    text.extend_from_slice(SUM);
    text.extend_from_slice(format!("{sum:016x}\"}}\n").as_bytes());
}

/// True for a line (without its end) whose checksum is right.
#[must_use]
pub fn is_sealed(line: &[u8]) -> bool {
    let Some((text, sum)) = line.len().checked_sub(SUM_LEN).and_then(|len| line.split_at_checked(len)) else {
        return false;
    };
    let digits = sum.strip_prefix(SUM).and_then(|sum| sum.strip_suffix(b"\"}"));
    let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    digits.is_some_and(|digits| digits == format!("{:016x}", XxHash3_64::oneshot(text)))
}

/// What kind of line it is, by its first member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Where a run of the collector begins: the number of the next request.
    Start {
        /// The version of the format.
        version: u64,
        /// The number that its first request gets.
        next: u64,
    },
    /// A request with its number.
    Request(u64),
    /// The answer to the request with this number.
    Answer(u64),
    /// Requests that were refused since they could not be kept: how many.
    Gap(u64),
}

impl Line {
    /// Reads the kind of a line that is whole; `None` for a line of no kind known.
    #[must_use]
    pub fn of(line: &[u8]) -> Option<Line> {
        let member = |pointer| json::number(&line[find_exact(line, pointer)?]).map(|number| number as u64);
        if line.starts_with(OPENING) {
            return Some(Line::Start { version: member("/version")?, next: member("/next")? });
        }
        let after = |name: &[u8]| {
            let rest = line.strip_prefix(name)?;
            let len = rest.iter().position(|byte| !byte.is_ascii_digit())?;
            std::str::from_utf8(&rest[..len]).ok()?.parse().ok()
        };
        let request = after(br#"{"request":"#).map(Line::Request);
        let answer = || after(br#"{"answer":"#).map(Line::Answer);
        request.or_else(answer).or_else(|| after(br#"{"gap":"#).map(Line::Gap))
    }
}

/// The lines in `text`, each as its range and whether it is whole. One whose line end was changed is told apart from the
/// next by its checksum.
pub fn lines(text: &[u8], range: Range<usize>) -> impl Iterator<Item = (Range<usize>, bool)> {
    let mut rest = 0..0;
    let mut lines = chunks::lines(text, range);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            rest = lines.next()?;
        }
        let line = &text[rest.clone()];
        let junk = memchr::memchr(b'{', line).unwrap_or(line.len());
        if junk > 0 {
            rest.start += junk;
            return Some((rest.start - junk..rest.start, false));
        }
        let whole = is_sealed(line);
        // Quotes inside a string are escaped: this can only be the member.
        let sum = if whole { None } else { memchr::memmem::find(line, SUM) };
        let len = sum.map_or(line.len(), |at| (at + SUM_LEN).min(line.len()));
        let found = rest.start..rest.start + len;
        rest.start = found.end;
        let whole = whole || is_sealed(&text[found.clone()]);
        Some((found, whole))
    })
}

/// So many bytes are looked at for a whole line when the first one is damaged.
const DAMAGED_START_BYTES: usize = 1 << 20;

/// Reads a journal.
pub fn read(builder: &mut Builder<'_>, watch: &dyn Watch) -> Option<Format> {
    let bytes = builder.bytes();
    let start = elements::skip_space(bytes, text_start(bytes));
    let first = &bytes[start..bytes.len().min(start + DAMAGED_START_BYTES)];
    let is_line = |(line, whole): (Range<usize>, bool)| whole && Line::of(&first[line]).is_some();
    if !first.starts_with(OPENING) && !lines(first, 0..first.len()).any(is_line) {
        return None;
    }
    let head = lines(first, 0..first.len()).next().filter(|(_, whole)| *whole);
    if let Some(Line::Start { version, .. }) = head.and_then(|(head, _)| Line::of(&first[head]))
        && version != VERSION
    {
        let message = format!("the journal is of version {version}, this program reads version {VERSION}");
        builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(start as u64)));
        return Some(Format::Journal);
    }
    let mut joined = Joined::default();
    let join = |builder: &mut Builder<'_>, first, found| joined.add(builder, first, found);
    chunks::read_lines_with(builder, start, watch, read_lines, join);
    joined.note_orphans(builder);
    Some(Format::Journal)
}

/// What goes with the rows of a piece.
#[derive(Default)]
struct Found<'t> {
    /// Numbers of the requests, in the order of their rows.
    numbers: Vec<u64>,
    answers: Vec<(u64, AnswerFacts<'t>)>,
}

/// Rows by the numbers of their requests.
#[derive(Default)]
struct Joined {
    rows: FxHashMap<u64, ExchangeId>,
    n_orphans: u64,
    first_orphan: usize,
}

impl Joined {
    fn add(&mut self, builder: &mut Builder<'_>, first_exchange: u32, found: Found<'_>) {
        self.rows.extend(found.numbers.into_iter().zip((first_exchange..).map(ExchangeId)));
        for (number, facts) in found.answers {
            match self.rows.get(&number) {
                Some(exchange) => builder.answer(*exchange, &facts),
                None => {
                    self.first_orphan = if self.n_orphans == 0 { facts.start } else { self.first_orphan };
                    self.n_orphans += 1;
                }
            }
        }
    }

    fn note_orphans(&self, builder: &mut Builder<'_>) {
        if self.n_orphans > 0 {
            let message = match self.n_orphans {
                1 => {
                    "the request of an answer is not in this file: damaged, or in the file before".to_owned()
                }
                n => format!(
                    "the requests of {n} answers are not in this file: damaged, or in the file before"
                ),
            };
            builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(self.first_orphan as u64)));
        }
    }
}

fn read_lines<'t>(builder: &mut Builder<'t>, found: &mut Found<'t>, range: Range<usize>) {
    let text = builder.bytes();
    for (line, whole) in lines(text, range) {
        let is_last = line.end == text.len();
        match Line::of(&text[line.clone()]).filter(|_| whole) {
            Some(Line::Request(number)) => add_request(builder, found, number, line),
            Some(Line::Answer(number)) => add_answer(builder, found, number, line),
            Some(Line::Gap(n)) => add_gap(builder, n, line),
            Some(Line::Start { .. }) => {}
            None if whole => skipped(builder, line, "a line of no known kind"),
            None if is_last => skipped(builder, line, "the last line is cut, or still being written"),
            None => skipped(builder, line, "the line is cut or changed: its checksum is wrong"),
        }
    }
}

fn add_gap(builder: &mut Builder<'_>, n: u64, line: Range<usize>) {
    let text = &builder.bytes()[line.clone()];
    let why = find_exact(text, "/why").and_then(|why| json::string(&text[why])).unwrap_or_default();
    let message = match n {
        1 => format!("a request was refused, since it could not be kept: {why}"),
        n => format!("{n} requests were refused, since they could not be kept: {why}"),
    };
    builder.note(IngestNote::at(NoteKind::EntrySkipped, message, Some(line.start as u64)));
}

/// What was found in the line of a request.
#[derive(Default)]
struct Request<'t> {
    at: Option<ReceivedAt>,
    method: Option<Cow<'t, str>>,
    target: Option<Cow<'t, str>>,
    headers: Headers<'t>,
    body: Option<Range<usize>>,
    body64: Option<Range<usize>>,
    cut: bool,
}

impl<'t> Request<'t> {
    fn read(text: &'t [u8], start: usize) -> Result<Self, Broken> {
        let mut found = Self::default();
        walk(text, &mut Cursor::new(text, start), |key, cursor| {
            if key == b"headers" {
                found.headers = Headers::read(text, cursor)?;
                return Ok(());
            }
            let value = cursor.value()?;
            match key {
                b"at" => found.at = at(text, &value),
                b"method" => found.method = string(text, &value),
                b"target" => found.target = string(text, &value),
                b"body" => found.body = Some(value),
                b"body64" => found.body64 = Some(value),
                b"cut" => found.cut = text[value] == *b"true",
                _ => {}
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn add_body(&self, builder: &mut Builder<'_>, exchange: ExchangeId, entry_end: usize) {
        let n_bytes = self.headers.content_length.filter(|_| self.cut);
        let sent = Sent { n_bytes, damaged: self.cut, entry_end };
        if let Some(value) = &self.body64 {
            let encoding = self.headers.content_encoding.as_deref();
            match unpack::base64_literal(builder, value, encoding) {
                Ok(body) => builder.body_of(Some(exchange), body, EventFlags::default(), sent),
                Err(why) => builder.body_lost(exchange, &why),
            }
        } else if let Some(inside) =
            self.body.as_ref().and_then(|value| string_inside(builder.bytes(), value))
        {
            let body = Body::new(Span::new(inside.start, inside.end), BodyKind::Escaped);
            builder.body_of(Some(exchange), body, EventFlags::default(), sent);
        } else if self.cut {
            builder.no_body(exchange, n_bytes);
        }
    }
}

fn at(text: &[u8], value: &Range<usize>) -> Option<ReceivedAt> {
    string(text, value).and_then(|text| time::received_at(&text))
}

fn add_request<'t>(builder: &mut Builder<'t>, found: &mut Found<'t>, number: u64, line: Range<usize>) {
    let text = &builder.bytes()[..line.end];
    let request = match Request::read(text, line.start) {
        Ok(request) => request,
        Err(fault) => return skipped(builder, line, fault.what),
    };
    let exchange = builder.exchange(&ExchangeFacts {
        entry: Body::new(Span::new(line.start, line.end), BodyKind::Raw),
        method: request.method.as_deref().unwrap_or_default(),
        url: request.target.as_deref().unwrap_or_default(),
        host_header: request.headers.host.as_deref(),
        content_type: request.headers.content_type.as_deref(),
        received_at: request.at,
        ..ExchangeFacts::default()
    });
    found.numbers.push(number);
    request.add_body(builder, exchange, line.end);
}

fn add_answer<'t>(builder: &mut Builder<'t>, found: &mut Found<'t>, number: u64, line: Range<usize>) {
    match read_answer(&builder.bytes()[..line.end], line.start) {
        Ok(facts) => found.answers.push((number, facts)),
        Err(fault) => skipped(builder, line, fault.what),
    }
}

fn read_answer(text: &[u8], start: usize) -> Result<AnswerFacts<'_>, Broken> {
    let mut facts = AnswerFacts { start, status: -1, ..AnswerFacts::default() };
    let mut fault = None;
    walk(text, &mut Cursor::new(text, start), |key, cursor| {
        if key == b"headers" {
            let headers = Headers::read(text, cursor)?;
            facts.flags = facts.flags.with(headers.answer_flags());
            facts.location = headers.location;
            return Ok(());
        }
        let value = cursor.value()?;
        match key {
            b"at" => facts.at = at(text, &value),
            b"status" => facts.status = record::answer_status(number(text, &value).or(Some(0.0))),
            b"fault" => fault = string(text, &value),
            b"failure" => facts.flags = facts.flags.with(ExchangeFlags::COLLECTOR_FAILED),
            _ => {}
        }
        Ok(())
    })?;
    facts.flags = facts.flags.with(fault::flags(&fault.unwrap_or_default(), facts.status));
    Ok(facts)
}

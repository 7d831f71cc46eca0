//! The session notation: one line an event, in which only what deviates is written.
//!
//! It is an input format, and the language of the rules' documentation and of the tests.
//! [`HELP`] defines it in full.
//!
//! This module is pure: [`read`] turns the text into what would stand in a capture, with the place of
//! each line; [`super`] puts that into the tables.

mod event;
mod expect;
mod line;
mod playback;
mod request;
mod scene;

use std::ops::Range;

use crate::model::event_type::EventType;

use event::Happening;
use line::{Fault, Line, Word};
use playback::{Moment, Playback};
use request::Draft;
use scene::{BETWEEN_SESSIONS_SECS, Content, FIRST_BASE_MILLIS, Scene};

pub use expect::{Expectation, ExpectedSeverity, expectations};
pub use request::{Answer, Request, is_method};
pub use scene::Delivery;

/// The notation for those who write it.
pub const HELP: &str = r##"The session notation: one line an event, only what deviates is written.

    @vod length=60
    +0     sessionStart
    +0.5   play
    +10.5  ping
    +12    adStart  id="a1"     # error: ad-outside-break

A line that begins with @ is a header: it begins a session.
  @vod @live @audio   what is watched (length 60, 86400, 60; a live playhead is the second of the UTC day)
  @batch @legacy      sent as one array to /api/v1/downloaded, to /api/v1/sessions; media.downloaded is true
  @bare               events without requests
  @open               the recording stops before the session does
  @starts-late        the recording begins after the session did
  sid= host=          session id of the answer, host of the requests
  at=+60              begins so many seconds after the first session of the text (else an hour after the
                      session before it)
  base=1704196800000  +0 in milliseconds since 1970 (else noon UTC of 2024-01-02)
  ph=271.5 rate=1.5   playhead at +0, media seconds per second
  skew=+90            the client's clock is so many seconds ahead
  Anything else is set on the sessionStart (length=60) or on each request (type=text/plain); for a batch
  the words about its one request stand here.

An event line: when it happens in seconds after the start of the session, event type, words.
  +10..+50/10 ping    five events, every 10 seconds
  Events arrive in the order of the lines, never before they happened. Whatever stands in no word is filled
  in so that the event is correct: the playhead follows play time, required parameters are there, ads and
  chapters are counted and last as long as the text shows.
  ph=12               the playhead; it goes on from there
  ts=+11.9  ts=12345  the client's clock in seconds after the start of the session, or a value as it is
  name=value -name    sets or removes a parameter: media.qoe.* in qoeData, the others in params;
                      media., media.ad., media.chapter., media.state., media.qoe. may be left out where
                      the event type makes it clear
  params.x= qoe.x= meta.x=   exactly there; meta is customMetadata
  params={} -params   a whole member: eventType, playerTime, params, qoeData, customMetadata
  json:/pointer=value json:-/pointer   sets or removes anything; json:=value replaces the event
  raw='text'          this body instead; $ts and $ph stand for the two times
  loose='text'        the same, read as loose JSON
Words about the request and its answer:
  recv=+11 recv=none  when it arrived
  method= path= url= to=sessions|events|downloaded sid= type= header:Name= -type -header:Name
  body=none           the body was not recorded
  body=array          the event is sent in an array
  status=400 status=none status=failed status=unreadable
  location= location=none answer='text' answered=0.3   (seconds; 201 with a Location or 204, after 0.02)
  answer:Name= -answer:Name   a header of the answer
  fault=status=404@event=ping   a fault that the collector injected, as `collect --fault` takes it
A method in place of the event type (+9 OPTIONS to=events) is a request without a body; OPTIONS is a browser's
preflight, answered 200 and allowed as by the API. Other methods: GET HEAD POST PUT PATCH DELETE.

A value is JSON if it reads as JSON, else text; "…" and '…' may hold spaces.
After # comes a comment. "# error: name", "# warn: name, info: other" expects exactly these findings on the
line; behind a header or on a line of its own, findings of the session (above the first header, of the file).
"##;

/// More events than this are not made of one text.
const MAX_EVENTS: usize = 100_000;

/// True when the first line that is neither blank nor a comment begins with `@` and a word of the notation.
#[must_use]
pub fn is_notation(text: &[u8]) -> bool {
    const FLAGS: [&str; 8] = ["vod", "live", "audio", "batch", "legacy", "bare", "open", "starts-late"];
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"));
    let flag = first.and_then(|line| line.strip_prefix(b"@")).unwrap_or_default();
    let end = flag.iter().position(u8::is_ascii_whitespace).unwrap_or(flag.len());
    FLAGS.iter().any(|known| known.as_bytes() == &flag[..end])
}

/// A text in the notation, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notation {
    /// Its sessions in order.
    pub sessions: Vec<NotedSession>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
}

/// One session of the notation.
#[derive(Debug, Clone, PartialEq)]
pub struct NotedSession {
    /// How it is sent.
    pub delivery: Delivery,
    /// The recording stops before the session does.
    pub is_open: bool,
    /// The recording begins after the session did.
    pub starts_late: bool,
    /// The last moment that the lines name, microseconds since 1970.
    pub last_micros: i64,
    /// Its header line, as bytes of the text.
    pub header: Range<usize>,
    /// What was sent, in order of arrival.
    pub sendings: Vec<Sending>,
}

/// What was sent at once: a request with its events, or one bare event.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    /// The request, `None` for bare events.
    pub request: Option<Request>,
    /// The line that it came from, as bytes of the text.
    pub line: Range<usize>,
    /// What it carried: the events of an array, or one.
    pub pieces: Vec<Piece>,
    /// Sent in one array.
    pub in_array: bool,
}

/// The text of one event (or of what is sent in its place), and the line that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// JSON, unless the line says otherwise.
    pub text: String,
    /// To be read by the loose reader.
    pub is_loose: bool,
    /// Bytes of the notation text.
    pub line: Range<usize>,
}

/// A part of a line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Offset in the text.
    pub at: usize,
    /// Line and what is expected there, one sentence without a full stop.
    pub message: String,
}

/// Reads a text in the notation. Never fails: what is wrong is skipped and said.
#[must_use]
pub fn read(text: &str) -> Notation {
    let mut reader = Reader::default();
    for (number, (start, line_text)) in (1..).zip(line::lines(text)) {
        reader.line_number = number;
        let (line, fault) = line::split(line_text, start);
        if let Some(fault) = fault {
            reader.skip(fault);
        }
        let Some(first) = line.words.first() else { continue };
        if first.name.starts_with('@') {
            reader.header(line);
        } else {
            reader.event_line(line);
        }
    }
    reader.finish_session();
    reader.out
}

/// An event line, read, one for each repetition.
#[derive(Debug)]
struct Planned {
    offset: f64,
    type_name: String,
    words: std::rc::Rc<[Word]>,
    line: Range<usize>,
    line_number: u64,
}

impl Planned {
    fn event_type(&self) -> Option<EventType> {
        EventType::from_name(&self.type_name)
    }
}

#[derive(Debug, Default)]
struct Reader {
    out: Notation,
    line_number: u64,
    n_events: usize,
    first_base_millis: Option<f64>,
    open: Option<(Scene, Range<usize>, Vec<Planned>)>,
}

impl Reader {
    fn skip(&mut self, fault: Fault) {
        self.skip_on(self.line_number, fault);
    }

    fn skip_on(&mut self, line_number: u64, fault: Fault) {
        let message = format!("line {line_number} of the notation: {}", fault.expected);
        self.out.skipped.push(Skipped { at: fault.at, message });
    }

    fn header(&mut self, line: Line) {
        self.finish_session();
        let last = self.out.sessions.last().map(|session| session.last_micros as f64 / 1000.0);
        let base = last.map_or(FIRST_BASE_MILLIS, |last| last + BETWEEN_SESSIONS_SECS * 1000.0);
        let mut faults = Vec::new();
        let scene = Scene::read(&line, self.out.sessions.len(), self.first_base_millis, base, &mut faults);
        faults.into_iter().for_each(|fault| self.skip(fault));
        self.first_base_millis.get_or_insert(scene.base_millis);
        self.open = Some((scene, line.range, Vec::new()));
    }

    fn event_line(&mut self, line: Line) {
        let when = &line.words[0];
        let offsets = match offsets(&when.name) {
            Some(offsets) if when.value.is_none() => offsets,
            _ => {
                let expected = "expected +SECONDS, +FROM..+TO/STEP or a header such as @vod";
                return self.skip(Fault::new(when.range.start, expected));
            }
        };
        let Some(type_word) = line.words.get(1).filter(|word| word.value.is_none()) else {
            return self.skip(Fault::new(when.range.end, "expected an event type after the time"));
        };
        if self.open.is_none() {
            return self
                .skip(Fault::new(line.range.start, "expected a header such as @vod before the events"));
        }
        let is_online = self.open.as_ref().is_some_and(|(scene, ..)| scene.delivery == Delivery::Online);
        if request::is_method(&type_word.name) && !is_online {
            let expected = "expected an event type: only a session of single requests has others beside them";
            return self.skip(Fault::new(type_word.range.start, expected));
        }
        if self.n_events + offsets.n > MAX_EVENTS {
            let expected = format!("expected no more than {MAX_EVENTS} events in one text");
            return self.skip(Fault::new(line.range.start, expected));
        }
        self.n_events += offsets.n;
        let words: std::rc::Rc<[Word]> = line.words[2..].into();
        let line_number = self.line_number;
        if let Some((_, _, planned)) = &mut self.open {
            planned.extend(offsets.iter().map(|offset| Planned {
                offset,
                type_name: type_word.name.clone(),
                words: words.clone(),
                line: line.range.clone(),
                line_number,
            }));
        }
    }

    fn finish_session(&mut self) {
        let Some((scene, header, planned)) = self.open.take() else { return };
        let moments = moments(&scene, &planned);
        let mut sender = Sender { scene: &scene, reader: self, last_received: f64::NEG_INFINITY };
        let sendings = if scene.delivery.is_batch() {
            vec![sender.batch(&header, &planned, &moments)]
        } else {
            planned.iter().zip(&moments).map(|(planned, moment)| sender.single(planned, *moment)).collect()
        };
        let last_secs =
            planned.iter().map(|planned| planned.offset).fold(sender.last_received, f64::max).max(0.0);
        self.out.sessions.push(NotedSession {
            delivery: scene.delivery,
            is_open: scene.is_open,
            starts_late: scene.starts_late,
            last_micros: (scene.base_millis * 1000.0 + last_secs * 1e6).round() as i64,
            header,
            sendings,
        });
    }
}

/// Times of a line: one, or several at equal steps.
#[derive(Debug, Clone, Copy)]
struct Offsets {
    from: f64,
    step: f64,
    n: usize,
}

impl Offsets {
    fn iter(self) -> impl Iterator<Item = f64> {
        (0..self.n).map(move |index| self.from + self.step * index as f64)
    }
}

/// `+12.5`, `-1` or `+10..+50/10`.
fn offsets(text: &str) -> Option<Offsets> {
    let signed = |text: &str| text.starts_with(['+', '-']).then(|| line::seconds(text)).flatten();
    let Some((from, rest)) = text.split_once("..") else {
        return Some(Offsets { from: signed(text)?, step: 0.0, n: 1 });
    };
    let (to, step) = rest.split_once('/')?;
    let (from, to) = (signed(from)?, signed(to)?);
    let step = line::seconds(step).filter(|step| *step > 0.0)?;
    let steps = ((to - from) / step + 1e-6).floor();
    (steps >= 0.0).then_some(Offsets { from, step, n: steps.min(1e9) as usize + 1 })
}

/// What is known at each event, in the order of the lines. The playhead goes by the order in which they happen.
fn moments(scene: &Scene, planned: &[Planned]) -> Vec<(Moment, Option<f64>)> {
    let mut order: Vec<usize> = (0..planned.len()).collect();
    order.sort_by(|a, b| planned[*a].offset.total_cmp(&planned[*b].offset));
    let mut playback = Playback::new(scene.playhead, scene.rate, scene.content == Content::Live);
    let mut out = vec![(playback.moment(), None); planned.len()];
    for index in &order {
        let here = &planned[*index];
        let given = here.words.iter().rfind(|word| word.name == "ph").and_then(Word::seconds);
        out[*index].0 = playback.step(here.offset, here.event_type(), given);
    }
    fill_lengths(&order, planned, &mut out);
    out
}

/// Completed ads and chapters are as long as the text shows them.
fn fill_lengths(order: &[usize], planned: &[Planned], moments: &mut [(Moment, Option<f64>)]) {
    let (mut open_ad, mut open_chapter) = (None, None);
    for index in order {
        match planned[*index].event_type() {
            Some(EventType::AdStart) => open_ad = Some(*index),
            Some(EventType::ChapterStart) => open_chapter = Some(*index),
            Some(EventType::AdSkip) => open_ad = None,
            Some(EventType::ChapterSkip) => open_chapter = None,
            Some(EventType::AdComplete) => {
                if let Some(start) = open_ad.take() {
                    moments[start].1 = Some(round_millis(planned[*index].offset - planned[start].offset));
                }
            }
            Some(EventType::ChapterComplete) => {
                if let Some(start) = open_chapter.take() {
                    let played = moments[*index].0.playhead - moments[start].0.playhead;
                    moments[start].1 = Some(round_millis(played)).filter(|played| *played > 0.0);
                }
            }
            _ => {}
        }
    }
}

fn round_millis(secs: f64) -> f64 {
    (secs * 1000.0).round() / 1000.0
}

/// Makes requests and bodies of the events of one session.
#[derive(Debug)]
struct Sender<'a> {
    scene: &'a Scene,
    reader: &'a mut Reader,
    /// When the latest request arrived, seconds after `+0`.
    last_received: f64,
}

/// Requests that arrive by default at the same moment are so far apart, seconds.
const TICK_SECS: f64 = 0.001;
/// By default a batch arrives so long after its last event.
const BATCH_DELAY_SECS: f64 = 1.0;

impl Sender<'_> {
    /// One event alone: with its request, or bare.
    fn single(&mut self, planned: &Planned, moment: (Moment, Option<f64>)) -> Sending {
        let (about_request, about_event): (Vec<Word>, Vec<Word>) =
            planned.words.iter().cloned().partition(|word| request::is_request_word(&word.name));
        let is_bodiless = request::is_method(&planned.type_name);
        let line = planned.line.clone();
        let pieces = if is_bodiless {
            let expected = "expected no words about an event: this request has none";
            self.refuse(planned.line_number, &about_event, expected);
            Vec::new()
        } else {
            vec![self.piece(planned, moment, &about_event)]
        };
        if self.scene.delivery == Delivery::Bare {
            self.refuse(planned.line_number, &about_request, "expected no words about requests after @bare");
            return Sending { request: None, line, pieces, in_array: false };
        }
        let received = planned.offset.max(self.last_received + TICK_SECS);
        let mut draft = if is_bodiless {
            Draft::without_body(self.scene, &planned.type_name, received)
        } else {
            Draft::new(self.scene, planned.event_type(), received)
        };
        for word in self.scene.request_words.iter().chain(&about_request) {
            if let Err(expected) = draft.apply(word) {
                self.reader.skip_on(planned.line_number, Fault::new(word.range.start, expected));
            }
        }
        self.last_received = draft.received_secs().unwrap_or(self.last_received);
        let in_array = draft.in_array();
        Sending { request: Some(draft.finish(self.scene)), line, pieces, in_array }
    }

    /// All events in one array.
    fn batch(
        &mut self,
        header: &Range<usize>,
        planned: &[Planned],
        moments: &[(Moment, Option<f64>)],
    ) -> Sending {
        let last = planned.iter().map(|planned| planned.offset).fold(0.0, f64::max);
        let mut draft = Draft::new(self.scene, None, last + BATCH_DELAY_SECS);
        for word in &self.scene.request_words {
            if let Err(expected) = draft.apply(word) {
                self.reader.skip(Fault::new(word.range.start, expected));
            }
        }
        self.last_received = draft.received_secs().unwrap_or(last);
        let pieces = planned.iter().zip(moments).map(|(planned, moment)| {
            let (about_request, about_event): (Vec<Word>, Vec<Word>) =
                planned.words.iter().cloned().partition(|word| request::is_request_word(&word.name));
            let expected = "expected words about the request of a batch in its header line";
            self.refuse(planned.line_number, &about_request, expected);
            self.piece(planned, *moment, &about_event)
        });
        let pieces = pieces.collect();
        Sending { request: Some(draft.finish(self.scene)), line: header.clone(), pieces, in_array: true }
    }

    fn refuse(&mut self, line_number: u64, words: &[Word], expected: &str) {
        for word in words {
            self.reader.skip_on(line_number, Fault::new(word.range.start, expected));
        }
    }

    fn piece(&mut self, planned: &Planned, moment: (Moment, Option<f64>), words: &[Word]) -> Piece {
        let happening = Happening {
            type_name: &planned.type_name,
            event_type: planned.event_type(),
            offset: planned.offset,
            moment: moment.0,
            length_secs: moment.1,
        };
        let mut fault = |word: &Word, expected: &str| {
            self.reader.skip_on(planned.line_number, Fault::new(word.range.start, expected));
        };
        let text = event::text(self.scene, happening, words, &mut fault);
        Piece { text: text.text, is_loose: text.is_loose, line: planned.line.clone() }
    }
}

#[cfg(test)]
mod tests;

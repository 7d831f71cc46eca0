//! The session notation, written: every word of an event stands there, so that nothing hangs on what the reader fills in.
//!
//! Reading the text back gives equal events in the same order. [`crate::ingest::notation::HELP`] defines the notation.

use serde_json::Value;

use super::events::one_line;
use super::masking::Masking;
use crate::ingest::notation::is_method;
use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::model::headers;
use crate::model::id::EventId;
use crate::model::session::{Ending, Mode, Session};
use crate::model::table::{Event, EventFlags};

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notated {
    /// The text; empty when there is nothing to write.
    pub text: String,
    /// Number of events in it.
    pub n_events: u64,
    /// Events whose text is no JSON and holds what the notation would replace (`$ts`, `$ph`).
    pub n_left_out: u64,
}

/// How the events are sent in the notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    /// A request an event.
    Online,
    /// One array.
    Batch { is_legacy: bool },
    /// Without requests.
    Bare,
}

/// Writes events of one session, given in the order in which they are to stand there.
#[must_use]
pub fn write(capture: &Capture, session: &Session, events: &[EventId], masking: &mut Masking<'_>) -> Notated {
    let mut notated = Notated::default();
    let Some(first) = events.first().and_then(|id| capture.event(*id)) else { return notated };
    masking.enter(Some(session.id));
    let sheet = Sheet {
        delivery: delivery(capture, session, events),
        base: base(capture, events),
        sid: session.sid.clone().unwrap_or_default(),
        origin: first.exchange().map(|exchange| origin(&exchange.url())).unwrap_or_default(),
    };
    let begins = events.first() == session.by_arrival.first() && !session.begins_late;
    let ends = events.last() == session.by_arrival.last() && session.ending != Ending::CutOff;
    notated.text = sheet.header(session, &first, begins, ends, masking);
    let mut secs = 0.0;
    for event in events.iter().filter_map(|id| capture.event(*id)) {
        secs = event.ts().map_or(secs, |ts| sheet.secs(ts));
        match sheet.line(&event, secs, masking) {
            Some(line) => {
                notated.text.push_str(&line);
                notated.text.push('\n');
                notated.n_events += 1;
            }
            None => notated.n_left_out += 1,
        }
    }
    notated
}

/// What holds for all lines of a session.
struct Sheet {
    delivery: Delivery,
    /// The moment of `+0`.
    base: TsMillis,
    sid: String,
    /// Scheme and host of the requests.
    origin: String,
}

impl Sheet {
    /// Seconds of a moment after `+0`, as far as the notation goes.
    fn secs(&self, at: TsMillis) -> f64 {
        let secs = at.secs_since(self.base);
        if secs.abs() < MAX_SECS { secs } else { 0.0 }
    }

    fn header(
        &self,
        session: &Session,
        first: &Event<'_>,
        begins: bool,
        ends: bool,
        masking: &mut Masking<'_>,
    ) -> String {
        let mut words = vec![if session.content.live { "@live" } else { "@vod" }.to_owned()];
        match self.delivery {
            Delivery::Online => {}
            Delivery::Batch { is_legacy: false } => words.push("@batch".to_owned()),
            Delivery::Batch { is_legacy: true } => words.push("@legacy".to_owned()),
            Delivery::Bare => words.push("@bare".to_owned()),
        }
        if !begins {
            words.push("@starts-late".to_owned());
        }
        if !ends {
            words.push("@open".to_owned());
        }
        words.push(format!("base={}", self.base.0));
        if self.delivery != Delivery::Bare {
            words.push(format!("sid={}", quoted(&masking.text(&self.sid))));
            words.push(format!("host={}", quoted(&masking.url(&self.origin))));
        }
        if let (Delivery::Batch { .. }, Some(exchange)) = (self.delivery, first.exchange()) {
            words.extend(self.about_request(&exchange, masking));
        }
        words.join(" ") + "\n"
    }

    /// The line of an event; `None` when there is no way to write it.
    fn line(&self, event: &Event<'_>, secs: f64, masking: &mut Masking<'_>) -> Option<String> {
        let text = event.text();
        let text = masking.body(std::str::from_utf8(&text).ok()?).into_owned();
        let known = event.event_type();
        let json = serde_json::from_str::<Value>(&text).ok();
        // A key that stands twice and a number that is written otherwise than it stood need the text as it is.
        let is_faithful = |json: &Value| {
            let (written, line) = (json.to_string(), one_line(&text));
            let stood = written.as_bytes() == line;
            let is_same =
                || !has_long_number(&line) && serde_json::from_str(&written).ok().as_ref() == Some(json);
            !event.row().flags.has(EventFlags::DUPLICATE_KEY) && (stood || is_same())
        };
        let words = match &json {
            Some(json) if is_faithful(json) => words_of(json, known),
            Some(_) => vec![ANY_TYPE.to_owned(), format!("raw={}", quoted(&text.replace('$', "\\u0024")))],
            None if text.contains("$ts") || text.contains("$ph") => return None,
            None => vec![ANY_TYPE.to_owned(), format!("raw={}", quoted(&text))],
        };
        let mut line = vec![offset(secs)];
        line.extend(words);
        if self.delivery == Delivery::Online
            && let Some(exchange) = event.exchange()
        {
            line.extend(self.about_request(&exchange, masking));
            if event.row().flags.has(EventFlags::IN_BATCH) {
                line.push("body=array".to_owned());
            }
        }
        Some(line.join(" "))
    }

    /// The words about a request and its answer.
    fn about_request(&self, exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> Vec<String> {
        let received = exchange.received_at().map(|at| at.0 as f64 / 1e6 - self.base.0 as f64 / 1e3);
        let received = received.filter(|secs| secs.abs() < MAX_SECS);
        let mut words =
            vec![received.map_or("recv=none".to_owned(), |secs| format!("recv={}", offset(secs)))];
        if !exchange.method().is_empty() && exchange.method() != "POST" {
            words.push(format!("method={}", quoted(exchange.method())));
        }
        words.push(self.place(exchange, masking));
        match exchange.content_type() {
            None => words.push("-type".to_owned()),
            Some("application/json") => {}
            Some(other) => words.push(format!("type={}", quoted(other))),
        }
        words.extend(about_answer(exchange, masking));
        words
    }

    /// Where the request went: in one word where the notation has one.
    fn place(&self, exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> String {
        let url = exchange.url();
        let path = url.strip_prefix(self.origin.as_str()).filter(|_| !self.origin.is_empty());
        let events = format!("/api/v1/sessions/{}/events", self.sid);
        match (exchange.endpoint(), path) {
            (Endpoint::Downloaded, Some("/api/v1/downloaded")) => "to=downloaded".to_owned(),
            (_, Some("/api/v1/sessions")) => "to=sessions".to_owned(),
            (Endpoint::Events, Some(path)) if path == events => "to=events".to_owned(),
            _ => format!("url={}", quoted(&masking.url(&url))),
        }
    }
}

/// Moments further from `+0` than this the notation does not take, seconds.
const MAX_SECS: f64 = 3e10;
/// A type without anything that the reader fills in.
const ANY_TYPE: &str = "ping";

fn about_answer(exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> Vec<String> {
    let Some(status) = exchange.status() else {
        let failed = exchange.row().status < 0;
        let unreadable = exchange.row().flags.has(ExchangeFlags::ANSWER_UNREADABLE);
        let word = if unreadable {
            "unreadable"
        } else if failed {
            "failed"
        } else {
            "none"
        };
        return vec![format!("status={word}")];
    };
    let mut words = vec![format!("status={status}")];
    let answer = exchange.answer_headers();
    match headers::find(&answer, "location") {
        Some(location) => words.push(format!("location={}", quoted(&masking.url(location)))),
        None if status == 201 => words.push("location=none".to_owned()),
        None => {}
    }
    let body = if exchange.answer_base64().is_some() { String::new() } else { exchange.answer_body() };
    if !body.is_empty() {
        words.push(format!("answer={}", quoted(&masking.body(&body))));
    }
    let after = exchange.row().answered_after_millis;
    if (0..1_000_000_000).contains(&after) {
        words.push(format!("answered={}", f64::from(after) / 1000.0));
    }
    words
}

/// The type and the words of an event; the event is as it was when it is written and read again.
fn words_of(json: &Value, known: Option<EventType>) -> Vec<String> {
    let Value::Object(members) = json else {
        return vec![ANY_TYPE.to_owned(), format!("json:={json}")];
    };
    let mut words = Vec::new();
    match members.get("eventType") {
        Some(Value::String(name)) if is_plain_type(name) => words.push(name.clone()),
        Some(other) => words.extend([ANY_TYPE.to_owned(), format!("eventType={}", written(other))]),
        None => words.extend([ANY_TYPE.to_owned(), "-eventType".to_owned()]),
    }
    player_time(members.get("playerTime"), &mut words);
    // What the reader fills in goes first, then comes what is there.
    let filled = known.and_then(filled_in);
    if let Some(member) = filled {
        words.push(format!("-{member}"));
    }
    for (name, value) in members {
        match (name.as_str(), value) {
            ("eventType" | "playerTime", _) => {}
            ("params" | "qoeData" | "customMetadata", Value::Object(inside))
                if !inside.is_empty() && inside.keys().all(|key| is_plain(key)) =>
            {
                words.extend(inside.iter().map(|(key, value)| {
                    let place = place(name, key);
                    format!("{place}={}", written(value))
                }));
            }
            ("params" | "qoeData" | "customMetadata", value) => {
                words.push(format!("{name}={}", written(value)))
            }
            (name, value) => {
                let pointer = name.replace('~', "~0").replace('/', "~1");
                if !is_plain(&pointer) {
                    return vec![ANY_TYPE.to_owned(), format!("json:={json}")];
                }
                words.push(format!("json:/{pointer}={}", written(value)));
            }
        }
    }
    words
}

fn player_time(member: Option<&Value>, words: &mut Vec<String>) {
    let simple = member.and_then(Value::as_object).and_then(|inside| {
        let (playhead, ts) = (inside.get("playhead")?, inside.get("ts")?);
        (inside.len() == 2 && playhead.is_number() && ts.is_number())
            .then(|| format!("ph={playhead} ts={ts}"))
    });
    words.push(match (simple, member) {
        (Some(simple), _) => simple,
        (None, Some(other)) => format!("playerTime={}", written(other)),
        (None, None) => "-playerTime".to_owned(),
    });
}

/// The member that the reader fills in for a type.
fn filled_in(event_type: EventType) -> Option<&'static str> {
    Some(match event_type {
        EventType::SessionStart
        | EventType::AdBreakStart
        | EventType::AdStart
        | EventType::ChapterStart
        | EventType::StateStart
        | EventType::StateEnd
        | EventType::StatesUpdate => "params",
        EventType::BitrateChange | EventType::Error => "qoeData",
        _ => return None,
    })
}

/// The word for a key of a member: in short where only this can be meant.
fn place(member: &str, key: &str) -> String {
    let is_of_api = ["media.", "analytics.", "visitor."].iter().any(|prefix| key.starts_with(prefix));
    let is_quality = key.starts_with("media.qoe.");
    match member {
        "qoeData" if is_quality => key.to_owned(),
        "qoeData" => format!("qoe.{key}"),
        "customMetadata" => format!("meta.{key}"),
        _ if is_of_api && !is_quality => key.to_owned(),
        _ => format!("params.{key}"),
    }
}

/// True for a key that can stand in a word.
fn is_plain(key: &str) -> bool {
    !key.contains(|char: char| char == '=' || char.is_whitespace() || char.is_control())
}

fn is_plain_type(name: &str) -> bool {
    let is_word = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-' | ':');
    !name.is_empty() && name.chars().all(is_word) && !is_method(name)
}

/// A value as the reader takes it: JSON, on one line.
fn written(value: &Value) -> String {
    value.to_string()
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A number of seconds with its sign, to the microsecond.
fn offset(secs: f64) -> String {
    let rounded = (secs * 1e6).round() / 1e6;
    if rounded < 0.0 { format!("{rounded}") } else { format!("+{}", rounded.abs()) }
}

fn delivery(capture: &Capture, session: &Session, events: &[EventId]) -> Delivery {
    let exchange = |id: &EventId| capture.event(*id).and_then(|event| event.exchange()).map(|it| it.id);
    let first = events.first().and_then(exchange);
    match session.mode {
        _ if first.is_none() => Delivery::Bare,
        Mode::Online => Delivery::Online,
        Mode::Unknown => Delivery::Bare,
        mode if events.iter().all(|id| exchange(id) == first) => {
            Delivery::Batch { is_legacy: mode == Mode::LegacyDownloaded }
        }
        _ => Delivery::Bare,
    }
}

/// The moment of `+0`: the first credible `ts`, else the first arrival.
fn base(capture: &Capture, events: &[EventId]) -> TsMillis {
    let events = || events.iter().filter_map(|id| capture.event(*id));
    let sane = |at: &TsMillis| at.0.abs() < MAX_BASE_MILLIS;
    let ts = events().filter_map(|event| event.ts()).find(sane);
    let arrived =
        || events().filter_map(|event| event.received_at()).map(|at| TsMillis(at.0 / 1000)).find(sane);
    ts.or_else(arrived).unwrap_or(TsMillis(0))
}

/// The notation takes no `+0` further from 1970.
const MAX_BASE_MILLIS: i64 = 1_000_000_000_000_000;

/// Scheme and host of an absolute URL, else nothing.
fn origin(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return String::new() };
    let host = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    format!("{scheme}://{host}")
}
/// So many digits are exact as a float.
const EXACT_DIGITS: usize = 15;

/// True when a number may have more digits than a float keeps.
fn has_long_number(json: &[u8]) -> bool {
    json.split(|byte| !byte.is_ascii_digit() && *byte != b'.').any(|digits| digits.len() > EXACT_DIGITS)
}

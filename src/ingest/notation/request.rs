//! The request of a notation line and its answer: what is sent by default, and the words that change it.

use super::line::Word;
use super::scene::{Delivery, Scene};
use crate::model::event_type::EventType;
use crate::model::fault::FaultSpec;

/// A request as it would stand in a record of requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Upper case as written.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// In order.
    pub headers: Vec<(String, String)>,
    /// When it arrived, microseconds since 1970; `None` when not recorded.
    pub received_micros: Option<i64>,
    /// The answer.
    pub answer: Answer,
    /// The fault that was injected, in the words that ask for one.
    pub fault: Option<String>,
    /// A body was sent, but not recorded.
    pub body_is_missing: bool,
}

/// What the server said.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Nothing was recorded.
    None,
    /// Something that cannot be read.
    Unreadable,
    /// The recorder says that no answer came.
    Failed,
    /// An answer.
    Given {
        /// HTTP status.
        status: u16,
        /// In order.
        headers: Vec<(String, String)>,
        /// Text, mostly empty.
        body: String,
        /// Milliseconds from the request to it.
        after_millis: i32,
    },
}

/// Methods that may stand in place of an event type: a request without a body.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// True for a word that stands for a request without a body where an event type would.
#[must_use]
pub fn is_method(type_name: &str) -> bool {
    METHODS.contains(&type_name)
}

const NAMES: [&str; 11] =
    ["method", "path", "url", "to", "type", "status", "location", "answer", "answered", "body", "fault"];

/// True for a word that changes the request and not the event.
pub(super) fn is_request_word(name: &str) -> bool {
    let name = name.strip_prefix('-').unwrap_or(name);
    NAMES.contains(&name)
        || matches!(name, "recv" | "sid")
        || name.starts_with("header:")
        || name.starts_with("answer:")
}

/// A request while its words are applied.
#[derive(Debug)]
pub(super) struct Draft {
    method: String,
    url: Option<String>,
    path: Option<String>,
    to: Endpoint,
    sid: String,
    headers: Vec<(String, String)>,
    answer_headers: Vec<(String, String)>,
    received_secs: Option<f64>,
    status: Status,
    location: Option<Option<String>>,
    answer: String,
    answered_secs: f64,
    fault: Option<String>,
    body_is_missing: bool,
    in_array: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Endpoint {
    Sessions,
    Events,
    Downloaded,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Status {
    Default,
    None,
    Unreadable,
    Failed,
    Code(u16),
}

/// Seconds from a request to its answer, unless `answered=` says otherwise.
const ANSWERED_SECS: f64 = 0.02;

impl Draft {
    /// The request that carries an event of this type, or the array of a batch, before any words.
    pub fn new(scene: &Scene, event_type: Option<EventType>, received_secs: f64) -> Self {
        let to = match (scene.delivery, event_type) {
            (Delivery::Batch, _) => Endpoint::Downloaded,
            (Delivery::Legacy, _) | (_, Some(EventType::SessionStart)) => Endpoint::Sessions,
            _ => Endpoint::Events,
        };
        Self {
            method: "POST".to_owned(),
            url: None,
            path: None,
            to,
            sid: scene.sid.clone(),
            headers: owned(&[("Content-Type", "application/json")]),
            answer_headers: Vec::new(),
            received_secs: Some(received_secs),
            status: Status::Default,
            location: None,
            answer: String::new(),
            answered_secs: ANSWERED_SECS,
            fault: None,
            body_is_missing: false,
            in_array: false,
        }
    }

    /// A request without a body; `OPTIONS` is a browser's preflight, which the API allows.
    pub fn without_body(scene: &Scene, method: &str, received_secs: f64) -> Self {
        let mut draft = Self { method: method.to_owned(), ..Self::new(scene, None, received_secs) };
        draft.headers.clear();
        if method == "OPTIONS" {
            draft.status = Status::Code(200);
            draft.headers = owned(&PREFLIGHT_HEADERS);
            draft.answer_headers = owned(&PREFLIGHT_ANSWER);
        }
        draft
    }

    /// True when the event is to be sent in an array.
    pub fn in_array(&self) -> bool {
        self.in_array
    }

    /// When it arrives, seconds after `+0`.
    pub fn received_secs(&self) -> Option<f64> {
        self.received_secs
    }

    /// Applies one word.
    pub fn apply(&mut self, word: &Word) -> Result<(), &'static str> {
        let is_removed = word.name.starts_with('-');
        let is_none = is_removed || word.text() == "none";
        let text = word.text();
        match word.name.strip_prefix('-').unwrap_or(&word.name) {
            "method" => self.method = text.to_ascii_uppercase(),
            "url" => self.url = Some(text),
            "path" => self.path = Some(text),
            "sid" => self.sid = text,
            "to" => self.to = endpoint(&text)?,
            "type" if is_removed => set_header(&mut self.headers, "Content-Type", None),
            "type" => set_header(&mut self.headers, "Content-Type", Some(text)),
            "status" => self.status = status(&text, is_none)?,
            "location" => self.location = Some((!is_none).then_some(text)),
            "answer" => self.answer = if is_removed { String::new() } else { text },
            "fault" if is_removed => self.fault = None,
            "fault" => {
                self.fault = Some(
                    text.parse::<FaultSpec>()
                        .map_err(|_| "expected a fault, as --fault takes it")?
                        .to_string(),
                );
            }
            "answered" => {
                let secs = word.seconds().filter(|secs| (0.0..1e6).contains(secs));
                self.answered_secs = secs.ok_or("expected seconds from the request to its answer")?;
            }
            "recv" if is_none => self.received_secs = None,
            "recv" => {
                self.received_secs = Some(word.seconds().ok_or("expected recv=+SECONDS or recv=none")?);
            }
            "body" if is_none => self.body_is_missing = true,
            "body" if text == "array" => self.in_array = true,
            "body" => return Err("expected body=none or body=array (any other body is given by raw='…')"),
            name => {
                let value = (!is_removed).then_some(text);
                match (name.strip_prefix("header:"), name.strip_prefix("answer:")) {
                    (Some(name), _) => set_header(&mut self.headers, name, value),
                    (_, Some(name)) => set_header(&mut self.answer_headers, name, value),
                    _ => return Err("expected a word about the request"),
                }
            }
        }
        Ok(())
    }

    /// The request, with what was left open filled in.
    pub fn finish(self, scene: &Scene) -> Request {
        let default_path = match self.to {
            Endpoint::Sessions => "/api/v1/sessions".to_owned(),
            Endpoint::Events => format!("/api/v1/sessions/{}/events", self.sid),
            Endpoint::Downloaded => "/api/v1/downloaded".to_owned(),
        };
        let path = self.path.as_ref().map_or(default_path, |path| path.replace("{sid}", &self.sid));
        let url = self.url.clone().unwrap_or_else(|| format!("{}{path}", scene.origin));
        let received_micros =
            self.received_secs.map(|secs| (scene.base_millis * 1000.0 + secs * 1e6).round() as i64);
        Request {
            url,
            received_micros,
            answer: self.answer(),
            method: self.method,
            headers: self.headers,
            fault: self.fault,
            body_is_missing: self.body_is_missing,
        }
    }

    fn answer(&self) -> Answer {
        let status = match self.status {
            Status::None => return Answer::None,
            Status::Unreadable => return Answer::Unreadable,
            Status::Failed => return Answer::Failed,
            Status::Code(code) => code,
            Status::Default if self.to == Endpoint::Events => 204,
            Status::Default => 201,
        };
        let location = match &self.location {
            Some(given) => given.clone(),
            None => (status == 201).then(|| format!("/api/v1/sessions/{}", self.sid)),
        };
        let mut headers: Vec<_> =
            location.map(|location| ("Location".to_owned(), location)).into_iter().collect();
        headers.extend(self.answer_headers.iter().cloned());
        Answer::Given {
            status,
            headers,
            body: self.answer.clone(),
            after_millis: (self.answered_secs * 1000.0).round() as i32,
        }
    }
}

/// What a browser asks before it sends JSON to another origin.
const PREFLIGHT_HEADERS: [(&str, &str); 3] = [
    ("Origin", "https://player.example.com"),
    ("Access-Control-Request-Method", "POST"),
    ("Access-Control-Request-Headers", "content-type"),
];

/// What the API answers. Source: `mc-api-quick-start.md`.
const PREFLIGHT_ANSWER: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "OPTIONS,POST,PUT"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Expose-Headers", "Location"),
];

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Sets (or, with `None`, removes) a header, letter case of its name aside.
fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: Option<String>) {
    let place = headers.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
    match (place, value) {
        (Some(place), Some(value)) => headers[place].1 = value,
        (Some(place), None) => drop(headers.remove(place)),
        (None, Some(value)) => headers.push((name.to_owned(), value)),
        (None, None) => {}
    }
}

fn endpoint(text: &str) -> Result<Endpoint, &'static str> {
    match text {
        "sessions" => Ok(Endpoint::Sessions),
        "events" => Ok(Endpoint::Events),
        "downloaded" => Ok(Endpoint::Downloaded),
        _ => Err("expected to=sessions, to=events or to=downloaded"),
    }
}

fn status(text: &str, is_none: bool) -> Result<Status, &'static str> {
    match text {
        _ if is_none => Ok(Status::None),
        "unreadable" => Ok(Status::Unreadable),
        "failed" => Ok(Status::Failed),
        code => {
            let code = code.parse().ok().filter(|code| (100..1000).contains(code));
            code.map(Status::Code).ok_or("expected status=CODE, none, failed or unreadable")
        }
    }
}

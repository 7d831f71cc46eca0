//! A viewing as a capture: request records, or bare events.

use serde_json::{Value, json};

use super::viewing::{Delivery, PlayedSession, Style, Viewing};

/// Where the requests go.
const BASE: &str = "https://garden.hb-api.omtrdc.net/api/v1";
/// A preflight comes so long before its POST, milliseconds.
const PREFLIGHT_MILLIS: i64 = 8;

/// One request with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedRequest {
    /// Arrival, milliseconds since 1970.
    pub received_at: i64,
    /// The method.
    pub method: &'static str,
    /// The address.
    pub url: String,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: PlayedBody,
    /// Status of the answer, 0 when there was none.
    pub status: u16,
    /// `Location` of the answer.
    pub location: Option<String>,
    /// The answer came so long after the request.
    pub answered_after_millis: i64,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayedBody {
    /// None.
    Empty,
    /// JSON, written in the style of the capture.
    Json(Value),
    /// Whatever this text is.
    Text(String),
}

/// A capture that is not written yet.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayedCapture {
    /// Requests in order of arrival.
    Requests(Vec<PlayedRequest>),
    /// Events without requests.
    Bare(Vec<Value>),
}

impl PlayedCapture {
    /// The capture of a viewing.
    #[must_use]
    pub fn of(viewing: &Viewing) -> PlayedCapture {
        let style = viewing.style;
        if viewing.sessions.iter().all(|session| session.delivery == Delivery::Bare) {
            let events = viewing.sessions.iter().flat_map(|session| &session.events);
            return PlayedCapture::Bare(events.map(|event| event.body(style)).collect());
        }
        let mut requests: Vec<PlayedRequest> =
            viewing.sessions.iter().flat_map(|session| requests(session, style)).collect();
        requests.sort_by_key(|request| request.received_at);
        PlayedCapture::Requests(requests)
    }

    /// The bytes of the file, a request or event on each line.
    #[must_use]
    pub fn write(&self, style: Style) -> Vec<u8> {
        let lines: Vec<String> = match self {
            PlayedCapture::Requests(requests) if style.archive => {
                let entries: Vec<String> =
                    requests.iter().map(|request| request.entry(style).to_string()).collect();
                let head = r#"{"log":{"version":"1.2","creator":{"name":"garden","version":"1"},"entries":["#;
                return format!("{head}\n{}\n]}}}}\n", entries.join(",\n")).into_bytes();
            }
            PlayedCapture::Requests(requests) => {
                requests.iter().map(|request| request.record(style).to_string()).collect()
            }
            PlayedCapture::Bare(events) => events.iter().map(|event| text(event, style)).collect(),
        };
        format!("[{}]\n", lines.join(",\n")).into_bytes()
    }

    /// The JSON of every event, in the order of the file.
    pub fn bodies_mut(&mut self) -> Vec<&mut Value> {
        match self {
            PlayedCapture::Bare(events) => events.iter_mut().collect(),
            PlayedCapture::Requests(requests) => requests
                .iter_mut()
                .flat_map(|request| match &mut request.body {
                    PlayedBody::Json(Value::Array(events)) => events.iter_mut().collect(),
                    PlayedBody::Json(event) => vec![event],
                    PlayedBody::Empty | PlayedBody::Text(_) => Vec::new(),
                })
                .collect(),
        }
    }
}

impl PlayedRequest {
    /// As a record of `{arrivalMs, method, url, headers, body, response}`.
    fn record(&self, style: Style) -> Value {
        let mut record = json!({
            "arrivalMs": self.received_at,
            "method": self.method,
            "url": self.url,
            "headers": self.request_headers(),
        });
        if let Some(body) = self.body_text(style) {
            record["body"] = json!(body);
        }
        if self.status > 0 {
            let headers = self.response_headers();
            record["response"] = json!({"status": self.status, "headers": headers, "body": ""});
        }
        record
    }

    /// As an entry of an HTTP archive.
    fn entry(&self, style: Style) -> Value {
        let started = jiff::Timestamp::from_millisecond(self.received_at).unwrap_or_default();
        let mut entry = json!({
            "startedDateTime": started.to_string(),
            "time": self.answered_after_millis,
            "request": {
                "method": self.method,
                "url": self.url,
                "headers": self.request_headers(),
            },
            "response": {
                "status": self.status,
                "headers": if self.status > 0 { self.response_headers() } else { json!([]) },
            },
        });
        if let Some(body) = self.body_text(style) {
            entry["request"]["postData"] = json!({"mimeType": self.content_type, "text": body});
        }
        entry
    }

    fn body_text(&self, style: Style) -> Option<String> {
        match &self.body {
            PlayedBody::Empty => None,
            PlayedBody::Json(json) => Some(text(json, style)),
            PlayedBody::Text(text) => Some(text.clone()),
        }
    }

    fn request_headers(&self) -> Value {
        if self.method != "OPTIONS" {
            return headers(&[("Content-Type", self.content_type)]);
        }
        headers(&[
            ("Origin", "https://garden.example.com"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type"),
        ])
    }

    fn response_headers(&self) -> Value {
        let mut all = headers(&[
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Headers", "Content-Type"),
            ("Access-Control-Allow-Methods", "OPTIONS,POST,PUT"),
            ("Access-Control-Expose-Headers", "Location"),
        ]);
        if let (Some(location), Some(list)) = (&self.location, all.as_array_mut()) {
            list.push(json!({"name": "Location", "value": location}));
        }
        all
    }
}

fn headers(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn requests(session: &PlayedSession, style: Style) -> Vec<PlayedRequest> {
    let location = || Some(format!("/api/v1/sessions/{}", session.sid));
    let post = |received_at, url: String, body, status, location| PlayedRequest {
        received_at,
        method: "POST",
        url,
        content_type: "application/json",
        body: PlayedBody::Json(body),
        status,
        location,
        answered_after_millis: 120,
    };
    if let Delivery::Batch { legacy, received_at } = session.delivery {
        let url = format!("{BASE}/{}", if legacy { "sessions" } else { "downloaded" });
        let body = session.events.iter().map(|event| event.body(style)).collect();
        return vec![post(received_at, url, Value::Array(body), 201, location())];
    }
    let mut all = Vec::new();
    for (index, event) in session.events.iter().enumerate() {
        let opens = index == 0;
        let url = match opens {
            true => format!("{BASE}/sessions"),
            false => format!("{BASE}/sessions/{}/events", session.sid),
        };
        let location = if opens { location() } else { None };
        let mut sent = post(event.received_at, url, event.body(style), event.status, location);
        sent.answered_after_millis = event.answered_after_millis;
        // the browser asks once for each address and remembers the answer
        if style.preflights && index < 2 {
            all.push(preflight(&sent, index == 0));
        }
        all.push(sent);
    }
    all
}

fn preflight(post: &PlayedRequest, before: bool) -> PlayedRequest {
    PlayedRequest {
        received_at: post.received_at + if before { -PREFLIGHT_MILLIS } else { 0 },
        method: "OPTIONS",
        body: PlayedBody::Empty,
        status: 204,
        location: None,
        answered_after_millis: 5,
        ..post.clone()
    }
}

/// JSON as it is written in this style.
pub(super) fn text(json: &Value, style: Style) -> String {
    let text = json.to_string();
    // a slash stands in strings only
    if style.odd_numbers { text.replace('/', "\\/") } else { text }
}

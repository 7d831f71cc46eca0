//! Requests and answers → lines of the journal.

use crate::collector::recorder::{AnswerBy, Answered, Arrived, Header, Scheme, Via};
use crate::ingest::journal::{VERSION, seal};
use crate::model::clock::ReceivedAt;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeSeq as _, Serializer};

/// A run begins; `next` is the number of its first request.
pub(super) fn start(out: &mut Vec<u8>, at: ReceivedAt, next: u64) {
    let program = env!("CARGO_PKG_VERSION");
    write(out, &Start { playtrace: "journal", version: VERSION, started: Time(at), program, next });
}

/// A request.
pub(super) fn request(out: &mut Vec<u8>, number: u64, arrived: &Arrived) {
    let (body, body64) = body(&arrived.body);
    let line = Request {
        request: number,
        at: Time(arrived.received_at),
        via: match arrived.via {
            Via::StandIn => "stand-in",
            Via::Forward => "forward",
            Via::Proxy => "proxy",
        },
        scheme: match arrived.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        },
        method: &arrived.method,
        target: &arrived.target,
        http: &arrived.http_version,
        headers: Headers(&arrived.headers),
        body,
        body64,
        cut: arrived.body_cut,
    };
    write(out, &line);
}

/// An answer.
pub(super) fn answer(out: &mut Vec<u8>, number: u64, answered: &Answered) {
    let (body, body64) = body(&answered.body);
    let line = Answer {
        answer: number,
        at: Time(answered.at),
        by: match answered.by {
            AnswerBy::StandIn => "stand-in",
            AnswerBy::Upstream => "upstream",
            AnswerBy::Collector => "collector",
        },
        status: answered.status,
        headers: Headers(&answered.headers),
        body,
        body64,
        cut: answered.body_cut,
        fault: answered.fault.as_deref(),
        failure: answered.failure.as_deref(),
    };
    write(out, &line);
}

/// The answer to a request whose real answer could not be kept: the player got this instead.
pub(super) fn unkept(out: &mut Vec<u8>, number: u64, at: ReceivedAt, why: &str) {
    let line = Answer {
        answer: number,
        at: Time(at),
        by: "collector",
        status: Some(503),
        headers: Headers(&[]),
        body: None,
        body64: None,
        cut: false,
        fault: None,
        failure: Some(why),
    };
    write(out, &line);
}

/// So many requests were refused without being kept.
pub(super) fn gap(out: &mut Vec<u8>, n_requests: u64, at: ReceivedAt, until: ReceivedAt, why: &str) {
    write(out, &Gap { gap: n_requests, at: Time(at), until: Time(until), why });
}

fn write(out: &mut Vec<u8>, line: &impl Serialize) {
    let start = out.len();
    serde_json::to_writer(&mut *out, line).expect("lines are plain data, and memory takes them");
    // The checksum comes last, inside.
    out.pop();
    seal(out, start);
}

fn body(bytes: &[u8]) -> (Option<&str>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok("") => (None, None),
        Ok(text) => (Some(text), None),
        Err(_) => (None, Some(STANDARD.encode(bytes))),
    }
}

#[derive(serde::Serialize)]
struct Start {
    playtrace: &'static str,
    version: u64,
    started: Time,
    program: &'static str,
    next: u64,
}

#[derive(serde::Serialize)]
struct Request<'a> {
    request: u64,
    at: Time,
    via: &'static str,
    scheme: &'static str,
    method: &'a str,
    target: &'a str,
    http: &'a str,
    headers: Headers<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body64: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    cut: bool,
}

#[derive(serde::Serialize)]
struct Answer<'a> {
    answer: u64,
    at: Time,
    by: &'static str,
    status: Option<u16>,
    headers: Headers<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body64: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct Gap<'a> {
    gap: u64,
    at: Time,
    until: Time,
    why: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Microseconds since 1970 as ISO 8601.
struct Time(ReceivedAt);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match jiff::Timestamp::from_microsecond(self.0.0) {
            Ok(time) => serializer.collect_str(&format_args!("{time:.6}")),
            Err(_) => serializer.serialize_none(),
        }
    }
}

struct Headers<'a>(&'a [Header]);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(name, value)| Pair(name, value)))
    }
}

struct Pair<'a>(&'a str, &'a [u8]);

impl Serialize for Pair<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_seq(None)?;
        pair.serialize_element(self.0)?;
        match std::str::from_utf8(self.1) {
            Ok(text) => pair.serialize_element(text)?,
            Err(_) => {
                pair.serialize_element(&STANDARD.encode(self.1))?;
                pair.serialize_element("base64")?;
            }
        }
        pair.end()
    }
}

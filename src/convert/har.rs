//! An HTTP archive 1.2 of a capture.
//!
//! Bodies are written unpacked, those that are no text in base64. Where something is to be masked these are left out, as
//! nobody can tell what stands in them, and a comment says so. What the archive has no word for begins with an underscore, as its format asks:
//! `_fault`, a fault that the collector injected, and `_failure`, what kept it from giving a real answer. Requests whose
//! arrival was not recorded are dated 1970-01-01, which reading takes back; those without an answer have status 0, as in
//! archives of browsers.

use super::masking::Masking;
use super::{Options, Written, exchanges, is_foreign};
use crate::ingest::coding::joined;
use crate::ingest::unpack::unpack;
use crate::model::capture::{Capture, Format};
use crate::model::clock::ReceivedAt;
use crate::model::exchange::{Exchange, ExchangeFlags};
use crate::model::headers::find;
use crate::model::json;
use crate::model::session::Session;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::io::{self, Write};

/// A host for requests whose host was not recorded: a name that never leads anywhere (RFC 6761).
const NO_HOST: &str = "unknown.invalid";

/// In place of a body that cannot be masked.
const LEFT_OUT: &str = "left out: it is no text, so nothing in it can be masked";

/// Writes the archive.
///
/// # Errors
/// When writing fails.
pub fn write(
    capture: &Capture,
    options: &Options,
    masking: &mut Masking<'_>,
    out: &mut dyn Write,
) -> io::Result<Written> {
    let mut written = Written {
        foreign: capture.all_exchanges().filter(is_foreign).count() as u64,
        bare: super::sessions(capture, options).map(|session| n_bare(capture, session)).sum(),
        ..Written::default()
    };
    let version = env!("CARGO_PKG_VERSION");
    let creator = json!({"name": "Playtrace", "version": version});
    write!(out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"pages\":[],\"entries\":[")?;
    for exchange in exchanges(capture, options) {
        masking.enter(exchange.session());
        out.write_all(if written.requests == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &entry(&exchange, masking))?;
        written.requests += 1;
        written.events += u64::from(exchange.row().n_events);
    }
    out.write_all(b"\n]}}\n")?;
    Ok(written)
}

/// Number of a session's events that came without a request.
fn n_bare(capture: &Capture, session: &Session) -> u64 {
    let events = session.by_arrival.iter().filter_map(|id| capture.event(*id));
    events.filter(|event| event.exchange().is_none()).count() as u64
}

fn entry(exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> Value {
    let took = exchange.row().answered_after_millis.max(0);
    let mut entry = json!({
        "startedDateTime": date(exchange.received_at()),
        "time": took,
        "request": request(exchange, masking),
        "response": response(exchange, masking),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    });
    for (name, said) in [("_fault", fault(exchange)), ("_failure", exchange.failure())] {
        if let Some(said) = said {
            entry[name] = json!(masking.text(&said));
        }
    }
    entry
}

/// The words of an injected fault; where the capture keeps none, what it did.
fn fault(exchange: &Exchange<'_>) -> Option<String> {
    let flags = exchange.row().flags;
    let kinds = [("status", ExchangeFlags::ANSWER_INJECTED), ("delay", ExchangeFlags::DELAY_INJECTED)];
    let done: Vec<&str> = kinds.iter().filter(|(_, flag)| flags.has(*flag)).map(|(kind, _)| *kind).collect();
    exchange.fault().or_else(|| (!done.is_empty()).then(|| done.join(" ")))
}

/// ISO 8601 with the microseconds that there are.
fn date(at: Option<ReceivedAt>) -> String {
    let at = jiff::Timestamp::from_microsecond(at.map_or(0, |at| at.0)).unwrap_or_default();
    if at.subsec_microsecond() == 0 { format!("{at:.3}") } else { format!("{at:.6}") }
}

fn request(exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> Value {
    let headers = exchange.request_headers();
    let url = masking.url(&absolute_url(exchange));
    let body = exchange.body_text().filter(|body| !body.is_empty());
    let post = body.map(|body| post_data(exchange, &body, masking));
    // Of a body that was not recorded the size is all there is.
    let declared = find(&headers, "content-length").and_then(|length| length.trim().parse::<i64>().ok());
    let size = post.as_ref().map_or(declared.unwrap_or(0), |(size, _)| *size as i64);
    let mut request = json!({
        "method": exchange.method(),
        "url": url,
        "httpVersion": http_version(exchange),
        "cookies": [],
        "headers": masked_headers(&headers, masking),
        "queryString": query(&url),
        "headersSize": -1,
        "bodySize": size,
    });
    if let Some((_, post)) = post {
        request["postData"] = post;
    }
    request
}

/// The body, with its size as it is written.
fn post_data(exchange: &Exchange<'_>, body: &[u8], masking: &mut Masking<'_>) -> (usize, Value) {
    let mime_type = exchange.content_type().unwrap_or_default();
    match std::str::from_utf8(body) {
        Ok(text) => {
            let text = masking.body(text);
            (text.len(), json!({"mimeType": mime_type, "text": text}))
        }
        Err(_) if masking.is_on() => {
            (body.len(), json!({"mimeType": mime_type, "text": "", "comment": LEFT_OUT}))
        }
        Err(_) => {
            (body.len(), json!({"mimeType": mime_type, "text": STANDARD.encode(body), "encoding": "base64"}))
        }
    }
}

fn response(exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> Value {
    let headers = exchange.answer_headers();
    let status = exchange.status().unwrap_or(0);
    let (size, content) = content(exchange, &headers, masking);
    let location = find(&headers, "location").filter(|_| (300..400).contains(&status));
    let mut response = json!({
        "status": status,
        "statusText": reason(status),
        "httpVersion": if status == 0 { String::new() } else { http_version(exchange) },
        "cookies": [],
        "headers": masked_headers(&headers, masking),
        "content": content,
        "redirectURL": location.map(|location| masking.url(location)).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": if status == 0 { -1 } else { size as i64 },
    });
    if status == 0 {
        response["_error"] = json!("no answer was recorded");
    }
    response
}

/// The body of the answer, with its size as it is written.
fn content(
    exchange: &Exchange<'_>,
    headers: &[(String, String)],
    masking: &mut Masking<'_>,
) -> (usize, Value) {
    let mut content = json!({"size": 0, "mimeType": find(headers, "content-type").unwrap_or("x-unknown")});
    let body = answer_bytes(exchange, headers);
    let size = match std::str::from_utf8(&body) {
        Ok("") => 0,
        Ok(text) => {
            let text = masking.body(text);
            content["text"] = json!(text);
            text.len()
        }
        Err(_) if masking.is_on() => {
            content["comment"] = json!(LEFT_OUT);
            body.len()
        }
        Err(_) => {
            content["text"] = json!(STANDARD.encode(&body));
            content["encoding"] = json!("base64");
            body.len()
        }
    };
    content["size"] = json!(size);
    (size, content)
}

/// The body of the answer; a packed one that cannot be unpacked stays packed.
fn answer_bytes(exchange: &Exchange<'_>, headers: &[(String, String)]) -> Vec<u8> {
    let in_base64 = exchange.answer_base64().and_then(|text| STANDARD.decode(text.trim()).ok());
    let Some(bytes) = in_base64 else { return exchange.answer_body().into_bytes() };
    let named = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let encoding = named.fold(None, |before, (_, next)| Some(joined(before, Cow::Borrowed(next))));
    unpack(bytes.clone(), encoding.as_deref()).unwrap_or(bytes)
}

fn masked_headers(headers: &[(String, String)], masking: &mut Masking<'_>) -> Vec<Value> {
    let masked =
        headers.iter().map(|(name, value)| json!({"name": name, "value": masking.header(name, value)}));
    masked.collect()
}

fn query(url: &str) -> Vec<Value> {
    let url = url::Url::parse(url).ok();
    let pairs = url.iter().flat_map(url::Url::query_pairs);
    pairs.map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn absolute_url(exchange: &Exchange<'_>) -> String {
    let url = exchange.url();
    if url.contains("://") {
        return url;
    }
    let scheme = member(exchange, "/scheme").unwrap_or_else(|| "http".to_owned());
    let slash = if url.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{}{slash}{url}", exchange.host().unwrap_or(NO_HOST))
}

fn http_version(exchange: &Exchange<'_>) -> String {
    let pointer = match exchange.capture.format {
        Format::Har => "/request/httpVersion",
        Format::Journal => "/http",
        _ => "/httpVersion",
    };
    member(exchange, pointer).unwrap_or_else(|| "HTTP/1.1".to_owned())
}

/// The text at a pointer of an entry that is JSON.
fn member(exchange: &Exchange<'_>, pointer: &str) -> Option<String> {
    exchange.capture.format.pointers()?;
    let entry = exchange.entry_bytes();
    json::string(&entry[json::find_exact(entry, pointer)?])
}

/// The usual words of a status.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

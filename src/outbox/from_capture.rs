//! Sessions of a capture → what drafts are made of. Copies; the capture stays as it is.

use super::draft::{CapturedRequest, Content, SessionForSending};
use super::json_text;
use crate::model::capture::Capture;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::model::session::Session;
use crate::model::table::EventFlags;

/// One session of a capture, as far as sending needs it.
#[must_use]
pub fn session_for_sending(capture: &Capture, session: &Session) -> SessionForSending {
    let exchanges = session.exchanges.iter().filter_map(|id| capture.exchange(*id));
    let requests: Vec<CapturedRequest> = exchanges.filter(carries_events).map(|e| request(&e)).collect();
    let content = if requests.is_empty() {
        let events = session.by_arrival.iter().filter_map(|id| capture.event(*id));
        Content::Events(events.map(|event| event.text().into_owned()).collect())
    } else {
        Content::Requests(requests)
    };
    SessionForSending {
        number: session.id.0.saturating_add(1),
        mode: session.mode,
        sid: session.sid.clone(),
        content,
    }
}

fn carries_events(exchange: &Exchange<'_>) -> bool {
    matches!(exchange.endpoint(), Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded)
        || exchange.row().n_events > 0
}

fn request(exchange: &Exchange<'_>) -> CapturedRequest {
    let method = exchange.method();
    let missing = exchange.row().flags.has(ExchangeFlags::BODY_MISSING);
    CapturedRequest {
        method: if method.is_empty() { "POST" } else { method }.to_owned(),
        path_and_query: path_and_query(&exchange.url()).to_owned(),
        headers: exchange.request_headers(),
        received_at: exchange.received_at(),
        body: if missing { None } else { body(exchange) },
    }
}

/// The body as captured. Samples in loose JSON (unquoted keys, comments) are no JSON as they
/// stand: of these the events go out as they were read.
fn body(exchange: &Exchange<'_>) -> Option<Vec<u8>> {
    let body = exchange.body_text()?;
    let is_json = std::str::from_utf8(&body).is_ok_and(json_text::is_json);
    let events: Vec<_> = exchange.events().filter_map(|id| exchange.capture.event(id)).collect();
    let repaired = events.iter().any(|event| event.row().flags.has(EventFlags::REPAIRED));
    if is_json || !repaired {
        return Some(body.into_owned());
    }
    let texts: Vec<_> = events.iter().map(|event| event.text()).collect();
    let joined = texts.join(&b","[..]);
    let is_array = exchange.row().flags.has(ExchangeFlags::ARRAY);
    Some(if is_array { [b"[", &joined[..], b"]"].concat() } else { joined })
}

/// The part of a URL behind the host; a path alone stays as it is.
fn path_and_query(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').map_or("/", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_what_stands_behind_the_host() {
        let table = [
            ("https://host:1/va/api/v1/sessions?a=b", "/va/api/v1/sessions?a=b"),
            ("/api/v1/sessions", "/api/v1/sessions"),
            ("http://host", "/"),
        ];
        for (url, path) in table {
            assert_eq!(path_and_query(url), path);
        }
    }
}

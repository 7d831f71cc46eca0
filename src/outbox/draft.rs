//! A draft: what is to be sent of one session, with its origin.
//!
//! A draft is made from what a capture holds, as copies; editing it never touches the capture.

use super::json_text::{self, EventPlaces};
use crate::model::clock::ReceivedAt;
use crate::model::session::Mode;
use std::ops::Range;

/// One session of a capture, as far as sending needs it.
#[derive(Debug, Clone)]
pub struct SessionForSending {
    /// The number that `check` gives it, from 1.
    pub number: u32,
    /// How it was sent.
    pub mode: Mode,
    /// The API's id, when the capture shows one.
    pub sid: Option<String>,
    /// What was sent, in order of arrival.
    pub content: Content,
}

/// What a capture holds of a session.
#[derive(Debug, Clone)]
pub enum Content {
    /// Requests with bodies.
    Requests(Vec<CapturedRequest>),
    /// JSON texts of events, without requests.
    Events(Vec<Vec<u8>>),
}

/// A request as the capture has it.
#[derive(Debug, Clone)]
pub struct CapturedRequest {
    /// Method, such as `POST`.
    pub method: String,
    /// Path and query, such as `/api/v1/sessions`.
    pub path_and_query: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// When it arrived, if the capture says so.
    pub received_at: Option<ReceivedAt>,
    /// The body, unpacked; `None` when the capture does not have it.
    pub body: Option<Vec<u8>>,
}

/// What is to be sent of one session.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The number that `check` gives the session, from 1.
    pub session: u32,
    /// How it was sent.
    pub mode: Mode,
    /// The id to replace by the one that the target hands out.
    pub sid: Option<String>,
    /// True when the capture has no requests, so that methods and paths are ours.
    pub bare: bool,
    /// The requests, in order of arrival.
    pub requests: Vec<DraftRequest>,
    /// The key of the next event to be inserted.
    pub next_key: u32,
}

/// One request of a draft.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// Method, such as `POST`.
    pub method: String,
    /// Path and query.
    pub path_and_query: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// When it arrived.
    pub received_at: Option<ReceivedAt>,
    /// The body; `None` when the capture does not have it.
    pub body: Option<Vec<u8>>,
    /// The events in the body, in order; empty when it is no JSON object or array.
    pub events: Vec<DraftEvent>,
}

/// One event of a draft.
#[derive(Debug, Clone)]
pub struct DraftEvent {
    /// Its key: the zero-based index in the session, by arrival; events that were inserted have the numbers after the
    /// last.
    pub index: u32,
    /// Where it stands in the body.
    pub span: Range<usize>,
    /// Its type and `ts`; places count from the start of the event.
    pub places: EventPlaces,
}

impl DraftRequest {
    /// The body as text, `None` when it is missing or not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.body.as_deref()?).ok()
    }
}

impl Draft {
    /// Makes a draft of a session. Requests that carry no event (preflights, schema look-ups)
    /// are left out.
    #[must_use]
    pub fn new(session: SessionForSending) -> Draft {
        let (bare, requests) = match session.content {
            Content::Requests(requests) => (false, requests),
            Content::Events(events) => (true, events.into_iter().map(bare_request).collect()),
        };
        let mut n_events = 0;
        let requests = requests
            .into_iter()
            .map(|request| draft_request(request, &mut n_events))
            .filter(|request| {
                !request.events.is_empty() || !matches!(request.method.as_str(), "OPTIONS" | "GET" | "HEAD")
            })
            .collect();
        Draft {
            session: session.number,
            mode: session.mode,
            sid: session.sid,
            bare,
            requests,
            next_key: n_events,
        }
    }

    /// All events with the text of each, in order of arrival.
    pub fn events(&self) -> impl Iterator<Item = (&DraftEvent, &str)> {
        self.requests.iter().flat_map(|request| {
            let text = request.text().unwrap_or_default();
            request.events.iter().filter_map(move |event| Some((event, text.get(event.span.clone())?)))
        })
    }
}

/// A request that carries one event which the capture shows without a request.
fn bare_request(event: Vec<u8>) -> CapturedRequest {
    CapturedRequest {
        method: "POST".to_owned(),
        path_and_query: String::new(),
        headers: Vec::new(),
        received_at: None,
        body: Some(event),
    }
}

/// Finds the events of a request; `n_events` counts those of the session.
fn draft_request(request: CapturedRequest, n_events: &mut u32) -> DraftRequest {
    let text = request.body.as_deref().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
    let mut keys = *n_events..;
    let events = events_in(text, &mut keys);
    *n_events = keys.start;
    DraftRequest {
        method: request.method,
        path_and_query: request.path_and_query,
        headers: request.headers,
        received_at: request.received_at,
        body: request.body,
        events,
    }
}

/// The events in a body, with these keys.
pub(super) fn events_in(body: &str, keys: &mut impl Iterator<Item = u32>) -> Vec<DraftEvent> {
    let spans = match json_text::elements(body) {
        Some(spans) => spans,
        None if json_text::members(body).is_some() => {
            let start = body.len() - body.trim_start().len();
            std::iter::once(start..body.trim_end().len()).collect()
        }
        None => Vec::new(),
    };
    let place = |(span, index): (Range<usize>, u32)| {
        let places = json_text::event_places(&body[span.clone()]);
        DraftEvent { index, span, places }
    };
    spans.into_iter().zip(keys).map(place).collect()
}

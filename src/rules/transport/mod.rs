//! Family H, transport: status codes, headers, endpoint.

use super::rule::Rule;
use crate::model::capture::Capture;
use crate::model::clock::ReceivedAt;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::model::id::ExchangeId;
use crate::model::limits::SILENCE_TIMEOUT_SECS;
use crate::model::session::{Ending, Mode, Session, is_placeholder_sid};

pub(super) use early::types_sent_early;
pub(super) use event_on_sessions::misplaced;
pub(super) use session_start_on_events::start_on_events;

mod array_on_events;
mod beacon_never_left;
mod delivered_late;
mod early;
mod event_on_sessions;
mod groups;
mod heartbeat_host;
mod kept_sending_to_closed_session;
mod location_missing;
mod not_this_api;
mod overlapping_requests;
mod plain_http;
mod preflight;
mod preflight_refused;
mod redirected;
mod refused;
mod repeated_request;
mod sent_before_session_known;
mod server_error;
mod session_start_on_events;
mod slow_answer;
mod start_refused_and_given_up;
mod unknown_path;
mod unknown_session_id;
mod verdict_differs;
mod wrong_content_type;
mod wrong_method;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &wrong_method::WRONG_METHOD,
    &unknown_path::UNKNOWN_PATH,
    &wrong_content_type::WRONG_CONTENT_TYPE,
    &heartbeat_host::HEARTBEAT_HOST,
    &plain_http::PLAIN_HTTP,
    &unknown_session_id::UNKNOWN_SESSION_ID,
    &refused::REFUSED,
    &server_error::SERVER_ERROR,
    &kept_sending_to_closed_session::KEPT_SENDING_TO_CLOSED_SESSION,
    &verdict_differs::VERDICT_DIFFERS,
    &array_on_events::ARRAY_ON_EVENTS,
    &session_start_on_events::SESSION_START_ON_EVENTS,
    &event_on_sessions::EVENT_ON_SESSIONS,
    &sent_before_session_known::SENT_BEFORE_SESSION_KNOWN,
    &repeated_request::REPEATED_REQUEST,
    &overlapping_requests::OVERLAPPING_REQUESTS,
    &slow_answer::SLOW_ANSWER,
    &location_missing::LOCATION_MISSING,
    &redirected::REDIRECTED,
    &preflight_refused::PREFLIGHT_REFUSED,
    &delivered_late::DELIVERED_LATE,
    &beacon_never_left::BEACON_NEVER_LEFT,
    &not_this_api::NOT_THIS_API,
    &start_refused_and_given_up::START_REFUSED_AND_GIVEN_UP,
];

/// The requests that were sent to open the session: repeated starts, or the batch. In order of arrival.
pub(super) fn openings<'a>(capture: &'a Capture, session: &'a Session) -> impl Iterator<Item = Exchange<'a>> {
    let exchanges = session.exchanges.iter().filter_map(|id| capture.exchange(*id));
    exchanges.filter(|exchange| {
        matches!(exchange.endpoint(), Endpoint::Sessions | Endpoint::Downloaded)
            && exchange.method() != "OPTIONS"
    })
}

/// True when the recording shows a request that was sent to open the session.
fn was_opened(capture: &Capture, session: &Session) -> bool {
    openings(capture, session).next().is_some()
}

/// True when the recording shows that the session was opened, but not with what.
pub(super) fn start_was_not_recorded(capture: &Capture, session: &Session) -> bool {
    openings(capture, session).any(|exchange| exchange.row().n_events == 0)
}

/// True when an injected fault took or changed the answer: it says nothing of the player or the server.
pub(super) fn is_injected(exchange: &Exchange<'_>) -> bool {
    exchange.row().flags.has(ExchangeFlags::ANSWER_INJECTED)
}

/// True for a session of which nothing came but its start, and whose player was kept from the answer by an injected
/// fault: what it could not do is no fault of its own.
pub(super) fn was_lost_to_a_fault(capture: &Capture, session: &Session) -> bool {
    let any_fault = ExchangeFlags::ANSWER_INJECTED.with(ExchangeFlags::DELAY_INJECTED);
    session.by_arrival.len() == 1
        && was_opened(capture, session)
        && openings(capture, session).all(|exchange| exchange.row().flags.has(any_fault))
}

/// True when the answer to the batch, or to an attempt to open the session, was a recorded 400 and no other
/// attempt went well. One that was injected does not count.
#[must_use]
pub fn start_was_refused(capture: &Capture, session: &Session) -> bool {
    let mut refused = false;
    for exchange in openings(capture, session) {
        match exchange.status() {
            Some(200..300) => return false,
            Some(400) if !is_injected(&exchange) => refused = true,
            _ => {}
        }
    }
    refused
}

/// True when the first event of a session is a `sessionStart` that went to the events endpoint (H012): that says why no
/// answer gave its id.
fn starts_on_events(capture: &Capture, session: &Session) -> bool {
    let first = session.by_arrival.first().and_then(|event| capture.event(*event));
    first.is_some_and(|event| start_on_events(&event).is_some())
}

/// True when the requests of a session begin at a wrong path (H002): what opened it may have gone astray as well.
pub(super) fn begins_astray(capture: &Capture, session: &Session) -> bool {
    let first = session.exchanges.first().and_then(|id| capture.exchange(*id));
    first.is_some_and(|exchange| exchange.endpoint() == Endpoint::NearMiss)
}

/// True when the events of a session were sent before the answer that gives its id came (H014).
pub(super) fn is_sent_early(capture: &Capture, session: &Session) -> bool {
    early::early(capture, session).is_some()
}

/// True when the events of a session go to an id that no answer gave although the recording began early enough
/// to show the answer (H006), or were sent before it came (H014). Otherwise a session that nothing opened began before the recording did (K001).
///
/// Early enough: a session that the recording saw being opened stopped without an end before these events began,
/// so the player changed the id; or the id is a literal that no server gives.
pub(super) fn is_unknown_id(capture: &Capture, session: &Session) -> bool {
    if is_sent_early(capture, session) {
        return true;
    }
    let is_of_events = |exchange: Exchange<'_>| exchange.endpoint() == Endpoint::Events;
    let first = session.exchanges.first().and_then(|id| capture.exchange(*id));
    if was_opened(capture, session) || !first.is_some_and(is_of_events) || starts_on_events(capture, session)
    {
        return false;
    }
    if session.sid.as_deref().is_none_or(is_placeholder_sid) {
        return true;
    }
    let Some(begin) = first_arrival(capture, session).0 else { return false };
    let before = capture.sessions.iter().take(session.id.index()).rev().take(MAX_SESSIONS_ASKED);
    before.into_iter().any(|other| stopped_before(capture, other, begin))
}

/// Looking for a session that explains another goes no further than this many sessions: a recording may hold
/// a hundred thousand.
const MAX_SESSIONS_ASKED: usize = 64;

/// A request that was under way may arrive so long after one that was sent later, seconds.
const OVERTAKEN_SECS: f64 = 5.0;

/// True for a session that the recording saw being opened, online, and whose last event came less than
/// *10 min* before `begin`, or was overtaken by what came then, without an end.
fn stopped_before(capture: &Capture, session: &Session, begin: ReceivedAt) -> bool {
    if session.mode != Mode::Online || !was_opened(capture, session) {
        return false;
    }
    let last = session.exchanges.last().and_then(|id| capture.exchange(*id));
    let Some(last) = last.and_then(|exchange| exchange.received_at()) else { return false };
    let is_open = !matches!(session.ending, Ending::Completed | Ending::Ended);
    let pause_secs = begin.secs_since(last);
    is_open && (-OVERTAKEN_SECS..SILENCE_TIMEOUT_SECS).contains(&pause_secs)
}

/// When the first request of a session arrived, with its row for requests without a time.
fn first_arrival(capture: &Capture, session: &Session) -> (Option<ReceivedAt>, Option<ExchangeId>) {
    let first = session.exchanges.first().and_then(|id| capture.exchange(*id));
    (first.and_then(|exchange| exchange.received_at()), first.map(|exchange| exchange.id))
}

/// The path of an operation, for messages.
fn path_of_operation(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Events => "/api/v1/sessions/{sid}/events",
        Endpoint::Downloaded => "/api/v1/downloaded",
        _ => "/api/v1/sessions",
    }
}

/// The path of a request's URL, without host and query.
fn path_of(exchange: &Exchange<'_>) -> String {
    let url = exchange.url();
    let after_host = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => &url,
    };
    after_host.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The media type of a `Content-Type`, lower case and without parameters.
fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

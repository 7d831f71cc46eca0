//! Family B, downloaded content: what one array needs.
//!
//! `fault` says what is wrong with a request that opens a session, apart from the schema of its events: each
//! is a documented reason for a 400. One request has at most one of them; the rules word them.

use super::rule::Rule;
use super::verdict::Refusals;
use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::model::id::{EventId, ExchangeId};
use crate::model::limits::{YEAR_2000_MILLIS, YEAR_2100_MILLIS};
use crate::model::policy::{DownloadedFlag, Policy, SchemaSet};
use crate::model::session::Session;
use crate::model::table::EventFlags;

mod all_events_discarded;
mod batch_from_the_future;
mod batch_very_old;
mod batch_without_end;
mod batch_without_session_start;
mod downloaded_flag_missing;
mod downloaded_flag_on_live_session;
mod empty_batch;
mod legacy_downloaded_endpoint;
mod long_silence_in_batch;
mod needs_timestamp_suite;
mod object_on_downloaded;
mod several_sessions_in_a_batch;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &batch_without_session_start::BATCH_WITHOUT_SESSION_START,
    &downloaded_flag_missing::DOWNLOADED_FLAG_MISSING,
    &downloaded_flag_on_live_session::DOWNLOADED_FLAG_ON_LIVE_SESSION,
    &legacy_downloaded_endpoint::LEGACY_DOWNLOADED_ENDPOINT,
    &several_sessions_in_a_batch::SEVERAL_SESSIONS_IN_A_BATCH,
    &batch_without_end::BATCH_WITHOUT_END,
    &long_silence_in_batch::LONG_SILENCE_IN_BATCH,
    &batch_from_the_future::BATCH_FROM_THE_FUTURE,
    &empty_batch::EMPTY_BATCH,
    &all_events_discarded::ALL_EVENTS_DISCARDED,
    &object_on_downloaded::OBJECT_ON_DOWNLOADED,
    &batch_very_old::BATCH_VERY_OLD,
    &needs_timestamp_suite::NEEDS_TIMESTAMP_SUITE,
];

/// Why the API refuses the request that opens a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// An event of the batch is refused by its schema; this is the first.
    Event(EventId),
    /// The request itself is wrong.
    Request(ExchangeId, Fault),
}

/// What is wrong with a request that opens a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An array without any event (B009).
    Empty,
    /// A single object to `…/downloaded` (B011).
    NotAnArray,
    /// The first event of an array is another type (B001).
    NoSessionStart,
    /// `media.downloaded` is not true where it must be (B002).
    FlagMissing,
    /// `media.downloaded` is true on a single `sessionStart` (B003).
    FlagOnLive,
}

/// Why the API refuses the batch of a session, or the request that opens it; `None` for a good one. What the
/// schema says of a `sessionStart` that is sent alone is not looked at here.
#[must_use]
pub fn refusal(
    capture: &Capture,
    session: &Session,
    refusals: &Refusals,
    policy: &Policy,
) -> Option<Refusal> {
    if policy.schema_set != SchemaSet::Open {
        let mut openings = super::transport::openings(capture, session);
        let faulty =
            openings.find_map(|exchange| Some(Refusal::Request(exchange.id, fault(&exchange, policy)?)));
        if faulty.is_some() {
            return faulty;
        }
    }
    let is_batch = session.mode.is_downloaded();
    is_batch.then(|| refusals.first_refused(capture, session).map(Refusal::Event))?
}

/// What is wrong with a request to `…/sessions` or `…/downloaded`, apart from the schema of its events.
pub(super) fn fault(exchange: &Exchange<'_>, policy: &Policy) -> Option<Fault> {
    let row = exchange.row();
    if row.flags.has(ExchangeFlags::EMPTY_ARRAY) && is_batch(exchange) {
        return Some(Fault::Empty);
    }
    let first = exchange.capture.event(exchange.events().next()?)?;
    if first.row().flags.has(EventFlags::UNREADABLE.with(EventFlags::NOT_AN_OBJECT)) {
        return None;
    }
    let is_start = first.event_type() == Some(EventType::SessionStart);
    match (exchange.endpoint(), is_batch(exchange)) {
        (Endpoint::Downloaded, false) => Some(Fault::NotAnArray),
        (_, true) if first.event_type().is_some() && !is_start => Some(Fault::NoSessionStart),
        (endpoint, true) if is_start && lacks_flag(exchange, endpoint, policy) => Some(Fault::FlagMissing),
        (Endpoint::Sessions, false) if is_start && is_flagged(exchange) => Some(Fault::FlagOnLive),
        _ => None,
    }
}

/// True when the request has this fault, which the documents say is refused.
fn has_fault(exchange: &Exchange<'_>, policy: &Policy, wanted: Fault) -> bool {
    let may_open = matches!(exchange.endpoint(), Endpoint::Sessions | Endpoint::Downloaded);
    may_open && exchange.method() != "OPTIONS" && fault(exchange, policy) == Some(wanted)
}

/// True for an array to `…/downloaded` or `…/sessions`.
fn is_batch(exchange: &Exchange<'_>) -> bool {
    exchange.row().flags.has(ExchangeFlags::ARRAY)
        && matches!(exchange.endpoint(), Endpoint::Sessions | Endpoint::Downloaded)
}

/// True when the first event must say `media.downloaded: true` and does not (D9). A value of another type than
/// boolean is S005's, and what elided text holds is unknown.
fn lacks_flag(exchange: &Exchange<'_>, endpoint: Endpoint, policy: &Policy) -> bool {
    let must_have = endpoint == Endpoint::Sessions || policy.downloaded_flag == DownloadedFlag::Required;
    if !must_have {
        return false;
    }
    let start = exchange.events().next().and_then(|event| exchange.capture.event(event));
    start.is_some_and(|start| match start.param("media.downloaded") {
        None => !start.row().flags.has(EventFlags::ELIDED),
        Some(flag) => flag == false,
    })
}

fn is_flagged(exchange: &Exchange<'_>) -> bool {
    let of_session = exchange.session().and_then(|session| exchange.capture.session(session));
    match of_session {
        // read once, when the session was made
        Some(session) => session.content.downloaded == Some(true),
        None => {
            let start = exchange.events().next().and_then(|event| exchange.capture.event(event));
            start.and_then(|start| start.param("media.downloaded")).is_some_and(|flag| flag == true)
        }
    }
}

/// True for a `ts` in the years 2000 to 2100: others are of another unit or clock, which other rules name.
fn is_plausible(ts: TsMillis) -> bool {
    (YEAR_2000_MILLIS..YEAR_2100_MILLIS).contains(&ts.0)
}

/// The earliest or latest plausible `ts` of the events of a batch, with its event.
fn extreme_ts(exchange: &Exchange<'_>, latest: bool) -> Option<(TsMillis, EventId)> {
    let events = exchange.events().filter_map(|event| exchange.capture.event(event));
    let stamped = events.filter_map(|event| Some((event.ts().filter(|ts| is_plausible(*ts))?, event.id)));
    if latest { stamped.max() } else { stamped.min() }
}

/// "1 event", "5 events".
fn n_events(n: usize) -> String {
    if n == 1 { "1 event".to_owned() } else { format!("{n} events") }
}

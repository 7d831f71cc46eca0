//! Events that were sent before the answer to their `sessionStart` gave the session id.

use crate::model::capture::Capture;
use crate::model::clock::ReceivedAt;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange};
use crate::model::id::{EventId, ExchangeId};
use crate::model::session::{Mode, Session, is_placeholder_sid};

use super::{MAX_SESSIONS_ASKED, first_arrival, openings};

/// The start that a player did not wait for.
pub(super) struct Early<'a> {
    /// The request that opens the session.
    pub start: Exchange<'a>,
}

/// A place in the order of arrival.
type Moment = (Option<ReceivedAt>, Option<ExchangeId>);

/// When the answer to a start came.
enum Answered {
    At(Moment),
    Never,
    Unknown,
}

/// For events of an empty, literal or guessed session id: the start whose answer they should have waited for. `None`
/// for any other session, and for a wrong id that was kept after the answer had given another.
pub(super) fn early<'a>(capture: &'a Capture, session: &Session) -> Option<Early<'a>> {
    let first = session.exchanges.first().and_then(|id| capture.exchange(*id))?;
    let is_empty = is_empty_id(&first);
    if first.endpoint() != Endpoint::Events && !is_empty || openings(capture, session).next().is_some() {
        return None;
    }
    let first_type = capture.event(*session.by_arrival.first()?)?.event_type();
    if first_type == Some(EventType::SessionStart) {
        // H012 says it.
        return None;
    }
    let is_placeholder = is_empty || session.sid.as_deref().is_none_or(is_placeholder_sid);
    let (begin, end) = (first_arrival(capture, session), last_arrival(capture, session));
    let before = capture.sessions.iter().take(session.id.index()).rev().take(MAX_SESSIONS_ASKED);
    for opened in before.filter(|opened| opened.mode == Mode::Online) {
        let Some(start) = openings(capture, opened).last() else { continue };
        let own = first_own(capture, opened);
        let (is_before, ends_before) = match answered(&start, own) {
            Answered::At(moment) => (begin < moment, end < moment),
            Answered::Never => (true, true),
            Answered::Unknown => continue,
        };
        let is_sent = (start.received_at(), Some(start.id)) <= begin;
        let is_named = if is_placeholder {
            ends_before || own.is_some()
        } else {
            ends_before && start.location_sid().is_some() && !only_ends(capture, session)
        };
        if is_sent && is_before && is_named {
            return Some(Early { start });
        }
    }
    None
}

/// True for a path with nothing where the session id belongs: `/sessions//events`.
pub(super) fn is_empty_id(exchange: &Exchange<'_>) -> bool {
    let row = exchange.row();
    row.endpoint == Endpoint::NearMiss && exchange.path_sid().is_none() && {
        let path = super::path_of(exchange);
        let path = path.trim_end_matches('/');
        path.ends_with("/sessions//events") || path.ends_with("/sessions/events")
    }
}

/// Types of the events that went astray, since the player did not wait for the id of the session (H014).
pub(in crate::rules) fn types_sent_early(capture: &Capture, session: &Session) -> Vec<EventType> {
    let others = capture.sessions.iter().skip(session.id.index() + 1).take(MAX_SESSIONS_ASKED);
    let of_session = others
        .filter(|other| early(capture, other).is_some_and(|early| early.start.session() == Some(session.id)));
    let events = of_session.flat_map(|other| &other.by_arrival);
    let mut types: Vec<EventType> = events.filter_map(|event| capture.event(*event)?.event_type()).collect();
    types.sort_unstable();
    types.dedup();
    types
}

fn last_arrival(capture: &Capture, session: &Session) -> Moment {
    let last = session.exchanges.last().and_then(|id| capture.exchange(*id));
    (last.and_then(|exchange| exchange.received_at()), last.map(|exchange| exchange.id))
}

/// When the player first used the id that the answer gave.
fn first_own(capture: &Capture, opened: &Session) -> Option<Moment> {
    let mut requests = opened.exchanges.iter().filter_map(|id| capture.exchange(*id));
    let own = requests.find(|exchange| exchange.endpoint() == Endpoint::Events)?;
    Some((own.received_at(), Some(own.id)))
}

fn answered(start: &Exchange<'_>, own: Option<Moment>) -> Answered {
    let row = start.row();
    match (start.received_at(), row.answered_after_millis) {
        (_, _) if row.status <= 0 && own.is_none() => Answered::Never,
        (Some(at), millis @ 0..) if row.status > 0 => {
            Answered::At((Some(ReceivedAt(at.0.saturating_add(i64::from(millis) * 1000))), None))
        }
        _ => own.map_or(Answered::Unknown, Answered::At),
    }
}

/// True for what is left of a session that was opened before the recording began.
fn only_ends(capture: &Capture, session: &Session) -> bool {
    let is_end = |event: &EventId| {
        let known = capture.event(*event).and_then(|event| event.event_type());
        matches!(known, Some(EventType::SessionEnd | EventType::SessionComplete))
    };
    session.by_arrival.iter().all(is_end)
}

//! What is worked out of one session when its events are known: content, order, ending.

use serde_json::Value;

use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::exchange::NO_RECEIVED_AT;
use crate::model::id::{EventId, SessionId};
use crate::model::limits::{SECONDS_OF_DAY, SILENCE_TIMEOUT_SECS, STILL_PLAYHEAD_TIMEOUT_SECS};
use crate::model::session::{Content, Ending, Mode, Session};
use crate::model::table::{Event, NO_ROW};

use super::sessionize::Draft;

/// Makes a session of a draft. `last_request` is when the last request of the capture arrived.
pub(super) fn finish(capture: &Capture, draft: Draft, id: SessionId, last_request: i64) -> Session {
    let bare = draft.exchanges.is_empty();
    let content = content(capture, &draft.events);
    let judged_order = judged_order(capture, &draft.events);
    let mode = match content.downloaded {
        Some(true) if bare => Mode::Downloaded,
        _ => draft.mode,
    };
    let mut exchanges = draft.refused;
    exchanges.extend(draft.exchanges);
    let mut session = Session {
        id,
        sid: capture.name(if draft.is_batch { NO_ROW } else { draft.sid }).map(str::to_owned),
        mode,
        content,
        ending: Ending::CutOff,
        by_arrival: draft.events,
        judged_order,
        exchanges,
        attempts: draft.attempts,
        begins_late: draft.begins_late,
        guessed: draft.guessed,
    };
    session.by_arrival.shrink_to_fit();
    session.ending = ending(capture, &session, draft.is_batch, last_request);
    session
}

fn views<'c>(
    capture: &'c Capture,
    events: &'c [EventId],
) -> impl DoubleEndedIterator<Item = Event<'c>> + use<'c> {
    events.iter().filter_map(|event| capture.event(*event))
}

/// What the first `sessionStart` says.
fn content(capture: &Capture, events: &[EventId]) -> Content {
    let start = views(capture, events).find(|event| event.event_type() == Some(EventType::SessionStart));
    let Some(json) = start.and_then(|start| start.json()) else { return Content::default() };
    let text = |key: &str| json["params"][key].as_str().map(str::to_owned);
    let flag = |key: &str| json["params"][key].as_bool();
    let length_secs = json["params"]["media.length"].as_f64();
    let content_type = text("media.contentType");
    let is_live = |kind: &String| kind.eq_ignore_ascii_case("live") || kind.eq_ignore_ascii_case("linear");
    Content {
        media_id: json["params"].get("media.id").filter(|id| !id.is_null()).map(plain),
        media_name: text("media.name"),
        live: content_type.as_ref().is_some_and(is_live) || length_secs == Some(SECONDS_OF_DAY),
        length_secs,
        content_type,
        downloaded: flag("media.downloaded"),
        resume: flag("media.resume"),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Positions by `ts`, ties by arrival, an opening `sessionStart` first; an event without `ts`, or with one in another
/// unit than the session's first, stays behind its predecessor. `None` when that is the order of arrival.
fn judged_order(capture: &Capture, events: &[EventId]) -> Option<Vec<u32>> {
    let unit = views(capture, events).find_map(|event| event.ts()).map(TsMillis::unit);
    let first = views(capture, events).next();
    let opens = first.is_some_and(|first| first.event_type() == Some(EventType::SessionStart));
    let stamps = || {
        let mut last = i64::MIN;
        views(capture, events).enumerate().map(move |(position, event)| {
            let counting = event.ts().filter(|ts| Some(ts.unit()) == unit);
            last = counting.map_or(last, |ts| ts.0);
            // The start's own stamp still counts for an event without one behind it.
            if position == 0 && opens { i64::MIN } else { last }
        })
    };
    if stamps().is_sorted() {
        return None;
    }
    let stamps: Vec<i64> = stamps().collect();
    let mut order: Vec<u32> = (0..stamps.len() as u32).collect();
    order.sort_by_key(|position| stamps[*position as usize]);
    Some(order)
}

fn ending(capture: &Capture, session: &Session, is_batch: bool, last_request: i64) -> Ending {
    // They come last.
    let has = |event_type| {
        views(capture, &session.by_arrival).rev().any(|event| event.event_type() == Some(event_type))
    };
    if has(EventType::SessionComplete) {
        return Ending::Completed;
    }
    if has(EventType::SessionEnd) {
        return Ending::Ended;
    }
    if is_batch {
        return Ending::Open;
    }
    let extent = session.by_arrival.first().and_then(|event| capture.extent(*event));
    if session.exchanges.is_empty() && extent.is_none() {
        return Ending::CutOff;
    }
    if timed_out(capture, session) {
        return Ending::TimedOut;
    }
    if let Some(extent) = extent {
        return if extent.has_end { Ending::Open } else { Ending::CutOff };
    }
    let arrivals = session.exchanges.iter().filter_map(|exchange| capture.exchanges.get(exchange.index()));
    let last = arrivals.map(|row| row.received_at).max().unwrap_or(NO_RECEIVED_AT);
    let watched_on = last != NO_RECEIVED_AT && (last_request - last) as f64 >= SILENCE_TIMEOUT_SECS * 1e6;
    if watched_on { Ending::Open } else { Ending::CutOff }
}

/// True when the back end closed the session between two of its events.
fn timed_out(capture: &Capture, session: &Session) -> bool {
    let mut still_since: Option<(f64, i64)> = None;
    let mut last: Option<i64> = None;
    for event in session.in_judged_order().filter_map(|event| capture.event(event)) {
        // What counts microseconds (T011) says nothing of silence.
        let Some(TsMillis(ts)) = event.ts().filter(|ts| !ts.looks_finer_than_millis()) else { continue };
        let playhead = event.row().playhead;
        let secs_since = |earlier: i64| ts.saturating_sub(earlier) as f64 / 1000.0;
        if last.is_some_and(|last| secs_since(last) >= SILENCE_TIMEOUT_SECS) {
            return true;
        }
        last = Some(ts);
        match still_since {
            Some((still, since)) if still == playhead => {
                if secs_since(since) >= STILL_PLAYHEAD_TIMEOUT_SECS {
                    return true;
                }
            }
            _ => still_since = Some((playhead, ts)),
        }
    }
    false
}

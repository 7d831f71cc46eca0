//! MC-H009.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange};
use crate::model::id::EventId;
use crate::model::machine::OddityKind;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// After an answer of 404 or 410 no more events are sent to that session id, unless a new session is opened. One
    /// finding, at the first event that was lost, with the number of events that followed it. Silent when another rule
    /// says why the session was closed (L003, L004), or that the id never was
    /// one (H006, H012, H014).
    ///
    /// ## Why it matters
    ///
    /// Both answers mean: open a new session. Everything that is still sent to the old id is lost. Adobe's own
    /// SDKs do not look at the answer; a player of one's own can.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=404       # error: kept-sending-to-closed-session
    /// +20  ping status=404
    /// +25  sessionEnd status=404
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=404
    ///
    /// @vod length=60 ph=10 at=+11
    /// +0   sessionStart media.resume=true
    /// +0.1 play
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md` (404 and 410).
    pub static KEPT_SENDING_TO_CLOSED_SESSION = {
        code: "MC-H009",
        name: "kept-sending-to-closed-session",
        summary: "More events after an answer of 404 or 410, and no new session",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        companions: ["session-never-ended"],
        check: Check::Session(check),
    }
}

fn kept_sending(
    cx: &SessionCx<'_>,
    first: &Exchange<'_>,
    index: usize,
    next: &Exchange<'_>,
    n_more: usize,
) -> Report {
    let status = first.row().status;
    let name = first.events().next().and_then(|event| cx.capture.event(event)).map(|event| event.type_name());
    let more = if n_more == 1 { "1 more event was".to_owned() } else { format!("{n_more} more events were") };
    let message = format!(
        "the session is lost from event {index} on (`{}`, answered {status}): {more} sent to it instead of opening a \
         new session",
        name.unwrap_or_default()
    );
    cx.report_on_session(message)
        .event(first.events().next())
        .exchange(Some(first.id))
        .related(next.events().next(), "the first event that was sent although the session was closed")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let requests = cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id));
    let mut after = requests
        // An answer to a wrong path speaks of the path (H002), not of the session.
        .filter(|exchange| exchange.row().n_events > 0 && exchange.endpoint() != Endpoint::NearMiss)
        .skip_while(|exchange| !matches!(exchange.status(), Some(404 | 410)));
    let Some(first) = after.next() else { return };
    let Some(next) = after.next() else { return };
    let n_more = 1 + after.count();
    let Some(index) =
        first.events().next().and_then(|id| cx.session.by_arrival.iter().position(|e| *e == id))
    else {
        return;
    };
    let is_wrong_id = super::is_unknown_id(cx.capture, cx.session);
    let is_start = first
        .events()
        .any(|id| cx.capture.event(id).is_some_and(|event| super::start_on_events(&event).is_some()));
    if !is_wrong_id && !is_start && !is_named_already(cx, index) && !was_reopened(cx, &first) {
        found.report(kept_sending(cx, &first, index, &next, n_more));
    }
}

/// True when the client closed the session itself, or kept silent too long, before event `index` by arrival.
fn is_named_already(cx: &SessionCx<'_>, index: usize) -> bool {
    let arrived = cx.session.by_arrival.get(..=index).unwrap_or_default();
    let is_end = |event: &EventId| {
        cx.capture.event(*event).and_then(|event| event.event_type()) == Some(EventType::SessionEnd)
    };
    let first_odd = [OddityKind::AfterEnd, OddityKind::AfterSilence].map(|kind| cx.lanes.odd(kind).next());
    let is_odd =
        first_odd.into_iter().flatten().any(|odd| cx.id(odd.at).is_some_and(|id| arrived.contains(&id)));
    is_odd || arrived.iter().take(index).any(is_end)
}

/// True when a session of the same media was opened after the first such answer.
fn was_reopened(cx: &SessionCx<'_>, lost: &Exchange<'_>) -> bool {
    let lost = (lost.received_at(), Some(lost.id));
    // sessions stand in order of arrival
    let sessions = &cx.capture.sessions;
    let later = sessions.partition_point(|other| super::first_arrival(cx.capture, other) <= lost);
    sessions.iter().skip(later).take(super::MAX_SESSIONS_ASKED).any(|other| {
        let same = other.content.media_id == cx.session.content.media_id;
        super::was_opened(cx.capture, other) && (same || cx.session.begins_late)
    })
}

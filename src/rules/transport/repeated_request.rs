//! MC-H015.

use rustc_hash::FxHashMap;

use crate::declare_rule;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::exchange::{Exchange, ExchangeFlags};
use crate::model::id::EventId;
use crate::model::session::Session;
use crate::model::table::NO_TS;
use crate::rules::context::{CaptureCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// No body is sent twice to one address when the first attempt was answered 2xx or not at all. One finding per session
    /// for its events, and one for each start or batch that is repeated. After a refusal trying again is right (H024
    /// when all attempts were refused), and an SDK that restates `play`, `pauseStart` or `bufferStart` in one instant
    /// with other events between repeats nothing.
    ///
    /// ## Why it matters
    ///
    /// Nothing in a request tells the back end that it was sent before. An event is counted twice: ads, chapters and
    /// errors are doubled in the reports. A `sessionStart` or a batch opens a second session, and the view is counted
    /// twice.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +11  ping ts=+10 ph=9.5     # warn: repeated-request
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: there is no key by which the API could tell a retry (`mc-api-sessions-req.md` names none).
    pub static REPEATED_REQUEST = {
        code: "MC-H015",
        name: "repeated-request",
        summary: "The same body twice to the same address",
        family: Transport,
        level: Warn,
        certainty: Advice,
        origin: Transport,
        companions: ["server-error"],
        check: Check::Capture(check),
    }
}

fn repeated_event(first: &Exchange<'_>, again: &Exchange<'_>, n: u32) -> Report {
    let others = match n {
        1 => String::new(),
        n => format!("; {} repeated in this session", counted(n as usize - 1, "more request")),
    };
    report(
        first,
        again,
        format!("the same event was sent before, and {}: it counts twice{others}", fate(first)),
    )
    .count(n)
}

fn repeated_start(first: &Exchange<'_>, again: &Exchange<'_>) -> Report {
    let what = if first.row().flags.has(ExchangeFlags::ARRAY) { "batch" } else { "`sessionStart`" };
    report(
        first,
        again,
        format!("the same {what} was sent before, and {}: this makes a second session", fate(first)),
    )
}

fn report(first: &Exchange<'_>, again: &Exchange<'_>, message: String) -> Report {
    let single = again.events().next().filter(|_| again.row().n_events == 1);
    Report::new(message)
        .exchange(Some(again.id))
        .session(again.session())
        .event(single)
        .related(first.events().next(), "sent first")
}

fn fate(first: &Exchange<'_>) -> String {
    match first.status() {
        Some(status) => format!("answered {status}"),
        None => "may have arrived although no answer is known".to_owned(),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    repeated_starts(cx.capture, found);
    for session in cx.capture.sessions.iter().filter(|session| session.exchanges.len() > 2) {
        let mut first_pair = None;
        let mut n = 0;
        repeated_events(cx.capture, session, |first, again| {
            first_pair.get_or_insert((first, again));
            n += 1;
        });
        if let Some((first, again)) = first_pair {
            found.report(repeated_event(&first, &again, n));
        }
    }
}

/// Starts and batches that were sent before.
fn repeated_starts(capture: &Capture, found: &mut Findings<'_>) {
    let mut known: FxHashMap<(u32, i64, u32, u32), Exchange<'_>> = FxHashMap::default();
    for again in capture.sessions.iter().flat_map(|session| super::openings(capture, session)) {
        let Some(event) = again.events().next().and_then(|event| capture.event(event)) else { continue };
        let row = again.row();
        let key = (row.host, event.row().ts, row.n_events, row.body.len);
        if let Some(first) = known.insert(key, again)
            && is_repeated(&first, &again)
        {
            found.report(repeated_start(&first, &again));
        }
    }
}

/// Events of a session that were sent before. Equal bodies have equal `ts`, so only ties are looked at.
fn repeated_events<'a>(
    capture: &'a Capture,
    session: &Session,
    mut found: impl FnMut(Exchange<'a>, Exchange<'a>),
) {
    let mut known: FxHashMap<(u8, u64, u32), (EventId, usize)> = FxHashMap::default();
    let mut last = (NO_TS, None::<usize>);
    for position in 0..session.len() {
        let Some(id) = session.judged(position) else { continue };
        let Some(row) = capture.events.get(id.index()) else { continue };
        if row.ts != last.0 || row.ts == NO_TS {
            // the tie begins here: nothing is kept until a second event shows that it is one
            known.clear();
            last = (row.ts, Some(position));
            continue;
        }
        if let Some(first) = last.1.take() {
            remember(capture, session, first, &mut known);
        }
        let Some((earlier, index)) = remember(capture, session, position, &mut known) else { continue };
        let pair = [earlier, id].map(|event| capture.event(event).and_then(|event| event.exchange()));
        let is_restated = RESTATED.iter().any(|known| *known as u8 == row.event_type)
            && session.arrival_index(position) != index + 1;
        if let [Some(first), Some(again)] = pair
            && !is_restated
            && is_repeated(&first, &again)
        {
            found(first, again);
        }
    }
}

/// What SDKs say again for each asset, also within one instant (N2, N3).
const RESTATED: [EventType; 3] = [EventType::Play, EventType::PauseStart, EventType::BufferStart];

/// Keeps the event at a position of a tie; returns an earlier one that looks the same, with its place by arrival.
fn remember(
    capture: &Capture,
    session: &Session,
    position: usize,
    known: &mut FxHashMap<(u8, u64, u32), (EventId, usize)>,
) -> Option<(EventId, usize)> {
    let id = session.judged(position)?;
    let row = capture.events.get(id.index())?;
    let key = (row.event_type, row.playhead.to_bits(), row.body.len);
    known.insert(key, (id, session.arrival_index(position)))
}

/// True when both carry the same body to one address, and the first was taken or may have been.
fn is_repeated(first: &Exchange<'_>, again: &Exchange<'_>) -> bool {
    let (one, other) = (first.row(), again.row());
    let was_taken = one.status <= 0 || (200..300).contains(&one.status);
    let is_same_address = (one.endpoint, one.path_sid, one.host, one.method)
        == (other.endpoint, other.path_sid, other.host, other.method);
    first.id != again.id
        && was_taken
        && is_same_address
        && one.n_events == other.n_events
        && first.body_text() == again.body_text()
}

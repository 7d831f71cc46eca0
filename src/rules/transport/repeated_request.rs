//! MC-H015.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::declare_rule;
use crate::metrics::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::exchange::{Exchange, ExchangeFlags};
use crate::model::session::Session;
use crate::model::table::NO_TS;
use crate::rules::context::{SessionsCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// No body is sent twice to one address when the first attempt was answered 2xx or not at all. One finding per session
    /// for its events, and one for each start or batch that is repeated. After a refusal trying again is right (H024
    /// when all attempts were refused), and an SDK that restates `play`, `pauseStart` or `bufferStart` in one instant
    /// with other events between repeats nothing. A repeated `sessionEnd` is harmless, and where the repetition is
    /// out of place in the session (an ad that ends twice) the rule that says so speaks.
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
        check: Check::Sessions(check),
        fix: fix,
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
        _ if super::is_injected(first) => "sent again after an injected fault".to_owned(),
        Some(status) => format!("answered {status}"),
        None => "may have arrived although no answer is known".to_owned(),
    }
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    repeated_starts(cx.capture, found);
    for (session, lanes) in cx.capture.sessions.iter().zip(cx.lanes) {
        let pairs = unnamed_pairs(cx.capture, session, lanes);
        if let Some(pair) = pairs.first() {
            found.report(repeated_event(
                &pair.first,
                &pair.again,
                u32::try_from(pairs.len()).unwrap_or(u32::MAX),
            ));
        }
    }
}

/// The repeated events that no other rule names.
fn unnamed_pairs<'a>(capture: &'a Capture, session: &Session, lanes: &Lanes) -> Vec<Pair<'a>> {
    let mut pairs = if session.exchanges.len() > 2 { pairs(capture, session, lanes) } else { Vec::new() };
    if !pairs.is_empty() {
        let odd: FxHashSet<u32> = lanes.oddities.iter().map(|odd| odd.at).collect();
        pairs.retain(|pair| pair.first.status().is_none() || !odd.contains(&pair.at));
    }
    pairs
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
            && !is_excused(&first, &again)
        {
            found.report(repeated_start(&first, &again));
        }
    }
}

/// An event that was sent before.
struct Pair<'a> {
    first: Exchange<'a>,
    again: Exchange<'a>,
    /// Position of the later one.
    at: u32,
}

/// Type, playhead and length of the body: what equal events have in common beside their `ts`.
type Look = (u8, u64, u32);

/// Events of a session that were sent before. Equal bodies have equal `ts`, so only ties are looked at.
fn pairs<'a>(capture: &'a Capture, session: &Session, lanes: &Lanes) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let mut known: FxHashMap<Look, u32> = FxHashMap::default();
    let mut last = None::<(i64, Look)>;
    for (at, id) in (0..).zip(lanes.in_judged_order(session)) {
        let Some(row) = capture.events.get(id.index()) else { continue };
        let look = (row.event_type, row.playhead.to_bits(), row.body.len);
        let tied = last.filter(|(ts, _)| *ts == row.ts && row.ts != NO_TS).map(|(_, look)| look);
        last = Some((row.ts, look));
        let Some(before) = tied else {
            known.clear();
            continue;
        };
        if known.is_empty() {
            // the tie shows itself with its second event
            known.insert(before, at - 1);
        }
        let Some(earlier) = known.insert(look, at) else { continue };
        let event_type = EventType::ALL.into_iter().find(|known| *known as u8 == row.event_type);
        let is_restated = event_type.is_some_and(|known| RESTATED.contains(&known)) && earlier + 1 != at;
        if is_restated || event_type == Some(EventType::SessionEnd) {
            continue;
        }
        let request_at = |id| capture.event(id).and_then(|event| event.exchange());
        if let (Some(first), Some(again)) =
            (lanes.judged(session, earlier).and_then(request_at), request_at(id))
            && is_repeated(&first, &again)
        {
            pairs.push(Pair { first, again, at });
        }
    }
    pairs
}

/// What SDKs say again for each asset, also within one instant (N2, N3).
const RESTATED: [EventType; 3] = [EventType::Play, EventType::PauseStart, EventType::BufferStart];

/// True when both carry the same body to one address, and the first was taken or may have been.
fn is_repeated(first: &Exchange<'_>, again: &Exchange<'_>) -> bool {
    let (one, other) = (first.row(), again.row());
    // A first retry that an injected fault excuses is not among the events: this is a further one.
    let was_taken = super::is_injected(first) || one.status <= 0 || (200..300).contains(&one.status);
    let is_same_address = (one.endpoint, one.path_sid, one.host, one.method)
        == (other.endpoint, other.path_sid, other.host, other.method);
    first.id != again.id
        && was_taken
        && is_same_address
        && one.n_events == other.n_events
        && first.body_text() == again.body_text()
}

/// True when an injected fault took the answer to the first, or held it back until the second was sent.
fn is_excused(first: &Exchange<'_>, again: &Exchange<'_>) -> bool {
    let row = first.row();
    let waited = || {
        let end = first.received_at()?.0.saturating_add(i64::from(row.answered_after_millis) * 1000);
        Some(again.received_at()?.0 < end)
    };
    super::is_injected(first) || row.flags.has(ExchangeFlags::DELAY_INJECTED) && waited().unwrap_or_default()
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let pairs = unnamed_pairs(cx.session.capture, cx.session.session, cx.session.lanes);
    // A start that was repeated has a session of its own.
    pairs.first().filter(|pair| Some(pair.again.id) == cx.finding.exchange)?;
    let title = match pairs.len() {
        1 => "Remove the repeated request".to_owned(),
        n => format!("Remove the {n} repeated requests"),
    };
    Fix::safe(title, cx.remove_all(pairs.iter().map(|pair| pair.at)))
}

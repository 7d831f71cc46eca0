//! Requests and bare events → sessions.
//!
//! What one `sessionStart` or one batch opens is a session, answered or not. Online events find theirs by
//! the id in their path, which the answer to the start gave; never by their position in the file.

use rayon::prelude::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use rustc_hash::FxHashMap;

use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, ExchangeFlags, ExchangeRow, NO_RECEIVED_AT};
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::note::{IngestNote, NoteKind};
use crate::model::session::{Ending, Mode, Session, is_placeholder_sid};
use crate::model::table::{EventRow, NO_ROW, some_row};

use super::session_facts;

/// Makes the sessions of `capture` and the notes that concern them.
pub fn sessionize(capture: &mut Capture) {
    let mut drafts = Drafts::default();
    let order = arrival_order(capture);
    let arrival = ranks(&order);
    drafts.open(capture, &order);
    drafts.fill(capture, &order);
    drafts.add_bare(capture);
    let mut drafts = drafts.all;
    drafts.retain(|draft| !draft.events.is_empty());
    for draft in &mut drafts {
        let extent = draft.events.first().and_then(|event| capture.extent(*event));
        draft.begins_late &= !extent.is_some_and(|extent| extent.has_start);
    }
    drafts.sort_by_key(|draft| first_arrival(capture, draft, &arrival));
    mark_rows(capture, &drafts);
    let last_request = capture.exchanges.iter().map(|row| row.received_at).max().unwrap_or(NO_RECEIVED_AT);
    let last_request = capture.watched_until.map_or(last_request, |until| last_request.max(until.0));
    let finished = drafts
        .into_par_iter()
        .enumerate()
        .map(|(number, draft)| session_facts::finish(capture, draft, SessionId(number as u32), last_request));
    capture.sessions = finished.collect();
    add_notes(capture);
}

/// A session that is being put together.
#[derive(Debug)]
pub(super) struct Draft {
    /// Interned session id, or `NO_ROW`.
    pub(super) sid: u32,
    pub(super) mode: Mode,
    pub(super) is_batch: bool,
    pub(super) events: Vec<EventId>,
    pub(super) exchanges: Vec<ExchangeId>,
    /// Requests with the same start that were not answered 2xx.
    pub(super) refused: Vec<ExchangeId>,
    pub(super) attempts: u32,
    pub(super) begins_late: bool,
    pub(super) guessed: bool,
    /// May still get the events of an id that no answer gave: its own answer is not known.
    awaits_sid: bool,
    opened_at: i64,
}

impl Draft {
    fn new(mode: Mode) -> Self {
        Self {
            sid: NO_ROW,
            mode,
            is_batch: false,
            events: Vec::new(),
            exchanges: Vec::new(),
            refused: Vec::new(),
            attempts: 1,
            begins_late: false,
            guessed: false,
            awaits_sid: false,
            opened_at: NO_RECEIVED_AT,
        }
    }
}

/// Requests in order of arrival: by recorded time, ties as in the file but a start before what it opens.
/// One without a time arrives with the one before it in the file; without any time the file's order holds.
fn arrival_order(capture: &Capture) -> Vec<u32> {
    let mut times = Vec::new();
    if capture.exchanges.iter().any(|row| row.received_at == NO_RECEIVED_AT) {
        let mut last = NO_RECEIVED_AT;
        times.extend(capture.exchanges.iter().map(|row| {
            last = if row.received_at == NO_RECEIVED_AT { last } else { row.received_at };
            last
        }));
    }
    let key = |row: &u32| {
        let exchange = capture.exchanges.get(*row as usize);
        let received_at = exchange.map_or(NO_RECEIVED_AT, |exchange| exchange.received_at);
        let at = times.get(*row as usize).copied().unwrap_or(received_at);
        let opens = exchange.is_some_and(|exchange| exchange.endpoint == Endpoint::Sessions);
        (at, at != NO_RECEIVED_AT && !opens, *row)
    };
    let mut order: Vec<u32> = (0..capture.exchanges.len() as u32).collect();
    if !order.is_sorted_by_key(key) {
        order.sort_unstable_by_key(key);
    }
    order
}

/// The position of each request in the order of arrival.
fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, row) in order.iter().enumerate() {
        ranks[*row as usize] = rank as u32;
    }
    ranks
}

#[derive(Default)]
struct Drafts {
    all: Vec<Draft>,
    /// Sessions by interned id, in order of opening: an id may be given twice.
    by_sid: FxHashMap<u32, Vec<usize>>,
}

impl Drafts {
    /// First pass: everything that opens a session.
    fn open(&mut self, capture: &Capture, order: &[u32]) {
        let mut unanswered: FxHashMap<(u32, Vec<u8>), usize> = FxHashMap::default();
        for row in order {
            let exchange = ExchangeId(*row);
            let Some(request) = capture.exchanges.get(exchange.index()) else { continue };
            let Some(mode) = opens(capture, request) else { continue };
            let is_2xx = (200..300).contains(&request.status);
            let mut key = (request.host, capture.text(request.body).into_owned());
            let mut repeated = unanswered.remove(&key);
            // A redirect may lead to another host.
            key.0 = NO_ROW;
            repeated = repeated.or_else(|| unanswered.remove(&key)).filter(|_| request.n_events > 0);
            repeated = repeated.filter(|number| self.is_retry(capture, *number, request));
            let number = match repeated {
                Some(number) => {
                    let draft = &mut self.all[number];
                    draft.attempts += 1;
                    draft.refused.append(&mut draft.exchanges);
                    number
                }
                None => {
                    self.all.push(Draft::new(mode));
                    self.all.len() - 1
                }
            };
            let draft = &mut self.all[number];
            draft.is_batch = request.flags.has(ExchangeFlags::ARRAY);
            draft.events = events_of(request).collect();
            draft.exchanges = vec![exchange];
            draft.opened_at = request.received_at;
            // Without a start that can be read nobody knows what it said.
            draft.begins_late = request.n_events == 0;
            if mode == Mode::Online {
                draft.awaits_sid = request.location_sid == NO_ROW && (is_2xx || request.status <= 0);
                draft.sid = request.location_sid;
                if draft.sid != NO_ROW {
                    self.by_sid.entry(draft.sid).or_default().push(number);
                }
            }
            if !is_2xx || is_excused(request) {
                let is_redirect = (300..400).contains(&request.status);
                key.0 = if is_redirect { NO_ROW } else { request.host };
                unanswered.insert(key, number);
            }
        }
    }

    /// True for another attempt at the start of a session: the last one was not answered well, or a fault took or held
    /// back its answer.
    fn is_retry(&self, capture: &Capture, number: usize, request: &ExchangeRow) -> bool {
        let last = self.all[number].exchanges.last().and_then(|id| capture.exchanges.get(id.index()));
        last.is_none_or(|last| !(200..300).contains(&last.status) || excuses(last, request))
    }

    /// Second pass: events of open sessions.
    fn fill(&mut self, capture: &Capture, order: &[u32]) {
        // By session id and body: the request that an injected fault excuses repeating.
        let mut excused: FxHashMap<(u32, Vec<u8>), ExchangeId> = FxHashMap::default();
        for row in order {
            let exchange = ExchangeId(*row);
            let Some(request) = capture.exchanges.get(exchange.index()) else { continue };
            let carries = request.n_events > 0 || request.flags.has(ExchangeFlags::BODY_MISSING);
            if !carries || opens(capture, request).is_some() {
                continue;
            }
            let number = self.session_of(capture, request);
            let draft = &mut self.all[number];
            draft.exchanges.push(exchange);
            let mut is_retry = false;
            if !excused.is_empty() || is_excused(request) {
                let key = (request.path_sid, capture.text(request.body).into_owned());
                let first = excused.remove(&key).and_then(|first| capture.exchanges.get(first.index()));
                is_retry = first.is_some_and(|first| excuses(first, request));
                if is_excused(request) {
                    excused.insert(key, exchange);
                }
            }
            // The first attempt stands for the event: it came when the player meant it to.
            if !is_retry {
                draft.events.extend(events_of(request));
            }
        }
    }

    /// The session that an events request belongs to.
    fn session_of(&mut self, capture: &Capture, request: &ExchangeRow) -> usize {
        let sid = request.path_sid;
        if let Some(numbers) = self.by_sid.get(&sid) {
            let opened_before = |number: &&usize| self.all[**number].opened_at <= request.received_at;
            if let Some(number) = numbers.iter().rfind(opened_before).or(numbers.first()) {
                return *number;
            }
        }
        // No answer gives a placeholder.
        let may_be_given = capture.name(sid).is_some_and(|sid| !is_placeholder_sid(sid));
        let number = if may_be_given { self.guess(request) } else { None };
        let number = number.unwrap_or_else(|| {
            self.all.push(Draft {
                begins_late: true,
                opened_at: request.received_at,
                ..Draft::new(Mode::Online)
            });
            self.all.len() - 1
        });
        self.all[number].sid = sid;
        self.by_sid.entry(sid).or_default().push(number);
        number
    }

    /// The latest session before the request whose id is not known.
    fn guess(&mut self, request: &ExchangeRow) -> Option<usize> {
        let awaits = |draft: &Draft| draft.awaits_sid && draft.opened_at <= request.received_at;
        let number = self.all.iter().rposition(awaits)?;
        self.all[number].awaits_sid = false;
        self.all[number].guessed = true;
        Some(number)
    }

    /// Events without a request: each `sessionStart` begins the next session.
    fn add_bare(&mut self, capture: &Capture) {
        let mut splits = capture.splits.iter().copied().peekable();
        let mut current: Option<usize> = None;
        for (row, event) in capture.events.iter().enumerate() {
            let row = row as u32;
            // A split may stand for several rows without events between them.
            let split = std::iter::from_fn(|| splits.next_if(|split| *split <= row)).count() > 0;
            if event.exchange != NO_ROW {
                current = None;
                continue;
            }
            let starts = event.event_type == EventType::SessionStart as u8;
            let number = match current {
                Some(number) if !split && !starts => number,
                _ => {
                    self.all.push(Draft { begins_late: !starts, ..Draft::new(Mode::Unknown) });
                    self.all.len() - 1
                }
            };
            self.all[number].events.push(EventId(row));
            current = Some(number);
        }
    }
}

/// True when the player may repeat a request because a fault was injected into its exchange.
fn is_excused(request: &ExchangeRow) -> bool {
    request.flags.has(ExchangeFlags::ANSWER_INJECTED.with(ExchangeFlags::DELAY_INJECTED))
}

/// True when an injected fault is why the player sent `again`: it took the answer to `first`, or held it back until
/// after that.
fn excuses(first: &ExchangeRow, again: &ExchangeRow) -> bool {
    let waits_until =
        first.received_at.saturating_add(i64::from(first.answered_after_millis).saturating_mul(1000));
    first.flags.has(ExchangeFlags::ANSWER_INJECTED)
        || first.flags.has(ExchangeFlags::DELAY_INJECTED) && again.received_at < waits_until
}

/// The mode of the session that a request opens, `None` when it opens none.
fn opens(capture: &Capture, request: &ExchangeRow) -> Option<Mode> {
    let array = request.flags.has(ExchangeFlags::ARRAY);
    let carries = request.n_events > 0 || request.flags.has(ExchangeFlags::BODY_MISSING);
    match request.endpoint {
        Endpoint::Downloaded if carries => Some(Mode::Downloaded),
        Endpoint::Sessions if array && carries => Some(Mode::LegacyDownloaded),
        Endpoint::Sessions if carries => Some(Mode::Online),
        Endpoint::NearMiss if request.path_sid == NO_ROW && array && carries => Some(Mode::Downloaded),
        Endpoint::NearMiss if request.path_sid == NO_ROW && is_start(capture, request) => Some(Mode::Online),
        _ => None,
    }
}

fn is_start(capture: &Capture, request: &ExchangeRow) -> bool {
    let first = events_of(request).next().and_then(|event| capture.events.get(event.index()));
    first.is_some_and(|event| event.event_type == EventType::SessionStart as u8)
}

fn events_of(request: &ExchangeRow) -> impl Iterator<Item = EventId> + use<> {
    let first = some_row(request.first_event).unwrap_or_default();
    (first..first + request.n_events).map(EventId)
}

/// When a session begins: the place of its first request in the order of arrival, or of its first event.
fn first_arrival(capture: &Capture, draft: &Draft, ranks: &[u32]) -> (u32, EventId) {
    let first = draft.events.first().copied().unwrap_or(EventId(0));
    let exchange = draft.refused.first().or(draft.exchanges.first());
    let rank = exchange.and_then(|exchange| ranks.get(exchange.index())).copied();
    // Bare events take the place of the requests before them in the file.
    let before =
        || capture.exchanges.iter().filter(|row| row.n_events > 0 && row.first_event < first.0).count();
    (rank.unwrap_or_else(|| if ranks.is_empty() { 0 } else { before() as u32 }), first)
}

/// Writes the numbers of the sessions into the rows.
fn mark_rows(capture: &mut Capture, drafts: &[Draft]) {
    for (number, draft) in drafts.iter().enumerate() {
        let number = number as u32;
        for exchange in draft.refused.iter().chain(&draft.exchanges) {
            let Some(request) = capture.exchanges.get_mut(exchange.index()) else { continue };
            request.session = number;
            // A refused attempt, or a retry that a fault excuses, is not among the events of its session, but belongs to it.
            for event in events_of(request) {
                capture.events.set_session(event.index(), number);
            }
        }
        for event in &draft.events {
            capture.events.set_session(event.index(), number);
        }
    }
}

fn add_notes(capture: &mut Capture) {
    let mut notes = Vec::new();
    for session in &capture.sessions {
        if session.begins_late {
            notes.push(session_note(
                capture,
                session,
                NoteKind::StartsMidSession,
                session.by_arrival.first(),
            ));
        }
        let may_go_on =
            session.exchanges.is_empty() || session.exchanges.iter().any(|id| !was_refused(capture, *id));
        if session.ending == Ending::CutOff && may_go_on && capture.watched_until.is_none() {
            notes.push(session_note(capture, session, NoteKind::StopsMidSession, session.by_arrival.last()));
        }
    }
    for (row, request) in capture.exchanges.iter().enumerate() {
        let note = match request {
            request if request.session == NO_ROW => continue,
            request if request.flags.has(ExchangeFlags::ANSWER_UNREADABLE) => {
                (NoteKind::AnswerUnreadable, "the recorded answer could not be read".to_owned())
            }
            request if request.flags.has(ExchangeFlags::ANSWER_INJECTED) => continue,
            // The answer may be under way.
            request if request.status == 0 && capture.watched_until.is_some() => continue,
            request if request.status == 0 => (NoteKind::NoAnswer, "no answer was recorded".to_owned()),
            _ => continue,
        };
        let offset = capture.source_offset(request.entry, 0);
        let mut note = IngestNote::at(note.0, note.1, offset);
        note.exchange = Some(ExchangeId(row as u32));
        note.session = Some(SessionId(request.session));
        notes.push(note);
    }
    capture.notes.append(&mut notes);
    for note in &mut capture.notes {
        let exchange = note.exchange.and_then(|exchange| capture.exchanges.get(exchange.index()));
        let event = note.event.and_then(|event| capture.events.get(event.index()));
        let session = exchange.map(|row| row.session).or(event.map(|row| row.session)).and_then(some_row);
        note.session = note.session.or(session.map(SessionId));
    }
    capture.notes.sort_by_key(|note| note.offset);
}

fn was_refused(capture: &Capture, exchange: ExchangeId) -> bool {
    capture.exchanges.get(exchange.index()).is_some_and(|row| row.status >= 400)
}

fn session_note(capture: &Capture, session: &Session, kind: NoteKind, event: Option<&EventId>) -> IngestNote {
    let event_row = event.and_then(|event| capture.events.get(event.index()));
    let offset = event_row.and_then(|row: EventRow| capture.source_offset(row.body, 0));
    let guessing = if session.guessed { " (put together by a guess)" } else { "" };
    let message = match kind {
        NoteKind::StartsMidSession => "nothing in the capture opened this session",
        _ => "the capture stops before the end of this session",
    };
    let mut note = IngestNote::at(kind, format!("{message}{guessing}"), offset);
    note.session = Some(session.id);
    note.event = event.copied();
    note.exchange = event_row.and_then(|row| some_row(row.exchange)).map(ExchangeId);
    note
}

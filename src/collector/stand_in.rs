//! The stand-in: what the API would answer, as a pure function of the sessions it knows, the
//! policy, the request and the time. Sequence faults get a success answer, as on the real
//! collection layer.

use super::judge::{Asked, EventFacts, Faults, Judged, Request, judge};
use crate::model::clock::ReceivedAt;
use crate::model::event_type::EventType;
use crate::model::limits::{SILENCE_TIMEOUT_SECS, STILL_PLAYHEAD_TIMEOUT_SECS};
use crate::model::policy::{AfterClose, AfterComplete, Policy};
use crate::schema;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// So many sessions are known at a time; then the oldest that is closed is forgotten, and its id is unknown. How long
/// the back end remembers is not published.
const MAX_SESSIONS: usize = 100_000;

/// The headers of every answer: what browser players need to read it (`mc-api-quick-start.md`).
pub const CORS_HEADERS: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "OPTIONS,POST,PUT"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Expose-Headers", "Location"),
];

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Names and values, in order.
    pub headers: Vec<(&'static str, String)>,
    /// Body; empty on success.
    pub body: Vec<u8>,
    /// How many events the request held.
    pub n_events: usize,
    /// The first thing that was wrong, in words.
    pub first_fault: Option<String>,
}

impl Answer {
    /// The session id in its `Location`.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        let location = self.headers.iter().find(|(name, _)| *name == "Location");
        location.and_then(|(_, value)| value.rsplit('/').next())
    }
}

/// Why a session takes no more events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// `sessionEnd` came, or the session came as a batch, which cannot be extended.
    Ended,
    /// No event for 10 minutes.
    NoEvents,
    /// A playhead that stood still for 30 minutes.
    NoPlayhead,
    /// `sessionComplete` came, and the policy says that it closes (D5).
    Completed,
    /// `sessionComplete` came, and then no event for 10 minutes.
    CompletedThenExpired,
    /// `sessionComplete` came, and then `sessionEnd`.
    CompletedThenEnded,
    /// An injected fault closed it.
    Injected,
}

impl CloseReason {
    /// How the answer says it.
    const fn in_words(self) -> &'static str {
        match self {
            CloseReason::Ended => "it was ended",
            CloseReason::NoEvents => "no event came for 10 minutes",
            CloseReason::NoPlayhead => "its playhead stood still for 30 minutes",
            CloseReason::Completed => "it was completed",
            CloseReason::CompletedThenExpired => "it was completed, then no event came for 10 minutes",
            CloseReason::CompletedThenEnded => "it was completed, then ended",
            CloseReason::Injected => "an injected fault closed it",
        }
    }
}

/// What the stand-in knows of a session.
#[derive(Debug, Clone)]
struct OpenSession {
    last_event_at: ReceivedAt,
    playhead: Option<f64>,
    playhead_moved_at: ReceivedAt,
    completed: bool,
    closed: Option<CloseReason>,
}

impl OpenSession {
    fn new(event: EventFacts, now: ReceivedAt) -> Self {
        let EventFacts { playhead, .. } = event;
        Self { last_event_at: now, playhead, playhead_moved_at: now, completed: false, closed: None }
    }

    /// Why the session is closed at that time, if it is.
    fn closed_at(&self, now: ReceivedAt) -> Option<CloseReason> {
        let is_silent = now.secs_since(self.last_event_at) >= SILENCE_TIMEOUT_SECS;
        let is_still = now.secs_since(self.playhead_moved_at) >= STILL_PLAYHEAD_TIMEOUT_SECS;
        match self.closed {
            Some(reason) => Some(reason),
            None if is_silent && self.completed => Some(CloseReason::CompletedThenExpired),
            None if is_silent => Some(CloseReason::NoEvents),
            None if is_still => Some(CloseReason::NoPlayhead),
            None => None,
        }
    }

    /// Takes an event that the schema accepts.
    fn take(&mut self, event: EventFacts, policy: &Policy, now: ReceivedAt) {
        self.last_event_at = now;
        if event.playhead.is_some() && event.playhead != self.playhead {
            self.playhead = event.playhead;
            self.playhead_moved_at = now;
        }
        match event.event_type {
            Some(EventType::SessionEnd) if self.completed => {
                self.closed = Some(CloseReason::CompletedThenEnded)
            }
            Some(EventType::SessionEnd) => self.closed = Some(CloseReason::Ended),
            Some(EventType::SessionComplete) => {
                self.completed = true;
                if policy.after_complete == AfterComplete::Closes {
                    self.closed = Some(CloseReason::Completed);
                }
            }
            _ => {}
        }
    }
}

/// The sessions that were opened.
#[derive(Debug)]
pub struct StandInState {
    sessions: BTreeMap<String, OpenSession>,
    by_age: VecDeque<String>,
    max_sessions: usize,
    /// What the next id is made from.
    seed: u64,
}

impl StandInState {
    /// No sessions. Ids follow from `seed`: take another one for each run, so that an id of an
    /// earlier run is unknown.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { sessions: BTreeMap::new(), by_age: VecDeque::new(), max_sessions: MAX_SESSIONS, seed }
    }

    /// Closes a session, as an injected 410 does: its later events are answered 410 too.
    pub fn close(&mut self, sid: &str) {
        if let Some(session) = self.sessions.get_mut(sid) {
            session.closed.get_or_insert(CloseReason::Injected);
        }
    }

    /// Forgets a session, as an injected 404 does: its later events are answered 404 too.
    pub fn forget(&mut self, sid: &str) {
        self.sessions.remove(sid);
    }

    /// 64 lowercase hexadecimal characters, as in the samples of `mc-api-sessions-req.md`.
    fn next_sid(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", split_mix(&mut self.seed))).collect()
    }

    fn open(&mut self, session: OpenSession, now: ReceivedAt) -> String {
        let sid = self.next_sid();
        while self.by_age.len() >= self.max_sessions && self.forget_one(now) {}
        self.by_age.push_back(sid.clone());
        self.sessions.insert(sid.clone(), session);
        sid
    }

    /// Forgets the oldest session that is closed, or the oldest of all when it would take long to find one.
    fn forget_one(&mut self, now: ReceivedAt) -> bool {
        for _ in 0..MAX_SPARED {
            let Some(oldest) = self.by_age.pop_front() else { return false };
            match self.sessions.get(&oldest) {
                Some(session) if session.closed_at(now).is_none() => self.by_age.push_back(oldest),
                _ => {
                    self.sessions.remove(&oldest);
                    return true;
                }
            }
        }
        let oldest = self.by_age.pop_front();
        oldest.map(|oldest| self.sessions.remove(&oldest)).is_some()
    }
}

/// So many open sessions are passed over in the search for a closed one to forget.
const MAX_SPARED: usize = 64;

/// One step of the SplitMix64 generator: spreads a counter over all bits.
pub(super) fn split_mix(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The answer to a request that arrived at `now`.
pub fn answer(state: &mut StandInState, policy: &Policy, request: &Request<'_>, now: ReceivedAt) -> Answer {
    conclude(state, policy, judge(policy, request), now)
}

/// The answer to a request that was judged already. Quick, whatever the size of the body was.
pub fn conclude(state: &mut StandInState, policy: &Policy, judged: Judged, now: ReceivedAt) -> Answer {
    let answer = match judged.asked {
        Asked::Options => success(204, Vec::new()),
        Asked::Schema(event_type) => schema_answer(policy, event_type),
        Asked::Start(event) => created(state.open(OpenSession::new(event, now), now)),
        Asked::Batch => {
            let mut session = OpenSession::new(EventFacts::default(), now);
            session.closed = Some(CloseReason::Ended);
            created(state.open(session, now))
        }
        Asked::Event { sid, event } => event_answer(state, policy, &sid, event, now),
        Asked::Invalid(faults) => refused(&faults),
        Asked::WrongMethod(methods) => {
            let mut answer = error(405, "This path does not have this method");
            answer.headers.push(("Allow", methods.to_owned()));
            answer
        }
        Asked::UnknownPath { may_mean_events: true } => {
            error(404, "There is no such path: events go to /api/v1/sessions/{sid}/events")
        }
        Asked::UnknownPath { may_mean_events: false } => error(404, "There is no such path"),
    };
    Answer { n_events: judged.n_events, ..answer }
}

/// E3: what the chosen set holds an event of this type to.
fn schema_answer(policy: &Policy, event_type: Option<EventType>) -> Answer {
    match event_type.and_then(|event_type| schema::served(policy.schema_set, event_type)) {
        Some(text) => {
            let content_type = ("Content-Type", "application/json".to_owned());
            Answer { body: text.into_owned().into_bytes(), ..success(200, vec![content_type]) }
        }
        None => error(404, "There is no such event type"),
    }
}

/// E2: an unknown id counts before a closed one, and both before what is wrong with the body.
fn event_answer(
    state: &mut StandInState,
    policy: &Policy,
    sid: &str,
    event: Result<EventFacts, Faults>,
    now: ReceivedAt,
) -> Answer {
    let Some(session) = state.sessions.get_mut(sid) else {
        return error(404, "There is no session with this id");
    };
    if let Some(reason) = session.closed_at(now) {
        session.closed = Some(reason);
        return match policy.after_close {
            AfterClose::Gone => error(410, &format!("The session is closed: {}", reason.in_words())),
            AfterClose::SilentDrop => success(204, Vec::new()),
        };
    }
    match event {
        Ok(event) => {
            session.take(event, policy, now);
            success(204, Vec::new())
        }
        Err(faults) => refused(&faults),
    }
}

fn created(sid: String) -> Answer {
    let content_type = ("Content-Type", "application/octet-stream".to_owned());
    success(201, vec![content_type, ("Location", format!("/api/v1/sessions/{sid}"))])
}

fn success(status: u16, more_headers: Vec<(&'static str, String)>) -> Answer {
    let mut headers: Vec<_> = CORS_HEADERS.map(|(name, value)| (name, value.to_owned())).into();
    headers.extend(more_headers);
    Answer { status, headers, body: Vec::new(), n_events: 0, first_fault: None }
}

/// An error with a message for people, as swagger's error object has it.
#[must_use]
pub fn error(status: u16, message: &str) -> Answer {
    error_with(status, json!({ "message": message }), message.to_owned())
}

fn error_with(status: u16, body: Value, first_fault: String) -> Answer {
    let content_type = ("Content-Type", "application/json".to_owned());
    let body = body.to_string().into_bytes();
    Answer { body, first_fault: Some(first_fault), ..success(status, vec![content_type]) }
}

/// 400, naming each fault: in the message, and once more as data (members may be added to the API's error object).
fn refused(faults: &Faults) -> Answer {
    let named: Vec<String> = faults.named.iter().map(ToString::to_string).collect();
    let mut message = named.join("; ");
    if faults.more > 0 {
        message.push_str(&format!("; and {} more", faults.more));
    }
    let details =
        faults.named.iter().map(|fault| json!({ "pointer": fault.pointer, "reason": fault.reason }));
    let body = json!({ "message": message, "faults": details.collect::<Vec<_>>() });
    error_with(400, body, named.into_iter().next().unwrap_or_default())
}

#[cfg(test)]
mod tests;

//! Faults on demand: which request gets which, and what becomes of its answer. Pure: a request's facts in, what is to be
//! injected out, the same for the same requests in the same order.

use super::judge::{Asked, Judged};
use super::stand_in::{Answer, StandInState, conclude, error, split_mix};
use crate::model::clock::ReceivedAt;
use crate::model::event_type::EventType;
use crate::model::fault::{Effect, FaultSpec, Operation, Where, WhichSession};
use crate::model::policy::Policy;
use std::collections::BTreeMap;

/// What of a request decides whether a fault is meant for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestFacts<'a> {
    /// What it asks for; `None` for what is no request of the API, which gets no fault.
    pub operation: Option<Operation>,
    /// The type of its single event.
    pub event_type: Option<EventType>,
    /// The session id in its path.
    pub sid: Option<&'a str>,
    /// It opens a session, if nothing comes between.
    pub opens: bool,
}

impl<'a> RequestFacts<'a> {
    /// The facts of a request that was judged.
    #[must_use]
    pub fn of(judged: &'a Judged) -> Self {
        let operation = match judged.asked {
            Asked::Options => judged.endpoint.map(|_| Operation::Preflight),
            Asked::WrongMethod(_) | Asked::UnknownPath { .. } => None,
            _ => judged.endpoint.map(Operation::Of),
        };
        let sid = match &judged.asked {
            Asked::Event { sid, .. } => Some(sid.as_str()),
            _ => None,
        };
        let opens = matches!(judged.asked, Asked::Start(_) | Asked::Batch);
        Self { operation, event_type: judged.event_type, sid, opens }
    }
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFault {
    /// Another one is given, and the request is not taken.
    Status(u16),
    /// None is given.
    Drop {
        /// The request is taken all the same.
        is_taken: bool,
    },
    /// It is cut in the middle.
    Half,
    /// It has no `Location`.
    NoLocation,
}

/// What is injected into one exchange.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Injection {
    /// The answer waits so long, milliseconds.
    pub delay_millis: u64,
    /// What becomes of the answer.
    pub answer: Option<AnswerFault>,
    /// The answer's clock is so far ahead, milliseconds.
    pub skew_millis: i64,
    /// What asked for it.
    specs: Vec<FaultSpec>,
}

impl Injection {
    /// The mark of the exchange: the faults in the words that ask for them, with spaces between them.
    #[must_use]
    pub fn mark(&self) -> String {
        self.specs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The answer in place of another one, or of none, for a request that is not taken.
    #[must_use]
    pub fn refusal(&self) -> Option<Answer> {
        let status = match self.answer? {
            AnswerFault::Status(status) => status,
            AnswerFault::Drop { is_taken: false } => 500,
            AnswerFault::Drop { is_taken: true } | AnswerFault::Half | AnswerFault::NoLocation => {
                return None;
            }
        };
        let message = format!("Playtrace was asked to inject this: {}", self.mark());
        // It is no fault of the request.
        Some(Answer { first_fault: None, ..error(status, &message) })
    }

    /// How much of the answer goes out.
    #[must_use]
    pub fn sending(&self) -> Sending {
        match self.answer {
            Some(AnswerFault::Drop { .. }) => Sending::Nothing,
            Some(AnswerFault::Half) => Sending::Half,
            Some(AnswerFault::Status(_) | AnswerFault::NoLocation) | None => Sending::Whole,
        }
    }

    /// The answer had no `Location` anyway: nothing was taken from it.
    pub fn had_no_location(&mut self) {
        self.answer = None;
        self.specs.retain(|spec| spec.effect != Effect::NoLocation);
    }

    /// The `Date` of an answer at that time if its clock is wrong, as HTTP writes it (RFC 9110, 5.6.7).
    #[must_use]
    pub fn date(&self, now: ReceivedAt) -> Option<String> {
        if self.skew_millis == 0 {
            return None;
        }
        let at = jiff::Timestamp::from_microsecond(self.skewed(now).0).ok()?;
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
    }

    /// The time by the clock of the answer.
    fn skewed(&self, now: ReceivedAt) -> ReceivedAt {
        ReceivedAt(now.0.saturating_add(self.skew_millis.saturating_mul(1000)))
    }

    fn add(&mut self, spec: &FaultSpec) {
        match spec.effect {
            Effect::Delay(millis) | Effect::SlowSession(millis) => self.delay_millis = millis,
            Effect::Status(status) => self.answer = Some(AnswerFault::Status(status)),
            Effect::Drop { is_taken } => self.answer = Some(AnswerFault::Drop { is_taken }),
            Effect::Half => self.answer = Some(AnswerFault::Half),
            Effect::NoLocation => self.answer = Some(AnswerFault::NoLocation),
            Effect::Skew(millis) => self.skew_millis = millis,
        }
        self.specs.push(spec.clone());
    }

    /// True when something of the same kind is injected already: of two delays, two answers or two clocks the first
    /// that was asked for counts.
    fn has_alike(&self, spec: &FaultSpec) -> bool {
        match spec.effect {
            Effect::Delay(_) | Effect::SlowSession(_) => self.delay_millis > 0,
            Effect::Skew(_) => self.skew_millis != 0,
            _ => self.answer.is_some(),
        }
    }
}

/// The faults that were asked for, with what they count.
#[derive(Debug, Default)]
pub struct Faults {
    armed: Vec<Armed>,
    n_opened: u64,
    /// The ids of the sessions that a fault names by number.
    named: BTreeMap<u64, String>,
}

#[derive(Debug)]
struct Armed {
    spec: FaultSpec,
    n_matched: u64,
    n_injected: u64,
    chance: u64,
}

impl Faults {
    /// Faults from now on: sessions and requests are counted from here.
    #[must_use]
    pub fn new(specs: &[FaultSpec]) -> Self {
        let armed = specs.iter().zip(1..).map(|(spec, number)| {
            // equal seeds in two faults must not draw alike
            let mut chance = spec.place.seed;
            let chance = split_mix(&mut chance) ^ number;
            Armed { spec: spec.clone(), n_matched: 0, n_injected: 0, chance }
        });
        Self { armed: armed.collect(), n_opened: 0, named: BTreeMap::new() }
    }

    /// True when no fault was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.armed.is_empty()
    }

    fn specs(&self) -> impl Iterator<Item = &FaultSpec> {
        self.armed.iter().map(|armed| &armed.spec)
    }

    /// Counts a session that was opened, with the id that the player got.
    pub fn opened(&mut self, sid: &str) {
        self.n_opened += 1;
        let n_opened = self.n_opened;
        if self.specs().any(|spec| spec.place.session == Some(WhichSession::Nth(n_opened))) {
            self.named.insert(n_opened, sid.to_owned());
        }
    }

    /// What to inject into the exchange of a request; counts the request.
    pub fn decide(&mut self, facts: &RequestFacts<'_>) -> Option<Injection> {
        let mut injection = Injection::default();
        for armed in &mut self.armed {
            if is_meant(&armed.spec, facts, self.n_opened, &self.named)
                && armed.is_due()
                && !injection.has_alike(&armed.spec)
            {
                armed.n_injected += 1;
                injection.add(&armed.spec);
            }
        }
        (!injection.specs.is_empty()).then_some(injection)
    }
}

fn is_meant(
    spec: &FaultSpec,
    facts: &RequestFacts<'_>,
    n_opened: u64,
    named: &BTreeMap<u64, String>,
) -> bool {
    let Where { operation, event_type, session, .. } = &spec.place;
    let is_operation = match (facts.operation, operation) {
        (Some(asked), Some(wanted)) => asked == *wanted,
        (Some(asked), None) => asked.carries_events(),
        (None, _) => false,
    };
    let needs_opening = matches!(spec.effect, Effect::SlowSession(_) | Effect::NoLocation);
    let is_session = match session {
        None => true,
        Some(WhichSession::Sid(sid)) => facts.sid == Some(sid),
        Some(WhichSession::Nth(n)) if facts.opens => *n == n_opened + 1,
        Some(WhichSession::Nth(n)) => facts.sid.is_some() && named.get(n).map(String::as_str) == facts.sid,
    };
    is_operation
        && is_session
        && (facts.opens || !needs_opening)
        && event_type.is_none_or(|wanted| facts.event_type == Some(wanted))
}

impl Armed {
    /// Counts a match, and says whether it is its turn.
    fn is_due(&mut self) -> bool {
        let Where { after, every, share, count, .. } = self.spec.place;
        self.n_matched += 1;
        let Some(number) = self.n_matched.checked_sub(after).filter(|number| *number > 0) else {
            return false;
        };
        let is_turn = every.is_none_or(|every| number.is_multiple_of(every));
        is_turn
            && share.is_none_or(|share| self.draw() < share)
            && count.is_none_or(|count| self.n_injected < count)
    }

    /// A number from 0 up to, but not, 1.
    fn draw(&mut self) -> f64 {
        (split_mix(&mut self.chance) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// How much of an answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// All of it.
    Whole,
    /// Its first half, then the connection is cut.
    Half,
    /// Nothing: the connection is dropped.
    Nothing,
}

/// The stand-in's answer to a request that arrived at `now`, with what is injected; how much of it goes out
/// [`Injection::sending`] says.
pub fn conclude_with(
    state: &mut StandInState,
    policy: &Policy,
    judged: Judged,
    now: ReceivedAt,
    injection: &Injection,
) -> Answer {
    let n_events = judged.n_events;
    let mut answer = match injection.refusal() {
        Some(answer) => {
            if let (Asked::Event { sid, .. }, Some(AnswerFault::Status(status))) =
                (&judged.asked, injection.answer)
            {
                lose(state, sid, status);
            }
            answer
        }
        None => conclude(state, policy, judged, injection.skewed(now)),
    };
    if injection.answer == Some(AnswerFault::NoLocation) {
        answer.headers.retain(|(name, _)| *name != LOCATION);
    }
    answer.headers.extend(injection.date(now).map(|date| ("Date", date)));
    Answer { n_events, ..answer }
}

/// The header that carries the session id.
const LOCATION: &str = "Location";

/// What follows from a status that says that a session is gone.
fn lose(state: &mut StandInState, sid: &str, status: u16) {
    match status {
        404 => state.forget(sid),
        410 => state.close(sid),
        _ => {}
    }
}

#[cfg(test)]
mod tests;

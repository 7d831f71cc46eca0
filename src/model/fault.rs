//! Faults that the collector injects on demand: their names, what they are asked for by, and what a recorded one
//! says of an exchange.
//!
//! A fault is asked for in one line, `KIND[=VALUE][@WHERE]`: `status=404@event=ping,after=3`. The same words mark the
//! exchange that it was injected into, so that no rule takes it for a fault of the player or of the server.

mod parse;

use std::fmt;

use super::event_type::EventType;
use super::exchange::{Endpoint, ExchangeFlags};

pub use parse::{FaultError, from_entries};

/// One key of a fault: a kind, or a part of WHERE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyInfo {
    /// How it is written.
    pub name: &'static str,
    /// What it takes.
    pub value: ValueKind,
    /// What it does.
    pub meaning: &'static str,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Nothing.
    Nothing,
    /// `before` or `after`, or nothing for the first.
    BeforeAfter,
    /// Milliseconds from 1.
    Millis,
    /// Milliseconds, also below zero, but not zero.
    SignedMillis,
    /// A status from 400 to 599.
    Status,
    /// A whole number from this one on.
    From(u64),
    /// Above 0, at most 1.
    Share,
    /// A session by number or id.
    Session,
    /// An event type.
    EventType,
    /// An operation.
    Operation,
}

/// The kinds.
pub const KINDS: [KeyInfo; 7] = [
    KeyInfo {
        name: "delay",
        value: ValueKind::Millis,
        meaning: "the answer comes so many milliseconds later",
    },
    KeyInfo {
        name: "slow-session",
        value: ValueKind::Millis,
        meaning: "the answer that opens a session comes so many milliseconds later",
    },
    KeyInfo {
        name: "status",
        value: ValueKind::Status,
        meaning: "this status is answered and the request not taken; after 404 and 410 the session is gone for good",
    },
    KeyInfo {
        name: "drop",
        value: ValueKind::BeforeAfter,
        meaning: "the connection is dropped without an answer, before (default) or after the request was taken",
    },
    KeyInfo {
        name: "half",
        value: ValueKind::Nothing,
        meaning: "the request is taken, but the connection is cut in the middle of the answer (over HTTP/2 the stream, \
                  behind the headers)",
    },
    KeyInfo {
        name: "no-location",
        value: ValueKind::Nothing,
        meaning: "the answer that opens a session has no Location; as the player will start again, see count",
    },
    KeyInfo {
        name: "skew",
        value: ValueKind::SignedMillis,
        meaning: "the clock of the answer is so many milliseconds ahead: its Date, and what time-outs go by",
    },
];

/// The parts of WHERE.
pub const FILTERS: [KeyInfo; 8] = [
    KeyInfo {
        name: "endpoint",
        value: ValueKind::Operation,
        meaning: "only requests for this operation; without it all that carry events",
    },
    KeyInfo {
        name: "event",
        value: ValueKind::EventType,
        meaning: "only requests with a single event of this type",
    },
    KeyInfo {
        name: "session",
        value: ValueKind::Session,
        meaning: "only the session that is opened as the Nth from now on, or the one with this id; a start that opens \
                  none is tried again and meets the fault again, see count",
    },
    KeyInfo { name: "after", value: ValueKind::From(0), meaning: "the first N of them pass" },
    KeyInfo { name: "every", value: ValueKind::From(1), meaning: "of the others each Nth" },
    KeyInfo { name: "share", value: ValueKind::Share, meaning: "of these a share, drawn by chance" },
    KeyInfo {
        name: "seed",
        value: ValueKind::From(0),
        meaning: "which chance; the same seed draws the same",
    },
    KeyInfo {
        name: "count",
        value: ValueKind::From(1),
        meaning: "N times at most; with count=1 the next try of the player succeeds",
    },
];

/// The operations that a fault may be bound to.
pub const OPERATIONS: [(&str, Operation); 5] = [
    ("sessions", Operation::Of(Endpoint::Sessions)),
    ("events", Operation::Of(Endpoint::Events)),
    ("downloaded", Operation::Of(Endpoint::Downloaded)),
    ("schemas", Operation::Of(Endpoint::Schemas)),
    ("preflight", Operation::Preflight),
];

/// Longest delay, milliseconds: an hour. Clients give up long before.
pub const MAX_DELAY_MILLIS: u64 = 3_600_000;
/// Largest clock skew, milliseconds: ten years.
pub const MAX_SKEW_MILLIS: i64 = 315_360_000_000;
/// Largest number anywhere else.
pub const MAX_NUMBER: u64 = 1_000_000_000_000;
/// Most sessions that a fault can count.
pub const MAX_SESSION: u64 = 1_000_000;

/// What is asked of the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// An operation of the API.
    Of(Endpoint),
    /// A browser's `OPTIONS` before any of them.
    Preflight,
}

impl Operation {
    /// How it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        OPERATIONS.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// True for those whose requests carry events.
    #[must_use]
    pub fn carries_events(self) -> bool {
        matches!(self, Operation::Of(Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded))
    }
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `delay`, milliseconds.
    Delay(u64),
    /// `slow-session`, milliseconds.
    SlowSession(u64),
    /// `status`.
    Status(u16),
    /// `drop`.
    Drop {
        /// The request was taken before.
        is_taken: bool,
    },
    /// `half`.
    Half,
    /// `no-location`.
    NoLocation,
    /// `skew`, milliseconds.
    Skew(i64),
}

/// A session that a fault is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichSession {
    /// The one that is opened as the Nth, from 1.
    Nth(u64),
    /// The one with this id.
    Sid(String),
}

/// Where a fault is injected.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Where {
    /// Only for this operation.
    pub operation: Option<Operation>,
    /// Only requests with a single event of this type.
    pub event_type: Option<EventType>,
    /// Only this session.
    pub session: Option<WhichSession>,
    /// So many matches pass first.
    pub after: u64,
    /// Each Nth match, from 1; `None` for each.
    pub every: Option<u64>,
    /// Of these a share.
    pub share: Option<f64>,
    /// What the share is drawn by.
    pub seed: u64,
    /// So many times at most.
    pub count: Option<u64>,
}

/// A fault that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultSpec {
    /// What it does.
    pub effect: Effect,
    /// Where.
    pub place: Where,
}

impl fmt::Display for FaultSpec {
    /// The one way to write it, which is read back as the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.effect {
            Effect::Delay(millis) => write!(f, "delay={millis}")?,
            Effect::SlowSession(millis) => write!(f, "slow-session={millis}")?,
            Effect::Status(status) => write!(f, "status={status}")?,
            Effect::Drop { is_taken: false } => f.write_str("drop")?,
            Effect::Drop { is_taken: true } => f.write_str("drop=after")?,
            Effect::Half => f.write_str("half")?,
            Effect::NoLocation => f.write_str("no-location")?,
            Effect::Skew(millis) => write!(f, "skew={millis}")?,
        }
        let place = &self.place;
        let parts = [
            place.operation.map(|operation| format!("endpoint={}", operation.name())),
            place.event_type.map(|event_type| format!("event={event_type}")),
            place.session.as_ref().map(|session| match session {
                WhichSession::Nth(n) => format!("session={n}"),
                WhichSession::Sid(sid) => format!("session={sid}"),
            }),
            (place.after > 0).then(|| format!("after={}", place.after)),
            place.every.map(|n| format!("every={n}")),
            place.share.map(|share| format!("share={share}")),
            (place.seed > 0).then(|| format!("seed={}", place.seed)),
            place.count.map(|n| format!("count={n}")),
        ];
        for (number, part) in parts.iter().flatten().enumerate() {
            write!(f, "{}{part}", if number == 0 { '@' } else { ',' })?;
        }
        Ok(())
    }
}

impl FaultSpec {
    /// True for what changes the time of the answer alone.
    #[must_use]
    pub fn is_delay(&self) -> bool {
        matches!(self.effect, Effect::Delay(_) | Effect::SlowSession(_))
    }
}

/// What the mark of an exchange says of it: the words of its faults with spaces between them, and the status of its
/// answer. Words that are not known may mean anything.
#[must_use]
pub fn flags(mark: &str, status: i16) -> ExchangeFlags {
    /// A session that timed out by a skewed clock.
    const GONE: i16 = 410;
    let of_one = |words: &str| match words.split(['=', '@']).next().unwrap_or_default() {
        "delay" | "slow-session" => ExchangeFlags::DELAY_INJECTED,
        "status" | "drop" | "half" | "no-location" => ExchangeFlags::ANSWER_INJECTED,
        "skew" if status == GONE => ExchangeFlags::ANSWER_INJECTED,
        "skew" => ExchangeFlags::default(),
        _ => ExchangeFlags::DELAY_INJECTED.with(ExchangeFlags::ANSWER_INJECTED),
    };
    mark.split_ascii_whitespace().map(of_one).fold(ExchangeFlags::default(), ExchangeFlags::with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_an_exchange_says_what_was_not_the_servers_doing() {
        let (answer, delay) = (ExchangeFlags::ANSWER_INJECTED, ExchangeFlags::DELAY_INJECTED);
        let none = ExchangeFlags::default();
        for (mark, status, expected) in [
            ("", 204, none),
            ("delay=1500@share=0.1,seed=7", 204, delay),
            ("slow-session=8000", 201, delay),
            ("status=404@event=ping,after=3", 404, answer),
            ("drop", 0, answer),
            ("half@count=1", 204, answer),
            ("no-location", 201, answer),
            ("delay=1 status=500", 500, answer.with(delay)),
            ("skew=-3600000", 204, none),
            ("skew=3600000", 410, answer),
            ("something-new=3", 204, answer.with(delay)),
        ] {
            assert_eq!(flags(mark, status), expected, "{mark}");
        }
    }
}

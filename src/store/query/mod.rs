//! The language of the event table's filter: `type:ping finding:error -status:204 params."media.id"="x"`.
//!
//! A text in it ([`parse`]) becomes a [`Query`]: terms that must all hold. [`complete`] offers what may be typed next.
//!
//! | Term | Holds when |
//! |---|---|
//! | `word`, `"two words"` | the text stands in the event's JSON, letter case aside |
//! | `type:ping,play` | the event has one of these types; `unknown`: one that the API has not |
//! | `finding:error`, `finding:ping-late`, `finding:T021`, `finding:any` | a finding of this severity, rule or family (`finding:T`) is about it |
//! | `status:400`, `status:4xx`, `status:none` | the request that carried it was answered so |
//! | `ts>12:00:05`, `ts<+90`, `ts>=2024-01-02T12:00:00Z` | its `ts` is so: time of day in UTC, seconds since the start of the session, moment, or the number |
//! | `playhead<60` | its playhead is so, seconds |
//! | `gap>5` | its `ts` is so many seconds after that of the event before it in the table |
//! | `params."media.id"="x"`, `customMetadata.show:news`, `qoeData.media.qoe.bitrate>1000` | the member is `=` the value, holds (`:`) the text, compares so; without an operator: is there |
//!
//! `-` before a term turns it around; `\` in quotes takes the next character as it is.

pub mod complete;
pub mod needle;
pub mod parse;

use needle::Needle;

use super::judged::Judged;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::json;
use crate::model::table::Event;
use crate::rules::finding::Severity;
use crate::rules::rule::Family;

/// The members of an event whose own members can be asked for.
pub const MEMBERS: [&str; 4] = ["params", "customMetadata", "qoeData", "playerTime"];

/// What an event must be like to pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    is_negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Text(Needle),
    Type(Vec<TypeWord>),
    Finding(Vec<FindingWord>),
    Status(Vec<StatusWord>),
    StatusIs(Comparison, f64),
    Ts(Comparison, Moment),
    Playhead(Comparison, f64),
    Gap(Comparison, f64),
    Member { member: &'static str, key: String, value: ValueTest },
}

#[derive(Debug, Clone, PartialEq)]
enum TypeWord {
    Known(EventType),
    Unknown,
    Spelled(String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum FindingWord {
    Any,
    Severity(Severity),
    Family(Family),
    Rule(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum StatusWord {
    Exactly(u16),
    Class(u16),
    None,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }
}

/// A moment on the client's clock.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    /// Milliseconds since 1970.
    Millis(f64),
    /// Seconds since the start of the session.
    Since(f64),
    /// Milliseconds since midnight, UTC.
    OfDay(f64),
}

#[derive(Debug, Clone, PartialEq)]
enum ValueTest {
    IsThere,
    Is(String),
    IsNot(String),
    Holds(Needle),
    Compares(Comparison, f64),
}

/// An event with what is known about it beside its JSON.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The event.
    pub event: Event<'a>,
    /// What the rules say of its capture, `None` until they have spoken.
    pub judged: Option<&'a Judged>,
    /// Second 0 of its session.
    pub origin: Option<TsMillis>,
    /// From the `ts` of the event before it in the table, milliseconds.
    pub gap_millis: Option<i64>,
}

impl Query {
    /// True when every event passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True when it asks for what the rules say.
    #[must_use]
    pub fn asks_for_findings(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Finding(_)))
    }

    /// True when it asks for the distance to the event before.
    #[must_use]
    pub fn asks_for_gaps(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Gap(..)))
    }

    /// The words that an event must hold to pass: where they are drawn they can be marked.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let held = self.terms.iter().filter(|term| !term.is_negated).flat_map(|term| match &term.test {
            Test::Text(text) => vec![text.as_str()],
            Test::Type(words) => words.iter().filter_map(TypeWord::name).collect(),
            Test::Member { value: ValueTest::Is(text), .. } => vec![text.as_str()],
            Test::Member { value: ValueTest::Holds(text), .. } => vec![text.as_str()],
            _ => Vec::new(),
        });
        held.filter(|word| !word.is_empty())
    }

    /// True when the event passes.
    #[must_use]
    pub fn passes(&self, candidate: &Candidate<'_>) -> bool {
        self.terms.iter().all(|term| term.test.holds(candidate) != term.is_negated)
    }
}

impl Test {
    fn holds(&self, candidate: &Candidate<'_>) -> bool {
        let event = candidate.event;
        match self {
            Test::Text(text) => text.is_in(&event.text()),
            Test::Type(words) => words.iter().any(|word| match word {
                TypeWord::Known(known) => event.event_type() == Some(*known),
                TypeWord::Unknown => event.event_type().is_none(),
                TypeWord::Spelled(name) => event.type_name() == name.as_str(),
            }),
            Test::Finding(words) => words.iter().any(|word| word.is_about(candidate)),
            Test::Status(words) => {
                let status = event.exchange().and_then(|exchange| exchange.status());
                words.iter().any(|word| match (word, status) {
                    (StatusWord::None, found) => found.is_none(),
                    (StatusWord::Exactly(wanted), Some(found)) => *wanted == found,
                    (StatusWord::Class(class), Some(found)) => *class == found / 100,
                    (_, None) => false,
                })
            }
            Test::StatusIs(comparison, value) => {
                let status = event.exchange().and_then(|exchange| exchange.status());
                status.is_some_and(|status| comparison.holds(f64::from(status), *value))
            }
            Test::Ts(comparison, moment) => event.ts().is_some_and(|ts| {
                let (left, right) = match moment {
                    Moment::Millis(millis) => (ts.0 as f64, *millis),
                    Moment::OfDay(millis) => (ts.0.rem_euclid(86_400_000) as f64, *millis),
                    Moment::Since(secs) => match candidate.origin {
                        Some(origin) => (ts.secs_since(origin), *secs),
                        None => return false,
                    },
                };
                comparison.holds(left, right)
            }),
            Test::Playhead(comparison, secs) => {
                event.playhead().is_some_and(|playhead| comparison.holds(playhead.0, *secs))
            }
            Test::Gap(comparison, secs) => {
                candidate.gap_millis.is_some_and(|millis| comparison.holds(millis as f64 / 1000.0, *secs))
            }
            Test::Member { member, key, value } => {
                let mut holds = false;
                // Of a key that is there twice the last counts.
                event.each_member(member, |known, found| {
                    if json::key_is(known, key) {
                        holds = value.holds(found);
                    }
                });
                holds
            }
        }
    }
}

impl TypeWord {
    fn name(&self) -> Option<&str> {
        match self {
            TypeWord::Known(known) => Some(known.name()),
            TypeWord::Unknown => None,
            TypeWord::Spelled(name) => Some(name),
        }
    }
}

impl FindingWord {
    fn is_about(self, candidate: &Candidate<'_>) -> bool {
        let Some(judged) = candidate.judged else { return false };
        let mut findings = judged.of_event(candidate.event.id).filter_map(|number| judged.finding(number));
        findings.any(|finding| match self {
            FindingWord::Any => true,
            FindingWord::Severity(severity) => finding.severity == severity,
            FindingWord::Family(family) => finding.rule.meta.family == family,
            FindingWord::Rule(code) => finding.rule.meta.code == code,
        })
    }
}

impl ValueTest {
    /// `value` is JSON text.
    fn holds(&self, value: &[u8]) -> bool {
        match self {
            ValueTest::IsThere => true,
            ValueTest::Is(wanted) => is_value(value, wanted),
            ValueTest::IsNot(wanted) => !is_value(value, wanted),
            ValueTest::Holds(wanted) => match json::string(value) {
                Some(text) => wanted.is_in(text.as_bytes()),
                None => wanted.is_in(value),
            },
            ValueTest::Compares(comparison, wanted) => {
                json::number(value).is_some_and(|number| comparison.holds(number, *wanted))
            }
        }
    }
}

/// True when a JSON value is what was written: the same text, the same number, or the same word (`true`, `null`).
fn is_value(value: &[u8], wanted: &str) -> bool {
    if let [b'"', inside @ .., b'"'] = value
        && memchr::memchr(b'\\', inside).is_none()
    {
        return inside == wanted.as_bytes();
    }
    if let Some(text) = json::string(value) {
        return text == wanted;
    }
    value == wanted.as_bytes()
        || json::number(value).is_some_and(|number| wanted.parse::<f64>().is_ok_and(|same| same == number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_same_text_number_or_word() {
        for (value, wanted) in
            [(r#""x""#, "x"), ("60", "60.0"), ("6e1", "60"), ("true", "true"), (r#""a\"b""#, "a\"b")]
        {
            assert!(is_value(value.as_bytes(), wanted), "{value} {wanted}");
        }
        for (value, wanted) in [(r#""x""#, "X"), ("60", "6"), ("\"60\"", "60.0"), ("{}", "x")] {
            assert!(!is_value(value.as_bytes(), wanted), "{value} {wanted}");
        }
    }
}

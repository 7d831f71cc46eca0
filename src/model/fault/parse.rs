//! Words → a fault, with errors that say what may be written.

use std::fmt::Display;
use std::str::FromStr;

use super::{
    Effect, FILTERS, FaultSpec, KINDS, KeyInfo, MAX_DELAY_MILLIS, MAX_NUMBER, MAX_SESSION, MAX_SKEW_MILLIS,
    OPERATIONS, Operation, ValueKind, Where, WhichSession,
};
use crate::model::event_type::EventType;
use crate::model::exchange::Endpoint;
use crate::model::reason::Reason;
use crate::model::spelling;

/// What is wrong with a fault that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FaultError {
    /// The key that it is about; empty for the whole.
    pub key: String,
    /// What is wrong.
    pub reason: Reason,
}

fn wrong(key: &str, reason: Reason) -> FaultError {
    FaultError { key: key.to_owned(), reason }
}

/// The same about a key, which the words of `reason` name, too.
fn wrong_key<const N: usize>(
    key: &str,
    reason: &'static str,
    values: [(&'static str, String); N],
    english: impl Into<String>,
) -> FaultError {
    let mut reason = Reason::new(reason, values, english);
    reason.values.push(("key", key.to_owned()));
    wrong(key, reason)
}

fn of_its_own(key: &str) -> FaultError {
    wrong_key(
        key,
        "why.fault-of-its-own",
        [],
        format!("`{key}` is a fault of its own, ask for it separately"),
    )
}

impl FromStr for FaultSpec {
    type Err = FaultError;

    fn from_str(words: &str) -> Result<Self, FaultError> {
        let (kind, place) = match words.split_once('@') {
            Some((_, "")) => {
                let english = "nothing follows the `@`: leave it out, or say where";
                return Err(wrong("", Reason::new("why.fault-nowhere", [], english)));
            }
            Some((kind, place)) => (kind, Some(place)),
            None => (words, None),
        };
        let parts = place.into_iter().flat_map(|place| place.split(','));
        let entries: Vec<(&str, Option<&str>)> = std::iter::once(kind).chain(parts).map(entry).collect();
        for (key, _) in &entries[1..] {
            if KINDS.iter().any(|kind| kind.name == *key) {
                return Err(of_its_own(key));
            }
        }
        if !KINDS.iter().any(|known| known.name == entries[0].0) {
            return Err(unknown("fault", entries[0].0, &KINDS));
        }
        from_entries(&entries)
    }
}

/// `key=value`, or a key alone.
fn entry(part: &str) -> (&str, Option<&str>) {
    match part.trim().split_once('=') {
        Some((key, value)) => (key.trim(), Some(value.trim())),
        None => (part.trim(), None),
    }
}

/// A fault from its keys, in any order; exactly one is a kind.
///
/// # Errors
/// The first thing that is wrong.
pub fn from_entries(entries: &[(&str, Option<&str>)]) -> Result<FaultSpec, FaultError> {
    let mut effect = None;
    let mut place = Where::default();
    let mut has_seed = false;
    for (number, (key, value)) in entries.iter().enumerate() {
        if entries[..number].iter().any(|(other, _)| other == key) {
            return Err(wrong_key(key, "why.fault-twice", [], format!("`{key}` is said twice")));
        }
        if let Some(kind) = KINDS.iter().find(|kind| kind.name == *key) {
            if effect.is_some() {
                return Err(of_its_own(key));
            }
            effect = Some(read_effect(kind, *value)?);
        } else if let Some(filter) = FILTERS.iter().find(|filter| filter.name == *key) {
            has_seed |= filter.name == "seed";
            read_filter(filter, *value, &mut place)?;
        } else {
            return Err(unknown("condition", key, &FILTERS));
        }
    }
    let no_kind = || {
        let names = listed(KINDS.iter().map(|kind| kind.name));
        let english = format!("it needs one of {names}");
        wrong("", Reason::new("why.fault-no-kind", [("names", names)], english))
    };
    let effect = effect.ok_or_else(no_kind)?;
    if has_seed && place.share.is_none() {
        return Err(wrong_key("seed", "why.fault-seed", [], "`seed` goes with `share`"));
    }
    fits(effect, &place)?;
    Ok(FaultSpec { effect, place })
}

/// A fault that can never be injected is a mistake.
fn fits(effect: Effect, place: &Where) -> Result<(), FaultError> {
    let Some(operation) = place.operation else { return Ok(()) };
    let name = operation.name();
    let named = || [("name", name.to_owned())];
    let opens = matches!(operation, Operation::Of(Endpoint::Sessions | Endpoint::Downloaded));
    if matches!(effect, Effect::SlowSession(_) | Effect::NoLocation) && !opens {
        let english = format!("answers of `{name}` open no session");
        return Err(wrong_key("endpoint", "why.fault-opens-none", named(), english));
    }
    if place.event_type.is_some() && !operation.carries_events() {
        let english = format!("requests for `{name}` carry no events");
        return Err(wrong_key("event", "why.fault-no-events", named(), english));
    }
    let of_session = matches!(operation, Operation::Of(Endpoint::Schemas) | Operation::Preflight);
    if place.session.is_some() && of_session {
        let english = format!("requests for `{name}` belong to no session");
        return Err(wrong_key("session", "why.fault-no-session", named(), english));
    }
    Ok(())
}

/// Names as they are listed.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn unknown(what: &str, written: &str, known: &'static [KeyInfo]) -> FaultError {
    no_such(written, what, written, known.iter().map(|key| key.name))
}

fn no_such<'a>(
    key: &str,
    what: &str,
    written: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> FaultError {
    let written = written.to_owned();
    let (rest, reason) = match spelling::nearest(&written, names.clone()) {
        Some(meant) => {
            (format!(", did you mean `{meant}`?"), ("why.fault-meant", ("meant", meant.to_owned())))
        }
        None => {
            let names = listed(names);
            (format!("; there is {names}"), ("why.fault-unknown", ("names", names)))
        }
    };
    let english = format!("there is no {what} `{written}`{rest}");
    wrong(key, Reason::new(reason.0, [("written", written), reason.1], english))
}

fn read_effect(kind: &KeyInfo, value: Option<&str>) -> Result<Effect, FaultError> {
    Ok(match kind.name {
        "delay" => Effect::Delay(number(kind, value, 1, MAX_DELAY_MILLIS, "delay=1500")?),
        "slow-session" => Effect::SlowSession(number(kind, value, 1, MAX_DELAY_MILLIS, "slow-session=8000")?),
        "status" => Effect::Status(number(kind, value, 400, 599, "status=404")?),
        "drop" => match value {
            None | Some("before") => Effect::Drop { is_taken: false },
            Some("after") => Effect::Drop { is_taken: true },
            Some(other) => {
                let english =
                    format!("`drop` takes `before` or `after` (the request was taken), not `{other}`");
                return Err(wrong_key("drop", "why.fault-drop", [("written", other.to_owned())], english));
            }
        },
        "half" => nothing(kind, value, Effect::Half)?,
        "no-location" => nothing(kind, value, Effect::NoLocation)?,
        _ => {
            let millis = number(kind, value, -MAX_SKEW_MILLIS, MAX_SKEW_MILLIS, "skew=-3600000")?;
            if millis == 0 {
                return Err(wrong_key("skew", "why.fault-no-skew", [], "a skew of 0 is none"));
            }
            Effect::Skew(millis)
        }
    })
}

fn nothing(kind: &KeyInfo, value: Option<&str>, effect: Effect) -> Result<Effect, FaultError> {
    match value {
        None => Ok(effect),
        Some(_) => {
            Err(wrong_key(kind.name, "why.fault-no-value", [], format!("`{}` takes no value", kind.name)))
        }
    }
}

fn read_filter(filter: &KeyInfo, value: Option<&str>, place: &mut Where) -> Result<(), FaultError> {
    let whole = |least: u64| number(filter, value, least, MAX_NUMBER, &format!("{}=3", filter.name));
    match filter.value {
        ValueKind::Operation => {
            let written = text(filter, value, "endpoint=events")?;
            let found = OPERATIONS.iter().find(|(name, _)| *name == written);
            let names = OPERATIONS.iter().map(|(name, _)| *name);
            place.operation = Some(found.ok_or_else(|| no_such(filter.name, "endpoint", written, names))?.1);
        }
        ValueKind::EventType => {
            let written = text(filter, value, "event=ping")?;
            let names = EventType::ALL.into_iter().map(EventType::name);
            let found = EventType::from_name(written);
            place.event_type = Some(found.ok_or_else(|| no_such(filter.name, "event type", written, names))?);
        }
        ValueKind::Session => place.session = Some(session(filter, value)?),
        ValueKind::Share => place.share = Some(share(filter, value)?),
        ValueKind::From(least) => match filter.name {
            "after" => place.after = whole(least)?,
            "every" => place.every = Some(whole(least)?),
            "seed" => place.seed = whole(least)?,
            _ => place.count = Some(whole(least)?),
        },
        ValueKind::Nothing
        | ValueKind::BeforeAfter
        | ValueKind::Millis
        | ValueKind::SignedMillis
        | ValueKind::Status => {}
    }
    Ok(())
}

fn text<'a>(key: &KeyInfo, value: Option<&'a str>, example: &str) -> Result<&'a str, FaultError> {
    match value {
        Some(text) if !text.is_empty() => Ok(text),
        _ => {
            let english = format!("`{}` needs a value, as in {example}", key.name);
            Err(wrong_key(key.name, "why.fault-needs-value", [("example", example.to_owned())], english))
        }
    }
}

fn number<T: FromStr + PartialOrd + Display + Copy>(
    key: &KeyInfo,
    value: Option<&str>,
    least: T,
    most: T,
    example: &str,
) -> Result<T, FaultError> {
    let written = text(key, value, example)?;
    let found = written.parse().ok().filter(|number| (least..=most).contains(number));
    found.ok_or_else(|| {
        let whole = if written.parse::<f64>().is_ok() { "" } else { "a whole number " };
        let english = format!("`{}` must be {whole}from {least} to {most}, not `{written}`", key.name);
        let limits =
            [("least", least.to_string()), ("most", most.to_string()), ("written", written.to_owned())];
        wrong_key(key.name, "why.fault-number", limits, english)
    })
}

fn share(key: &KeyInfo, value: Option<&str>) -> Result<f64, FaultError> {
    let written = text(key, value, "share=0.1")?;
    let found = written.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    found.ok_or_else(|| {
        let english = format!("`share` must be above 0 and at most 1, not `{written}`");
        wrong_key(key.name, "why.fault-share", [("written", written.to_owned())], english)
    })
}

/// Session ids may be numbers too, but long ones (`audio-video-parameters.md`: 22 digits).
const MAX_ORDINAL_DIGITS: usize = 7;

fn session(key: &KeyInfo, value: Option<&str>) -> Result<WhichSession, FaultError> {
    let written = text(key, value, "session=2")?;
    if written.len() > MAX_ORDINAL_DIGITS || !written.bytes().all(|byte| byte.is_ascii_digit()) {
        if written.contains(char::is_whitespace) {
            return Err(wrong_key(key.name, "why.fault-spaces", [], "a session id holds no spaces"));
        }
        return Ok(WhichSession::Sid(written.to_owned()));
    }
    number(key, value, 1, MAX_SESSION, "session=2").map(WhichSession::Nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(words: &str) -> FaultSpec {
        words.parse().expect(words)
    }

    #[test]
    fn what_is_written_is_read_back_as_the_same() {
        for words in [
            "delay=1500",
            "delay=1500@share=0.1,seed=7",
            "slow-session=8000",
            "status=404@event=ping,after=3",
            "status=500@endpoint=downloaded,count=1",
            "drop@every=3",
            "drop=after@session=2",
            "half@session=0123456789abcdef",
            "half@session=1234567890123456789012",
            "no-location@count=1",
            "skew=-3600000",
            "status=503@endpoint=preflight",
            "status=599@endpoint=events,event=adStart,session=1,after=2,every=3,share=0.5,seed=1,count=4",
        ] {
            assert_eq!(read(words).to_string(), words);
        }
        assert_eq!(read("drop=before"), read("drop"));
        assert_eq!(read("status=404@after=3,event=ping"), read("status=404@event=ping , after=3"));
        assert_eq!(read("half@session=1").place.session, Some(WhichSession::Nth(1)));
    }

    #[test]
    fn each_mistake_is_told_with_what_may_be_written() {
        for (words, message) in [
            (
                "",
                "there is no fault ``; there is `delay`, `slow-session`, `status`, `drop`, `half`, `no-location`, `skew`",
            ),
            ("stauts=404", "there is no fault `stauts`, did you mean `status`?"),
            ("status", "`status` needs a value, as in status=404"),
            ("status=", "`status` needs a value, as in status=404"),
            ("status=200", "`status` must be from 400 to 599, not `200`"),
            ("status=gone", "`status` must be a whole number from 400 to 599, not `gone`"),
            ("delay=0", "`delay` must be from 1 to 3600000, not `0`"),
            ("delay=2s", "`delay` must be a whole number from 1 to 3600000, not `2s`"),
            ("half=1", "`half` takes no value"),
            ("drop=later", "`drop` takes `before` or `after` (the request was taken), not `later`"),
            ("skew=0", "a skew of 0 is none"),
            ("half@", "nothing follows the `@`: leave it out, or say where"),
            ("half@evnet=ping", "there is no condition `evnet`, did you mean `event`?"),
            (
                "half@x=1",
                "there is no condition `x`; there is `endpoint`, `event`, `session`, `after`, `every`, `share`, `seed`, `count`",
            ),
            ("half@event=pign", "there is no event type `pign`, did you mean `ping`?"),
            ("half@endpoint=event", "there is no endpoint `event`, did you mean `events`?"),
            ("half@endpoint", "`endpoint` needs a value, as in endpoint=events"),
            ("half@share=2", "`share` must be above 0 and at most 1, not `2`"),
            ("half@share=nan", "`share` must be above 0 and at most 1, not `nan`"),
            ("half@seed=1", "`seed` goes with `share`"),
            ("half@count=0", "`count` must be from 1 to 1000000000000, not `0`"),
            ("half@session=0", "`session` must be from 1 to 1000000, not `0`"),
            ("half@session=a b", "a session id holds no spaces"),
            ("half@count=1,count=2", "`count` is said twice"),
            ("half@status=404", "`status` is a fault of its own, ask for it separately"),
            ("slow-session=1@endpoint=events", "answers of `events` open no session"),
            ("no-location@endpoint=preflight", "answers of `preflight` open no session"),
            ("half@endpoint=schemas,event=ping", "requests for `schemas` carry no events"),
            ("half@endpoint=schemas,session=1", "requests for `schemas` belong to no session"),
        ] {
            let error = words.parse::<FaultSpec>().expect_err(words);
            assert_eq!(error.to_string(), message, "{words}");
        }
    }

    #[test]
    fn every_key_of_the_tables_is_read() {
        let value = |key: &KeyInfo| match key.value {
            ValueKind::Nothing | ValueKind::BeforeAfter => "",
            ValueKind::Status => "=404",
            ValueKind::Share => "=0.5",
            ValueKind::EventType => "=ping",
            ValueKind::Operation => "=events",
            ValueKind::Millis | ValueKind::SignedMillis | ValueKind::From(_) | ValueKind::Session => "=2",
        };
        for kind in KINDS {
            assert!(read(&format!("{}{}", kind.name, value(&kind))).to_string().starts_with(kind.name));
        }
        for filter in FILTERS {
            let share = if filter.name == "seed" { "share=1," } else { "" };
            let words = format!("half@{share}{}{}", filter.name, value(&filter));
            assert_eq!(read(&words).to_string(), words);
        }
    }
}

//! What a request asks for, and every fault in its body. Looks at one request alone, as the API's
//! collection layer does; nothing here knows of sessions or time.

use crate::model::event_type::EventType;
use crate::model::policy::{DownloadedFlag, Policy};
use crate::schema::{self, ViolationKind};
use serde_json::Value;
use serde_json::value::RawValue;

/// A request, as far as the answer depends on it. Headers do not count: the API has no
/// authentication, and takes any content type (`mc-api-quick-start.md`).
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Method as sent.
    pub method: &'a str,
    /// Path without the query.
    pub path: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// So many faults of one body are named; the rest are counted.
const MAX_NAMED_FAULTS: usize = 100;

/// What is wrong with a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// In words, each beginning with its JSON pointer; at most 100.
    pub named: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    fn add(&mut self, pointer: &str, words: &str) {
        if self.named.len() < MAX_NAMED_FAULTS {
            let place = if pointer.is_empty() { "the body" } else { pointer };
            self.named.push(format!("{place}: {words}"));
        } else {
            self.more += 1;
        }
    }

    /// True when nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

/// What the state of a session depends on in one event.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EventFacts {
    /// Its type, if it is one of the API's.
    pub event_type: Option<EventType>,
    /// `playerTime.playhead`, seconds.
    pub playhead: Option<f64>,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// A preflight, or `OPTIONS` anyway.
    Options,
    /// The schema of an event type; `None` for a name that is none.
    Schema(Option<EventType>),
    /// To open a session.
    Start(EventFacts),
    /// To take a whole session.
    Batch,
    /// To take an event of a session.
    Event {
        /// The id in the path.
        sid: String,
        /// The event, or what is wrong with it.
        event: Result<EventFacts, Faults>,
    },
    /// A body that a start or a batch cannot have.
    Invalid(Faults),
    /// A path of the API, but not with this method; the methods it has.
    WrongMethod(&'static str),
    /// No path of the API.
    UnknownPath,
}

/// A request after judging.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What it asks for.
    pub asked: Asked,
    /// How many events its body holds.
    pub n_events: usize,
}

/// Judges a request. Any prefix before `/api/v1` is accepted (a first-party host may carry one).
#[must_use]
pub fn judge(policy: &Policy, request: &Request<'_>) -> Judged {
    let none = |asked| Judged { asked, n_events: 0 };
    if request.method == "OPTIONS" {
        return none(Asked::Options);
    }
    let Some((_, path)) = request.path.split_once("/api/v1/") else { return none(Asked::UnknownPath) };
    let segments: Vec<&str> = path.split('/').collect();
    let is_post = request.method == "POST";
    match segments.as_slice() {
        ["sessions"] if is_post => sessions(policy, request.body),
        ["downloaded"] if is_post => downloaded(policy, request.body),
        ["sessions", sid, "events"] if is_post && !sid.is_empty() => events(policy, sid, request.body),
        ["schemas", name] if request.method == "GET" => none(Asked::Schema(EventType::from_name(name))),
        ["sessions"] | ["downloaded"] | ["sessions", _, "events"] => none(Asked::WrongMethod("OPTIONS,POST")),
        ["schemas", _] => none(Asked::WrongMethod("OPTIONS,GET")),
        _ => none(Asked::UnknownPath),
    }
}

/// A body: one JSON value, or the elements of an array, each still text.
enum Body<'a> {
    Array(Vec<&'a RawValue>),
    One(&'a RawValue),
}

fn read(body: &[u8]) -> Result<Body<'_>, Faults> {
    let not_json = |error: serde_json::Error| {
        let mut faults = Faults::default();
        faults.add("", &format!("is not JSON: {error}"));
        faults
    };
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        serde_json::from_slice(body).map(Body::Array).map_err(not_json)
    } else {
        serde_json::from_slice(body).map(Body::One).map_err(not_json)
    }
}

/// E1, or E5 when the body is an array.
fn sessions(policy: &Policy, body: &[u8]) -> Judged {
    match read(body) {
        Ok(Body::One(text)) => {
            let mut faults = Faults::default();
            let event = check_event(policy, text, "", &mut faults);
            if faults.is_empty() && type_of(&event) != Some(EventType::SessionStart) {
                faults.add("/eventType", "must be sessionStart on this endpoint");
            }
            if downloaded_flag(&event) == Some(true) {
                faults.add("/params/media.downloaded", "must not be true on a live session");
            }
            let facts = facts(&event);
            let asked = if faults.is_empty() { Asked::Start(facts) } else { Asked::Invalid(faults) };
            Judged { asked, n_events: 1 }
        }
        Ok(Body::Array(events)) => batch(policy, &events, true),
        Err(faults) => Judged { asked: Asked::Invalid(faults), n_events: 0 },
    }
}

/// E4.
fn downloaded(policy: &Policy, body: &[u8]) -> Judged {
    match read(body) {
        Ok(Body::Array(events)) => batch(policy, &events, policy.downloaded_flag == DownloadedFlag::Required),
        Ok(Body::One(_)) => {
            let mut faults = Faults::default();
            faults.add("", "must be an array of events on this endpoint");
            Judged { asked: Asked::Invalid(faults), n_events: 1 }
        }
        Err(faults) => Judged { asked: Asked::Invalid(faults), n_events: 0 },
    }
}

/// All or nothing: one fault refuses the whole array.
fn batch(policy: &Policy, events: &[&RawValue], flag_required: bool) -> Judged {
    let mut faults = Faults::default();
    if events.is_empty() {
        faults.add("", "must hold at least one event");
    }
    for (index, text) in events.iter().enumerate() {
        let event = check_event(policy, text, &format!("/{index}"), &mut faults);
        if index > 0 {
            continue;
        }
        if type_of(&event) != Some(EventType::SessionStart) {
            faults.add("/0/eventType", "must be sessionStart in the first event");
        }
        if flag_required && downloaded_flag(&event) != Some(true) {
            faults.add("/0/params/media.downloaded", "must be true for an array on this endpoint");
        }
    }
    let asked = if faults.is_empty() { Asked::Batch } else { Asked::Invalid(faults) };
    Judged { asked, n_events: events.len() }
}

/// E2.
fn events(policy: &Policy, sid: &str, body: &[u8]) -> Judged {
    let mut faults = Faults::default();
    let (event, n_events) = match read(body) {
        Ok(Body::One(text)) => {
            let event = check_event(policy, text, "", &mut faults);
            if type_of(&event) == Some(EventType::SessionStart) {
                faults.add("/eventType", "sessionStart opens a session, it is no event of one");
            }
            (facts(&event), 1)
        }
        Ok(Body::Array(events)) => {
            faults.add("", "must be one event, not an array, on this endpoint");
            (EventFacts::default(), events.len())
        }
        Err(not_json) => {
            faults = not_json;
            (EventFacts::default(), 0)
        }
    };
    let event = if faults.is_empty() { Ok(event) } else { Err(faults) };
    Judged { asked: Asked::Event { sid: sid.to_owned(), event }, n_events }
}

/// Checks one event against its schema; `at` is the pointer of the event in the body.
fn check_event(policy: &Policy, text: &RawValue, at: &str, faults: &mut Faults) -> Value {
    match serde_json::from_str::<Value>(text.get()) {
        Ok(event) => {
            for violation in schema::check(policy.schema_set, &event) {
                faults.add(&format!("{at}{}", violation.pointer), &in_words(&violation.kind));
            }
            event
        }
        // The text was read once already; what remains are numbers that no number type holds.
        Err(error) => {
            faults.add(at, &format!("cannot be read: {error}"));
            Value::Null
        }
    }
}

fn type_of(event: &Value) -> Option<EventType> {
    EventType::from_name(event.get("eventType")?.as_str()?)
}

fn downloaded_flag(event: &Value) -> Option<bool> {
    event.get("params")?.get("media.downloaded")?.as_bool()
}

fn facts(event: &Value) -> EventFacts {
    let playhead = event.get("playerTime").and_then(|time| time.get("playhead")?.as_f64());
    EventFacts { event_type: type_of(event), playhead }
}

/// What a schema refuses, in words. Names are cut, values are never quoted.
fn in_words(kind: &ViolationKind) -> String {
    match kind {
        ViolationKind::NotAnObject => "must be an object".to_owned(),
        ViolationKind::UnknownEventType { name } => format!("`{}` is no event type", cut(name)),
        ViolationKind::MissingMember { name } => format!("`{name}` is missing"),
        ViolationKind::MissingParam { name } => format!("`{name}` is missing"),
        ViolationKind::WrongType { expected } => format!("must be {}", expected.in_words()),
        ViolationKind::UnknownMember { .. } => "is no member known here".to_owned(),
        ViolationKind::ParamNotAllowed { .. } => "is not allowed for this event type".to_owned(),
        ViolationKind::CustomValueNotText { .. } => "must be a string".to_owned(),
        ViolationKind::CustomKeyInvalid { .. } => {
            "a key may hold letters, digits, `_` and `.` only".to_owned()
        }
        ViolationKind::Other { .. } => "has a value that the schema does not allow".to_owned(),
    }
}

fn cut(name: &str) -> String {
    name.chars().take(40).collect()
}

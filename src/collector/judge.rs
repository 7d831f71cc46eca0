//! What a request asks for, and every fault in its body. Looks at one request alone, as the API's
//! collection layer does; nothing here knows of sessions or time.

use crate::model::event_type::EventType;
use crate::model::exchange::Endpoint;
use crate::model::limits::MAX_FINDINGS_PER_RULE;
use crate::model::policy::{DownloadedFlag, Policy, SchemaSet};
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

/// One thing that is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyFault {
    /// JSON pointer from the body; empty for the body itself.
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
}

impl std::fmt::Display for BodyFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() { "the body" } else { &self.pointer };
        write!(f, "{place}: {}", self.reason)
    }
}

/// What is wrong with a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Each with its place, in the order of the body; at most [`MAX_FINDINGS_PER_RULE`].
    pub named: Vec<BodyFault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    fn add(&mut self, pointer: &str, reason: &str) {
        if self.named.len() < MAX_FINDINGS_PER_RULE {
            self.named.push(BodyFault { pointer: pointer.to_owned(), reason: reason.to_owned() });
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
    UnknownPath {
        /// It is the slip of one documented sample (`mc-api-queuing.md`): `/api/v1/{sid}/events`.
        may_mean_events: bool,
    },
}

/// A request after judging.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What it asks for.
    pub asked: Asked,
    /// How many events its body holds.
    pub n_events: usize,
    /// The type of the event, also of one that is refused; `None` for a batch and for a type that is none.
    pub event_type: Option<EventType>,
    /// The operation that its path names, whatever the method is.
    pub endpoint: Option<Endpoint>,
}

impl Judged {
    fn of(asked: Asked, n_events: usize, event_type: Option<EventType>) -> Self {
        Self { asked, n_events, event_type, endpoint: None }
    }
}

/// Judges a request. Any prefix before `/api/v1` is accepted (a first-party host may carry one), but no
/// doubled slash.
#[must_use]
pub fn judge(policy: &Policy, request: &Request<'_>) -> Judged {
    let none = |asked| Judged::of(asked, 0, None);
    let segments = segments(request.path);
    let (is_post, is_get) = (request.method == "POST", request.method == "GET");
    let (endpoint, judged) = match segments.as_slice() {
        ["sessions"] if is_post => (Endpoint::Sessions, sessions(policy, request.body)),
        ["sessions"] => (Endpoint::Sessions, none(Asked::WrongMethod("OPTIONS,POST"))),
        ["downloaded"] if is_post => (Endpoint::Downloaded, downloaded(policy, request.body)),
        ["downloaded"] => (Endpoint::Downloaded, none(Asked::WrongMethod("OPTIONS,POST"))),
        ["sessions", sid, "events"] if is_post => (Endpoint::Events, events(policy, sid, request.body)),
        ["sessions", _, "events"] => (Endpoint::Events, none(Asked::WrongMethod("OPTIONS,POST"))),
        ["schemas", name] if is_get => (Endpoint::Schemas, none(Asked::Schema(EventType::from_name(name)))),
        ["schemas", _] => (Endpoint::Schemas, none(Asked::WrongMethod("OPTIONS,GET"))),
        [_, "events"] => (Endpoint::NearMiss, none(Asked::UnknownPath { may_mean_events: true })),
        _ => (Endpoint::NearMiss, none(Asked::UnknownPath { may_mean_events: false })),
    };
    let endpoint = Some(endpoint).filter(|endpoint| *endpoint != Endpoint::NearMiss);
    if request.method == "OPTIONS" {
        return Judged { endpoint, ..none(Asked::Options) };
    }
    Judged { endpoint, ..judged }
}

/// What stands behind `/api/v1/` in a path; nothing when that is missing, or when a segment of the path is empty (one
/// slash at the end is let pass).
fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.contains("//") {
        return Vec::new();
    }
    path.split_once("/api/v1/").map_or_else(Vec::new, |(_, rest)| rest.split('/').collect())
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
            if holds_batches_to_the_letter(policy) && downloaded_flag(&event) == Some(true) {
                faults.add("/params/media.downloaded", "must not be true on a live session");
            }
            let asked = if faults.is_empty() { Asked::Start(facts(&event)) } else { Asked::Invalid(faults) };
            Judged::of(asked, 1, type_of(&event))
        }
        Ok(Body::Array(events)) => batch(policy, &events, true),
        Err(faults) => Judged::of(Asked::Invalid(faults), 0, None),
    }
}

/// E4.
fn downloaded(policy: &Policy, body: &[u8]) -> Judged {
    let flag_required = policy.downloaded_flag == DownloadedFlag::Required;
    match read(body) {
        Ok(Body::Array(events)) => batch(policy, &events, flag_required),
        Ok(Body::One(text)) if !holds_batches_to_the_letter(policy) => batch(policy, &[text], flag_required),
        Ok(Body::One(_)) => {
            let mut faults = Faults::default();
            faults.add("", "must be an array of events on this endpoint");
            Judged::of(Asked::Invalid(faults), 1, None)
        }
        Err(faults) => Judged::of(Asked::Invalid(faults), 0, None),
    }
}

/// With the schema set `open` everything well-formed passes: the verdicts of the rules say the same.
fn holds_batches_to_the_letter(policy: &Policy) -> bool {
    policy.schema_set != SchemaSet::Open
}

/// All or nothing: one fault refuses the whole array.
fn batch(policy: &Policy, events: &[&RawValue], flag_required: bool) -> Judged {
    let mut faults = Faults::default();
    let is_strict = holds_batches_to_the_letter(policy);
    if events.is_empty() && is_strict {
        faults.add("", "must hold at least one event");
    }
    for (index, text) in events.iter().enumerate() {
        let event = check_event(policy, text, &format!("/{index}"), &mut faults);
        if index > 0 || !is_strict {
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
    Judged::of(asked, events.len(), None)
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
    let (event_type, sid) = (event.event_type, sid.to_owned());
    let event = if faults.is_empty() { Ok(event) } else { Err(faults) };
    Judged::of(Asked::Event { sid, event }, n_events, event_type)
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

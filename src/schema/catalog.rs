//! The embedded schema files, and the validators of every set, compiled once per process.

use std::borrow::Cow;
use std::sync::LazyLock;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::model::event_type::EventType;
use crate::model::policy::SchemaSet;

macro_rules! embedded {
    ($($variant:ident = $name:literal,)*) => {
        /// The schema file of the type in set `documented`, as `GET /schemas/{eventType}` serves it.
        #[must_use]
        pub const fn text(event_type: EventType) -> &'static str {
            match event_type {
                $(EventType::$variant => include_str!(concat!("../../schemas/events/", $name, ".json")),)*
            }
        }
    };
}

embedded! {
    SessionStart = "sessionStart",
    Play = "play",
    Ping = "ping",
    PauseStart = "pauseStart",
    BufferStart = "bufferStart",
    BitrateChange = "bitrateChange",
    Error = "error",
    SessionComplete = "sessionComplete",
    SessionEnd = "sessionEnd",
    AdBreakStart = "adBreakStart",
    AdBreakComplete = "adBreakComplete",
    AdStart = "adStart",
    AdComplete = "adComplete",
    AdSkip = "adSkip",
    ChapterStart = "chapterStart",
    ChapterComplete = "chapterComplete",
    ChapterSkip = "chapterSkip",
    StateStart = "stateStart",
    StateEnd = "stateEnd",
    StatesUpdate = "statesUpdate",
}

/// `params` keys that the documents gained after the published sample of 2018
/// (`schemas-notes.md` section 1, with the two error keys of the 2026 error page).
const LATER_PARAMS: [&str; 14] = [
    "analytics.optOutServerSideForwarding",
    "analytics.optOutShare",
    "media.album",
    "media.artist",
    "media.author",
    "media.downloaded",
    "media.errorId",
    "media.errorSource",
    "media.label",
    "media.libraryVersion",
    "media.publisher",
    "media.station",
    "media.streamFormat",
    "media.streamType",
];

/// `qoeData` keys that the published sample does not list.
const LATER_QOE: [&str; 2] = ["media.qoe.errorID", "media.qoe.errorSource"];

/// The validators of one set.
pub(super) struct Compiled {
    /// By [`EventType::ALL`]; `None` where the set refuses the type.
    by_type: Vec<Option<Validator>>,
    /// The envelope alone, for events whose type is missing or not in the set.
    envelope: Validator,
}

impl Compiled {
    /// The validator of the type, `None` where the set does not know it.
    pub(super) fn of(&self, event_type: EventType) -> Option<&Validator> {
        self.by_type.get(event_type as usize)?.as_ref()
    }

    /// The validator of what all types share.
    pub(super) fn envelope(&self) -> &Validator {
        &self.envelope
    }

    fn new(edit: fn(EventType, Value) -> Option<Value>) -> Self {
        let documents = EventType::ALL.map(|event_type| edit(event_type, embedded(event_type)));
        let shared = documents.iter().flatten().next().expect("every set knows a type");
        Self {
            envelope: compile(&envelope_of(shared)),
            by_type: documents.iter().map(|d| d.as_ref().map(compile)).collect(),
        }
    }
}

/// The validators of the set, `None` for `open`, which has none: any object passes.
pub(super) fn compiled(set: SchemaSet) -> Option<&'static Compiled> {
    static DOCUMENTED: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(|_, schema| Some(schema)));
    static PUBLISHED_2018: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(as_published_2018));
    match set {
        SchemaSet::Documented => Some(&DOCUMENTED),
        SchemaSet::Published2018 => Some(&PUBLISHED_2018),
        SchemaSet::Open => None,
    }
}

/// The edits that make `published-2018` of `documented`: only the 14 names of the sample, no key
/// that came later, four integers in `qoeData`.
fn as_published_2018(event_type: EventType, mut schema: Value) -> Option<Value> {
    if !event_type.in_schema_2018() {
        return None;
    }
    if let Some(params) = properties_at(&mut schema, "/properties/params/properties") {
        params.retain(|key, _| !LATER_PARAMS.contains(&key.as_str()));
    }
    if let Some(qoe) = properties_at(&mut schema, "/properties/qoeData/properties") {
        qoe.retain(|key, _| !LATER_QOE.contains(&key.as_str()));
        for value in qoe.values_mut() {
            *value = json!({ "type": "number", "multipleOf": 1 });
        }
    }
    Some(schema)
}

/// The schema of the type in a set, as `GET /schemas/{eventType}` serves it; `None` where the set has no such type.
#[must_use]
pub fn served(set: SchemaSet, event_type: EventType) -> Option<Cow<'static, str>> {
    let derived = match set {
        SchemaSet::Documented => return Some(Cow::Borrowed(text(event_type))),
        SchemaSet::Published2018 => as_published_2018(event_type, embedded(event_type))?,
        SchemaSet::Open => json!({
            "$schema": "http://json-schema.org/draft-04/schema#",
            "title": format!("{event_type}: everything passes, by the Playtrace project, not a file of Adobe's"),
            "type": "object",
        }),
    };
    serde_json::to_string_pretty(&derived).ok().map(Cow::Owned)
}

/// What all types share: `eventType` and `params` may be anything of their JSON type, or missing.
fn envelope_of(schema: &Value) -> Value {
    let mut envelope = schema.clone();
    if let Some(members) = properties_at(&mut envelope, "/properties") {
        members.insert("eventType".to_owned(), json!({ "type": "string" }));
        members.insert("params".to_owned(), json!({ "type": "object" }));
    }
    envelope["required"] = json!(["playerTime"]);
    envelope
}

fn properties_at<'a>(schema: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    schema.pointer_mut(pointer)?.as_object_mut()
}

fn embedded(event_type: EventType) -> Value {
    serde_json::from_str(text(event_type)).expect("tests hold the embedded files to be JSON")
}

fn compile(schema: &Value) -> Validator {
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .build(schema)
        .expect("tests hold the embedded files to be draft-04 schemas")
}

//! The schemas: files against table, events that pass and that fail, the derived sets, the report's schema.

mod config;
mod derived_sets;
mod events;
mod faults;
mod files_and_table;
mod report;

use serde_json::{Value, json};

use playtrace::model::event_type::EventType;

/// A file of the repository, as JSON.
#[track_caller]
fn file(path: &str) -> Value {
    let full = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(&full).expect("the file is in the repository");
    serde_json::from_str(&text).expect("the file is JSON")
}

/// Checks that a file of the repository is the schema that the tables make; writes it where `UPDATE_SCHEMAS` is set.
#[track_caller]
fn check_is_made_of_the_tables(path: &str, expected: &Value) {
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        let full = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = serde_json::to_string_pretty(expected).expect("JSON") + "\n";
        std::fs::write(full, text).expect("can be written");
        return;
    }
    assert!(file(path) == *expected, "{path} is old: run the tests once with UPDATE_SCHEMAS=1");
}

/// A correct event of the type with what it must have and nothing else.
fn minimal(event_type: EventType) -> Value {
    let time = json!({ "playhead": 12.5, "ts": 1_792_000_000_000_u64 });
    let mut event = json!({ "eventType": event_type.name(), "playerTime": time });
    let params = match event_type {
        EventType::SessionStart => json!({
            "analytics.trackingServer": "example.sc.omtrdc.net", "analytics.reportSuite": "suite",
            "visitor.marketingCloudOrgId": "0@AdobeOrg", "media.id": "c1", "media.length": 60.5,
            "media.contentType": "vod", "media.playerName": "p", "media.channel": "c",
        }),
        EventType::AdBreakStart => json!({ "media.ad.podIndex": 0, "media.ad.podSecond": 0 }),
        EventType::AdStart => json!({
            "media.ad.id": "a1", "media.ad.length": 15, "media.ad.podPosition": 1, "media.ad.playerName": "p",
        }),
        EventType::ChapterStart => json!({
            "media.chapter.index": 1, "media.chapter.offset": 0, "media.chapter.length": 30,
        }),
        EventType::StateStart | EventType::StateEnd => json!({ "media.state.name": "mute" }),
        EventType::StatesUpdate => json!({ "statesStart": [{ "media.state.name": "mute" }] }),
        _ => return event,
    };
    event["params"] = params;
    event
}

/// The event with the value put at the pointer; its parent must be there.
#[track_caller]
fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer to a member");
    let members = event.pointer_mut(parent).and_then(Value::as_object_mut).expect("the parent is an object");
    members.insert(key.to_owned(), value);
    event
}

/// The event without what the pointer names.
#[track_caller]
fn without(mut event: Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer to a member");
    let members = event.pointer_mut(parent).and_then(Value::as_object_mut).expect("the parent is an object");
    members.shift_remove(key).expect("it was there");
    event
}

//! The sets `published-2018` and `open`, derived from the files.

use serde_json::{Value, json};

use playtrace::model::event_type::EventType;
use playtrace::model::policy::SchemaSet;
use playtrace::schema::{ViolationKind, accepts, check};

use super::{minimal, with, without};

#[track_caller]
fn assert_only_2018_refuses(event: &Value, pointer: &str, kind: ViolationKind) {
    assert_eq!(check(SchemaSet::Documented, event), [], "{event}");
    let found = check(SchemaSet::Published2018, event);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].pointer.as_str(), &found[0].kind), (pointer, &kind));
    assert!(!accepts(SchemaSet::Published2018, event));
}

#[test]
fn the_sample_of_2018_knows_14_of_the_20_names() {
    let mut refused = Vec::new();
    for event_type in EventType::ALL {
        let event = minimal(event_type);
        if event_type.in_schema_2018() {
            assert_eq!(check(SchemaSet::Published2018, &event), [], "{event_type}");
            continue;
        }
        refused.push(event_type.name());
        let kind = ViolationKind::UnknownEventType { name: event_type.name().to_owned() };
        assert_only_2018_refuses(&event, "/eventType", kind);
    }
    let names = ["chapterStart", "chapterComplete", "chapterSkip", "stateStart", "stateEnd", "statesUpdate"];
    assert_eq!(refused, names);
}

#[test]
fn the_sample_of_2018_has_no_error_keys() {
    for key in ["media.qoe.errorID", "media.qoe.errorSource"] {
        let event = with(minimal(EventType::Error), "/qoeData", json!({ key: "x" }));
        let kind = ViolationKind::ParamNotAllowed { name: key.to_owned() };
        assert_only_2018_refuses(&event, &format!("/qoeData/{key}"), kind);
    }
    for key in ["media.errorId", "media.errorSource"] {
        let event = with(minimal(EventType::Error), "/params", json!({ key: "x" }));
        let kind = ViolationKind::ParamNotAllowed { name: key.to_owned() };
        assert_only_2018_refuses(&event, &format!("/params/{key}"), kind);
    }
}

#[test]
fn the_sample_of_2018_has_none_of_the_keys_that_came_later() {
    let later = [
        ("media.streamFormat", json!("HD")),
        ("media.streamType", json!("video")),
        ("media.downloaded", json!(false)),
        ("media.libraryVersion", json!("1")),
        ("analytics.optOutServerSideForwarding", json!(true)),
        ("analytics.optOutShare", json!(true)),
        ("media.artist", json!("a")),
        ("media.album", json!("a")),
        ("media.label", json!("a")),
        ("media.author", json!("a")),
        ("media.station", json!("a")),
        ("media.publisher", json!("a")),
    ];
    for (key, value) in later {
        let event = with(minimal(EventType::SessionStart), &format!("/params/{key}"), value);
        let kind = ViolationKind::ParamNotAllowed { name: key.to_owned() };
        assert_only_2018_refuses(&event, &format!("/params/{key}"), kind);
    }
    let kept = with(minimal(EventType::SessionStart), "/params/media.show", json!("s"));
    assert!(accepts(SchemaSet::Published2018, &kept));
}

#[test]
fn the_sample_of_2018_wants_whole_frames_per_second() {
    let event = with(minimal(EventType::Ping), "/qoeData", json!({ "media.qoe.framesPerSecond": 23.5 }));
    assert_eq!(check(SchemaSet::Documented, &event), []);
    assert_eq!(check(SchemaSet::Published2018, &event).len(), 1);
    let whole = with(event, "/qoeData/media.qoe.framesPerSecond", json!(24.0));
    assert!(accepts(SchemaSet::Published2018, &whole));
}

#[test]
fn the_open_set_passes_every_object_and_nothing_else() {
    for event in [json!({}), json!({ "eventType": 5 }), without(minimal(EventType::Play), "/playerTime")] {
        assert!(!accepts(SchemaSet::Documented, &event));
        assert_eq!(check(SchemaSet::Open, &event), []);
        assert!(accepts(SchemaSet::Open, &event));
    }
    for event in [json!([]), json!(null), json!("play")] {
        assert_eq!(check(SchemaSet::Open, &event)[0].kind, ViolationKind::NotAnObject);
        assert!(!accepts(SchemaSet::Open, &event));
    }
}

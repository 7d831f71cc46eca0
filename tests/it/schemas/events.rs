//! Events that the documented set passes, and what it says of those that it refuses.

use serde_json::{Value, json};

use playtrace::model::event_type::EventType::{self, *};
use playtrace::model::parameter::ValueType;
use playtrace::model::policy::SchemaSet;
use playtrace::schema::{ViolationKind, accepts, check};

use super::{file, minimal, with, without};

/// What `check` says, one line a violation: pointer, kind, name.
fn said(event: &Value) -> Vec<String> {
    let line = |violation: &playtrace::schema::Violation| {
        let kind = match &violation.kind {
            ViolationKind::NotAnObject => "not an object".to_owned(),
            ViolationKind::UnknownEventType { name } => format!("unknown type {name}"),
            ViolationKind::MissingMember { name } => format!("missing member {name}"),
            ViolationKind::MissingParam { name } => format!("missing param {name}"),
            ViolationKind::WrongType { expected } => format!("not {}", expected.in_words()),
            ViolationKind::UnknownMember { name } => format!("unknown member {name}"),
            ViolationKind::ParamNotAllowed { name } => format!("not allowed {name}"),
            ViolationKind::CustomValueNotText { key } => format!("no text {key}"),
            ViolationKind::CustomKeyInvalid { key } => format!("invalid key {key}"),
            ViolationKind::Other { .. } => "other".to_owned(),
        };
        format!("{} {kind}", violation.pointer)
    };
    check(SchemaSet::Documented, event).iter().map(line).collect()
}

#[track_caller]
fn assert_passes(event: &Value) {
    assert_eq!(said(event), Vec::<String>::new(), "{event}");
    assert!(accepts(SchemaSet::Documented, event), "{event}");
}

#[track_caller]
fn assert_refused(event: &Value, expected: &[&str]) {
    assert_eq!(said(event), expected, "{event}");
    assert!(!accepts(SchemaSet::Documented, event), "{event}");
}

#[test]
fn every_type_passes_with_what_it_must_have() {
    for event_type in EventType::ALL {
        assert_passes(&minimal(event_type));
    }
}

#[test]
fn events_with_all_that_they_may_have_pass() {
    let start = minimal(SessionStart);
    for (pointer, value) in [
        ("/playerTime/ts", json!(1_792_000_000_000.0)),
        ("/playerTime/ts", json!(1.0)),
        ("/playerTime/ts", json!(9_007_199_254_740_993_u64)),
        ("/playerTime/ts", json!(-5)),
        ("/playerTime/playhead", json!(-1.25)),
        ("/playerTime/playhead", json!(1e300)),
        ("/params/media.length", json!(0)),
        ("/params/media.id", json!("")),
        ("/params/media.resume", json!(false)),
        ("/params/media.artist", json!("a")),
        ("/params/visitor.aamLocationHint", json!(9)),
        ("/params/visitor.aamLocationHint", json!(9.0)),
        ("/params/visitor.aamLocationHint", json!(null)),
        ("/params/visitor.customerIDs", json!({})),
        (
            "/params/visitor.customerIDs",
            json!({ "crm": { "id": "x", "authState": 2 }, "b/c": { "id": "", "authState": 1.0 } }),
        ),
        ("/customMetadata", json!({})),
        ("/customMetadata", json!({ "a.b_C1": "text", "2": "" })),
        ("/qoeData", json!({})),
        (
            "/qoeData",
            json!({
                "media.qoe.bitrate": 1.0, "media.qoe.droppedFrames": 0, "media.qoe.framesPerSecond": 23.5,
                "media.qoe.timeToStart": 20, "media.qoe.errorID": "e", "media.qoe.errorSource": "player",
            }),
        ),
    ] {
        assert_passes(&with(start.clone(), pointer, value));
    }
    assert_passes(&with(minimal(AdStart), "/params/media.ad.podFriendlyName", json!("pre")));
    assert_passes(&with(minimal(AdBreakStart), "/params/media.ad.podIndex", json!(1.0)));
    assert_passes(&with(
        minimal(Error),
        "/params",
        json!({ "media.errorId": "e", "media.errorSource": "player" }),
    ));
    assert_passes(&with(minimal(StatesUpdate), "/params", json!({ "statesStart": [], "statesEnd": [] })));
    assert_passes(&with(minimal(StatesUpdate), "/params", json!({})));
}

#[test]
fn types_without_keys_take_an_empty_params_and_no_other() {
    let empty = EventType::ALL.into_iter().filter(|t| !t.requires_params() && *t != Error);
    let mut seen = 0;
    for event_type in empty {
        seen += 1;
        assert_passes(&with(minimal(event_type), "/params", json!({})));
        let filled = with(minimal(event_type), "/params", json!({ "media.name": "n", "x": 1 }));
        assert_refused(&filled, &["/params/media.name not allowed media.name", "/params/x not allowed x"]);
    }
    assert_eq!(seen, 12);
}

#[test]
fn quality_values_and_metadata_pass_on_every_type() {
    for event_type in EventType::ALL {
        let event = with(minimal(event_type), "/qoeData", json!({ "media.qoe.bitrate": 100 }));
        assert_passes(&with(event, "/customMetadata", json!({ "k": "v" })));
    }
}

#[test]
fn what_is_no_object_is_said_to_be_none() {
    for event in
        [json!(null), json!(true), json!(5), json!("{\"eventType\":\"play\"}"), json!([minimal(Play)])]
    {
        assert_refused(&event, &[" not an object"]);
    }
}

#[test]
fn a_missing_member_is_named_at_the_object_that_lacks_it() {
    assert_refused(&without(minimal(Ping), "/playerTime"), &[" missing member playerTime"]);
    assert_refused(&without(minimal(Ping), "/playerTime/ts"), &["/playerTime missing member ts"]);
    assert_refused(&without(minimal(Ping), "/playerTime/playhead"), &["/playerTime missing member playhead"]);
    assert_refused(&without(minimal(Ping), "/eventType"), &[" missing member eventType"]);
    assert_refused(&json!({}), &[" missing member eventType", " missing member playerTime"]);
    for event_type in EventType::ALL.into_iter().filter(|t| t.requires_params()) {
        assert_refused(&without(minimal(event_type), "/params"), &[" missing member params"]);
    }
}

#[test]
fn each_required_param_is_missed_by_name() {
    let mut missed = 0;
    for event_type in EventType::ALL {
        let event = minimal(event_type);
        let keys: Vec<String> =
            event["params"].as_object().into_iter().flat_map(|p| p.keys().cloned()).collect();
        for key in keys.iter().filter(|_| event_type != StatesUpdate) {
            missed += 1;
            let line = format!("/params missing param {key}");
            assert_refused(&without(event.clone(), &format!("/params/{key}")), &[&line]);
        }
    }
    assert_eq!(missed, 8 + 2 + 4 + 3 + 1 + 1);
}

#[test]
fn a_state_of_an_update_needs_its_name_and_nothing_else() {
    let event =
        with(minimal(StatesUpdate), "/params/statesEnd", json!([{ "media.state.name": "a", "x": 1 }, {}, 5]));
    assert_refused(
        &event,
        &[
            "/params/statesEnd/0/x not allowed x",
            "/params/statesEnd/1 missing param media.state.name",
            "/params/statesEnd/2 not an object",
        ],
    );
    let name = with(minimal(StatesUpdate), "/params/statesStart", json!([{ "media.state.name": 1 }]));
    assert_refused(&name, &["/params/statesStart/0/media.state.name not a string"]);
    let object = with(minimal(StatesUpdate), "/params/statesStart", json!({}));
    assert_refused(&object, &["/params/statesStart not an array of objects"]);
}

#[test]
fn a_value_of_another_type_is_told_what_it_should_be() {
    for (event_type, pointer, value, expected) in [
        (Play, "/playerTime", json!("{playhead=0.0, ts=1}"), ValueType::Object),
        (Play, "/playerTime", json!(null), ValueType::Object),
        (Play, "/playerTime/ts", json!("1792000000000"), ValueType::Integer),
        (Play, "/playerTime/ts", json!(1.5), ValueType::Integer),
        (Play, "/playerTime/ts", json!(1_792_000_000_000.5), ValueType::Integer),
        (Play, "/playerTime/playhead", json!("12"), ValueType::Number),
        (Play, "/playerTime/playhead", json!(null), ValueType::Number),
        (Play, "/params", json!([]), ValueType::Object),
        (Play, "/qoeData", json!("q"), ValueType::Object),
        (Play, "/customMetadata", json!([]), ValueType::TextObject),
        (SessionStart, "/params", json!("{media.id=1}"), ValueType::Object),
        (SessionStart, "/params/media.id", json!(7), ValueType::String),
        (SessionStart, "/params/media.id", json!(null), ValueType::String),
        (SessionStart, "/params/media.id", json!({}), ValueType::String),
        (SessionStart, "/params/media.length", json!("60"), ValueType::Number),
        (SessionStart, "/params/media.resume", json!("true"), ValueType::Boolean),
        (SessionStart, "/params/analytics.enableSSL", json!(1), ValueType::Boolean),
        (SessionStart, "/params/visitor.aamLocationHint", json!("9"), ValueType::IntegerOrNull),
        (SessionStart, "/params/visitor.customerIDs", json!([]), ValueType::Object),
        (AdBreakStart, "/params/media.ad.podIndex", json!(0.5), ValueType::Integer),
        (AdStart, "/params/media.ad.podPosition", json!("1"), ValueType::Integer),
        (ChapterStart, "/params/media.chapter.index", json!(true), ValueType::Integer),
        (StateStart, "/params/media.state.name", json!(["mute"]), ValueType::String),
        (Error, "/params", json!(3), ValueType::Object),
    ] {
        let line = format!("{pointer} not {}", expected.in_words());
        assert_refused(&with(minimal(event_type), pointer, value), &[&line]);
    }
    let fraction = with(minimal(SessionStart), "/params/visitor.aamLocationHint", json!(9.5));
    assert_refused(&fraction, &["/params/visitor.aamLocationHint not an integer or null"]);
}

#[test]
fn quality_values_of_another_type_are_told_what_they_should_be() {
    for (key, value, expected) in [
        ("media.qoe.bitrate", json!(100.5), "an integer"),
        ("media.qoe.bitrate", json!("100"), "an integer"),
        ("media.qoe.droppedFrames", json!(null), "an integer"),
        ("media.qoe.framesPerSecond", json!("24"), "a number"),
        ("media.qoe.timeToStart", json!(0.1), "an integer"),
        ("media.qoe.errorID", json!(404), "a string"),
        ("media.qoe.errorSource", json!([]), "a string"),
    ] {
        let line = format!("/qoeData/{key} not {expected}");
        assert_refused(&with(minimal(BitrateChange), "/qoeData", json!({ key: value })), &[&line]);
    }
}

#[test]
fn an_unknown_member_is_named_where_it_stands() {
    assert_refused(&with(minimal(Play), "/sessionId", json!("s")), &["/sessionId unknown member sessionId"]);
    assert_refused(&with(minimal(Play), "/Params", json!({})), &["/Params unknown member Params"]);
    assert_refused(
        &with(minimal(Play), "/playerTime/timezone", json!(0)),
        &["/playerTime/timezone unknown member timezone"],
    );
}

#[test]
fn a_key_that_the_type_does_not_carry_is_not_allowed() {
    for (event_type, key) in [
        (SessionStart, "media.ad.id"),
        (SessionStart, "media.Id"),
        (SessionStart, "media.qoe.bitrate"),
        (AdStart, "media.id"),
        (AdBreakStart, "media.ad.name"),
        (ChapterStart, "media.state.name"),
        (StateEnd, "statesEnd"),
        (StatesUpdate, "media.state.name"),
    ] {
        let line = format!("/params/{key} not allowed {key}");
        assert_refused(&with(minimal(event_type), &format!("/params/{key}"), json!(1)), &[&line]);
    }
    let quality = with(minimal(Play), "/qoeData", json!({ "media.errorId": "e", "bitrate": 1 }));
    assert_refused(
        &quality,
        &["/qoeData/media.errorId not allowed media.errorId", "/qoeData/bitrate not allowed bitrate"],
    );
}

#[test]
fn custom_metadata_is_flat_text_under_plain_keys() {
    let metadata = json!({ "ok": "v", "number": 1, "nested": { "a": "b" }, "none": null });
    assert_refused(
        &with(minimal(AdStart), "/customMetadata", metadata),
        &[
            "/customMetadata/number no text number",
            "/customMetadata/nested no text nested",
            "/customMetadata/none no text none",
        ],
    );
    let keys = json!({ "a b": "v", "a-b": "v", "é": "v", "": "v", "a/b~c": 1, "a\n": "v" });
    assert_refused(
        &with(minimal(AdStart), "/customMetadata", keys),
        &[
            "/customMetadata/a b invalid key a b",
            "/customMetadata/a-b invalid key a-b",
            "/customMetadata/é invalid key é",
            "/customMetadata/ invalid key ",
            "/customMetadata/a~1b~0c invalid key a/b~c",
            "/customMetadata/a\n invalid key a\n",
        ],
    );
}

#[test]
fn customer_ids_are_objects_with_text_and_a_known_state() {
    let ids = json!({
        "a": "text", "b": { "id": 1, "authState": 3 }, "c/d": { "id": "x", "authState": "1" },
        "e": { "authState": 1.5 },
    });
    assert_refused(
        &with(minimal(SessionStart), "/params/visitor.customerIDs", ids),
        &[
            "/params/visitor.customerIDs/a not an object",
            "/params/visitor.customerIDs/b/id not a string",
            "/params/visitor.customerIDs/b/authState other",
            "/params/visitor.customerIDs/c~1d/authState not an integer",
            "/params/visitor.customerIDs/e/authState not an integer",
        ],
    );
}

#[test]
fn a_name_that_is_no_type_is_named_and_its_params_are_left_alone() {
    for name in ["pause", "Play", "", "play ", "media.play"] {
        let event =
            json!({ "eventType": name, "playerTime": { "playhead": 0, "ts": 1 }, "params": { "x": 1 } });
        assert_refused(&event, &[&format!("/eventType unknown type {name}")]);
    }
    let number = with(minimal(Play), "/eventType", json!(5));
    assert_refused(&number, &["/eventType not a string"]);
    let no_params = json!({ "eventType": "adBegin", "playerTime": { "playhead": 0, "ts": 1 } });
    assert_refused(&no_params, &["/eventType unknown type adBegin"]);
}

#[test]
fn the_envelope_of_an_unknown_type_is_still_judged() {
    let event = json!({
        "playerTime": { "playhead": "0", "ts": 1, "x": 1 }, "eventType": "resume", "params": 5,
        "customMetadata": { "k": 1 }, "qoeData": { "y": 1 }, "z": 1,
    });
    assert_refused(
        &event,
        &[
            "/playerTime/playhead not a number",
            "/playerTime/x unknown member x",
            "/eventType unknown type resume",
            "/params not an object",
            "/customMetadata/k no text k",
            "/qoeData/y not allowed y",
            "/z unknown member z",
        ],
    );
}

#[test]
fn faults_come_in_the_order_of_the_document_every_time() {
    let params = json!({ "y": 1, "media.length": "1", "media.id": 2, "b": 1 });
    let mut event = json!({ "z": 1, "params": params, "eventType": "sessionStart" });
    let expected = [
        " missing member playerTime",
        "/z unknown member z",
        "/params missing param analytics.trackingServer",
        "/params missing param analytics.reportSuite",
        "/params missing param visitor.marketingCloudOrgId",
        "/params missing param media.contentType",
        "/params missing param media.playerName",
        "/params missing param media.channel",
        "/params/y not allowed y",
        "/params/media.length not a number",
        "/params/media.id not a string",
        "/params/b not allowed b",
    ];
    for _ in 0..20 {
        assert_refused(&event, &expected);
    }
    event["playerTime"] = json!({ "ts": 1.5 });
    assert_eq!(&said(&event)[11..], ["/playerTime missing member playhead", "/playerTime/ts not an integer"]);
}

#[test]
fn a_hundred_thousand_unknown_keys_are_all_named_in_order() {
    let params = (0..100_000).map(|n| (format!("k{n}"), json!(n))).collect::<serde_json::Map<_, _>>();
    let found = said(&with(minimal(Play), "/params", Value::Object(params)));
    assert_eq!(found.len(), 100_000);
    assert_eq!(found[99_999], "/params/k99999 not allowed k99999");
}

#[test]
fn the_events_that_mobile_sdk_tests_expect_pass_but_for_two_bare_starts() {
    let identity = ["analytics.trackingServer", "analytics.reportSuite", "visitor.marketingCloudOrgId"];
    let fixtures = file("tests/fixtures/captures/sdk-tests/wire-fixtures.json");
    let fixtures = fixtures.as_array().expect("an array");
    let mut bare = 0;
    for fixture in fixtures {
        let text = |member: &str| fixture[member].as_str().expect("text").to_owned();
        let (name, ios) = (text("name"), text("repo").ends_with("ios"));
        let content: &[&str] = match name.as_str() {
            "sessionStartJson" if ios => &["media.playerName", "media.channel"],
            "sessionStartChannelJson" if ios => &["media.playerName"],
            "sessionStartJson" | "sessionStartChannelJson" => &[],
            _ => {
                assert_passes(&fixture["event"]);
                continue;
            }
        };
        bare += 1;
        let missing = identity.iter().chain(content).map(|key| format!("/params missing param {key}"));
        assert_eq!(said(&fixture["event"]), missing.collect::<Vec<_>>(), "{name}");
    }
    assert_eq!((fixtures.len(), bare), (28, 4));
}

//! The schema files and the crate's table, read apart and compared key by key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use playtrace::model::event_type::EventType;
use playtrace::model::parameter::{PARAMETERS, Parameter, Section, ValueType, accepted_on, required_params};
use playtrace::schema;

use super::file;

fn of_type(event_type: EventType) -> Value {
    file(&format!("schemas/events/{event_type}.json"))
}

/// The schema that a type of the table stands for.
fn in_schema(parameter: &Parameter) -> Value {
    let integer = json!({ "type": "number", "multipleOf": 1 });
    match parameter.value {
        ValueType::String => json!({ "type": "string" }),
        ValueType::Number | ValueType::LenientInteger => json!({ "type": "number" }),
        ValueType::Integer => integer,
        ValueType::IntegerOrNull => json!({ "type": ["number", "null"], "multipleOf": 1 }),
        ValueType::Boolean => json!({ "type": "boolean" }),
        ValueType::Object => json!({
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": { "id": { "type": "string" }, "authState": { "enum": [0, 1, 2] } },
            },
        }),
        ValueType::TextObject => json!({
            "type": "object",
            "patternProperties": { "^[a-zA-Z0-9_.]+$": { "type": "string" } },
            "additionalProperties": false,
        }),
        ValueType::ObjectArray => json!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": { "media.state.name": { "type": "string" } },
                "required": ["media.state.name"],
                "additionalProperties": false,
            },
        }),
    }
}

/// The properties of an object schema, none where it has none.
fn properties(schema: &Value) -> BTreeMap<String, Value> {
    schema["properties"].as_object().cloned().unwrap_or_default().into_iter().collect()
}

fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema["required"].as_array().cloned().unwrap_or_default();
    names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The keys and types that the table gives to a section of a type.
fn table(section: Section, event_type: EventType) -> BTreeMap<String, Value> {
    let keys = PARAMETERS.iter().filter(|p| p.section == section && p.is_accepted_on(event_type));
    keys.map(|p| (p.key.to_owned(), in_schema(p))).collect()
}

fn required_by_table(section: Section, event_type: EventType) -> BTreeSet<String> {
    let keys = PARAMETERS.iter().filter(|p| p.section == section && p.required_for.contains(&event_type));
    keys.map(|p| p.key.to_owned()).collect()
}

#[test]
fn there_is_one_file_for_each_event_type_and_no_other() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/events");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder is in the repository")
        .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
        .collect();
    let types: BTreeSet<String> = EventType::ALL.iter().map(|t| format!("{t}.json")).collect();
    assert_eq!(files, types);
}

#[test]
fn every_file_is_a_closed_draft_04_schema_that_says_what_it_is() {
    for event_type in EventType::ALL {
        let schema = of_type(event_type);
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-04/schema#", "{event_type}");
        jsonschema::draft4::meta::validate(&schema).expect("the file keeps draft-04");
        let title = schema["title"].as_str().expect("a title");
        assert!(title.starts_with(event_type.name()) && title.contains("reconstruction"), "{title}");
        assert_eq!(schema["type"], "object", "{event_type}");
        assert_eq!(schema["additionalProperties"], false, "{event_type}");
        assert_eq!(
            schema["properties"]["eventType"],
            json!({ "type": "string", "enum": [event_type.name()] })
        );
        for section in ["playerTime", "params", "qoeData"] {
            let object = &schema["properties"][section];
            assert_eq!(object["type"], "object", "{event_type} {section}");
            assert_eq!(object["additionalProperties"], false, "{event_type} {section}");
        }
    }
}

#[test]
fn no_file_bounds_a_number_or_a_length() {
    for event_type in EventType::ALL {
        let text = schema::text(event_type);
        for word in
            ["minimum", "maximum", "minLength", "maxLength", "minItems", "format\"", "$ref", "\"id\": \""]
        {
            assert!(!text.contains(word), "{event_type} has {word}");
        }
    }
}

#[test]
fn the_embedded_text_is_the_file() {
    for event_type in EventType::ALL {
        let embedded: Value = serde_json::from_str(schema::text(event_type)).expect("JSON");
        assert_eq!(embedded, of_type(event_type), "{event_type}");
    }
}

#[test]
fn files_and_table_agree_on_every_key_type_and_requirement() {
    for event_type in EventType::ALL {
        let schema = of_type(event_type);
        for section in [Section::PlayerTime, Section::Params, Section::QoeData] {
            let object = &schema["properties"][section.member().expect("a section of its own")];
            assert_eq!(properties(object), table(section, event_type), "{event_type}, {section:?}");
            assert_eq!(required(object), required_by_table(section, event_type), "{event_type}, {section:?}");
        }
    }
}

#[test]
fn files_and_table_agree_on_the_members_of_an_event() {
    let root: BTreeSet<String> =
        PARAMETERS.iter().filter(|p| p.section == Section::Root).map(|p| p.key.to_owned()).collect();
    for event_type in EventType::ALL {
        let schema = of_type(event_type);
        let members = properties(&schema);
        assert_eq!(members.keys().cloned().collect::<BTreeSet<_>>(), root, "{event_type}");
        assert_eq!(required(&schema), required_by_table(Section::Root, event_type), "{event_type}");
        assert_eq!(required(&schema).contains("params"), event_type.requires_params(), "{event_type}");
        let metadata = Parameter::find(Section::Root, "customMetadata").expect("in the table");
        assert_eq!(members["customMetadata"], in_schema(metadata), "{event_type}");
        assert_eq!(metadata.carried_by.contains(&event_type), event_type.carries_metadata(), "{event_type}");
    }
}

#[test]
fn the_lookups_say_what_the_files_say() {
    for event_type in EventType::ALL {
        let params = of_type(event_type)["properties"]["params"].clone();
        let accepted: BTreeSet<String> = accepted_on(event_type).map(|p| p.key.to_owned()).collect();
        assert_eq!(accepted, properties(&params).into_keys().collect(), "{event_type}");
        let needed: BTreeSet<String> = required_params(event_type).map(str::to_owned).collect();
        assert_eq!(needed, required(&params), "{event_type}");
    }
}

/// Counts by hand from the request tables, so that files and table cannot be wrong together.
#[test]
fn the_number_of_keys_of_each_type_is_that_of_the_documents() {
    for (event_type, keys, needed) in [
        (EventType::SessionStart, 46, 8),
        (EventType::AdBreakStart, 3, 2),
        (EventType::AdStart, 12, 4),
        (EventType::ChapterStart, 4, 3),
        (EventType::StateStart, 1, 1),
        (EventType::StateEnd, 1, 1),
        (EventType::StatesUpdate, 2, 0),
        (EventType::Error, 2, 0),
        (EventType::Play, 0, 0),
        (EventType::Ping, 0, 0),
    ] {
        assert_eq!(accepted_on(event_type).count(), keys, "{event_type}");
        assert_eq!(required_params(event_type).count(), needed, "{event_type}");
    }
}

/// Facts of the documents, as literals.
#[test]
fn the_table_says_what_the_documents_say() {
    use EventType::{AdBreakStart, AdStart, ChapterStart, Error, SessionStart, StateEnd, StateStart};
    use Section::{Params, PlayerTime, QoeData, Root};
    use ValueType::{
        Boolean, Integer, IntegerOrNull, LenientInteger, Number, Object, ObjectArray, String, TextObject,
    };
    let facts: [(Section, &str, ValueType, &[EventType], bool); 23] = [
        (Root, "eventType", String, &EventType::ALL, true),
        (Root, "customMetadata", TextObject, &[SessionStart, AdStart, ChapterStart], false),
        (PlayerTime, "playhead", Number, &EventType::ALL, true),
        (PlayerTime, "ts", Integer, &EventType::ALL, true),
        (Params, "analytics.enableSSL", Boolean, &[SessionStart], false),
        (Params, "visitor.marketingCloudOrgId", String, &[SessionStart], true),
        (Params, "visitor.marketingCloudUserId", String, &[SessionStart], false),
        (Params, "visitor.aamLocationHint", IntegerOrNull, &[SessionStart], false),
        (Params, "visitor.customerIDs", Object, &[SessionStart], false),
        (Params, "media.id", String, &[SessionStart], true),
        (Params, "media.length", Number, &[SessionStart], true),
        (Params, "media.streamType", String, &[SessionStart], false),
        (Params, "media.season", String, &[SessionStart], false),
        (Params, "media.showType", String, &[SessionStart], false),
        (Params, "media.pass.auth", String, &[SessionStart], false),
        (Params, "media.ad.podIndex", Integer, &[AdBreakStart], true),
        (Params, "media.ad.podSecond", Number, &[AdBreakStart], true),
        (Params, "media.chapter.offset", Number, &[ChapterStart], true),
        (Params, "media.state.name", String, &[StateStart, StateEnd], true),
        (Params, "statesEnd", ObjectArray, &[EventType::StatesUpdate], false),
        (Params, "media.errorId", String, &[Error], false),
        (QoeData, "media.qoe.framesPerSecond", LenientInteger, &EventType::ALL, false),
        (QoeData, "media.qoe.errorID", String, &EventType::ALL, false),
    ];
    for (section, key, value, carried_by, required) in facts {
        let parameter = Parameter::find(section, key).expect(key);
        assert_eq!(parameter.value, value, "{key}");
        assert_eq!(parameter.carried_by, carried_by, "{key}");
        assert_eq!(parameter.required_for, if required { carried_by } else { &[] }, "{key}");
    }
    let pod_name = Parameter::known_anywhere("media.ad.podFriendlyName").expect("known");
    assert_eq!((pod_name.carried_by, pod_name.also_accepted_on), (&[AdBreakStart][..], &[AdStart][..]));
    assert_eq!(Parameter::known_anywhere("media.id").and_then(|p| p.report_name), Some("Content"));
    assert_eq!(Parameter::known_anywhere("media.ad.length").and_then(|p| p.unit), Some("s"));
    assert_eq!(Parameter::known_anywhere("media.qoe.bitrate").and_then(|p| p.min), Some(0.0));
    assert_eq!(Parameter::known_anywhere("media.stateName"), None);
}

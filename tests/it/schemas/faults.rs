//! The schema of a file of faults: made of the tables that the program reads it by, and as strict as the program.

use serde_json::{Map, Value, json};
use toml::de::DeTable;

use playtrace::config::faults::read_faults;
use playtrace::model::event_type::EventType;
use playtrace::model::fault::{
    FILTERS, KINDS, KeyInfo, MAX_DELAY_MILLIS, MAX_NUMBER, MAX_SESSION, MAX_SKEW_MILLIS, OPERATIONS,
    ValueKind,
};

use super::check_is_made_of_the_tables;
use super::config::table_as_json;

const PATH: &str = "schemas/faults.json";

fn value_of(key: &KeyInfo) -> Value {
    let mut value = match key.value {
        ValueKind::Nothing => json!({ "const": true }),
        ValueKind::BeforeAfter => json!({ "enum": [true, "before", "after"] }),
        ValueKind::Millis => json!({ "type": "integer", "minimum": 1, "maximum": MAX_DELAY_MILLIS }),
        ValueKind::SignedMillis => json!({
            "type": "integer", "minimum": -MAX_SKEW_MILLIS, "maximum": MAX_SKEW_MILLIS, "not": { "const": 0 },
        }),
        ValueKind::Status => json!({ "type": "integer", "minimum": 400, "maximum": 599 }),
        ValueKind::From(least) => json!({ "type": "integer", "minimum": least, "maximum": MAX_NUMBER }),
        ValueKind::Share => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 }),
        ValueKind::Session => json!({ "oneOf": [
            { "type": "integer", "minimum": 1, "maximum": MAX_SESSION },
            { "type": "string", "pattern": r"^\S+$" },
        ] }),
        ValueKind::EventType => json!({ "enum": EventType::ALL.map(EventType::name) }),
        ValueKind::Operation => json!({ "enum": OPERATIONS.map(|(name, _)| name) }),
    };
    value["description"] = json!(key.meaning);
    value
}

fn schema() -> Value {
    let properties: Map<String, Value> =
        KINDS.iter().chain(&FILTERS).map(|key| (key.name.to_owned(), value_of(key))).collect();
    let operations = |names: &[&str]| json!({ "endpoint": { "enum": names } });
    let if_then = |present: &str, then: Value| {
        json!({
            "if": { "required": [present] },
            "then": { "properties": then },
        })
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Playtrace faults",
        "description": "What `playtrace collect --faults FILE` injects.",
        "type": "object",
        "additionalProperties": false,
        "properties": { "fault": {
            "description": "Each is asked for alone; of two that touch the same thing the first counts",
            "type": "array",
            "items": { "$ref": "#/$defs/fault" },
        } },
        "$defs": { "fault": {
            "description": "One fault: exactly one kind, and where it is injected",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "oneOf": KINDS.map(|kind| json!({ "required": [kind.name] })),
            "dependentRequired": { "seed": ["share"] },
            "allOf": [
                if_then("slow-session", operations(&["sessions", "downloaded"])),
                if_then("no-location", operations(&["sessions", "downloaded"])),
                if_then("event", operations(&["sessions", "events", "downloaded"])),
                if_then("session", operations(&["sessions", "events", "downloaded"])),
            ],
        } },
    })
}

#[test]
fn the_schema_of_faults_is_made_of_the_tables() {
    check_is_made_of_the_tables(PATH, &schema());
}

/// Whether the schema and the program take it.
fn accepted(text: &str) -> (bool, bool) {
    let table = DeTable::parse(text).expect("the notation is right");
    let validator = jsonschema::draft202012::new(&schema()).expect("a draft 2020-12 schema");
    (validator.is_valid(&table_as_json(table.get_ref())), read_faults(text.as_bytes()).is_ok())
}

#[test]
fn the_schema_and_the_program_take_and_refuse_the_same_faults() {
    let taken = [
        "",
        "fault = []",
        "[[fault]]\nstatus = 404\nevent = \"ping\"\nafter = 0",
        "[[fault]]\ndelay = 1500\nshare = 0.1\nseed = 7",
        "[[fault]]\ndelay = 1500\nshare = 1",
        "[[fault]]\nslow-session = 1\nendpoint = \"downloaded\"",
        "[[fault]]\ndrop = \"after\"\nsession = 1\nevery = 2\ncount = 3",
        "[[fault]]\nhalf = true\nsession = \"0123456789abcdef\"",
        "[[fault]]\nno-location = true",
        "[[fault]]\nskew = -1\n[[fault]]\nstatus = 599\nendpoint = \"preflight\"",
    ];
    let refused = [
        "faults = []",
        "fault = 1",
        "[[fault]]",
        "[[fault]]\nevent = \"ping\"",
        "[[fault]]\nstauts = 404",
        "[[fault]]\nstatus = \"404\"",
        "[[fault]]\nstatus = 200",
        "[[fault]]\nstatus = 404\nhalf = true",
        "[[fault]]\nhalf = false",
        "[[fault]]\nhalf = \"yes\"",
        "[[fault]]\ndrop = \"later\"",
        "[[fault]]\ndelay = 0",
        "[[fault]]\ndelay = 3600001",
        "[[fault]]\nskew = 0",
        "[[fault]]\nhalf = true\nshare = 0",
        "[[fault]]\nhalf = true\nshare = 1.5",
        "[[fault]]\nhalf = true\nseed = 1",
        "[[fault]]\nhalf = true\ncount = 0",
        "[[fault]]\nhalf = true\nevery = 0",
        "[[fault]]\nhalf = true\nafter = -1",
        "[[fault]]\nhalf = true\nsession = 0",
        "[[fault]]\nhalf = true\nsession = \"a b\"",
        "[[fault]]\nhalf = true\nsession = true",
        "[[fault]]\nhalf = true\nevent = \"pign\"",
        "[[fault]]\nhalf = true\nevent = 1",
        "[[fault]]\nhalf = true\nendpoint = \"event\"",
        "[[fault]]\nhalf = true\nendpoint = \"schemas\"\nevent = \"ping\"",
        "[[fault]]\nhalf = true\nendpoint = \"preflight\"\nsession = 1",
        "[[fault]]\nslow-session = 1\nendpoint = \"events\"",
        "[[fault]]\nno-location = true\nendpoint = \"schemas\"",
    ];
    for (texts, expected) in [(&taken[..], (true, true)), (&refused[..], (false, false))] {
        for text in texts {
            assert_eq!(accepted(text), expected, "{text}");
        }
    }
}

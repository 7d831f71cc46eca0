//! The schema of `playtrace.toml`: made of the tables that the program reads it by, and as strict as the program.

use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use playtrace::config::read;
use playtrace::model::event_type::EventType;
use playtrace::model::numbers::Numbers;
use playtrace::model::parameter::{PARAMETERS, Section, ValueType};
use playtrace::model::policy::{Profile, Reading, SWITCHES, SchemaSet};
use playtrace::rules;
use playtrace::rules::rule::{Family, Level};

use super::check_is_made_of_the_tables;

const PATH: &str = "schemas/config.json";

fn object(description: &str, properties: Map<String, Value>) -> Value {
    json!({
        "description": description, "type": "object", "properties": properties, "additionalProperties": false,
    })
}

/// A text that is one of some readings, with what each means.
fn one_of(description: &str, readings: &[Reading]) -> Value {
    let names: Vec<&str> = readings.iter().map(|reading| reading.name).collect();
    let meanings = readings.iter().map(|reading| format!("\n- `{}`: {}", reading.name, reading.meaning));
    json!({
        "description": format!("{description}{}", meanings.collect::<String>()),
        "enum": names,
        "default": names[0],
    })
}

fn rule_words() -> Value {
    let letters = Family::ALL.into_iter().map(|family| family.letter().to_string());
    let names = rules::all().map(|rule| rule.meta.name.to_owned());
    let codes = rules::all().flat_map(|rule| [rule.meta.code, &rule.meta.code[3..]]).map(str::to_owned);
    let words: Vec<String> = letters.chain(names).chain(codes).collect();
    json!({ "description": "A family letter, the name of a rule, or its code", "enum": words })
}

fn rules_table() -> Value {
    let mut properties = Map::new();
    for rule in rules::all() {
        let name = rule.meta.name;
        let mut settings = Map::new();
        settings.insert("level".to_owned(), json!({ "$ref": "#/$defs/level" }));
        for number in Numbers::of_rule(name) {
            let schema = json!({
                "description": number.meaning, "type": "number", "minimum": 0, "maximum": number.max,
                "default": number.default,
            });
            settings.insert(number.key.to_owned(), schema);
        }
        let description = format!("{}: {}", rule.meta.code, rule.meta.summary);
        properties.insert(name.to_owned(), object(&description, settings));
    }
    object("Level and numbers of single rules", properties)
}

fn policy() -> Value {
    let switch = |switch: &playtrace::model::policy::Switch| {
        let description = format!("{}: {}", switch.number, switch.question);
        (switch.name.to_owned(), one_of(&description, switch.readings))
    };
    let description = "Which reading to follow where the sources of the API disagree; beats the profile";
    object(description, SWITCHES.iter().map(switch).collect())
}

/// The name of what may be wanted of values of a type.
fn wish_of(value: ValueType) -> &'static str {
    match value {
        ValueType::String => "#/$defs/wish-string",
        ValueType::Number | ValueType::LenientInteger => "#/$defs/wish-number",
        ValueType::Integer | ValueType::IntegerOrNull => "#/$defs/wish-integer",
        ValueType::Boolean => "#/$defs/wish-boolean",
        ValueType::Object | ValueType::TextObject | ValueType::ObjectArray => "#/$defs/wish-other",
    }
}

/// What may be wanted of a key whose values are like `value`; nothing of the values where that is `None`.
fn wish(value: Option<Value>, has_pattern: bool) -> Value {
    let mut properties = Map::new();
    properties.insert("required".to_owned(), json!({ "description": "It must be there", "type": "boolean" }));
    properties
        .insert("forbidden".to_owned(), json!({ "description": "It must not be there", "type": "boolean" }));
    if let Some(items) = value {
        let values = json!({ "description": "The values that it may have", "type": "array", "minItems": 1, "items": items });
        properties.insert("values".to_owned(), values);
    }
    if has_pattern {
        let pattern = json!({ "description": "A regular expression that the whole value must match", "type": "string", "format": "regex" });
        properties.insert("pattern".to_owned(), pattern);
    }
    json!({ "anyOf": [
        { "enum": ["required", "forbidden"] },
        {
            "type": "object", "properties": properties, "additionalProperties": false,
            "not": { "required": ["values", "pattern"] },
            "if": { "required": ["forbidden"], "properties": { "forbidden": { "const": true } } },
            "then": { "properties": { "required": { "const": false }, "values": false, "pattern": false } },
        },
    ] })
}

fn tracking_plan() -> Value {
    let of_type = |event_type: Option<EventType>| {
        let mut properties = Map::new();
        let carried = PARAMETERS.iter().filter(|parameter| {
            matches!(parameter.section, Section::Params | Section::QoeData)
                && event_type.is_none_or(|event_type| parameter.is_accepted_on(event_type))
        });
        let params: Map<String, Value> = carried
            .map(|parameter| (parameter.key.to_owned(), json!({ "$ref": wish_of(parameter.value) })))
            .collect();
        properties
            .insert("params".to_owned(), object("Parameters; quote their names, which have dots", params));
        if event_type.is_none_or(EventType::carries_metadata) {
            let metadata = json!({
                "description": "Keys of customMetadata", "type": "object",
                "additionalProperties": { "$ref": "#/$defs/wish-string" },
            });
            properties.insert("metadata".to_owned(), metadata);
        }
        object("What is wanted on this type", properties)
    };
    let mut properties = Map::new();
    properties.insert("all".to_owned(), of_type(None));
    properties.extend(EventType::ALL.map(|known| (known.name().to_owned(), of_type(Some(known)))));
    let description = "Parameters and custom metadata that are required or forbidden, and the values that they may \
                       have, per event type; `all` is every type that may carry the key";
    object(description, properties)
}

fn own_schemas() -> Value {
    let names = std::iter::once("all").chain(EventType::ALL.map(EventType::name));
    let path = json!({ "description": "A JSON Schema, relative to this file", "type": "string" });
    let properties = names.map(|name| (name.to_owned(), path.clone())).collect();
    object("Own JSON Schemas (draft-04 to 2020-12), per event type or for all", properties)
}

fn schema() -> Value {
    let words = json!({ "type": "array", "items": { "$ref": "#/$defs/rule" } });
    let mut select = words.clone();
    select["description"] = json!("Only these rules");
    let mut ignore = words;
    ignore["description"] = json!("Not these rules");
    let profiles: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
    let levels: Vec<&str> = Level::ALL.iter().map(|level| level.name()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Playtrace configuration",
        "description": "playtrace.toml, beside a capture or given by --config.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "profile": {
                "description": "A bundle of schema set, policy and selection to begin with",
                "enum": profiles,
                "default": "default",
            },
            "schema-set": one_of("Which events the API refuses; beats the profile", SchemaSet::READINGS),
            "select": select,
            "ignore": ignore,
            "rules": rules_table(),
            "policy": policy(),
            "schemas": own_schemas(),
            "tracking-plan": tracking_plan(),
        },
        "$defs": {
            "level": { "description": "For everything that the rule reports; beats the profile", "enum": levels },
            "rule": rule_words(),
            "wish-string": wish(Some(json!({ "type": "string" })), true),
            "wish-number": wish(Some(json!({ "type": "number" })), false),
            "wish-integer": wish(Some(json!({ "type": "number", "multipleOf": 1 })), false),
            "wish-boolean": wish(Some(json!({ "type": "boolean" })), false),
            "wish-other": wish(None, false),
        },
    })
}

#[test]
fn the_schema_of_the_configuration_is_made_of_the_tables() {
    check_is_made_of_the_tables(PATH, &schema());
}

fn as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Integer(number) => json!(number.as_str().parse::<i64>().expect("a small number")),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().expect("a number")),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| as_json(item.get_ref())).collect(),
        DeValue::Table(table) => table_as_json(table),
    }
}

pub(super) fn table_as_json(table: &DeTable<'_>) -> Value {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), as_json(value.get_ref()))).collect()
}

/// Whether the schema and the program take it.
fn accepted(text: &str) -> (bool, bool) {
    let table = DeTable::parse(text).expect("the notation is right");
    let validator = jsonschema::draft202012::new(&schema()).expect("a draft 2020-12 schema");
    let unfinished = read(text.as_bytes());
    let schemas: Vec<_> = unfinished.wanted().map(|_| Ok(b"{}".to_vec())).collect();
    (validator.is_valid(&table_as_json(table.get_ref())), unfinished.finish(&schemas).is_ok())
}

const FULL: &str = include_str!("../../fixtures/config/full.toml");

#[test]
fn the_schema_and_the_program_take_a_configuration_that_says_everything() {
    assert_eq!(accepted(FULL), (true, true));
    assert_eq!(accepted(""), (true, true));
    let mut all = String::from("[policy]\n");
    for switch in SWITCHES {
        let last = switch.readings.last().expect("at least two");
        all.push_str(&format!("{} = \"{}\"\n", switch.name, last.name));
    }
    for rule in rules::all() {
        all.push_str(&format!("[rules.{}]\nlevel = \"off\"\n", rule.meta.name));
        for number in Numbers::of_rule(rule.meta.name) {
            all.push_str(&format!("{} = {}\n", number.key, number.max));
        }
    }
    assert_eq!(accepted(&all), (true, true));
}

#[test]
fn the_schema_and_the_program_refuse_the_same() {
    let start = |line: &str| format!("[tracking-plan.sessionStart.params]\n{line}");
    for broken in [
        "profil = \"strict\"",
        "profile = \"strikt\"",
        "schema-set = \"published2018\"",
        "select = \"A\"",
        "select = [\"A001\", \"A999\"]",
        "ignore = [\"ping-lat\"]",
        "[rules.ping-lat]",
        "[rules.ping-late]\nlevel = \"warning\"",
        "[rules.ping-late]\nlimit = 1",
        "[rules.ping-late]\nlimit-secs = -1",
        "[rules.ping-late]\nlimit-secs = 601",
        "[rules.ping-late]\nlimit-secs = \"1\"",
        "[policy]\nschema-set = \"open\"",
        "[policy]\nequal-ts = \"forbiden\"",
        "[schemas]\npause = \"a.json\"",
        "[schemas]\nping = 1",
        "[tracking-plan.pause]",
        "[tracking-plan.ping.metadata]\na = \"required\"",
        "[tracking-plan.ping.params]\n\"media.show\" = \"required\"",
        "[tracking-plan.all.parameters]",
        &start("media.show = \"required\""),
        &start("\"media.shwo\" = \"required\""),
        &start("\"media.show\" = \"optional\""),
        &start("\"media.show\" = { requird = true }"),
        &start("\"media.show\" = { values = [] }"),
        &start("\"media.show\" = { values = [1] }"),
        &start("\"media.show\" = { values = [\"a\"], pattern = \"a\" }"),
        &start("\"media.show\" = { forbidden = true, required = true }"),
        &start("\"media.length\" = { pattern = \"1\" }"),
        &start("\"media.resume\" = { values = [\"true\"] }"),
    ] {
        assert_eq!(accepted(broken), (false, false), "{broken}");
    }
}

//! The sections of the file but the tracking plan.

use std::ops::Range;
use std::sync::Arc;

use super::reader::{Key, Reader, Val, number};
use super::{Config, ConfigError, plan};
use crate::model::event_type::EventType;
use crate::model::numbers::{NumberInfo, Numbers};
use crate::model::policy::{Profile, SWITCHES, SchemaSet};
use crate::rules::rule::{Level, Rule};
use crate::rules::selection::rules_named;
use crate::rules::{self, registry};
use crate::schema::user::UserSchemas;

/// The keys at the top.
const KEYS: [&str; 8] =
    ["profile", "schema-set", "select", "ignore", "rules", "policy", "schemas", "tracking-plan"];
/// Stands for all event types.
pub(super) const ALL: &str = "all";

/// A configuration whose own schemas have yet to be read.
#[derive(Debug)]
pub struct Unfinished {
    config: Config,
    user: UserSchemas,
    wanted: Vec<WantedSchema>,
    errors: Vec<ConfigError>,
}

/// An own schema that the file names.
#[derive(Debug)]
struct WantedSchema {
    types: Vec<EventType>,
    path: String,
    line: usize,
    column: usize,
}

/// Takes a configuration apart.
#[must_use]
pub fn read(bytes: &[u8]) -> Unfinished {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => read_text(text),
        Err(error) => {
            let text = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let mut reader = Reader::new(text);
            reader.error(text.len()..text.len(), "the file is no UTF-8 text");
            Unfinished::broken(reader.errors)
        }
    }
}

fn read_text(text: &str) -> Unfinished {
    let mut reader = Reader::new(text);
    let Some(document) = reader.document() else { return Unfinished::broken(reader.errors) };
    let mut unfinished = Unfinished::broken(Vec::new());
    for (key, value) in document.get_ref() {
        unfinished.section(&mut reader, key, value);
    }
    unfinished.errors = reader.errors;
    unfinished
}

impl Unfinished {
    fn broken(errors: Vec<ConfigError>) -> Self {
        Self { config: Config::default(), user: UserSchemas::default(), wanted: Vec::new(), errors }
    }

    /// The own schemas to be read, as the file names them: relative to its folder.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(|schema| schema.path.as_str())
    }

    /// The configuration, given what each of the wanted schemas holds, or why it could not be read.
    ///
    /// # Errors
    /// All that is wrong with the file and its schemas, in order.
    pub fn finish(mut self, schemas: &[Result<Vec<u8>, String>]) -> Result<Config, Vec<ConfigError>> {
        for (wanted, schema) in self.wanted.iter().zip(schemas) {
            if let Err(why) = add_schema(&mut self.user, wanted, schema) {
                let message = format!("the schema {}: {why}", wanted.path);
                self.errors.push(ConfigError { line: wanted.line, column: wanted.column, message });
            }
        }
        if !self.errors.is_empty() {
            self.errors.sort();
            self.errors.dedup();
            return Err(self.errors);
        }
        self.config.user = (!self.user.is_empty()).then(|| Arc::new(self.user));
        Ok(self.config)
    }

    fn section<'i>(&mut self, reader: &mut Reader<'i>, key: &Key<'i>, value: &Val<'i>) {
        match &**key.get_ref() {
            "profile" => {
                let names = Profile::ALL.iter().map(|profile| profile.name());
                self.config.profile = reader.name(value, "profile", names, Profile::from_name);
            }
            "schema-set" => {
                let names = SchemaSet::ALL.iter().map(|set| set.name());
                self.config.schema_set = reader.name(value, "schema set", names, SchemaSet::from_name);
            }
            "select" => {
                let words = rule_words(reader, value, "`select`");
                // every word was looked up
                self.config.choice.select(&words).ok();
            }
            "ignore" => {
                let words = rule_words(reader, value, "`ignore`");
                self.config.choice.ignore(&words).ok();
            }
            "rules" => self.each(reader, value, "`rules`", Self::rule),
            "policy" => self.each(reader, value, "`policy`", Self::switch),
            "schemas" => self.each(reader, value, "`schemas`", Self::schema),
            "tracking-plan" => plan::read(reader, value, &mut self.user),
            other => reader.unknown(key.span(), "key", other, KEYS.into_iter()),
        }
    }

    fn each<'i>(
        &mut self,
        reader: &mut Reader<'i>,
        value: &Val<'i>,
        what: &str,
        entry: fn(&mut Self, &mut Reader<'i>, &Key<'i>, &Val<'i>),
    ) {
        for (key, value) in reader.table(value, what).into_iter().flatten() {
            entry(self, reader, key, value);
        }
    }

    /// `[rules.NAME]`: its level and its numbers.
    fn rule<'i>(&mut self, reader: &mut Reader<'i>, key: &Key<'i>, value: &Val<'i>) {
        let Some(rule) = rule_of(reader, key) else { return };
        let name = rule.meta.name;
        for (key, value) in reader.table(value, &format!("`{name}`")).into_iter().flatten() {
            let written = &**key.get_ref();
            let number = Numbers::of_rule(name).find(|number| number.key == written);
            if written == "level" {
                let names = Level::ALL.iter().map(|level| level.name());
                if let Some(level) = reader.name(value, "level", names, Level::from_name) {
                    self.config.choice.set_level(rule, level);
                }
            } else if let Some(number) = number {
                self.config.numbers.extend(number_value(reader, number, value));
            } else {
                let known: Vec<&str> = Numbers::of_rule(name).map(|number| number.key).collect();
                let known = std::iter::once("level").chain(known.iter().copied());
                reader.unknown(key.span(), &format!("setting of `{name}` called"), written, known);
            }
        }
    }

    /// `[policy]`: one reading per switch.
    fn switch<'i>(&mut self, reader: &mut Reader<'i>, key: &Key<'i>, value: &Val<'i>) {
        let written = &**key.get_ref();
        let Some(switch) = SWITCHES.iter().find(|switch| switch.name == written) else {
            reader.unknown(key.span(), "switch", written, SWITCHES.iter().map(|switch| switch.name));
            return;
        };
        let names = switch.readings.iter().map(|reading| reading.name);
        let find = |name: &str| switch.readings.iter().find(|reading| reading.name == name);
        if let Some(reading) = reader.name(value, &format!("reading of `{}`", switch.name), names, find) {
            self.config.policy.push((switch.name, reading.name));
        }
    }

    /// `[schemas]`: a file per event type, or for all.
    fn schema<'i>(&mut self, reader: &mut Reader<'i>, key: &Key<'i>, value: &Val<'i>) {
        let types = types_of(reader, key);
        if let (Some(types), Some(path)) = (types, reader.text(value, "the path of a schema")) {
            let (line, column) = reader.place(value.span().start);
            self.wanted.push(WantedSchema { types, path: path.to_owned(), line, column });
        }
    }
}

/// The event types that a key stands for.
pub(super) fn types_of<'i>(reader: &mut Reader<'i>, key: &Key<'i>) -> Option<Vec<EventType>> {
    let written = &**key.get_ref();
    if written == ALL {
        return Some(EventType::ALL.to_vec());
    }
    let found = EventType::from_name(written);
    if found.is_none() {
        let names = EventType::ALL.iter().map(|known| known.name());
        reader.unknown(key.span(), "event type", written, names.chain(std::iter::once(ALL)));
    }
    found.map(|found| vec![found])
}

fn rule_of(reader: &mut Reader<'_>, key: &Key<'_>) -> Option<&'static Rule> {
    let written = &**key.get_ref();
    match registry::find(written) {
        Some(rule) if rule.meta.name == written => Some(rule),
        Some(rule) => {
            let message = format!("rules are set by name: write `{}` for {}", rule.meta.name, rule.meta.code);
            reader.error(key.span(), message);
            None
        }
        None => {
            reader.unknown(key.span(), "rule", written, rules::all().map(|rule| rule.meta.name));
            None
        }
    }
}

/// A list of codes, names and family letters, without the words that name no rule.
fn rule_words<'i>(reader: &mut Reader<'i>, value: &Val<'i>, what: &str) -> Vec<String> {
    let items = reader.list(value, what).unwrap_or_default();
    let mut known = Vec::new();
    for item in items {
        let Some(word) = reader.text(item, &format!("a rule in {what}")) else { continue };
        match rules_named(word) {
            Ok(_) => known.push(word.to_owned()),
            Err(error) => reader.error(item.span(), error.to_string()),
        }
    }
    known
}

fn number_value<'i>(
    reader: &mut Reader<'i>,
    info: &'static NumberInfo,
    value: &Val<'i>,
) -> Option<(&'static NumberInfo, f64)> {
    let what = format!("`{}` of `{}`", info.key, info.rule);
    let at: Range<usize> = value.span();
    match number(value.get_ref()) {
        Some(number) if (0.0..=info.max).contains(&number) => return Some((info, number)),
        Some(number) => reader.error(at, format!("{what} is {number}, it must be from 0 to {}", info.max)),
        None if value.get_ref().is_float() || value.get_ref().is_integer() => {
            reader.error(at, format!("{what} must be from 0 to {}", info.max));
        }
        None => reader.wrong_type(value, &what, "a number"),
    }
    None
}

fn add_schema(
    user: &mut UserSchemas,
    wanted: &WantedSchema,
    schema: &Result<Vec<u8>, String>,
) -> Result<(), String> {
    let bytes = schema.as_ref().map_err(Clone::clone)?;
    let schema = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    user.add_schema(&wanted.types, &wanted.path, &schema).map_err(|fault| fault.to_string())
}

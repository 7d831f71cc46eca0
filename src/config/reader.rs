//! Values with their places, and the errors that are collected while they are read.

use std::ops::Range;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::ConfigError;
use crate::model::spelling;

/// A key with its place.
pub(super) type Key<'i> = Spanned<DeString<'i>>;
/// A value with its place.
pub(super) type Val<'i> = Spanned<DeValue<'i>>;

/// The text that is read, and what is wrong with it.
pub(super) struct Reader<'i> {
    text: &'i str,
    pub(super) errors: Vec<ConfigError>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        Self { text, errors: Vec::new() }
    }

    /// The whole text as a document; `None` when it is none, with what is wrong.
    pub(super) fn document(&mut self) -> Option<Spanned<DeTable<'i>>> {
        let (document, faults) = DeTable::parse_recoverable(self.text);
        for fault in &faults {
            // the parser's words go on in lines of their own
            let words = fault.message().lines().collect::<Vec<_>>().join(", ");
            self.error(fault.span().unwrap_or_default(), words);
        }
        faults.is_empty().then_some(document)
    }

    /// Line and column of an offset, from 1.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// Something is wrong there.
    pub(super) fn error(&mut self, at: Range<usize>, message: impl Into<String>) {
        let (line, column) = self.place(at.start);
        self.errors.push(ConfigError { line, column, message: message.into() });
    }

    /// Something is called by a name that nothing has: says what there is.
    pub(super) fn unknown<'a>(
        &mut self,
        at: Range<usize>,
        what: &str,
        written: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let mut message = format!("there is no {what} `{written}`");
        if let Some(meant) = spelling::nearest(written, known.clone()) {
            message.push_str(&format!(", did you mean `{meant}`?"));
        } else if known.clone().count() <= MAX_LISTED {
            let names: Vec<String> = known.map(|name| format!("`{name}`")).collect();
            message.push_str(&format!("; there is {}", names.join(", ")));
        }
        self.error(at, message);
    }

    /// The entries of a table.
    pub(super) fn table<'v>(&mut self, value: &'v Val<'i>, what: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, what, "a table");
        }
        table
    }

    /// A text.
    pub(super) fn text<'v>(&mut self, value: &'v Val<'i>, what: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, what, "a string");
        }
        text
    }

    /// True or false.
    pub(super) fn flag(&mut self, value: &Val<'i>, what: &str) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, what, "true or false");
        }
        flag
    }

    /// A list.
    pub(super) fn list<'v>(&mut self, value: &'v Val<'i>, what: &str) -> Option<&'v [Val<'i>]> {
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.wrong_type(value, what, "a list");
        }
        list.map(|list| &**list)
    }

    /// A name of a list, found by `find`.
    pub(super) fn name<'a, T>(
        &mut self,
        value: &Val<'i>,
        what: &str,
        known: impl Iterator<Item = &'a str> + Clone,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let written = self.text(value, what)?;
        let found = find(written);
        if found.is_none() {
            self.unknown(value.span(), what, written, known);
        }
        found
    }

    /// Says that a value is of another type.
    pub(super) fn wrong_type(&mut self, value: &Val<'i>, what: &str, expected: &str) {
        let is = match value.get_ref().type_str() {
            "integer" => "an integer",
            "array" => "a list",
            "float" => "a number",
            "boolean" => "true or false",
            "datetime" => "a date",
            "table" => "a table",
            _ => "a string",
        };
        self.error(value.span(), format!("{what} must be {expected}, not {is}"));
    }
}

/// A number of either kind; `None` when it is none, or none that exists.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok()? as f64,
        DeValue::Float(float) => float.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A text, number or flag as JSON has it; `None` for anything else.
pub(super) fn scalar(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::String(text.clone().into_owned())),
        DeValue::Boolean(flag) => Some(Value::Bool(*flag)),
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(Value::from)
        }
        DeValue::Float(_) => number(value).and_then(Number::from_f64).map(Value::Number),
        _ => None,
    }
}

/// Longer lists are not written out.
const MAX_LISTED: usize = 8;

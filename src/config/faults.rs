//! A file of faults for the collector (`collect --faults`): one table each, with the keys of `--fault`.
//!
//! ```toml
//! [[fault]]
//! status = 404
//! event = "ping"
//! after = 3
//! ```

use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::reader::{Reader, Val, scalar};
use crate::model::fault::{FILTERS, FaultSpec, KINDS, KeyInfo, ValueKind, from_entries};

/// The one key at the top.
const FAULT: &str = "fault";

/// The faults that a file asks for, in order.
///
/// # Errors
/// All that is wrong with it, in order.
pub fn read_faults(bytes: &[u8]) -> Result<Vec<FaultSpec>, Vec<ConfigError>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let text = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let mut reader = Reader::new(text);
        reader.error(text.len()..text.len(), "the file is no UTF-8 text");
        reader.errors
    })?;
    let mut reader = Reader::new(text);
    let document = reader.document().ok_or_else(|| std::mem::take(&mut reader.errors))?;
    let mut specs = Vec::new();
    for (key, value) in document.get_ref() {
        if key.get_ref() == FAULT {
            let faults = reader.list(value, "`fault`").unwrap_or_default();
            specs.extend(faults.iter().filter_map(|fault| one(&mut reader, fault)));
        } else {
            reader.unknown(key.span(), "key", key.get_ref(), std::iter::once(FAULT));
        }
    }
    reader.errors.sort();
    if reader.errors.is_empty() { Ok(specs) } else { Err(reader.errors) }
}

/// One `[[fault]]`.
fn one<'i>(reader: &mut Reader<'i>, value: &Val<'i>) -> Option<FaultSpec> {
    let table = reader.table(value, "a fault")?;
    let n_errors = reader.errors.len();
    let mut written: Vec<(&str, Option<String>)> = Vec::new();
    for (key, value) in table {
        let name = &**key.get_ref();
        match known().find(|known| known.name == name) {
            Some(known) => written.push((known.name, text_of(reader, known, value)?)),
            None => {
                reader.unknown(key.span(), "key of a fault called", name, known().map(|known| known.name))
            }
        }
    }
    if reader.errors.len() > n_errors {
        return None;
    }
    let entries: Vec<_> = written.iter().map(|(name, value)| (*name, value.as_deref())).collect();
    match from_entries(&entries) {
        Ok(spec) => Some(spec),
        Err(error) => {
            let place = place_of(table, &error.key).unwrap_or_else(|| value.span());
            reader.error(place, error.to_string());
            None
        }
    }
}

fn known() -> impl Iterator<Item = &'static KeyInfo> + Clone {
    KINDS.iter().chain(&FILTERS)
}

fn place_of(table: &DeTable<'_>, name: &str) -> Option<std::ops::Range<usize>> {
    table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value.span())
}

/// The value as `--fault` takes it; what takes none there is `true` here.
fn text_of<'i>(reader: &mut Reader<'i>, key: &KeyInfo, value: &Val<'i>) -> Option<Option<String>> {
    let plain = match value.get_ref() {
        DeValue::Boolean(true) => None,
        other => scalar(other).map(|scalar| match scalar {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        }),
    };
    let is_text = value.get_ref().is_str();
    let is_true = matches!(value.get_ref(), DeValue::Boolean(true));
    let (fits, expected) = match key.value {
        ValueKind::Nothing => (is_true, "true"),
        ValueKind::BeforeAfter => (is_true || is_text, "true, \"before\" or \"after\""),
        ValueKind::EventType | ValueKind::Operation => (is_text, "a string"),
        ValueKind::Session => (is_text || value.get_ref().is_integer(), "an integer or a string"),
        ValueKind::Share => (value.get_ref().is_float() || value.get_ref().is_integer(), "a number"),
        ValueKind::Millis | ValueKind::SignedMillis | ValueKind::Status | ValueKind::From(_) => {
            (value.get_ref().is_integer(), "an integer")
        }
    };
    if fits {
        return Some(plain);
    }
    reader.wrong_type(value, &format!("`{}`", key.name), expected);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, Vec<String>> {
        let specs = read_faults(text.as_bytes());
        specs
            .map(|specs| specs.iter().map(ToString::to_string).collect())
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_fault_of_a_file_is_read_in_order() {
        let text = r#"
            [[fault]]
            status = 404
            event = "ping"
            after = 3

            [[fault]]
            seed = 7
            share = 0.1
            delay = 1500

            [[fault]]
            drop = true
            session = 2

            [[fault]]
            drop = "after"
            session = "0123456789abcdef"

            [[fault]]
            half = true
            endpoint = "events"
            every = 0x10

            [[fault]]
            no-location = true
            count = 1

            [[fault]]
            skew = -3600000
        "#;
        assert_eq!(
            read(text).expect("right"),
            [
                "status=404@event=ping,after=3",
                "delay=1500@share=0.1,seed=7",
                "drop@session=2",
                "drop=after@session=0123456789abcdef",
                "half@endpoint=events,every=16",
                "no-location@count=1",
                "skew=-3600000",
            ]
        );
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        for (text, message) in [
            ("faults = 1", "1:1: there is no key `faults`, did you mean `fault`?"),
            ("fault = 1", "1:9: `fault` must be a list, not an integer"),
            ("fault = [1]", "1:10: a fault must be a table, not an integer"),
            (
                "[[fault]]\nstauts = 404",
                "2:1: there is no key of a fault called `stauts`, did you mean `status`?",
            ),
            ("[[fault]]\nstatus = \"404\"", "2:10: `status` must be an integer, not a string"),
            ("[[fault]]\nstatus = 200", "2:10: `status` must be from 400 to 599, not `200`"),
            ("[[fault]]\nhalf = false", "2:8: `half` must be true, not true or false"),
            (
                "[[fault]]\nhalf = true\ndrop = true",
                "2:8: `half` is a fault of its own, ask for it separately",
            ),
            (
                "[[fault]]\nhalf = true\nevent = \"pign\"",
                "3:9: there is no event type `pign`, did you mean `ping`?",
            ),
            ("[[fault]]\nhalf = true\nseed = 1", "3:8: `seed` goes with `share`"),
            (
                "[[fault]]\nevent = \"ping\"",
                "1:1: it needs one of `delay`, `slow-session`, `status`, `drop`, `half`, `no-location`, `skew`",
            ),
            ("[[fault]]\nhalf = ", "2:8: string values must be quoted, expected literal string"),
        ] {
            assert_eq!(read(text), Err(vec![message.to_owned()]), "{text}");
        }
        assert_eq!(
            read_faults(b"[[fault]]\n\xff").expect_err("no text")[0].to_string(),
            "2:1: the file is no UTF-8 text"
        );
        let both = read("[[fault]]\nhalf = 1\n[[fault]]\nhalf = 2").expect_err("wrong");
        assert_eq!(both.len(), 2, "all are told: {both:?}");
    }
}

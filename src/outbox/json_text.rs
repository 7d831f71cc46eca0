//! Places in JSON text, so that a value can be replaced and every other byte stays as it was.
//!
//! Nothing here builds a tree: text is checked by the parser and cut at the places it reports.

use crate::model::json;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::ops::Range;

/// One member of a JSON object: where its key and its value stand in the text of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key, escapes resolved.
    pub key: String,
    /// Bytes of the key with its quotes.
    pub key_span: Range<usize>,
    /// Bytes of the value.
    pub value_span: Range<usize>,
}

/// The members of the object that `text` is, in order; `None` when it is no JSON object.
#[must_use]
pub fn members(text: &str) -> Option<Vec<Member>> {
    struct Object<'a>(&'a str);
    impl<'a> Visitor<'a> for Object<'a> {
        type Value = Vec<Member>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<&'a RawValue, &'a RawValue>()? {
                let name = serde_json::from_str(key.get()).map_err(serde::de::Error::custom)?;
                let (key_span, value_span) = (span_in(self.0, key), span_in(self.0, value));
                members.push(Member { key: name, key_span, value_span });
            }
            Ok(members)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let members = reader.deserialize_map(Object(text)).ok()?;
    reader.end().ok()?;
    Some(members)
}

/// Where the elements of the array that `text` is stand; `None` when it is no JSON array.
#[must_use]
pub fn elements(text: &str) -> Option<Vec<Range<usize>>> {
    struct Array<'a>(&'a str);
    impl<'a> Visitor<'a> for Array<'a> {
        type Value = Vec<Range<usize>>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an array")
        }
        fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut spans = Vec::new();
            while let Some(value) = seq.next_element::<&'a RawValue>()? {
                spans.push(span_in(self.0, value));
            }
            Ok(spans)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let spans = reader.deserialize_seq(Array(text)).ok()?;
    reader.end().ok()?;
    Some(spans)
}

/// True when `text` is one JSON value.
#[must_use]
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Where a value that was borrowed from `text` stands in it.
fn span_in(text: &str, value: &RawValue) -> Range<usize> {
    let start = value.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + value.get().len()
}

/// The member that a reader of JSON takes when a key is there twice: the last one.
fn last<'m>(members: &'m [Member], key: &str) -> Option<&'m Member> {
    members.iter().rev().find(|m| m.key == key)
}

/// The `playerTime.ts` of an event: its value, and the digits that stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TsPlace {
    /// Milliseconds; of a number with a fraction the whole part.
    pub value: i64,
    /// The bytes of the event's text to replace; a fraction stays outside.
    pub span: Range<usize>,
}

/// What sending needs to know of one event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventPlaces {
    /// `eventType` as it stands there, known to the API or not.
    pub event_type: Option<String>,
    /// `playerTime.ts`, when it is a number that can be moved.
    pub ts: Option<TsPlace>,
}

/// Finds `eventType` and `playerTime.ts` in the text of one event; empty for any other JSON.
#[must_use]
pub fn event_places(text: &str) -> EventPlaces {
    let Some(top) = members(text) else { return EventPlaces::default() };
    let event_type =
        last(&top, "eventType").and_then(|m| serde_json::from_str(&text[m.value_span.clone()]).ok());
    let ts = last(&top, "playerTime").and_then(|time| {
        let time_text = &text[time.value_span.clone()];
        let inner = members(time_text)?;
        let number = last(&inner, "ts")?.value_span.clone();
        let mut place = number_place(&time_text[number.clone()])?;
        let start = time.value_span.start + number.start;
        place.span = start + place.span.start..start + place.span.end;
        Some(place)
    });
    EventPlaces { event_type, ts }
}

/// Reads a JSON number as milliseconds. `1.5e3` is replaced as a whole, `1500.25` keeps its `.25`.
fn number_place(literal: &str) -> Option<TsPlace> {
    let whole = literal.split('.').next().unwrap_or(literal);
    if !literal.contains(['e', 'E']) {
        let value = whole.parse().ok()?;
        // A negative number with a fraction would change its value when only the digits move.
        let movable = whole.len() == literal.len() || !literal.starts_with('-');
        return movable.then_some(TsPlace { value, span: 0..whole.len() });
    }
    let value: f64 = literal.parse().ok()?;
    let exact = value.fract() == 0.0 && value.abs() < 9e15;
    exact.then_some(TsPlace { value: value as i64, span: 0..literal.len() })
}

/// `event` with its `ts` moved by `shift_millis`; every other byte as it was.
#[must_use]
pub fn with_ts_moved(event: &str, ts: Option<&TsPlace>, shift_millis: i64) -> String {
    match ts {
        Some(ts) if shift_millis != 0 => {
            let moved = ts.value.saturating_add(shift_millis);
            format!("{}{moved}{}", &event[..ts.span.start], &event[ts.span.end..])
        }
        _ => event.to_owned(),
    }
}

/// `event` without the member `key` of its `params`; every other byte as it was.
#[must_use]
pub fn without_param(event: &str, key: &str) -> String {
    let mut text = event.to_owned();
    while let Some(cut) = param_cut(&text, key) {
        text.replace_range(cut, "");
    }
    text
}

/// The bytes of the first `params` member named `key`, with the one comma that goes with it.
fn param_cut(event: &str, key: &str) -> Option<Range<usize>> {
    let top = members(event)?;
    let params_span = last(&top, "params")?.value_span.clone();
    let params = members(&event[params_span.clone()])?;
    let cut = member_cut(&params, params.iter().position(|m| m.key == key)?)?;
    Some(params_span.start + cut.start..params_span.start + cut.end)
}

/// The bytes of a member with the one comma that goes with it.
pub(super) fn member_cut(members: &[Member], at: usize) -> Option<Range<usize>> {
    let member = members.get(at)?;
    Some(match (members.get(at.wrapping_sub(1)), members.get(at + 1)) {
        (_, Some(next)) => member.key_span.start..next.key_span.start,
        (Some(previous), None) => previous.value_span.end..member.value_span.end,
        (None, None) => member.key_span.start..member.value_span.end,
    })
}

/// Where the value at a JSON pointer stands in the JSON `text`; `None` when there is none, or `text` is no JSON.
#[must_use]
pub fn find(text: &str, pointer: &str) -> Option<Range<usize>> {
    if !is_json(text) || !(pointer.is_empty() || pointer.starts_with('/')) {
        return None;
    }
    let start = text.len() - text.trim_start().len();
    let found = json::find_exact(text.trim().as_bytes(), pointer)?;
    Some(start + found.start..start + found.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_move(event: &str, shift: i64, expected: &str) {
        assert_eq!(with_ts_moved(event, event_places(event).ts.as_ref(), shift), expected);
    }

    #[test]
    fn only_the_digits_of_ts_change() {
        check_move(
            " { \"eventType\":\"pl\\u0061y\" , \"playerTime\" : {\"playhead\": 1.50, \"ts\" : 1000 } }\n",
            234,
            " { \"eventType\":\"pl\\u0061y\" , \"playerTime\" : {\"playhead\": 1.50, \"ts\" : 1234 } }\n",
        );
        check_move(r#"{"playerTime":{"ts":9}}"#, 1, r#"{"playerTime":{"ts":10}}"#);
        check_move(r#"{"playerTime":{"t\u0073":5}}"#, -6, r#"{"playerTime":{"t\u0073":-1}}"#);
    }

    #[test]
    fn a_ts_in_another_number_form_moves_too() {
        check_move(r#"{"playerTime":{"ts":1000.25}}"#, 1, r#"{"playerTime":{"ts":1001.25}}"#);
        check_move(r#"{"playerTime":{"ts":1e3}}"#, 1, r#"{"playerTime":{"ts":1001}}"#);
    }

    #[test]
    fn what_is_no_ts_stays() {
        for event in [
            r#"{"playerTime":{"ts":"1000"}}"#,
            r#"{"playerTime":{"ts":null}}"#,
            r#"{"playerTime":{"ts":1.5e-3}}"#,
            r#"{"playerTime":[{"ts":1}]}"#,
            r#"{"ts":1,"params":{"ts":2}}"#,
            "[1]",
            "{",
            "",
        ] {
            check_move(event, 7, event);
        }
    }

    #[test]
    fn of_two_members_with_one_name_the_last_counts() {
        let event = r#"{"eventType":"play","eventType":"ping","playerTime":{"ts":1,"ts":2}}"#;
        assert_eq!(event_places(event).event_type.as_deref(), Some("ping"));
        check_move(event, 5, r#"{"eventType":"play","eventType":"ping","playerTime":{"ts":1,"ts":7}}"#);
    }

    #[test]
    fn a_param_is_taken_out_with_its_comma() {
        let table = [
            (r#"{"params":{"a":1, "d":true, "b":2}}"#, r#"{"params":{"a":1, "b":2}}"#),
            (r#"{"params":{ "d":true , "b":2 }}"#, r#"{"params":{ "b":2 }}"#),
            (r#"{"params":{"a":1, "d":true }}"#, r#"{"params":{"a":1 }}"#),
            (r#"{"params":{"d":true}}"#, r#"{"params":{}}"#),
            (r#"{"params":{"d":1,"a":1,"d":2}}"#, r#"{"params":{"a":1}}"#),
            (r#"{"d":1,"params":{"a":{"d":1}}}"#, r#"{"d":1,"params":{"a":{"d":1}}}"#),
            (r#"{"params":[1]}"#, r#"{"params":[1]}"#),
        ];
        for (event, expected) in table {
            assert_eq!(without_param(event, "d"), expected);
        }
    }

    #[test]
    fn elements_are_cut_where_they_stand() {
        let text = " [ {\"a\":[1]} ,\t2 ]\n";
        let cut: Vec<&str> = elements(text).expect("an array").into_iter().map(|s| &text[s]).collect();
        assert_eq!(cut, [r#"{"a":[1]}"#, "2"]);
        assert_eq!(elements("[1] 2"), None);
        assert_eq!(elements("{}"), None);
        assert_eq!(members("{} x"), None);
    }
}

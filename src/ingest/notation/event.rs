//! The event of a notation line: what makes it correct, and the words that change it.

use serde_json::{Map, Value, json};

use super::line::Word;
use super::playback::Moment;
use super::scene::{Content, Delivery, Scene};
use crate::model::event_type::EventType;
use crate::model::json::pointer_tokens;
use crate::model::parameter::Parameter;

/// An event before its words are applied: when and where it happens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Happening<'a> {
    pub type_name: &'a str,
    pub event_type: Option<EventType>,
    /// Seconds after `+0`.
    pub offset: f64,
    pub moment: Moment,
    /// Length of the ad or chapter that it starts, seconds, where the text shows its end.
    pub length_secs: Option<f64>,
}

/// The text of an event, or of what is sent in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub text: String,
    /// Not to be read as it is, but by the loose reader.
    pub is_loose: bool,
}

/// The text of the event, with what `words` change; what they get wrong goes to `faults`.
pub(super) fn text(
    scene: &Scene,
    happening: Happening<'_>,
    words: &[Word],
    fault: &mut impl FnMut(&Word, &str),
) -> Text {
    let ts = ts_millis(scene, happening.offset);
    let mut event = defaults(scene, happening, ts);
    let mut instead = None;
    let start_words =
        scene.start_words.iter().filter(|_| happening.event_type == Some(EventType::SessionStart));
    for word in start_words.chain(words) {
        match word.name.as_str() {
            "raw" | "loose" => {
                let text = word.text().replace("$ts", &ts.to_string());
                let text = text.replace("$ph", &number(happening.moment.playhead).to_string());
                instead = Some(Text { text, is_loose: word.name == "loose" });
            }
            _ => {
                if let Err(expected) = apply(scene, happening, &mut event, word) {
                    fault(word, expected);
                }
            }
        }
    }
    instead.unwrap_or_else(|| Text { text: event.to_string(), is_loose: false })
}

/// The client's clock at `offset` seconds after `+0`.
fn ts_millis(scene: &Scene, offset: f64) -> i64 {
    (scene.base_millis + (offset + scene.skew_secs) * 1000.0).round() as i64
}

/// Whole numbers without a fraction, as players write them.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 { json!(value as i64) } else { json!(value) }
}

fn defaults(scene: &Scene, happening: Happening<'_>, ts: i64) -> Value {
    let moment = happening.moment;
    let mut event = json!({
        "eventType": happening.type_name,
        "playerTime": {"playhead": number(moment.playhead), "ts": ts},
    });
    let length = |default: f64| number(happening.length_secs.unwrap_or(default));
    let (member, value) = match happening.event_type {
        Some(EventType::SessionStart) => ("params", start_params(scene)),
        Some(EventType::AdBreakStart) => (
            "params",
            json!({
                "media.ad.podIndex": moment.pod_index,
                "media.ad.podSecond": number(moment.playhead),
            }),
        ),
        Some(EventType::AdStart) => (
            "params",
            json!({
                "media.ad.id": format!("ad-{}-{}", moment.pod_index, moment.pod_position),
                "media.ad.length": length(15.0),
                "media.ad.podPosition": moment.pod_position,
                "media.ad.playerName": "example-player",
            }),
        ),
        Some(EventType::ChapterStart) => (
            "params",
            json!({
                "media.chapter.index": moment.chapter_index,
                "media.chapter.offset": number(moment.playhead),
                "media.chapter.length": length(20.0),
            }),
        ),
        Some(EventType::StateStart | EventType::StateEnd) => ("params", json!({"media.state.name": "mute"})),
        Some(EventType::StatesUpdate) => ("params", json!({"statesStart": [{"media.state.name": "mute"}]})),
        Some(EventType::BitrateChange) => {
            ("qoeData", json!({"media.qoe.bitrate": 2000 + 500 * moment.bitrate_change}))
        }
        Some(EventType::Error) => {
            ("qoeData", json!({"media.qoe.errorID": "E-1", "media.qoe.errorSource": "player"}))
        }
        _ => return event,
    };
    event[member] = value;
    event
}

/// The eight required parameters, and the two without which reports are poorer.
fn start_params(scene: &Scene) -> Value {
    let (content_type, stream_type, length) = match scene.content {
        Content::Vod => ("vod", "video", 60),
        Content::Live => ("live", "video", 86_400),
        Content::Audio => ("song", "audio", 60),
    };
    let mut params = json!({
        "analytics.trackingServer": "metrics.example.com",
        "analytics.reportSuite": "examplesuite",
        "visitor.marketingCloudOrgId": "0123456789ABCDEF01234567@AdobeOrg",
        "visitor.marketingCloudUserId": "60527231337442986113254188072231110981",
        "media.id": "content-1",
        "media.length": length,
        "media.contentType": content_type,
        "media.streamType": stream_type,
        "media.playerName": "example-player",
        "media.channel": "example-channel",
    });
    if matches!(scene.delivery, Delivery::Batch | Delivery::Legacy) {
        params["media.downloaded"] = json!(true);
    }
    params
}

fn apply(
    scene: &Scene,
    happening: Happening<'_>,
    event: &mut Value,
    word: &Word,
) -> Result<(), &'static str> {
    if let Some(pointer) = word.name.strip_prefix("json:") {
        return match pointer.strip_prefix('-') {
            Some(pointer) => set(event, &steps(pointer)?, None),
            None => set(event, &steps(pointer)?, Some(word.value.clone().ok_or(EXPECTED_VALUE)?)),
        };
    }
    let (name, value) = match (word.name.strip_prefix('-'), &word.value) {
        (Some(name), None) => (name, None),
        (None, Some(value)) => (word.name.as_str(), Some(value.clone())),
        _ => return Err(EXPECTED_VALUE),
    };
    let value = match (name, value) {
        // ts=+12.5 counts from the start of the session, any other value is taken as it is.
        ("ts", Some(Value::String(text))) => match text.strip_prefix('+').and_then(super::line::seconds) {
            Some(offset) => Some(json!(ts_millis(scene, offset))),
            None => Some(Value::String(text)),
        },
        (_, value) => value,
    };
    set(event, &place(name, happening.event_type), value)
}

const EXPECTED_VALUE: &str = "expected name=value, -name, json:/pointer=value or json:-/pointer";

/// Where a name of the notation stands in the event.
fn place(name: &str, event_type: Option<EventType>) -> Vec<String> {
    let path = |parts: [&str; 2]| parts.map(str::to_owned).to_vec();
    match name {
        "ph" | "playhead" => return path(["playerTime", "playhead"]),
        "ts" => return path(["playerTime", "ts"]),
        "eventType" | "playerTime" | "params" | "qoeData" | "customMetadata" => return vec![name.to_owned()],
        _ => {}
    }
    for (prefix, member) in [("meta.", "customMetadata"), ("params.", "params"), ("qoe.", "qoeData")] {
        if let Some(key) = name.strip_prefix(prefix) {
            return path([member, key]);
        }
    }
    if name.starts_with("media.qoe.") {
        return path(["qoeData", name]);
    }
    let prefixed = short_for(event_type).map(|prefix| format!("{prefix}{name}"));
    match prefixed.as_deref().and_then(Parameter::known_anywhere) {
        Some(known) => path([known.section.member().unwrap_or("params"), known.key]),
        None => path(["params", name]),
    }
}

/// What may be left out before a name on a line of this type: `adStart length=15`.
fn short_for(event_type: Option<EventType>) -> Option<&'static str> {
    Some(match event_type? {
        EventType::SessionStart => "media.",
        EventType::AdBreakStart | EventType::AdStart => "media.ad.",
        EventType::ChapterStart => "media.chapter.",
        EventType::StateStart | EventType::StateEnd => "media.state.",
        EventType::BitrateChange | EventType::Error => "media.qoe.",
        _ => return None,
    })
}

fn steps(pointer: &str) -> Result<Vec<String>, &'static str> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err("expected a JSON pointer that begins with /");
    }
    Ok(pointer_tokens(pointer))
}

/// Sets (or, with `None`, removes) what stands at `path`. Objects on the way are made where they are missing.
fn set(event: &mut Value, path: &[String], value: Option<Value>) -> Result<(), &'static str> {
    let Some((last, way)) = path.split_last() else {
        *event = value.unwrap_or(Value::Null);
        return Ok(());
    };
    let mut at = event;
    for step in way {
        at = match at {
            Value::Array(items) => {
                let index: usize = step.parse().map_err(|_| NOT_THERE)?;
                items.get_mut(index).ok_or(NOT_THERE)?
            }
            Value::Object(map) if value.is_some() || map.contains_key(step) => {
                map.entry(step).or_insert_with(|| Value::Object(Map::new()))
            }
            // What is to be removed is not there.
            Value::Object(_) if value.is_none() => return Ok(()),
            _ => return Err(NOT_THERE),
        };
    }
    match (at, value) {
        (Value::Object(map), Some(value)) => drop(map.insert(last.clone(), value)),
        (Value::Object(map), None) => drop(map.shift_remove(last)),
        (Value::Array(items), value) => {
            let index: usize = last.parse().map_err(|_| NOT_THERE)?;
            match value {
                Some(value) if index < items.len() => items[index] = value,
                Some(value) if index == items.len() => items.push(value),
                None if index < items.len() => drop(items.remove(index)),
                _ => return Err(NOT_THERE),
            }
        }
        _ => return Err(NOT_THERE),
    }
    Ok(())
}

const NOT_THERE: &str = "expected a place that the event has (a member of an object, an item of an array)";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn placed(name: &str, event_type: EventType) -> String {
        place(name, Some(event_type)).join(" ")
    }

    #[test]
    fn names_find_their_place_in_the_event() {
        use EventType::{AdStart, BitrateChange, ChapterStart, Ping, SessionStart, StateEnd};
        let table = [
            ("length", SessionStart, "params media.length"),
            ("length", AdStart, "params media.ad.length"),
            ("offset", ChapterStart, "params media.chapter.offset"),
            ("name", StateEnd, "params media.state.name"),
            ("bitrate", BitrateChange, "qoeData media.qoe.bitrate"),
            ("media.qoe.bitrate", Ping, "qoeData media.qoe.bitrate"),
            ("params.media.qoe.bitrate", Ping, "params media.qoe.bitrate"),
            ("meta.my key", SessionStart, "customMetadata my key"),
            ("a", SessionStart, "params a"),
            ("media.ad.id", Ping, "params media.ad.id"),
            ("ph", Ping, "playerTime playhead"),
            ("ts", Ping, "playerTime ts"),
            ("params", Ping, "params"),
        ];
        for (name, event_type, expected) in table {
            assert_eq!(placed(name, event_type), expected);
        }
    }

    #[test]
    fn anything_can_be_set_and_removed_by_pointer() {
        let mut event = json!({"a": {"b": [1, 2]}});
        let mut change = |pointer: &str, value: Option<Value>| {
            steps(pointer).and_then(|steps| set(&mut event, &steps, value)).map(|()| event.to_string())
        };
        assert_eq!(change("/a/b/0", Some(json!(9))).as_deref(), Ok(r#"{"a":{"b":[9,2]}}"#));
        assert_eq!(change("/a/b/1", None).as_deref(), Ok(r#"{"a":{"b":[9]}}"#));
        assert_eq!(change("/c~1d/e", Some(json!(1))).as_deref(), Ok(r#"{"a":{"b":[9]},"c/d":{"e":1}}"#));
        assert_eq!(change("/x/y", None).as_deref(), Ok(r#"{"a":{"b":[9]},"c/d":{"e":1}}"#));
        assert!(change("/a/b/7", None).is_err() && change("a", None).is_err());
        assert_eq!(change("", Some(json!(5))).as_deref(), Ok("5"));
        assert!(change("/a", Some(json!(5))).is_err());
    }
}

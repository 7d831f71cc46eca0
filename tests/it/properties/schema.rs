//! Faults of single events: members, parameters, types (family S).

use playtrace::model::event_type::EventType::*;
use playtrace::player::capture::PlayedBody;
use serde_json::{Value, json};

use super::mutation::{Draft, Mutation, breaks, carried};

/// Types that change nothing in a session.
const HARMLESS: [&str; 3] = ["ping", "bitrateChange", "error"];

/// The faults of the family.
pub const TABLE: &[Mutation] = &[
    breaks("MC-S001", "a ping is a text", |draft| {
        *draft.body(|body| is(body, &["ping"]))? = json!("ping");
        Some(())
    }),
    breaks("MC-S001", "a body is cut off", |draft| {
        let index = draft.request(|request| carried(request).is_some_and(|name| HARMLESS.contains(&name)))?;
        let request = &mut draft.requests()?[index];
        request.body = PlayedBody::Text(r#"{"eventType":"ping","playerTime":{"playhead":1"#.to_owned());
        Some(())
    }),
    breaks("MC-S002", "a type that nobody knows", |draft| {
        draft.body(|body| is(body, &HARMLESS))?["eventType"] = json!("heartbeat");
        Some(())
    }),
    breaks("MC-S002", "pauseStart is called pause", |draft| {
        draft.body(|body| is(body, &["pauseStart"]))?["eventType"] = json!("pause");
        Some(())
    }),
    breaks("MC-S002", "a type in capitals", |draft| {
        draft.body(|body| is(body, &HARMLESS))?["eventType"] = json!("PING");
        Some(())
    }),
    breaks("MC-S003", "no playerTime", |draft| remove(draft, &HARMLESS, "", "playerTime")),
    breaks("MC-S003", "no playhead", |draft| remove(draft, &HARMLESS, "/playerTime", "playhead")),
    breaks("MC-S003", "no ts", |draft| remove(draft, &HARMLESS, "/playerTime", "ts")),
    breaks("MC-S003", "no eventType", |draft| remove(draft, &HARMLESS, "", "eventType")),
    breaks("MC-S003", "no params on chapterStart", |draft| remove(draft, &["chapterStart"], "", "params")),
    breaks("MC-S004", "no channel", |draft| remove(draft, &["sessionStart"], "/params", "media.channel")),
    breaks("MC-S004", "no length", |draft| remove(draft, &["sessionStart"], "/params", "media.length")),
    breaks("MC-S004", "no ad id", |draft| remove(draft, &["adStart"], "/params", "media.ad.id")),
    breaks("MC-S004", "no pod second", |draft| {
        remove(draft, &["adBreakStart"], "/params", "media.ad.podSecond")
    }),
    breaks("MC-S004", "no chapter length", |draft| {
        remove(draft, &["chapterStart"], "/params", "media.chapter.length")
    }),
    breaks("MC-S005", "a quoted length", |draft| quote(draft, "sessionStart", "/params/media.length")),
    breaks("MC-S005", "a quoted flag", |draft| quote(draft, "sessionStart", "/params/media.resume")),
    breaks("MC-S005", "a quoted playhead", |draft| quote(draft, "ping", "/playerTime/playhead")),
    breaks("MC-S005", "a quoted ts", |draft| quote(draft, "ping", "/playerTime/ts")),
    breaks("MC-S005", "a quoted ad length", |draft| quote(draft, "adStart", "/params/media.ad.length")),
    breaks("MC-S005", "an ad id that is a number", |draft| {
        put(draft, "adStart", "params", "media.ad.id", json!(77))
    }),
    breaks("MC-S005", "a ts with a fraction", |draft| {
        let body = draft.body(|body| is(body, &HARMLESS))?;
        let ts = body.pointer("/playerTime/ts")?.as_i64()? as f64;
        body["playerTime"]["ts"] = json!(ts + 0.5);
        Some(())
    }),
    breaks("MC-S005", "a media id that is null", |draft| {
        put(draft, "sessionStart", "params", "media.name", Value::Null)
    }),
    breaks("MC-S005", "a pod index with a fraction", |draft| {
        put(draft, "adBreakStart", "params", "media.ad.podIndex", json!(1.5))
    }),
    breaks("MC-S006", "a member too many", |draft| {
        draft.body(|body| is(body, &HARMLESS))?["sequence"] = json!(4);
        Some(())
    }),
    breaks("MC-S006", "a member too many in playerTime", |draft| {
        draft.body(|body| is(body, &HARMLESS))?["playerTime"]["speed"] = json!(1);
        Some(())
    }),
    breaks("MC-S007", "a parameter that nobody knows", |draft| {
        put(draft, "sessionStart", "params", "media.nmae", json!("Garden"))
    }),
    breaks("MC-S007", "a quality that nobody knows", |draft| {
        put(draft, "bitrateChange", "qoeData", "media.qoe.latency", json!(5))
    }),
    breaks("MC-S008", "an ad id on a break", |draft| {
        put(draft, "adBreakStart", "params", "media.ad.id", json!("a1"))
    }),
    breaks("MC-S008", "a media id on play", |draft| {
        put(draft, "play", "params", "media.id", json!("garden"))
    }),
    breaks("MC-S009", "a negative ad length", |draft| {
        put(draft, "adStart", "params", "media.ad.length", json!(-1))
    }),
    breaks("MC-S009", "a negative bitrate", |draft| {
        put(draft, "bitrateChange", "qoeData", "media.qoe.bitrate", json!(-5))
    }),
    breaks("MC-S010", "params on a ping", |draft| put(draft, "ping", "params", "media.id", json!("garden"))),
    breaks("MC-S011", "metadata that is a number", |draft| {
        put(draft, "sessionStart", "customMetadata", "plan", json!(3))
    }),
    breaks("MC-S011", "metadata that is nested", |draft| {
        put(draft, "adStart", "customMetadata", "plan", json!({"name": "x"}))
    }),
    breaks("MC-S012", "a metadata key with a space", |draft| {
        put(draft, "sessionStart", "customMetadata", "my plan", json!("premium"))
    }),
    breaks("MC-S013", "the same key twice", |draft| {
        let index = draft.request(|request| carried(request).is_some_and(|name| HARMLESS.contains(&name)))?;
        let request = &mut draft.requests()?[index];
        let name = carried(request)?.to_owned();
        let PlayedBody::Json(body) = &request.body else { return None };
        let twice = body.to_string().replacen('{', &format!(r#"{{"eventType":"{name}","#), 1);
        request.body = PlayedBody::Text(twice);
        Some(())
    }),
    breaks("MC-S015", "members are renamed", |draft| {
        let body = draft.body(|body| is(body, &HARMLESS))?;
        let time = &body["playerTime"];
        *body = json!({"a": {"b": time["playhead"], "c": time["ts"]}, "d": body["eventType"]});
        Some(())
    }),
    breaks("MC-S015", "the ts is renamed", |draft| {
        let time = draft.body(|body| is(body, &HARMLESS))?["playerTime"].as_object_mut()?;
        let ts = time.shift_remove("ts")?;
        time.insert("t".to_owned(), ts);
        Some(())
    }),
    breaks("MC-S016", "playerTime is a text", |draft| {
        draft.body(|body| is(body, &HARMLESS))?["playerTime"] = json!("{playhead=0.0, ts=1767600000000}");
        Some(())
    }),
    breaks("MC-S004", "a chapter without index", |draft| {
        let place = draft.place(|at| at.is(ChapterStart))?;
        draft.event(place).params.remove("media.chapter.index")?;
        Some(())
    }),
];

fn is(body: &Value, types: &[&str]) -> bool {
    body["eventType"].as_str().is_some_and(|name| types.contains(&name))
}

fn remove(draft: &mut Draft, types: &[&str], parent: &str, key: &str) -> Option<()> {
    let has = |body: &Value| body.pointer(parent).is_some_and(|parent| parent.get(key).is_some());
    let body = draft.body(|body| is(body, types) && has(body))?;
    body.pointer_mut(parent)?.as_object_mut()?.shift_remove(key).map(drop)
}

fn quote(draft: &mut Draft, event_type: &str, pointer: &str) -> Option<()> {
    let body = draft.body(|body| is(body, &[event_type]) && body.pointer(pointer).is_some())?;
    let value = body.pointer_mut(pointer)?;
    *value = json!(value.to_string());
    Some(())
}

fn put(draft: &mut Draft, event_type: &str, member: &str, key: &str, value: Value) -> Option<()> {
    draft.body(|body| is(body, &[event_type]))?[member][key] = value;
    Some(())
}

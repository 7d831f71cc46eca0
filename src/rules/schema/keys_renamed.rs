//! MC-S015.

use serde_json::Value;

use super::Renamed;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::limits::YEAR_2000_MILLIS;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// At the top level or in `playerTime`, required keys are absent and unknown keys of one or two letters stand in
    /// their place. This is said once per event, instead of one finding for each key.
    ///
    /// ## Why it matters
    ///
    /// It is the mark of a code shrinker that renamed the fields of a class from which the JSON is made: the app works
    /// in development, and every request of the release build is refused with 400. Exclude those classes from
    /// renaming, or name their JSON fields explicitly.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping raw='{"eventType":"ping","playerTime":{"a":$ph,"b":$ts}}'   # error: keys-renamed
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: a player vendor's changelog (release 1.14.0 of its connector).
    pub static KEYS_RENAMED = {
        code: "MC-S015",
        name: "keys-renamed",
        summary: "Keys of one or two letters where required ones belong: a code shrinker",
        family: Schema,
        level: Error,
        certainty: Observed,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn keys_renamed(cx: &EventCx<'_>, objects: &[Renamed<'_>], first: &Renamed<'_>) -> Report {
    let list =
        |keys: fn(&Renamed<'_>) -> Vec<String>| objects.iter().flat_map(keys).collect::<Vec<_>>().join(", ");
    let short = list(|object| object.short.iter().map(|key| format!("`{key}`")).collect());
    let missing = list(|object| object.missing.iter().map(|key| format!("`{key}`")).collect());
    let message =
        format!("{short} stand where {missing} belong: the keys were renamed, as code shrinkers do");
    cx.report(message).pointer(first.pointer)
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let objects = super::renamed_keys(cx.violations);
    if let Some(first) = objects.first() {
        found.report(keys_renamed(cx, &objects, first));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let json = cx.json()?;
    let mut patch = Vec::new();
    let time = member_of(&json, "/playerTime", &["playerTime"], Value::is_object, &mut patch)
        .and_then(|pointer| json.pointer(&pointer))
        .unwrap_or(&Value::Null);
    // What an event needs is told by its value: the type by its name, a time in milliseconds by its size.
    member_of(&json, "/eventType", &["eventType"], is_type_name, &mut patch);
    let is_ts = |value: &Value| value.as_f64().is_some_and(|value| value >= YEAR_2000_MILLIS as f64);
    member_of(time, "/playerTime/ts", &KNOWN_TIMES, is_ts, &mut patch);
    let is_playhead = |value: &Value| value.is_number() && !is_ts(value);
    member_of(time, "/playerTime/playhead", &KNOWN_TIMES, is_playhead, &mut patch);
    let named: Vec<String> = patch.iter().filter_map(renaming).collect();
    Fix::proposed(format!("Rename {}", named.join(", ")), cx.patch(patch)?).filter(|_| !named.is_empty())
}

const KNOWN_TIMES: [&str; 2] = ["playhead", "ts"];

fn is_type_name(value: &Value) -> bool {
    value.as_str().is_some_and(|name| EventType::ALL.iter().any(|known| known.name() == name))
}

/// Looks for the member that belongs at `pointer`: when it is absent, the only shrunk key whose value it may be is
/// renamed. Gives the pointer at which its value stands in the event as it is.
fn member_of(
    object: &Value,
    pointer: &str,
    known: &[&str],
    fits: impl Fn(&Value) -> bool,
    patch: &mut Vec<PatchOp>,
) -> Option<String> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let members = object.as_object()?;
    if members.contains_key(name) {
        return Some(pointer.to_owned());
    }
    let mut candidates = members
        .iter()
        .filter(|(key, value)| super::is_shrunk(key) && !known.contains(&key.as_str()) && fits(value));
    let (key, _) = candidates.next()?;
    if candidates.next().is_some() {
        return None;
    }
    patch.push(PatchOp::Move { from: format!("{parent}/{key}"), path: pointer.to_owned() });
    Some(format!("/{key}"))
}

fn renaming(op: &PatchOp) -> Option<String> {
    let PatchOp::Move { from, path } = op else { return None };
    Some(format!("{} to {}", super::field(from), super::field(path)))
}

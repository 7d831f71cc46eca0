//! MC-S015.

use super::Renamed;
use crate::declare_rule;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
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

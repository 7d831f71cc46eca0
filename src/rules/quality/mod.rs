//! Family Q, quality: bitrate, dropped frames, time to start, errors.
//!
//! The values over a session come from [`crate::metrics::quality`], which keeps only changes. Values inside `params`
//! count where the policy takes them there (D3); else they are Q001, and no other rule misses them.

use serde_json::{Map, Value};

use super::context::EventCx;
use super::fix::PatchOp;
use super::rule::Rule;
use crate::model::parameter::{Parameter, Section};
use crate::model::policy::QoePlace;
use crate::schema::{Violation, ViolationKind};

mod bitrate_change_without_bitrate;
mod bitrate_change_without_change;
mod bitrate_unit_suspect;
mod dropped_frames_fell;
mod error_without_id;
mod qoe_in_params;
mod time_to_start_changed;
mod time_to_start_in_seconds;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &qoe_in_params::QOE_IN_PARAMS,
    &bitrate_unit_suspect::BITRATE_UNIT_SUSPECT,
    &dropped_frames_fell::DROPPED_FRAMES_FELL,
    &time_to_start_changed::TIME_TO_START_CHANGED,
    &bitrate_change_without_bitrate::BITRATE_CHANGE_WITHOUT_BITRATE,
    &bitrate_change_without_change::BITRATE_CHANGE_WITHOUT_CHANGE,
    &error_without_id::ERROR_WITHOUT_ID,
    &time_to_start_in_seconds::TIME_TO_START_IN_SECONDS,
];

/// True for a known key of `qoeData` that stands in `params` (Q001, D3).
pub(super) fn is_in_params(violation: &Violation) -> bool {
    let ViolationKind::ParamNotAllowed { name } = &violation.kind else { return false };
    violation.pointer.starts_with("/params/") && Parameter::find(Section::QoeData, name).is_some()
}

/// True when Q001 names the violation: the policy does not take quality values in `params`.
pub(super) fn is_named(cx: &EventCx<'_>, violation: &Violation) -> bool {
    cx.settings.policy.qoe_place == QoePlace::QoeDataOnly && is_in_params(violation)
}

/// The value of a quality key where it counts: in `qoeData`, or by the policy in `params`.
fn value<'a>(cx: &'a EventCx<'_>, key: &str) -> Option<&'a Value> {
    let json = cx.json()?;
    let in_params = || match cx.settings.policy.qoe_place {
        QoePlace::AlsoParams => json.get("params")?.get(key),
        QoePlace::QoeDataOnly => None,
    };
    json.get("qoeData").and_then(|of| of.get(key)).or_else(in_params)
}

/// What makes `qoeData` where an event has none.
fn make_qoe_data(json: &Value) -> Option<PatchOp> {
    let empty = || PatchOp::Add { path: "/qoeData".to_owned(), value: Value::Object(Map::new()) };
    json.get("qoeData").is_none().then(empty)
}

/// True when nothing can be said of what an event lacks: its text leaves something out or is no object, or `qoeData`
/// is no object (S005, S016).
fn is_unknown(cx: &EventCx<'_>) -> bool {
    let Some(json) = cx.json().filter(|json| json.is_object()) else { return true };
    cx.is_elided() || json.get("qoeData").is_some_and(|of| !of.is_object())
}

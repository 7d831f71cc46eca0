//! Family P, parameters: what the API takes without, but the reports need.
//!
//! A required parameter that is absent is S004 alone, one of the wrong type S005, a misspelled one S007: the rules here
//! judge values, and what the schema does not require. Text that leaves something out (K008) is not judged.

use serde_json::{Map, Value};

use super::context::EventCx;
use super::rule::Rule;
use super::schema;
use crate::model::event_type::EventType;
use crate::model::policy::{MetadataTypes, Policy};

mod content_type_outside_segments;
mod empty_media_id;
mod identity_changed;
mod length_missing_or_zero;
mod metadata_on_other_event;
mod no_visitor_identity;
mod org_id_malformed;
mod personal_data;
mod personal_data_suspected;
mod placeholder_value;
mod report_suite_malformed;
mod reserved_metadata_prefix;
mod stream_type_missing;
mod tracking_server_not_a_host;
mod visitor_id_on_timestamped_data;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &no_visitor_identity::NO_VISITOR_IDENTITY,
    &stream_type_missing::STREAM_TYPE_MISSING,
    &content_type_outside_segments::CONTENT_TYPE_OUTSIDE_SEGMENTS,
    &length_missing_or_zero::LENGTH_MISSING_OR_ZERO,
    &empty_media_id::EMPTY_MEDIA_ID,
    &reserved_metadata_prefix::RESERVED_METADATA_PREFIX,
    &metadata_on_other_event::METADATA_ON_OTHER_EVENT,
    &visitor_id_on_timestamped_data::VISITOR_ID_ON_TIMESTAMPED_DATA,
    &tracking_server_not_a_host::TRACKING_SERVER_NOT_A_HOST,
    &org_id_malformed::ORG_ID_MALFORMED,
    &report_suite_malformed::REPORT_SUITE_MALFORMED,
    &personal_data_suspected::PERSONAL_DATA_SUSPECTED,
    &identity_changed::IDENTITY_CHANGED,
    &placeholder_value::PLACEHOLDER_VALUE,
];

/// The content types of video that the built-in segments know.
const VIDEO_TYPES: [&str; 5] = ["vod", "live", "linear", "ugc", "dvod"];
/// Those of audio, and `aod`, a constant of the SDKs.
const AUDIO_TYPES: [&str; 5] = ["song", "podcast", "audiobook", "radio", "aod"];

/// True when a content type is one of `known`, letter case aside.
fn is_one_of(known: &[&str], content_type: &str) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(content_type))
}

/// A member of an event that can be judged: an object, of text that leaves nothing out.
fn member<'a>(cx: &'a EventCx<'_>, name: &str) -> Option<&'a Map<String, Value>> {
    if cx.is_elided() {
        return None;
    }
    cx.json()?.get(name)?.as_object()
}

/// A text in `params`, without white space around it; `None` when it is absent (S004), no text (S005) or not known
/// (K008).
fn text<'a>(cx: &'a EventCx<'_>, key: &str) -> Option<&'a str> {
    member(cx, "params")?.get(key)?.as_str().map(str::trim)
}

/// The same as it was sent, white space and all: for values that nobody trims on the way.
fn exact_text<'a>(cx: &'a EventCx<'_>, key: &str) -> Option<&'a str> {
    member(cx, "params")?.get(key)?.as_str()
}

/// True when `params` are there and have neither the key nor anything that may be meant for it; an empty text is as
/// good as none.
fn lacks(cx: &EventCx<'_>, key: &str) -> bool {
    let Some(params) = member(cx, "params") else { return false };
    match params.get(key) {
        Some(value) => value.as_str().is_some_and(|text| text.trim().is_empty()),
        None => !schema::is_elsewhere(cx, key),
    }
}

/// True for the types that carry `customMetadata` (D23).
const fn carries_metadata(event_type: EventType, policy: &Policy) -> bool {
    match event_type {
        EventType::SessionStart => matches!(policy.metadata_types, MetadataTypes::Three),
        EventType::AdStart | EventType::ChapterStart => true,
        _ => false,
    }
}

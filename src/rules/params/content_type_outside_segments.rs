//! MC-P003.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::rules::schema;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.contentType` is one of the values that the built-in segments know: `vod`, `live`, `linear`, `ugc`, `dvod`,
    /// `song`, `podcast`, `audiobook`, `radio`; also `aod`, a constant of the SDKs. Letter case is not looked at: the samples
    /// of the documents mix `VOD` and `vod`. The list is open: other values are taken.
    ///
    /// ## Why it matters
    ///
    /// Any text is taken and reported as it is, but the session is in none of the built-in segments, and is easily missed in
    /// a report that is made of them. An empty one is reported as `missing_content_type`.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.contentType="catch-up"   # info: content-type-outside-segments
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.contentType="VOD"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `content-type.md` (variables and dimensions). The constant `aod`: the mobile SDKs.
    pub static CONTENT_TYPE_OUTSIDE_SEGMENTS = {
        code: "MC-P003",
        name: "content-type-outside-segments",
        summary: "A content type that no built-in segment knows",
        family: Params,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
    }
}

fn content_type_outside_segments(cx: &EventCx<'_>, value: &str) -> Report {
    let message = if value.is_empty() {
        "`media.contentType` is empty: it is reported as `missing_content_type`".to_owned()
    } else {
        format!("`media.contentType` is {}, which none of the built-in segments knows", schema::quoted(value))
    };
    cx.report(message).pointer("/params/media.contentType")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let Some(value) = super::text(cx, "media.contentType") else { return };
    if !super::is_one_of(&super::VIDEO_TYPES, value) && !super::is_one_of(&super::AUDIO_TYPES, value) {
        found.report(content_type_outside_segments(cx, value));
    }
}

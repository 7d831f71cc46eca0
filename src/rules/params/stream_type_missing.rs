//! MC-P002.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::policy::{SchemaSet, StreamType};
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Level, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// `sessionStart` carries `media.streamType`, not empty. The sources disagree (D12): the tables of requests have it as
    /// optional, its own page as required. The rule warns; with the other reading (`stream-type` = `required`, profile `strict`)
    /// it is an error. By the schema set `published-2018`, which refuses the key, it is silent. Silent when it is there in
    /// another spelling or type (S005, S007).
    ///
    /// ## Why it matters
    ///
    /// The session is taken, but it is in neither of the built-in segments for video and audio, and the report "Stream
    /// type" does not know it.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart -media.streamType   # warn: stream-type-missing
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.streamType="video"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `stream-type.md` (required), `mc-api-req-params.md` (optional).
    pub static STREAM_TYPE_MISSING = {
        code: "MC-P002",
        name: "stream-type-missing",
        summary: "A sessionStart that does not say whether it is video or audio",
        family: Params,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
        fix: fix,
    }
}

fn stream_type_missing(cx: &EventCx<'_>) -> Report {
    let is_there = super::text(cx, "media.streamType").is_some();
    let how = if is_there { "is empty" } else { "is missing" };
    let message =
        format!("`media.streamType` {how}: the session is in neither of the segments for video and audio");
    let report = cx.report(message).pointer(if is_there { "/params/media.streamType" } else { "/params" });
    match cx.settings.policy.stream_type {
        StreamType::Advised => report,
        StreamType::Required => report.level(Level::Error),
    }
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let is_known = cx.settings.policy.schema_set != SchemaSet::Published2018;
    if is_known && super::lacks(cx, "media.streamType") {
        found.report(stream_type_missing(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let json = cx.json()?;
    let content_type = json.pointer("/params/media.contentType")?.as_str()?;
    let value = if super::is_one_of(&super::AUDIO_TYPES, content_type) { "audio" } else { "video" };
    let patch = vec![PatchOp::Add { path: "/params/media.streamType".to_owned(), value: value.into() }];
    Fix::proposed(format!("Set `media.streamType` to \"{value}\""), cx.patch(patch)?)
}

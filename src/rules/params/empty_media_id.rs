//! MC-P005.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// `media.id` is not empty. Absent, it is S004; of the wrong type, S005.
    ///
    /// ## Why it matters
    ///
    /// The back end takes the session and drops it from all media reports: nothing of it is seen.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.id=""   # error: empty-media-id
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.id="film-1871"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `content.md`.
    pub static EMPTY_MEDIA_ID = {
        code: "MC-P005",
        name: "empty-media-id",
        summary: "An empty media.id",
        family: Params,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
    }
}

fn empty_media_id(cx: &EventCx<'_>) -> Report {
    cx.report("`media.id` is empty: the session is dropped from the media reports")
        .pointer("/params/media.id")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if super::text(cx, "media.id").is_some_and(str::is_empty) {
        found.report(empty_media_id(cx));
    }
}

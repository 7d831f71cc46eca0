//! MC-P004.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// `media.length` of recorded content is above 0. Silent for the content types `live`, `linear` and `radio`, when it is
    /// absent (S004), of the wrong type (S005) or negative (S009).
    ///
    /// ## Why it matters
    ///
    /// Progress is a share of the length: with 0 there are no progress markers and no average minute audience, and the
    /// report "Content length" shows none. SDKs write 0 when the player did not know the length yet.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.length=0   # warn: length-missing-or-zero
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.length=60
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `content-length.md`.
    pub static LENGTH_MISSING_OR_ZERO = {
        code: "MC-P004",
        name: "length-missing-or-zero",
        summary: "Recorded content of length 0",
        family: Params,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
    }
}

fn length_missing_or_zero(cx: &EventCx<'_>) -> Report {
    let message = "`media.length` of recorded content is 0: there will be no progress markers and no average minute \
                   audience";
    cx.report(message).pointer("/params/media.length")
}

/// True for content that has no length by nature.
fn is_streamed(cx: &EventCx<'_>) -> bool {
    let content_type = super::text(cx, "media.contentType").unwrap_or_default();
    super::is_one_of(&["live", "linear", "radio"], content_type)
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let length = super::member(cx, "params").and_then(|params| params.get("media.length")?.as_f64());
    if length == Some(0.0) && !is_streamed(cx) {
        found.report(length_missing_or_zero(cx));
    }
}

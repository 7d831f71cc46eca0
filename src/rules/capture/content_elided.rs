//! MC-K008.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Loose text holds no object that was left out: `{...}`, or nothing but a comment in it.
    ///
    /// ## Why it matters
    ///
    /// What belongs there is unknown. So nothing is called missing in such an event: S003, S004 and the P family are
    /// silent for it.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart loose='{eventType: "sessionStart", playerTime: {playhead: $ph, ts: $ts}, params: {...}}'   # info: content-elided, json-repaired
    /// +0.5 play
    /// +10  ping
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
    /// The recording itself.
    pub static CONTENT_ELIDED = {
        code: "MC-K008",
        name: "content-elided",
        summary: "Loose text leaves something out",
        family: Capture,
        level: Info,
        certainty: None,
        origin: Capture,
        companions: ["json-repaired"],
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::ContentElided) {
        found.report(remarks.report());
    }
}

//! MC-K006.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The answer to each request is in the recording. One finding per session with the count. Where the recorder says that
    /// the request failed (a status of 0 or -1) it is H008.
    ///
    /// ## Why it matters
    ///
    /// Whether the API took the request is unknown, and the session id has to be found from what follows.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=none     # info: no-answer-recorded
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
    pub static NO_ANSWER_RECORDED = {
        code: "MC-K006",
        name: "no-answer-recorded",
        summary: "No answer was recorded",
        family: Capture,
        level: Info,
        certainty: None,
        origin: Capture,
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::NoAnswer) {
        found.report(remarks.report());
    }
}

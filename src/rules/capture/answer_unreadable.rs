//! MC-K007.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The recorded answer to each request can be read. One finding per session with the count.
    ///
    /// ## Why it matters
    ///
    /// Whether the API took the request is unknown.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=unreadable     # info: answer-unreadable
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
    pub static ANSWER_UNREADABLE = {
        code: "MC-K007",
        name: "answer-unreadable",
        summary: "An answer could not be read",
        family: Capture,
        level: Info,
        certainty: None,
        origin: Capture,
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::AnswerUnreadable) {
        found.report(remarks.report());
    }
}

//! MC-K003.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The body of each request is in the recording, whole. One finding per session with the count.
    ///
    /// ## Why it matters
    ///
    /// What was sent there is unknown: an event may be missing from everything that is shown and judged. Some recorders
    /// leave out bodies above a size, of beacons, or of types that they take for binary.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60           # warn: body-missing-or-cut
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping body=none
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
    pub static BODY_MISSING_OR_CUT = {
        code: "MC-K003",
        name: "body-missing-or-cut",
        summary: "A body was redacted, cut or not recorded",
        family: Capture,
        level: Warn,
        certainty: None,
        origin: Capture,
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::BodyMissing) {
        found.report(remarks.report());
    }
}

//! MC-K005.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The input is strict JSON. Samples of documents often are not: unquoted keys, comments, trailing commas. They are
    /// read all the same; the notes of the report hold each repair with its place.
    ///
    /// ## Why it matters
    ///
    /// If a player sent this, it would be refused. In a pasted sample it only says what was taken for what.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping loose='{eventType: "ping", playerTime: {playhead: $ph, ts: $ts}}'   # info: json-repaired
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
    pub static JSON_REPAIRED = {
        code: "MC-K005",
        name: "json-repaired",
        summary: "Loose JSON was read",
        family: Capture,
        level: Info,
        certainty: None,
        origin: Capture,
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::JsonRepaired) {
        found.report(remarks.report());
    }
}

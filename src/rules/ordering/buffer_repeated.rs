//! MC-O007.

use super::{remove_run, repeated};
use crate::declare_rule;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `bufferStart` while the player is buffering already; once for each buffering, with the number. Right after `adStart`
    /// or `adBreakComplete` the SDKs restate the playback state, so there it is normal (N3).
    ///
    /// ## Why it matters
    ///
    /// The SDKs refuse such a call, so the back end never gets it from them. It shows that the end of a buffering is not
    /// reported: there is no event for it but `play`. All time up to the next `play` counts as buffering, content time is
    /// too short, and quality reports show stalls that no viewer saw.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  bufferStart
    /// +17  bufferStart      # warn: buffer-repeated
    /// +18  play
    /// +28  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  bufferStart
    /// +16  play
    /// +17  bufferStart
    /// +18  play
    /// +28  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's SDKs refuse a second buffer call. Documented: `buffer-events.md`.
    pub static BUFFER_REPEATED = {
        code: "MC-O007",
        name: "buffer-repeated",
        summary: "`bufferStart` while buffering",
        family: Ordering,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn buffer_repeated(cx: &SessionCx<'_>, run: &[&Oddity]) -> Option<Report> {
    let begin = "the buffering begins here";
    repeated(cx, run, begin, |since| format!("the player is buffering since {since}, which only `play` ends"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let odd: Vec<&Oddity> = cx.lanes.odd(OddityKind::BufferRepeated).collect();
    for run in odd.chunk_by(|a, b| a.related == b.related) {
        if let Some(report) = buffer_repeated(cx, run) {
            found.report(report);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    remove_run(cx, OddityKind::BufferRepeated)
}

//! MC-O006.

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
    /// `pauseStart` while the player is paused already; once for each pause, with the number. Right after `adStart` or
    /// `adBreakComplete` the SDKs restate the playback state, so there it is normal (N3).
    ///
    /// ## Why it matters
    ///
    /// Pauses are counted as periods, so a repeated `pauseStart` adds none by the documents. It usually means that two
    /// callbacks of the player (pause and seek, or two listeners) are wired to the same call, or that the `play` between
    /// two pauses was lost: then pause time is too long and content time too short (O010 shows it where the playhead moved).
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +15.2 pauseStart      # info: pause-repeated
    /// +20  play
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
    /// +15  pauseStart
    /// +16  adBreakStart
    /// +16  adStart
    /// +16  play
    /// +26  adComplete
    /// +26  adBreakComplete
    /// +26  pauseStart
    /// +30  play
    /// +40  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: no SDK sends it outside N3. Documented: `pause-events.md` (periods are counted).
    pub static PAUSE_REPEATED = {
        code: "MC-O006",
        name: "pause-repeated",
        summary: "`pauseStart` while paused",
        family: Ordering,
        level: Info,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn pause_repeated(cx: &SessionCx<'_>, run: &[&Oddity]) -> Option<Report> {
    let begin = "the pause begins here";
    repeated(cx, run, begin, |since| format!("the player is paused since {since}"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let odd: Vec<&Oddity> = cx.lanes.odd(OddityKind::PauseRepeated).collect();
    for run in odd.chunk_by(|a, b| a.related == b.related) {
        if let Some(report) = pause_repeated(cx, run) {
            found.report(report);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    remove_run(cx, OddityKind::PauseRepeated)
}

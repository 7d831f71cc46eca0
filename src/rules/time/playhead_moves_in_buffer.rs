//! MC-T003.

use super::clocks_compare;
use super::waits::{self, GoesOn, Wait};
use crate::declare_rule;
use crate::model::machine::Playback;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// While main content waits for data the playhead stands. The rule fires when it goes on at 0.5 to 1.5 times the
    /// clock by more than 1 s in all, between a `bufferStart` and the event that ends the buffering, if a `play`
    /// follows. A jump at that `play`, or on events of its tick (within 250 ms and with its playhead), is a seek: many
    /// players buffer after one. A lone jump inside the buffering is worth knowing only. Live content may go on with the
    /// clock; what happens in a hole without events is not judged.
    ///
    /// ## Why it matters
    ///
    /// The player plays on while the reports show a stall: the time is counted as buffering, not as time spent, and the
    /// quality of the stream looks worse than it is. Often `play` is sent too late, or not at all after a short stall.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  bufferStart
    /// +25  ping ph=25         # warn: playhead-moves-in-buffer
    /// +35  ping ph=35
    /// +40  play ph=40
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  bufferStart
    /// +18  play
    /// +28  ping
    /// +38  ping
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeline-1.md`. How a seek looks is observed in Adobe's SDKs.
    pub static PLAYHEAD_MOVES_IN_BUFFER = {
        code: "MC-T003",
        name: "playhead-moves-in-buffer",
        summary: "The playhead goes on while buffering",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn playhead_moves_in_buffer(cx: &SessionCx<'_>, buffering: &Wait, went_on: &GoesOn) -> Report {
    waits::goes_on(cx, buffering, went_on, "buffering", cx.settings.numbers.moves_in_buffer_secs)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.content.live || !clocks_compare(cx) {
        return;
    }
    let limit_secs = cx.settings.numbers.moves_in_buffer_secs;
    for buffering in waits::waits(cx, Playback::Buffering) {
        let report = waits::judge(cx, &buffering, limit_secs, "buffering", playhead_moves_in_buffer);
        report.into_iter().for_each(|report| found.report(report));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    waits::hold(cx, Playback::Buffering, cx.session.settings.numbers.moves_in_buffer_secs, "buffering")
}

//! MC-T002.

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
    /// In a pause of main content the playhead stands. The rule fires when it goes on at 0.5 to 1.5 times the clock by
    /// more than 1 s in all, in a pause that a `play` ends. A jump at that `play`, or on events of its tick (within
    /// 250 ms and with its playhead), is a seek, which is told in just this way. A lone jump inside the pause is a seek
    /// while paused and worth knowing only. Live content may go on with the clock; what happens in a hole without
    /// events is not judged.
    ///
    /// ## Why it matters
    ///
    /// The player plays on while the reports show a pause: the time is counted as pause, not as time spent. Often
    /// `play` is sent too late, or `pauseStart` stands for something that is no pause.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +25  ping ph=25         # warn: playhead-moves-in-pause
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
    /// +15  pauseStart
    /// +25  ping
    /// +35  ping
    /// +40  play
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeline-1.md`, `pause-events.md`. How a seek looks is observed in Adobe's SDKs.
    pub static PLAYHEAD_MOVES_IN_PAUSE = {
        code: "MC-T002",
        name: "playhead-moves-in-pause",
        summary: "The playhead goes on during a pause",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn playhead_moves_in_pause(cx: &SessionCx<'_>, pause: &Wait, went_on: &GoesOn) -> Report {
    waits::goes_on(cx, pause, went_on, "pause", cx.settings.numbers.moves_in_pause_secs)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.content.live || !clocks_compare(cx) {
        return;
    }
    let limit_secs = cx.settings.numbers.moves_in_pause_secs;
    for pause in waits::waits(cx, Playback::Paused) {
        let report = waits::judge(cx, &pause, limit_secs, "pause", playhead_moves_in_pause);
        report.into_iter().for_each(|report| found.report(report));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    waits::hold(cx, Playback::Paused, cx.session.settings.numbers.moves_in_pause_secs, "pause")
}

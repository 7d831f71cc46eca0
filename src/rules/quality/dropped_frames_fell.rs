//! MC-Q003.

use crate::declare_rule;
use crate::metrics::quality::Change;
use crate::rules::context::{SessionCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.qoe.droppedFrames` is the running total of the session: it never falls. Told once for a session, at the
    /// first fall. Two values of one `ts` are not compared: their order cannot be known. With the policy
    /// `qoe-place: also-params` (D3) values in `params` count too.
    ///
    /// ## Why it matters
    ///
    /// The back end keeps the last value that was sent. A player that sends what was lost since the last ping, or begins
    /// anew at 0 after an ad, leaves the report with a total that is too low or none.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping media.qoe.droppedFrames=12
    /// +20  ping media.qoe.droppedFrames=3    # warn: dropped-frames-fell
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping media.qoe.droppedFrames=12
    /// +20  ping media.qoe.droppedFrames=15
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `dropped-frames.md` (running total; a 0 sent later wipes it).
    pub static DROPPED_FRAMES_FELL = {
        code: "MC-Q003",
        name: "dropped-frames-fell",
        summary: "The running total of dropped frames decreases",
        family: Quality,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn dropped_frames_fell(cx: &SessionCx<'_>, before: Change, fallen: Change, n_falls: usize) -> Report {
    let times =
        if n_falls > 1 { format!(" ({} in the session)", counted(n_falls, "fall")) } else { String::new() };
    let message = format!(
        "`media.qoe.droppedFrames` falls from {} to {} at {}{times}: it is the running total of the session",
        before.value,
        fallen.value,
        cx.at(fallen.at),
    );
    cx.report(fallen.at, message)
        .pointer("/qoeData/media.qoe.droppedFrames")
        .related(cx.id(before.at), "the higher total was sent here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let falls = || {
        let pairs = cx.quality().dropped_frames.windows(2);
        pairs.filter(|pair| pair[1].value < pair[0].value && cx.ts(pair[0].at) != cx.ts(pair[1].at))
    };
    if let Some([before, fallen]) = falls().next() {
        found.report(dropped_frames_fell(cx, *before, *fallen, falls().count()));
    }
}

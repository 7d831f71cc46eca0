//! MC-L008.

use super::recorded_length_secs;
use crate::declare_rule;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `sessionComplete` comes when the playhead stands below 90 % of the length of recorded content. Silent where the
    /// length or the playhead is in the wrong unit (T008, T020).
    ///
    /// ## Why it matters
    ///
    /// The content counts as completed whatever the playhead says: a viewer may have skipped ahead, and the documents'
    /// own timelines complete at 45 s of 60. It may also be a player that sends `sessionComplete` for every end, or a
    /// length that is that of something else; then the completion rate is too high.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+30/10 ping
    /// +40  sessionComplete   # info: completed-far-from-the-end
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+30/10 ping
    /// +40  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session-complete.md`, `session-end.md` (abandon). Seen in the field: FP51.
    pub static COMPLETED_FAR_FROM_THE_END = {
        code: "MC-L008",
        name: "completed-far-from-the-end",
        summary: "`sessionComplete` far from the end of the content",
        family: Lifecycle,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn completed_far_from_the_end(cx: &SessionCx<'_>, at: u32, playhead: f64, length: f64) -> Report {
    let percent = (playhead / length * 100.0).round();
    cx.report(
        at,
        format!(
            "`sessionComplete` at {} comes with the playhead at {} s of {} s ({percent} %): the content counts as \
             completed all the same",
            cx.at(at),
            number_text(playhead),
            number_text(length),
        ),
    )
    .pointer("/playerTime/playhead")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let at = cx.lanes.contexts.partition_point(|context| !context.completed());
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    let Some(playhead) = cx.playhead(at).map(|playhead| playhead.0) else { return };
    let Some(length) = recorded_length_secs(cx) else { return };
    if playhead < length * cx.settings.numbers.completed_at_least_percent / 100.0 {
        found.report(completed_far_from_the_end(cx, at, playhead, length));
    }
}

//! MC-A010.

use super::{Unannounced, unannounced_content};
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// After the break of a pre-roll the main content plays: the playhead goes on at 0.5 to 1.5 times the clock by more
    /// than 1 s in all, although no `play` was sent outside a break. A `play` inside the ad says that the ad plays. A jump
    /// (to where the viewer resumes) is no playing. After a mid-roll no `play` is needed: the state before it goes on.
    ///
    /// The playhead of live content may go on with the clock while the player waits: there another event must show it
    /// before the `play` that comes late.
    ///
    /// Silent after a `pauseStart` or `bufferStart` (`never-resumed` judges those), and where the recording began late or
    /// the break was never completed.
    ///
    /// ## Why it matters
    ///
    /// Without a `play` outside the break the content has not begun for the back end: no content start is counted, and
    /// what was watched up to the first `play` is in no time spent.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +18.1 ping ph=10          # warn: no-play-after-pre-roll
    /// +20   play ph=11.9
    /// +28   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18.1 ping
    /// +28   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeline-1.md` ("after the break of a pre-roll send `play` for the main content").
    pub static NO_PLAY_AFTER_PRE_ROLL = {
        code: "MC-A010",
        name: "no-play-after-pre-roll",
        summary: "Main content plays after a pre-roll although no `play` was sent for it",
        family: Ads,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn no_play_after_pre_roll(cx: &SessionCx<'_>, content: &Unannounced) -> Report {
    let message = format!(
        "the playhead has moved on by {} s at {} although no `play` was sent after the pre-roll that ended at {}",
        number_text(content.moved_secs),
        cx.at(content.at),
        cx.at(content.break_end),
    );
    cx.report(content.at, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(content.break_end), "the pre-roll ends here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some(content) = unannounced_content(cx) {
        found.report(no_play_after_pre_roll(cx, &content));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.insert(EventType::Play, cx.related()?, Side::After)?;
    Fix::proposed("Insert `play` after the pre-roll", edits)
}

//! MC-A009.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The session's first ad break stands at playhead 0, but a `play` came before it, less than 2 s of playhead away. The
    /// first `play` outside a break says that the main content has begun.
    ///
    /// ## Why it matters
    ///
    /// A content start is counted although the viewer has seen an ad at most. Who leaves during the pre-roll is counted as a
    /// viewer of the content.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play                 # error: play-before-pre-roll
    /// +0.2 adBreakStart ph=0
    /// +0.3 adStart
    /// +8   adComplete
    /// +8.1 adBreakComplete
    /// +8.2 play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.2 adBreakStart
    /// +0.3 adStart
    /// +0.4 play
    /// +8   adComplete
    /// +8.1 adBreakComplete
    /// +8.2 play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ads/overview.md`.
    pub static PLAY_BEFORE_PRE_ROLL = {
        code: "MC-A009",
        name: "play-before-pre-roll",
        summary: "A `play` before the pre-roll is a false content start",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::PlayBeforePreRoll], check),
        fix: fix,
    }
}

fn play_before_pre_roll(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    let pre_roll = cx.odd.related.map_or_else(String::new, |start| cx.session.at(start));
    cx.report(format!(
        "`play` at {time} comes before the pre-roll, whose break begins at {pre_roll}: a false content start"
    ))
    .related(cx.related(), "pre-roll begins here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(play_before_pre_roll(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Remove the `play` before the pre-roll", cx.remove_event()?)
}

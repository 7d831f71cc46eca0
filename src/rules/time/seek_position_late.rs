//! MC-T024.

use super::mending::PLAYHEAD;
use super::{clocks_compare, late_play, place_text, playhead_text};
use crate::declare_rule;
use crate::metrics::drift::Step;
use crate::model::event_type::EventType;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A seek was told by `pauseStart` and `play`, but the new position shows at the wrong one of them: already at the
    /// `pauseStart`, or only one or two events after the `play`, which still carried the old playhead.
    ///
    /// ## Why it matters
    ///
    /// The jump falls into a stretch of play. The back end takes what was passed over for watched: progress markers
    /// and content segments come out wrong. The player reads its position too early or too late; read it when the
    /// seek has ended, and send `play` then.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0    sessionStart
    /// +0    play
    /// +10   ping
    /// +16   pauseStart
    /// +16.4 play              # the position of before the seek
    /// +26   ping ph=95        # warn: seek-position-late
    /// +36   ping
    /// +40   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0    sessionStart
    /// +0    play
    /// +10   ping
    /// +16   pauseStart
    /// +16.4 play ph=85.4
    /// +26   ping
    /// +36   ping
    /// +40   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's SDKs in a browser and on Chromecast.
    pub static SEEK_POSITION_LATE = {
        code: "MC-T024",
        name: "seek-position-late",
        summary: "A seek's new position shows at the wrong event",
        family: Time,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn seek_position_late(cx: &SessionCx<'_>, jump: &Step, play: Option<u32>) -> Report {
    let to = cx.playhead(jump.to).map_or_else(String::new, |playhead| playhead_text(playhead.0));
    let message = match play {
        Some(play) => format!(
            "{} ended a pause with the old playhead; the seek to {to} shows only at {}",
            place_text(cx, play),
            place_text(cx, jump.to),
        ),
        None => format!(
            "{} already carries the playhead {to} to which the seek leads: it belongs on the `play` that ends the pause",
            place_text(cx, jump.to),
        ),
    };
    let report = cx.report(jump.to, message).pointer("/playerTime/playhead");
    report.related(
        cx.id(play.unwrap_or(jump.from)),
        if play.is_some() { "the seek ended here" } else { "the last event before the jump" },
    )
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !clocks_compare(cx) {
        return;
    }
    for jump in cx.drift().stretches.iter().flat_map(|stretch| &stretch.jumps) {
        let play = late_play(cx, jump);
        if play.is_some() || cx.event_type(jump.to) == Some(EventType::PauseStart) {
            found.report(seek_position_late(cx, jump, play));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (session, to, from) = (cx.session, cx.at()?, cx.position(cx.related()?)?);
    let begins_seek = session.event_type(to) == Some(EventType::PauseStart);
    // Up to the pause the playhead goes on from where it was; after the `play` it comes from where the seek led.
    let (base, positions, what) =
        if begins_seek { (from, to..=to, "old") } else { (to, from..=to.checked_sub(1)?, "new") };
    let (ts, playhead) = (session.ts(base)?, session.playhead(base)?.0);
    let set = |at| {
        let right = playhead + session.ts(at)?.secs_since(ts);
        cx.set_at(at, [(PLAYHEAD.to_owned(), number(right.max(0.0)))])
    };
    let event = if begins_seek { to } else { from };
    let title = format!("Send the {what} position with {}", place_text(session, event));
    Fix::proposed(title, positions.filter_map(set).collect())
}

//! MC-T018.

use super::mending::{insert_pings, pings_between};
use super::{Unseen, is_named_hole, is_silent_pause, place_text, ts_is_in_millis};
use crate::declare_rule;
use crate::metrics::cadence::Gap;
use crate::model::event_type::EventType;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Pings go on while paused and while buffering, in main content and in ads. The rule fires on each pause or
    /// buffering of more than 60 s with no event in it, by the client's clock.
    ///
    /// Silent when the session has no ping at all (`no-pings`), beyond 10 minutes (`event-after-silence-timeout`), where
    /// the capture lacks the body of a request, and where the clock was set (`clock-jump`).
    ///
    /// ## Why it matters
    ///
    /// After 10 minutes of silence the back end closes the session, and everything that follows the pause is lost; the
    /// reports end where the pause began. A ping timer that stops with the player is the usual cause.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +105 play               # warn: no-pings-in-pause
    /// +115 ping
    /// +120 sessionEnd
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
    /// +25..+95/10 ping
    /// +105 play
    /// +115 ping
    /// +120 sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `pause-events.md`, `mc-api-timeout.md`, `mc-api-timeline-1.md`. Seen in the field: FP20.
    pub static NO_PINGS_IN_PAUSE = {
        code: "MC-T018",
        name: "no-pings-in-pause",
        summary: "A pause or buffering without any ping",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn no_pings_in_pause(cx: &SessionCx<'_>, hole: &Gap) -> Report {
    let word = if cx.event_type(hole.from) == Some(EventType::PauseStart) { "pause" } else { "buffering" };
    let message = format!(
        "{} ends a {word} of {} s since {} without any event in it; the limit is {} s, and pings go on in a pause",
        place_text(cx, hole.to),
        number_text(hole.secs),
        cx.at(hole.from),
        number_text(cx.settings.numbers.silent_pause_secs),
    );
    let report = cx.report(hole.to, message).pointer("/playerTime/ts");
    report.related(cx.id(hole.from), format!("the {word} begins here"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let cadence = cx.cadence();
    if cadence.holes.is_empty() || !ts_is_in_millis(cx) || cadence.play_without_pings().is_some() {
        return;
    }
    let unseen = Unseen::of(cx);
    for hole in &cadence.holes {
        let may_speak = !is_named_hole(cx, hole) && !cx.after(hole.from).in_stray_ad();
        if may_speak && is_silent_pause(cx, hole) && !unseen.may_lie_between(cx, hole.from, hole.to) {
            found.report(no_pings_in_pause(cx, hole));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = pings_between(cx, cx.position(cx.related()?)?, cx.at()?);
    Fix::proposed(format!("{} between the two", insert_pings(edits.len())), edits)
}

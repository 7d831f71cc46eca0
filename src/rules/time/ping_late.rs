//! MC-T014.

use super::mending::{insert_pings, pings_between};
use super::{Unseen, is_named_hole, is_silent_pause, place_text, state_text, ts_is_in_millis};
use crate::declare_rule;
use crate::metrics::cadence::Gap;
use crate::model::machine::Playback;
use crate::rules::ads::unannounced_content;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An open session sends something at least every 10 s: in main content, in ads, in a pause and while buffering.
    /// The rule fires on each gap of more than 11.5 s between two events (downloaded: 55 s), by the client's clock;
    /// Adobe's SDKs reach 10.8 s. Outside ad breaks nothing need be sent before the first `play` on main content: a `play`
    /// in a pre-roll says that the ad plays. Content that plays after it all the same (`no-play-after-pre-roll`) needs
    /// its pings.
    ///
    /// Silent when there is no ping at all (`no-pings`), in a pause of more than 60 s that nothing interrupts
    /// (`no-pings-in-pause`), beyond 10 minutes (`event-after-silence-timeout`), where the clock was set (`clock-jump`),
    /// and where the capture lacks the body of a request or a `ts`. Any event fills a gap, so that it does not matter
    /// from where the 10 s are counted (D19).
    ///
    /// ## Why it matters
    ///
    /// Time spent is as fine as the events that delimit it: what falls into a hole is counted late or, when the session
    /// breaks off, not at all. After 10 minutes of silence the back end closes the session.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0    sessionStart
    /// +0    play
    /// +10   ping
    /// +16.9 pauseStart
    /// +31.2 ping              # warn: ping-late
    /// +35   play
    /// +45   ping
    /// +50   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0    sessionStart
    /// +0    play
    /// +10   ping
    /// +16.9 pauseStart
    /// +26.9 ping
    /// +35   play
    /// +45   ping
    /// +50   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ping.md`, `mc-api-sed-pings.md`. The limits leave room for what Adobe's SDKs do.
    pub static PING_LATE = {
        code: "MC-T014",
        name: "ping-late",
        summary: "A hole in the pings of an open session",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn ping_late(cx: &SessionCx<'_>, hole: &Gap, limit_secs: f64) -> Report {
    let message = format!(
        "{} comes {} s after `{}` at {}, {}; the limit is {} s",
        place_text(cx, hole.to),
        number_text(hole.secs),
        cx.type_name(hole.from),
        cx.at(hole.from),
        state_text(cx, hole.from),
        number_text(limit_secs),
    );
    cx.report(hole.to, message).pointer("/playerTime/ts").related(cx.id(hole.from), "the hole begins here")
}

/// From which event on main content may play; `None` when it never does.
fn content_begins_at(cx: &SessionCx<'_>) -> Option<u32> {
    // Of a session that the capture joined late it is not known whether it played. Without a break none but main
    // content plays.
    if cx.session.begins_late || cx.ads().breaks.is_empty() {
        return Some(0);
    }
    unannounced_content(cx).map(|content| content.break_end).or(cx.ads().first_main_play)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let cadence = cx.cadence();
    let names_no_pings = cadence.play_without_pings().is_some();
    if cadence.holes.is_empty() || !ts_is_in_millis(cx) || names_no_pings {
        return;
    }
    let unseen = Unseen::of(cx);
    let begun_at = content_begins_at(cx);
    for hole in &cadence.holes {
        let during = cx.after(hole.from);
        let waits = match during.playback() {
            Playback::Starting => !cx.session.begins_late,
            Playback::Playing => begun_at.is_none_or(|begun| hole.from < begun),
            Playback::Paused | Playback::Buffering => false,
        };
        let named_elsewhere = is_named_hole(cx, hole) || is_silent_pause(cx, hole);
        if (!waits || during.in_break())
            && !during.in_stray_ad()
            && !named_elsewhere
            && !unseen.may_lie_between(cx, hole.from, hole.to)
        {
            found.report(ping_late(cx, hole, cadence.limit_secs));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = pings_between(cx, cx.position(cx.related()?)?, cx.at()?);
    Fix::proposed(format!("{} into the hole", insert_pings(edits.len())), edits)
}

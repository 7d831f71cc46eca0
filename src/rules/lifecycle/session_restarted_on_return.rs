//! MC-L010.

use super::restarts;
use crate::declare_rule;
use crate::rules::context::{SessionCx, SessionsCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A session of the same media and viewer starts although the one before it is still open: it was neither ended nor
    /// completed, no answer said 404 or 410, and it had not timed out, neither by 10 min of silence nor by a playhead that
    /// stood still for 30 min. At most 30 min lie between the two.
    ///
    /// Viewers are told apart by the ids of the `sessionStart` (installation, Experience Cloud, visitor), and two sessions
    /// whose events overlap for more than 5 s are two viewers. Silent in downloaded sessions, for the two halves of a
    /// session that was started twice (L016), and where the same `sessionStart` was sent again (H015).
    ///
    /// ## Why it matters
    ///
    /// An app that comes back from the background must go on with its session unless that has expired. With a new start,
    /// one view counts as two media starts; time spent, progress markers and segments of the first part are lost to the
    /// new session, and the old one is closed only when it times out.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    ///
    /// @vod length=600 at=+75 ph=15 media.resume=true
    /// +0   sessionStart     # warn: session-restarted-on-return
    /// +0   play
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +25..+75/10 ping
    /// +75  play
    /// +85  ping
    /// +90  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session/overview.md` ("do not send `sessionStart` on return unless the session has expired").
    pub static SESSION_RESTARTED_ON_RETURN = {
        code: "MC-L010",
        name: "session-restarted-on-return",
        summary: "A new session of the same media although the one before is still open",
        family: Lifecycle,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Sessions(check),
    }
}

fn session_restarted_on_return(earlier: &SessionCx<'_>, later: &SessionCx<'_>, secs: f64) -> Report {
    let message = format!(
        "this session starts {} s {} the last event of one of the same media that was neither ended nor timed out: its \
         time and progress are not carried on",
        number_text(secs.abs()),
        if secs < 0.0 { "before" } else { "after" },
    );
    let last = earlier.len().checked_sub(1).and_then(|last| earlier.id(last));
    later.report(0, message).related(last, "the last event of the session before")
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    for (number, viewing) in cx.viewings().iter().enumerate() {
        let Some(before) = viewing.before.filter(|_| restarts(cx, number)) else { continue };
        let secs = viewing.secs_after(&cx.viewings()[before]).unwrap_or_default();
        let start_of = |session: &SessionCx<'_>| session.event(0).map(|start| start.text().into_owned());
        // A start that was sent again as it was is a retry (H015).
        if let Some((earlier, later)) = cx.session(before).zip(cx.session(number))
            && start_of(&earlier) != start_of(&later)
        {
            found.report(session_restarted_on_return(&earlier, &later, secs));
        }
    }
}

//! MC-L016.

use crate::declare_rule;
use crate::model::session::Session;
use crate::rules::context::{SessionCx, SessionsCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Two sessions of one media and one viewer start within 5 s, and one of the two has at most two events after its
    /// start: the player opened a second session before it knew the id of the first. The finding stands at the one that is
    /// nearly empty and lists the events that went to both.
    ///
    /// Silent when the first was ended before the second began, when both starts have the same body (a retry: H015), when
    /// their events overlap for more than 5 s (two viewers), and in downloaded sessions.
    ///
    /// ## Why it matters
    ///
    /// Each start counts as a media start of its own. One view is reported as two, one of them nearly empty, and events that
    /// went to the wrong half are missing from the other. Player code has to keep one request for a session under way, and
    /// to queue everything else until it is answered.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 answered=2
    /// +0    sessionStart         # warn: session-started-twice
    /// +2.1  pauseStart
    ///
    /// @vod length=60 at=+0.3
    /// +0    sessionStart
    /// +1.8  play
    /// +11.8 ping
    /// +20   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.3  pauseStart
    /// +1.8  play
    /// +11.8 ping
    /// +20   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed in a vendor's connector: FP39. Documented: `mc-api-queuing.md` (queue until the id is known).
    pub static SESSION_STARTED_TWICE = {
        code: "MC-L016",
        name: "session-started-twice",
        summary: "Two sessions are started for one view",
        family: Lifecycle,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Sessions(check),
    }
}

/// `empty` is the half with fewer events.
fn session_started_twice(empty: &SessionCx<'_>, other: &SessionCx<'_>) -> Option<Report> {
    let apart = empty.ts(0)?.secs_since(other.ts(0)?);
    let (secs, when) = (number_text(apart.abs()), if apart < 0.0 { "before" } else { "after" });
    let n_events = (empty.len() as usize).saturating_sub(1);
    let message = format!(
        "this session starts {secs} s {when} another one of the same media and has {} after its start: one view is \
         counted as two",
        if n_events == 0 { "no event".to_owned() } else { counted(n_events, "event") },
    );
    let mut report = empty.report(0, message).related(other.id(0), "the other start");
    for at in 1..empty.len() {
        let Some(event) = empty.event(at) else { continue };
        let text = event.text();
        let same = |twin: &u32| {
            other.ts(*twin) == event.ts() && other.event(*twin).is_some_and(|twin| twin.text() == text)
        };
        if let Some(twin) = (1..other.len()).find(same) {
            let name = empty.type_name(at);
            report = report.related(Some(event.id), format!("this `{name}` went to both sessions"));
            report = report.related(other.id(twin), format!("the same `{name}` in the other session"));
        }
    }
    Some(report)
}

/// True for the nearly empty one of two sessions that were started for one view.
pub(in crate::rules) fn is_stub(cx: &SessionsCx<'_>, number: usize) -> bool {
    let twin = cx.viewings().get(number).and_then(|viewing| viewing.twin);
    let n_events = |number: usize| cx.capture.sessions.get(number).map_or(0, Session::len);
    // Of two that are alike it is the later one.
    twin.is_some_and(|twin| (n_events(number), twin) < (n_events(twin), number))
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    for (number, viewing) in cx.viewings().iter().enumerate() {
        // Each pair once.
        let Some(twin) = viewing.twin.filter(|twin| *twin < number) else { continue };
        let (empty, other) = if is_stub(cx, twin) { (twin, number) } else { (number, twin) };
        let Some((empty, other)) = cx.session(empty).zip(cx.session(other)) else { continue };
        if let Some(report) = session_started_twice(&empty, &other) {
            found.report(report);
        }
    }
}

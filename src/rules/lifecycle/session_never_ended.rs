//! MC-L006.

use super::was_told_that_it_is_closed;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::model::session::Ending;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;
use crate::rules::transport::{start_was_refused, was_lost_to_a_fault};

declare_rule! {
    /// ## What it checks
    ///
    /// The session has neither `sessionEnd` nor `sessionComplete`, and the recording went on long enough to have seen one.
    /// Where the recording stops first it is K002, in a downloaded array B006; a session that the server refused or closed
    /// has a finding of its own.
    ///
    /// ## Why it matters
    ///
    /// The back end closes the session ten minutes after its last event, so its figures come late, but none is lost.
    /// Letting a session expire is what Adobe advises when it is not clear that the viewer has left.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  ping          # info: session-never-ended
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session-end.md`, `events/overview.md`.
    pub static SESSION_NEVER_ENDED = {
        code: "MC-L006",
        name: "session-never-ended",
        summary: "Neither `sessionEnd` nor `sessionComplete`, and the capture saw the end",
        family: Lifecycle,
        level: Info,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Session(check),
        fix: fix,
    }
}

fn session_never_ended(cx: &SessionCx<'_>, last: u32) -> Report {
    let (name, time) = (cx.type_name(last), cx.at(last));
    cx.report(
        last,
        format!(
            "the session stops with `{name}` at {time}, without `sessionEnd` or `sessionComplete`: it is closed \
             {} min later",
            number_text(cx.settings.numbers.silence_timeout_mins),
        ),
    )
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let session = cx.session;
    let seen_to_stop = matches!(session.ending, Ending::Open | Ending::TimedOut);
    let timed_out = cx.lanes.odd(OddityKind::AfterSilence).next().is_some()
        || cx.lanes.odd(OddityKind::AfterStillPlayhead).next().is_some();
    if !seen_to_stop || session.mode.is_downloaded() || timed_out || closed_by_server(cx) {
        return;
    }
    // An event whose type cannot be read may be the end.
    if let Some(last) = cx.len().checked_sub(1).filter(|last| cx.event_type(*last).is_some()) {
        found.report(session_never_ended(cx, last));
    }
}

/// Refused at its start, told later that there is no such session, or lost to an injected fault: other rules speak of
/// it, or nobody is to blame.
fn closed_by_server(cx: &SessionCx<'_>) -> bool {
    start_was_refused(cx.capture, cx.session)
        || was_lost_to_a_fault(cx.capture, cx.session)
        || was_told_that_it_is_closed(cx)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.insert(EventType::SessionEnd, cx.event()?, Side::After)?;
    Fix::proposed("Insert `sessionEnd` after the last event", edits)
}

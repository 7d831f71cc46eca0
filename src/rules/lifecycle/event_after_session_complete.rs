//! MC-L012.

use crate::declare_rule;
use crate::model::machine::{Oddity, OddityKind};
use crate::model::policy::AfterComplete;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// After `sessionComplete` may come `sessionEnd`, a trailing ping and a post-roll break. Any other event is reported.
    /// From the third ping outside a break on it is a warning, in one finding with their number: a timer was not cleared.
    ///
    /// ## Why it matters
    ///
    /// The pages disagree (D5): by today's text `sessionComplete` does not close the session and trailing events still
    /// count; the SDKs and older pages take it for the end. With the policy `after-complete: closes` every such event is a
    /// warning. Pings that go on keep the session open, and the time spent grows although nobody watches.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=30
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  ping
    /// +30  sessionComplete
    /// +30.1 pauseStart     # info: event-after-session-complete
    /// +40  ping
    /// +50  ping
    /// +60  ping            # warn: event-after-session-complete
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=30
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  ping
    /// +30  sessionComplete
    /// +31  adBreakStart
    /// +31.1 adStart
    /// +40  adComplete
    /// +40.1 adBreakComplete
    /// +41  ping
    /// +42  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session-complete.md`, `events/overview.md`; disputed (D5). The timer was observed (FP22).
    pub static EVENT_AFTER_SESSION_COMPLETE = {
        code: "MC-L012",
        name: "event-after-session-complete",
        summary: "An event that does not belong after `sessionComplete`",
        family: Lifecycle,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn event_after_session_complete(cx: &SessionCx<'_>, odd: &Oddity) -> Report {
    let (name, time) = (cx.type_name(odd.at), cx.at(odd.at));
    let (cost, level) = match cx.settings.policy.after_complete {
        AfterComplete::StaysOpen => ("the SDKs take that for the end", Level::Info),
        AfterComplete::Closes => ("it is lost", Level::Warn),
    };
    cx.report(odd.at, format!("`{name}` at {time} comes after `sessionComplete`: {cost}"))
        .related(odd.related.and_then(|completion| cx.id(completion)), "completed here")
        .level(level)
}

fn timer_not_cleared(cx: &SessionCx<'_>, odd: &Oddity, number: usize, n_pings: usize) -> Report {
    let time = cx.at(odd.at);
    cx.report(
        odd.at,
        format!(
            "`ping` at {time} is number {number} of {n_pings} after `sessionComplete`: a timer was not cleared, \
             time spent goes on growing"
        ),
    )
    .related(odd.related.and_then(|completion| cx.id(completion)), "completed here")
    .level(Level::Warn)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for odd in cx.lanes.odd(OddityKind::AfterComplete) {
        found.report(event_after_session_complete(cx, odd));
    }
    let n_pings = cx.lanes.odd(OddityKind::PingAfterComplete).count();
    let number = (cx.settings.numbers.pings_after_complete as usize).max(1);
    if let Some(odd) = cx.lanes.odd(OddityKind::PingAfterComplete).nth(number - 1) {
        found.report(timer_not_cleared(cx, odd, number, n_pings));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let lanes = cx.session.lanes;
    let at = cx.at()?;
    let is_ping = lanes.odd(OddityKind::PingAfterComplete).any(|odd| odd.at == at);
    if !is_ping {
        return Fix::proposed(format!("Remove the `{}`", cx.session.type_name(at)), cx.remove_event()?);
    }
    let pings = lanes.odd(OddityKind::PingAfterComplete).map(|odd| odd.at).filter(|ping| *ping >= at);
    Fix::proposed(
        "Stop the pings some time after `sessionComplete`: remove those from this one on",
        cx.remove_all(pings),
    )
}

//! MC-L003.

use crate::declare_rule;
use crate::model::machine::{Oddity, OddityKind};
use crate::model::policy::AfterClose;
use crate::rules::context::{SessionCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;
use crate::rules::transport;

declare_rule! {
    /// ## What it checks
    ///
    /// `sessionEnd` closes the session at once and for good. Any event that is stamped after it is reported, in one
    /// finding with their number; a repeated `sessionEnd` is harmless. Where the `ts` of an event cannot be read, the end
    /// may have overtaken it on its way: that is reported only if it arrives more than 1 s after the end.
    ///
    /// ## Why it matters
    ///
    /// What comes after the end is not counted. The pages disagree on the answer (D6): 410 by one, a silent 204 by two
    /// others; the policy `after-close` says which the messages speak of. Pings after the end are the sign of a timer
    /// that was not cleared, `pauseStart` after it of a player whose last callbacks are still wired up.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  sessionEnd
    /// +20.1 pauseStart   # error: event-after-session-end
    /// +30  ping
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  pauseStart
    /// +20.1 sessionEnd
    /// +20.2 sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session-end.md` ("hard, irreversible close"), `mc-api-events-req.md` (410).
    pub static EVENT_AFTER_SESSION_END = {
        code: "MC-L003",
        name: "event-after-session-end",
        summary: "An event after `sessionEnd`",
        family: Lifecycle,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn event_after_session_end(cx: &SessionCx<'_>, first: &Oddity, n: usize) -> Report {
    let (name, time) = (cx.type_name(first.at), cx.at(first.at));
    let others = if n > 1 { format!(" (and {} after it)", counted(n - 1, "event")) } else { String::new() };
    let fate = match cx.settings.policy.after_close {
        _ if cx.session.mode.is_downloaded() => "counts nothing of it",
        AfterClose::Gone => "answers 410 and counts nothing of it",
        AfterClose::SilentDrop => "drops it without a word",
    };
    cx.report(first.at, format!("`{name}` at {time}{others} comes after `sessionEnd`: the API {fate}"))
        .related(first.related.and_then(|end| cx.id(end)), "session ended here")
        .count(u32::try_from(n).unwrap_or(u32::MAX))
}

/// What comes too late.
fn late<'a>(cx: &'a SessionCx<'_>) -> impl Iterator<Item = &'a Oddity> {
    // What a second start opens in a batch is B005.
    let second_start = cx.lanes.odd(OddityKind::SecondStart).next().map(|odd| odd.at);
    let until = second_start.filter(|_| cx.session.mode.is_downloaded()).unwrap_or(u32::MAX);
    let counts = move |odd: &&Oddity| odd.at < until && !passed_on(cx, odd) && !may_be_overtaken(cx, odd);
    cx.lanes.odd(OddityKind::AfterEnd).filter(counts)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let mut late = late(cx);
    if let Some(first) = late.next().filter(|first| !is_new_start(cx, first)) {
        found.report(event_after_session_end(cx, first, 1 + late.count()));
    }
}

/// A start that went to the old session: H012 says it, and what follows was meant for the new one.
fn is_new_start(cx: &SessionCx<'_>, odd: &Oddity) -> bool {
    cx.event(odd.at).is_some_and(|event| transport::start_on_events(&event).is_some())
}

/// It came so long before the end that the back end had passed it on, whatever its `ts` says.
fn passed_on(cx: &SessionCx<'_>, odd: &Oddity) -> bool {
    let end = odd.related.and_then(|end| cx.received_at(end));
    let early = end.zip(cx.received_at(odd.at)).map(|(end, here)| end.secs_since(here));
    early.is_some_and(|secs| secs > cx.settings.numbers.too_late_secs)
}

/// It has no `ts`, and came so soon after the end that it may have been sent before it.
fn may_be_overtaken(cx: &SessionCx<'_>, odd: &Oddity) -> bool {
    let end = odd.related.and_then(|end| cx.received_at(end));
    let late = end.zip(cx.received_at(odd.at)).map(|(end, here)| here.secs_since(end));
    cx.ts(odd.at).is_none() && late.is_some_and(|secs| secs <= cx.settings.numbers.may_be_too_late_secs)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.remove_all(late(cx.session).map(|odd| odd.at));
    let title = match edits.len() {
        1 => format!("Remove the `{}` after `sessionEnd`", cx.session.type_name(cx.at()?)),
        n => format!("Remove the {n} events after `sessionEnd`"),
    };
    Fix::proposed(title, edits)
}

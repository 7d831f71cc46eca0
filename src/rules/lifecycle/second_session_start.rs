//! MC-L002.

use crate::declare_rule;
use crate::model::exchange::ExchangeFlags;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::{OddityCx, SessionCx};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A `sessionStart` that carries the id of a session that runs already. Each start opens a session of its own, so it
    /// belongs to `/sessions`, whose answer gives a new id.
    ///
    /// Repeated attempts to open one session before any succeeded do not count, in a downloaded array the rule is
    /// B005, and one that the events endpoint refused is H012.
    ///
    /// ## Why it matters
    ///
    /// The events endpoint does not take `sessionStart`. The new content is never started; all that follows is counted
    /// for the content of the first start.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  sessionStart to=events  # error: second-session-start
    /// +20.1 play
    /// +30  sessionEnd
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
    ///
    /// @vod length=60 id="content-2" at=+20
    /// +0   sessionStart
    /// +0.1 play
    /// +10  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md` (the types of the events endpoint), `session-start.md`.
    pub static SECOND_SESSION_START = {
        code: "MC-L002",
        name: "second-session-start",
        summary: "A `sessionStart` inside a running session",
        family: Lifecycle,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::SecondStart], check),
        fix: fix,
    }
}

fn second_session_start(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    cx.report(format!(
        "`sessionStart` at {time} stands inside a running session: it opens no new one, what follows counts for \
         the first"
    ))
    .related(cx.related(), "session started here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    if is_second_start(cx.session, cx.odd) {
        found.report(second_session_start(cx));
    }
}

/// True for a `sessionStart` that became part of a running session.
pub(in crate::rules) fn is_second_start(cx: &SessionCx<'_>, odd: &Oddity) -> bool {
    // A batch has B005, an array H011; once the session is closed it is L003, L004 or H012.
    let mut silences = cx.lanes.odd(OddityKind::AfterSilence);
    let timed_out = silences.any(|silence| silence.at <= odd.at);
    let request = cx.event(odd.at).and_then(|event| event.exchange());
    let is_in_array = request.is_some_and(|request| request.row().flags.has(ExchangeFlags::ARRAY));
    let is_refused = request.and_then(|request| request.status()).is_some_and(|status| status >= 400);
    !timed_out
        && !cx.before(odd.at).ended()
        && !is_in_array
        && !is_refused
        && !cx.session.mode.is_downloaded()
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Remove the second `sessionStart`", cx.remove_event()?)
}

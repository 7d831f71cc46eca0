//! MC-H006.

use crate::declare_rule;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Events go to a session id that an answer gave. One finding per id, at its first event. An id that no answer in the
    /// recording gave is this fault only when the recording began early enough to have shown it: another session was
    /// opened and stopped without an end before, or the id is a literal such as `undefined`. Otherwise the recording
    /// began in the middle of the session (K001). Events that did not wait for the answer are H014.
    ///
    /// ## Why it matters
    ///
    /// Ids are given by the back end alone. Events for another one are answered 404 and lost: nothing of the viewing but
    /// its start is reported.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// @vod @starts-late sid=undefined at=+0.5
    /// +0   play status=404       # error: unknown-session-id
    /// +10  ping status=404
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-obtain-sid.md`, `mc-api-events-req.md` (404).
    pub static UNKNOWN_SESSION_ID = {
        code: "MC-H006",
        name: "unknown-session-id",
        summary: "Events for a session id that no answer gave",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        check: Check::Session(check),
    }
}

fn unknown_session_id(cx: &SessionCx<'_>) -> Report {
    let (n_events, sid) = (cx.len(), cx.session.sid.as_deref().unwrap_or_default());
    let events = if n_events == 1 { "1 event goes".to_owned() } else { format!("{n_events} events go") };
    let first = cx.session.by_arrival.first().copied();
    let exchange = cx.session.exchanges.first().copied();
    cx.report_on_session(format!("{events} to the session id `{sid}`, which no answer gave: they are lost"))
        .event(first)
        .exchange(exchange)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let is_early = || super::early::early(cx.capture, cx.session).is_some();
    if super::is_unknown_id(cx.capture, cx.session) && !is_early() {
        found.report(unknown_session_id(cx));
    }
}

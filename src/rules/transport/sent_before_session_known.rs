//! MC-H014.

use super::early::{Early, early};
use crate::declare_rule;
use crate::rules::context::{SessionCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Events wait for the answer to their `sessionStart`, which gives the session id. Events that were sent before it to
    /// an empty id, a literal such as `undefined` or a guessed one are one finding, at the first of them. A wrong id
    /// that is kept after the answer is H006.
    ///
    /// ## Why it matters
    ///
    /// Ids are given by the back end alone. What is sent to another one is answered 404 and lost; it is mostly the first
    /// `play`, the pre-roll and its ads, so the reports lack the content start and the first ads. Players have to
    /// queue events until the answer is there.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart answered=2
    /// +0.1 bitrateChange sid=undefined status=404     # error: sent-before-session-known
    /// +2.5 play
    /// +12  ping
    /// +14  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart answered=2
    /// +0.1 bitrateChange recv=+2.1
    /// +2.5 play
    /// +12  ping
    /// +14  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-queuing.md`, `mc-api-obtain-sid.md`.
    pub static SENT_BEFORE_SESSION_KNOWN = {
        code: "MC-H014",
        name: "sent-before-session-known",
        summary: "Events sent before the answer gave the session id",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        check: Check::Session(check),
    }
}

fn sent_before_session_known(cx: &SessionCx<'_>, early: &Early<'_>) -> Report {
    let events = match cx.len() {
        1 => "1 event goes".to_owned(),
        n => format!("{} go", counted(n as usize, "event")),
    };
    let id = match cx.session.sid.as_deref() {
        Some(sid) => format!("the session id `{sid}`"),
        None => "an empty session id".to_owned(),
    };
    let message =
        format!("{events} to {id} before the answer to `sessionStart` gave one: what is sent there is lost");
    cx.report_on_session(message)
        .event(cx.session.by_arrival.first().copied())
        .exchange(cx.session.exchanges.first().copied())
        .related(early.start.events().next(), "its answer was not there yet")
        .count(cx.len())
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some(early) = early(cx.capture, cx.session) {
        found.report(sent_before_session_known(cx, &early));
    }
}

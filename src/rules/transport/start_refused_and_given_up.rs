//! MC-H024.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::Exchange;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The same `sessionStart` was sent two or more times, every attempt was refused, and nothing came after. One finding
    /// for all attempts, beside the H007 of each.
    ///
    /// ## Why it matters
    ///
    /// Adobe's SDKs try three times and then drop everything that they had queued: nothing of the viewing is collected,
    /// and the player shows no error. The reason is in the first answer.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 status=400
    /// +0   sessionStart           # error: start-refused-and-given-up, refused
    /// +3   sessionStart ts=+0     # error: refused
    /// +6   sessionStart ts=+0     # error: refused
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
    /// Observed: Adobe's JavaScript and Android SDKs.
    pub static START_REFUSED_AND_GIVEN_UP = {
        code: "MC-H024",
        name: "start-refused-and-given-up",
        summary: "Every attempt to open the session was refused, then silence",
        family: Transport,
        level: Error,
        certainty: Observed,
        origin: Transport,
        companions: ["refused"],
        check: Check::Session(check),
    }
}

fn given_up(cx: &SessionCx<'_>, attempts: &[Exchange<'_>], first: &Exchange<'_>) -> Report {
    let mut statuses: Vec<String> = attempts.iter().map(|attempt| attempt.row().status.to_string()).collect();
    statuses.dedup();
    let message = format!(
        "the session was refused {} times ({}) and then given up: nothing of it is collected",
        attempts.len(),
        statuses.join(", ")
    );
    let mut report = cx.report_on_session(message).exchange(Some(first.id)).event(first.events().next());
    for attempt in attempts.iter().skip(1) {
        report = report.related(attempt.events().next(), "the same start again");
    }
    report
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.attempts < 2 {
        return;
    }
    let only_starts = (0..cx.len()).all(|position| cx.event_type(position) == Some(EventType::SessionStart));
    let attempts: Vec<Exchange<'_>> = super::openings(cx.capture, cx.session).collect();
    let all_refused = attempts.iter().all(|attempt| attempt.status().is_some_and(|status| status >= 400));
    let genuine: Vec<Exchange<'_>> =
        attempts.into_iter().filter(|attempt| !super::is_injected(attempt)).collect();
    if let ([first, _, ..], true) = (genuine.as_slice(), only_starts && all_refused) {
        found.report(given_up(cx, &genuine, first));
    }
}

//! MC-H012.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::{Endpoint, Exchange};
use crate::model::machine::OddityKind;
use crate::model::table::Event;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::lifecycle;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A `sessionStart` goes to `/sessions`, not to `/sessions/{sid}/events`. One that the server took into a session
    /// which runs already is L002, and one after a silence that closed the session L004.
    ///
    /// ## Why it matters
    ///
    /// Only an answer to `/sessions` opens a session and gives its id. The back end starts nothing for such an event: the
    /// viewing is missing from the reports, or is counted for what was watched before.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart to=events status=400     # error: session-start-on-events, refused
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
    /// Documented: `mc-api-sessions-req.md`, `mc-api-events-req.md` (the types of the events endpoint).
    pub static SESSION_START_ON_EVENTS = {
        code: "MC-H012",
        name: "session-start-on-events",
        summary: "A `sessionStart` to the events endpoint",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        companions: ["refused"],
        check: Check::Session(check),
        fix: fix,
    }
}

fn session_start_on_events(cx: &SessionCx<'_>, at: u32) -> Report {
    let message = "`sessionStart` was sent to `/sessions/{sid}/events`: only `/sessions` opens a session";
    cx.report(at, message)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    // After a silence that closed the session it is L004.
    let silence = cx.lanes.odd(OddityKind::AfterSilence).next().map_or(u32::MAX, |odd| odd.at);
    let seconds = cx.lanes.odd(OddityKind::SecondStart).filter(|odd| odd.at < silence);
    let seconds = seconds.filter(|odd| !lifecycle::is_second_start(cx, odd)).map(|odd| odd.at);
    for at in std::iter::once(0).chain(seconds) {
        if cx.event(at).is_some_and(|event| start_on_events(&event).is_some()) {
            found.report(session_start_on_events(cx, at));
        }
    }
}

/// The request of a `sessionStart` that went alone to the events endpoint, `None` for any other event.
pub(in crate::rules) fn start_on_events<'a>(event: &Event<'a>) -> Option<Exchange<'a>> {
    let is_start = event.event_type() == Some(EventType::SessionStart);
    let exchange = event.exchange().filter(|_| is_start)?;
    let is_alone = !super::array_on_events::is_array_on_events(&exchange);
    (exchange.endpoint() == Endpoint::Events && is_alone).then_some(exchange)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = vec![Edit::Path { event: cx.event_key()?, path: "/api/v1/sessions".to_owned() }];
    let title = "Send the `sessionStart` to `/api/v1/sessions`";
    // A second one may be one too many.
    if cx.at()? == 0 { Fix::safe(title, edits) } else { Fix::proposed(title, edits) }
}

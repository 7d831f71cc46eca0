//! MC-B005.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// One batch request holds one session: there is no second `sessionStart` in it. Bare arrays without a request are
    /// split at each start instead.
    ///
    /// ## Why it matters
    ///
    /// Batching several sessions is not described, and Adobe's SDKs never do it. The answer opens one session, so the
    /// events of the second are counted to the first or dropped.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +20  sessionEnd
    /// +30  sessionStart ph=0   # error: several-sessions-in-a-batch
    /// +30.1 play
    /// +50  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +20  sessionEnd
    ///
    /// @batch at=+3600
    /// +0   sessionStart
    /// +0.1 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` (one request with the whole session).
    pub static SEVERAL_SESSIONS_IN_A_BATCH = {
        code: "MC-B005",
        name: "several-sessions-in-a-batch",
        summary: "A second sessionStart in one batch request",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn several_sessions_in_a_batch(
    cx: &ExchangeCx<'_>,
    first: EventId,
    second: EventId,
    n_starts: usize,
) -> Report {
    let message =
        format!("the batch holds {n_starts} `sessionStart`s: send each session in a request of its own");
    cx.report(message).event(Some(second)).related(Some(first), "the first session starts here")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if !super::is_batch(&cx.exchange) {
        return;
    }
    let capture = cx.exchange.capture;
    let is_start = |id: &EventId| {
        capture.event(*id).and_then(|event| event.event_type()) == Some(EventType::SessionStart)
    };
    let starts: Vec<EventId> = cx.exchange.events().filter(is_start).collect();
    if let [first, second, ..] = starts[..] {
        found.report(several_sessions_in_a_batch(cx, first, second, starts.len()));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let capture = cx.session.capture;
    let events = capture.exchange(cx.finding.exchange?)?.events();
    let starts = events.filter(|id| {
        capture.event(*id).and_then(|event| event.event_type()) == Some(EventType::SessionStart)
    });
    let cuts: Vec<Edit> =
        starts.skip(1).filter_map(|start| Some(Edit::Cut { before: cx.key(start)? })).collect();
    Fix::proposed("Send each session in a request of its own", cuts)
}

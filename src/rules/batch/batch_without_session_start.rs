//! MC-B001.

use super::Fault;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The first element of an array to `/downloaded` (or, deprecated, to `/sessions`) is a `sessionStart`.
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400 and everything in it is discarded: the whole viewing session is lost.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch
    /// +0   play           # error: batch-without-session-start
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` (the first event must be `sessionStart`).
    pub static BATCH_WITHOUT_SESSION_START = {
        code: "MC-B001",
        name: "batch-without-session-start",
        summary: "The first event of a batch is no sessionStart",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn batch_without_session_start(cx: &ExchangeCx<'_>) -> Report {
    let exchange = cx.exchange;
    let capture = exchange.capture;
    let type_of = |id| capture.event(id).and_then(|event| event.event_type());
    let first = exchange.events().next();
    let name = first.and_then(type_of).map_or("?", EventType::name);
    let start = exchange.events().position(|id| type_of(id) == Some(EventType::SessionStart));
    let found = match start {
        Some(index) => format!("the `sessionStart` comes as element {index}"),
        None => "there is none in it".to_owned(),
    };
    let lost = super::n_events(exchange.row().n_events as usize);
    cx.report(format!(
        "the batch begins with `{name}` instead of `sessionStart` ({found}): it is refused, {lost} lost"
    ))
    .event(first)
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if super::has_fault(&cx.exchange, &cx.settings.policy, Fault::NoSessionStart) {
        found.report(batch_without_session_start(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let first = cx.session.capture.event(cx.event()?)?;
    let type_of =
        |id| cx.session.capture.event(id).filter(|event| event.event_type() == Some(EventType::SessionStart));
    let start = first.exchange()?.events().find_map(type_of)?;
    let edits = vec![Edit::Move { event: cx.key(start.id)?, beside: cx.key(first.id)?, side: Side::Before }];
    let title = "Move the `sessionStart` to the front of the batch";
    // Stamped as the first it is beyond doubt; else its `ts` may be wrong as well.
    if start.ts()? <= first.ts()? { Fix::safe(title, edits) } else { Fix::proposed(title, edits) }
}

//! MC-B010.

use crate::declare_rule;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// No event of a downloaded session is refused by its schema (of the schema set in use). If one is, this finding
    /// stands at the first such event, says how many good ones are lost with it and which others are refused; what is
    /// wrong with each is said by the S rules beside it. A 400 without a reason in the schema is H007 alone.
    ///
    /// ## Why it matters
    ///
    /// A batch is taken or refused as a whole: one bad event discards the entire viewing session.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +50  ping ph="50"     # error: all-events-discarded, wrong-json-type
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +50  ping ph=50
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` (400: all data are ignored).
    pub static ALL_EVENTS_DISCARDED = {
        code: "MC-B010",
        name: "all-events-discarded",
        summary: "Good events of a batch are lost because of a bad one",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Payload,
        companions: [
            "event-not-an-object",
            "unknown-event-type",
            "missing-member",
            "missing-required-param",
            "wrong-json-type",
            "unknown-member",
            "unknown-parameter",
            "parameter-on-wrong-event",
            "params-on-ping",
            "custom-metadata-value-not-text",
            "custom-metadata-key-invalid",
            "keys-renamed",
            "object-sent-as-text",
            "qoe-in-params"
        ],
        check: Check::Session(check),
    }
}

/// So many other culprits are listed.
const MAX_LISTED: usize = 10;

fn all_events_discarded(cx: &SessionCx<'_>, culprits: &[usize]) -> Report {
    let first = culprits.first().copied().unwrap_or_default();
    let event = cx.session.by_arrival.get(first).copied();
    let name = event.and_then(|event| cx.capture.event(event)).map(|event| event.type_name());
    let lost = super::n_events(cx.session.len() - culprits.len());
    let others: Vec<String> =
        culprits.iter().skip(1).take(MAX_LISTED).map(|index| index.to_string()).collect();
    let more = if culprits.len() > MAX_LISTED + 1 { " and more" } else { "" };
    let others = match others.as_slice() {
        [] => String::new(),
        [index] => format!(", as is element {index}"),
        indexes => format!(", as are elements {}{more}", indexes.join(", ")),
    };
    let message = format!(
        "element {first} (`{}`) is refused{others}: the whole batch is, and {lost} without fault lost with it",
        name.unwrap_or_default()
    );
    let exchange = event.and_then(|event| cx.capture.event(event)?.exchange()).map(|exchange| exchange.id);
    cx.report_on_session(message).event(event).exchange(exchange)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.session.mode.is_downloaded() {
        return;
    }
    let events = cx.session.by_arrival.iter().enumerate();
    let refused = events.filter(|(_, event)| cx.refusals.is_refused(cx.capture, **event));
    let culprits: Vec<usize> = refused.map(|(index, _)| index).collect();
    if !culprits.is_empty() && culprits.len() < cx.session.len() {
        found.report(all_events_discarded(cx, &culprits));
    }
}

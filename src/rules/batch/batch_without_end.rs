//! MC-B006.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::ExchangeFlags;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A downloaded session holds a `sessionEnd` or a `sessionComplete`. Silent when only a part of the batch was
    /// recorded, and for a single object (B011).
    ///
    /// ## Why it matters
    ///
    /// Nothing can be added to a batch later. Adobe's mobile SDKs append a `sessionEnd` with the last playhead and `ts`
    /// when the app died before the end, so that the session is closed at once instead of after a time-out.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +30  pauseStart     # info: batch-without-end
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +30  pauseStart
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's mobile SDKs; the sibling Edge API adds a completion by itself.
    pub static BATCH_WITHOUT_END = {
        code: "MC-B006",
        name: "batch-without-end",
        summary: "A downloaded session without sessionEnd or sessionComplete",
        family: Batch,
        level: Info,
        certainty: Observed,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Session(check),
        fix: fix,
    }
}

fn batch_without_end(cx: &SessionCx<'_>, last: u32) -> Report {
    let name = cx.type_name(last);
    cx.report(
        last,
        format!(
            "the batch ends with `{name}`, without `sessionEnd` or `sessionComplete`: append a `sessionEnd`"
        ),
    )
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.session.mode.is_downloaded() {
        return;
    }
    let exchanges = || cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id));
    let is_single = exchanges().next().is_some_and(|exchange| !super::is_batch(&exchange));
    let partly = ExchangeFlags::BODY_MISSING.with(ExchangeFlags::DAMAGED);
    let is_cut = exchanges().any(|exchange| exchange.row().flags.has(partly));
    let is_end = |position: u32| {
        matches!(cx.event_type(position), Some(EventType::SessionEnd | EventType::SessionComplete))
    };
    let Some(last) = cx.len().checked_sub(1) else { return };
    // A single object is B011.
    if !is_cut && !is_single && !(0..cx.len()).rev().any(is_end) {
        found.report(batch_without_end(cx, last));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.insert(EventType::SessionEnd, cx.event()?, Side::After)?;
    Fix::proposed("Append a `sessionEnd` to the batch", edits)
}

//! MC-B009.

use super::Fault;
use crate::declare_rule;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An array to `/downloaded` or `/sessions` holds at least one event.
    ///
    /// ## Why it matters
    ///
    /// There is no `sessionStart` in it, so it is refused with 400. Mostly the store of the device was emptied before it
    /// was sent: what was watched off line is lost.
    ///
    /// ## Example
    ///
    /// ```session
    /// # error: empty-batch, refused
    /// @vod
    /// +0 sessionStart to=downloaded raw='[]' status=400 answer='{"message":"Request had improper format."}'
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` (the first event must be `sessionStart`).
    pub static EMPTY_BATCH = {
        code: "MC-B009",
        name: "empty-batch",
        summary: "A batch without any event",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Payload,
        companions: ["refused"],
        check: Check::Exchange(check),
    }
}

fn empty_batch(cx: &ExchangeCx<'_>) -> Report {
    cx.report("the batch holds no event: it is refused, nothing of the session is collected")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if super::has_fault(&cx.exchange, &cx.settings.policy, Fault::Empty) {
        found.report(empty_batch(cx));
    }
}

//! MC-B012.

use crate::declare_rule;
use crate::model::id::EventId;
use crate::rules::context::{ExchangeCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The first event of a batch is not older than 92 days (`limit-days`) when the batch arrives.
    ///
    /// ## Why it matters
    ///
    /// Analytics keeps the visit of timestamped hits open for up to 92 days. Later ones no longer complete it: the
    /// session is torn out of its visit.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch recv=+8640000    # warn: batch-very-old
    /// +0   sessionStart
    /// +0.1 play
    /// +50  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch recv=+86400
    /// +0   sessionStart
    /// +0.1 play
    /// +50  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: Analytics, `timestamp-configuration.md`.
    pub static BATCH_VERY_OLD = {
        code: "MC-B012",
        name: "batch-very-old",
        summary: "A batch that arrives more than 92 days after it happened",
        family: Batch,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Exchange(check),
    }
}

fn batch_very_old(cx: &ExchangeCx<'_>, first: EventId, age_days: f64) -> Report {
    let message = format!(
        "the batch arrives {} days after its first event: after {} days visits can no longer be completed",
        age_days.floor(),
        number_text(cx.settings.numbers.very_old_days),
    );
    cx.report(message).event(Some(first)).pointer("/playerTime/ts")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if !super::is_batch(&cx.exchange) {
        return;
    }
    let Some(received) = cx.exchange.received_at() else { return };
    let Some((ts, first)) = super::extreme_ts(&cx.exchange, false) else { return };
    let age_days = (received.millis() - ts.0) as f64 / 86_400_000.0;
    if age_days > cx.settings.numbers.very_old_days {
        found.report(batch_very_old(cx, first, age_days));
    }
}

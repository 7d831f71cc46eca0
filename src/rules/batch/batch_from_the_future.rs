//! MC-B008.

use crate::declare_rule;
use crate::model::id::EventId;
use crate::rules::context::{ExchangeCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The last `ts` of a batch is not more than 5 s (`tolerance-secs`) later than the batch's recorded arrival.
    ///
    /// ## Why it matters
    ///
    /// The device's clock is ahead, or the stamps are of another unit. The session is dated by them: it shows up in the
    /// reports at a time that has not come yet.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch recv=+10
    /// +0   sessionStart
    /// +0.1 play
    /// +50  sessionEnd     # warn: batch-from-the-future
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch recv=+52
    /// +0   sessionStart
    /// +0.1 play
    /// +50  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `track-downloaded-content.md` (start and close are dated by the first and last event).
    pub static BATCH_FROM_THE_FUTURE = {
        code: "MC-B008",
        name: "batch-from-the-future",
        summary: "The last ts of a batch is later than its arrival",
        family: Batch,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Exchange(check),
    }
}

fn batch_from_the_future(cx: &ExchangeCx<'_>, last: EventId, late_secs: f64) -> Report {
    let ahead = number_text(late_secs);
    cx.report(format!(
        "the last `ts` of the batch is {ahead} s later than its arrival: the device's clock is ahead"
    ))
    .event(Some(last))
    .pointer("/playerTime/ts")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if !super::is_batch(&cx.exchange) {
        return;
    }
    let Some(received) = cx.exchange.received_at() else { return };
    let Some((ts, last)) = super::extreme_ts(&cx.exchange, true) else { return };
    let late_secs = (ts.0 - received.millis()) as f64 / 1000.0;
    if late_secs > cx.settings.numbers.future_secs {
        found.report(batch_from_the_future(cx, last, late_secs));
    }
}

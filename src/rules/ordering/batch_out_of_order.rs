//! MC-O004.

use crate::declare_rule;
use crate::metrics::reorder::Late;
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A downloaded session is one array in the order in which things happened. An element that is stamped earlier than one
    /// before it is reported; a run of such elements is one finding. Elements older than the `sessionStart` are O005.
    ///
    /// ## Why it matters
    ///
    /// The array is taken as it stands: there is no reorder window for it. An event in the wrong place is counted in the
    /// wrong state, and times between events become negative.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod @batch length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  pauseStart
    /// +15  bitrateChange     # error: batch-out-of-order
    /// +25  play
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod @batch length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +15  bitrateChange
    /// +20  pauseStart
    /// +25  play
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` ("in order").
    pub static BATCH_OUT_OF_ORDER = {
        code: "MC-O004",
        name: "batch-out-of-order",
        summary: "Elements of a downloaded array are not in `ts` order",
        family: Ordering,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn batch_out_of_order(cx: &SessionCx<'_>, run: &[Late]) -> Option<Report> {
    let first = run.first()?;
    let (name, time) = (cx.type_name(first.at), cx.at(first.at));
    let after = cx.type_name(first.overtaken_by);
    let back = cx.ts(first.overtaken_by)?.secs_since(cx.ts(first.at)?);
    let others = match run.len() - 1 {
        0 => String::new(),
        n => format!("; {} after it likewise", counted(n, "element")),
    };
    let message = format!(
        "`{name}` at {time} stands in the array behind `{after}`, which is {} s later{others}",
        number_text(back),
    );
    let report = cx.report(first.at, message).count(u32::try_from(run.len()).unwrap_or(u32::MAX));
    Some(report.related(cx.id(first.overtaken_by), "stands before it, though stamped later"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.session.mode.is_downloaded() {
        return;
    }
    let late: Vec<Late> = cx.reorder().late().copied().collect();
    for run in late.chunk_by(|a, b| a.arrival + 1 == b.arrival) {
        if let Some(report) = batch_out_of_order(cx, run) {
            found.report(report);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::safe("Sort the batch by `ts`", vec![Edit::SortByTs { batch: cx.event_key()? }])
}

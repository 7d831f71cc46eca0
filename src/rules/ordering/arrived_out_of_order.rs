//! MC-O001.

use super::late_events;
use crate::declare_rule;
use crate::metrics::reorder::{Fate, Late};
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An event arrives after one that is stamped later, but no more than 1 s and 10 events after it. Only online
    /// sessions with recorded arrival times; events older than their `sessionStart` (O005) are left out. Whether
    /// 10 or more later-stamped events may have come before (D24) says the policy `reorder-count`.
    ///
    /// ## Why it matters
    ///
    /// Clients that send several requests at once shuffle them. The back end holds events for 5 s or until 10 have come
    /// and sorts them by `ts`, so nothing is lost. It is worth knowing because the margin is small: later, it is O002.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +15.2 pauseStart
    /// +15   bitrateChange recv=+15.4   # info: arrived-out-of-order
    /// +20   play
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +15   bitrateChange
    /// +15.2 pauseStart
    /// +20   play
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-ctrl-order.md`.
    pub static ARRIVED_OUT_OF_ORDER = {
        code: "MC-O001",
        name: "arrived-out-of-order",
        summary: "Arrival order differs from `ts` order inside the reorder window",
        family: Ordering,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn arrived_out_of_order(cx: &SessionCx<'_>, late: &Late) -> Report {
    let (name, time) = (cx.type_name(late.at), cx.at(late.at));
    let after = cx.type_name(late.overtaken_by);
    cx.report(
        late.at,
        format!(
            "`{name}` at {time} arrived {} s after `{after}`, which is stamped later: the back end sorts them",
            number_text(late.secs)
        ),
    )
    .related(cx.id(late.overtaken_by), "arrived first, though stamped later")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for late in late_events(cx).iter().filter(|late| late.fate == Fate::Sorted) {
        found.report(arrived_out_of_order(cx, late));
    }
}

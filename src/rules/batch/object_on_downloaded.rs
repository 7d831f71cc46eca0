//! MC-B011.

use super::Fault;
use crate::declare_rule;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// What is sent to `/downloaded` is an array, also when it holds a single event.
    ///
    /// ## Why it matters
    ///
    /// The endpoint takes a whole session as one array; a single object is refused with 400.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0 sessionStart to=downloaded status=400   # error: object-on-downloaded, refused
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` (the payload is an array of events).
    pub static OBJECT_ON_DOWNLOADED = {
        code: "MC-B011",
        name: "object-on-downloaded",
        summary: "A single object to /downloaded",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Transport,
        companions: ["refused", "session-never-ended"],
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn object_on_downloaded(cx: &ExchangeCx<'_>) -> Report {
    cx.report("a single object was sent to `/downloaded`: it takes the whole session as one array")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if super::has_fault(&cx.exchange, &cx.settings.policy, Fault::NotAnArray) {
        found.report(object_on_downloaded(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let first = cx.first_of_request()?;
    let mut edits = vec![Edit::Wrap { event: first }];
    let mut last = first;
    for event in cx.session.session.by_arrival.iter().filter_map(|id| cx.key(*id)).filter(|key| *key > first)
    {
        edits.push(Edit::Move { event, beside: last, side: Side::After });
        last = event;
    }
    Fix::proposed("Send the whole session as one array", edits)
}

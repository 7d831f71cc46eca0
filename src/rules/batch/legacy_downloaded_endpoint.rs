//! MC-B004.

use super::Fault;
use crate::declare_rule;
use crate::model::exchange::Endpoint;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A batch of downloaded content goes to `/downloaded`, not to `/sessions`. Worth knowing only, since Adobe's
    /// mobile SDKs know no other path; a warning in profile `strict`. A batch that is refused there anyway is B002.
    ///
    /// ## Why it matters
    ///
    /// The old path still works, but it is deprecated and to be removed; `/sessions` is then to take session starts
    /// only.
    ///
    /// ## Example
    ///
    /// ```session
    /// @legacy    # info: legacy-downloaded-endpoint
    /// +0   sessionStart
    /// +0.1 play
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
    /// Documented: `track-downloaded-content.md`.
    pub static LEGACY_DOWNLOADED_ENDPOINT = {
        code: "MC-B004",
        name: "legacy-downloaded-endpoint",
        summary: "A batch to /sessions, which is deprecated",
        family: Batch,
        level: Info,
        certainty: Documented,
        origin: Transport,
        strict: Warn,
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn legacy_downloaded_endpoint(cx: &ExchangeCx<'_>) -> Report {
    let events = super::n_events(cx.exchange.row().n_events as usize);
    let message =
        format!("a batch of {events} went to `/sessions`, which is deprecated: send it to `/downloaded`");
    cx.report(message).event(None)
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    let is_legacy = cx.exchange.endpoint() == Endpoint::Sessions && super::is_batch(&cx.exchange);
    let refused =
        || matches!(super::fault(&cx.exchange, &cx.settings.policy), Some(Fault::Empty | Fault::FlagMissing));
    if is_legacy && !refused() {
        found.report(legacy_downloaded_endpoint(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let path = "/api/v1/downloaded".to_owned();
    Fix::safe("Send the batch to `/downloaded`", vec![Edit::Path { event: cx.first_of_request()?, path }])
}

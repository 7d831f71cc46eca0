//! MC-B002.

use super::Fault;
use crate::declare_rule;
use crate::model::exchange::Endpoint;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The `sessionStart` of an array to `/sessions` carries `media.downloaded: true`. About `/downloaded` one page says
    /// two things (D9): above, that the flag must be true in every batch; at its end, that the new endpoint does not need
    /// it. The rule follows the end; with the other reading (`downloaded-flag` = `required`) it is needed there too.
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400 and everything in it is discarded.
    ///
    /// ## Example
    ///
    /// ```session
    /// @legacy
    /// +0   sessionStart media.downloaded=false   # error: downloaded-flag-missing
    /// +0.1 play
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch
    /// +0   sessionStart media.downloaded=false
    /// +0.1 play
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md`.
    pub static DOWNLOADED_FLAG_MISSING = {
        code: "MC-B002",
        name: "downloaded-flag-missing",
        summary: "An array to /sessions without media.downloaded: true",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn downloaded_flag_missing(cx: &ExchangeCx<'_>) -> Report {
    let instead = match cx.exchange.endpoint() {
        Endpoint::Downloaded => "set it to true",
        _ => "set it to true, or better send the batch to `/downloaded`",
    };
    let message =
        format!("the batch does not say `media.downloaded: true`: it is refused as a whole; {instead}");
    cx.report(message).event(cx.exchange.events().next()).pointer("/params/media.downloaded")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if super::has_fault(&cx.exchange, &cx.settings.policy, Fault::FlagMissing) {
        found.report(downloaded_flag_missing(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let path = cx.pointer()?.to_owned();
    Fix::safe("Set `media.downloaded` to true", cx.patch(vec![PatchOp::Add { path, value: true.into() }])?)
}

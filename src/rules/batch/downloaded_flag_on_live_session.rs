//! MC-B003.

use super::Fault;
use crate::declare_rule;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx, PatchOp};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A `sessionStart` that is sent alone, to open an online session, does not say `media.downloaded: true`. `false`,
    /// which Adobe's mobile SDKs always send, is fine. Both readings of D9 have it so: they differ on
    /// batches (B002).
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400, so there is no session and nothing of it is collected.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.downloaded=true   # error: downloaded-flag-on-live-session
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.downloaded=false
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md` (400 if the flag is set on a live session).
    pub static DOWNLOADED_FLAG_ON_LIVE_SESSION = {
        code: "MC-B003",
        name: "downloaded-flag-on-live-session",
        summary: "media.downloaded: true on a sessionStart that is sent alone",
        family: Batch,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Exchange(check),
        fix: fix,
    }
}

fn downloaded_flag_on_live_session(cx: &ExchangeCx<'_>) -> Report {
    let message = "`media.downloaded` is true on a `sessionStart` that is sent alone: it is refused; downloaded \
                   content is sent as one array to `/downloaded`";
    cx.report(message).pointer("/params/media.downloaded")
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    if super::has_fault(&cx.exchange, &cx.settings.policy, Fault::FlagOnLive) {
        found.report(downloaded_flag_on_live_session(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let exchange = cx.session.capture.exchange(cx.finding.exchange?)?;
    let event = cx.key(exchange.events().next()?)?;
    let patch = vec![PatchOp::Remove { path: cx.pointer()?.to_owned() }];
    Fix::proposed("Take `media.downloaded` out of the `sessionStart`", vec![Edit::Patch { event, patch }])
}

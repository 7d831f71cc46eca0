//! MC-A005.

use super::break_began_early;
use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `adBreakComplete` comes although no `adBreakStart` opened a break. Silent after an ad outside a break (A001), where the
    /// missing start was the fault, and for a copy within 1 s (A017).
    ///
    /// ## Why it matters
    ///
    /// The event is ignored. Often it is the second completion of one break, or the start was lost on the way; then the ads
    /// between were ignored as well.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  adBreakComplete   # error: break-complete-without-start
    /// +20  ping
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  adBreakStart
    /// +10.1 adStart
    /// +18  adComplete
    /// +18.1 adBreakComplete
    /// +20  ping
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ad-break-complete.md`.
    pub static BREAK_COMPLETE_WITHOUT_START = {
        code: "MC-A005",
        name: "break-complete-without-start",
        summary: "`adBreakComplete` with no break open",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::BreakCompleteWithoutStart], check),
        fix: fix,
    }
}

fn break_complete_without_start(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    cx.report(format!("`adBreakComplete` at {time} ends no ad break: none is open"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    if !break_began_early(cx) {
        found.report(break_complete_without_start(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed(format!("Remove the `{}`", cx.session.type_name(cx.at()?)), cx.remove_event()?)
}

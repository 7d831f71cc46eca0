//! MC-A002.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `adComplete` and `adSkip` end the ad that `adStart` opened. Here they come inside a break while no ad is open.
    ///
    /// An end that comes late, after A003 has named the start that came too early, is not reported again, nor is the copy of
    /// an end within 1 s (A017).
    ///
    /// ## Why it matters
    ///
    /// There is nothing to end: the event is ignored, and the ad that it was meant for has no start, no completion and no
    /// time in the reports.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adComplete
    /// +9.5 adComplete        # error: ad-end-without-start
    /// +9.6 adBreakComplete
    /// +9.7 play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adComplete
    /// +8.2 adStart
    /// +16  adSkip
    /// +16.3 adBreakComplete
    /// +16.4 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `events/overview.md`, `ad-complete.md`, `ad-skip.md`.
    pub static AD_END_WITHOUT_START = {
        code: "MC-A002",
        name: "ad-end-without-start",
        summary: "`adComplete` or `adSkip` with no ad open",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::AdEndWithoutStart], check),
        fix: fix,
    }
}

fn ad_end_without_start(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.session.type_name(cx.odd.at), cx.session.at(cx.odd.at));
    cx.report(format!("`{name}` at {time} ends no ad: none is open in the break"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(ad_end_without_start(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed(format!("Remove the `{}`", cx.session.type_name(cx.at()?)), cx.remove_event()?)
}

//! MC-A007.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `adBreakStart` and `adBreakComplete` come without any `adStart` between them. Silent where A002 says that the start
    /// of the ad is missing, and where A004 or A006 says that the break was never completed.
    ///
    /// ## Why it matters
    ///
    /// The break counts for nothing: no ad start is reported, and its time is in neither content nor ads. Often the ad
    /// server had no ad to give; then no break should be sent. Or the ads were there, and their events were lost.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   adBreakStart
    /// +10.5 adBreakComplete     # warn: empty-break
    /// +20   ping
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   adBreakStart
    /// +10.1 adStart
    /// +18   adComplete
    /// +18.1 adBreakComplete
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ad-break-start.md`, `events/overview.md` (a break holds ads).
    pub static EMPTY_BREAK = {
        code: "MC-A007",
        name: "empty-break",
        summary: "An ad break without any ad",
        family: Ads,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::EmptyBreak], check),
        fix: fix,
    }
}

fn empty_break(cx: &OddityCx<'_>) -> Report {
    let end = cx.session.at(cx.odd.at);
    let start = cx.odd.related.map_or_else(String::new, |start| cx.session.at(start));
    cx.report(format!("the ad break from {start} to {end} has no ad"))
        .related(cx.related(), "ad break opened here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(empty_break(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.remove_all([cx.position(cx.related()?)?, cx.at()?].into_iter());
    Fix::proposed("Remove the ad break, which has no ad", edits)
}

//! MC-A006.

use super::mending::complete_break;
use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Ad breaks do not nest: an `adBreakStart` comes although the break before was never completed. That break is taken to
    /// have ended with its last ad, and A004 says nothing more of it. A copy of the same `adBreakStart` within 1 s is A017.
    ///
    /// ## Why it matters
    ///
    /// A missing `adBreakComplete` has the same effect as a missing start: the ads of the first break are ignored and their
    /// time counts as content, or the content up to the second break counts as part of the first.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart
    /// +8    adComplete
    /// +8.1  play ph=0
    /// +18   adBreakStart ph=9.9 podSecond=9.9      # error: nested-break
    /// +18.1 adStart ph=9.9
    /// +26   adComplete ph=9.9
    /// +26.1 adBreakComplete ph=9.9
    /// +30   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart
    /// +8    adComplete
    /// +8.05 adBreakComplete
    /// +8.1  play
    /// +18   adBreakStart
    /// +18.1 adStart
    /// +26   adComplete
    /// +26.1 adBreakComplete
    /// +30   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ad-break-complete.md`, `ad-break-start.md`.
    pub static NESTED_BREAK = {
        code: "MC-A006",
        name: "nested-break",
        summary: "An `adBreakStart` while the break before was never completed",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::NestedBreak], check),
        fix: fix,
    }
}

fn nested_break(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    let since = cx.odd.related.map_or_else(String::new, |start| cx.session.at(start));
    cx.report(format!("`adBreakStart` at {time} comes although the ad break of {since} was never completed"))
        .related(cx.related(), "ad break opened here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(nested_break(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let open = cx.related()?;
    match complete_break(cx, cx.position(open)?) {
        Some(edits) => Fix::proposed("Insert `adBreakComplete` after the last ad of the break before", edits),
        None => {
            let is_empty = cx.at()? == cx.position(open)? + 1;
            let edits = vec![Edit::Remove { event: cx.key(open)? }];
            Fix::proposed("Remove the `adBreakStart` of the break before, which has no ad", edits)
                .filter(|_| is_empty)
        }
    }
}

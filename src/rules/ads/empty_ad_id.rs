//! MC-A015.

use crate::declare_rule;
use crate::metrics::ads::AdFacts;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.ad.id` of an `adStart` is an empty text, or nothing but white space. A missing one is S004.
    ///
    /// ## Why it matters
    ///
    /// The API takes it. But the reports know an ad by its id: one without is dropped from them, with its start, its
    /// completion and its time.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart id=""         # error: empty-ad-id
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart id="spring-15s"
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ad.md` (an empty ad id drops the ad, common mistake 18).
    pub static EMPTY_AD_ID = {
        code: "MC-A015",
        name: "empty-ad-id",
        summary: "`media.ad.id` is empty: the ad is dropped from the reports",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn empty_ad_id(cx: &SessionCx<'_>, ad: &AdFacts) -> Report {
    let time = cx.at(ad.phase.start);
    cx.report(ad.phase.start, format!("`media.ad.id` of the ad at {time} is empty: the reports drop the ad"))
        .pointer("/params/media.ad.id")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for ad in cx.ads().ads.iter().filter(|ad| ad.has_empty_id) {
        found.report(empty_ad_id(cx, ad));
    }
}

//! MC-A008.

use crate::declare_rule;
use crate::metrics::ads::AdFacts;
use crate::metrics::lanes::AdOutcome;
use crate::model::machine::OddityKind;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Between the `adComplete` or `adSkip` of one ad and the `adStart` of the next in the same break lie more than
    /// 250 ms of the client's clock. What passes before the first ad and after the last is not judged. Silent where an
    /// A002 between the two says that the start of an ad is missing.
    ///
    /// ## Why it matters
    ///
    /// Older SDKs report main content as playing in such a gap, which is an early content start in a pre-roll; here the
    /// time of the gap counts as neither ad nor content. The documents advise to hold `adComplete` back until the next
    /// `adStart` or the end of the break.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +0.3 play
    /// +8   adComplete
    /// +9.4 adStart           # warn: gap-between-ads
    /// +9.5 play
    /// +17  adComplete
    /// +17.1 adBreakComplete
    /// +17.2 play
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
    /// +0.3 play
    /// +9.3 adComplete
    /// +9.4 adStart
    /// +9.5 play
    /// +17  adComplete
    /// +17.1 adBreakComplete
    /// +17.2 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed in the SDKs, described in `ads/overview.md` (common mistake 4).
    pub static GAP_BETWEEN_ADS = {
        code: "MC-A008",
        name: "gap-between-ads",
        summary: "A gap of more than 250 ms between two ads of a break",
        family: Ads,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn gap_between_ads(cx: &SessionCx<'_>, end: u32, start: u32, gap_millis: i64) -> Report {
    let limit = cx.settings.numbers.gap_between_ads_millis;
    let message = format!(
        "`adStart` at {} comes {gap_millis} ms after the ad before it ended at {}; the limit is {} ms",
        cx.at(start),
        cx.at(end),
        number_text(limit),
    );
    cx.report(start, message).pointer("/playerTime/ts").related(cx.id(end), "the ad before ended here")
}

/// Where the gap between two ads begins; `None` when they are of two breaks or the first was left open.
fn gap_start(ad: &AdFacts, next: &AdFacts) -> Option<u32> {
    let same_break = ad.phase.ad_break.is_some() && ad.phase.ad_break == next.phase.ad_break;
    ad.phase.end.filter(|_| same_break && ad.phase.outcome != AdOutcome::LeftOpen)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.cadence().ts_is_in_millis() {
        return;
    }
    let lost_starts: Vec<u32> = cx.lanes.odd(OddityKind::AdEndWithoutStart).map(|odd| odd.at).collect();
    for pair in cx.ads().ads.windows(2) {
        let (Some(end), start) = (gap_start(&pair[0], &pair[1]), pair[1].phase.start) else { continue };
        let (Some(ended), Some(started)) = (cx.ts(end), cx.ts(start)) else { continue };
        let gap_millis = started.millis_since(ended);
        let next_lost = lost_starts.partition_point(|at| *at < end);
        let has_lost_start = lost_starts.get(next_lost).is_some_and(|at| *at < start);
        if gap_millis as f64 > cx.settings.numbers.gap_between_ads_millis && !has_lost_start {
            found.report(gap_between_ads(cx, end, start, gap_millis));
        }
    }
}

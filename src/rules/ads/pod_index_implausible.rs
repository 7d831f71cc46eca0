//! MC-A019.

use super::mending::renumber_breaks;
use super::{ImplausibleIndex, implausible_index};
use crate::declare_rule;
use crate::metrics::ads::BreakFacts;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// `media.ad.podIndex` is negative, or 0 on a break that is not the session's first (unless it is the first break at
    /// the same place again). Players that compute it wrongly send 0 for every break, or -1 for the last.
    ///
    /// The sources disagree about the number of the first break (D8): 0 in the timelines, 1 in `ad-parameters.md`, the SDKs
    /// and the sample of `ad-break-start.md`. By default either passes; 0 on a first break that does not stand at the
    /// beginning of recorded content is worth knowing only. With the policy `pod-index-base: one` any 0 fires, with
    /// `pod-index-base: zero` a pre-roll at the beginning that has a higher number.
    ///
    /// ## Why it matters
    ///
    /// The break counts as another than it is: mid-rolls and post-rolls are reported as pre-rolls.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart podIndex=0
    /// +0.2  adStart
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18   adBreakStart podIndex=0      # warn: pod-index-implausible
    /// +18.1 adStart
    /// +26   adComplete
    /// +26.1 adBreakComplete
    /// +30   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart podIndex=0
    /// +0.2  adStart
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18   adBreakStart podIndex=1
    /// +18.1 adStart
    /// +26   adComplete
    /// +26.1 adBreakComplete
    /// +30   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: a connector that sends 0 for each break and -1 for post-rolls (FP32). The index: `mc-api-req-params.md`.
    pub static POD_INDEX_IMPLAUSIBLE = {
        code: "MC-A019",
        name: "pod-index-implausible",
        summary: "`media.ad.podIndex` is negative, or 0 on a break that is not the first",
        family: Ads,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn pod_index_implausible(cx: &SessionCx<'_>, ad_break: &BreakFacts, what: ImplausibleIndex) -> Report {
    let index = number_text(ad_break.pod_index.unwrap_or_default());
    let why = match what {
        ImplausibleIndex::Negative => "no break has a negative number".to_owned(),
        ImplausibleIndex::ZeroAgain => "this is not the first break of the session".to_owned(),
        ImplausibleIndex::ZeroInside => {
            let playhead = number_text(ad_break.playhead.unwrap_or_default());
            format!("it stands at playhead {playhead} and not at the beginning")
        }
        ImplausibleIndex::ByPolicy => {
            "by the policy `pod-index-base` the first break has another number".to_owned()
        }
    };
    let time = cx.at(ad_break.phase.start);
    let report = cx
        .report(
            ad_break.phase.start,
            format!("`media.ad.podIndex` of the break at {time} is {index}, but {why}"),
        )
        .pointer("/params/media.ad.podIndex");
    if what == ImplausibleIndex::ZeroInside { report.level(Level::Info) } else { report }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for (number, ad_break) in cx.ads().breaks.iter().enumerate() {
        if let Some(what) = implausible_index(cx, number) {
            found.report(pod_index_implausible(cx, ad_break, what));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Number the ad breaks of the session in their order", renumber_breaks(cx))
}

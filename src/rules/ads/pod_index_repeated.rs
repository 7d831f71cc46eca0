//! MC-A013.

use super::mending::renumber_breaks;
use super::{is_implausible_index, same_place};
use crate::declare_rule;
use crate::metrics::ads::BreakFacts;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Two breaks of a session have the same `media.ad.podIndex` although their `media.ad.podSecond`s lie more than 2 s
    /// apart: one finding per index, at the second break. The same index and the same second again is a break that was
    /// watched twice. Where `pod-index-implausible` names the index, this rule is silent: so the policy `pod-index-base`
    /// (D8: whether the first break is 0 or 1) moves it as well.
    ///
    /// ## Why it matters
    ///
    /// The reports know a break by its content and its index: the ads of different breaks are added up in one.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   adBreakStart podIndex=1
    /// +10.1 adStart
    /// +18   adComplete
    /// +18.1 adBreakComplete
    /// +28   adBreakStart podIndex=1      # warn: pod-index-repeated
    /// +28.1 adStart
    /// +36   adComplete
    /// +36.1 adBreakComplete
    /// +40   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   adBreakStart podIndex=1
    /// +10.1 adStart
    /// +18   adComplete
    /// +18.1 adBreakComplete
    /// +28   adBreakStart podIndex=2
    /// +28.1 adStart
    /// +36   adComplete
    /// +36.1 adBreakComplete
    /// +40   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md` (index of the break in the content), `ad-break-start.md`; seen in the field: FP32.
    pub static POD_INDEX_REPEATED = {
        code: "MC-A013",
        name: "pod-index-repeated",
        summary: "Two ad breaks at different places of the content share one `media.ad.podIndex`",
        family: Ads,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// So many places of one index are quoted.
const MAX_QUOTED: usize = 8;

fn pod_index_repeated(cx: &SessionCx<'_>, index: f64, breaks: &[Placed<'_>]) -> Option<Report> {
    let (first, second) = (breaks.first()?, breaks.get(1)?);
    let mut seconds: Vec<String> =
        breaks.iter().take(MAX_QUOTED).map(|placed| number_text(placed.second)).collect();
    if breaks.len() > MAX_QUOTED {
        seconds.push("…".to_owned());
    }
    let message = format!(
        "`media.ad.podIndex` of the break at {} is {} as before: breaks at `podSecond` {} share it",
        cx.at(second.ad_break.phase.start),
        number_text(index),
        seconds.join(", "),
    );
    let report = cx.report(second.ad_break.phase.start, message).pointer("/params/media.ad.podIndex");
    Some(report.related(cx.id(first.ad_break.phase.start), "the first break of this index"))
}

struct Placed<'a> {
    ad_break: &'a BreakFacts,
    second: f64,
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    // By index, in order: the breaks at different places.
    let mut by_index: Vec<(f64, Vec<Placed<'_>>)> = Vec::new();
    for (number, ad_break) in cx.ads().breaks.iter().enumerate() {
        let (Some(index), Some(second)) = (ad_break.pod_index, ad_break.pod_second) else { continue };
        if ad_break.is_copy || is_implausible_index(cx, number) {
            continue;
        }
        let known = by_index.partition_point(|(known, _)| *known < index);
        if by_index.get(known).is_none_or(|(known, _)| *known != index) {
            by_index.insert(known, (index, Vec::new()));
        }
        let placed = &mut by_index[known].1;
        if placed.iter().take(MAX_QUOTED).all(|other| !same_place(cx, other.second, second)) {
            placed.push(Placed { ad_break, second });
        }
    }
    for (index, breaks) in &by_index {
        if let Some(report) = pod_index_repeated(cx, *index, breaks) {
            found.report(report);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Number the ad breaks of the session in their order", renumber_breaks(cx))
}

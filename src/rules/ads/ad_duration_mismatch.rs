//! MC-A014.

use super::implausible_length;
use crate::declare_rule;
use crate::metrics::ads::AdFacts;
use crate::metrics::lanes::AdOutcome;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// From `adStart` to `adComplete` pass, by the client's clock, more than 2 s and 10 % more or less than
    /// `media.ad.length` says, and pauses and buffering in the ad do not explain it. Skipped ads are not judged, nor a
    /// length that `ad-length-implausible` names.
    ///
    /// ## Why it matters
    ///
    /// Ad time spent comes from the clock, the declared length does not change it. But a player that declares lengths it
    /// does not play, or completes ads early, shows completion rates that nobody can explain.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart length=30      # info: ad-duration-mismatch
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
    /// +0.2  adStart length=30
    /// +0.3  play
    /// +8    adSkip
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `media.ad.length` is the duration of the ad (`mc-api-req-params.md`).
    pub static AD_DURATION_MISMATCH = {
        code: "MC-A014",
        name: "ad-duration-mismatch",
        summary: "A completed ad ran longer or shorter than its `media.ad.length`",
        family: Ads,
        level: Info,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn ad_duration_mismatch(
    cx: &SessionCx<'_>,
    ad: &AdFacts,
    played: f64,
    length: f64,
    tolerance: f64,
) -> Report {
    let message = format!(
        "the ad at {} ran {} s until `adComplete`, its `media.ad.length` is {} s; the tolerance is {} s",
        cx.at(ad.phase.start),
        number_text(played),
        number_text(length),
        number_text(tolerance),
    );
    let end = ad.phase.end.and_then(|end| cx.id(end));
    cx.report(ad.phase.start, message).pointer("/params/media.ad.length").related(end, "the ad ends here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.cadence().ts_is_in_millis() {
        return;
    }
    let numbers = &cx.settings.numbers;
    let completed = cx.ads().ads.iter().filter(|ad| ad.phase.outcome == AdOutcome::Completed);
    for ad in completed {
        let (Some(played), Some(length)) = (ad.played_secs, ad.length_secs) else { continue };
        let tolerance = numbers.ad_duration_secs + length * numbers.ad_duration_percent / 100.0;
        let is_named = length < 0.0 || implausible_length(ad).is_some();
        let passed = ad.phase.end.and_then(|end| Some(cx.ts(end)?.secs_since(cx.ts(ad.phase.start)?)));
        let fits = |secs: f64| (secs - length).abs() <= tolerance;
        if !fits(played) && !passed.is_some_and(fits) && !is_named {
            found.report(ad_duration_mismatch(cx, ad, played, length, tolerance));
        }
    }
}

//! MC-A020.

use super::{ImplausibleLength, implausible_length};
use crate::declare_rule;
use crate::metrics::ads::AdFacts;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.ad.length` is 0 although the ad ran for more than 1 s, or at least 500 times as long as a completed ad ran:
    /// milliseconds.
    ///
    /// ## Why it matters
    ///
    /// Ad time spent comes from the clock and stays right. Whatever divides it by the declared length (how much of an ad
    /// was seen, completion rates by length) is nonsense.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart length=15000      # info: ad-length-implausible
    /// +0.3  play
    /// +10   ping
    /// +15.2 adComplete
    /// +15.3 adBreakComplete
    /// +15.4 play
    /// +20   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart length=15
    /// +0.3  play
    /// +10   ping
    /// +15.2 adComplete
    /// +15.3 adBreakComplete
    /// +15.4 play
    /// +20   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: an ad type without a duration (FP61). The unit: `mc-api-req-params.md` (seconds).
    pub static AD_LENGTH_IMPLAUSIBLE = {
        code: "MC-A020",
        name: "ad-length-implausible",
        summary: "`media.ad.length` is 0 while the ad ran, or in milliseconds",
        family: Ads,
        level: Info,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn ad_length_implausible(cx: &SessionCx<'_>, ad: &AdFacts, what: ImplausibleLength) -> Report {
    let (time, played) = (cx.at(ad.phase.start), number_text(ad.played_secs.unwrap_or_default()));
    let message = match what {
        ImplausibleLength::Zero => {
            format!("`media.ad.length` of the ad at {time} is 0 although it ran {played} s")
        }
        ImplausibleLength::Millis => format!(
            "`media.ad.length` of the ad at {time} is {} although it ran {played} s: that is milliseconds, it should be \
             seconds",
            number_text(ad.length_secs.unwrap_or_default()),
        ),
    };
    let end = ad.phase.end.and_then(|end| cx.id(end));
    cx.report(ad.phase.start, message).pointer("/params/media.ad.length").related(end, "the ad ends here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.cadence().ts_is_in_millis() {
        return;
    }
    for ad in &cx.ads().ads {
        if let Some(what) = implausible_length(ad) {
            found.report(ad_length_implausible(cx, ad, what));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let at = cx.at()?;
    let ad = cx.session.ads().ads.iter().find(|ad| ad.phase.start == at)?;
    let (secs, why) = match implausible_length(ad)? {
        ImplausibleLength::Zero => (ad.played_secs?.round(), "the time that the ad ran"),
        ImplausibleLength::Millis => (ad.length_secs? / 1000.0, "which is in seconds"),
    };
    let secs = number(secs);
    Fix::proposed(format!("Set `media.ad.length` to {secs}, {why}"), cx.replace(secs)?)
}

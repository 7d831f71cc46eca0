//! MC-A011.

use crate::declare_rule;
use crate::metrics::ads::BreakFacts;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// `media.ad.podSecond` says where in the content the break lies, which is where the playhead stands at
    /// `adBreakStart`. It is more than 2 s ahead of the playhead, or 0 after main content has played. If it is the length
    /// of the break (of its ads together, of the time it took, or what `media.length` took from a pre-roll), the message
    /// says so.
    ///
    /// Only worth knowing: a `podSecond` behind the playhead (a break that a seek passed over is shown later), and any
    /// difference on live content. A negative one is `value-out-of-range`.
    ///
    /// ## Why it matters
    ///
    /// The pod position in the reports is this value: ads are shown at a place of the content where they were not.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart podSecond=15    # warn: pod-second-mismatch
    /// +0.2  adStart length=15
    /// +0.3  play
    /// +10   ping
    /// +15.2 adComplete
    /// +15.3 adBreakComplete
    /// +15.4 play
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart podSecond=0
    /// +0.2  adStart length=15
    /// +0.3  play
    /// +10   ping
    /// +15.2 adComplete
    /// +15.3 adBreakComplete
    /// +15.4 play
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md` (offset of the break in the content, in seconds); seen in the field: FP33.
    pub static POD_SECOND_MISMATCH = {
        code: "MC-A011",
        name: "pod-second-mismatch",
        summary: "`media.ad.podSecond` is not where the playhead stands",
        family: Ads,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// A length so near to `podSecond` is taken for where it came from, seconds.
const SAME_LENGTH_SECS: f64 = 0.5;
/// The time that a break took is less exact, seconds.
const SAME_TIME_SECS: f64 = 1.0;

fn pod_second_mismatch(cx: &SessionCx<'_>, ad_break: &BreakFacts, second: f64, playhead: f64) -> Report {
    let is_ahead = second > playhead;
    let length = match is_ahead && looks_like_length(cx, ad_break, second) {
        true => ", it looks like the length of the break",
        false => "",
    };
    let side = if is_ahead { "ahead of" } else { "behind" };
    let message = format!(
        "`media.ad.podSecond` of the break at {} is {}, {} s {side} the playhead {}{length}; \
         the tolerance is {} s",
        cx.at(ad_break.phase.start),
        number_text(second),
        number_text((second - playhead).abs()),
        number_text(playhead),
        number_text(cx.settings.numbers.pod_second_secs),
    );
    cx.report(ad_break.phase.start, message).pointer("/params/media.ad.podSecond")
}

fn looks_like_length(cx: &SessionCx<'_>, ad_break: &BreakFacts, second: f64) -> bool {
    let near = |length: f64, tolerance: f64| length > 0.0 && (length - second).abs() <= tolerance;
    let of_ads: f64 = cx.ads().of_break(ad_break).iter().filter_map(|ad| ad.length_secs).sum();
    let phase = ad_break.phase;
    let took = phase.end.and_then(|end| Some(cx.ts(end)?.secs_since(cx.ts(phase.start)?)));
    // A media length that was read while the pre-roll played is the pre-roll's (T021).
    let of_media = cx.session.content.length_secs.filter(|_| ad_break.is_pre_roll);
    near(of_ads, SAME_LENGTH_SECS)
        || took.is_some_and(|took| near(took, SAME_TIME_SECS))
        || of_media.is_some_and(|length| near(length, SAME_LENGTH_SECS))
}

/// The level of a break's difference, `None` when there is none to speak of.
fn level(cx: &SessionCx<'_>, ad_break: &BreakFacts, second: f64, playhead: f64) -> Option<Level> {
    let tolerance = cx.settings.numbers.pod_second_secs;
    // What lies below zero is named by S009.
    if second < 0.0 || (second - playhead).abs() <= tolerance {
        return None;
    }
    let is_forgotten = second == 0.0 && !ad_break.is_pre_roll && !cx.session.begins_late;
    let is_wrong = second > playhead || is_forgotten;
    Some(if is_wrong && !cx.session.content.live { Level::Warn } else { Level::Info })
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for ad_break in cx.ads().breaks.iter().filter(|ad_break| !ad_break.is_copy) {
        let (Some(second), Some(playhead)) = (ad_break.pod_second, ad_break.playhead) else { continue };
        if let Some(level) = level(cx, ad_break, second, playhead)
            && cx.drift().in_millis.is_none()
        {
            found.report(pod_second_mismatch(cx, ad_break, second, playhead).level(level));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let playhead = number(cx.session.playhead(cx.at()?)?.0);
    Fix::proposed(format!("Set `media.ad.podSecond` to {playhead}, the playhead"), cx.replace(playhead)?)
}

//! MC-A018.

use crate::declare_rule;
use crate::metrics::ads::{AdFacts, BreakFacts};
use crate::metrics::lanes::AdOutcome;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// In a break before main content, none of `play`, `pauseStart` and `bufferStart` comes between an `adStart` and the
    /// end of its ad. Silent for a copy (A017), an ad that was left open (A003), a break that was never completed (A004,
    /// A006), and one in which the player says it between the ads (O008).
    ///
    /// ## Why it matters
    ///
    /// Adobe's SDKs send a `play` for each ad. Without one the player may still count as starting, and the time spent in
    /// the ad may be 0; the first ad of a pre-roll above all. The timelines of the documents do without it, so that this
    /// is worth knowing, no more.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart               # info: no-play-in-ad
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
    /// +0.2  adStart
    /// +0.2  play
    /// +8    adComplete
    /// +8.1  adBreakComplete
    /// +8.2  play
    /// +18   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: the SDKs, and an Adobe engineer's advice to call play after the pre-roll's ad start (FP35). The other
    /// reading: `mc-api-timeline-1.md` to `-3.md` show pre-rolls without it.
    pub static NO_PLAY_IN_AD = {
        code: "MC-A018",
        name: "no-play-in-ad",
        summary: "No `play` in an ad before main content: its time may be 0",
        family: Ads,
        level: Info,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn no_play_in_ad(cx: &SessionCx<'_>, ad: &AdFacts, end: u32) -> Report {
    let (start, until) = (cx.at(ad.phase.start), cx.at(end));
    cx.report(
        ad.phase.start,
        format!("no `play` follows the `adStart` at {start} up to the end of the ad at {until}"),
    )
    .related(cx.id(end), "the ad ends here")
}

fn states_playback(cx: &SessionCx<'_>, position: u32) -> bool {
    let event_type = cx.event_type(position);
    matches!(event_type, Some(EventType::Play | EventType::PauseStart | EventType::BufferStart))
}

/// Starts of the breaks in which playback is stated between the ads (O008), in order.
fn breaks_with_playback(cx: &SessionCx<'_>) -> Vec<u32> {
    cx.lanes.odd(OddityKind::PlaybackBetweenAds).filter_map(|odd| odd.related).collect()
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let ads = cx.ads();
    let named = breaks_with_playback(cx);
    let is_named = |ad_break: &&BreakFacts| named.binary_search(&ad_break.phase.start).is_ok();
    let pre_rolls = ads.breaks.iter().take_while(|ad_break| ad_break.is_pre_roll);
    for ad_break in pre_rolls.filter(|ad_break| ad_break.phase.completed && !is_named(ad_break)) {
        for ad in ads.of_break(ad_break).iter().filter(|ad| !ad.is_copy) {
            let Some(end) = ad.phase.end.filter(|_| ad.phase.outcome != AdOutcome::LeftOpen) else {
                continue;
            };
            if !(ad.phase.start + 1..end).any(|at| states_playback(cx, at)) {
                found.report(no_play_in_ad(cx, ad, end));
            }
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.insert(EventType::Play, cx.event()?, Side::After)?;
    Fix::proposed("Insert `play` after the `adStart`", edits)
}

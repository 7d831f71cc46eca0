//! MC-T021.

use super::length_in_milliseconds::is_length_in_millis;
use crate::declare_rule;
use crate::metrics::lanes::AdBreak;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.length` is the length of the content. The rule fires when it is that of a pre-roll, within 0.5 s: of its
    /// first ad, of all its ads together, or of a `media.ad.podSecond` above 2 (a pre-roll stands at 0: such a number is
    /// the length of the break). Silent when `sessionComplete` came with the playhead at that length: then the content
    /// is as long as its ad.
    ///
    /// ## Why it matters
    ///
    /// The length was read before the content had loaded, from the player that showed the ad. Percent viewed exceeds 100 %
    /// within seconds: all progress markers are set, and the session counts as complete. Send `sessionStart` when the
    /// content's length is known.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=20
    /// +0   sessionStart       # warn: length-of-the-pre-roll
    /// +0   adBreakStart
    /// +0   adStart length=20
    /// +10  ping
    /// +20  adComplete
    /// +20  adBreakComplete
    /// +20  play
    /// +30..+60/10 ping
    /// +65  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart length=20
    /// +10  ping
    /// +20  adComplete
    /// +20  adBreakComplete
    /// +20  play
    /// +30..+60/10 ping
    /// +65  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed in players' connectors: FP12, FP33.
    pub static LENGTH_OF_THE_PRE_ROLL = {
        code: "MC-T021",
        name: "length-of-the-pre-roll",
        summary: "`media.length` is the length of a pre-roll",
        family: Time,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
    }
}

/// A `podSecond` above this on a pre-roll is no position, but its length.
const POD_SECOND_SECS: f64 = 2.0;
/// A content that is complete within this share of its length is as long as it says.
const AT_THE_END_SHARE: f64 = 0.05;

/// Where the length of a pre-roll stands.
#[derive(Clone, Copy)]
pub(super) struct PreRollLength {
    /// Position of the event that carries it.
    at: u32,
    secs: f64,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    FirstAd,
    AllAds,
    PodSecond,
}

fn length_of_the_pre_roll(cx: &SessionCx<'_>, length: f64, found: PreRollLength) -> Report {
    let what = match found.kind {
        Kind::FirstAd => "the length of the first ad of the pre-roll",
        Kind::AllAds => "the length of the ads of the pre-roll together",
        Kind::PodSecond => "the `media.ad.podSecond` of the pre-roll, which holds its length",
    };
    let message = format!(
        "`media.length` is {} s, as is {what} at {} ({} s): it looks like the ad's, not the content's",
        number_text(length),
        cx.at(found.at),
        number_text(found.secs),
    );
    cx.report(0, message)
        .pointer("/params/media.length")
        .related(cx.id(found.at), "the length of the ad stands here")
}

/// The pre-roll whose length `media.length` is; `None` when it is none's.
pub(super) fn pre_roll_of_length(cx: &SessionCx<'_>) -> Option<PreRollLength> {
    let content = &cx.session.content;
    let length = content.length_secs.filter(|length| *length > 0.0 && !content.live)?;
    if cx.lanes.breaks.is_empty() || is_complete_at(cx, length) {
        return None;
    }
    let first_play = (0..cx.len()).find(|at| cx.after(*at).plays_main()).unwrap_or(u32::MAX);
    let pre_rolls = (0_u32..).zip(&cx.lanes.breaks).take_while(|(_, pre_roll)| pre_roll.start < first_play);
    let within_secs = cx.settings.numbers.length_of_pre_roll_secs;
    pre_rolls
        .flat_map(|(number, pre_roll)| lengths(cx, number, pre_roll))
        .find(|candidate| (candidate.secs - length).abs() <= within_secs)
}

/// What may be taken for the length of a pre-roll.
fn lengths(cx: &SessionCx<'_>, number: u32, pre_roll: &AdBreak) -> impl Iterator<Item = PreRollLength> {
    // Ads lie in order.
    let first = cx.lanes.ads.partition_point(|ad| ad.start < pre_roll.start);
    let ads = cx.lanes.ads.iter().skip(first).take_while(|ad| ad.ad_break == Some(number));
    let ads: Vec<(u32, f64)> =
        ads.filter_map(|ad| Some((ad.start, cx.event(ad.start)?.number_param("media.ad.length")?))).collect();
    let pod_second = cx.event(pre_roll.start).and_then(|event| event.number_param("media.ad.podSecond"));
    let first_ad = ads.first().map(|(at, secs)| PreRollLength { at: *at, secs: *secs, kind: Kind::FirstAd });
    let all = PreRollLength {
        at: pre_roll.start,
        secs: ads.iter().map(|(_, secs)| secs).sum(),
        kind: Kind::AllAds,
    };
    let of_break = pod_second.filter(|secs| *secs > POD_SECOND_SECS).map(|secs| PreRollLength {
        at: pre_roll.start,
        secs,
        kind: Kind::PodSecond,
    });
    [first_ad, (ads.len() > 1).then_some(all), of_break].into_iter().flatten()
}

/// True when the content came to its end at its length.
fn is_complete_at(cx: &SessionCx<'_>, length: f64) -> bool {
    let completed = cx.lanes.contexts.partition_point(|context| !context.completed());
    let playhead = u32::try_from(completed).ok().and_then(|at| cx.playhead(at));
    let tolerance = (AT_THE_END_SHARE * length).max(cx.settings.numbers.past_length_secs);
    playhead.is_some_and(|playhead| (playhead.0 - length).abs() <= tolerance)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some(length) = cx.session.content.length_secs
        && !is_length_in_millis(cx)
        && let Some(pre_roll) = pre_roll_of_length(cx)
    {
        found.report(length_of_the_pre_roll(cx, length, pre_roll));
    }
}

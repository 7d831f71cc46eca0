//! MC-A012.

use super::mending::renumber_ads;
use crate::declare_rule;
use crate::metrics::ads::{AdFacts, BreakFacts};
use crate::model::policy::IndexBase;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.ad.podPosition` counts the ads of a break. In one break it repeats or falls from one ad to the next (one
    /// finding per break, at the first such ad); or the breaks of a session do not agree whether the first ad is 0 or 1
    /// (one finding per session).
    ///
    /// The sources disagree about the first number (D7): 1 by `mc-api-req-params.md` and the SDKs, 0 by
    /// `ad-in-pod-position.md` and `ad-start.md`. By default either passes, but not both in one session; with the policy
    /// `pod-position-base: zero` or `one` a first ad with the other number fires.
    ///
    /// A break may begin with a higher number: a viewer who comes back into it has seen the first ads. A copy that A017
    /// names is left out.
    ///
    /// ## Why it matters
    ///
    /// The reports break ads down by their position in the pod: ads that share one are counted at the wrong place.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart podPosition=1
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adStart podPosition=1      # warn: pod-position-not-rising
    /// +8.2  play
    /// +16   adComplete
    /// +16.1 adBreakComplete
    /// +16.2 play
    /// +20   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart podPosition=1
    /// +0.3  play
    /// +8    adComplete
    /// +8.1  adStart podPosition=2
    /// +8.2  play
    /// +16   adComplete
    /// +16.1 adBreakComplete
    /// +16.2 play
    /// +20   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md`, `ad-in-pod-position.md` (position of the ad in the break, D7).
    pub static POD_POSITION_NOT_RISING = {
        code: "MC-A012",
        name: "pod-position-not-rising",
        summary: "Positions of the ads in a break repeat or fall, or begin at 0 here and at 1 there",
        family: Ads,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// So many positions are quoted.
const MAX_QUOTED: usize = 8;

fn pod_position_not_rising(
    cx: &SessionCx<'_>,
    ad_break: &BreakFacts,
    (before, here): (Placed<'_>, Placed<'_>),
    placed: &[Placed<'_>],
) -> Report {
    let mut positions: Vec<String> = placed.iter().map(|ad| number_text(ad.position)).collect();
    if positions.len() > MAX_QUOTED {
        positions.truncate(MAX_QUOTED);
        positions.push("…".to_owned());
    }
    let message = format!(
        "`media.ad.podPosition` of the ad at {} is {} after {}: in the break of {} the positions are {}",
        cx.at(here.ad.phase.start),
        number_text(here.position),
        number_text(before.position),
        cx.at(ad_break.phase.start),
        positions.join(", "),
    );
    cx.report(here.ad.phase.start, message)
        .pointer(POINTER)
        .related(cx.id(before.ad.phase.start), "the ad before")
}

fn mixed_base(cx: &SessionCx<'_>, first: &Placed<'_>, other: Option<&Placed<'_>>, n_breaks: usize) -> Report {
    let right = 1.0 - first.position;
    let against = match cx.settings.policy.pod_position_base {
        IndexBase::Either => format!("another counts from {right}"),
        IndexBase::Zero | IndexBase::One => {
            format!("by the policy `pod-position-base` the first ad is {right}")
        }
    };
    let as_in = match n_breaks {
        0 | 1 => String::new(),
        n => format!(", as in {n} breaks of the session"),
    };
    let message = format!(
        "`media.ad.podPosition` of the first ad at {} is {}{as_in}, but {against}",
        cx.at(first.ad.phase.start),
        first.position,
    );
    cx.report(first.ad.phase.start, message)
        .pointer(POINTER)
        .related(other.and_then(|other| cx.id(other.ad.phase.start)), "counts from another number")
}

const POINTER: &str = "/params/media.ad.podPosition";

#[derive(Clone, Copy)]
struct Placed<'a> {
    ad: &'a AdFacts,
    position: f64,
}

/// The ads of a break that say their position; negative ones are S009's, copies A017's.
fn placed<'a>(cx: &'a SessionCx<'_>, ad_break: &BreakFacts) -> Vec<Placed<'a>> {
    let ads = cx.ads().of_break(ad_break).iter().filter(|ad| !ad.is_copy);
    let position = |ad: &'a AdFacts| {
        let position = ad.pod_position.filter(|position| *position >= 0.0)?;
        Some(Placed { ad, position })
    };
    ads.filter_map(position).collect()
}

/// Judges the first ads of the breaks that count from 0 or 1.
fn check_base(cx: &SessionCx<'_>, firsts: &[Placed<'_>], found: &mut Findings<'_>) {
    let Some(base) = firsts.first().map(|first| first.position) else { return };
    let wrong = match cx.settings.policy.pod_position_base {
        IndexBase::Zero => 1.0,
        IndexBase::One => 0.0,
        IndexBase::Either => 1.0 - base,
    };
    let (others, right): (Vec<&Placed<'_>>, Vec<&Placed<'_>>) =
        firsts.iter().partition(|first| first.position == wrong);
    if let Some(first) = others.first() {
        found.report(mixed_base(cx, first, right.first().copied(), others.len()));
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let mut firsts = Vec::new();
    for ad_break in &cx.ads().breaks {
        let placed = placed(cx, ad_break);
        firsts.extend(placed.first().filter(|first| first.position == 0.0 || first.position == 1.0));
        let falls = placed.windows(2).find(|pair| pair[1].position <= pair[0].position);
        if let Some(pair) = falls {
            found.report(pod_position_not_rising(cx, ad_break, (pair[0], pair[1]), &placed));
        }
    }
    check_base(cx, &firsts, found);
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (ads, policy) = (cx.session.ads(), cx.session.settings.policy.pod_position_base);
    let is_base = |position: &f64| *position == 0.0 || *position == 1.0;
    let first = ads.breaks.iter().find_map(|ad_break| ads.of_break(ad_break).first()?.pod_position);
    let base = match policy {
        IndexBase::Zero => 0.0,
        IndexBase::One => 1.0,
        IndexBase::Either => first.filter(is_base).unwrap_or(1.0),
    };
    let edits = renumber_ads(cx, ads.breaks.iter(), base, POINTER);
    Fix::proposed(format!("Number the ads of each break from {base} on"), edits)
}

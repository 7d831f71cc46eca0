//! MC-A017.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An ad event comes a second time, with the same `params`, within 1 s of the client's clock. For `adComplete` and
    /// `adSkip` only when no `adStart` lies between the two, for `adBreakComplete` when no `adBreakStart` does.
    ///
    /// The copy is taken for nothing else: no A002, A003, A005, A006 or A012 for it.
    ///
    /// ## Why it matters
    ///
    /// Two sources of ad events are wired up, or one is subscribed twice. Each copy counts: the reports show twice as many
    /// ads as were watched, and ads that overlap have no clear time.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart id=a1 podPosition=1 length=8
    /// +0.25 adStart id=a1 podPosition=1 length=8       # warn: ad-events-doubled
    /// +0.3  play
    /// +8.2  adComplete
    /// +8.3  adBreakComplete
    /// +8.4  play
    /// +18   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  adBreakStart
    /// +0.2  adStart id=a1 podPosition=1
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
    /// Observed: a connector that listened to two sources of ad events (FP31).
    pub static AD_EVENTS_DOUBLED = {
        code: "MC-A017",
        name: "ad-events-doubled",
        summary: "The same ad event with the same params twice within 1 s",
        family: Ads,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::AdEventDoubled], check),
        fix: fix,
    }
}

fn ad_events_doubled(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.session.type_name(cx.odd.at), cx.session.at(cx.odd.at));
    let first = cx.odd.related;
    let millis = first.and_then(|first| Some(cx.session.ts(cx.odd.at)?.millis_since(cx.session.ts(first)?)));
    let after = millis.map_or_else(String::new, |millis| format!(", {millis} ms after the first"));
    cx.report(format!("`{name}` at {time} repeats the one before it with the same params{after}"))
        .related(cx.related(), "the first of the two")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(ad_events_doubled(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::safe(format!("Remove the second `{}`", cx.session.type_name(cx.at()?)), cx.remove_event()?)
}

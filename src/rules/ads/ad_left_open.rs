//! MC-A003.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Ads do not overlap: each is closed by `adComplete` or `adSkip` before the next `adStart` or the end of the break.
    ///
    /// A session that ends in the middle of an ad is no fault: the viewer left. A copy of the same `adStart` within 1 s is
    /// A017.
    ///
    /// ## Why it matters
    ///
    /// The ad that is left open has no completion, and how its time is shared out with the next one is not documented.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adStart           # error: ad-left-open
    /// +16  adComplete
    /// +16.1 adBreakComplete
    /// +16.2 play
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
    /// +7.9 adSkip
    /// +8   adStart
    /// +16  adComplete
    /// +16.1 adBreakComplete
    /// +16.2 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `events/overview.md` ("one ad at a time").
    pub static AD_LEFT_OPEN = {
        code: "MC-A003",
        name: "ad-left-open",
        summary: "An `adStart` or `adBreakComplete` while an ad is open",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::AdLeftOpen], check),
        fix: fix,
    }
}

fn ad_left_open(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.session.type_name(cx.odd.at), cx.session.at(cx.odd.at));
    let since = cx.odd.related.map_or_else(String::new, |start| cx.session.at(start));
    cx.report(format!(
        "`{name}` at {time} comes while the ad that began at {since} is open: it is never completed"
    ))
    .related(cx.related(), "ad started here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(ad_left_open(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let name = cx.session.type_name(cx.at()?);
    let edits = cx.insert(EventType::AdComplete, cx.event()?, Side::Before)?;
    Fix::proposed(format!("Insert `adComplete` before the `{name}`"), edits)
}

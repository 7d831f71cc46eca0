//! MC-A001.

use super::break_began_early;
use super::mending::break_params;
use crate::declare_rule;
use crate::metrics::lanes::AdOutcome;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `adStart`, `adComplete` and `adSkip` count only between `adBreakStart` and `adBreakComplete`. All ads of one
    /// missing break are one finding; the next one comes when main content has played in between. The end of an ad that
    /// began before its break is not reported again.
    ///
    /// ## Why it matters
    ///
    /// The back end ignores an ad event outside a break without a word (the answer is still 204). No ad start and no
    /// ad completion is reported, and the time of the ad is counted as time spent on the main content.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adStart            # error: ad-outside-break
    /// +15  adComplete
    /// +15.1 play
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
    /// +10  ping
    /// +15  adComplete
    /// +15.1 adBreakComplete
    /// +15.2 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md` ("ignored", "counted as main content").
    pub static AD_OUTSIDE_BREAK = {
        code: "MC-A001",
        name: "ad-outside-break",
        summary: "An ad event outside an ad break is ignored, its time counts as content",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::AdOutsideBreak], check),
        fix: fix,
    }
}

fn ad_outside_break(cx: &OddityCx<'_>) -> Report {
    let at = cx.odd.at;
    let (name, time) = (cx.session.type_name(at), cx.session.at(at));
    let cost = match cx.session.event_type(at) {
        Some(EventType::AdStart) => "the ad is ignored and its time counts as content",
        _ => "it is ignored",
    };
    cx.report(format!("`{name}` at {time} stands outside an ad break: {cost}"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    if !break_began_early(cx) {
        found.report(ad_outside_break(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (session, at) = (cx.session, cx.at()?);
    let mut astray = session.lanes.ads.iter().filter(|ad| ad.ad_break.is_none());
    let Some(mut last) = astray.find(|ad| ad.start == at) else {
        return Fix::proposed(format!("Remove the `{}`", session.type_name(at)), cx.remove_event()?);
    };
    // Ads that follow at once are of the same break.
    for ad in astray {
        if last.end.map(|end| end + 1) != Some(ad.start) {
            break;
        }
        last = ad;
    }
    let params = break_params(session, session.playhead(at)?.0);
    let mut edits = vec![cx.insertion(EventType::AdBreakStart, Some(params), cx.event()?, Side::Before)?];
    let end = last.end.filter(|_| last.outcome != AdOutcome::LeftOpen);
    let is_completed = end.is_some_and(|end| session.event_type(end + 1) == Some(EventType::AdBreakComplete));
    match end.filter(|_| !is_completed) {
        Some(end) => {
            edits.push(cx.insertion(EventType::AdBreakComplete, None, session.id(end)?, Side::After)?);
            Fix::proposed("Insert `adBreakStart` before the ad and `adBreakComplete` after it", edits)
        }
        None => Fix::proposed("Insert `adBreakStart` before the ad", edits),
    }
}

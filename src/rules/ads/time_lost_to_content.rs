//! MC-A016.

use crate::declare_rule;
use crate::metrics::ads::AdFacts;
use crate::model::machine::OddityKind;
use crate::model::session::Ending;
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// What the missing ends and starts of breaks cost the session: the sum of the seconds, without pauses and buffering,
    /// of all ads that stand outside a break (A001) or in a break that was never completed (A004). Ads without an end are
    /// left out, since nobody knows how long they ran. A002, A003 and A005 alone move no time of an ad that can be named,
    /// and what becomes of a break that the next one cut short (A006) is not said by the documents.
    ///
    /// ## Why it matters
    ///
    /// The back end ignores these ads and counts their time as time spent on the main content: content time is too long
    /// by this sum, ad time too short.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60              # info: time-lost-to-content
    /// +0   sessionStart
    /// +0.1 play
    /// +10  adStart                # error: ad-outside-break
    /// +18  adComplete ph=9.9
    /// +19  ping ph=10.9
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  adBreakStart
    /// +10.1 adStart
    /// +18  adComplete
    /// +18.1 adBreakComplete
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md` ("ignored", "counted as main content"), `ad-break-complete.md` (a missing end
    /// has the same effect).
    pub static TIME_LOST_TO_CONTENT = {
        code: "MC-A016",
        name: "time-lost-to-content",
        summary: "Seconds of ads that will be counted as main content",
        family: Ads,
        level: Info,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        companions: ["ad-outside-break", "break-never-completed"],
        check: Check::Session(check),
    }
}

/// So many ads are named as related places.
const MAX_RELATED: usize = 10;

fn time_lost_to_content(cx: &SessionCx<'_>, lost: &[&AdFacts], secs: f64) -> Report {
    let message = format!(
        "{} s of {} will be counted as main content: the break around them was not opened or never completed",
        number_text(secs),
        counted(lost.len(), "ad"),
    );
    let places = lost.iter().take(MAX_RELATED).map(|ad| ad.phase.start);
    places
        .fold(cx.report_on_session(message), |report, at| report.related(cx.id(at), "an ad that is ignored"))
}

/// Start of the break that A004 names.
fn never_completed(cx: &SessionCx<'_>) -> Option<u32> {
    let mut odd = cx.lanes.odd(OddityKind::BreakNeverCompleted);
    odd.next().map(|odd| odd.at).filter(|_| cx.session.ending != Ending::CutOff)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.cadence().ts_is_in_millis() {
        return;
    }
    let ads = cx.ads();
    let named = never_completed(cx);
    let broken = ads.breaks.iter().filter(|ad_break| named == Some(ad_break.phase.start));
    let in_broken = broken.flat_map(|ad_break| ads.of_break(ad_break));
    // What no A001 names may lie in a break that began before the recording.
    let first_named = cx.lanes.odd(OddityKind::AdOutsideBreak).next().map_or(u32::MAX, |odd| odd.at);
    let astray = ads.astray().filter(|ad| ad.phase.start >= first_named);
    let mut lost: Vec<&AdFacts> = astray.chain(in_broken).collect();
    lost.retain(|ad| ad.played_secs.is_some_and(|secs| secs > 0.0));
    lost.sort_by_key(|ad| ad.phase.start);
    let secs: f64 = lost.iter().filter_map(|ad| ad.played_secs).sum();
    if !lost.is_empty() {
        found.report(time_lost_to_content(cx, &lost, secs));
    }
}

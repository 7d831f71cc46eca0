//! MC-A004.

use super::mending::complete_break;
use crate::declare_rule;
use crate::metrics::lanes::Ad;
use crate::model::machine::OddityKind;
use crate::model::session::Ending;
use crate::rules::context::{SessionCx, SessionsCx};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::lifecycle::is_stub;
use crate::rules::rule::Check;
use crate::rules::transport::is_sent_early;

declare_rule! {
    /// ## What it checks
    ///
    /// `adBreakStart` is answered by `adBreakComplete`, also when the last ad was skipped. Here the session ends, or stops,
    /// with the break open. A session that is abandoned in the middle of an ad is no fault, and where the recording stops
    /// first nothing is said; nor in the nearly empty half of a session that was started twice (`session-started-twice`),
    /// and of what was sent before the session's id was known (`sent-before-session-known`).
    ///
    /// The break is taken to have ended with its last ad, so that other rules judge what follows as main content.
    ///
    /// ## Why it matters
    ///
    /// A missing `adBreakComplete` has the same effect as a missing `adBreakStart`: the ads are ignored and their time
    /// counts as content; or the rest of the session counts as an ad break.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart      # error: break-never-completed
    /// +0.2 adStart
    /// +8   adComplete
    /// +8.1 play ph=0
    /// +18  ping ph=9.9
    /// +20  sessionEnd ph=11.9
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adSkip
    /// +8.05 adBreakComplete
    /// +8.1 play
    /// +18  ping
    /// +20  adBreakStart
    /// +20.1 adStart
    /// +24  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ad-break-complete.md`, `events/overview.md`.
    pub static BREAK_NEVER_COMPLETED = {
        code: "MC-A004",
        name: "break-never-completed",
        summary: "An ad break is still open at the end of the session",
        family: Ads,
        level: Error,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Sessions(check),
        fix: fix,
    }
}

fn break_never_completed(cx: &SessionCx<'_>, at: u32) -> Report {
    let time = cx.at(at);
    let ads = cx.lanes.breaks.iter().position(|ad_break| ad_break.start == at);
    let of_break = |ad: &&Ad| ad.ad_break.map(|number| number as usize) == ads;
    let n_ads = cx.lanes.ads.iter().filter(of_break).count();
    let cost = match n_ads {
        0 => "it counts for nothing".to_owned(),
        1 => "its ad is ignored and the time counts as content".to_owned(),
        n => format!("its {n} ads are ignored and their time counts as content"),
    };
    cx.report(at, format!("the ad break that began at {time} is never completed: {cost}"))
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    for (number, session) in cx.sessions().enumerate() {
        // The end may come after the recording.
        let is_over = session.session.ending != Ending::CutOff;
        let odd = session.lanes.odd(OddityKind::BreakNeverCompleted).next();
        // The rest of it went to another session.
        let is_told = || is_stub(cx, number) || is_sent_early(cx.capture, session.session);
        if let Some(odd) = odd.filter(|_| is_over && !is_told()) {
            found.report(break_never_completed(&session, odd.at));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    // A break without ads counts for nothing: what is missing there cannot be told.
    let edits = complete_break(cx, cx.at()?)?;
    Fix::proposed("Insert `adBreakComplete` after the last ad of the break", edits)
}

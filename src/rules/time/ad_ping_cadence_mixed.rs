//! MC-T016.

use super::{place_text, ts_is_in_millis};
use crate::declare_rule;
use crate::metrics::cadence::Gap;
use crate::metrics::lanes::Ad;
use crate::model::event_type::EventType;
use crate::model::policy::AdPing;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The sources disagree how often an ad is pinged (D2, policy `ad-ping`): every second by `ping.md`, every 10 s by
    /// `mc-api-sed-pings.md` and by default in Adobe's SDKs, which can be set to 1 s. With `one-to-ten-secs`, the default,
    /// both are accepted; the rule fires when the gap from ping to ping changes inside one ad between the two: 2.5 s or
    /// less, and 8 s or more. With `one-sec` (profile `strict`) it fires on each ad in which a gap between its start, its
    /// pings and its end exceeds 2.5 s.
    ///
    /// A gap that is a hole (`ping-late`) or due to a session without pings (`no-pings`) is told there.
    ///
    /// ## Why it matters
    ///
    /// Ad time spent is as fine as the pings that delimit it: when the cadence changes, ads that are left early are
    /// counted more finely than others, and their times do not compare.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart
    /// +1..+5/1 ping
    /// +15  ping               # info: ad-ping-cadence-mixed
    /// +20  adComplete
    /// +20  adBreakComplete
    /// +20  play
    /// +30  ping
    /// +35  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart
    /// +10  ping
    /// +20  adComplete
    /// +20  adBreakComplete
    /// +20  play
    /// +30  ping
    /// +35  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ping.md` and `mc-api-sed-pings.md`, which disagree (D2). Observed: N8.
    pub static AD_PING_CADENCE_MIXED = {
        code: "MC-T016",
        name: "ad-ping-cadence-mixed",
        summary: "The pings of an ad are now 1 s, now 10 s apart, or slower than the policy asks",
        family: Time,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

/// Gaps from here on are of a 10 s cadence, seconds.
const TEN_SECS_FROM: f64 = 8.0;

fn cadence_mixed(cx: &SessionCx<'_>, ad: &Ad, fast: &Gap, slow: &Gap) -> Report {
    let at = fast.to.max(slow.to);
    let message = format!(
        "in the ad that began at {} pings are {} s apart at {} and {} s at {}: one cadence is expected",
        cx.at(ad.start),
        number_text(fast.secs),
        cx.at(fast.to),
        number_text(slow.secs),
        cx.at(slow.to),
    );
    cx.report(at, message).pointer("/playerTime/ts").related(cx.id(ad.start), "the ad begins here")
}

fn slower_than_asked(cx: &SessionCx<'_>, ad: &Ad, slow: &Gap, n_slow: u32) -> Report {
    let more = match n_slow - 1 {
        0 => String::new(),
        1 => ", and so does one more".to_owned(),
        more => format!(", and so do {more} more"),
    };
    let message = format!(
        "{} comes {} s after `{}` in an ad{more}: the policy asks for 1 s, the limit is {} s",
        place_text(cx, slow.to),
        number_text(slow.secs),
        cx.type_name(slow.from),
        number_text(cx.settings.numbers.ad_ping_slow_secs),
    );
    let report = cx.report(slow.to, message).pointer("/playerTime/ts");
    report.related(cx.id(ad.start), "the ad begins here")
}

/// The gaps of an ad: from its start by its pings to its end, holes left out.
fn gaps<'a>(cx: &'a SessionCx<'_>, ad: &Ad) -> impl Iterator<Item = Gap> + 'a {
    let start = ad.start;
    let end = ad.end.unwrap_or_else(|| cx.len().saturating_sub(1));
    let hole_secs = cx.cadence().limit_secs;
    let delimits = move |at: &u32| *at == end || cx.event_type(*at) == Some(EventType::Ping);
    let mut last = cx.ts(start).map(|ts| (start, ts));
    (start + 1..=end).filter(delimits).filter_map(move |at| {
        let ts = cx.ts(at)?;
        let (from, since) = last.replace((at, ts))?;
        Some(Gap { from, to: at, secs: ts.secs_since(since) }).filter(|gap| gap.secs <= hole_secs)
    })
}

fn judge(cx: &SessionCx<'_>, ad: &Ad) -> Option<Report> {
    let numbers = &cx.settings.numbers;
    let is_ping = |at| cx.event_type(at) == Some(EventType::Ping);
    match cx.settings.policy.ad_ping {
        AdPing::OneSec => {
            let mut slow = gaps(cx, ad).filter(|gap| gap.secs > numbers.ad_ping_slow_secs);
            let first = slow.next()?;
            let n_slow = u32::try_from(slow.count()).unwrap_or(u32::MAX).saturating_add(1);
            Some(slower_than_asked(cx, ad, &first, n_slow))
        }
        AdPing::OneToTenSecs => {
            let (mut fast, mut slow) = (None, None);
            for gap in gaps(cx, ad).filter(|gap| is_ping(gap.from) && is_ping(gap.to)) {
                if gap.secs <= numbers.ad_ping_slow_secs {
                    fast.get_or_insert(gap);
                } else if gap.secs >= TEN_SECS_FROM {
                    slow.get_or_insert(gap);
                }
            }
            Some(cadence_mixed(cx, ad, &fast?, &slow?))
        }
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !ts_is_in_millis(cx) || cx.cadence().play_without_pings().is_some() {
        return;
    }
    // An ad outside a break counts as content.
    for ad in cx.lanes.ads.iter().filter(|ad| ad.ad_break.is_some()) {
        judge(cx, ad).into_iter().for_each(|report| found.report(report));
    }
}

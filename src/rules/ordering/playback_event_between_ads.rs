//! MC-O008.

use std::collections::BTreeSet;

use super::remove_run;
use crate::declare_rule;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::{SessionCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `play`, `pauseStart` or `bufferStart` inside an ad break, but outside an ad: before the first `adStart`, between two
    /// ads, or before `adBreakComplete`. Once for each break. Silent in a break whose bookends are wrong anyway
    /// (A001–A006).
    ///
    /// ## Why it matters
    ///
    /// In a break no main content plays, and without an ad nothing else does: the time counts for nothing, and the event
    /// describes a state that there is none of. SDKs refuse such calls. The usual cause is an `adStart` that is sent too
    /// late, or a player whose events between two ads are passed on.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0.1 play             # warn: playback-event-between-ads
    /// +0.5 adStart
    /// +8   adComplete
    /// +8   adBreakComplete
    /// +8   play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart
    /// +0.1 play
    /// +8   adComplete
    /// +8   adBreakComplete
    /// +8   play
    /// +18  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's SDKs refuse it. Documented: `mc-api-timeline-1.md` (no playback event between `adBreakStart` and
    /// `adStart`).
    pub static PLAYBACK_EVENT_BETWEEN_ADS = {
        code: "MC-O008",
        name: "playback-event-between-ads",
        summary: "`play`, `pauseStart` or `bufferStart` in an ad break, but outside an ad",
        family: Ordering,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn playback_event_between_ads(cx: &SessionCx<'_>, run: &[&Oddity]) -> Option<Report> {
    let first = run.first()?;
    let (name, time) = (cx.type_name(first.at), cx.at(first.at));
    let others = match run.len() - 1 {
        0 => String::new(),
        n => format!("; {} of the break likewise", counted(n, "later event")),
    };
    let message =
        format!("`{name}` at {time} stands in an ad break, but outside an ad: it tells of nothing{others}");
    let report = cx.report(first.at, message).count(u32::try_from(run.len()).unwrap_or(u32::MAX));
    Some(report.related(first.related.and_then(|start| cx.id(start)), "ad break opened here"))
}

/// Starts of the breaks whose bookends are wrong (A001–A006).
fn faulty_breaks(cx: &SessionCx<'_>) -> BTreeSet<u32> {
    let breaks = &cx.lanes.breaks;
    let around = |at: u32| {
        let next = breaks.partition_point(|known| known.start <= at);
        breaks.get(next.checked_sub(1)?).map(|known| known.start)
    };
    let faulty = |odd: &Oddity| match odd.kind {
        OddityKind::NestedBreak => odd.related,
        OddityKind::AdOutsideBreak
        | OddityKind::AdEndWithoutStart
        | OddityKind::AdLeftOpen
        | OddityKind::BreakNeverCompleted
        | OddityKind::BreakCompleteWithoutStart => around(odd.at),
        _ => None,
    };
    cx.lanes.oddities.iter().filter_map(faulty).collect()
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let odd: Vec<&Oddity> = cx.lanes.odd(OddityKind::PlaybackBetweenAds).collect();
    if odd.is_empty() {
        return;
    }
    let faulty = faulty_breaks(cx);
    for run in odd.chunk_by(|a, b| a.related == b.related) {
        let is_faulty = run.iter().filter_map(|odd| odd.related).any(|start| faulty.contains(&start));
        if !is_faulty && let Some(report) = playback_event_between_ads(cx, run) {
            found.report(report);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    remove_run(cx, OddityKind::PlaybackBetweenAds)
}

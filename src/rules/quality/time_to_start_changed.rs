//! MC-Q004.

use crate::declare_rule;
use crate::metrics::quality::Change;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Once main content plays, `media.qoe.timeToStart` keeps its value: the one that was sent up to the first `play`
    /// outside a break, or else the first one above 0 after it. Told once for a session, at the first change.
    /// With the policy `qoe-place: also-params` (D3) values in `params` count too.
    ///
    /// ## Why it matters
    ///
    /// The back end keeps the last value that was sent. A player that goes on counting after the first frame inflates
    /// the time to start, and with it the averages of the report.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +1.5 play media.qoe.timeToStart=1500
    /// +10  ping media.qoe.timeToStart=10000   # warn: time-to-start-changed
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +1.5 play media.qoe.timeToStart=1500
    /// +10  ping media.qoe.timeToStart=1500
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `time-to-start.md` (frozen once the first frame shows).
    pub static TIME_TO_START_CHANGED = {
        code: "MC-Q004",
        name: "time-to-start-changed",
        summary: "The time to start changes after main content began to play",
        family: Quality,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn time_to_start_changed(cx: &SessionCx<'_>, settled: Change, changed: Change) -> Report {
    let message = format!(
        "`media.qoe.timeToStart` goes from {} to {} ms at {}, after main content began to play",
        settled.value,
        changed.value,
        cx.at(changed.at),
    );
    cx.report(changed.at, message)
        .pointer("/qoeData/media.qoe.timeToStart")
        .related(cx.id(settled.at), "the value that should have stayed")
}

/// The value that stays, and the first other one after it.
fn first_change(cx: &SessionCx<'_>, changes: &[Change]) -> Option<(Change, Change)> {
    // Of a session that the capture joined late the first frame was shown before.
    let first_play =
        if cx.session.begins_late { 0 } else { (0..cx.len()).find(|at| cx.after(*at).plays_main())? };
    // What shares the tick of the first `play` came with it.
    let is_later = |change: &&Change| change.at > first_play && cx.ts(change.at) != cx.ts(first_play);
    let up_to_play = changes.iter().rfind(|change| !is_later(change)).filter(|change| change.value > 0);
    let settled =
        up_to_play.or_else(|| changes.iter().find(|change| is_later(change) && change.value > 0))?;
    let changed = changes.iter().find(|change| change.at > settled.at && is_later(change))?;
    Some((*settled, *changed))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let changes = &cx.quality().time_to_start;
    if changes.len() < 2 {
        return;
    }
    if let Some((settled, changed)) = first_change(cx, changes) {
        found.report(time_to_start_changed(cx, settled, changed));
    }
}

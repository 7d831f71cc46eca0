//! MC-B013.

use crate::declare_rule;
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Said once per capture that holds downloaded sessions, since it cannot be seen in the traffic: how the report
    /// suite treats timestamps.
    ///
    /// ## Why it matters
    ///
    /// For downloaded sessions the back end adds a timestamp to the start and close calls, so that the view is dated
    /// when it happened. What the report suite does with it:
    ///
    /// | Setting | Hits of downloaded sessions | Hits of live sessions |
    /// |---|---|---|
    /// | timestamps not allowed | dropped for good | taken |
    /// | timestamps required | taken | dropped for good |
    /// | timestamps optional | taken | taken |
    ///
    /// With optional timestamps, `analytics.visitorId` must not be set on them.
    ///
    /// ## Example
    ///
    /// ```session
    /// # info: needs-timestamp-suite
    /// @batch
    /// +0   sessionStart
    /// +0.1 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `track-downloaded-content.md`; Analytics, `timestamp-configuration.md`.
    pub static NEEDS_TIMESTAMP_SUITE = {
        code: "MC-B013",
        name: "needs-timestamp-suite",
        summary: "Downloaded sessions need a report suite that takes timestamps",
        family: Batch,
        level: Info,
        certainty: Documented,
        origin: Capture,
        check: Check::Capture(check),
    }
}

fn needs_timestamp_suite(n_sessions: usize) -> Report {
    let sessions = if n_sessions == 1 { "1 session is" } else { &format!("{n_sessions} sessions are") };
    Report::new(format!(
        "{sessions} downloaded content, so their hits carry timestamps: a report suite that does not allow them drops \
         these hits for good, one that requires them drops live sessions, optional takes both"
    ))
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    let downloaded = cx.capture.sessions.iter().filter(|session| session.mode.is_downloaded());
    match downloaded.count() {
        0 => {}
        n_sessions => found.report(needs_timestamp_suite(n_sessions)),
    }
}

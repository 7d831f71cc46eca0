//! MC-H004.

use super::groups::{self, Group};
use crate::declare_rule;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Requests with the paths of this API go to `….hb-api.omtrdc.net`, not to `….hb.omtrdc.net`. One finding per session
    /// and host. Traffic of the heartbeat protocol itself is H023.
    ///
    /// ## Why it matters
    ///
    /// The two hosts differ by three letters and speak different protocols: the heartbeat host does not open sessions, so
    /// nothing of the viewing reaches the reports. Putting `hb-api` in place of `hb` is the fix that support gives.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 host=example.hb.omtrdc.net
    /// +0   sessionStart status=404       # error: heartbeat-host
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60 host=example.hb-api.omtrdc.net
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `analytics-only/overview.md`; an Adobe engineer's answer in acp-sdks#403.
    pub static HEARTBEAT_HOST = {
        code: "MC-H004",
        name: "heartbeat-host",
        summary: "The host of the heartbeat protocol instead of that of the API",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        check: Check::Session(check),
    }
}

fn heartbeat_host(group: &Group<'_, u32>, host: &str) -> Report {
    let right = host.replacen(".hb.", ".hb-api.", 1);
    let others = group.others("goes there", "go there");
    group.report(format!("`{host}` is a host of the heartbeat protocol, the API has `{right}`{others}"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for group in groups::by_column(cx, |row| row.host) {
        if let Some(host) = group.first.host().filter(|host| is_heartbeat(host)) {
            found.report(heartbeat_host(&group, host));
        }
    }
}

/// Only Adobe's own domain says what a host is: `video.hb.example.com` may be anything.
fn is_heartbeat(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    name.ends_with(".hb.omtrdc.net")
}

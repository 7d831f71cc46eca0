//! MC-H023.

use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange};
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// The recording holds other Adobe media traffic: hits of the older heartbeat protocol, or requests of the Media Edge
    /// API (XDM). One finding for each of the two, with the number of requests. A warning when there is no traffic of
    /// this API beside it, else worth knowing only.
    ///
    /// ## Why it matters
    ///
    /// A player that is set up for another protocol sends nothing to this API, and a bare "no sessions" would not say
    /// so. The heartbeat host `….hb.omtrdc.net` instead of `….hb-api.omtrdc.net` is a usual slip.
    ///
    /// ## Example
    ///
    /// ```session
    /// # warn: not-this-api
    /// @vod url="https://example.hb.omtrdc.net/?s:event:type=start"
    /// +0   sessionStart
    /// +10  ping
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: the hosts of `analytics-only/overview.md`; the sibling API's own pages.
    pub static NOT_THIS_API = {
        code: "MC-H023",
        name: "not-this-api",
        summary: "Heartbeat hits or Edge (XDM) traffic: not the Media Collection API",
        family: Transport,
        level: Warn,
        certainty: Documented,
        origin: Transport,
        check: Check::Capture(check),
    }
}

fn not_this_api(first: &Exchange<'_>, is_edge: bool, n_requests: u32, is_alone: bool) -> Report {
    let requests =
        if n_requests == 1 { "1 request is".to_owned() } else { format!("{n_requests} requests are") };
    let host = first.host().unwrap_or_default();
    let message = if is_edge {
        format!("{requests} of the Media Edge API (XDM), not of the Media Collection API")
    } else {
        format!(
            "{requests} of the heartbeat protocol (`{host}`), not of the Media Collection API, whose host has \
             `.hb-api.` in it"
        )
    };
    let report = Report::new(message).exchange(Some(first.id)).count(n_requests);
    if is_alone { report } else { report.level(Level::Info) }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    if cx.capture.n_foreign == 0 {
        return;
    }
    let others = cx.capture.all_exchanges().filter(|exchange| exchange.endpoint() == Endpoint::OtherMedia);
    let (edge, heartbeat): (Vec<_>, Vec<_>) = others.partition(|exchange| exchange.url().contains("/ee/"));
    for (requests, is_edge) in [(heartbeat, false), (edge, true)] {
        if let Some(first) = requests.first() {
            let n_requests = u32::try_from(requests.len()).unwrap_or(u32::MAX);
            found.report(not_this_api(first, is_edge, n_requests, cx.capture.sessions.is_empty()));
        }
    }
}

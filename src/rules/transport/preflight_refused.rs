//! MC-H020.

use rustc_hash::FxHashMap;

use super::preflight::{Preflights, session_of};
use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange};
use crate::rules::context::{CaptureCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The answer to a browser's `OPTIONS` lets it send: a success with `Access-Control-Allow-Origin`, and with
    /// `Content-Type` among the allowed headers where the browser asks for it. One finding per host and operation.
    /// Silent when the request followed all the same, and when the recording kept no headers.
    ///
    /// ## Why it matters
    ///
    /// A browser that is refused does not send the `POST` at all: no event of a page on that origin reaches the back
    /// end, and the reports show none of its viewers. The API itself answers with these headers; a proxy or a host of
    /// one's own in front of it may not.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   OPTIONS to=sessions -answer:Access-Control-Allow-Origin     # error: preflight-refused
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   OPTIONS to=sessions
    /// +0   sessionStart
    /// +0.5 OPTIONS to=events
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: the CORS headers on every sample answer (`mc-api-quick-start.md`), and what browsers do by the Fetch
    /// standard.
    pub static PREFLIGHT_REFUSED = {
        code: "MC-H020",
        name: "preflight-refused",
        summary: "A browser's OPTIONS got no CORS headers",
        family: Transport,
        level: Error,
        certainty: Advice,
        origin: Transport,
        check: Check::Capture(check),
    }
}

fn preflight_refused(first: &Exchange<'_>, why: &str, n: u32) -> Report {
    let others = match n {
        1 => String::new(),
        n => format!("; {} got such an answer", counted(n as usize - 1, "more preflight")),
    };
    let path = super::path_of_operation(first.endpoint());
    let status = first.row().status;
    Report::new(format!(
        "the answer {status} to the browser's preflight for `{path}` {why}: the browser sends nothing{others}"
    ))
    .exchange(Some(first.id))
    .session(session_of(first))
    .count(n)
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    let refused = Preflights::of(cx.capture).refused;
    let mut groups: Vec<(Exchange<'_>, &str, u32)> = Vec::new();
    let mut numbers: FxHashMap<(u32, Endpoint), usize> = FxHashMap::default();
    for (preflight, why) in refused {
        let row = preflight.row();
        let number = *numbers.entry((row.host, row.endpoint)).or_insert(groups.len());
        match groups.get_mut(number) {
            Some((_, _, n)) => *n += 1,
            None => groups.push((preflight, why, 1)),
        }
    }
    for (first, why, n) in groups {
        found.report(preflight_refused(&first, why, n));
    }
}

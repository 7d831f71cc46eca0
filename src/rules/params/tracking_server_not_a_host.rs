//! MC-P009.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Wants};
use crate::rules::schema;

declare_rule! {
    /// ## What it checks
    ///
    /// `analytics.trackingServer` is the bare name of a host: not empty, no scheme, no path, no space. And it is the host of
    /// Analytics, not the one that the media events go to: neither the host of the session's own request (where the capture
    /// shows it) nor one of the form `….hb-api.…`.
    ///
    /// ## Why it matters
    ///
    /// The back end builds the address of the resulting Analytics calls from it. A wrong one is taken, and the session
    /// answered with 201, but nothing arrives in Analytics.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart analytics.trackingServer="https://metrics.example.com/b/ss"   # warn: tracking-server-not-a-host
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart analytics.trackingServer="metrics.example.com"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `mc-api-req-params.md` (the URL of the Analytics server, shown as a host name).
    pub static TRACKING_SERVER_NOT_A_HOST = {
        code: "MC-P009",
        name: "tracking-server-not-a-host",
        summary: "A tracking server that is no host name",
        family: Params,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
        fix: fix,
    }
}

fn tracking_server_not_a_host(cx: &EventCx<'_>, fault: &str) -> Report {
    cx.report(format!("`analytics.trackingServer` {fault}")).pointer("/params/analytics.trackingServer")
}

/// Why the value is no name of a host.
fn fault_of(server: &str) -> Option<String> {
    let fault = if server.trim().is_empty() {
        "is empty"
    } else if server.contains("://") {
        "has a scheme"
    } else if server.contains(['/', '\\', '?', '#']) {
        "has a path"
    } else if server.contains(char::is_whitespace) {
        "has a space"
    } else {
        return None;
    };
    let value = if server.is_empty() { String::new() } else { format!(" ({})", schema::quoted(server)) };
    Some(format!("{fault}{value}: it is the bare name of a host"))
}

/// Why the value is a host that the media events go to.
fn collects_media(cx: &EventCx<'_>, server: &str) -> Option<String> {
    let is_named_so = server.to_ascii_lowercase().contains(".hb-api.");
    let host = cx.event.exchange().and_then(|exchange| exchange.host());
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    let is_same = name.is_some_and(|name| name.eq_ignore_ascii_case(server));
    (is_named_so || is_same).then(|| {
        format!("is {}, the host that the media events go to, not one of Analytics", schema::quoted(server))
    })
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let Some(server) = super::exact_text(cx, "analytics.trackingServer") else { return };
    if let Some(fault) = fault_of(server).or_else(|| collects_media(cx, server)) {
        found.report(tracking_server_not_a_host(cx, &fault));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let value = cx.value()?;
    let written = value.as_str()?;
    let server = written.trim();
    let after_scheme = server.split_once("://").map_or(server, |(_, rest)| rest);
    let host = after_scheme.split(['/', '\\', '?', '#']).next()?;
    let is_better = host != written && fault_of(host).is_none();
    let fix = || {
        Fix::proposed(format!("Keep the host, {}, and nothing else", schema::quoted(host)), cx.replace(host)?)
    };
    is_better.then(fix)?
}

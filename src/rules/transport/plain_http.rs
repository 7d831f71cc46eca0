//! MC-H005.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::groups::{self, Group};
use crate::declare_rule;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Requests to another machine than the player's own go over `https`. One finding per session and host.
    ///
    /// ## Why it matters
    ///
    /// The API is described for `https` only. Pages that were loaded over `https` may not send to plain `http`, and
    /// whoever is on the way can read and change what is sent, and with it the reports. Older SDKs can be set to it.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 host=http://collect.example.com
    /// +0   sessionStart       # info: plain-http
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60 host=https://collect.example.com
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    ///
    /// @vod length=60 host=http://127.0.0.1:8080
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: swagger lists `https` alone.
    pub static PLAIN_HTTP = {
        code: "MC-H005",
        name: "plain-http",
        summary: "Plain http to a host that is not loopback",
        family: Transport,
        level: Info,
        certainty: Documented,
        origin: Transport,
        check: Check::Session(check),
    }
}

fn plain_http(group: &Group<'_, u32>, host: &str) -> Report {
    let others = group.others("goes there", "go there");
    group.report(format!(
        "this request goes to `{host}` over plain `http`, the API is described for `https`{others}"
    ))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for group in groups::by_column(cx, |row| row.host) {
        let host = group.first.host().filter(|host| !is_loopback(host));
        if let Some(host) = host.filter(|_| is_plain(&group.first.url())) {
            found.report(plain_http(&group, host));
        }
    }
}

fn is_plain(url: &str) -> bool {
    url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
}

/// True for a host, with or without a port, that is the machine itself.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        // more than one colon: an address without brackets
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_v4 = name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    let is_v6 = name.parse::<Ipv6Addr>().is_ok_and(|address| {
        address.is_loopback() || address.to_ipv4_mapped().is_some_and(|mapped| mapped.is_loopback())
    });
    is_v4 || is_v6 || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_itself_is_known_by_every_name() {
        for host in [
            "localhost",
            "localhost:80",
            "a.localhost",
            "127.0.0.1",
            "127.8.9.1:80",
            "[::1]:80",
            "::1",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["example.com", "10.0.0.1:80", "localhost.example.com", "[::2]", "127.0.0.1.example.com", ""]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}

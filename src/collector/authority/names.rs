//! Names of hosts: those that the user lists, and those that the authority may stand for.

use crate::model::reason::Reason;
use rcgen::{CidrSubnet, GeneralSubtree};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::Host;

/// A host that the user listed: `example.com`, `*.example.com` (any name below it), or an IP address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostPattern {
    /// Exactly this name, in lower case and as it goes over the wire (`xn--…`).
    Name(String),
    /// Every name that ends in a dot and this one.
    Below(String),
    /// This address.
    Address(IpAddr),
}

impl HostPattern {
    /// True for a host as it stands in an address; brackets of IPv6, capitals and a last dot do not matter.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        match (self, host_of(host)) {
            (HostPattern::Address(address), Some(HostPattern::Address(host))) => *address == host,
            (HostPattern::Name(name), Some(HostPattern::Name(host))) => *name == host,
            (HostPattern::Below(name), Some(HostPattern::Name(host))) => {
                host.strip_suffix(name.as_str()).is_some_and(|front| front.len() > 1 && front.ends_with('.'))
            }
            _ => false,
        }
    }

    /// A name that it stands for, to try with.
    pub(super) fn example(&self) -> String {
        match self {
            HostPattern::Name(name) => name.clone(),
            HostPattern::Below(name) => format!("any.{name}"),
            HostPattern::Address(address) => address.to_string(),
        }
    }

    /// What a certificate of an authority calls it. A name includes all below it: the format knows no other way.
    fn subtree(&self) -> GeneralSubtree {
        match self {
            HostPattern::Name(name) | HostPattern::Below(name) => GeneralSubtree::DnsName(name.clone()),
            HostPattern::Address(IpAddr::V4(address)) => network(IpAddr::V4(*address), 32),
            HostPattern::Address(IpAddr::V6(address)) => network(IpAddr::V6(*address), 128),
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPattern::Name(name) => f.write_str(name),
            HostPattern::Below(name) => write!(f, "*.{name}"),
            HostPattern::Address(address) => write!(f, "{address}"),
        }
    }
}

impl FromStr for HostPattern {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Reason> {
        let refused = || {
            let english = "write example.com, *.example.com or an IP address, without port";
            Reason::new("why.no-host", [("host", text.to_owned())], format!("`{text}` is no host: {english}"))
        };
        let (name, is_below) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
        match (host_of(name).ok_or_else(refused)?, is_below) {
            // A whole top-level domain is never meant.
            (HostPattern::Name(name), true) if name.contains('.') => Ok(HostPattern::Below(name)),
            (host, false) => Ok(host),
            _ => Err(refused()),
        }
    }
}

/// Reads one host, without a star.
fn host_of(text: &str) -> Option<HostPattern> {
    if let Ok(address) = text.parse() {
        return Some(HostPattern::Address(address));
    }
    match Host::parse(text.strip_suffix('.').unwrap_or(text)).ok()? {
        Host::Ipv4(address) => Some(HostPattern::Address(IpAddr::V4(address))),
        Host::Ipv6(address) => Some(HostPattern::Address(IpAddr::V6(address))),
        Host::Domain(name) => {
            let is_plain = |label: &str| {
                let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                (1..=63).contains(&label.len()) && label.chars().all(is_letter)
            };
            (name.len() <= 253 && name.split('.').all(is_plain)).then_some(HostPattern::Name(name))
        }
    }
}

/// Networks of this machine and of those around it.
const NEAR: &[(&str, u8)] = &[
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];
/// Names of this machine and of those around it, and those under which Adobe provisions collection hosts
/// (`media-collection-api.md`: `<namespace>.hb-api.omtrdc.net`).
const NAMES: &[&str] = &["hb-api.omtrdc.net", "local", "localhost"];

/// What an authority may stand for: machines nearby, Adobe's collection hosts, and what the user listed.
pub(super) fn permitted(listed: &[HostPattern]) -> Vec<GeneralSubtree> {
    let names = NAMES.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned()));
    let near = NEAR.iter().filter_map(|(address, bits)| Some(network(address.parse().ok()?, *bits)));
    names.chain(listed.iter().map(HostPattern::subtree)).chain(near).collect()
}

fn network(address: IpAddr, bits: u8) -> GeneralSubtree {
    GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn pattern(text: &str) -> HostPattern {
        text.parse().expect("a host")
    }

    #[test]
    fn a_name_is_that_name_alone_and_a_star_all_below_it() {
        for (listed, host, expected) in [
            ("example.com", "example.com", true),
            ("example.com", "EXAMPLE.com.", true),
            ("example.com", "a.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.Example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "badexample.com", false),
            ("*.example.com", ".example.com", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("::1", "[::1]", true),
            ("[::1]", "::1", true),
            ("bücher.de", "xn--bcher-kva.de", true),
        ] {
            assert_eq!(pattern(listed).matches(host), expected, "{listed} {host}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            "*",
            "*.",
            "*.com",
            "a b",
            "https://example.com",
            "example.com:443",
            "a..b",
            "*.1.2.3.4",
            "a/b",
        ] {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
    }
}

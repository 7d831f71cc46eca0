//! Where drafts are sent: the base address, and which hosts may be sent to.

use super::refusal::Refusal;
use url::{Host, Url};

/// A base address that may be sent to. Only [`Target::new`] makes one, so that nothing can be
/// sent to a host that was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    base: Url,
}

impl Target {
    /// Checks an address such as `http://127.0.0.1:8787` or `https://host.example/prefix`.
    ///
    /// Loopback is free, any other host must be named in `allowed_hosts` exactly. From `/api/v1`
    /// on the path is left out: that part comes from what is sent.
    ///
    /// # Errors
    /// In words: no address, not http(s), a user name in it, or the host is not allowed.
    pub fn new(address: &str, allowed_hosts: &[String]) -> Result<Target, Refusal> {
        if address.trim().is_empty() {
            return Err(Refusal::NoTarget);
        }
        let mut base = Url::parse(address.trim())
            .map_err(|error| Refusal::BadTarget { address: address.to_owned(), why: error.to_string() })?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(Refusal::NotHttp { scheme: base.scheme().to_owned() });
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Refusal::Credentials);
        }
        let Some(host) = base.host() else { return Err(Refusal::NoTarget) };
        if !is_loopback(&host) && !allowed_hosts.iter().any(|name| names_host(name, &host)) {
            return Err(Refusal::HostNotAllowed { host: host.to_string() });
        }
        let path = base.path();
        let prefix = path.find("/api/v1").map_or(path, |at| &path[..at]).trim_end_matches('/').to_owned();
        base.set_path(&prefix);
        base.set_query(None);
        base.set_fragment(None);
        Ok(Target { base })
    }

    /// True for `http`: no certificates are needed.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.base.scheme() == "http"
    }

    /// The address without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The address of `path_and_query` on this target.
    ///
    /// # Errors
    /// When it makes no address, or one on another host.
    pub fn join(&self, path_and_query: &str) -> Result<Url, Refusal> {
        let bad = |why: String| Refusal::BadTarget { address: path_and_query.to_owned(), why };
        let slash = if path_and_query.starts_with('/') { "" } else { "/" };
        let url = Url::parse(&format!("{}{slash}{path_and_query}", self.base()))
            .map_err(|error| bad(error.to_string()))?;
        if url.origin() == self.base.origin() {
            Ok(url)
        } else {
            Err(bad("it leads to another host".to_owned()))
        }
    }
}

/// True for `localhost`, 127.0.0.0/8 and `[::1]`; for no other name, whatever it resolves to.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// True when `name`, as the user typed it, is this host.
fn names_host(name: &str, host: &Host<&str>) -> bool {
    let name = name.trim();
    let bracketed = format!("[{name}]");
    [name, &bracketed].iter().any(|text| {
        Host::parse(text).is_ok_and(|parsed| match (&parsed, host) {
            (Host::Domain(a), Host::Domain(b)) => a == b,
            (Host::Ipv4(a), Host::Ipv4(b)) => a == b,
            (Host::Ipv6(a), Host::Ipv6(b)) => a == b,
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_free() {
        for address in [
            "http://localhost",
            "http://LOCALHOST:8787/",
            "http://127.0.0.1:1",
            "https://127.255.0.9",
            "http://[::1]:80",
            "http://2130706433",
        ] {
            assert!(Target::new(address, &[]).is_ok(), "{address}");
        }
    }

    #[test]
    fn any_other_host_is_refused_unless_named_exactly() {
        for address in [
            "http://localhost.evil.com",
            "http://127.0.0.1.evil.com",
            "http://evil.com/localhost",
            "http://localhost.",
            "http://x.localhost",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:127.0.0.1]",
            "http://128.0.0.1",
            "http://192.168.0.7:8787",
        ] {
            let refused = Target::new(address, &["com".to_owned(), "vil.com".to_owned(), "*".to_owned()]);
            assert!(matches!(refused, Err(Refusal::HostNotAllowed { .. })), "{address}: {refused:?}");
        }
        let table = [("http://a.example:99/x", "A.example"), ("http://[fe80::1]", "fe80::1")];
        for (address, name) in table {
            assert!(Target::new(address, &[name.to_owned()]).is_ok(), "{address}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused_in_words() {
        assert_eq!(Target::new(" ", &[]), Err(Refusal::NoTarget));
        assert_eq!(Target::new("ftp://localhost", &[]), Err(Refusal::NotHttp { scheme: "ftp".to_owned() }));
        assert_eq!(Target::new("http://me:pw@localhost", &[]), Err(Refusal::Credentials));
        assert!(matches!(Target::new("localhost:8787", &[]), Err(Refusal::NotHttp { .. })));
        assert!(matches!(Target::new("http://", &[]), Err(Refusal::BadTarget { .. })));
    }

    #[test]
    fn a_prefix_stays_and_the_api_part_goes() {
        let table = [
            ("http://localhost:1", "http://localhost:1"),
            ("http://localhost:1/va/", "http://localhost:1/va"),
            ("http://localhost:1/va/api/v1/sessions?x=1#y", "http://localhost:1/va"),
            ("http://localhost:1/api/v1/downloaded", "http://localhost:1"),
        ];
        for (address, base) in table {
            assert_eq!(Target::new(address, &[]).expect("loopback").base(), base);
        }
    }

    #[test]
    fn no_path_leads_to_another_host() {
        let target = Target::new("http://localhost:1/va", &[]).expect("loopback");
        for path in
            ["/api/v1/sessions", "//evil.com/x", "@evil.com", "http://evil.com", "\\\\evil.com", ":80"]
        {
            let host = target.join(path).expect("an address").host_str().map(str::to_owned);
            assert_eq!(host.as_deref(), Some("localhost"), "{path}");
        }
    }
}

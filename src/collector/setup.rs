//! From what was chosen to how a collector is set up: the one place, for the command line and the window.

use super::authority::{self, Authority, AuthorityError, HostPattern};
use super::forward::Forward;
use super::proxy::Proxy;
use super::upstream::{self, Patience, TrustError, Upstream};
use super::{CollectorConfig, Mode, addresses, pages};
use crate::files;
use crate::model::collecting::{Choice, Choices, Pass, Refused};
use crate::model::reason::Reason;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// Sets up what was chosen. Makes the authority of this user when certificates are needed for the first time.
///
/// # Errors
/// Which choice cannot be, and why.
pub fn config(choices: &Choices) -> Result<CollectorConfig, Refused> {
    let mut config = CollectorConfig {
        faults: choices.faults.clone(),
        ..CollectorConfig::new(choices.listen, choices.profile.policy())
    };
    let opened = opened(&choices.pass)?;
    if choices.tls || !opened.is_empty() {
        config.authority = Some(authority(&opened).map_err(no_authority)?);
    }
    if let Some(authority) = config.authority.as_ref().filter(|_| choices.tls) {
        let tls = authority.server_config(&addresses::hosts(config.listen));
        config.tls = Some(Arc::new(tls.map_err(no_authority)?));
    }
    config.mode = match &choices.pass {
        Pass::StandIn => Mode::StandIn,
        Pass::Forward { to, trusted } => {
            if to.is_empty() {
                let english =
                    "the address of the real collector is missing: write http://HOST or https://HOST";
                return Err(Refused::of(Choice::Forward, Reason::new("why.forward-missing", [], english)));
            }
            let forward = Forward::new(to, upstream(trusted.as_deref())?);
            Mode::Forward(forward.map_err(|why| Refused::of(Choice::Forward, why))?)
        }
        Pass::Proxy { trusted, .. } => {
            Mode::Proxy(Proxy::new(opened, config.authority.clone(), upstream(trusted.as_deref())?))
        }
    };
    Ok(config)
}

/// The page for devices of a collector that really listens there, where they need one: to find the certificate, or to
/// know the proxy.
#[must_use]
pub fn device_page(choices: &Choices, address: SocketAddr) -> Option<String> {
    let is_needed = choices.tls || matches!(choices.pass, Pass::Proxy { .. });
    is_needed.then(|| pages::url(address))
}

fn opened(pass: &Pass) -> Result<Vec<HostPattern>, Refused> {
    let Pass::Proxy { opened, .. } = pass else { return Ok(Vec::new()) };
    let read = opened.iter().map(|host| host.parse());
    read.collect::<Result<_, Reason>>().map_err(|why| Refused::of(Choice::Opened, why))
}

fn upstream(trusted: Option<&Path>) -> Result<Upstream, Refused> {
    let roots = trusted.map_or(Ok(Vec::new()), |path| {
        let name = path.display().to_string();
        let refused = |key, why: String, english| {
            Refused::of(Choice::Trusted, Reason::new(key, [("path", name.clone()), ("why", why)], english))
        };
        let pem = files::read(path).map_err(|why| {
            refused("why.trust-unreadable", why.to_string(), format!("cannot read {name}: {why}"))
        })?;
        upstream::roots(&pem).map_err(|why| {
            let key = match why {
                TrustError::NoCertificate => "why.trust-none",
                TrustError::Damaged(_) | TrustError::System(_) => "why.trust-damaged",
            };
            refused(key, why.to_string(), format!("{name}: {why}"))
        })
    })?;
    Upstream::new(roots, Patience::default()).map_err(|why| {
        Refused::altogether(Reason::new("why.trust-system", [("why", why.to_string())], why.to_string()))
    })
}

/// The authority of this user, made on first use.
fn authority(listed: &[HostPattern]) -> Result<Arc<Authority>, AuthorityError> {
    let path = authority::default_path()?;
    Ok(Arc::new(authority::open_or_make(&path, listed)?))
}

fn no_authority(why: AuthorityError) -> Refused {
    Refused::of(Choice::Authority, why.reason())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::Profile;

    fn choices(pass: Pass) -> Choices {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        Choices { listen, pass, tls: false, profile: Profile::Default, faults: Vec::new() }
    }

    #[test]
    fn what_cannot_be_names_its_choice() {
        let forward = |to: &str| Pass::Forward { to: to.to_owned(), trusted: None };
        let host = |host: &str| Pass::Proxy { opened: vec![host.to_owned()], trusted: None };
        let trusted = Some(Path::new("/no/such/file.pem").to_owned());
        let cases = [
            (forward(""), Choice::Forward, "missing"),
            (forward("example.com"), Choice::Forward, "example.com"),
            (forward("ftp://example.com"), Choice::Forward, "https://HOST"),
            (host("two words"), Choice::Opened, "two words"),
            (Pass::Proxy { opened: Vec::new(), trusted }, Choice::Trusted, "/no/such/file.pem"),
        ];
        for (pass, about, word) in cases {
            let refused = config(&choices(pass.clone())).expect_err("it cannot be");
            assert_eq!(refused.about, Some(about), "{pass:?}");
            assert!(refused.to_string().contains(word), "{refused}");
        }
    }

    #[test]
    fn the_page_for_devices_is_named_where_they_need_it() {
        let proxy = choices(Pass::Proxy { opened: Vec::new(), trusted: None });
        let address = SocketAddr::from(([127, 0, 0, 1], 8787));
        assert_eq!(device_page(&proxy, address).as_deref(), Some("http://127.0.0.1:8787/"));
        assert_eq!(device_page(&choices(Pass::StandIn), address), None);
        let tls = Choices { tls: true, ..choices(Pass::StandIn) };
        assert!(device_page(&tls, address).is_some());
        assert!(config(&proxy).is_ok_and(|config| config.authority.is_none()), "nothing is opened");
    }
}

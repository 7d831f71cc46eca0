//! What `playtrace collect` does with requests, and how it speaks TLS.

use super::args::PassArgs;
use super::note;
use crate::collector::addresses;
use crate::collector::authority::{self, Authority, HostPattern};
use crate::collector::forward::Forward;
use crate::collector::proxy::Proxy;
use crate::collector::qr::Matrix;
use crate::collector::upstream::{self, Patience, Upstream};
use crate::collector::{Collector, CollectorConfig, Mode, pages};
use crate::files;
use std::io::Write as _;
use std::sync::Arc;

/// Sets up what the arguments ask for.
///
/// # Errors
/// In words, why that cannot be.
pub fn set_up(args: &PassArgs, config: &mut CollectorConfig) -> Result<(), String> {
    if args.tls || !args.open_host.is_empty() {
        config.authority = Some(authority(&args.open_host)?);
    }
    if let Some(authority) = config.authority.as_ref().filter(|_| args.tls) {
        let tls = authority.server_config(&addresses::hosts(config.listen)).map_err(|why| why.to_string())?;
        config.tls = Some(Arc::new(tls));
    }
    config.mode = match &args.forward {
        Some(url) => Mode::Forward(Forward::new(url, upstream(args)?)?),
        None if args.proxy => {
            Mode::Proxy(Proxy::new(args.open_host.clone(), config.authority.clone(), upstream(args)?))
        }
        None => Mode::StandIn,
    };
    Ok(())
}

/// Says how a device is set up, where one is likely to be.
pub fn say(args: &PassArgs, collector: &Collector) {
    let page = pages::url(collector.address());
    if args.proxy {
        let opened = if args.open_host.is_empty() { ": nothing is opened without --open-host" } else { "" };
        note(&format!("note: set the proxy of the device to {}{opened}", page.trim_end_matches('/')));
    }
    if args.tls || !args.open_host.is_empty() {
        note(&format!("note: devices find the certificate to install at {page}"));
    }
    if let Some(code) = Matrix::of(&page).filter(|_| args.qr) {
        // Blocks and line ends: nothing in it comes from outside.
        drop(writeln!(std::io::stderr(), "{}{page}", code.text()));
    }
}

fn upstream(args: &PassArgs) -> Result<Upstream, String> {
    let roots = match &args.upstream_ca {
        Some(path) => {
            let pem = files::read(path).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
            upstream::roots(&pem).map_err(|why| format!("{}: {why}", path.display()))?
        }
        None => Vec::new(),
    };
    Upstream::new(roots, Patience::default()).map_err(|why| why.to_string())
}

/// The authority of this user, made on first use.
fn authority(listed: &[HostPattern]) -> Result<Arc<Authority>, String> {
    let path = authority::default_path().map_err(|why| why.to_string())?;
    let authority = authority::open_or_make(&path, listed).map_err(|why| why.to_string())?;
    Ok(Arc::new(authority))
}

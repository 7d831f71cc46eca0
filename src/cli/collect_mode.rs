//! What `playtrace collect` does with requests, and how it speaks TLS.

use super::args::{CollectArgs, PassArgs};
use super::note;
use crate::collector::qr::Matrix;
use crate::collector::{Collector, pages};
use crate::model::collecting::{Choices, Pass};
use crate::model::fault::FaultSpec;
use std::io::Write as _;

/// What the arguments ask for.
#[must_use]
pub fn choices(args: &CollectArgs, faults: Vec<FaultSpec>) -> Choices {
    let pass = &args.pass;
    let trusted = pass.upstream_ca.clone();
    Choices {
        listen: args.listen,
        pass: match &pass.forward {
            Some(url) => Pass::Forward { to: url.clone(), trusted },
            None if pass.proxy => {
                Pass::Proxy { opened: pass.open_host.iter().map(ToString::to_string).collect(), trusted }
            }
            None => Pass::StandIn,
        },
        tls: pass.tls,
        profile: args.profile,
        faults,
    }
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

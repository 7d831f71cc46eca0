//! Requests that are passed on: to a real collector, and for a device to any server.

mod failures;
mod forward;
mod pages;
mod proxy;
mod tunnels;

use crate::support::network::DEADLINE;
use crate::support::trust::new_authority;
use playtrace::collector::authority::Authority;
use playtrace::collector::forward::Forward;
use playtrace::collector::proxy::Proxy;
use playtrace::collector::recorder::Recording;
use playtrace::collector::upstream::{Patience, Upstream, roots};
use playtrace::collector::{Collector, CollectorConfig, Mode};
use playtrace::model::policy::Policy;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Servers are waited for long enough for a slow machine.
const PATIENCE: Patience = Patience { connect: DEADLINE, answer: DEADLINE, body: DEADLINE };
/// Servers that never answer are not waited for.
const IMPATIENCE: Patience =
    Patience { connect: DEADLINE, answer: Duration::from_millis(1), body: Duration::from_millis(300) };

fn config(mode: Mode) -> CollectorConfig {
    CollectorConfig { mode, ..CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default()) }
}

/// A collector that passes requests on to `url`.
async fn forwarding(url: &str, patience: Patience) -> (Collector, Arc<Recording>) {
    let upstream = Upstream::new(Vec::new(), patience).expect("the system's roots");
    let recording = Arc::new(Recording::default());
    let mode = Mode::Forward(Forward::new(url, upstream).expect("an address"));
    let collector = Collector::start(config(mode), recording.clone()).await.expect("a free port");
    (collector, recording)
}

/// A collector that is a proxy, and what a test wants to know of it.
struct Proxying {
    collector: Collector,
    recording: Arc<Recording>,
    proxy: Proxy,
    /// The one that the device has to trust.
    authority: Arc<Authority>,
    /// The one that servers have their certificates from.
    outside: Arc<Authority>,
}

/// A proxy that opens these hosts.
async fn proxying(open_hosts: &[&str]) -> Proxying {
    let (authority, outside) = (new_authority(), new_authority());
    let extra = roots(outside.certificate_pem().as_bytes()).expect("a root");
    let upstream = Upstream::new(extra, PATIENCE).expect("the system's roots");
    let hosts = open_hosts.iter().map(|host| host.parse().expect("a host")).collect();
    let proxy = Proxy::new(hosts, Some(Arc::clone(&authority)), upstream);
    let recording = Arc::new(Recording::default());
    let mut config = config(Mode::Proxy(proxy.clone()));
    config.authority = Some(Arc::clone(&authority));
    let collector = Collector::start(config, recording.clone()).await.expect("a free port");
    Proxying { collector, recording, proxy, authority, outside }
}

//! Requests that are passed on: to a real collector, and for a device to any server.

mod failures;
mod forward;

use crate::support::network::DEADLINE;
use playtrace::collector::forward::Forward;
use playtrace::collector::recorder::Recording;
use playtrace::collector::upstream::{Patience, Upstream};
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

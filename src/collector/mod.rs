//! The collector: an HTTP server on this machine that answers like the API and records what arrives.
//!
//! | Module | Does |
//! |---|---|
//! | [`faults`] | pure: faults on demand, which request gets which |
//! | [`judge`] | pure: what a request asks for, and every fault in its body |
//! | [`stand_in`] | pure: what the API would answer, by policy, sessions and time |
//! | [`recorder`] | hands out what arrived, with its answer |
//! | [`router`] | the HTTP side: reads bodies, never past a limit |

pub mod faults;
pub mod judge;
pub mod recorder;
pub mod router;
pub mod stand_in;

use crate::model::clock::ReceivedAt;
use crate::model::policy::Policy;
use recorder::Recorder;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Largest request body that is taken, bytes. No limit is documented; an SDK's batch of a day has
/// some hundred KB, so this is for the mistakes.
pub const MAX_BODY_BYTES: usize = 64 << 20;
/// So long a stop waits for requests that are under way.
pub const STOP_GRACE: Duration = Duration::from_millis(800);
/// So long a stop takes at most.
const STOP_DEADLINE: Duration = Duration::from_millis(1500);

/// How a collector is set up.
#[derive(Debug, Clone)]
pub struct CollectorConfig {
    /// Where it listens; port 0 takes any free one. That it is loopback is the caller's decision.
    pub listen: SocketAddr,
    /// Which readings of the documentation it follows.
    pub policy: Policy,
    /// Largest request body, bytes.
    pub max_body_bytes: usize,
}

impl CollectorConfig {
    /// The usual limits.
    #[must_use]
    pub fn new(listen: SocketAddr, policy: Policy) -> Self {
        Self { listen, policy, max_body_bytes: MAX_BODY_BYTES }
    }
}

/// Why a collector cannot run.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    /// The address is taken, or not of this machine.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
}

/// A running collector. It stops when it is dropped, too, but then nobody waits for it.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    stopping: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Collector {
    /// Starts to listen, on the runtime of the caller.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(
        config: CollectorConfig,
        recorder: Arc<dyn Recorder>,
    ) -> Result<Collector, CollectorError> {
        let refused = |why| CollectorError::Listen { address: config.listen, why };
        let listener = TcpListener::bind(config.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (stopping, stop) = watch::channel(false);
        let service = router::router(&config, recorder, stop.clone());
        let asked = async move { stopped(stop).await };
        let server = axum::serve(listener, service).with_graceful_shutdown(asked);
        let server = tokio::spawn(server.into_future());
        Ok(Collector { address, stopping, server })
    }

    /// Where it really listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for a player: `/api/v1/sessions` goes behind it.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops: takes no more connections, lets requests that are under way finish for a moment.
    /// Afterwards the port is free.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        let mut server = self.server;
        if tokio::time::timeout(STOP_DEADLINE, &mut server).await.is_err() {
            server.abort();
        }
    }
}

/// Waits until the collector is asked to stop, or is gone.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the collector was dropped, which asks for the same.
    drop(stop.wait_for(|stopping| *stopping).await);
}

/// The time by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the collector is where arrival times come in")]
fn now() -> ReceivedAt {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ReceivedAt(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

//! The collector: an HTTP server on this machine that answers like the API and records what arrives.
//!
//! | Module | Does |
//! |---|---|
//! | [`addresses`] | under which addresses it is reached |
//! | [`authority`] | certificates of its own, for HTTPS |
//! | [`faults`] | pure: faults on demand, which request gets which |
//! | [`injecting`] | puts them into effect |
//! | [`judge`] | pure: what a request asks for, and every fault in its body |
//! | [`stand_in`] | pure: what the API would answer, by policy, sessions and time |
//! | [`recorder`] | what arrived and what was answered, for whoever keeps it |
//! | [`journal`] | keeps it on disk |
//! | [`router`] | one request: reads, records, judges, answers |
//! | [`body`], [`answer_body`], [`host`] | its parts: the body coming in, the answer going out, the address |
//! | `serve` | takes connections, speaks HTTP/1.1, HTTP/2 and TLS |
//! | [`connections`], [`wire`] | which are open, what they wait for; their bytes |
//! | [`forward`] | passes requests on to a real collector |
//! | [`proxy`], [`tunnel`] | a proxy for devices: opens what is listed, lets everything else through |
//! | [`hello`] | the server name that a client in a tunnel asks for |
//! | [`upstream`], [`passing`] | the client of both; what goes on, and what stays on one connection |
//! | [`pages`], [`qr`] | how a device is set up: a page, the certificate, a QR code |
//! | [`setup`] | from what was chosen to how it is set up |
//! | [`limits`] | what is borne before it is refused |

pub mod addresses;
pub mod answer_body;
pub mod authority;
pub mod body;
pub mod connections;
pub mod faults;
pub mod forward;
pub mod hello;
pub mod host;
pub mod injecting;
pub mod journal;
pub mod judge;
pub mod limits;
pub mod pages;
pub mod passing;
pub mod proxy;
pub mod qr;
pub mod recorder;
pub mod router;
mod serve;
pub mod setup;
pub mod stand_in;
mod to_the_end;
pub mod tunnel;
pub mod upstream;
pub mod wire;

use crate::model::clock::ReceivedAt;
use crate::model::fault::FaultSpec;
use crate::model::policy::Policy;
use crate::model::reason::Reason;
use authority::Authority;
use bytes::Bytes;
use connections::{Connections, Traffic};
use forward::Forward;
use http::Response;
use limits::{Limits, descriptors};
use pages::OwnPages;
use proxy::Proxy;
use recorder::{Recorder, Via};
use router::Router;
use serve::Server;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::task::TaskTracker;
use upstream::Upstream;

/// So long a stop waits for bodies that are still arriving.
pub const STOP_GRACE: Duration = Duration::from_millis(700);
/// So long a stop waits for answers.
const STOP_DEADLINE: Duration = Duration::from_millis(1200);
/// So long a stop waits for what has been told to end at once.
const STOP_LAST: Duration = Duration::from_millis(200);

/// How far a stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopStage {
    /// Nobody asked for it.
    Running,
    /// No more connections and requests; those under way may finish.
    Gracefully,
    /// What is still open is closed.
    AtOnce,
}

/// Pages that show or hand out something, to whoever asks at the address that we printed.
pub trait Pages: Debug + Send + Sync {
    /// The page at this path, if there is one. What it says is read by this machine's user alone:
    /// no header may open it to the pages of others.
    fn page(&self, path: &str) -> Option<Response<Bytes>>;
}

/// What a collector does with a request.
#[derive(Debug, Clone, Default)]
pub enum Mode {
    /// Answers like the API.
    #[default]
    StandIn,
    /// Passes it on to a real collector.
    Forward(Forward),
    /// Passes it on to the server that it is for, as the proxy of a device.
    Proxy(Proxy),
}

impl Mode {
    /// The part of the collector that requests come through.
    fn via(&self) -> Via {
        match self {
            Mode::StandIn => Via::StandIn,
            Mode::Forward(_) => Via::Forward,
            Mode::Proxy(_) => Via::Proxy,
        }
    }

    /// What passes requests on.
    fn upstream(&self) -> Option<&Upstream> {
        match self {
            Mode::StandIn => None,
            Mode::Forward(forward) => Some(&forward.upstream),
            Mode::Proxy(proxy) => Some(&proxy.upstream),
        }
    }
}

/// How a collector is set up.
#[derive(Debug, Clone)]
pub struct CollectorConfig {
    /// Where it listens; port 0 takes any free one. That it is loopback is the caller's decision.
    pub listen: SocketAddr,
    /// What it does with a request.
    pub mode: Mode,
    /// Which readings of the documentation it follows.
    pub policy: Policy,
    /// What it bears.
    pub limits: Limits,
    /// With it, connections that begin like TLS are TLS; plain ones are taken all the same.
    pub tls: Option<Arc<ServerConfig>>,
    /// Whose certificate the pages hand out.
    pub authority: Option<Arc<Authority>>,
    /// Pages beside the API, instead of [our own](pages::OwnPages).
    pub pages: Option<Arc<dyn Pages>>,
    /// Faults on demand; see [`Collector::set_faults`].
    pub faults: Vec<FaultSpec>,
}

impl CollectorConfig {
    /// The stand-in with the usual limits, no TLS, no faults.
    #[must_use]
    pub fn new(listen: SocketAddr, policy: Policy) -> Self {
        Self {
            listen,
            mode: Mode::StandIn,
            policy,
            limits: Limits::default(),
            tls: None,
            authority: None,
            pages: None,
            faults: Vec::new(),
        }
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

impl CollectorError {
    /// The reason for who chose the address.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let CollectorError::Listen { address, why } = self;
        let values = [("address", address.to_string()), ("why", why.to_string())];
        Reason::new("why.listen", values, self.to_string())
    }
}

/// A running collector. It stops when it is dropped, too, but then nobody waits for it.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    is_tls: bool,
    router: Router,
    connections: Arc<Connections>,
    under_way: TaskTracker,
    stopping: watch::Sender<StopStage>,
    server: JoinHandle<()>,
}

impl Collector {
    /// Starts to listen, on the runtime of the caller.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(
        mut config: CollectorConfig,
        recorder: Arc<dyn Recorder>,
    ) -> Result<Collector, CollectorError> {
        let refused = |why| CollectorError::Listen { address: config.listen, why };
        let listener = TcpListener::bind(config.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (stopping, stop) = watch::channel(StopStage::Running);
        let under_way = TaskTracker::new();
        let most =
            descriptors().map_or(config.limits.connections, |most| most.min(config.limits.connections));
        let connections = Arc::new(Connections::new(most));
        let printed = addresses::printed(address);
        let (mode, authority) = (config.mode.clone(), config.authority.clone());
        let own = OwnPages::new(address, config.tls.is_some(), mode, authority, Arc::clone(&connections));
        config.pages.get_or_insert_with(|| Arc::new(own));
        let is_tls = config.tls.is_some();
        if let Some(upstream) = config.mode.upstream() {
            upstream.listens_at(address);
        }
        let router = router::router(&config, printed, recorder, under_way.clone(), stop.clone());
        let server = Server {
            router: router.clone(),
            protocol: serve::protocol(&config.limits, config.mode.via()),
            mode: config.mode,
            limits: config.limits,
            tls: config.tls.map(TlsAcceptor::from),
            connections: Arc::clone(&connections),
            under_way: under_way.clone(),
            stop,
        };
        let server = tokio::spawn(server.run(listener));
        Ok(Collector { address, is_tls, router, connections, under_way, stopping, server })
    }

    /// Where it really listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for a player: `/api/v1/sessions` goes behind it.
    #[must_use]
    pub fn base_url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        let address = addresses::reachable(self.address).first().copied().unwrap_or(self.address);
        format!("{scheme}://{address}")
    }

    /// How many connections are taken at a time: the limit, or what the system allows.
    #[must_use]
    pub fn max_connections(&self) -> usize {
        self.connections.most()
    }

    /// Injects these faults from now on, in place of those before; without any the answers are true again. Requests
    /// and sessions are counted from here.
    pub fn set_faults(&self, specs: &[FaultSpec]) {
        self.router.set_faults(specs);
    }

    /// What has become of connections so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.connections.traffic()
    }

    /// Stops: takes no more connections, lets requests that are under way finish for a moment.
    /// Afterwards the port is free.
    pub async fn stop(self) {
        self.stopping.send_replace(StopStage::Gracefully);
        // It ends at once, and with it the listener; there is no result to look at.
        drop(self.server.await);
        self.under_way.close();
        if tokio::time::timeout(STOP_DEADLINE, self.under_way.wait()).await.is_err() {
            self.stopping.send_replace(StopStage::AtOnce);
            drop(tokio::time::timeout(STOP_LAST, self.under_way.wait()).await);
        }
    }
}

/// Waits until the collector is asked to stop, or is gone.
async fn stop_begun(mut stop: watch::Receiver<StopStage>) {
    // An error means that the collector was dropped, which asks for the same.
    drop(stop.wait_for(|stage| *stage != StopStage::Running).await);
}

/// The moment by a clock that only goes on.
#[expect(clippy::disallowed_methods, reason = "limits of time need a clock")]
fn moment() -> Instant {
    Instant::now()
}

/// The time by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the collector is where arrival times come in")]
fn now() -> ReceivedAt {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ReceivedAt(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

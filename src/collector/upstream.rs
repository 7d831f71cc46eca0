//! The client of `forward` and `proxy`: passes a request on to a real server and brings its answer back.
//!
//! Redirects are not followed, proxy variables of the environment are not read, nothing is sent twice. HTTP/1.1 is
//! spoken: names of headers keep their case, and connections can be upgraded.

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls_platform_verifier::Verifier;
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{self, ClientConfig};
use tower_service::Service;

/// How long a server is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection to it, with its TLS.
    pub connect: Duration,
    /// For the head of its answer. SDKs wait 5 s, a batch of a whole day may need more.
    pub answer: Duration,
    /// For the whole body, before what is there of it is recorded and passed on as it comes.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let secs = Duration::from_secs;
        Self { connect: secs(10), answer: secs(60), body: secs(10) }
    }
}

/// Why there is no answer of the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// The request came back to where it was to be passed on from.
    #[error("it leads back to this collector")]
    Loop,
    /// Another machine asked for something that only this one may have.
    #[error("it is for this machine alone, and another one asks")]
    Private,
    /// No connection, no TLS, or no HTTP.
    #[error("{0}")]
    Failed(String),
    /// It took too long.
    #[error("no {0} within {secs} s", secs = .1.as_secs_f32())]
    TooSlow(&'static str, Duration),
}

impl UpstreamError {
    /// Its name in the `Proxy-Status` header (RFC 9209 section 2.3).
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            UpstreamError::Private => "http_request_denied",
            UpstreamError::Failed(_) => "destination_unavailable",
            UpstreamError::TooSlow("answer", _) => "http_response_timeout",
            UpstreamError::TooSlow(..) => "connection_timeout",
            UpstreamError::Loop => "proxy_loop_detected",
        }
    }

    /// The status that tells it to the client (RFC 9110 section 15.6).
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            UpstreamError::Private => 403,
            UpstreamError::Failed(_) => 502,
            UpstreamError::TooSlow(..) => 504,
            UpstreamError::Loop => 508,
        }
    }
}

/// What stands between a server and the trust that it is the one asked for.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// There is none in the file.
    #[error("cannot trust a file without a certificate")]
    NoCertificate,
    /// One cannot be read.
    #[error("cannot trust a damaged certificate ({0})")]
    Damaged(String),
    /// Those of the system cannot be used.
    #[error("cannot trust the roots of this system: {0}")]
    System(String),
}

/// Certificates of authorities, from a PEM file, that are trusted besides those of the system.
///
/// # Errors
/// When there is none in it, or one is damaged.
pub fn roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match roots {
        Ok(roots) if roots.is_empty() => Err(TrustError::NoCertificate),
        Ok(roots) => Ok(roots),
        Err(why) => Err(TrustError::Damaged(why.to_string())),
    }
}

/// The body of a request on its way to a server.
pub type OnwardBody = UnsyncBoxBody<Bytes, io::Error>;

type HttpClient = Client<HttpsConnector<Door>, OnwardBody>;

/// Passes requests on.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// For clients on this machine, and for all others: connections of the ones are not used for the others.
    clients: Arc<[HttpClient; 2]>,
    doors: Arc<[Door; 2]>,
    patience: Patience,
    tls: ClientConfig,
}

impl Upstream {
    /// Trusts the system's roots and `extra` ones.
    ///
    /// # Errors
    /// When the system's roots cannot be used.
    pub fn new(extra: Vec<CertificateDer<'static>>, patience: Patience) -> Result<Self, TrustError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let failed = |why: rustls::Error| TrustError::System(why.to_string());
        let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(failed)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Self::with(config, &Own::default(), patience, None))
    }

    /// The same for a server at this address, whatever its name leads to.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self::with(self.tls.clone(), &self.doors[0].own, self.patience, Some(address))
    }

    fn with(config: ClientConfig, own: &Own, patience: Patience, at: Option<SocketAddr>) -> Self {
        let doors = [true, false].map(|from_here| Door::new(from_here, Arc::clone(own), patience, at));
        let clients = doors.clone().map(|door| {
            let connector = HttpsConnectorBuilder::new()
                .with_tls_config(config.clone())
                .https_or_http()
                .enable_http1()
                .wrap_connector(door);
            Client::builder(TokioExecutor::new())
                .http1_preserve_header_case(true)
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(Duration::from_secs(20))
                // What was sent once is never sent again by itself.
                .retry_canceled_requests(false)
                .build(connector)
        });
        Self { clients: Arc::new(clients), doors: Arc::new(doors), patience, tls: config }
    }

    /// Tells where the collector itself listens: nothing is passed on to there.
    pub fn listens_at(&self, own: SocketAddr) {
        // All doors share the address.
        *self.doors[0].own.lock().unwrap_or_else(PoisonError::into_inner) = Some(own);
    }

    /// How long it waits.
    #[must_use]
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Passes a request on, to the server that its URL names; `from` is the client's address.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn ask(
        &self,
        request: Request<OnwardBody>,
        from: Option<IpAddr>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let answering = self.clients[side(from)].request(request);
        let limit = self.patience.connect + self.patience.answer;
        match tokio::time::timeout(limit, answering).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(why(&error, "the server did not answer")),
            Err(_) => Err(UpstreamError::TooSlow("answer", limit)),
        }
    }

    /// Connects to `authority` (host and port), for a tunnel.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn connect(&self, authority: &str, from: Option<IpAddr>) -> Result<TcpStream, UpstreamError> {
        let uri = Uri::builder().scheme("http").authority(authority).path_and_query("/").build();
        let uri = uri.map_err(|why| UpstreamError::Failed(why.to_string()))?;
        let mut door = self.doors[side(from)].clone();
        let opened = door.call(uri).await;
        opened.map(TokioIo::into_inner).map_err(|error| why(error.as_ref(), "no connection"))
    }
}

/// Index of the clients for those on this machine, or for all others.
fn side(from: Option<IpAddr>) -> usize {
    usize::from(!from.is_none_or(|address| address.to_canonical().is_loopback()))
}

/// What is behind an error, in words: the innermost of ours, else all of them.
fn why(error: &(dyn Error + 'static), what: &str) -> UpstreamError {
    let mut words = what.to_owned();
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(ours) = error.downcast_ref::<UpstreamError>() {
            return ours.clone();
        }
        // Errors of IO may hide another one that `source` passes over.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => {
                words = format!("{words}: {error}");
                error.source()
            }
        };
    }
    UpstreamError::Failed(words)
}

type Opened = Result<TokioIo<TcpStream>, Box<dyn Error + Send + Sync>>;

/// Where the collector listens.
type Own = Arc<Mutex<Option<SocketAddr>>>;

/// Opens connections; watches where they lead.
#[derive(Debug, Clone)]
struct Door {
    connector: HttpConnector,
    /// For clients on this machine.
    from_here: bool,
    own: Own,
    limit: Duration,
    /// Leads here, whatever a URL says.
    at: Option<SocketAddr>,
}

impl Door {
    fn new(from_here: bool, own: Own, patience: Patience, at: Option<SocketAddr>) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        Self { connector, from_here, own, limit: patience.connect, at }
    }
}

impl Service<Uri> for Door {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Opened> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let address = self.at.and_then(|at| format!("http://{at}/").parse().ok());
        let opening = self.connector.call(address.unwrap_or(uri));
        let (from_here, own, limit) = (self.from_here, Arc::clone(&self.own), self.limit);
        Box::pin(async move {
            let opened = tokio::time::timeout(limit, opening).await;
            let stream = opened.map_err(|_| UpstreamError::TooSlow("connection", limit))??;
            let (near, far) = (stream.inner().local_addr()?, stream.inner().peer_addr()?);
            let own = *own.lock().unwrap_or_else(PoisonError::into_inner);
            check(near.ip(), far, own, from_here)?;
            Ok(stream)
        })
    }
}

/// Refuses a connection from `near` to `far` that may not be. A machine talks to itself from the very address that it
/// talks to.
fn check(
    near: IpAddr,
    far: SocketAddr,
    own: Option<SocketAddr>,
    from_here: bool,
) -> Result<(), UpstreamError> {
    let host = far.ip().to_canonical();
    let is_own = |own: SocketAddr| {
        let at_own = own.ip().is_unspecified() || own.ip().to_canonical() == host;
        own.port() == far.port() && at_own && near.to_canonical() == host
    };
    if own.is_some_and(is_own) {
        return Err(UpstreamError::Loop);
    }
    let is_link_local = match host {
        IpAddr::V4(host) => host.is_link_local(),
        IpAddr::V6(_) => false,
    };
    // Services that trust their own machine, and the metadata service of clouds.
    if !from_here && (host.is_loopback() || near.to_canonical() == host || is_link_local) {
        return Err(UpstreamError::Private);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_to_the_collector_itself_is_refused_whatever_it_is_called() {
        let loops = |near: &str, far: &str, own: &str| {
            let own = own.parse().expect("an address");
            let far = far.parse().expect("an address");
            check(near.parse().expect("an address"), far, Some(own), true) == Err(UpstreamError::Loop)
        };
        assert!(loops("127.0.0.1", "127.0.0.1:80", "127.0.0.1:80"));
        assert!(loops("127.0.0.1", "127.0.0.1:80", "0.0.0.0:80"));
        assert!(loops("192.168.1.2", "192.168.1.2:80", "[::]:80"));
        assert!(loops("::1", "[::1]:80", "[::]:80"));
        assert!(loops("::ffff:127.0.0.1", "[::ffff:127.0.0.1]:80", "127.0.0.1:80"));
        assert!(!loops("127.0.0.1", "127.0.0.1:81", "127.0.0.1:80"));
        assert!(!loops("192.168.1.2", "192.168.1.9:80", "0.0.0.0:80"), "the same port of another machine");
        assert!(!loops("127.0.0.1", "127.0.0.2:80", "127.0.0.1:80"), "another address of this machine");
    }

    #[test]
    fn other_machines_reach_nothing_of_this_one_through_the_collector() {
        let refused = |near: &str, far: &str| {
            let near = near.parse().expect("an address");
            let far = far.parse().expect("an address");
            assert!(check(near, far, None, true).is_ok(), "{far}: programs of this machine may");
            check(near, far, None, false) == Err(UpstreamError::Private)
        };
        assert!(refused("127.0.0.1", "127.0.0.1:5432"));
        assert!(refused("::1", "[::1]:5432"));
        assert!(refused("192.168.1.2", "192.168.1.2:5432"));
        assert!(refused("192.168.1.2", "169.254.169.254:80"));
        assert!(!refused("192.168.1.2", "192.168.1.3:80"));
    }
}

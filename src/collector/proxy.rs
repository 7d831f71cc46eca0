//! Proxy: a forward proxy for a device. TLS is opened only for hosts that the user listed, with the certificates of
//! our own authority; what goes to them is recorded. Everything else passes untouched and is only counted.
//!
//! Only the handling of `CONNECT` is our own; HTTP, TLS and certificates are hyper's, rustls' and rcgen's. The library
//! for such proxies, hudsucker, is alive (0.25.0 of July 2026), but its source reads otherwise than this has to be:
//! it answers 200 before it has reached the server; it waits for the client's first bytes even where it opens nothing,
//! so that a server that speaks first is never heard; in an opened connection it knows TLS and `GET ` only, so a plain
//! `POST` goes by unrecorded; it replaces `Host` and speaks WebSocket anew on both sides instead of passing its bytes;
//! its tunnels have no place among our connections and do not end when the collector stops.

use super::answer_body::AnswerBody;
use super::authority::{Authority, HostPattern};
use super::forward::{Onward, failed};
use super::hello::{Hearing, Hello};
use super::passing::{HostHeader, end_to_end, onward};
use super::recorder::Scheme;
use super::serve::{Came, Server};
use super::stand_in::error;
use super::tunnel::{Lifeline, Transport, after, unwrapped};
use super::upstream::{OnwardBody, Upstream, UpstreamError};
use super::wire::{TLS_HANDSHAKE, Wire};
use bytes::Bytes;
use http::request::Parts;
use http::uri::{Authority as HostAndPort, PathAndQuery, Scheme as UriScheme};
use http::{Request, Response, StatusCode, Uri, Version};
use http_body::Body;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// A client that wants to speak TLS or HTTP says its first word at once. Where it waits longer, the server speaks
/// first: that is neither.
const FIRST_WORD_TIME: Duration = Duration::from_secs(5);

/// A forward proxy.
#[derive(Debug, Clone)]
pub struct Proxy {
    open_hosts: Arc<[HostPattern]>,
    /// Needed for what is opened.
    authority: Option<Arc<Authority>>,
    /// What passes requests on.
    pub upstream: Upstream,
    counters: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    n_opened: AtomicU64,
    n_distrusted: AtomicU64,
    n_tunnels: AtomicU64,
    n_passed: AtomicU64,
    n_failed: AtomicU64,
}

/// What went through a proxy so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProxyCounts {
    /// Connections to listed hosts that were opened.
    pub n_opened: u64,
    /// Of these, those whose client did not accept our certificate.
    pub n_distrusted: u64,
    /// Connections to other hosts that were passed through.
    pub n_tunnels: u64,
    /// Plain requests to other hosts that were passed through.
    pub n_passed: u64,
    /// Connections and requests to other hosts that could not be made.
    pub n_failed: u64,
}

/// What becomes of a request that is no `CONNECT`.
#[derive(Debug)]
pub enum Route {
    /// It is passed on and recorded.
    Recorded(Onward),
    /// It is passed through untouched.
    Through(Uri),
    /// It was sent to the proxy itself, or names no server.
    Nowhere,
}

impl Proxy {
    /// Opens TLS for `open_hosts` with certificates of `authority`; without one, nothing is opened.
    #[must_use]
    pub fn new(open_hosts: Vec<HostPattern>, authority: Option<Arc<Authority>>, upstream: Upstream) -> Self {
        Self { open_hosts: open_hosts.into(), authority, upstream, counters: Arc::default() }
    }

    /// The hosts that are opened.
    #[must_use]
    pub fn open_hosts(&self) -> &[HostPattern] {
        &self.open_hosts
    }

    /// What went through so far.
    #[must_use]
    pub fn counts(&self) -> ProxyCounts {
        let Counters { n_opened, n_distrusted, n_tunnels, n_passed, n_failed } = self.counters.as_ref();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ProxyCounts {
            n_opened: read(n_opened),
            n_distrusted: read(n_distrusted),
            n_tunnels: read(n_tunnels),
            n_passed: read(n_passed),
            n_failed: read(n_failed),
        }
    }

    fn lists(&self, host: &str) -> bool {
        self.open_hosts.iter().any(|pattern| pattern.matches(host))
    }

    /// What becomes of a request. `opened` is the server that its connection was opened for.
    #[must_use]
    pub fn route(&self, head: &Parts, opened: Option<&Opened>, from: Option<IpAddr>) -> Route {
        let recorded = |url| Route::Recorded(Onward { url, host: HostHeader::AsSent, from });
        if let Some(opened) = opened {
            return opened.url(head).map_or(Route::Nowhere, recorded);
        }
        let uri = &head.uri;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        match uri.host().filter(|_| is_web && head.version < Version::HTTP_2) {
            // RFC 9112 section 3.2.2: the target counts, whatever `Host` says.
            Some(host) if self.lists(host) => {
                Route::Recorded(Onward { url: uri.clone(), host: host_header(head), from })
            }
            Some(_) => Route::Through(uri.clone()),
            None => Route::Nowhere,
        }
    }

    /// Passes a request through untouched: its body and that of its answer go on as they come.
    pub async fn pass_through<B>(
        &self,
        request: Request<B>,
        url: Uri,
        from: Option<IpAddr>,
        lifeline: Lifeline,
    ) -> Response<AnswerBody>
    where
        B: Body<Data = Bytes, Error: Send> + Send + 'static,
    {
        self.counters.n_passed.fetch_add(1, Ordering::Relaxed);
        let (mut head, body) = request.into_parts();
        let ours = head.extensions.remove::<hyper::upgrade::OnUpgrade>();
        let host = host_header(&head);
        let body = OnwardBody::new(body.map_err(|_| io::Error::other("the client broke off")));
        let mut response = match self.upstream.ask(onward(&head, body, url, host), from).await {
            Ok(response) => response,
            Err(why) => return self.not_passed(&why),
        };
        if let (StatusCode::SWITCHING_PROTOCOLS, Some(ours)) = (response.status(), ours) {
            bridge(ours, hyper::upgrade::on(&mut response), lifeline);
        }
        let (mut head, body) = response.into_parts();
        head.headers = end_to_end(&head.headers, &[]);
        head.version = Version::HTTP_11;
        let body = AnswerBody::passed(body.map_err(io::Error::other).boxed_unsync());
        Response::from_parts(head, body)
    }

    fn not_passed(&self, why: &UpstreamError) -> Response<AnswerBody> {
        self.counters.n_failed.fetch_add(1, Ordering::Relaxed);
        failed(why).response
    }

    /// Answers a `CONNECT`: opens the connection if its host is listed, else passes it through.
    pub(super) async fn connect(
        self,
        server: Arc<Server>,
        mut request: Request<Incoming>,
        came: Came,
    ) -> Response<AnswerBody> {
        let to = request.uri().authority().filter(|to| to.port_u16().is_some() && !to.as_str().contains('@'));
        let (Some(to), None) = (to.cloned(), &came.opened) else {
            return refused(400, "CONNECT names a host and a port, and is sent to the proxy itself");
        };
        let upgrade = hyper::upgrade::on(&mut request);
        let tracker = server.under_way.clone();
        if self.lists(to.host()) {
            self.counters.n_opened.fetch_add(1, Ordering::Relaxed);
            tracker.spawn(async move {
                if let Ok(upgraded) = upgrade.await {
                    self.open(server, unwrapped(upgraded), to, came).await;
                }
            });
        } else {
            // The client is told only when the server is there.
            let far = match self.upstream.connect(to.as_str(), came.from).await {
                Ok(far) => far,
                Err(why) => return self.not_passed(&why),
            };
            tracker.spawn(async move {
                if let Ok(upgraded) = upgrade.await {
                    self.tunnel(server, unwrapped(upgraded), far, to, came).await;
                }
            });
        }
        Response::new(AnswerBody::whole(Bytes::new()))
    }

    /// Passes a connection through, unless it leads to an address and its client asks there for a listed name.
    async fn tunnel(
        self,
        server: Arc<Server>,
        mut client: Box<dyn Transport>,
        far: TcpStream,
        to: HostAndPort,
        came: Came,
    ) {
        let (mut said, mut name) = (Vec::new(), None);
        if address_of(&to).is_some() && !self.open_hosts.is_empty() {
            name = first_words(&mut client, &far, &mut said).await;
        }
        let client = after(Bytes::from(said), client);
        if name.is_some_and(|name| self.lists(&name)) {
            self.counters.n_opened.fetch_add(1, Ordering::Relaxed);
            drop(far);
            return self.open(server, client, to, came).await;
        }
        self.counters.n_tunnels.fetch_add(1, Ordering::Relaxed);
        let lifeline = Lifeline { place: came.place, stop: server.stop.clone() };
        lifeline.connect(client, far).await;
    }

    /// Finds out what a client speaks to a listed host, and answers in the host's place.
    async fn open(self, server: Arc<Server>, mut client: Box<dyn Transport>, to: HostAndPort, came: Came) {
        let mut first = [0];
        let word = tokio::time::timeout(FIRST_WORD_TIME, client.read(&mut first)).await;
        let client = match word {
            Ok(Ok(0) | Err(_)) => return,
            Ok(Ok(_)) => after(Bytes::copy_from_slice(&first), client),
            Err(_) => client,
        };
        let (wire, opened) = match first {
            [TLS_HANDSHAKE] => match self.shake_hands(&server, &to, client).await {
                Some((wire, name)) => (wire, self.opened(to, name)),
                None => return,
            },
            [b'A'..=b'Z'] => (Wire::Inner(client), Opened { scheme: Scheme::Http, to, upstream: None }),
            _ => {
                let lifeline = Lifeline { place: came.place, stop: server.stop.clone() };
                if let Ok(far) = self.upstream.connect(to.as_str(), came.from).await {
                    lifeline.connect(client, far).await;
                }
                return;
            }
        };
        let (scheme, opened) = (opened.scheme, Some(Arc::new(opened)));
        server.converse(wire, Came { scheme, opened, ..came }).await;
    }

    /// The server in whose place TLS was opened: of an address the one with the `name` that the client asked for.
    fn opened(&self, to: HostAndPort, name: Option<String>) -> Opened {
        let at = address_of(&to);
        let named = name.zip(at).and_then(|(name, at)| format!("{name}:{}", at.port()).parse().ok());
        let upstream = at.filter(|_| named.is_some()).map(|at| self.upstream.at(at));
        Opened { scheme: Scheme::Https, to: named.unwrap_or(to), upstream }
    }

    /// Answers with a certificate for the name that the client asks for, else for the host; gives that name, too.
    async fn shake_hands(
        &self,
        server: &Server,
        to: &HostAndPort,
        client: Box<dyn Transport>,
    ) -> Option<(Wire, Option<String>)> {
        let host = plain_host(to).to_owned();
        let config = self.authority.as_ref()?.server_config(&[host]).ok()?;
        let accepting = TlsAcceptor::from(Arc::new(config)).accept(client);
        match tokio::time::timeout(server.limits.head_time, accepting).await {
            Ok(Ok(stream)) => {
                let name = stream.get_ref().1.server_name().map(str::to_owned);
                Some((Wire::Inner(Box::new(stream)), name))
            }
            Ok(Err(_)) | Err(_) => {
                self.counters.n_distrusted.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }
}

/// The server in whose place a connection was opened.
#[derive(Debug)]
pub struct Opened {
    scheme: Scheme,
    to: HostAndPort,
    /// What passes its requests on, where its name alone does not lead to it.
    upstream: Option<Upstream>,
}

impl Opened {
    /// What passes its requests on, if not that of the proxy.
    pub fn upstream(&self) -> Option<&Upstream> {
        self.upstream.as_ref()
    }

    /// Where a request on the connection goes on to.
    fn url(&self, head: &Parts) -> Option<Uri> {
        let scheme = match self.scheme {
            Scheme::Http => UriScheme::HTTP,
            Scheme::Https => UriScheme::HTTPS,
        };
        let path = match head.uri.path_and_query() {
            Some(path) if path.as_str() != "*" => path.clone(),
            _ => PathAndQuery::from_static("/"),
        };
        Uri::builder().scheme(scheme).authority(self.to.clone()).path_and_query(path).build().ok()
    }
}

/// The host of a target, an address of version 6 without its brackets.
fn plain_host(to: &HostAndPort) -> &str {
    to.host().trim_matches(['[', ']'])
}

/// The address that a target is, if it is no name.
fn address_of(to: &HostAndPort) -> Option<SocketAddr> {
    let host = plain_host(to).parse().ok()?;
    Some(SocketAddr::new(host, to.port_u16()?))
}

/// The name that the client of a tunnel asks for in its first words, which are kept in `said`. Nothing is waited for once
/// the server speaks.
async fn first_words(client: &mut Box<dyn Transport>, far: &TcpStream, said: &mut Vec<u8>) -> Option<String> {
    let mut hearing = Hearing::default();
    let hear = async {
        loop {
            let from = said.len();
            let came = tokio::select! {
                came = client.read_buf(said) => came,
                _ = far.readable() => return None,
            };
            if !matches!(came, Ok(1..)) {
                return None;
            }
            match hearing.hear(&said[from..]) {
                Hello::Incomplete => {}
                Hello::Named(name) => return Some(name),
                Hello::Unnamed => return None,
            }
        }
    };
    tokio::time::timeout(FIRST_WORD_TIME, hear).await.ok().flatten()
}

/// The client's own spelling where `Host` names the target.
fn host_header(head: &Parts) -> HostHeader {
    let sent = head.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let target = head.uri.authority().map(HostAndPort::as_str);
    match (sent, target) {
        (Some(sent), Some(target)) if sent.eq_ignore_ascii_case(target) => HostHeader::AsSent,
        _ => HostHeader::OfUrl,
    }
}

/// Lets the two ends talk to each other once both have gone over to another protocol.
pub(super) fn bridge(ours: hyper::upgrade::OnUpgrade, theirs: hyper::upgrade::OnUpgrade, lifeline: Lifeline) {
    tokio::spawn(async move {
        if let (Ok(ours), Ok(theirs)) = (ours.await, theirs.await) {
            lifeline.connect(unwrapped(ours), unwrapped(theirs)).await;
        }
    });
}

/// An answer of the proxy itself.
pub(super) fn refused(status: u16, message: &str) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::whole(error(status, message).body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    response
}

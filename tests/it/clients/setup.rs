//! A collector that is reached in one of the ways in which players reach it.

use crate::support::network::DEADLINE;
use playtrace::collector::authority::{self, Authority};
use playtrace::collector::forward::Forward;
use playtrace::collector::proxy::Proxy;
use playtrace::collector::recorder::{Recorded, Recording};
use playtrace::collector::upstream::{Patience, Upstream};
use playtrace::collector::{Collector, CollectorConfig, Mode};
use playtrace::model::policy::Policy;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How players reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Plain,
    Tls,
    /// The collector passes requests on.
    Forward,
    /// The same, with TLS before and behind it.
    ForwardTls,
    /// The collector is the proxy on the way to a server.
    Proxy,
    /// The same, and opens TLS.
    ProxyTls,
}

impl Way {
    pub const ALL: [Way; 6] =
        [Way::Plain, Way::Tls, Way::Forward, Way::ForwardTls, Way::Proxy, Way::ProxyTls];

    fn is_tls(self) -> bool {
        matches!(self, Way::Tls | Way::ForwardTls | Way::ProxyTls)
    }

    fn is_proxy(self) -> bool {
        matches!(self, Way::Proxy | Way::ProxyTls)
    }

    fn passes_on(self) -> bool {
        self.is_proxy() || matches!(self, Way::Forward | Way::ForwardTls)
    }
}

/// A running collector.
pub struct Setup {
    pub way: Way,
    /// Scheme and authority of the requests.
    pub base: String,
    /// The certificate that a client must trust.
    pub authority: PathBuf,
    recording: Arc<Recording>,
    kept: Mutex<Vec<Recorded>>,
    /// The server that requests are passed on to.
    server: Option<(Collector, Arc<Recording>)>,
    collector: Collector,
    authority_der: Vec<u8>,
    /// Holds what the paths point to.
    pub folder: TempDir,
}

fn authority(folder: &TempDir) -> Arc<Authority> {
    Arc::new(authority::open_or_make(&folder.path().join("authority"), &[]).expect("an authority"))
}

fn config(way: Way, authority: &Arc<Authority>) -> CollectorConfig {
    let mut config = CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default());
    if way.is_tls() {
        let hosts = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        config.tls = Some(Arc::new(authority.server_config(&hosts).expect("a configuration")));
    }
    config
}

async fn start(config: CollectorConfig) -> (Collector, Arc<Recording>) {
    let recording = Arc::new(Recording::default());
    (Collector::start(config, recording.clone()).await.expect("a free port"), recording)
}

impl Setup {
    pub async fn start(way: Way) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = authority(&folder);
        let path = folder.path().join("authority.pem");
        std::fs::write(&path, authority.certificate_pem()).expect("written");
        let mut config = config(way, &authority);
        let mut server = None;
        if way.passes_on() {
            let (behind, recording) = start(config.clone()).await;
            let trusted = vec![authority.certificate_der().to_vec().into()];
            let upstream = Upstream::new(trusted, Patience::default()).expect("the system has roots");
            config.mode = if way.is_proxy() {
                let opened = vec!["127.0.0.1".parse().expect("a host")];
                // Devices speak to a proxy in plain text, and inside of that TLS to the server.
                config.tls = None;
                Mode::Proxy(Proxy::new(opened, Some(Arc::clone(&authority)), upstream))
            } else {
                Mode::Forward(Forward::new(&behind.base_url(), upstream).expect("an address"))
            };
            server = Some((behind, recording));
        }
        let (collector, recording) = start(config).await;
        let base = match &server {
            Some((server, _)) if way.is_proxy() => server.base_url(),
            _ => collector.base_url(),
        };
        Self {
            way,
            base,
            authority: path,
            recording,
            kept: Mutex::default(),
            server,
            authority_der: authority.certificate_der().to_vec(),
            collector,
            folder,
        }
    }

    /// Host and port of the requests.
    pub fn host(&self) -> &str {
        self.base.split_once("://").expect("a scheme").1
    }

    /// A connection for HTTP/1.1.
    pub async fn connect(&self) -> Box<dyn Stream> {
        let mut plain = TcpStream::connect(self.collector.address()).await.expect("a connection");
        if self.way == Way::ProxyTls {
            let (host, mut answer) = (self.host(), Vec::new());
            let asked = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            plain.write_all(asked.as_bytes()).await.expect("it is taken");
            while !answer.ends_with(b"\r\n\r\n") {
                answer.push(plain.read_u8().await.expect("an answer"));
            }
            assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
        }
        if self.way.is_tls() { Box::new(self.over_tls(plain).await) } else { Box::new(plain) }
    }

    async fn over_tls(&self, plain: TcpStream) -> impl Stream + use<> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority_der.clone().into()).expect("a certificate");
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        let shaking = TlsConnector::from(Arc::new(config)).connect(name, plain);
        tokio::time::timeout(DEADLINE, shaking).await.expect("in time").expect("it is trusted")
    }

    /// The request target for a path: proxies are given all of the URL, unless they open TLS.
    pub fn target(&self, path: &str) -> String {
        if self.way == Way::Proxy { format!("{}{path}", self.base) } else { path.to_owned() }
    }

    /// The address of the proxy that clients must use.
    pub fn proxy(&self) -> Option<String> {
        self.way.is_proxy().then(|| format!("http://{}", self.collector.address()))
    }

    /// Everything that was recorded so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        let mut kept = self.kept.lock().expect("no test has failed here");
        kept.extend(self.recording.take());
        kept.clone()
    }

    /// Everything that the server recorded which requests are passed on to.
    pub fn passed_on(&self) -> Option<Vec<Recorded>> {
        self.server.as_ref().map(|(_, recording)| recording.take())
    }

    /// Waits until so many requests were answered.
    #[track_caller]
    pub fn wait_for(&self, n: usize) {
        let until = Instant::now() + DEADLINE;
        while self.recorded().len() < n && Instant::now() < until {
            std::thread::yield_now();
        }
    }

    pub async fn stop(self) {
        self.collector.stop().await;
        if let Some((server, _)) = self.server {
            server.stop().await;
        }
    }
}

/// Something to speak HTTP over.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

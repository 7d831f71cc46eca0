//! A collector that is reached in one of the ways in which players reach it.

use crate::support::network::DEADLINE;
use playtrace::collector::authority::{self, Authority};
use playtrace::collector::recorder::{Recorded, Recording};
use playtrace::collector::{Collector, CollectorConfig};
use playtrace::model::policy::Policy;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How players reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Plain,
    Tls,
}

impl Way {
    pub const ALL: [Way; 2] = [Way::Plain, Way::Tls];
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
    /// What the server recorded that requests are passed on to.
    pub upstream_recording: Option<Arc<Recording>>,
    collector: Collector,
    authority_der: Vec<u8>,
    /// Holds what the paths point to.
    pub folder: TempDir,
}

fn authority(folder: &TempDir) -> Arc<Authority> {
    Arc::new(authority::open_or_make(&folder.path().join("authority"), &[]).expect("an authority"))
}

impl Setup {
    pub async fn start(way: Way) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = authority(&folder);
        let path = folder.path().join("authority.pem");
        std::fs::write(&path, authority.certificate_pem()).expect("written");
        let mut config = CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default());
        if way == Way::Tls {
            let hosts = ["127.0.0.1".to_owned(), "localhost".to_owned()];
            config.tls = Some(Arc::new(authority.server_config(&hosts).expect("a configuration")));
        }
        let recording = Arc::new(Recording::default());
        let collector = Collector::start(config, recording.clone()).await.expect("a free port");
        Self {
            way,
            base: collector.base_url(),
            authority: path,
            recording,
            kept: Mutex::default(),
            upstream_recording: None,
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
        let plain = TcpStream::connect(self.collector.address()).await.expect("a connection");
        match self.way {
            Way::Plain => Box::new(plain),
            Way::Tls => Box::new(self.over_tls(plain).await),
        }
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

    /// The request target for a path.
    pub fn target(&self, path: &str) -> String {
        path.to_owned()
    }

    /// The address of the proxy that clients must use.
    pub fn proxy(&self) -> Option<String> {
        None
    }

    /// Everything that was recorded so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        let mut kept = self.kept.lock().expect("no test has failed here");
        kept.extend(self.recording.take());
        kept.clone()
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
    }
}

/// Something to speak HTTP over.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

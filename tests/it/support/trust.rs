//! Certificate authorities of a test, servers and clients that use them.

use crate::support::network::DEADLINE;
use playtrace::collector::authority::{Authority, HostPattern};
use playtrace::model::clock::ReceivedAt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

/// An authority that nobody else knows.
pub fn new_authority() -> Arc<Authority> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let at = ReceivedAt(i64::try_from(now).expect("not that late") * 1_000_000);
    let none: &[HostPattern] = &[];
    let text = Authority::make(Some(none), at).expect("an authority");
    Arc::new(Authority::read(text.as_bytes(), at).expect("an authority"))
}

/// What a server on this machine needs.
pub fn server_config(authority: &Arc<Authority>, alpn: &[&str]) -> ServerConfig {
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut config = authority.server_config(&hosts).expect("a certificate");
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

/// Shakes hands as a client that trusts this authority and asks for `localhost`.
pub async fn over_tls(
    stream: TcpStream,
    trusted: &Authority,
    alpn: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    over_tls_to("localhost", stream, trusted, alpn).await
}

/// The same, and asks for this name.
pub async fn over_tls_to(
    name: &str,
    stream: TcpStream,
    trusted: &Authority,
    alpn: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.certificate_der().to_vec().into()).expect("a certificate");
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// An HTTP client that trusts these authorities, and goes through this proxy if there is one.
pub fn client(trusted: &[&Authority], proxy: Option<&str>) -> reqwest::Client {
    let roots =
        trusted.iter().map(|own| reqwest::Certificate::from_der(own.certificate_der()).expect("a root"));
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let builder = match proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy).expect("an address")),
        None => builder,
    };
    builder.tls_certs_only(roots).timeout(DEADLINE).build().expect("a client")
}

//! The collector's own pages: how a device is set up, the certificate to install, a QR code, the state. They show
//! nothing that was captured. The router answers with them at the printed addresses alone.

use super::authority::Authority;
use super::connections::Connections;
use super::proxy::Proxy;
use super::qr::Matrix;
use super::{Mode, Pages, addresses};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use http::{HeaderName, HeaderValue, Response};
use std::net::SocketAddr;
use std::sync::Arc;

const HTML: &str = "text/html; charset=utf-8";
/// What makes devices offer to install a certificate.
const CERTIFICATE: &str = "application/x-x509-ca-cert";
/// Nothing of a page is loaded from elsewhere, run, framed, kept, or told to others.
const STRICT: [(HeaderName, &str); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (CACHE_CONTROL, "no-store"),
];
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em}\
                     img{width:12em;height:12em}code{word-break:break-all}";

/// What the pages are made from.
#[derive(Debug)]
pub struct OwnPages {
    address: SocketAddr,
    is_tls: bool,
    mode: Mode,
    authority: Option<Arc<Authority>>,
    connections: Arc<Connections>,
}

impl OwnPages {
    /// The pages of a collector that listens at `address`.
    #[must_use]
    pub fn new(
        address: SocketAddr,
        is_tls: bool,
        mode: Mode,
        authority: Option<Arc<Authority>>,
        connections: Arc<Connections>,
    ) -> Self {
        Self { address, is_tls, mode, authority, connections }
    }

    fn certificate(&self, name: &str, bytes: impl Fn(&Authority) -> Bytes) -> Response<Bytes> {
        let Some(authority) = &self.authority else {
            let mut response =
                answer("text/plain", "This collector has no certificate: start it with --tls\n");
            *response.status_mut() = http::StatusCode::NOT_FOUND;
            return response;
        };
        let mut response = answer(CERTIFICATE, bytes(authority));
        if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
            response.headers_mut().insert(CONTENT_DISPOSITION, name);
        }
        response
    }

    fn start(&self) -> String {
        let address = reachable(self.address);
        let what = match &self.mode {
            Mode::Proxy(_) => format!(
                "<p>This is the proxy <code>{address}</code>: set it as HTTP proxy in the network settings of the device.</p>"
            ),
            Mode::StandIn | Mode::Forward(_) => {
                let secure =
                    if self.is_tls { format!(" or <code>https://{address}</code>") } else { String::new() };
                format!(
                    "<p>Point the player at <code>http://{address}</code>{secure}: <code>/api/v1/sessions</code> goes behind it.</p>"
                )
            }
        };
        let certificate = self.authority.as_ref().map_or_else(String::new, |authority| {
            let facts = authority.facts();
            format!(
                "<h2>Certificate</h2><p>For HTTPS the device has to trust this collector. Install one of these, and \
                 switch on full trust where the system asks for it:</p>\
                 <ul><li><a href=\"/certificate.der\">certificate.der</a> (phones, TV sets, Windows)</li>\
                 <li><a href=\"/certificate.pem\">certificate.pem</a> (Linux, Firefox, tools)</li></ul>\
                 <p>Its name is <b>{}</b>. Compare its SHA-256 before you trust it:<br><code>{}</code></p>\
                 <p>Remove it from the device when you are done.</p>",
                escaped(&facts.name),
                facts.fingerprint,
            )
        });
        document(
            "Playtrace collector",
            &format!(
                "{what}<p><img src=\"/qr.svg\" alt=\"QR code of {url}\"><br>This page: <code>{url}</code></p>{certificate}\
                 <p><a href=\"/status\">Status</a></p>",
                url = url(self.address),
            ),
        )
    }

    fn status(&self) -> String {
        let traffic = self.connections.traffic();
        let mode = match &self.mode {
            Mode::StandIn => "answers like the API".to_owned(),
            Mode::Forward(_) => "passes requests on to a real collector".to_owned(),
            Mode::Proxy(proxy) => of_proxy(proxy),
        };
        document(
            "Status of the Playtrace collector",
            &format!(
                "<p>It {mode}.</p><p>Connections: {} open, {} so far.</p><p>Version {}.</p>",
                traffic.n_open,
                traffic.n_accepted,
                env!("CARGO_PKG_VERSION"),
            ),
        )
    }
}

impl Pages for OwnPages {
    fn page(&self, path: &str) -> Option<Response<Bytes>> {
        match path {
            "/" => Some(answer(HTML, self.start())),
            "/status" => Some(answer(HTML, self.status())),
            "/qr.svg" => Some(answer("image/svg+xml", Matrix::of(&url(self.address))?.svg())),
            "/certificate.pem" => Some(self.certificate("playtrace.pem", |own| own.certificate_pem().into())),
            "/certificate.der" => {
                Some(self.certificate("playtrace.cer", |own| Bytes::copy_from_slice(own.certificate_der())))
            }
            _ => None,
        }
    }
}

fn of_proxy(proxy: &Proxy) -> String {
    let hosts: Vec<String> = proxy.open_hosts().iter().map(|host| escaped(&host.to_string())).collect();
    let hosts = if hosts.is_empty() { "no host".to_owned() } else { hosts.join(", ") };
    let counts = proxy.counts();
    format!(
        "is a proxy that opens and records {hosts}.</p><p>Opened connections: {}, of which {} did not accept the \
         certificate. Passed through unseen: {} connections, {} plain requests; {} could not be made",
        counts.n_opened, counts.n_distrusted, counts.n_tunnels, counts.n_passed, counts.n_failed,
    )
}

/// The address that a device uses, without scheme.
fn reachable(address: SocketAddr) -> SocketAddr {
    addresses::reachable(address).first().copied().unwrap_or(address)
}

/// The address of the start page; with HTTPS the port speaks plain HTTP, too, and needs no trust yet.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("http://{}/", reachable(address))
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{body}</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn answer(content_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in STRICT {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

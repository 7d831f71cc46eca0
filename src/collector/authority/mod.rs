//! The collector's own certificate authority: made on first use, on this machine alone.
//!
//! A device that trusts its certificate accepts the certificates that it issues: for the collector itself, and
//! for the hosts that the user lists. It is name-constrained: a client that honors the constraint accepts it for
//! the names it was made for and for nothing else, whoever may hold the key.

mod names;
mod store;

pub use names::HostPattern;
pub use store::{default_path, export, open, open_or_make, remove, replace};

use super::now;
use crate::model::clock::ReceivedAt;
use crate::model::reason::Reason;
use aws_lc_rs::{digest, rand};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, SerialNumber,
};
use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier as _;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs as provider};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use x509_parser::prelude::{FromDer as _, GeneralName, ParsedExtension, X509Certificate};

/// So long an authority is valid: a forgotten one on a device should not work for ever.
const AUTHORITY_LIFE: Duration = Duration::days(730);
/// So long a certificate of a host is valid. Apple's systems take at most 825 days from an authority of the user.
const LEAF_LIFE: Duration = Duration::days(90);
/// A certificate of a host is made anew when it has less than this left.
const LEAF_RENEWAL: Duration = Duration::days(30);
/// Clocks of devices are often behind: certificates begin this long before they are made.
const BACKDATED: Duration = Duration::days(2);
/// So many certificates of hosts are kept; the oldest goes first.
const MAX_LEAVES: usize = 256;

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The system names no folder for the user's data.
    #[error("this user has no data folder where a certificate authority could be kept")]
    NoFolder,
    /// It cannot be read, written or removed.
    #[error("{what} {path}: {why}")]
    File {
        /// What could not be done.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// Somebody else may have the key.
    #[error(
        "others can read the key of the certificate authority in {0}; if nobody did, close it with `chmod 600`, \
         else make a new one with `playtrace authority --new`"
    )]
    OpenToOthers(PathBuf),
    /// It was changed, or is not ours.
    #[error(
        "{path} holds no usable certificate authority ({why}); `playtrace authority --new` makes a new one"
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Hosts were listed that it was not made for.
    #[error(
        "the certificate authority was not made for {0}; make one with `playtrace authority --new{1}` and install \
         its certificate on the device"
    )]
    NotCovered(String, String),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Make(String),
}

impl AuthorityError {
    /// The reason for who chose HTTPS. What exactly is wrong with a file is left to the command line.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let english = self.to_string();
        let shown = |path: &Path| ("path", path.display().to_string());
        match self {
            AuthorityError::NoFolder => Reason::new("why.authority-no-folder", [], english),
            AuthorityError::File { path, why, .. } => {
                Reason::new("why.authority-file", [shown(path), ("why", why.to_string())], english)
            }
            AuthorityError::OpenToOthers(path) => Reason::new("why.authority-open", [shown(path)], english),
            AuthorityError::Broken { path, .. } => {
                Reason::new("why.authority-broken", [shown(path)], english)
            }
            AuthorityError::NotCovered(hosts, arguments) => {
                let values = [("hosts", hosts.clone()), ("arguments", arguments.clone())];
                Reason::new("why.authority-hosts", values, english)
            }
            AuthorityError::Make(why) => Reason::new("why.authority-make", [("why", why.clone())], english),
        }
    }
}

/// What can be told about an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The name under which a device shows it.
    pub name: String,
    /// The last moment at which it is accepted, seconds since 1970-01-01 UTC.
    pub not_after_secs: i64,
    /// SHA-256 of the certificate, as `AB:CD:…`: to compare with what the device shows.
    pub fingerprint: String,
    /// The names and networks it may stand for; `None` when any.
    pub names: Option<Vec<String>>,
}

/// A certificate authority with its key.
pub struct Authority {
    certificate: CertificateDer<'static>,
    facts: Facts,
    begins: OffsetDateTime,
    ends: OffsetDateTime,
    issuer: Issuer<'static, KeyPair>,
    /// One key for all certificates of hosts of this run; it is never written anywhere.
    leaf_key: KeyPair,
    leaves: Mutex<VecDeque<Leaf>>,
    provider: Arc<CryptoProvider>,
}

struct Leaf {
    hosts: Vec<String>,
    ends: OffsetDateTime,
    key: Arc<CertifiedKey>,
}

/// Says what it is, without the key.
impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Authority {
    /// A new authority as the text of a file: its certificate and its key. `listed` is added to the names that it may
    /// stand for; `None` leaves it unconstrained, for devices that refuse constrained ones.
    ///
    /// # Errors
    /// When the system has no random numbers, or a name cannot stand in a certificate.
    pub fn make(listed: Option<&[HostPattern]>, at: ReceivedAt) -> Result<String, AuthorityError> {
        let key = KeyPair::generate().map_err(not_made)?;
        let mut params = CertificateParams::default();
        params.not_before = moment(at) - BACKDATED;
        params.not_after = moment(at) + AUTHORITY_LIFE;
        params.serial_number = Some(serial()?);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // A device may have to tell two of them apart.
        let mark = fingerprint(key.public_key_raw());
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, "Playtrace");
        name.push(DnType::CommonName, format!("Playtrace local authority {}", mark[..11].replace(':', "")));
        params.distinguished_name = name;
        params.name_constraints = listed.map(|listed| NameConstraints {
            permitted_subtrees: names::permitted(listed),
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key).map_err(not_made)?;
        Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
    }

    /// Reads what [`make`](Self::make) has made, and tries whether a client would accept what it issues.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub fn read(pem: &[u8], at: ReceivedAt) -> Result<Authority, String> {
        let certificate = CertificateDer::from_pem_slice(pem)
            .map_err(|why| format!("its certificate cannot be read: {why}"))?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem)
            .map_err(|why| format!("its key cannot be read: {why}"))?;
        let key = KeyPair::try_from(&key).map_err(|why| format!("its key cannot be used: {why}"))?;
        let (facts, begins, ends) = facts(&certificate)?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key)
            .map_err(|why| format!("its certificate cannot be used: {why}"))?;
        let leaf_key = KeyPair::generate().map_err(|why| why.to_string())?;
        let provider = Arc::new(provider::default_provider());
        let leaves = Mutex::default();
        let authority = Authority { certificate, facts, begins, ends, issuer, leaf_key, leaves, provider };
        if moment(at) >= ends {
            return Err("it has expired".to_owned());
        }
        match authority.accepted("localhost", at) {
            Ok(()) => Ok(authority),
            Err(why) => Err(format!("what it issues would not be accepted: {why}")),
        }
    }

    /// Those of the listed hosts that it was not made for.
    #[must_use]
    pub fn not_covered<'a>(&self, listed: &'a [HostPattern], at: ReceivedAt) -> Vec<&'a HostPattern> {
        listed.iter().filter(|host| self.accepted(&host.example(), at).is_err()).collect()
    }

    /// What can be told about it.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Its certificate, as devices want it: the content of a `.pem` file. Never the key.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        pem(&self.certificate)
    }

    /// Its certificate, as devices want it: the content of a `.der` or `.cer` file.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// What a TLS server needs: a certificate for the name that the client asks for, or one for all of `hosts` (names
    /// and IP addresses) where it asks for none; HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    /// When no certificate can be made for `hosts`.
    pub fn server_config(self: &Arc<Self>, hosts: &[String]) -> Result<ServerConfig, AuthorityError> {
        self.leaf(hosts, now())?;
        let certificates = Certificates { authority: Arc::clone(self), hosts: hosts.to_vec() };
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(not_made)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificates));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The certificate for these hosts, kept for the next time.
    fn leaf(&self, hosts: &[String], at: ReceivedAt) -> Result<Arc<CertifiedKey>, AuthorityError> {
        let now = moment(at);
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        // One that ends soon goes, unless the authority itself ends with it.
        leaves.retain(|leaf| leaf.hosts != hosts || now + LEAF_RENEWAL < leaf.ends || leaf.ends == self.ends);
        if let Some(leaf) = leaves.iter().find(|leaf| leaf.hosts == hosts) {
            return Ok(Arc::clone(&leaf.key));
        }
        let (key, ends) = self.issue(hosts, now)?;
        let key = Arc::new(key);
        if leaves.len() >= MAX_LEAVES {
            leaves.pop_front();
        }
        leaves.push_back(Leaf { hosts: hosts.to_vec(), ends, key: Arc::clone(&key) });
        Ok(key)
    }

    /// Makes a certificate for these hosts; says when it ends.
    fn issue(
        &self,
        hosts: &[String],
        now: OffsetDateTime,
    ) -> Result<(CertifiedKey, OffsetDateTime), AuthorityError> {
        let mut params = CertificateParams::new(hosts).map_err(not_made)?;
        params.not_before = self.begins.max(now - BACKDATED);
        params.not_after = self.ends.min(now + LEAF_LIFE);
        params.serial_number = Some(serial()?);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Playtrace collector");
        let certificate = params.signed_by(&self.leaf_key, &self.issuer).map_err(not_made)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.leaf_key.serialize_der()));
        let chain = vec![certificate.der().clone()];
        let key = CertifiedKey::from_der(chain, key, &self.provider).map_err(not_made)?;
        Ok((key, params.not_after))
    }

    /// Tries whether a client that trusts this authority would accept its certificate for `host`.
    fn accepted(&self, host: &str, at: ReceivedAt) -> Result<(), String> {
        let now = moment(at);
        let (leaf, _) = self.issue(&[host.to_owned()], now).map_err(|why| why.to_string())?;
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).map_err(|why| why.to_string())?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
                .build()
                .map_err(|why| why.to_string())?;
        let name = ServerName::try_from(host.to_owned()).map_err(|why| why.to_string())?;
        let secs = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(secs));
        let end = leaf.cert.first().ok_or("no certificate was made")?;
        verifier.verify_server_cert(end, &[], &name, &[], now).map(drop).map_err(|why| why.to_string())
    }
}

/// Hands out certificates by the name that a client asks for.
#[derive(Debug)]
struct Certificates {
    authority: Arc<Authority>,
    hosts: Vec<String>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asked = hello.server_name().map(|name| vec![name.to_owned()]);
        self.authority.leaf(asked.as_ref().unwrap_or(&self.hosts), now()).ok()
    }
}

/// Reads a certificate: what can be told about it, when it begins and when it ends.
fn facts(der: &CertificateDer<'_>) -> Result<(Facts, OffsetDateTime, OffsetDateTime), String> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|why| why.to_string())?;
    if !certificate.is_ca() {
        return Err("its certificate is not one of an authority".to_owned());
    }
    let name = certificate.subject().iter_common_name().find_map(|name| name.as_str().ok());
    let constraints =
        certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::NameConstraints(constraints) => constraints.permitted_subtrees.as_ref(),
            _ => None,
        });
    let names = constraints.map(|subtrees| subtrees.iter().map(|subtree| name_of(&subtree.base)).collect());
    let validity = certificate.validity();
    let (begins, ends) = (validity.not_before.to_datetime(), validity.not_after.to_datetime());
    let facts = Facts {
        name: name.unwrap_or_default().to_owned(),
        not_after_secs: ends.unix_timestamp(),
        fingerprint: fingerprint(der),
        names,
    };
    Ok((facts, begins, ends))
}

/// `example.com`, or `10.0.0.0/8`.
fn name_of(name: &GeneralName<'_>) -> String {
    let network = |address: IpAddr, mask: &[u8]| {
        let bits: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
        format!("{address}/{bits}")
    };
    match name {
        GeneralName::DNSName(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) if bytes.len() == 8 => {
            let address: [u8; 4] = bytes[..4].try_into().unwrap_or_default();
            network(IpAddr::from(address), &bytes[4..])
        }
        GeneralName::IPAddress(bytes) if bytes.len() == 32 => {
            let address: [u8; 16] = bytes[..16].try_into().unwrap_or_default();
            network(IpAddr::from(address), &bytes[16..])
        }
        other => other.to_string(),
    }
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// SHA-256, as `AB:CD:…`.
fn fingerprint(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    let pairs: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// A random number: two certificates of one authority must never have the same.
fn serial() -> Result<SerialNumber, AuthorityError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| AuthorityError::Make("there are no random numbers".to_owned()))?;
    // It is a positive number without leading zeros.
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn not_made(why: impl fmt::Display) -> AuthorityError {
    AuthorityError::Make(why.to_string())
}

/// Whole seconds, as certificates have them.
fn moment(at: ReceivedAt) -> OffsetDateTime {
    let secs = at.0.div_euclid(1_000_000);
    OffsetDateTime::from_unix_timestamp(secs).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

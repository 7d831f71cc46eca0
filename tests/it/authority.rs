//! The collector's certificate authority: what it issues, who may read it, and the command that shows and removes it.

use crate::support::network::playtrace_with;
use playtrace::collector::authority::{self, Authority, AuthorityError, HostPattern};
use playtrace::model::clock::ReceivedAt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_rustls::{TlsAcceptor, TlsConnector};

const DAY: i64 = 86_400_000_000;
const TODAY: ReceivedAt = ReceivedAt(20_000 * DAY);

fn hosts(names: &[&str]) -> Vec<HostPattern> {
    names.iter().map(|name| name.parse().expect("a host")).collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Shakes hands over loopback: what the client says of the certificate, and the protocol that was agreed on.
async fn shake_hands(
    authority: &Arc<Authority>,
    trusted: &Authority,
    host: &str,
    alpn: &str,
) -> Result<String, String> {
    let config =
        authority.server_config(&["127.0.0.1".to_owned(), "::1".to_owned()]).expect("a configuration");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        if let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await {
            stream.write_all(b"hello").await.expect("the client listens");
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(trusted.certificate_der().to_vec().into()).expect("a certificate");
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let name = ServerName::try_from(host.to_owned()).expect("a name");
    let stream = TcpStream::connect(address).await.expect("a connection");
    let result = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(mut stream) => {
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).await.expect("a greeting");
            let alpn = stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec();
            Ok(String::from_utf8(alpn).expect("text"))
        }
        Err(error) => Err(error.to_string()),
    };
    serving.await.expect("the server ends");
    result
}

#[tokio::test]
async fn a_client_that_trusts_it_accepts_its_certificates_and_another_does_not() {
    let folder = folder();
    let listed = hosts(&["api.example.com", "*.example.org", "192.0.2.7"]);
    let open =
        |name: &str| authority::open_or_make(&folder.path().join(name), &listed).expect("an authority");
    let (ours, other) = (Arc::new(open("ours")), open("other"));
    for host in [
        "localhost",
        "127.0.0.1",
        "::1",
        "192.168.1.20",
        "fe80::1",
        "player.local",
        "customer.hb-api.omtrdc.net",
        "api.example.com",
        "a.b.example.org",
        "192.0.2.7",
    ] {
        for alpn in ["h2", "http/1.1"] {
            // An IP address is asked for without a name: the configuration's own host is answered for.
            let result = shake_hands(&ours, &ours, host, alpn).await;
            let is_address =
                host.parse::<std::net::IpAddr>().is_ok() && !["127.0.0.1", "::1"].contains(&host);
            assert_eq!(result.is_ok(), !is_address, "{host} {result:?}");
            assert!(is_address || result.as_deref() == Ok(alpn), "{host} {result:?}");
        }
        let refused = shake_hands(&ours, &other, host, "h2").await.expect_err("it is not trusted");
        assert!(refused.contains("certificate"), "{refused}");
    }
    // Every address that is listed or near has a certificate of its own.
    for address in ["::1", "192.168.1.20", "192.0.2.7", "fe80::1"] {
        assert!(ours.not_covered(&hosts(&[address]), now_at(&ours)).is_empty(), "{address}");
    }
}

/// A moment at which an authority is valid.
fn now_at(authority: &Authority) -> ReceivedAt {
    ReceivedAt((authority.facts().not_after_secs - 86_400) * 1_000_000)
}

#[tokio::test]
async fn it_stands_for_no_name_that_it_was_not_made_for() {
    let folder = folder();
    let path = folder.path().join("authority.pem");
    let authority =
        Arc::new(authority::open_or_make(&path, &hosts(&["*.example.org"])).expect("an authority"));
    for host in ["www.example.com", "badexample.org", "omtrdc.net"] {
        let refused =
            shake_hands(&authority, &authority, host, "h2").await.expect_err("a name it may not stand for");
        assert!(refused.contains("NameConstraint"), "{host}: {refused}");
    }
    let error = authority::open_or_make(&path, &hosts(&["a.example.org", "example.com", "8.8.8.8"]));
    let error = error.expect_err("hosts that are not covered").to_string();
    assert!(error.contains("was not made for example.com, 8.8.8.8; make one with"), "{error}");
    assert!(error.contains("--new --host 'a.example.org' --host 'example.com' --host '8.8.8.8'`"), "{error}");
    let any = authority::replace(&path, None).expect("an authority for any host");
    assert_eq!(any.facts().names, None);
    assert!(
        shake_hands(&Arc::new(any), &authority, "example.com", "h2").await.is_err(),
        "another certificate"
    );
    let any = Arc::new(authority::open_or_make(&path, &hosts(&["example.com"])).expect("it covers all"));
    assert_eq!(shake_hands(&any, &any, "example.com", "h2").await.as_deref(), Ok("h2"));
}

#[test]
fn a_second_start_has_the_same_authority() {
    let folder = folder();
    let path = folder.path().join("some/where/authority.pem");
    let open = || authority::open_or_make(&path, &[]).expect("an authority").certificate_der().to_vec();
    let threads: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        starts.into_iter().map(|start| start.join().expect("it starts")).collect()
    });
    // Also when several start at once for the first time.
    assert!(threads.iter().all(|certificate| *certificate == open()));
    let beside = std::fs::read_dir(path.parent().expect("a folder")).expect("a folder");
    assert_eq!(beside.count(), 1, "nothing else is left there");
}

#[test]
fn its_key_is_readable_by_its_owner_only_or_not_used() {
    let folder = folder();
    let path = folder.path().join("authority.pem");
    authority::open_or_make(&path, &[]).expect("an authority");
    let mode = |path: &Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    for open in [0o640, 0o604, 0o620, 0o644] {
        std::fs::set_permissions(&path, PermissionsExt::from_mode(open)).expect("ours");
        let error = authority::open(&path).expect_err("others can read it");
        assert!(matches!(error, AuthorityError::OpenToOthers(_)), "{error}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("ours");
    assert!(authority::open(&path).expect("closed again").is_some());
}

#[test]
fn a_file_that_was_changed_or_has_expired_is_not_used() {
    let text = Authority::make(Some(&[]), TODAY).expect("an authority");
    let later = |days: i64| ReceivedAt(TODAY.0 + days * DAY);
    assert!(Authority::read(text.as_bytes(), TODAY).is_ok());
    assert!(Authority::read(text.as_bytes(), later(-1)).is_ok(), "a clock that is a day behind");
    assert!(Authority::read(text.as_bytes(), later(729)).is_ok());
    assert_eq!(Authority::read(text.as_bytes(), later(731)).expect_err("too old"), "it has expired");
    let other = Authority::make(Some(&[]), TODAY).expect("an authority");
    let key_at = |text: &str| text.find("-----BEGIN PRIVATE").expect("a key");
    let mixed = format!("{}{}", &text[..key_at(&text)], &other[key_at(&other)..]);
    let why = Authority::read(mixed.as_bytes(), TODAY).expect_err("another's key");
    assert!(why.starts_with("what it issues would not be accepted"), "{why}");
    for cut in (0..text.len()).step_by(37) {
        Authority::read(&text.as_bytes()[..cut], TODAY).expect_err("cut");
    }
}

#[test]
fn the_command_shows_exports_renews_and_removes_it() {
    let folder = folder();
    let home = folder.path().to_str().expect("text");
    let run = |arguments: &[&str], code: i32| {
        let arguments = [&["authority"], arguments].concat();
        let output = playtrace_with(&arguments, &[("XDG_DATA_HOME", home), ("HOME", home)]);
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
    };
    assert!(run(&[], 0).contains("no certificate authority yet"));
    let pem = folder.path().join("ca.pem");
    let der = folder.path().join("ca.cer");
    run(&["--export", pem.to_str().expect("text")], 0);
    run(&["--export", der.to_str().expect("text")], 0);
    let pem = std::fs::read_to_string(pem).expect("written");
    let der = std::fs::read(der).expect("written");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && !pem.contains("PRIVATE"));
    let from_pem = reqwest::Certificate::from_pem(pem.as_bytes()).expect("PEM");
    assert_eq!(format!("{from_pem:?}"), format!("{:?}", reqwest::Certificate::from_der(&der).expect("DER")));
    let shown = run(&[], 0);
    assert!(shown.contains("name         Playtrace local authority "), "{shown}");
    assert!(shown.contains("accepted for hb-api.omtrdc.net, local, localhost, 10.0.0.0/8, "), "{shown}");
    assert_eq!(shown, run(&[], 0));
    let renewed = run(&["--new", "--host", "*.Example.com", "--host", "192.0.2.1"], 0);
    assert!(renewed.contains("localhost, example.com, 192.0.2.1/32, 10.0.0.0/8"), "{renewed}");
    assert_ne!(shown.lines().nth(2), renewed.lines().nth(2), "another certificate");
    assert!(run(&["--new", "--any-host"], 0).contains("accepted for any host"));
    assert!(run(&["--new", "--host", "example.com:443"], 2).contains("without port"));
    assert!(run(&["--host", "example.com"], 2).contains("--new"));
    assert!(run(&["--remove"], 0).starts_with("removed "));
    assert_eq!(run(&["--remove"], 0), "there was no certificate authority\n");
    assert!(run(&[], 0).contains("no certificate authority yet"));
}

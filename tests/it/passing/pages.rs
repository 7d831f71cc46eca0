//! The collector's own pages: what a device needs, at the printed address alone, and nothing of what was captured.

use super::{PATIENCE, config, forwarding, proxying};
use crate::support::network::{CollectProcess, START, client, playtrace, running_collector};
use crate::support::trust;
use crate::support::upstream::{RawServer, Then, body_of, header, lines_of, talk};
use playtrace::collector::recorder::Recording;
use playtrace::collector::{Collector, Mode};
use std::net::SocketAddr;
use std::sync::Arc;

const PAGES: [&str; 5] = ["/", "/status", "/qr.svg", "/certificate.pem", "/certificate.der"];

async fn get(address: SocketAddr, target: &str, host: &str) -> Vec<u8> {
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    talk(address, request.as_bytes()).await
}

async fn page(address: SocketAddr, path: &str) -> Vec<u8> {
    let heard = get(address, path, &address.to_string()).await;
    assert_eq!(lines_of(&heard)[0], "HTTP/1.1 200 OK", "{path}");
    heard
}

#[tokio::test]
async fn a_device_finds_address_certificate_and_code_at_the_printed_address() {
    let rig = proxying(&["*.example.com"]).await;
    let address = rig.collector.address();
    let start = page(address, "/").await;
    let text = String::from_utf8(body_of(&start).to_vec()).expect("text");
    for part in [&address.to_string(), "/certificate.der", "/qr.svg", &rig.authority.facts().fingerprint] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let pem = page(address, "/certificate.pem").await;
    let der = page(address, "/certificate.der").await;
    for certificate in [&pem, &der] {
        assert_eq!(header(certificate, "content-type").as_deref(), Some("application/x-x509-ca-cert"));
    }
    assert_eq!(body_of(&pem), rig.authority.certificate_pem().as_bytes());
    assert_eq!(body_of(&der), rig.authority.certificate_der());
    assert!(body_of(&page(address, "/qr.svg").await).starts_with(b"<svg "));
    let status = page(address, "/status").await;
    assert!(String::from_utf8_lossy(body_of(&status)).contains("opens and records *.example.com"));
    // A device that has the proxy set already asks in the proxy's way.
    let through = get(address, &format!("http://{address}/"), &address.to_string()).await;
    assert_eq!(body_of(&through), body_of(&start));
    rig.collector.stop().await;
}

#[tokio::test]
async fn no_other_site_reads_a_page_or_gets_one_under_another_name() {
    let mut config = config(Mode::StandIn);
    config.authority = Some(trust::new_authority());
    let collector = Collector::start(config, Arc::new(Recording::default())).await.expect("a port");
    let address = collector.address();
    for path in PAGES {
        let heard = page(address, path).await;
        for (name, value) in [
            ("access-control-allow-origin", None),
            ("x-content-type-options", Some("nosniff")),
            ("cross-origin-resource-policy", Some("same-origin")),
            ("cache-control", Some("no-store")),
        ] {
            assert_eq!(header(&heard, name).as_deref(), value, "{path} {name}");
        }
        for host in [
            "evil.example",
            &format!("localhost:{}", address.port()),
            &format!("127.0.0.1.:{}", address.port()),
        ] {
            let heard = get(address, path, host).await;
            assert!(lines_of(&heard)[0].starts_with("HTTP/1.1 421 "), "{host}{path}: {:?}", lines_of(&heard));
            assert!(!String::from_utf8_lossy(&heard).contains("CERTIFICATE"));
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn pages_of_other_hosts_are_not_mistaken_for_ours() {
    let server = RawServer::start("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntheir", Then::GoOn).await;
    let (collector, _) = forwarding(&server.url(), PATIENCE).await;
    for path in PAGES {
        assert_eq!(body_of(&get(collector.address(), path, "player.example").await), b"their", "{path}");
    }
    collector.stop().await;
    let rig = proxying(&[]).await;
    for path in PAGES {
        let target = format!("{}{path}", server.url());
        assert_eq!(body_of(&get(rig.collector.address(), &target, "x").await), b"their", "{path}");
    }
    rig.collector.stop().await;
}

#[tokio::test]
async fn pages_show_nothing_that_was_captured() {
    let (collector, _) = running_collector().await;
    let marked = START.replace("\"media.id\":\"m\"", "\"media.id\":\"very-secret\"");
    let url = format!("{}/api/v1/sessions", collector.base_url());
    let answer =
        client().post(&url).header("X-Own", "very-secret").body(marked).send().await.expect("an answer");
    let location = answer.headers()["location"].to_str().expect("text").to_owned();
    let sid = location.rsplit('/').next().expect("an id");
    for path in ["/", "/status", "/qr.svg"] {
        let text = String::from_utf8_lossy(&page(collector.address(), path).await).into_owned();
        assert!(!text.contains("very-secret") && !text.contains(sid), "{path}: {text}");
    }
    let none = get(collector.address(), "/certificate.pem", &collector.address().to_string()).await;
    assert!(lines_of(&none)[0].starts_with("HTTP/1.1 404 "), "there is no certificate without TLS");
    collector.stop().await;
}

#[tokio::test]
async fn collect_speaks_https_with_a_certificate_that_its_page_hands_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("journal");
    let arguments = ["--tls", "--qr", "--journal", journal.to_str().expect("text")];
    let collect = CollectProcess::start(&arguments);
    let address = collect.base.strip_prefix("https://").expect("HTTPS").to_owned();
    let pem =
        client().get(format!("http://{address}/certificate.pem")).send().await.expect("plain works, too");
    let root = reqwest::Certificate::from_pem(&pem.bytes().await.expect("a body")).expect("a certificate");
    let trusting = |roots: Vec<reqwest::Certificate>| {
        reqwest::Client::builder().no_proxy().tls_certs_only(roots).build().expect("a client")
    };
    let sessions = |base: &str| format!("{base}/api/v1/sessions");
    let answer = trusting(vec![root.clone()])
        .post(sessions(&collect.base))
        .body(START)
        .send()
        .await
        .expect("an answer");
    assert_eq!((answer.version(), answer.status().as_u16()), (reqwest::Version::HTTP_2, 201));
    let by_name = collect.base.replace("127.0.0.1", "localhost");
    let answer = trusting(vec![root]).post(sessions(&by_name)).body(START).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 201);
    trusting(Vec::new()).post(sessions(&collect.base)).body(START).send().await.expect_err("nobody else's");
    let output = collect.terminate();
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("█▀▀▀▀▀█") || said.contains("▄▄▄▄▄▄▄") || said.contains("█ ▄▄▄▄▄ █"), "{said}");
    assert!(said.contains(&format!("http://{address}/")), "{said}");
    // What was captured says that it came over TLS.
    let check = playtrace(&["check", journal.to_str().expect("text")]);
    assert!(check.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn arguments_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.pem");
    for (arguments, words) in [
        (vec!["--open-host", "example.com"], "--proxy"),
        (vec!["--proxy", "--forward", "http://a"], "cannot be used with"),
        (vec!["--upstream-ca", "x"], "required"),
        (vec!["--forward", "example.com"], "no URL"),
        (vec!["--forward", "http://a", "--upstream-ca", missing.to_str().expect("text")], "cannot read"),
        (vec!["--proxy", "--open-host", "*"], "is no host"),
    ] {
        let output = playtrace(&[&["collect", "--listen", "127.0.0.1:0"], &arguments[..]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {said}");
        assert!(said.contains(words), "{arguments:?} {said}");
    }
}

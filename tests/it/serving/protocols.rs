//! HTTP/1.0, HTTP/1.1 and HTTP/2; pages; addresses.

use crate::support::network::{START, client, event, running_collector};
use crate::support::raw::{Conversation, talk};
use http::Response;
use playtrace::collector::recorder::Recording;
use playtrace::collector::stand_in::CORS_HEADERS;
use playtrace::collector::{Collector, CollectorConfig, Pages};
use playtrace::model::policy::Policy;
use std::net::SocketAddr;
use std::sync::Arc;

fn client_of_http2() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().http2_prior_knowledge();
    builder.tls_certs_only([]).build().expect("a client")
}

#[tokio::test]
async fn a_session_goes_over_http2_without_tls_as_well() {
    let (collector, recording) = running_collector().await;
    let client = client_of_http2();
    let base = format!("{}/api/v1/sessions", collector.base_url());
    let start = client.post(format!("{base}?a=b")).body(START).send().await.expect("an answer");
    assert_eq!((start.status().as_u16(), start.version()), (201, reqwest::Version::HTTP_2));
    let location = start.headers()["location"].to_str().expect("text").to_owned();
    let events = format!("{}{location}/events", collector.base_url());
    // All at the same time, on the one connection.
    let mut sending = tokio::task::JoinSet::new();
    for secs in 0..50 {
        let request = client.post(&events).body(event("ping", secs));
        sending.spawn(async move { request.send().await.expect("an answer").status().as_u16() });
    }
    assert!(sending.join_all().await.iter().all(|status| *status == 204));
    let recorded = recording.take();
    assert_eq!(recorded.len(), 51);
    let first = &recorded[0].arrived;
    assert_eq!((first.http_version.as_str(), first.target.as_str()), ("HTTP/2.0", "/api/v1/sessions?a=b"));
    let authority = (":authority".to_owned(), collector.address().to_string().into_bytes());
    assert_eq!(first.headers[0], authority, "HTTP/2 has no Host");
    assert_eq!(collector.traffic().n_accepted, 1);
    collector.stop().await;
}

#[tokio::test]
async fn http_1_0_is_answered_and_its_connection_closed() {
    let (collector, recording) = running_collector().await;
    let bytes = b"GET /api/v1/schemas/ping HTTP/1.0\r\n\r\n".to_vec();
    let heard = talk(collector.address(), &Conversation { pieces: vec![bytes], then_waits: true }).await;
    assert_eq!(heard.statuses, [200]);
    assert_eq!(recording.take()[0].arrived.http_version, "HTTP/1.0");
    collector.stop().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_at_once_is_recorded_all_the_same() {
    let (collector, recording) = running_collector().await;
    for _ in 0..20 {
        let mut stream = std::net::TcpStream::connect(collector.address()).expect("a connection");
        std::io::Write::write_all(&mut stream, &crate::support::raw::post("", START.as_bytes()))
            .expect("sent");
    }
    let mut n_recorded = 0;
    while n_recorded < 20 {
        n_recorded += recording.take().iter().filter(|one| one.answered.status == Some(201)).count();
        tokio::task::yield_now().await;
    }
    collector.stop().await;
}

#[tokio::test]
async fn targets_of_proxies_are_recorded_as_they_were_sent() {
    let (collector, recording) = running_collector().await;
    for (line, target) in [
        ("CONNECT example.com:443 HTTP/1.1", "example.com:443"),
        ("POST http://example.com:8080/api/v1/x?y HTTP/1.1", "http://example.com:8080/api/v1/x?y"),
        ("OPTIONS * HTTP/1.1", "*"),
        ("GET //a/../b?c#d HTTP/1.1", "//a/../b?c"),
    ] {
        let bytes = format!("{line}\r\nHost: x\r\n\r\n").into_bytes();
        talk(collector.address(), &Conversation { pieces: vec![bytes], then_waits: false }).await;
        assert_eq!(recording.take().pop().expect("recorded").arrived.target, target);
    }
    collector.stop().await;
}

#[derive(Debug)]
struct OnePage;

impl Pages for OnePage {
    fn page(&self, path: &str) -> Option<Response<bytes::Bytes>> {
        (path == "/status").then(|| Response::new("what was captured".into()))
    }
}

#[tokio::test]
async fn pages_answer_only_to_the_printed_address_and_to_no_other_site() {
    let recording = Arc::new(Recording::default());
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config =
        CollectorConfig { pages: Some(Arc::new(OnePage)), ..CollectorConfig::new(listen, Policy::default()) };
    let collector = Collector::start(config, recording.clone()).await.expect("a free port");
    let url = format!("{}/status", collector.base_url());
    let ours = client().get(&url).send().await.expect("an answer");
    assert_eq!(ours.status(), 200);
    assert!(
        CORS_HEADERS.iter().all(|(name, _)| ours.headers().get(*name).is_none()),
        "no other site reads it"
    );
    assert_eq!(ours.text().await.expect("text"), "what was captured");
    for host in ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1"] {
        let foreign = client().get(&url).header("host", host).send().await.expect("an answer");
        assert_eq!(foreign.status(), 421, "{host}");
        assert!(!foreign.text().await.expect("text").contains("captured"), "{host}");
        let start = client().post(format!("{}/api/v1/sessions", collector.base_url()));
        let start = start.header("host", host).body(START).send().await.expect("an answer");
        assert_eq!(start.status(), 201, "players come under any name");
    }
    assert_eq!(client().post(&url).body("").send().await.expect("an answer").status(), 404);
    assert!(
        recording.take().iter().all(|one| one.arrived.method == "POST"),
        "pages are no traffic of players"
    );
    collector.stop().await;
}

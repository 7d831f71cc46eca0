//! What is listed is opened by a proxy and recorded, and still arrives as it was sent.

use super::{Proxying, proxying};
use crate::support::trust::{client, over_tls, over_tls_to, server_config};
use crate::support::upstream::{RawServer, Then, body_of, head_of, lines_of, nobody, talk};
use playtrace::collector::recorder::{AnswerBy, Scheme, Via};
use reqwest::Version;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ANSWER: &[u8] =
    b"HTTP/1.1 201 Created\r\nLocation: /api/v1/sessions/a\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 3\r\n\r\n\0\xff\n";

async fn tls_server(rig: &Proxying, then: Then) -> (RawServer, String) {
    let server = RawServer::start_tls(ANSWER, then, server_config(&rig.outside, &["http/1.1"])).await;
    let host = format!("localhost:{}", server.address.port());
    (server, host)
}

#[tokio::test]
async fn a_listed_host_is_opened_over_http_1_and_2_and_recorded() {
    let rig = proxying(&["localhost"]).await;
    let (server, host) = tls_server(&rig, Then::GoOn).await;
    let proxy = format!("http://{}", rig.collector.address());
    let body: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let http1 = reqwest::Client::builder()
        .no_proxy()
        .proxy(reqwest::Proxy::all(&proxy).expect("an address"))
        .tls_certs_only([reqwest::Certificate::from_der(rig.authority.certificate_der()).expect("a root")])
        .http1_only()
        .build()
        .expect("a client");
    for (client, version) in
        [(client(&[&rig.authority], Some(&proxy)), Version::HTTP_2), (http1, Version::HTTP_11)]
    {
        let url = format!("https://{host}/va/api/v1/sessions?x=%2F");
        let request =
            client.post(&url).header("X-Odd", "a  b").header("Content-Encoding", "br").body(body.clone());
        let answer = request.send().await.expect("an answer");
        assert_eq!((answer.version(), answer.status().as_u16()), (version, 201));
        assert_eq!(answer.headers().get_all("x-twice").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(answer.headers()["location"], "/api/v1/sessions/a");
        assert_eq!(answer.headers().get("date"), None, "nothing is added");
        assert_eq!(answer.bytes().await.expect("a body"), &b"\0\xff\n"[..]);
        let requests = server.requests();
        let arrived = requests.last().expect("a request");
        assert!(body_of(arrived) == body);
        let lines: Vec<String> = lines_of(arrived).iter().map(|line| line.to_lowercase()).collect();
        assert_eq!(lines[0], "post /va/api/v1/sessions?x=%2f http/1.1");
        for line in [&format!("host: {host}"), "x-odd: a  b", "content-encoding: br", "content-length: 70000"]
        {
            assert_eq!(lines.iter().filter(|own| *own == line).count(), 1, "{line}: {lines:?}");
        }
        let recorded = rig.recording.take();
        let [one] = &recorded[..] else { panic!("one exchange") };
        assert_eq!((one.arrived.via, one.arrived.scheme), (Via::Proxy, Scheme::Https));
        assert_eq!(one.arrived.target, "/va/api/v1/sessions?x=%2F");
        assert!(one.arrived.body == body);
        assert_eq!((one.answered.by, one.answered.status), (AnswerBy::Upstream, Some(201)));
        assert_eq!(one.answered.body, &b"\0\xff\n"[..]);
    }
    assert_eq!(rig.proxy.counts().n_opened, 2);
    rig.collector.stop().await;
}

#[tokio::test]
async fn a_device_that_does_not_trust_the_certificate_is_counted_and_nothing_goes_on() {
    let rig = proxying(&["localhost"]).await;
    let (server, host) = tls_server(&rig, Then::GoOn).await;
    let proxy = format!("http://{}", rig.collector.address());
    let asked = client(&[&rig.outside], Some(&proxy)).get(format!("https://{host}/")).send().await;
    assert!(asked.expect_err("not trusted").is_connect());
    assert_eq!(server.requests(), Vec::<Vec<u8>>::new());
    let deadline = std::time::Instant::now() + crate::support::network::DEADLINE;
    while rig.proxy.counts().n_distrusted == 0 {
        assert!(std::time::Instant::now() < deadline, "it is counted");
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.recording.take(), []);
    rig.collector.stop().await;
}

#[tokio::test]
async fn a_listed_host_that_fails_is_reported_inside_of_what_was_opened() {
    let rig = proxying(&["localhost"]).await;
    let proxy = format!("http://{}", rig.collector.address());
    let distrusted = RawServer::start_tls(ANSWER, Then::GoOn, server_config(&rig.authority, &[])).await;
    for (port, words) in [(nobody().await.port(), "refused"), (distrusted.address.port(), "certificate")] {
        let client = client(&[&rig.authority], Some(&proxy));
        let answer = client.get(format!("https://localhost:{port}/")).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 502);
        assert_eq!(answer.headers()["proxy-status"], "playtrace; error=destination_unavailable");
        let recorded = rig.recording.take();
        let answered = &recorded[0].answered;
        assert_eq!((answered.by, answered.status), (AnswerBy::Collector, Some(502)));
        let failure = answered.failure.as_deref().expect("a failure");
        assert!(failure.contains(words), "{failure}");
    }
    rig.collector.stop().await;
}

#[tokio::test]
async fn a_plain_request_to_a_listed_host_is_recorded_and_arrives_as_it_was_sent() {
    let server = RawServer::start(ANSWER, Then::GoOn).await;
    let rig = proxying(&["127.0.0.1"]).await;
    let to = server.address;
    let mut heads = Vec::new();
    for host in [to.to_string(), "other.example".to_owned()] {
        let request = format!(
            "POST http://{to}/api/v1/sessions HTTP/1.1\r\nHost: {host}\r\nX-CASE: Kept\r\nConnection: close\r\n\
             Content-Length: 2\r\n\r\n{{}}"
        );
        let heard = talk(rig.collector.address(), request.as_bytes()).await;
        assert_eq!(body_of(&heard), b"\0\xff\n");
        let recorded = rig.recording.take();
        let arrived = &recorded[0].arrived;
        assert_eq!((arrived.via, arrived.scheme), (Via::Proxy, Scheme::Http));
        assert_eq!(arrived.target, format!("http://{to}/api/v1/sessions"));
        heads.push(lines_of(server.requests().last().expect("a request")));
    }
    let expected =
        ["POST /api/v1/sessions HTTP/1.1", &format!("Host: {to}"), "X-CASE: Kept", "Content-Length: 2"];
    assert_eq!(heads[0], expected);
    // RFC 9112 section 3.2.2: the target counts, whatever Host says.
    assert!(heads[1].iter().any(|line| line.to_lowercase() == format!("host: {to}")), "{:?}", heads[1]);
    assert!(!heads[1].iter().any(|line| line.contains("other.example")), "{:?}", heads[1]);
    rig.collector.stop().await;
}

/// A connection through the proxy to a listed host.
async fn connected(rig: &Proxying, host: &str) -> TcpStream {
    let mut stream = TcpStream::connect(rig.collector.address()).await.expect("a connection");
    let head = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("it listens");
    let mut heard = Vec::new();
    while head_of(&heard).is_none() {
        assert_ne!(stream.read_buf(&mut heard).await.expect("an answer"), 0);
    }
    assert!(heard.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&heard));
    stream
}

#[tokio::test]
async fn a_websocket_in_an_opened_connection_passes() {
    let rig = proxying(&["localhost"]).await;
    let switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: own\r\n\r\n";
    let server = RawServer::start_tls(switched, Then::Echo, server_config(&rig.outside, &["http/1.1"])).await;
    let host = format!("localhost:{}", server.address.port());
    let mut stream =
        over_tls(connected(&rig, &host).await, &rig.authority, "http/1.1").await.expect("trusted");
    let request = format!(
        "GET /socket HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: own\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("it listens");
    let mut heard = Vec::new();
    while head_of(&heard).is_none() {
        assert_ne!(stream.read_buf(&mut heard).await.expect("an answer"), 0);
    }
    assert!(heard.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&heard));
    assert!(lines_of(&heard).contains(&"Sec-WebSocket-Protocol: own".to_owned()), "{:?}", lines_of(&heard));
    for bytes in [&b"\x81\x85\x01\x02\x03\x04abcde"[..], b"\0\xff\r\n\r\n"] {
        stream.write_all(bytes).await.expect("it listens");
        let mut echo = vec![0; bytes.len()];
        stream.read_exact(&mut echo).await.expect("an echo");
        assert_eq!(echo, bytes);
    }
    assert_eq!(rig.recording.take()[0].answered.status, Some(101));
    rig.collector.stop().await;
    assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)), "it ends with the collector");
}

#[tokio::test]
async fn what_is_neither_tls_nor_http_to_a_listed_host_passes_through() {
    let server = RawServer::start("", Then::Echo).await;
    let rig = proxying(&["localhost"]).await;
    let host = format!("localhost:{}", server.address.port());
    let mut stream = connected(&rig, &host).await;
    // The server answers once it has seen an empty line.
    stream.write_all(b"\x01binary\r\n\r\nwhat follows").await.expect("it listens");
    let mut echo = [0; 12];
    stream.read_exact(&mut echo).await.expect("an echo");
    assert_eq!(&echo, b"what follows");
    assert_eq!(server.requests(), [b"\x01binary\r\n\r\n"]);
    // And plain HTTP in a tunnel is recorded like any other.
    let mut stream = connected(&rig, &host).await;
    stream
        .write_all(b"POST /x HTTP/1.1\r\nHost: own.example\r\nContent-Length: 1\r\n\r\n!")
        .await
        .expect("it listens");
    let deadline = std::time::Instant::now() + crate::support::network::DEADLINE;
    while server.requests().len() < 2 {
        assert!(std::time::Instant::now() < deadline, "it arrives");
        tokio::task::yield_now().await;
    }
    let expected = ["POST /x HTTP/1.1", "Host: own.example", "Content-Length: 1"];
    assert_eq!(lines_of(&server.requests()[1]), expected);
    drop(stream);
    rig.collector.stop().await;
}

#[tokio::test]
async fn of_a_connection_to_an_address_the_name_that_its_tls_asks_for_counts() {
    // Nobody looks it up: there is no network.
    const NAME: &str = "customer.hb-api.omtrdc.net";
    let rig = proxying(&["*.hb-api.omtrdc.net"]).await;
    let (server, _) = tls_server(&rig, Then::GoOn).await;
    let to = server.address.to_string();
    let stream = connected(&rig, &to).await;
    let mut stream =
        over_tls_to(NAME, stream, &rig.authority, "http/1.1").await.expect("a certificate for it");
    let request = format!("POST /api/v1/sessions HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 2\r\n\r\n{{}}");
    stream.write_all(request.as_bytes()).await.expect("it listens");
    let mut heard = Vec::new();
    while !heard.ends_with(b"\0\xff\n") {
        assert_ne!(stream.read_buf(&mut heard).await.expect("an answer"), 0);
    }
    assert_eq!(lines_of(&heard)[0], "HTTP/1.1 201 Created");
    assert!(lines_of(&server.requests()[0]).contains(&format!("Host: {NAME}")), "{:?}", server.requests());
    let recorded = rig.recording.take();
    assert_eq!(recorded[0].arrived.scheme, Scheme::Https);
    assert_eq!(recorded[0].arrived.headers[0], ("host".to_owned(), NAME.as_bytes().to_vec()));
    let counts = rig.proxy.counts();
    assert_eq!((counts.n_opened, counts.n_tunnels), (1, 0));

    // Under another name, or none, the server itself answers.
    for name in ["localhost", "127.0.0.1"] {
        let stream = connected(&rig, &to).await;
        over_tls_to(name, stream, &rig.outside, "http/1.1").await.expect("the server's own certificate");
    }
    let counts = rig.proxy.counts();
    assert_eq!((counts.n_opened, counts.n_tunnels), (1, 2));
    assert_eq!(rig.recording.take(), []);
    rig.collector.stop().await;
}

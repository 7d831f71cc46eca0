//! What is not listed passes through a proxy untouched and unseen.

use super::proxying;
use crate::support::network::DEADLINE;
use crate::support::trust::{over_tls, server_config};
use crate::support::upstream::{RawServer, Then, body_of, header, lines_of, nobody, talk};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A tunnel through the proxy, whose head has been read.
async fn tunnel(proxy: SocketAddr, to: &str, early: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(proxy).await.expect("a connection");
    let head = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nProxy-Connection: keep-alive\r\n\r\n");
    stream.write_all(&[head.as_bytes(), early].concat()).await.expect("it listens");
    let mut heard = Vec::new();
    // Byte by byte: what follows the head belongs to the tunnel.
    while !heard.ends_with(b"\r\n\r\n") {
        heard.push(stream.read_u8().await.expect("an answer"));
    }
    assert!(heard.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&heard));
    stream
}

#[tokio::test]
async fn a_tunnel_carries_every_byte_both_ways_whoever_speaks_first_and_stops_first() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let to = listener.local_addr().expect("an address").to_string();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        stream.write_all(b"220 I speak first\r\n").await.expect("it listens");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.expect("its end");
        // The client has said all; it still listens.
        all.reverse();
        stream.write_all(&all).await.expect("it listens");
    });
    let rig = proxying(&["localhost"]).await;
    let mut stream = tunnel(rig.collector.address(), &to, b"\x16\x03 early ").await;
    let mut greeting = [0; 19];
    stream.read_exact(&mut greeting).await.expect("a greeting");
    assert_eq!(&greeting, b"220 I speak first\r\n");
    let sent: Vec<u8> = (0..300_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    stream.write_all(&sent).await.expect("it listens");
    stream.shutdown().await.expect("it listens");
    let mut back = Vec::new();
    stream.read_to_end(&mut back).await.expect("its end");
    back.reverse();
    assert!(back == [b"\x16\x03 early ", &sent[..]].concat(), "{} bytes came back", back.len());
    server.await.expect("the server ends");
    assert_eq!(rig.recording.take(), [], "nothing of it is recorded");
    let counts = rig.proxy.counts();
    assert_eq!((counts.n_tunnels, counts.n_opened), (1, 0));
    rig.collector.stop().await;
}

#[tokio::test]
async fn tls_to_a_host_that_is_not_listed_ends_at_that_host() {
    let rig = proxying(&["*.localhost.example", "example.com"]).await;
    let config = server_config(&rig.outside, &["http/1.1"]);
    let server = RawServer::start_tls("HTTP/1.1 204 No Content\r\n\r\n", Then::End, config).await;
    let to = format!("localhost:{}", server.address.port());
    let stream = tunnel(rig.collector.address(), &to, b"").await;
    let mut stream = over_tls(stream, &rig.outside, "http/1.1").await.expect("the host's own certificate");
    stream.write_all(b"GET /secret HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it listens");
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await.expect("an answer");
    assert_eq!(heard, b"HTTP/1.1 204 No Content\r\n\r\n");
    let stream = tunnel(rig.collector.address(), &to, b"").await;
    over_tls(stream, &rig.authority, "http/1.1").await.expect_err("it is not ours");
    assert_eq!(rig.recording.take(), []);
    rig.collector.stop().await;
}

#[tokio::test]
async fn a_plain_request_to_a_host_that_is_not_listed_passes_and_is_not_recorded() {
    let server =
        RawServer::start(b"HTTP/1.1 200 Fine\r\nX-Own: 1\r\nContent-Length: 3\r\n\r\n\0\xff\n", Then::GoOn)
            .await;
    let rig = proxying(&["localhost"]).await;
    let to = server.address;
    let request = format!(
        "PUT http://{to}/p%61th/?q HTTP/1.1\r\nHost: {to}\r\nX-Case: kept\r\nProxy-Connection: close\r\n\
         Proxy-Authorization: Basic x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\0\x01\x02\x03"
    );
    let heard = talk(rig.collector.address(), request.as_bytes()).await;
    assert_eq!(lines_of(&heard)[0], "HTTP/1.1 200 Fine");
    assert!(lines_of(&heard).contains(&"X-Own: 1".to_owned()), "{:?}", lines_of(&heard));
    assert_eq!(body_of(&heard), b"\0\xff\n");
    let requests = server.requests();
    assert_eq!(body_of(&requests[0]), b"\0\x01\x02\x03");
    let lines = lines_of(&requests[0]);
    let expected = ["PUT /p%61th/?q HTTP/1.1", &format!("Host: {to}"), "X-Case: kept", "Content-Length: 4"];
    assert_eq!(lines, expected);
    assert_eq!(rig.recording.take(), []);
    assert_eq!(rig.proxy.counts().n_passed, 1);
    rig.collector.stop().await;
}

#[tokio::test]
async fn what_cannot_be_reached_is_not_promised() {
    let rig = proxying(&["localhost"]).await;
    let own = rig.collector.address();
    let down = nobody().await;
    for (request, status, mark) in [
        (format!("CONNECT {down} HTTP/1.1\r\nHost: {down}\r\n\r\n"), 502, Some("destination_unavailable")),
        (format!("CONNECT {own} HTTP/1.1\r\nHost: {own}\r\n\r\n"), 508, Some("proxy_loop_detected")),
        (
            format!("GET http://{down}/ HTTP/1.1\r\nHost: {down}\r\n\r\n"),
            502,
            Some("destination_unavailable"),
        ),
        (
            format!("GET http://{own}/api/v1/sessions HTTP/1.1\r\nHost: {own}\r\n\r\n"),
            508,
            Some("proxy_loop_detected"),
        ),
        ("GET /api/v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), 421, None),
        ("GET ftp://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n".to_owned(), 421, None),
        ("CONNECT example.com HTTP/1.1\r\nHost: example.com\r\n\r\n".to_owned(), 400, None),
        ("CONNECT user@example.com:1 HTTP/1.1\r\nHost: example.com\r\n\r\n".to_owned(), 400, None),
    ] {
        let last = request.replacen("\r\nHost", "\r\nConnection: close\r\nHost", 1);
        let heard = talk(own, last.as_bytes()).await;
        let line = lines_of(&heard)[0].clone();
        assert!(line.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {line}");
        let marked = header(&heard, "proxy-status");
        assert_eq!(marked, mark.map(|mark| format!("playtrace; error={mark}")), "{request:?}");
    }
    assert_eq!(rig.proxy.counts().n_failed, 4);
    assert_eq!(rig.recording.take(), []);
    rig.collector.stop().await;
}

#[tokio::test]
async fn open_tunnels_do_not_keep_the_collector_from_stopping() {
    let server = RawServer::start("", Then::Hang).await;
    let rig = proxying(&["localhost"]).await;
    let own = rig.collector.address();
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(tunnel(own, &server.address.to_string(), b"").await);
        open.push(tunnel(own, &format!("localhost:{}", server.address.port()), b"").await);
    }
    assert_eq!(rig.collector.traffic().n_open, 40, "they have their places");
    let asked = Instant::now();
    rig.collector.stop().await;
    assert!(asked.elapsed().as_secs() < 2, "{:?}", asked.elapsed());
    for stream in &mut open {
        let end = tokio::time::timeout(DEADLINE, stream.read(&mut [0])).await.expect("an end");
        assert!(matches!(end, Ok(0) | Err(_)));
    }
    TcpListener::bind(own).await.expect("the port is free");
}

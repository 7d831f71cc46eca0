//! Servers that fail: the client is told so, the record says so, and nothing is made up.

use super::{IMPATIENCE, PATIENCE, config, forwarding};
use crate::support::trust::{new_authority, server_config};
use crate::support::upstream::{RawServer, Then, body_of, head_of, header, lines_of, nobody, talk};
use playtrace::collector::Collector;
use playtrace::collector::Mode;
use playtrace::collector::forward::Forward;
use playtrace::collector::recorder::{AnswerBy, Recorded, Recording};
use playtrace::collector::upstream::{Upstream, roots};
use std::sync::Arc;

const REQUEST: &[u8] =
    b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

#[track_caller]
fn assert_told(heard: &[u8], recorded: &[Recorded], status: u16, words: &str) {
    let [one] = recorded else { panic!("one exchange") };
    assert_eq!((one.answered.by, one.answered.status), (AnswerBy::Collector, Some(status)));
    let failure = one.answered.failure.as_deref().expect("a failure");
    assert!(failure.contains(words), "{failure}");
    assert!(lines_of(heard)[0].starts_with(&format!("HTTP/1.1 {status} ")), "{:?}", lines_of(heard));
    let marked = header(heard, "proxy-status").expect("a mark");
    assert!(marked.starts_with("playtrace; error="), "{marked}");
    let body: serde_json::Value = serde_json::from_slice(body_of(heard)).expect("JSON");
    assert_eq!(body["message"], format!("Playtrace could not pass this on: {failure}"));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_reported_as_such() {
    for (answer, then, patience, status, words) in [
        ("", Then::End, PATIENCE, 502, "connection closed before message completed"),
        ("HTTP/1.1 200 O", Then::End, PATIENCE, 502, "connection closed before message completed"),
        ("220 mail.example ESMTP\r\n\r\n", Then::GoOn, PATIENCE, 502, "the server did not answer"),
    ] {
        let server = RawServer::start(answer, then).await;
        let (collector, recording) = forwarding(&server.url(), patience).await;
        let heard = talk(collector.address(), REQUEST).await;
        assert_told(&heard, &recording.take(), status, words);
        assert_eq!(server.requests().len(), 1, "nothing is sent twice");
        collector.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_reported_as_such() {
    let (collector, recording) = forwarding(&format!("http://{}", nobody().await), PATIENCE).await;
    let heard = talk(collector.address(), REQUEST).await;
    assert_told(&heard, &recording.take(), 502, "refused");
    let (collector, recording) = forwarding("http://does-not-exist.invalid", PATIENCE).await;
    let heard = talk(collector.address(), REQUEST).await;
    assert_told(&heard, &recording.take(), 502, "dns error");
    collector.stop().await;
}

#[tokio::test]
async fn a_server_that_takes_too_long_is_given_up() {
    let patience = playtrace::collector::upstream::Patience {
        connect: std::time::Duration::from_millis(100),
        ..IMPATIENCE
    };
    let server = RawServer::start("", Then::Hang).await;
    let (collector, recording) = forwarding(&server.url(), patience).await;
    let heard = talk(collector.address(), REQUEST).await;
    assert_told(&heard, &recording.take(), 504, "no answer within");
    collector.stop().await;
}

#[tokio::test]
async fn half_an_answer_is_passed_on_as_half_an_answer() {
    for (answer, kept) in [
        ("HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 10\r\n\r\nabc", "abc"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n8\r\nde", "abcde"),
    ] {
        let server = RawServer::start(answer, Then::End).await;
        let (collector, recording) = forwarding(&server.url(), PATIENCE).await;
        let heard = talk(collector.address(), REQUEST).await;
        assert_eq!(lines_of(&heard)[0], lines_of(answer.as_bytes())[0]);
        assert_eq!(header(&heard, "content-length"), header(answer.as_bytes(), "content-length"));
        assert!(!heard.ends_with(b"0\r\n\r\n"), "it is not ended as if it were whole");
        let answered = &recording.take()[0].answered;
        assert_eq!((answered.by, answered.body_cut), (AnswerBy::Upstream, true));
        assert_eq!(answered.body, kept.as_bytes());
        let failure = answered.failure.as_deref().expect("a failure");
        assert!(failure.starts_with("the server broke off its answer"), "{failure}");
        collector.stop().await;
    }
}

#[tokio::test]
async fn what_comes_too_slowly_to_be_held_back_is_passed_on_as_it_comes() {
    let patience = playtrace::collector::upstream::Patience { body: IMPATIENCE.body, ..PATIENCE };
    let server =
        RawServer::start("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n", Then::Echo)
            .await;
    let (collector, recording) = forwarding(&server.url(), patience).await;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(collector.address()).await.expect("a connection");
    stream.write_all(REQUEST).await.expect("it listens");
    let mut heard = Vec::new();
    while !heard.windows(7).any(|bytes| bytes == b"data: 1") {
        assert_ne!(stream.read_buf(&mut heard).await.expect("the beginning"), 0);
    }
    let answered = &recording.take()[0].answered;
    assert_eq!((answered.by, answered.body_cut, &answered.failure), (AnswerBy::Upstream, true, &None));
    assert!(head_of(&heard).is_some());
    drop(stream);
    collector.stop().await;
}

#[tokio::test]
async fn a_collector_that_forwards_to_itself_says_so() {
    // The address is known only when it listens: a second one takes it over.
    let (first, _) = forwarding("http://127.0.0.1:1", PATIENCE).await;
    let address = first.address();
    first.stop().await;
    let upstream = Upstream::new(Vec::new(), PATIENCE).expect("roots");
    let recording = Arc::new(Recording::default());
    let mode = Mode::Forward(
        Forward::new(&format!("http://localhost:{}", address.port()), upstream).expect("an address"),
    );
    let mut config = config(mode);
    config.listen = address;
    let collector = Collector::start(config, recording.clone()).await.expect("the port is free again");
    let heard = talk(collector.address(), REQUEST).await;
    assert_told(&heard, &recording.take(), 508, "leads back");
    collector.stop().await;
}

#[tokio::test]
async fn a_server_is_believed_only_with_a_certificate_that_is_trusted() {
    let authority = new_authority();
    let tls = server_config(&authority, &["http/1.1"]);
    let server = RawServer::start_tls("HTTP/1.1 204 No Content\r\n\r\n", Then::GoOn, tls).await;
    let url = format!("https://localhost:{}", server.address.port());
    for (trusted, expected) in [(false, 502), (true, 204)] {
        let extra =
            if trusted { roots(authority.certificate_pem().as_bytes()).expect("a root") } else { Vec::new() };
        let upstream = Upstream::new(extra, PATIENCE).expect("roots");
        let mode = Mode::Forward(Forward::new(&url, upstream).expect("an address"));
        let recording = Arc::new(Recording::default());
        let collector = Collector::start(config(mode), recording.clone()).await.expect("a port");
        let heard = talk(collector.address(), REQUEST).await;
        let recorded = recording.take();
        assert_eq!(recorded[0].answered.status, Some(expected), "{:?}", recorded[0].answered.failure);
        if !trusted {
            assert_told(&heard, &recorded, 502, "certificate");
        }
        collector.stop().await;
    }
    assert!(roots(b"nothing").is_err());
    assert!(roots(b"-----BEGIN CERTIFICATE-----\nnonsense").is_err());
}

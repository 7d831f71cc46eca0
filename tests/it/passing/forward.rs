//! Forward: what goes on and what comes back is what was sent, byte for byte, and both are recorded.

use super::{PATIENCE, forwarding};
use crate::support::upstream::{RawServer, Then, body_of, lines_of, talk};
use playtrace::collector::recorder::{AnswerBy, Via};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Every byte there is, and more of them than fit into one read.
fn odd_body() -> Vec<u8> {
    (0..100_000u32).map(|n| u8::try_from((n * 7 + n / 256) % 256).expect("a byte")).collect()
}

#[tokio::test]
async fn a_request_goes_on_as_it_came() {
    let server = RawServer::start("HTTP/1.1 204 No Content\r\n\r\n", Then::GoOn).await;
    let (collector, recording) = forwarding(&format!("{}/base/", server.url()), PATIENCE).await;
    let body = odd_body();
    let own = [
        "X-First: 1",
        "content-ENCODING: br",
        "Content-Type: text/plain;charset=UTF-8",
        "X-Twice: a",
        "Cookie: a=1; b=2",
        "X-Empty:",
        "X-Latin: \u{fc}\u{df} \t,,",
        "Accept: */*",
        "Origin: https://example.com",
        "If-None-Match: \"x\"",
    ];
    let path = "//va/api/v1/../sessions/%7Eid%zz?x=a%2Fb&y&&=;'[]|";
    let length = format!("Content-Length: {}", body.len());
    let mut request: Vec<u8> = Vec::new();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: player.example:1\r\nConnection: close, X-Hop\r\nX-Hop: stays\r\n{}\r\n{length}\r\n\r\n",
        own.join("\r\n"),
    );
    request.extend(head.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")));
    request.extend(&body);
    let answer = talk(collector.address(), &request).await;
    assert_eq!(lines_of(&answer)[0], "HTTP/1.1 204 No Content");

    let requests = server.requests();
    let [arrived] = &requests[..] else { panic!("one request, not {}", requests.len()) };
    assert!(body_of(arrived) == body, "the body is another one");
    let mut lines = lines_of(arrived);
    assert_eq!(lines.remove(0), format!("PATCH /base{path} HTTP/1.1"));
    let host = format!("host: {}", server.address);
    let place = lines.iter().position(|line| line.to_lowercase() == host).expect("the server's own name");
    lines.remove(place);
    let expected: Vec<String> = own.iter().chain([&length.as_str()]).map(|line| (*line).to_owned()).collect();
    let trimmed: Vec<String> = lines.iter().map(|line| line.trim_end().to_owned()).collect();
    assert_eq!(trimmed, expected);

    let recorded = recording.take();
    let [one] = &recorded[..] else { panic!("one exchange") };
    assert_eq!((one.arrived.via, one.arrived.target.as_str()), (Via::Forward, path));
    assert!(one.arrived.body == body && !one.arrived.body_cut);
    let hop = one.arrived.headers.iter().find(|(name, _)| name == "x-hop");
    assert_eq!(hop.map(|(_, value)| value.as_slice()), Some(&b"stays"[..]), "recorded as the player sent it");
    assert_eq!((one.answered.by, one.answered.status), (AnswerBy::Upstream, Some(204)));
    collector.stop().await;
}

#[tokio::test]
async fn a_body_in_chunks_arrives_whole() {
    let server = RawServer::start("HTTP/1.1 204 No Content\r\n\r\n", Then::GoOn).await;
    let (collector, recording) = forwarding(&server.url(), PATIENCE).await;
    let head = "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let request = [head.as_bytes(), b"3\r\na\0\xff\r\n5;x=y\r\n\r\n{}\xc3\r\n0\r\n\r\n"].concat();
    assert_eq!(lines_of(&talk(collector.address(), &request).await)[0], "HTTP/1.1 204 No Content");
    assert_eq!(body_of(&server.requests()[0]), b"a\0\xff\r\n{}\xc3");
    assert_eq!(recording.take()[0].arrived.body[..], b"a\0\xff\r\n{}\xc3"[..]);
    collector.stop().await;
}

/// The lines of an answer's head that do not concern one connection only.
fn end_to_end(answer: &[u8]) -> Vec<String> {
    let of_connection = ["connection", "transfer-encoding", "keep-alive"];
    let stays = |line: &String| {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        !of_connection.contains(&name.as_str())
    };
    lines_of(answer).into_iter().filter(stays).collect()
}

#[tokio::test]
async fn an_answer_comes_back_as_it_was_given() {
    let body = odd_body();
    let with_body = |head: &str| [head.as_bytes(), &body].concat();
    let n = body.len();
    let chunked = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-a: b\r\n\r\n3\r\nabc\r\n2\r\n\xff\0\r\n0\r\n\r\n".to_vec(),
        b"abc\xff\0".to_vec(),
    ];
    for (answer, expected, then) in [
        (
            b"HTTP/1.1 201 Created\r\nLocation: /api/v1/sessions/abc\r\nContent-Length: 0\r\n\r\n".to_vec(),
            Vec::new(),
            Then::GoOn,
        ),
        (
            with_body(&format!(
                "HTTP/1.1 299 Quite Strange\r\nSet-Cookie: a=1\r\nX-LATIN: \u{fc}\r\nset-cookie: b=2\r\n\
                 Content-Encoding: gzip\r\nContent-Type: x/y\r\nContent-Length: {n}\r\nDate: today\r\n\r\n"
            )),
            body.clone(),
            Then::GoOn,
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 2\r\n\r\nhi"
                .to_vec(),
            b"hi".to_vec(),
            Then::GoOn,
        ),
        (
            b"HTTP/1.1 503 Overloaded\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\n\0\x01\x02\xff".to_vec(),
            b"\0\x01\x02\xff".to_vec(),
            Then::GoOn,
        ),
        (b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".to_vec(), Vec::new(), Then::GoOn),
        (chunked[0].clone(), chunked[1].clone(), Then::GoOn),
        (b"HTTP/1.0 200 OK\r\nX-a: b\r\n\r\nuntil the end".to_vec(), b"until the end".to_vec(), Then::End),
    ] {
        let server = RawServer::start(answer.clone(), then).await;
        let (collector, recording) = forwarding(&server.url(), PATIENCE).await;
        let request =
            b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
        let heard = talk(collector.address(), request).await;
        let mut lines = end_to_end(&answer);
        lines[0] = lines[0].replace("HTTP/1.0", "HTTP/1.1");
        let mut heard_lines = end_to_end(&heard);
        // Two headers of one name stand together; their order is kept.
        lines[1..].sort_by_key(|line| line.split(':').next().unwrap_or_default().to_lowercase());
        heard_lines[1..].sort_by_key(|line| line.split(':').next().unwrap_or_default().to_lowercase());
        assert_eq!(heard_lines, lines);
        let heard_body = body_of(&heard);
        let framed = heard_lines.iter().any(|line| line.to_lowercase().starts_with("content-length"));
        let heard_body =
            if framed || expected.is_empty() { heard_body.to_vec() } else { unchunked(heard_body) };
        assert!(heard_body == expected, "{lines:?}: another body of {} bytes", heard_body.len());

        let recorded = recording.take();
        let answered = &recorded[0].answered;
        assert_eq!((answered.by, &answered.failure), (AnswerBy::Upstream, &None));
        assert!(answered.body == expected && !answered.body_cut, "{lines:?}");
        let n_headers = lines_of(&answer).len() - 1;
        assert_eq!(answered.headers.len(), n_headers, "also those of the connection to the server");
        assert_eq!(server.requests().len(), 1, "redirects are not followed");
        collector.stop().await;
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|bytes| bytes == b"\r\n").expect("a length");
        let length = std::str::from_utf8(&body[..end]).expect("text");
        let length = usize::from_str_radix(length, 16).expect("a length");
        if length == 0 {
            return whole;
        }
        whole.extend(&body[end + 2..end + 2 + length]);
        body = &body[end + 2 + length + 2..];
    }
}

#[tokio::test]
async fn the_length_of_what_head_asks_for_is_kept() {
    let server = RawServer::start("HTTP/1.1 200 OK\r\nContent-Length: 4711\r\n\r\n", Then::GoOn).await;
    let (collector, _) = forwarding(&server.url(), PATIENCE).await;
    let heard = talk(collector.address(), b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let length = "content-length: 4711".to_owned();
    assert!(lines_of(&heard).iter().any(|line| line.to_lowercase() == length), "{:?}", lines_of(&heard));
    collector.stop().await;
}

#[tokio::test]
async fn an_upgraded_connection_is_passed_through_both_ways() {
    let switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: own\r\n\r\n";
    let server = RawServer::start(switched, Then::Echo).await;
    let (collector, recording) = forwarding(&server.url(), PATIENCE).await;
    let mut stream = TcpStream::connect(collector.address()).await.expect("a connection");
    let request = "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: own\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("it listens");
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut heard).await.expect("an answer"), 0);
    }
    let head = String::from_utf8(heard).expect("text");
    assert!(
        head.starts_with("HTTP/1.1 101 ") && head.to_lowercase().contains("sec-websocket-protocol: own"),
        "{head}"
    );
    for bytes in [&b"\x81\x85abcd"[..], b"\0\xff\r\n\r\n"] {
        stream.write_all(bytes).await.expect("it listens");
        let mut echo = vec![0; bytes.len()];
        stream.read_exact(&mut echo).await.expect("an echo");
        assert_eq!(echo, bytes);
    }
    assert_eq!(recording.take()[0].answered.status, Some(101));
    drop(stream);
    collector.stop().await;
}

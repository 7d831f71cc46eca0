//! Bad input, kind by kind: each gets an answer or a close, and the next request is served.

use crate::support::network::{DEADLINE, START, event};
use crate::support::raw::{Conversation, gzip, post, running_with, talk};
use playtrace::collector::limits::Limits;
use std::time::Duration;

/// So long the collector waits that clients keep waiting: a machine under load takes less to answer.
const SHORT: Duration = Duration::from_secs(1);

/// Of time only what nobody gets near.
fn patient() -> Limits {
    Limits { body_bytes: 1 << 20, unpacked_bytes: 4 << 20, ..Limits::default() }
}

fn impatient() -> Limits {
    Limits { head_time: SHORT, stall_time: SHORT, body_time: 2 * SHORT, idle_time: 2 * SHORT, ..patient() }
}

/// What is sent, and the statuses of the answers that come before the connection ends.
type Kind = (&'static str, Conversation, &'static [u16]);

fn sent(bytes: impl Into<Vec<u8>>) -> Conversation {
    Conversation { pieces: vec![bytes.into()], then_waits: false }
}

/// Sent, and then the client waits for the other side to end it.
fn waits(bytes: impl Into<Vec<u8>>) -> Conversation {
    Conversation { pieces: vec![bytes.into()], then_waits: true }
}

fn with_length(length: &str) -> Conversation {
    sent(format!("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{{}}"))
}

fn chunked(body: impl AsRef<[u8]>) -> Conversation {
    let head = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    sent([head, body.as_ref()].concat())
}

fn head(lines: &str) -> Conversation {
    sent(format!("{lines}\r\n\r\n"))
}

fn get_with(header: &str) -> Conversation {
    head(&format!("GET /api/v1/schemas/ping HTTP/1.1\r\nHost: x\r\n{header}"))
}

fn framing() -> Vec<Kind> {
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    vec![
        ("a chunk size that is no number", chunked("zz\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("a negative chunk size", chunked("-2\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("a chunk size beyond 64 bits", chunked("FFFFFFFFFFFFFFFFF\r\n{}"), &[400]),
        ("a chunk size of nearly 64 bits", chunked("FFFFFFFFFFFFFFFE\r\n{}"), &[400]),
        ("chunks without an end", chunked("2\r\n{}\r\n"), &[400]),
        ("a chunk longer than it says", chunked("2\r\n{}{}{}\r\n0\r\n\r\n"), &[400]),
        ("an endless chunk size", chunked(vec![b'0'; 100_000]), &[400]),
        (
            "a chunk extension without measure",
            chunked(["2;", &"x".repeat(100_000), "\r\n{}"].concat()),
            &[400],
        ),
        ("trailers without measure", chunked(["0\r\n", &"x: y\r\n".repeat(50_000), "\r\n"].concat()), &[400]),
        (
            "chunks of one byte each",
            chunked(["1\r\n \r\n".repeat(1_000), "0\r\n\r\n".into()].concat()),
            &[400],
        ),
        ("a negative length", with_length("-1"), &[400]),
        ("a length that is no number", with_length("two"), &[400]),
        ("a length with a plus", with_length("+2"), &[400]),
        ("a length beyond 64 bits", with_length("99999999999999999999999"), &[400]),
        ("the largest length of 64 bits", with_length("18446744073709551615"), &[431]),
        ("an empty length", with_length(""), &[400]),
        ("a list of lengths", with_length("2, 3"), &[400]),
        ("two lengths that differ", with_length("2\r\nContent-Length: 3"), &[400]),
        ("two lengths that agree", with_length("2\r\nContent-Length: 2"), &[400]),
        ("1 GB declared, little sent", with_length("1073741824"), &[400]),
        (
            "1 GB declared, nothing sent",
            waits("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n"),
            &[408],
        ),
        (
            "1 GB announced, and permission asked",
            waits(
                "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n\
                 Content-Length: 1073741824\r\n\r\n",
            ),
            &[413],
        ),
        ("more than the limit, all sent", sent(post("", &vec![b' '; 3 << 20])), &[413]),
        (
            "smuggling: a length beside chunks",
            sent(format!(
                "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
            )),
            // Chunks count, and the connection ends with the answer (RFC 9112 section 6.3).
            &[404],
        ),
        (
            "smuggling: chunks beside a length",
            sent(format!(
                "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: {}\r\n\r\n0\r\n\r\n{smuggled}",
                5 + smuggled.len()
            )),
            &[404],
        ),
        (
            "smuggling: a space before the colon",
            sent(format!(
                "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}"
            )),
            &[400],
        ),
        (
            "smuggling: a tab in the coding",
            sent(format!(
                "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n{smuggled}"
            )),
            &[400],
        ),
        (
            "an unknown transfer coding",
            head("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked"),
            &[400],
        ),
        (
            "chunked, but not last",
            head("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity"),
            &[400],
        ),
        ("chunks in HTTP/1.0", head("POST / HTTP/1.0\r\nTransfer-Encoding: chunked"), &[400]),
    ]
}

fn heads() -> Vec<Kind> {
    vec![
        ("HTTP/0.9", sent("GET /\r\n"), &[400]),
        ("HTTP/3.0 in text", head("GET / HTTP/3.0\r\nHost: x"), &[400]),
        ("a version in lower case", head("GET / http/1.1\r\nHost: x"), &[400]),
        ("a request line of one word", sent("HELLO\r\n\r\n"), &[400]),
        ("lines that end in LF alone", sent("GET /api/v1/schemas/ping HTTP/1.1\nHost: x\n\n"), &[200]),
        ("lines that end in CR alone", sent("GET / HTTP/1.1\rHost: x\r\r"), &[400]),
        ("a NUL in a header", get_with("a: b\0c"), &[400]),
        ("a NUL in the path", head("GET /\0 HTTP/1.1\r\nHost: x"), &[400]),
        ("a folded header", get_with("a: b\r\n c"), &[400]),
        ("a header without a colon", get_with("nonsense"), &[400]),
        ("a header with a space in its name", get_with("a b: c"), &[400]),
        ("a header without a name", get_with(": c"), &[400]),
        (
            "a header that is not UTF-8",
            sent(b"GET /a HTTP/1.1\r\nHost: x\r\na: \xff\xfe\r\n\r\n".as_slice()),
            &[404],
        ),
        ("a path that is not UTF-8", sent(b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n".as_slice()), &[400]),
        ("no Host", head("GET /api/v1/schemas/ping HTTP/1.1"), &[200]),
        ("two Hosts", get_with("Host: y"), &[200]),
        ("a header a hundred times", get_with(&vec!["a: b"; 90].join("\r\n")), &[200]),
        ("a thousand headers", get_with(&vec!["a: b"; 1000].join("\r\n")), &[431]),
        ("a head of 1 MB", get_with(&format!("a: {}", "b".repeat(1 << 20))), &[431]),
        ("a path of 1 MB", head(&format!("GET /{} HTTP/1.1\r\nHost: x", "b".repeat(1 << 20))), &[431]),
        ("a path of 65,535 bytes", head(&format!("GET /{} HTTP/1.1", "b".repeat(65_534))), &[431]),
        (
            "a method of 10,000 letters",
            head(&format!("{} / HTTP/1.1\r\nHost: x", "B".repeat(10_000))),
            &[404],
        ),
        ("an unknown method", head("BREW /api/v1/sessions HTTP/1.1\r\nHost: x"), &[405]),
        ("a method in lower case", head("post /api/v1/sessions HTTP/1.1\r\nHost: x"), &[405]),
        (
            "ten thousand empty lines first",
            sent(["\r\n".repeat(10_000), "GET /a HTTP/1.1\r\n\r\n".into()].concat()),
            &[404],
        ),
        ("CONNECT", head("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443"), &[404]),
        ("a whole URL", head("GET http://example.com/api/v1/schemas/ping HTTP/1.1\r\nHost: x"), &[200]),
        ("the server as such", head("OPTIONS * HTTP/1.1\r\nHost: x"), &[204]),
        ("a path that is a star", head("GET * HTTP/1.1\r\nHost: x"), &[404]),
        ("a path without a slash", head("GET api/v1/sessions HTTP/1.1\r\nHost: x"), &[400]),
        ("a path that climbs", head("GET /../../etc/passwd HTTP/1.1\r\nHost: x"), &[404]),
        ("an upgrade to WebSocket", get_with("Connection: Upgrade\r\nUpgrade: websocket"), &[200]),
        (
            "an upgrade to HTTP/2",
            get_with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "),
            &[200],
        ),
        ("an expectation that nobody has", get_with("Expect: the-spanish-inquisition"), &[200]),
    ]
}

fn other_protocols() -> Vec<Kind> {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let frame = |length: u32, kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        [&length.to_be_bytes()[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    };
    // `:method GET`, `:scheme http`, `:path /` by their numbers in the static table.
    let resets = (0..2000).flat_map(|n| {
        let stream = 2 * n + 1;
        [frame(3, 1, 5, stream, &[0x82, 0x86, 0x84]), frame(4, 3, 0, stream, &8u32.to_be_bytes())].concat()
    });
    let http2 = |more: &[u8]| waits([&preface[..], &settings, more].concat());
    vec![
        ("nothing at all", waits(""), &[]),
        ("random bytes", sent((0..1000u32).map(|n| (n * n % 251) as u8).collect::<Vec<_>>()), &[400]),
        ("TLS on a plain port", waits([&[0x16, 3, 1, 0, 200, 1][..], &[7; 199]].concat()), &[]),
        ("a greeting of SSH", sent("SSH-2.0-OpenSSH_9.6\r\n"), &[400]),
        (
            "a line of the PROXY protocol",
            sent("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n\r\n"),
            &[400],
        ),
        ("half a preface of HTTP/2", waits(&preface[..10]), &[]),
        ("a preface of HTTP/2 and silence", waits(&preface[..]), &[]),
        ("a preface of HTTP/2 and garbage", http2(&[0xFF; 500]), &[]),
        ("HTTP/2 with a frame of 16 MB", http2(&frame(0xFF_FFFF, 0, 0, 1, &[0; 100])), &[]),
        ("HTTP/2 with headers that never end", http2(&frame(3, 1, 1, 1, &[0x82, 0x86, 0x84])), &[]),
        ("HTTP/2 with broken header compression", http2(&frame(2, 1, 5, 1, &[0xFF, 0xFF])), &[]),
        ("HTTP/2 with a window of nothing", http2(&frame(4, 8, 0, 0, &[0; 4])), &[]),
        ("HTTP/2 with data of a stream that is none", http2(&frame(1, 0, 1, 7, &[0])), &[]),
        ("HTTP/2 that resets 2,000 requests", http2(&resets.collect::<Vec<u8>>()), &[]),
        ("HTTP/2 with 10,000 settings", http2(&settings.repeat(10_000)), &[]),
        ("HTTP/2 with 10,000 pings", http2(&frame(8, 6, 0, 0, &[0; 8]).repeat(10_000)), &[]),
    ]
}

fn bodies() -> Vec<Kind> {
    let start = START.as_bytes();
    let packed = |coding: &str, body: &[u8]| sent(post(&format!("Content-Encoding: {coding}\r\n"), body));
    let twice = START.replacen('{', r#"{"eventType":"ping","#, 1);
    vec![
        ("no body", sent(post("", b"")), &[400]),
        ("JSON 100,000 levels deep", sent(post("", &vec![b'['; 100_000])), &[400]),
        (
            "an event with 100,000 levels",
            sent(post("", &[b"{\"a\":".repeat(100_000), b"1".to_vec(), b"}".repeat(100_000)].concat())),
            &[400],
        ),
        (
            "an array of 100,000 nothings",
            sent(post("", format!("[{}0]", "0,".repeat(99_999)).as_bytes())),
            &[400],
        ),
        ("a body that is not UTF-8", sent(post("", b"{\"eventType\":\"\xff\xfe\"}")), &[400]),
        (
            "UTF-16",
            sent(post("", &START.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())),
            &[400],
        ),
        ("a byte order mark", sent(post("", &[b"\xEF\xBB\xBF", start].concat())), &[400]),
        ("the same key twice", sent(post("", twice.as_bytes())), &[201]),
        (
            "numbers that no number type holds",
            sent(post("", START.replace(":60", ":1e99999").as_bytes())),
            &[400],
        ),
        (
            "a number of 10,000 digits",
            sent(post("", START.replace(":60", &format!(":{}", "9".repeat(10_000))).as_bytes())),
            &[400],
        ),
        ("a NUL in a text", sent(post("", START.replace("\"m\"", r#""\u0000""#).as_bytes())), &[201]),
        ("half a surrogate pair", sent(post("", START.replace("\"m\"", r#""\ud800""#).as_bytes())), &[400]),
        (
            "a form",
            sent(post("Content-Type: application/x-www-form-urlencoded\r\n", b"eventType=ping")),
            &[400],
        ),
        (
            "JSON called a form",
            sent(post("Content-Type: application/x-www-form-urlencoded\r\n", start)),
            &[201],
        ),
        ("a content type that is none", sent(post("Content-Type: ;;;\r\nContent-Type: \r\n", start)), &[201]),
        ("a gzip bomb", packed("gzip", &gzip(&vec![b' '; 10 << 20])), &[413]),
        ("a gzip bomb in a gzip bomb", packed("gzip, gzip", &gzip(&gzip(&vec![b' '; 10 << 20]))), &[413]),
        ("damaged gzip", packed("gzip", &gzip(start)[..60]), &[400]),
        ("gzip that is none", packed("gzip", start), &[400]),
        (
            "zstd that asks for a window of 3 TB",
            packed("zstd", &[0x28, 0xB5, 0x2F, 0xFD, 0, 0xFF, 1, 0, 0]),
            &[400],
        ),
        ("brotli that is none", packed("br", &[0xFF; 300]), &[400]),
        ("an unknown content coding", packed("lzma", start), &[415]),
        ("ten content codings", packed(&["gzip"; 10].join(","), start), &[415]),
    ]
}

fn slow() -> Vec<Kind> {
    let trickled = |head: &str, piece: &str| Conversation {
        pieces: std::iter::once(head.into()).chain(std::iter::repeat_n(piece.into(), 1000)).collect(),
        then_waits: true,
    };
    vec![
        ("half a request line, and silence", waits("POST /api/v1/ses"), &[]),
        ("headers that trickle for ever", trickled("POST / HTTP/1.1\r\nHost: x\r\n", "a: b\r\n"), &[]),
        ("a body that stands still", waits(&post("", START.as_bytes())[..200]), &[408]),
        (
            "a body that trickles for ever",
            trickled("POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n", " "),
            &[408],
        ),
    ]
}

fn pipelined() -> Vec<Kind> {
    let ping = String::from_utf8(post("", event("ping", 1).as_bytes())).expect("text");
    let good = "GET /api/v1/schemas/ping HTTP/1.1\r\nHost: x\r\n\r\n";
    vec![
        ("ten requests at once", sent(good.repeat(10)), &[200; 10]),
        ("requests with bodies at once", sent(ping.repeat(5)), &[400; 5]),
        (
            "good ones around a bad one",
            sent([good, good, "NONSENSE\r\n\r\n", good].concat()),
            &[200, 200, 400],
        ),
        (
            "a body where none was declared",
            sent([good, "{\"eventType\":\"ping\"}\r\n\r\n"].concat()),
            &[200, 400],
        ),
        (
            "bytes after the last answer",
            sent(["GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", &good.repeat(1000)].concat()),
            &[404],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_bad_input_is_answered_or_closed_and_the_next_request_is_served() {
    let (patient, recording) = running_with(patient()).await;
    let (impatient, _) = running_with(impatient()).await;
    let kinds: Vec<Kind> = [framing(), heads(), other_protocols(), bodies(), slow(), pipelined()]
        .into_iter()
        .flatten()
        .collect();
    assert!(kinds.len() >= 50, "{}", kinds.len());
    let mut talking = tokio::task::JoinSet::new();
    for (name, conversation, statuses) in kinds {
        let address = if conversation.then_waits { impatient.address() } else { patient.address() };
        talking.spawn(async move {
            let heard = tokio::time::timeout(DEADLINE, talk(address, &conversation));
            let heard = heard.await.unwrap_or_else(|_| panic!("{name}: it did not end"));
            let next = talk(address, &sent(post("", START.as_bytes()))).await;
            (name, statuses, heard, next)
        });
    }
    let mut wrong = Vec::new();
    while let Some(talked) = talking.join_next().await {
        let (name, statuses, heard, next) = talked.expect("no panic");
        if heard.statuses != statuses {
            wrong.push(format!("{name}: {:?} instead of {statuses:?}", heard.statuses));
        }
        if next.statuses != [201] {
            wrong.push(format!("{name}: the next request got {:?}", next.statuses));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(!recording.take().is_empty());
    patient.stop().await;
    impatient.stop().await;
}

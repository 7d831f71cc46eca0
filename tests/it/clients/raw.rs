//! Clients of our own: raw sockets that speak as the real ones do.

use super::Job;
use super::setup::{Setup, Stream};
use crate::support::network::DEADLINE;
use std::fmt::Write as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Whose words are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `curl`: large bodies wait for `100 Continue`; a connection for each call.
    Curl,
    /// Chromium: preflights, many headers, one connection.
    Chromium,
    /// Python `requests`: head and body apart, one connection.
    Requests,
    /// Python `requests` with a generator: chunks.
    RequestsChunked,
    /// Node `fetch`: names in lower case, one connection.
    Node,
}

/// From this size on `curl` asks before it sends.
const CURL_ASKS_BYTES: usize = 100_000;

impl Shape {
    pub const ALL: [Shape; 5] =
        [Shape::Curl, Shape::Chromium, Shape::Requests, Shape::RequestsChunked, Shape::Node];

    /// The headers of a request, those about its body last.
    fn head(self, setup: &Setup, job: &Job) -> String {
        let host = setup.host();
        let mut head = match self {
            Shape::Curl => format!("Host: {host}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n"),
            Shape::Chromium => format!(
                "Host: {host}\r\nConnection: keep-alive\r\nsec-ch-ua-platform: \"Linux\"\r\nUser-Agent: Mozilla/5.0\r\n\
                 sec-ch-ua: \"Chromium\";v=\"140\"\r\nsec-ch-ua-mobile: ?0\r\nAccept: */*\r\n\
                 Origin: http://player.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n\
                 Sec-Fetch-Dest: empty\r\nReferer: http://player.example/\r\n\
                 Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n"
            ),
            Shape::Requests | Shape::RequestsChunked => format!(
                "Host: {host}\r\nUser-Agent: python-requests/2.32.3\r\nAccept-Encoding: gzip, deflate\r\n\
                 Accept: */*\r\nConnection: keep-alive\r\n"
            ),
            Shape::Node => format!(
                "host: {host}\r\nconnection: keep-alive\r\naccept: */*\r\naccept-language: *\r\n\
                 sec-fetch-mode: cors\r\nuser-agent: node\r\naccept-encoding: gzip, deflate\r\n"
            ),
        };
        let mut add = |name: &str, value: &str| {
            let name = if self == Shape::Node { name.to_ascii_lowercase() } else { name.to_owned() };
            write!(head, "{name}: {value}\r\n").expect("text");
        };
        add("Content-Type", job.content_type);
        if let Some(encoding) = job.encoding {
            add("Content-Encoding", encoding);
        }
        if self == Shape::RequestsChunked {
            add("Transfer-Encoding", "chunked");
        } else {
            add("Content-Length", &job.body.len().to_string());
        }
        if self.waits(job) {
            add("Expect", "100-continue");
        }
        head
    }

    /// True when the body is sent only after `100 Continue`.
    fn waits(self, job: &Job) -> bool {
        self == Shape::Curl && job.body.len() > CURL_ASKS_BYTES
    }

    /// The body as it goes over the wire, in the pieces in which it is written.
    fn pieces(self, body: &[u8]) -> Vec<Vec<u8>> {
        if self != Shape::RequestsChunked {
            return vec![body.to_vec()];
        }
        let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
        body.chunks(7000).map(chunk).chain([b"0\r\n\r\n".to_vec()]).collect()
    }
}

/// Sends all, one after the other.
pub async fn send(setup: &Setup, shape: Shape, jobs: &[Job]) {
    let mut stream = setup.connect().await;
    let mut sid = String::new();
    for job in jobs {
        if shape == Shape::Curl {
            stream = setup.connect().await;
        }
        let target = setup.target(&job.path.replace("{sid}", &sid));
        if shape == Shape::Chromium && job.content_type == super::JSON {
            assert_eq!(ask(setup, &mut stream, &target).await, 204, "the preflight");
        }
        let head = format!("POST {target} HTTP/1.1\r\n{}\r\n", shape.head(setup, job));
        write(&mut stream, head.as_bytes()).await;
        if shape.waits(job) {
            assert_eq!(answer(&mut stream).await.0, 100);
        }
        for piece in shape.pieces(&job.body) {
            write(&mut stream, &piece).await;
        }
        let (status, head) = answer(&mut stream).await;
        assert_eq!(status, job.status, "{shape:?}: {head}");
        if let Some(location) =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("location: ").map(str::to_owned))
        {
            sid = location.rsplit('/').next().unwrap_or_default().to_owned();
        }
    }
}

async fn ask(setup: &Setup, stream: &mut Box<dyn Stream>, target: &str) -> u16 {
    let host = setup.host();
    let head = format!(
        "OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive\r\nAccept: */*\r\n\
         Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\
         Origin: http://player.example\r\nSec-Fetch-Mode: cors\r\n\r\n"
    );
    write(stream, head.as_bytes()).await;
    answer(stream).await.0
}

/// Sends one request with these header lines beside the usual ones.
pub async fn send_once(setup: &Setup, head: &str, body: &[u8]) {
    let mut stream = setup.connect().await;
    let (target, host, len) = (setup.target(super::SESSIONS), setup.host(), body.len());
    let head = format!("POST {target} HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: {len}\r\n\r\n");
    write(&mut stream, &[head.as_bytes(), body].concat()).await;
    answer(&mut stream).await;
}

async fn write(stream: &mut Box<dyn Stream>, bytes: &[u8]) {
    stream.write_all(bytes).await.expect("it is taken");
    stream.flush().await.expect("it is taken");
}

/// Status and head of an answer; its body is read and dropped.
async fn answer(stream: &mut Box<dyn Stream>) -> (u16, String) {
    let reading = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("an answer"));
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).await.expect("its body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), head)
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("in time")
}

//! Bytes on a connection: clients that are no clients, and collectors with limits of their own.

use playtrace::collector::limits::Limits;
use playtrace::collector::recorder::Recording;
use playtrace::collector::{Collector, CollectorConfig};
use playtrace::model::policy::Policy;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Pieces of one conversation come so far apart.
const PAUSE: Duration = Duration::from_millis(20);

/// What a client sends.
pub struct Conversation {
    /// With a pause between them.
    pub pieces: Vec<Vec<u8>>,
    /// True: then it waits until the other side ends it; else it says that it sends no more.
    pub then_waits: bool,
}

/// What a client hears.
#[derive(Debug)]
pub struct Heard {
    /// The statuses of the answers, interim ones aside.
    pub statuses: Vec<u16>,
}

/// Sends, and hears until the other side ends the connection.
pub async fn talk(address: SocketAddr, conversation: &Conversation) -> Heard {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut input, mut output) = stream.into_split();
    let sending = async {
        for (number, piece) in conversation.pieces.iter().enumerate() {
            if number > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            // The other side may have had enough already.
            if output.write_all(piece).await.is_err() {
                return;
            }
        }
        if !conversation.then_waits {
            drop(output.shutdown().await);
        }
    };
    let mut bytes = Vec::new();
    let hearing = async {
        let mut piece = [0; 4096];
        while let Ok(1..) = input.read(&mut piece).await.inspect(|n| bytes.extend_from_slice(&piece[..*n])) {}
    };
    tokio::join!(sending, hearing);
    Heard { statuses: statuses(&bytes) }
}

fn statuses(bytes: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.split("HTTP/1.").skip(1);
    let statuses = lines.filter_map(|line| line.get(2..5)?.parse().ok());
    statuses.filter(|status| *status >= 200).collect()
}

/// A request that opens a session, with more headers (each with its line end) and a body.
pub fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Packs with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("writes to memory");
    packer.finish().expect("writes to memory")
}

/// A collector on a free port with these limits, with what it records.
pub async fn running_with(limits: Limits) -> (Collector, Arc<Recording>) {
    let recording = Arc::new(Recording::default());
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = CollectorConfig { limits, ..CollectorConfig::new(listen, Policy::default()) };
    let collector = Collector::start(config, recording.clone()).await.expect("a free port");
    (collector, recording)
}

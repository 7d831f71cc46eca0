//! Servers that answer with exactly the bytes that a test says, and clients that see exactly what comes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// What a server does after its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Takes the next request of the connection.
    GoOn,
    /// Ends the connection.
    End,
    /// Says nothing any more.
    Hang,
    /// Sends back whatever comes.
    Echo,
}

/// A running server.
pub struct RawServer {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    serving: JoinHandle<()>,
}

impl RawServer {
    /// Answers every request with `bytes`.
    pub async fn start(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        Self::start_with(bytes.into(), then, None).await
    }

    /// The same over TLS.
    pub async fn start_tls(bytes: impl Into<Vec<u8>>, then: Then, config: ServerConfig) -> Self {
        Self::start_with(bytes.into(), then, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn start_with(bytes: Vec<u8>, then: Then, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (bytes, seen, tls) = (bytes.clone(), Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &bytes, then, &seen).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &bytes, then, &seen).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, requests, serving }
    }

    /// Its base address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that it got, byte for byte.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.requests.lock().expect("not poisoned").clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve<S>(mut stream: S, bytes: &[u8], then: Then, seen: &Mutex<Vec<Vec<u8>>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut buffer = Vec::new();
    while let Some(request) = next_message(&mut stream, &mut buffer).await {
        seen.lock().expect("not poisoned").push(request);
        if stream.write_all(bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        match then {
            Then::GoOn => {}
            Then::End => return drop(stream.shutdown().await),
            Then::Hang => std::future::pending().await,
            Then::Echo => {
                // What came along with the request has to go back, too.
                stream.write_all(&buffer).await.expect("the other side listens");
                stream.flush().await.expect("the other side listens");
                let mut piece = [0; 1024];
                while let Ok(n @ 1..) = stream.read(&mut piece).await {
                    stream.write_all(&piece[..n]).await.expect("the other side listens");
                    stream.flush().await.expect("the other side listens");
                }
                return;
            }
        }
    }
}

/// Reads one message with its body, whose length must be declared.
async fn next_message<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(head) = head_of(buffer) {
            let length = header(&buffer[..head], "content-length")
                .map_or(0, |length| length.parse().expect("a length"));
            if buffer.len() >= head + length {
                return Some(buffer.drain(..head + length).collect());
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// Where the head of a message ends.
pub fn head_of(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4)
}

/// The body of a message, as it went over the wire.
pub fn body_of(message: &[u8]) -> &[u8] {
    &message[head_of(message).expect("a whole head")..]
}

/// The lines of a message's head; bytes that are no text are read as Latin-1.
pub fn lines_of(message: &[u8]) -> Vec<String> {
    let head: String =
        message[..head_of(message).expect("a whole head")].iter().map(|b| char::from(*b)).collect();
    head.split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The value of a header.
pub fn header(message: &[u8], name: &str) -> Option<String> {
    let lines = lines_of(message).into_iter();
    let value =
        |line: String| line.split_once(':').map(|(own, value)| (own.to_lowercase(), value.trim().to_owned()));
    lines.filter_map(value).find(|(own, _)| own == name).map(|(_, value)| value)
}

/// Sends bytes and reads all that comes back until the other side ends the connection.
pub async fn talk(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(bytes).await.expect("it listens");
    let mut heard = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut heard).await {}
    heard
}

/// A TCP address where nobody listens.
pub async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address")
}

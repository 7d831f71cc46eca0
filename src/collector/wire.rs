//! The bytes of a connection, plain or TLS, watched as they come and go.

use super::connections::Connection;
use super::moment;
use super::tunnel::Transport;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

/// The first byte of every TLS connection: the type of a handshake record.
pub const TLS_HANDSHAKE: u8 = 0x16;
/// How HTTP/2 begins, and nothing else.
const PREFACE_START: &[u8] = b"PRI ";
/// After the last answer a client may go on sending for so long, and so much, before it is cut off:
/// closing at once would take the answer from it (RFC 9112 section 9.6).
const LINGER_TIME: Duration = Duration::from_millis(500);
const LINGER_BYTES: usize = 16 << 20;

/// A connection's bytes.
#[derive(Debug)]
pub enum Wire {
    /// As they are.
    Plain(TcpStream),
    /// Inside TLS.
    Tls(Box<TlsStream<TcpStream>>),
    /// Inside a connection that a proxy has opened.
    Inner(Box<dyn Transport>),
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, into),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, into),
            Wire::Inner(stream) => Pin::new(stream).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
            Wire::Inner(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
            Wire::Inner(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
            Wire::Inner(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(cx, pieces),
            Wire::Inner(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Tls(stream) => stream.is_write_vectored(),
            Wire::Inner(stream) => stream.is_write_vectored(),
        }
    }
}

/// A wire that tells its connection what moves on it, and closes without taking the last answer
/// from a client that is still sending.
#[derive(Debug)]
pub struct Watched {
    wire: Wire,
    connection: Arc<Connection>,
    is_first_read: bool,
    is_broken: bool,
    lingering: Option<Lingering>,
}

#[derive(Debug)]
struct Lingering {
    until: Pin<Box<Sleep>>,
    n_bytes_left: usize,
}

impl Watched {
    /// Watches `wire` for `connection`.
    #[must_use]
    pub fn new(wire: Wire, connection: Arc<Connection>) -> Self {
        Self { wire, connection, is_first_read: true, is_broken: false, lingering: None }
    }

    /// Of an answer that has to be cut the first half goes out.
    fn poll_half(&mut self, cx: &mut Context<'_>, pieces: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.is_broken {
            return Poll::Ready(Err(io::Error::other("the answer is cut here")));
        }
        let n_bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
        let half: Vec<u8> = pieces.iter().flat_map(|piece| piece.iter()).take(n_bytes / 2).copied().collect();
        let n_written = ready!(Pin::new(&mut self.wire).poll_write(cx, &half))?;
        self.is_broken = true;
        Poll::Ready(Ok(n_written))
    }

    /// The wire alone.
    #[must_use]
    pub fn into_wire(self) -> Wire {
        self.wire
    }
}

impl AsyncRead for Watched {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let from = into.filled().len();
        ready!(Pin::new(&mut this.wire).poll_read(cx, into))?;
        let read = &into.filled()[from..];
        if !read.is_empty() {
            let preface = this.is_first_read && read.starts_with(PREFACE_START);
            this.is_first_read = false;
            this.connection.bytes_came(moment(), read, preface);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.connection.is_cut() {
            return this.poll_half(cx, &[io::IoSlice::new(bytes)]);
        }
        let n_written = ready!(Pin::new(&mut this.wire).poll_write(cx, bytes))?;
        this.connection.bytes_went(moment());
        Poll::Ready(Ok(n_written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.wire).poll_shutdown(cx))?;
        }
        let lingering = this.lingering.get_or_insert_with(|| Lingering {
            until: Box::pin(tokio::time::sleep(LINGER_TIME)),
            n_bytes_left: LINGER_BYTES,
        });
        let mut discarded = [0; 4096];
        loop {
            if lingering.until.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut into = ReadBuf::new(&mut discarded);
            match ready!(Pin::new(&mut this.wire).poll_read(cx, &mut into)) {
                Ok(()) if !into.filled().is_empty() && lingering.n_bytes_left > 0 => {
                    lingering.n_bytes_left = lingering.n_bytes_left.saturating_sub(into.filled().len());
                }
                // Whatever ends it: nobody is sending any more, or too much.
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.connection.is_cut() {
            return this.poll_half(cx, pieces);
        }
        let n_written = ready!(Pin::new(&mut this.wire).poll_write_vectored(cx, pieces))?;
        this.connection.bytes_went(moment());
        Poll::Ready(Ok(n_written))
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }
}

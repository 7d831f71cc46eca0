//! Two ends that talk to each other through us: bytes go from one to the other as they come, and are not looked at.

use super::connections::{Admitted, Connection};
use super::wire::Watched;
use super::{StopStage, moment, stop_begun};
use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use std::fmt;
use std::io::{self, Cursor};
use std::sync::Arc;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, join, split,
};
use tokio::sync::watch;

/// So much is read at a time.
const PIECE_BYTES: usize = 16 << 10;

/// Bytes both ways.
pub trait Transport: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin> Transport for T {}

/// A transport from which `first` is read before anything else.
pub fn after(first: Bytes, transport: impl Transport + 'static) -> Box<dyn Transport> {
    if first.is_empty() {
        return Box::new(transport);
    }
    let (input, output) = split(transport);
    Box::new(join(Cursor::new(first).chain(input), output))
}

/// What is left of a connection that has left HTTP: its bytes, nothing of them lost.
pub fn unwrapped(upgraded: Upgraded) -> Box<dyn Transport> {
    match downcast::<TokioIo<Watched>>(upgraded) {
        Ok(parts) => after(parts.read_buf, parts.io.into_inner().into_wire()),
        Err(upgraded) => Box::new(TokioIo::new(upgraded)),
    }
}

/// What a tunnel needs besides its ends.
#[derive(Debug, Clone)]
pub struct Lifeline {
    /// Its place among the connections, if it came over one: closed when others need it or nothing moves.
    pub place: Option<Arc<Admitted>>,
    /// Ends it when the collector stops.
    pub stop: watch::Receiver<StopStage>,
}

impl Lifeline {
    /// Lets two ends talk until both have said all, one of them breaks off, nothing has moved for too long, or the
    /// collector stops.
    pub async fn connect(self, near: impl Transport, far: impl Transport) {
        let (near_in, near_out) = split(near);
        let (far_in, far_out) = split(far);
        let connection = self.place.as_ref().map(|place| Arc::clone(&place.connection));
        let under_way = connection.as_ref().map(|connection| {
            connection.become_tunnel();
            connection.request(moment())
        });
        let closed = async {
            match &connection {
                Some(connection) => connection.close.notified().await,
                None => std::future::pending().await,
            }
        };
        let there = pump(near_in, far_out, connection.as_deref());
        let back = pump(far_in, near_out, connection.as_deref());
        tokio::select! {
            // What one end does not want to hear any more breaks off for the other one, too.
            Ok(_) | Err(_) = async { tokio::try_join!(there, back) } => {}
            () = closed => {}
            () = stop_begun(self.stop) => {}
        }
        drop(under_way);
    }
}

async fn pump<R, W>(
    mut from: ReadHalf<R>,
    mut to: WriteHalf<W>,
    connection: Option<&Connection>,
) -> io::Result<()>
where
    R: AsyncRead,
    W: AsyncWrite,
{
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let n = from.read(&mut piece).await?;
        if n == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..n]).await?;
        to.flush().await?;
        if let Some(connection) = connection {
            connection.bytes_went(moment());
        }
    }
}

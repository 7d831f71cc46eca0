//! Reads the body of a request, never past a limit, and not for ever.

use super::limits::Limits;
use super::{STOP_GRACE, StopStage, stop_begun};
use bytes::Bytes;
use http_body::{Body, Frame};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use tokio::sync::watch;
use tokio::time::Instant;

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// It is all there.
    Whole,
    /// It is larger than the limit.
    TooLarge,
    /// All bodies together were too large.
    NoRoom,
    /// It stood still, or took too long.
    TooSlow,
    /// The connection ended, or what came was no body.
    BrokenOff,
    /// The collector stops.
    Stopping,
}

impl BodyEnd {
    /// The status and the message that tell the client; `None` when nothing is wrong.
    #[must_use]
    pub fn refusal(self, limits: &Limits) -> Option<(u16, String)> {
        match self {
            Self::Whole => None,
            Self::TooLarge => Some((413, format!("The body is larger than {} bytes", limits.body_bytes))),
            Self::NoRoom => Some((503, "Too many large bodies arrive at the same time".to_owned())),
            Self::TooSlow => Some((408, "The body did not arrive in time".to_owned())),
            Self::BrokenOff => Some((400, "The body broke off".to_owned())),
            Self::Stopping => Some((503, "The collector stops".to_owned())),
        }
    }
}

/// The bytes of all bodies that are held now.
#[derive(Debug, Default)]
pub struct AllBodies {
    n_bytes: AtomicUsize,
}

/// A body that was read, or its beginning. Counts among all bodies until it is dropped.
#[derive(Debug)]
pub struct Held {
    /// The bytes as sent.
    pub bytes: Bytes,
    /// Whether they are all.
    pub end: BodyEnd,
    _room: Room,
}

#[derive(Debug)]
struct Room {
    all: Arc<AllBodies>,
    n_bytes: usize,
}

impl Room {
    /// Takes room for `more` bytes, if `most` allows it.
    fn take(&mut self, more: usize, most: usize) -> bool {
        let held = self.all.n_bytes.fetch_add(more, Ordering::Relaxed);
        self.n_bytes += more;
        held + more <= most
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.all.n_bytes.fetch_sub(self.n_bytes, Ordering::Relaxed);
    }
}

/// Reads a body, but keeps no more than the limit. What is too large is read to its end all the
/// same: a client that is still sending would not see the answer. One that asks first
/// (`waits_to_send`) is told at once.
pub async fn read_body<B>(
    mut body: B,
    waits_to_send: bool,
    limits: &Limits,
    all: &Arc<AllBodies>,
    stop: &watch::Receiver<StopStage>,
) -> Held
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut kept = Vec::new();
    let mut room = Room { all: Arc::clone(all), n_bytes: 0 };
    let mut end = BodyEnd::Whole;
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if waits_to_send && declared > limits.body_bytes {
        return Held { bytes: Bytes::new(), end: BodyEnd::TooLarge, _room: room };
    }
    let mut pieces = Pieces { body: &mut body, until: None, limits, stop };
    loop {
        let data = match pieces.next().await {
            Ok(Some(data)) => data,
            Ok(None) => break,
            Err(why) => {
                if end == BodyEnd::Whole {
                    end = why;
                }
                break;
            }
        };
        if end != BodyEnd::Whole {
            continue;
        }
        let n_kept = data.len().min(limits.body_bytes - kept.len());
        if n_kept < data.len() {
            end = BodyEnd::TooLarge;
        }
        if room.take(n_kept, limits.all_bodies_bytes) {
            kept.extend_from_slice(&data[..n_kept]);
        } else {
            end = BodyEnd::NoRoom;
        }
    }
    Held { bytes: Bytes::from(kept), end, _room: room }
}

/// The pieces of a body, as they come.
struct Pieces<'a, B> {
    body: &'a mut B,
    /// When the whole body must be there; set when the first wait begins.
    until: Option<Instant>,
    limits: &'a Limits,
    stop: &'a watch::Receiver<StopStage>,
}

impl<B: Body<Data = Bytes> + Unpin> Pieces<'_, B> {
    /// The next piece; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyEnd> {
        loop {
            // Most bodies are there already: no clock is asked and nothing is waited for.
            let ready = poll_fn(|cx| Poll::Ready(Pin::new(&mut *self.body).poll_frame(cx))).await;
            let frame = match ready {
                Poll::Ready(frame) => frame,
                Poll::Pending => self.wait().await?,
            };
            match frame.map(|frame| frame.map(Frame::into_data)) {
                None => return Ok(None),
                Some(Ok(Ok(data))) => return Ok(Some(data)),
                // Trailers say nothing here.
                Some(Ok(Err(_))) => {}
                Some(Err(_)) => return Err(BodyEnd::BrokenOff),
            }
        }
    }

    async fn wait(&mut self) -> Result<Option<Result<Frame<Bytes>, B::Error>>, BodyEnd> {
        let now = Instant::now();
        let until = *self.until.get_or_insert(now + self.limits.body_time);
        let until = until.min(now + self.limits.stall_time);
        let frame = poll_fn(|cx| Pin::new(&mut *self.body).poll_frame(cx));
        let stopping = async {
            stop_begun(self.stop.clone()).await;
            tokio::time::sleep(STOP_GRACE).await;
        };
        tokio::select! {
            frame = frame => Ok(frame),
            () = tokio::time::sleep_until(until) => Err(BodyEnd::TooSlow),
            () = stopping => Err(BodyEnd::Stopping),
        }
    }
}

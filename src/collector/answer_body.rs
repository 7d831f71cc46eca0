//! The body of an answer on its way out: whole, cut in the middle, or passed on as it comes.

use super::connections::UnderWay;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Nothing is answered: the connection (of HTTP/2: the stream) is closed instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub struct Abort;

/// The body of an answer.
#[derive(Debug)]
pub struct AnswerBody {
    content: Content,
    /// The request is under way until its answer has gone out.
    under_way: Option<UnderWay>,
}

#[derive(Debug)]
enum Content {
    Whole(Bytes),
    /// These bytes go out, then the connection breaks.
    Cut(Cut),
    Passed(UnsyncBoxBody<Bytes, io::Error>),
}

#[derive(Debug)]
struct Cut {
    bytes: Option<Bytes>,
    declared: u64,
    /// What was handed over is sent before the error is seen.
    sent: bool,
}

impl AnswerBody {
    /// All of `bytes`.
    #[must_use]
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { content: Content::Whole(bytes.into()), under_way: None }
    }

    /// The first `n_bytes` of `bytes`; then the connection breaks, although the whole length was
    /// declared.
    #[must_use]
    pub fn cut(bytes: &Bytes, n_bytes: usize) -> Self {
        // At least one declared byte must be missing, or the answer would be whole.
        let declared = (bytes.len() as u64).max(1);
        let bytes = bytes.slice(..n_bytes.min(bytes.len().saturating_sub(1)));
        let cut = Cut { bytes: Some(bytes).filter(|bytes| !bytes.is_empty()), declared, sent: false };
        Self { content: Content::Cut(cut), under_way: None }
    }

    /// What `body` gives, as it comes; an error of it breaks the connection.
    #[must_use]
    pub fn passed(body: UnsyncBoxBody<Bytes, io::Error>) -> Self {
        Self { content: Content::Passed(body), under_way: None }
    }

    /// Ties it to its request.
    pub(super) fn set_under_way(&mut self, under_way: Option<UnderWay>) {
        self.under_way = under_way;
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut self.get_mut().content {
            Content::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Content::Cut(cut) => {
                if let Some(bytes) = cut.bytes.take() {
                    Poll::Ready(Some(Ok(Frame::data(bytes))))
                } else if cut.sent {
                    Poll::Ready(Some(Err(io::Error::other("the answer is cut here"))))
                } else {
                    cut.sent = true;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
            }
            Content::Passed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_empty(),
            Content::Cut(_) => false,
            Content::Passed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Cut(cut) => SizeHint::with_exact(cut.declared),
            Content::Passed(body) => body.size_hint(),
        }
    }
}

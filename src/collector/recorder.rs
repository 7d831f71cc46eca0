//! What arrived and what was answered, handed to whoever keeps it. An answer goes out only after it
//! was kept: what a player was told had arrived is never lost.
//!
//! Byte for byte as sent are the method, the target, the values of headers and the body. Of the head of an HTTP/1.1
//! request the parser, which has no public way to them, does not hand out the case in which names of headers were
//! written (they are in lower case, as HTTP/2 sends them) and the order of headers of different names where one came
//! more than once (those of one name stand together, in their order); space around values and the framing of the body
//! (chunks, trailers) are gone, too. What is passed on to a server keeps the case of names all the same.

use crate::model::clock::ReceivedAt;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

/// Name and value of a header, as sent.
pub type Header = (String, Vec<u8>);

/// How a request came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In plain text.
    Http,
    /// Over TLS.
    Https,
}

/// Which part of the collector a request came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// We answer like the API.
    StandIn,
    /// We pass it on to a real collector.
    Forward,
    /// A device uses us as its proxy.
    Proxy,
}

/// Who made an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerBy {
    /// Our emulation of the API.
    StandIn,
    /// The server that the request was passed on to.
    Upstream,
    /// The collector itself: a limit, a request that is none, a failure of ours.
    Collector,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// When its head had arrived, by this machine's clock.
    pub received_at: ReceivedAt,
    /// Plain or over TLS.
    pub scheme: Scheme,
    /// Method as sent.
    pub method: String,
    /// Target as in the request line: path and query, or a whole URL as proxies get it.
    pub target: String,
    /// Version as in the request line, such as `HTTP/1.1`.
    pub http_version: String,
    /// In order of arrival, those of one name together; names in lower case.
    pub headers: Vec<Header>,
    /// The body as sent, still packed if it came so.
    pub body: Bytes,
    /// True when only the beginning of the body is there: it was too large, or broke off.
    pub body_cut: bool,
    /// The part of the collector that it came through.
    pub via: Via,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// When the answer was ready, by this machine's clock.
    pub at: ReceivedAt,
    /// The answer's status; `None` when nothing is answered.
    pub status: Option<u16>,
    /// The answer's headers, in order.
    pub headers: Vec<Header>,
    /// The answer's body.
    pub body: Bytes,
    /// True when only the beginning of the body is there.
    pub body_cut: bool,
    /// Who made it.
    pub by: AnswerBy,
    /// The fault that was injected, in the words that asked for it: nobody else is to blame.
    pub fault: Option<String>,
    /// What kept a real answer from coming, in words.
    pub failure: Option<String>,
    /// How many events the request's body held.
    pub n_events: usize,
    /// The first thing that was wrong with the request, in words.
    pub first_fault: Option<String>,
}

/// What came over a connection and is no request: its head cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// When that was found, by this machine's clock.
    pub at: ReceivedAt,
    /// The client's address.
    pub from: Option<IpAddr>,
    /// Why it is none, in words.
    pub why: String,
    /// Its first bytes.
    pub start: Vec<u8>,
}

/// Why something could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// There is as much as there may be.
    #[error("all files of the journal are full")]
    Full,
    /// It could not be written: what the system says.
    #[error("{0}")]
    Unwritten(String),
    /// Nothing is kept any more: the program ends.
    #[error("recording has ended")]
    Ended,
}

/// The end of keeping an answer.
pub type Kept = Pin<Box<dyn Future<Output = Result<(), RecordError>> + Send>>;

/// Keeps what arrives. Neither call waits for anybody: a slow reader may never change what a player
/// sees. Whatever arrived is to be answered at some time, also when the player has gone.
pub trait Recorder: Send + Sync {
    /// Takes a request; gives its number. Numbers rise in the order of these calls.
    fn arrived(&self, arrived: Arrived) -> u64;

    /// Takes what became of the request with this number. The future is done when both are kept; it
    /// need not be polled for that. On an error the player must not be told that all went well.
    fn answered(&self, number: u64, answered: Answered) -> Kept;

    /// Takes what is no request. It has no number and need not be kept.
    fn unreadable(&self, _unreadable: Unreadable) {}
}

/// One request with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The request.
    pub arrived: Arrived,
    /// Its answer.
    pub answered: Answered,
}

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct Recording {
    kept: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    n_arrived: u64,
    waiting: BTreeMap<u64, Arrived>,
    answered: BTreeMap<u64, Recorded>,
}

impl Recording {
    /// Takes out what has been answered since the last time, in order of arrival.
    #[must_use]
    pub fn take(&self) -> Vec<Recorded> {
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut held.answered).into_values().collect()
    }
}

impl Recorder for Recording {
    fn arrived(&self, arrived: Arrived) -> u64 {
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        held.n_arrived += 1;
        let number = held.n_arrived;
        held.waiting.insert(number, arrived);
        number
    }

    fn answered(&self, number: u64, answered: Answered) -> Kept {
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(arrived) = held.waiting.remove(&number) {
            held.answered.insert(number, Recorded { arrived, answered });
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

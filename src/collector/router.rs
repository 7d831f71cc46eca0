//! The HTTP side of the collector: reads requests, asks the stand-in, records, answers.

use super::answer_body::{Abort, AnswerBody};
use super::body::{AllBodies, BodyEnd, Held, read_body};
use super::connections::{Stage, UnderWay};
use super::forward::{Onward, Passed};
use super::host::{authority, is_printed};
use super::judge::{Judged, Request as Asking, judge};
use super::limits::Limits;
use super::passing::HostHeader;
use super::recorder::{AnswerBy, Answered, Arrived, Header, Recorder, Scheme, Via};
use super::stand_in::{Answer, StandInState, conclude, error};
use super::upstream::Upstream;
use super::{CollectorConfig, Mode, Pages, StopStage, now};
use crate::ingest::coding::{CodingError, decode};
use crate::model::clock::ReceivedAt;
use crate::model::policy::Policy;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, EXPECT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Body;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Bodies up to this size are judged where they were read: handing them to another thread costs more
/// than that.
const SMALL_BODY_BYTES: usize = 32 << 10;

/// The service of a collector.
#[derive(Clone)]
pub struct Router {
    shared: Arc<Shared>,
}

struct Shared {
    stand_in: Mutex<StandInState>,
    mode: Mode,
    policy: Policy,
    limits: Limits,
    pages: Option<Arc<dyn Pages>>,
    /// The authorities that pages answer to.
    printed: Vec<String>,
    recorder: Arc<dyn Recorder>,
    all_bodies: Arc<AllBodies>,
    under_way: TaskTracker,
    stop: watch::Receiver<StopStage>,
}

/// How a request came in.
#[derive(Debug)]
pub struct Entry {
    /// Plain or over TLS.
    pub scheme: Scheme,
    /// The part of the collector that it came through.
    pub via: Via,
    /// Its place on a connection, if it came over one.
    pub under_way: Option<UnderWay>,
    /// The address of its client, if it came over a connection.
    pub from: Option<IpAddr>,
}

/// The service of a collector. `printed` are the authorities (address and port) that pages answer
/// to. `stop` ends bodies that are still arriving; requests under way are tracked in `under_way`.
#[must_use]
pub fn router(
    config: &CollectorConfig,
    printed: Vec<String>,
    recorder: Arc<dyn Recorder>,
    under_way: TaskTracker,
    stop: watch::Receiver<StopStage>,
) -> Router {
    let shared = Shared {
        stand_in: Mutex::new(StandInState::new(now().0.cast_unsigned())),
        mode: config.mode.clone(),
        policy: config.policy.clone(),
        limits: config.limits.clone(),
        pages: config.pages.clone(),
        printed,
        recorder,
        all_bodies: Arc::default(),
        under_way,
        stop,
    };
    Router { shared: Arc::new(shared) }
}

impl Router {
    /// Answers a request. What it began is finished even if nobody waits for it any more: a client
    /// that hangs up early must not undo the recording.
    ///
    /// # Errors
    /// When nothing is answered and the connection has to be closed.
    pub async fn answer<B>(&self, request: Request<B>, entry: Entry) -> Result<Response<AnswerBody>, Abort>
    where
        B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let answering = self.shared.under_way.spawn(shared.handle(request, entry));
        answering.await.unwrap_or(Err(Abort))
    }
}

impl Shared {
    async fn handle<B>(
        self: Arc<Self>,
        request: Request<B>,
        entry: Entry,
    ) -> Result<Response<AnswerBody>, Abort>
    where
        B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static,
    {
        let received_at = now();
        if let Some(page) = self.page(&request) {
            return Ok(page);
        }
        let (head, body) = request.into_parts();
        let onward = self.onward(&head, &entry);
        let Entry { scheme, via, mut under_way, .. } = entry;
        let waits_to_send = head.headers.contains_key(EXPECT);
        let body = read_body(body, waits_to_send, &self.limits, &self.all_bodies, &self.stop).await;
        if let Some(under_way) = &mut under_way {
            under_way.enter(Stage::Answering);
        }
        let number = self.recorder.arrived(arrived(received_at, scheme, via, &head, &body));
        let Passed { answered, response } = match onward {
            // What is no whole request goes nowhere.
            Some((onward, upstream)) if self.refusal(&head, &body).is_none() => {
                let counting = self.n_events(&head, body.bytes.clone());
                let passing = onward.pass(upstream, head, body.bytes.clone());
                let (n_events, mut passed) = tokio::join!(counting, passing);
                passed.answered.n_events = n_events;
                passed
            }
            _ => {
                let (answer, by) = self.judged(head, body, received_at).await;
                Passed { answered: answered(&answer, by), response: response(answer) }
            }
        };
        let mut response = match self.recorder.answered(number, answered).await {
            Ok(()) => response,
            Err(why) => self::response(error(503, &format!("The request could not be recorded: {why}"))),
        };
        if let Some(under_way) = &mut under_way {
            under_way.enter(Stage::Writing);
        }
        response.body_mut().set_under_way(under_way);
        Ok(response)
    }

    /// A page of ours, if the request asks for one at the address that we printed.
    fn page<B>(&self, request: &Request<B>) -> Option<Response<AnswerBody>> {
        if request.method() != Method::GET {
            return None;
        }
        let page = self.pages.as_ref()?.page(request.uri().path())?;
        if is_printed(authority(request), &self.printed) {
            return Some(page.map(AnswerBody::whole));
        }
        let words = format!("This page answers to {} only\n", self.printed.join(" and "));
        let mut response = Response::new(AnswerBody::whole(words));
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        Some(response)
    }

    /// The answer to a request. Judging a large batch may take seconds: that is not done on the
    /// threads that answer others.
    async fn judged(
        self: &Arc<Self>,
        head: Parts,
        body: Held,
        received_at: ReceivedAt,
    ) -> (Answer, AnswerBy) {
        let is_small = body.bytes.len() <= SMALL_BODY_BYTES && !head.headers.contains_key(CONTENT_ENCODING);
        if is_small {
            return self.judge(&head, &body, received_at);
        }
        let shared = Arc::clone(self);
        let judging = tokio::task::spawn_blocking(move || shared.judge(&head, &body, received_at));
        judging.await.unwrap_or_else(|_| failed())
    }

    fn judge(&self, head: &Parts, body: &Held, received_at: ReceivedAt) -> (Answer, AnswerBy) {
        let judging = AssertUnwindSafe(|| self.judge_unguarded(head, body, received_at));
        catch_unwind(judging).unwrap_or_else(|_| failed())
    }

    fn judge_unguarded(&self, head: &Parts, body: &Held, received_at: ReceivedAt) -> (Answer, AnswerBy) {
        if let Some(answer) = self.refusal(head, body) {
            return (answer, AnswerBy::Collector);
        }
        let encoding = content_encoding(&head.headers);
        match self.read(head.method.as_str(), head.uri.path(), &encoding, &body.bytes) {
            Ok(judged) => {
                let mut state = self.stand_in.lock().unwrap_or_else(PoisonError::into_inner);
                (conclude(&mut state, &self.policy, judged, received_at), AnswerBy::StandIn)
            }
            Err(why) => undecodable(&why),
        }
    }

    /// The answer to what is no whole request, or more than there may be.
    fn refusal(&self, head: &Parts, body: &Held) -> Option<Answer> {
        if let Some((status, message)) = body.end.refusal(&self.limits) {
            return Some(error(status, &message));
        }
        // HTTP/1.1 was counted when it was read.
        let most = self.limits.head_fields;
        (head.headers.len() > most).then(|| error(431, &format!("There are more than {most} headers")))
    }

    /// What a request asks for.
    fn read(&self, method: &str, path: &str, encoding: &str, body: &[u8]) -> Result<Judged, CodingError> {
        let unpacked = decode(body, encoding, self.limits.unpacked_bytes as u64)?;
        Ok(judge(&self.policy, &Asking { method, path, body: &unpacked }))
    }

    /// How many events a request holds that is passed on: nobody else looks at its body.
    fn n_events(self: &Arc<Self>, head: &Parts, body: Bytes) -> impl Future<Output = usize> + use<> {
        let shared = Arc::clone(self);
        let encoding = content_encoding(&head.headers);
        let is_small = body.len() <= SMALL_BODY_BYTES && encoding.is_empty();
        let (method, path) = (head.method.clone(), head.uri.path().to_owned());
        let count = move || {
            let reading = AssertUnwindSafe(|| shared.read(method.as_str(), &path, &encoding, &body));
            catch_unwind(reading).map_or(0, |read| read.map_or(0, |judged| judged.n_events))
        };
        async move { if is_small { count() } else { tokio::task::spawn_blocking(count).await.unwrap_or(0) } }
    }

    /// Where a request is passed on to, and by whom; `None` when the stand-in answers it.
    fn onward(&self, head: &Parts, entry: &Entry) -> Option<(Onward, &Upstream)> {
        match &self.mode {
            Mode::StandIn => None,
            Mode::Forward(forward) => {
                let onward = Onward { url: forward.url(head)?, host: HostHeader::OfUrl, from: entry.from };
                Some((onward, &forward.upstream))
            }
        }
    }
}

fn failed() -> (Answer, AnswerBy) {
    (error(500, "The request could not be judged"), AnswerBy::Collector)
}

/// All codings, however many headers name them. A name that is no text is an unknown one.
fn content_encoding(headers: &HeaderMap) -> String {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",")
}

/// 415 with the codings that are known for one that is not (RFC 9110 section 15.5.16), 413 for a
/// bomb, 400 for bytes that are not what they are said to be.
fn undecodable(why: &CodingError) -> (Answer, AnswerBy) {
    let status = match why {
        CodingError::Unknown(_) | CodingError::TooMany => 415,
        CodingError::TooLarge(_) => 413,
        CodingError::Damaged(_) => 400,
    };
    let mut answer = error(status, &sentence(&why.to_string()));
    if status == 415 {
        answer.headers.push(("Accept-Encoding", "gzip, deflate, br, zstd".to_owned()));
    }
    (answer, AnswerBy::Collector)
}

/// With a capital at the beginning.
fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn arrived(received_at: ReceivedAt, scheme: Scheme, via: Via, head: &Parts, body: &Held) -> Arrived {
    Arrived {
        received_at,
        scheme,
        method: head.method.as_str().to_owned(),
        target: target(head),
        http_version: format!("{:?}", head.version),
        headers: headers(head),
        body: body.bytes.clone(),
        body_cut: body.end != BodyEnd::Whole,
        via,
    }
}

/// As in the request line. HTTP/2 has none: its parts are path and authority, and the authority is
/// recorded as the header that it is there.
fn target(head: &Parts) -> String {
    match head.uri.path_and_query() {
        Some(path) if head.version == Version::HTTP_2 => path.to_string(),
        _ => head.uri.to_string(),
    }
}

fn headers(head: &Parts) -> Vec<Header> {
    let authority = head.uri.authority().filter(|_| head.version == Version::HTTP_2);
    let authority = authority.map(|authority| (":authority".to_owned(), authority.as_str().into()));
    let others =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    authority.into_iter().chain(others).collect()
}

fn answered(answer: &Answer, by: AnswerBy) -> Answered {
    let header = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone().into_bytes());
    Answered {
        at: now(),
        status: Some(answer.status),
        headers: answer.headers.iter().map(header).collect(),
        body: Bytes::from(answer.body.clone()),
        body_cut: false,
        by,
        fault: None,
        failure: None,
        n_events: answer.n_events,
        first_fault: answer.first_fault.clone(),
    }
}

fn response(answer: Answer) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::whole(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            continue;
        };
        response.headers_mut().append(name, value);
    }
    response
}

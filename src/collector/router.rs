//! The HTTP side of the collector: reads requests, asks the stand-in, records, answers.

use super::answer_body::{Abort, AnswerBody};
use super::body::{AllBodies, BodyEnd, Held, read_body};
use super::connections::{Stage, UnderWay};
use super::faults::{Injection, RequestFacts, conclude_with};
use super::forward::{Onward, Passed};
use super::host::{authority, is_printed};
use super::injecting::{Injecting, send};
use super::judge::{Judged, Request as Asking, judge};
use super::limits::Limits;
use super::passing::HostHeader;
use super::proxy::{Opened, Proxy, Route, refused};
use super::recorder::{AnswerBy, Answered, Arrived, Header, Recorder, Scheme, Unreadable, Via};
use super::serve::Came;
use super::stand_in::{Answer, StandInState, error};
use super::to_the_end::ToTheEnd;
use super::tunnel::Lifeline;
use super::upstream::Upstream;
use super::{CollectorConfig, Mode, Pages, StopStage, now};
use crate::ingest::coding::{CodingError, decode, joined};
use crate::model::clock::ReceivedAt;
use crate::model::fault::FaultSpec;
use crate::model::policy::Policy;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, EXPECT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use http_body::Body;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Bodies up to this size are judged where they were read: handing them to another thread costs more
/// than that.
const SMALL_BODY_BYTES: usize = 32 << 10;

/// The service of a collector.
#[derive(Debug, Clone)]
pub struct Router {
    shared: Arc<Shared>,
}

struct Shared {
    stand_in: Mutex<StandInState>,
    injecting: Injecting,
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
    /// The part of the collector that it came through.
    pub via: Via,
    /// Its place on a connection, if it came over one.
    pub under_way: Option<UnderWay>,
    /// How its connection came.
    pub(super) came: Came,
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
        injecting: Injecting::new(&config.faults),
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

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl Router {
    /// These faults from now on, in place of those before.
    pub fn set_faults(&self, specs: &[FaultSpec]) {
        self.shared.injecting.set(specs);
    }

    /// Tells whoever records of what is no request.
    pub fn unreadable(&self, unreadable: Unreadable) {
        self.shared.recorder.unreadable(unreadable);
    }

    /// Answers a request. What it began is finished even if nobody waits for it any more: a client
    /// that hangs up early must not undo the recording.
    ///
    /// # Errors
    /// When nothing is answered and the connection has to be closed.
    pub async fn answer<B>(&self, request: Request<B>, entry: Entry) -> Result<Response<AnswerBody>, Abort>
    where
        B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static,
    {
        let handling = Box::pin(Arc::clone(&self.shared).handle(request, entry));
        ToTheEnd::new(handling, self.shared.under_way.clone()).await
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
        let Entry { via, mut under_way, came } = entry;
        if let Some(page) = self.page(&request).filter(|_| came.opened.is_none()) {
            return Ok(page);
        }
        let lifeline = Lifeline { place: came.place.clone(), stop: self.stop.clone() };
        let (head, body) = request.into_parts();
        let onward = match self.onward(&head, &came) {
            Next::Answer => None,
            Next::Pass(onward, upstream) => Some((onward, upstream)),
            Next::Through(proxy, url) => {
                let request = Request::from_parts(head, body);
                let mut response = proxy.pass_through(request, url, came.from, lifeline).await;
                if let Some(under_way) = &mut under_way {
                    under_way.enter(Stage::Writing);
                }
                response.body_mut().set_under_way(under_way);
                return Ok(response);
            }
            Next::Refuse(status, message) => return Ok(refused(status, message)),
        };
        let waits_to_send = head.headers.contains_key(EXPECT);
        let body = read_body(body, waits_to_send, &self.limits, &self.all_bodies, &self.stop).await;
        if let Some(under_way) = &mut under_way {
            under_way.enter(Stage::Answering);
        }
        let number = self.recorder.arrived(arrived(received_at, came.scheme, via, &head, &body));
        let version = head.version;
        let Concluded { passed: Passed { mut answered, response }, injection } = match onward {
            // What is no whole request goes nowhere.
            Some((onward, upstream)) if self.refusal(&head, &body).is_none() => {
                self.pass(onward, upstream, head, body.bytes.clone(), lifeline).await
            }
            _ => self.judged(head, body, received_at).await,
        };
        injection.hold(&self.stop).await;
        injection.note(&mut answered);
        let response = match self.recorder.answered(number, answered).await {
            Ok(()) => response,
            Err(why) => self::response(error(503, &format!("The request could not be recorded: {why}"))),
        };
        let mut response = send(injection.sending(), response, version, under_way.as_ref())?;
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
        if self.mode.upstream().is_some() {
            // It may be a page of the server that the request is for.
            return None;
        }
        let words = format!("This page answers to {} only\n", self.printed.join(" and "));
        let mut response = Response::new(AnswerBody::whole(words));
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        Some(response)
    }

    /// The answer to a request. Judging a large batch may take seconds: that is not done on the
    /// threads that answer others.
    async fn judged(self: &Arc<Self>, head: Parts, body: Held, received_at: ReceivedAt) -> Concluded {
        let is_small = body.bytes.len() <= SMALL_BODY_BYTES && !head.headers.contains_key(CONTENT_ENCODING);
        if is_small {
            return self.judge(&head, &body, received_at);
        }
        let shared = Arc::clone(self);
        let judging = tokio::task::spawn_blocking(move || shared.judge(&head, &body, received_at));
        judging.await.unwrap_or_else(|_| failed())
    }

    fn judge(&self, head: &Parts, body: &Held, received_at: ReceivedAt) -> Concluded {
        let judging = AssertUnwindSafe(|| self.judge_unguarded(head, body, received_at));
        catch_unwind(judging).unwrap_or_else(|_| failed())
    }

    fn judge_unguarded(&self, head: &Parts, body: &Held, received_at: ReceivedAt) -> Concluded {
        if let Some(answer) = self.refusal(head, body) {
            return Concluded::by_collector(answer);
        }
        let encoding = content_encoding(&head.headers);
        match self.read(head.method.as_str(), head.uri.path(), &encoding, &body.bytes) {
            Ok(judged) => self.conclude(judged, received_at),
            Err(why) => undecodable(&why),
        }
    }

    /// The stand-in's answer, with what the faults make of it.
    fn conclude(&self, judged: Judged, received_at: ReceivedAt) -> Concluded {
        let opens = RequestFacts::of(&judged).opens;
        let mut faults = self.injecting.faults();
        let injection = faults.decide(&RequestFacts::of(&judged)).unwrap_or_default();
        let mut state = self.stand_in.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = conclude_with(&mut state, &self.policy, judged, received_at, &injection);
        if let Some(sid) = answer.sid().filter(|_| opens) {
            faults.opened(sid);
        }
        Concluded { passed: passed(answer, AnswerBy::StandIn), injection }
    }

    /// Passes a request on, and brings back the answer with what the faults make of it. What they refuse is not passed
    /// on.
    async fn pass(
        self: &Arc<Self>,
        onward: Onward,
        upstream: &Upstream,
        head: Parts,
        body: Bytes,
        lifeline: Lifeline,
    ) -> Concluded {
        let reading = self.read_aside(&head, body.clone());
        if self.injecting.faults().is_empty() {
            let (judged, mut passed) = tokio::join!(reading, onward.pass(upstream, head, body, lifeline));
            passed.answered.n_events = judged.map_or(0, |judged| judged.n_events);
            return Concluded { passed, injection: Injection::default() };
        }
        let judged = reading.await;
        let facts = judged.as_ref().map(RequestFacts::of);
        let decided = facts.and_then(|facts| self.injecting.faults().decide(&facts));
        let mut injection = decided.unwrap_or_default();
        let mut passed = match injection.refusal() {
            Some(answer) => passed(answer, AnswerBy::Collector),
            None => onward.pass(upstream, head, body, lifeline).await,
        };
        passed.answered.n_events = judged.as_ref().map_or(0, |judged| judged.n_events);
        injection.touch(&mut passed);
        if facts.is_some_and(|facts| facts.opens) {
            self.injecting.opened(&passed.response);
        }
        Concluded { passed, injection }
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

    /// What a request asks for that is passed on, if it can be read: nobody else looks at its body.
    fn read_aside(
        self: &Arc<Self>,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Option<Judged>> + use<> {
        let shared = Arc::clone(self);
        let encoding = content_encoding(&head.headers);
        let is_small = body.len() <= SMALL_BODY_BYTES && encoding.is_empty();
        let (method, path) = (head.method.clone(), head.uri.path().to_owned());
        let read = move || {
            let reading = AssertUnwindSafe(|| shared.read(method.as_str(), &path, &encoding, &body));
            catch_unwind(reading).ok().and_then(Result::ok)
        };
        async move { if is_small { read() } else { tokio::task::spawn_blocking(read).await.unwrap_or_default() } }
    }

    /// What becomes of a request.
    fn onward<'a>(&'a self, head: &Parts, came: &'a Came) -> Next<'a> {
        match &self.mode {
            Mode::StandIn => Next::Answer,
            Mode::Forward(forward) => match forward.url(head) {
                Some(url) => {
                    let onward = Onward { url, host: HostHeader::OfUrl, from: came.from };
                    Next::Pass(onward, &forward.upstream)
                }
                None => Next::Refuse(400, "This target cannot be passed on"),
            },
            Mode::Proxy(proxy) => match proxy.route(head, came.opened.as_deref(), came.from) {
                Route::Recorded(onward) => {
                    let own = came.opened.as_deref().and_then(Opened::upstream);
                    Next::Pass(onward, own.unwrap_or(&proxy.upstream))
                }
                Route::Through(url) => Next::Through(proxy, url),
                Route::Nowhere => Next::Refuse(421, "This is a proxy: set it as the proxy of the device"),
            },
        }
    }
}

/// What becomes of a request.
enum Next<'a> {
    /// The stand-in answers it.
    Answer,
    /// It is passed on and recorded.
    Pass(Onward, &'a Upstream),
    /// It is passed through and not recorded.
    Through(&'a Proxy, Uri),
    /// It is for nobody.
    Refuse(u16, &'static str),
}

/// What is to be answered.
struct Concluded {
    passed: Passed,
    injection: Injection,
}

impl Concluded {
    /// An answer of the collector itself, which no fault touches.
    fn by_collector(answer: Answer) -> Self {
        Self { passed: passed(answer, AnswerBy::Collector), injection: Injection::default() }
    }
}

fn passed(answer: Answer, by: AnswerBy) -> Passed {
    Passed { answered: answered(&answer, by), response: response(answer) }
}

fn failed() -> Concluded {
    Concluded::by_collector(error(500, "The request could not be judged"))
}

/// All codings, however many headers name them. A name that is no text is an unknown one.
fn content_encoding(headers: &HeaderMap) -> String {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.fold(None, |before, next| Some(joined(before, next))).unwrap_or_default().into_owned()
}

/// 415 with the codings that are known for one that is not (RFC 9110 section 15.5.16), 413 for a
/// bomb, 400 for bytes that are not what they are said to be.
fn undecodable(why: &CodingError) -> Concluded {
    let status = match why {
        CodingError::Unknown(_) | CodingError::TooMany => 415,
        CodingError::TooLarge(_) => 413,
        CodingError::Damaged(_) => 400,
    };
    let mut answer = error(status, &sentence(&why.to_string()));
    if status == 415 {
        answer.headers.push(("Accept-Encoding", "gzip, deflate, br, zstd".to_owned()));
    }
    Concluded::by_collector(answer)
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

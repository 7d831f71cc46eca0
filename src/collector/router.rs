//! The HTTP side of the collector: reads requests, asks the stand-in, records, answers.

use super::judge::{Request, judge};
use super::recorder::{AnswerBy, Answered, Arrived, Header, Recorder, Scheme, Via};
use super::stand_in::{Answer, StandInState, conclude, error};
use super::{CollectorConfig, STOP_GRACE, now, stopped};
use crate::model::clock::ReceivedAt;
use crate::model::policy::Policy;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts};
use axum::response::Response;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// So long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

struct Shared {
    stand_in: Mutex<StandInState>,
    policy: Policy,
    recorder: Arc<dyn Recorder>,
    max_body_bytes: usize,
    stop: watch::Receiver<bool>,
}

/// The service of a collector. `stop` ends bodies that are still arriving.
pub fn router(config: &CollectorConfig, recorder: Arc<dyn Recorder>, stop: watch::Receiver<bool>) -> Router {
    let shared = Shared {
        stand_in: Mutex::new(StandInState::new(now().0.cast_unsigned())),
        policy: config.policy.clone(),
        recorder,
        max_body_bytes: config.max_body_bytes,
        stop,
    };
    Router::new().fallback(handle).with_state(Arc::new(shared))
}

async fn handle(State(shared): State<Arc<Shared>>, request: axum::extract::Request) -> Response {
    let received_at = now();
    let (head, body) = request.into_parts();
    let (body, end) = read_body(body, &shared).await;
    let body = Bytes::from(body);
    let number = shared.recorder.arrived(Arrived {
        received_at,
        scheme: Scheme::Http,
        method: head.method.as_str().to_owned(),
        target: head.uri.to_string(),
        http_version: format!("{:?}", head.version),
        headers: headers(&head.headers),
        body: body.clone(),
        body_cut: end != BodyEnd::Whole,
        via: Via::StandIn,
    });
    // Judging a batch may take seconds: not on the threads that answer others.
    let judging = {
        let shared = Arc::clone(&shared);
        tokio::task::spawn_blocking(move || judge_whole(&shared, &head, &body, end, received_at))
    };
    let (answer, by) = judging
        .await
        .unwrap_or_else(|_| (error(500, "The request could not be judged"), AnswerBy::Collector));
    match shared.recorder.answered(number, answered(&answer, by)).await {
        Ok(()) => response(answer),
        Err(why) => response(error(503, &format!("The request could not be recorded: {why}"))),
    }
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyEnd {
    Whole,
    TooLarge,
    BrokenOff,
}

/// Reads a body, but keeps no more than the limit. What is too large is read to its end all the
/// same: a client that is still sending would not see the answer.
async fn read_body(mut body: Body, shared: &Shared) -> (Vec<u8>, BodyEnd) {
    let mut kept = Vec::new();
    let mut end = BodyEnd::Whole;
    let reading = async {
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let Ok(frame) = frame else {
                end = BodyEnd::BrokenOff;
                return;
            };
            let Some(data) = frame.data_ref() else { continue };
            let room = shared.max_body_bytes - kept.len();
            kept.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                end = BodyEnd::TooLarge;
            }
        }
    };
    let given_up = async {
        stopped(shared.stop.clone()).await;
        tokio::time::sleep(STOP_GRACE).await;
    };
    let finished = tokio::select! {
        () = reading => true,
        () = tokio::time::sleep(BODY_TIMEOUT) => false,
        () = given_up => false,
    };
    if !finished && end == BodyEnd::Whole {
        end = BodyEnd::BrokenOff;
    }
    (kept, end)
}

fn judge_whole(
    shared: &Shared,
    head: &Parts,
    body: &[u8],
    end: BodyEnd,
    received_at: ReceivedAt,
) -> (Answer, AnswerBy) {
    match end {
        BodyEnd::Whole => {
            let request = Request { method: head.method.as_str(), path: head.uri.path(), body };
            let judged = judge(&shared.policy, &request);
            let mut state = shared.stand_in.lock().unwrap_or_else(PoisonError::into_inner);
            (conclude(&mut state, &shared.policy, judged, received_at), AnswerBy::StandIn)
        }
        BodyEnd::TooLarge => {
            let message = format!("The body is larger than {} bytes", shared.max_body_bytes);
            (error(413, &message), AnswerBy::Collector)
        }
        BodyEnd::BrokenOff => (error(400, "The body broke off"), AnswerBy::Collector),
    }
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

fn headers(map: &HeaderMap) -> Vec<Header> {
    map.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect()
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            continue;
        };
        response.headers_mut().append(name, value);
    }
    response
}

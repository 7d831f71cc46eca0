//! Carries plans out: one request after the other, each reported as a [`Delivery`].
//!
//! Redirects are not followed, proxies of the environment are not used, nothing is sent twice.

use super::plan::{Plan, PlannedSend};
use super::refusal::Refusal;
use super::target::Target;
use crate::model::reason::Reason;
use reqwest::header::{HeaderName, HeaderValue, LOCATION};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// So much of an answer's body is kept, bytes.
pub const MAX_ANSWER_BYTES: usize = 4096;
/// So long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// So long an answer may take; the SDKs wait 5 s, a batch of a whole day may need more.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// What became of one planned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The target answered with this status.
    Answered(u16),
    /// It was sent, or tried, and no answer came: why.
    Failed(Reason),
    /// It was not sent: why.
    NotSent(Reason),
}

impl Outcome {
    /// True for an answer from 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Outcome::Answered(200..=299))
    }
}

/// The result of one planned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The number that `check` gives the session, from 1.
    pub session: u32,
    /// Zero-based index in the plan.
    pub index: usize,
    /// The address that was used.
    pub url: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The answer's body, at most [`MAX_ANSWER_BYTES`].
    pub answer: Vec<u8>,
    /// From sending to the end of the answer, milliseconds.
    pub took_millis: u64,
    /// The id that was put into the path, or that the answer handed out.
    pub sid: Option<String>,
}

impl Delivery {
    /// The `message` of the answer, or its text where it has none; empty without an answer.
    #[must_use]
    pub fn message(&self) -> String {
        let body = serde_json::from_slice::<serde_json::Value>(&self.answer).ok();
        if let Some(message) = body.as_ref().and_then(|body| body.get("message")?.as_str()) {
            return message.to_owned();
        }
        let text = String::from_utf8_lossy(&self.answer);
        // A long message was cut, and with it the JSON around it.
        text.strip_prefix("{\"message\":\"").unwrap_or(&text).to_owned()
    }
}

/// Why nothing can be sent.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SenderError(String);

/// How a sender sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    /// So long an answer may take.
    pub answer_timeout: Duration,
    /// Certificates in PEM that are trusted besides those of the system.
    pub roots_pem: Vec<u8>,
}

impl Default for Means {
    fn default() -> Self {
        Self { answer_timeout: ANSWER_TIMEOUT, roots_pem: Vec::new() }
    }
}

/// Sends to one target.
#[derive(Debug)]
pub struct Sender {
    client: reqwest::Client,
    target: Target,
}

impl Sender {
    /// A sender for this target, as patient as a batch of a whole day needs.
    ///
    /// # Errors
    /// When there are no root certificates on this machine and the target needs them.
    pub fn new(target: Target) -> Result<Sender, SenderError> {
        Sender::with(target, &Means::default())
    }

    /// A sender for this target by other means.
    ///
    /// # Errors
    /// Those of [`Self::new`], and certificates that cannot be read.
    pub fn with(target: Target, means: &Means) -> Result<Sender, SenderError> {
        let in_words =
            |error: reqwest::Error| SenderError(root_cause(&error).unwrap_or_else(|| error.to_string()));
        let roots = reqwest::Certificate::from_pem_bundle(&means.roots_pem).map_err(in_words)?;
        if roots.is_empty() && !means.roots_pem.is_empty() {
            return Err(SenderError("there is no certificate in the file to trust".to_owned()));
        }
        let loopback =
            [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            // The name is allowed because it means this machine: so it must, whatever a resolver says.
            .resolve_to_addrs("localhost", &loopback)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(means.answer_timeout);
        // Without certificates on the machine a client cannot be built; plain HTTP needs none.
        let builder = match target.is_plain() {
            true => builder.tls_certs_only([]),
            false => builder.tls_certs_merge(roots),
        };
        Ok(Sender { client: builder.build().map_err(in_words)?, target })
    }

    /// Carries out a plan and reports each request once, in order. Stops between two requests as
    /// soon as `cancel` is true; a request that is under way is waited for.
    ///
    /// The rest of a session is not sent when its start brings no id, or when a later request is
    /// answered 404 or 410: the id is no good any more.
    pub async fn carry_out(
        &self,
        plan: &Plan,
        mut cancel: watch::Receiver<bool>,
        mut report: impl FnMut(Delivery),
    ) {
        let started = tokio::time::Instant::now();
        let mut sid: Option<String> = None;
        let mut ended: Option<Reason> = None;
        for (index, send) in plan.sends.iter().enumerate() {
            if ended.is_none() {
                let due = started + Duration::from_millis(send.at_millis);
                if !due_before(due, &mut cancel).await {
                    ended = Some(cancelled());
                }
            }
            let path = send.path.with_sid(sid.as_deref().unwrap_or("{sid}"));
            let mut delivery = Delivery {
                session: plan.session,
                index,
                url: format!("{}{path}", self.target.base()),
                outcome: Outcome::NotSent(ended.clone().unwrap_or_else(cancelled)),
                answer: Vec::new(),
                took_millis: 0,
                sid: sid.clone(),
            };
            if ended.is_none() {
                self.deliver(send, &path, &mut delivery).await;
                ended = end_after(send, &delivery);
                sid.clone_from(&delivery.sid);
            }
            report(delivery);
        }
    }

    /// Sends one request and fills in what came of it.
    #[expect(clippy::disallowed_methods, reason = "the sender measures how long an answer took")]
    pub(super) async fn deliver(&self, send: &PlannedSend, path: &str, delivery: &mut Delivery) {
        let began = Instant::now();
        let request = match self.request(send, path) {
            Ok(request) => request,
            Err(why) => {
                delivery.outcome = Outcome::NotSent(why);
                return;
            }
        };
        delivery.url = request.url().to_string();
        match self.client.execute(request).await {
            Ok(mut response) => {
                delivery.outcome = Outcome::Answered(response.status().as_u16());
                if send.opens_session && response.status().is_success() {
                    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
                    delivery.sid = location.and_then(sid_in_location).map(str::to_owned);
                }
                // What is left of an answer that breaks off says enough: the status has come.
                while let Ok(Some(chunk)) = response.chunk().await {
                    let room = MAX_ANSWER_BYTES - delivery.answer.len();
                    delivery.answer.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if delivery.answer.len() == MAX_ANSWER_BYTES {
                        break;
                    }
                }
            }
            Err(error) => delivery.outcome = Outcome::Failed(in_words(&error)),
        }
        delivery.took_millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    }

    fn request(&self, send: &PlannedSend, path: &str) -> Result<reqwest::Request, Reason> {
        let no_address =
            |why: Refusal| Reason::new("why.no-path", [("path", path.to_owned())], why.to_string());
        let url = self.target.join(path).map_err(no_address)?;
        let method = reqwest::Method::from_bytes(send.method.as_bytes()).map_err(|_| {
            let english = format!("`{}` is no HTTP method", send.method);
            Reason::new("why.no-method", [("method", send.method.clone())], english)
        })?;
        let mut request = reqwest::Request::new(method, url);
        for (name, value) in &send.headers {
            let named = || [("name", name.clone())];
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                Reason::new("why.header-name", named(), format!("`{name}` is no name of a header"))
            })?;
            let value = HeaderValue::from_str(value).map_err(|_| {
                let english = format!("header `{name}` holds a character that cannot be sent");
                Reason::new("why.header-value", named(), english)
            })?;
            request.headers_mut().append(header, value);
        }
        *request.body_mut() = Some(send.body.clone().into());
        Ok(request)
    }
}

fn cancelled() -> Reason {
    Reason::new("why.cancelled", [], "cancelled")
}

/// Why the rest of the session is not sent after this delivery.
fn end_after(send: &PlannedSend, delivery: &Delivery) -> Option<Reason> {
    let answered = |status: &u16| [("status", status.to_string())];
    Some(match &delivery.outcome {
        Outcome::Answered(status) if send.opens_session && !(200..=299).contains(status) => {
            Reason::new("why.start-answered", answered(status), format!("the start was answered {status}"))
        }
        Outcome::Answered(_) if send.opens_session && delivery.sid.is_none() => {
            let english = "the start was answered without a session id in `Location`";
            Reason::new("why.start-without-id", [], english)
        }
        Outcome::Answered(status @ (404 | 410)) => {
            let english = format!("the session was answered {status}");
            Reason::new("why.session-answered", answered(status), english)
        }
        Outcome::Failed(_) | Outcome::NotSent(_) if send.opens_session => {
            Reason::new("why.start-unanswered", [], "the start was not answered")
        }
        _ => return None,
    })
}

/// Waits until `due`; false as soon as `cancel` is true.
pub(super) async fn due_before(due: tokio::time::Instant, cancel: &mut watch::Receiver<bool>) -> bool {
    let asked = async {
        // A sender that is gone can no longer cancel.
        if cancel.wait_for(|cancelled| *cancelled).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = asked => false,
        () = tokio::time::sleep_until(due) => true,
    }
}

/// The id in a `Location`, relative or absolute: the segment after `sessions/`.
fn sid_in_location(location: &str) -> Option<&str> {
    let (_, rest) = location.rsplit_once("/sessions/").or_else(|| location.split_once("sessions/"))?;
    rest.split(['/', '?', '#']).next().filter(|sid| !sid.is_empty())
}

/// An error of the client with its cause, without the address (which is reported beside it).
fn in_words(error: &reqwest::Error) -> Reason {
    let (key, english) = if error.is_timeout() {
        ("why.no-answer-in-time", "no answer in time")
    } else if error.is_connect() {
        ("why.no-connection", "no connection")
    } else {
        ("why.no-answer", "no answer")
    };
    let why = root_cause(error).unwrap_or_else(|| error.to_string());
    let english = format!("{english}: {why}");
    Reason::new(key, [("why", why)], english)
}

/// What lies at the bottom of an error.
fn root_cause(error: &reqwest::Error) -> Option<String> {
    let mut deepest = std::error::Error::source(error)?;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    Some(deepest.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_segment_after_sessions() {
        let table = [
            ("/api/v1/sessions/abc", Some("abc")),
            ("https://host/va/api/v1/sessions/abc?x=1", Some("abc")),
            ("/api/v1/sessions/abc/events", Some("abc")),
            ("sessions/abc", Some("abc")),
            ("/api/v1/sessions/", None),
            ("/elsewhere", None),
        ];
        for (location, sid) in table {
            assert_eq!(sid_in_location(location), sid, "{location}");
        }
    }

    #[test]
    fn the_message_of_an_answer_is_found_even_when_it_was_cut() {
        let table = [
            (r#"{"message":"/2/eventType: x"}"#, "/2/eventType: x"),
            (r#"{"message":"/2/eventType: x; /3"#, "/2/eventType: x; /3"),
            ("<html>", "<html>"),
            ("", ""),
        ];
        for (answer, message) in table {
            let delivery = Delivery {
                session: 1,
                index: 0,
                url: String::new(),
                outcome: Outcome::Answered(400),
                answer: answer.as_bytes().to_vec(),
                took_millis: 0,
                sid: None,
            };
            assert_eq!(delivery.message(), message);
        }
    }
}

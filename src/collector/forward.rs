//! Forward: a reverse proxy to a real collector. What the player sent goes on as it came, what the server answered
//! comes back as it came, and both are recorded. A failure of the server is told as one, and marked as ours.

use super::answer_body::AnswerBody;
use super::now;
use super::passing::{HostHeader, end_to_end, onward, upgrade};
use super::proxy::bridge;
use super::recorder::{AnswerBy, Answered, Header};
use super::stand_in::error;
use super::tunnel::Lifeline;
use super::upstream::{OnwardBody, Upstream, UpstreamError};
use crate::model::reason::Reason;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use url::Url;

/// So much of an answer is held back until it is recorded; more is passed on as it comes, and recorded as cut.
const MAX_HELD_BYTES: usize = 8 << 20;

/// Where requests are passed on to.
#[derive(Debug, Clone)]
pub struct Forward {
    /// Scheme, authority and what stands before every path, without a slash at its end.
    base: String,
    /// What passes them on.
    pub upstream: Upstream,
}

impl Forward {
    /// Passes on to `url`, in front of every path. That the user named it is the permission to send there.
    ///
    /// # Errors
    /// Why it is no address of a server.
    pub fn new(url: &str, upstream: Upstream) -> Result<Self, Reason> {
        let named = || [("url", url.to_owned())];
        let no_server = |english: String| Reason::new("why.no-server", named(), english);
        let parsed = Url::parse(url).map_err(|why| no_server(format!("`{url}` is no URL: {why}")))?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            let english = format!("`{url}` is no address of a server: write http://HOST or https://HOST");
            return Err(no_server(english));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            let english = "the address to forward to must not hold a user name or password";
            return Err(Reason::new("why.forward-credentials", [], english));
        }
        if parsed.query().is_some() || parsed.fragment().is_some() {
            let english = format!("`{url}` must end with its path: each request has a query of its own");
            return Err(Reason::new("why.forward-query", named(), english));
        }
        Ok(Self { base: parsed.as_str().trim_end_matches('/').to_owned(), upstream })
    }

    /// The URL that a request is passed on to: its path and query are not touched.
    #[must_use]
    pub fn url(&self, head: &Parts) -> Option<Uri> {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        // `OPTIONS *` asks the server as a whole.
        let path = if path == "*" { "/" } else { path };
        format!("{}{path}", self.base).parse().ok()
    }
}

/// A request that was passed on.
#[derive(Debug)]
pub struct Passed {
    /// What is recorded of its answer.
    pub answered: Answered,
    /// What goes back to the client.
    pub response: Response<AnswerBody>,
}

/// One request to pass on, with the address of its client.
#[derive(Debug)]
pub struct Onward {
    /// Where to.
    pub url: Uri,
    /// Which host the server is told.
    pub host: HostHeader,
    /// The client's address.
    pub from: Option<IpAddr>,
}

impl Onward {
    /// Passes a request on and brings its answer back, to be recorded before it goes out.
    pub async fn pass(self, upstream: &Upstream, mut head: Parts, body: Bytes, lifeline: Lifeline) -> Passed {
        let ours = head.extensions.remove::<hyper::upgrade::OnUpgrade>();
        let body = OnwardBody::new(Full::new(body).map_err(|never| match never {}));
        let request = onward(&head, body, self.url, self.host);
        let mut response = match upstream.ask(request, self.from).await {
            Ok(response) => response,
            Err(why) => return failed(&why),
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS && upgrade(response.headers()).is_some() {
            if let Some(ours) = ours {
                bridge(ours, hyper::upgrade::on(&mut response), lifeline);
            }
            let (head, _) = response.into_parts();
            let answered = answered(&head.status, &head.headers, Bytes::new());
            return Passed { answered, response: back(head, AnswerBody::whole(Bytes::new())) };
        }
        passed_back(response, upstream.patience().body).await
    }
}

/// Reads the answer's body, for a while, and makes of it what is recorded and what goes back.
async fn passed_back(response: Response<Incoming>, patience: Duration) -> Passed {
    let (head, mut body) = response.into_parts();
    let size = body.size_hint();
    let mut held = BytesMut::new();
    let rest = tokio::time::timeout(patience, hold(&mut body, &mut held)).await.unwrap_or(Rest::Comes);
    let bytes = held.freeze();
    let mut answered = answered(&head.status, &head.headers, bytes.clone());
    let rest = match rest {
        Rest::Comes => {
            answered.body_cut = true;
            On::Body(body)
        }
        Rest::Trailers(trailers) => On::Trailers(Some(trailers)),
        Rest::None => On::End,
        Rest::Broken(why) => {
            answered.body_cut = true;
            answered.failure = Some(format!("the server broke off its answer: {why}"));
            On::Broken { waited: false }
        }
    };
    let on = PassedBody { held: Some(bytes).filter(|bytes| !bytes.is_empty()), rest, size };
    Passed { answered, response: back(head, AnswerBody::passed(on.boxed_unsync())) }
}

/// What comes after the bytes of a body that were held back.
enum Rest {
    None,
    Trailers(HeaderMap),
    Comes,
    Broken(String),
}

async fn hold(body: &mut Incoming, held: &mut BytesMut) -> Rest {
    while held.len() < MAX_HELD_BYTES {
        match body.frame().await.map(|frame| frame.map(Frame::into_data)) {
            None => return Rest::None,
            Some(Ok(Ok(data))) => held.extend_from_slice(&data),
            Some(Ok(Err(other))) => {
                if let Ok(trailers) = other.into_trailers() {
                    return Rest::Trailers(trailers);
                }
            }
            Some(Err(why)) => return Rest::Broken(why.to_string()),
        }
    }
    Rest::Comes
}

/// The answer of a server on its way to the client.
struct PassedBody {
    held: Option<Bytes>,
    rest: On,
    /// What the server said of its length.
    size: SizeHint,
}

enum On {
    End,
    Trailers(Option<HeaderMap>),
    Body(Incoming),
    /// What was held goes out before the connection breaks.
    Broken {
        waited: bool,
    },
}

impl Body for PassedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if let Some(held) = this.held.take() {
            return Poll::Ready(Some(Ok(Frame::data(held))));
        }
        match &mut this.rest {
            On::End => Poll::Ready(None),
            On::Trailers(trailers) => {
                Poll::Ready(trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
            }
            On::Body(body) => Pin::new(body).poll_frame(cx).map_err(io::Error::other),
            On::Broken { waited: true } => Poll::Ready(Some(Err(io::Error::other("the server broke off")))),
            On::Broken { waited } => {
                *waited = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && matches!(self.rest, On::End | On::Trailers(None))
    }

    fn size_hint(&self) -> SizeHint {
        self.size
    }
}

/// The head of an answer as it goes back. With its extensions go the reason phrase and the case of the headers' names.
fn back(mut head: http::response::Parts, body: AnswerBody) -> Response<AnswerBody> {
    head.headers = end_to_end(&head.headers, &[]);
    head.version = Version::HTTP_11;
    Response::from_parts(head, body)
}

fn answered(status: &StatusCode, headers: &HeaderMap, body: Bytes) -> Answered {
    let header = |(name, value): (&HeaderName, &HeaderValue)| -> Header {
        (name.as_str().to_owned(), value.as_bytes().to_vec())
    };
    Answered {
        at: now(),
        status: Some(status.as_u16()),
        headers: headers.iter().map(header).collect(),
        body,
        body_cut: false,
        by: AnswerBy::Upstream,
        fault: None,
        failure: None,
        n_events: 0,
        first_fault: None,
    }
}

/// The answer of the collector where there is none of the server. `Proxy-Status` (RFC 9209) tells whose it is.
#[must_use]
pub fn failed(why: &UpstreamError) -> Passed {
    let answer = error(why.status(), &format!("Playtrace could not pass this on: {why}"));
    let mut response = Response::new(AnswerBody::whole(answer.body.clone()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let proxy_status = ("Proxy-Status", format!("playtrace; error={}", why.name()));
    for (name, value) in answer.headers.into_iter().chain([proxy_status]) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    let mut answered = answered(&response.status(), response.headers(), Bytes::from(answer.body));
    answered.by = AnswerBy::Collector;
    answered.failure = Some(why.to_string());
    Passed { answered, response }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collector::upstream::Patience;

    fn forward(url: &str) -> Result<Forward, Reason> {
        Forward::new(url, Upstream::new(Vec::new(), Patience::default()).expect("roots"))
    }

    #[test]
    fn paths_and_queries_go_behind_the_base_as_they_are() {
        for (base, asked, expected) in [
            ("http://a", "/api/v1/sessions", "http://a/api/v1/sessions"),
            ("https://a:8443/va/", "/api/v1/sessions?x=%2F&y", "https://a:8443/va/api/v1/sessions?x=%2F&y"),
            ("http://[::1]:1/x", "//double//..//%zz?", "http://[::1]:1/x//double//..//%zz?"),
            ("http://a", "http://b/absolute?q", "http://a/absolute?q"),
            ("http://a/x", "*", "http://a/x/"),
        ] {
            let request = http::Request::get(asked).body(()).expect("a request");
            let url = forward(base).expect("an address").url(&request.into_parts().0).expect("a URL");
            assert_eq!(url.to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_address_of_a_server_is_refused() {
        for url in
            ["", "a.example", "ftp://a", "http://", "http://u:p@a", "http://a?x", "http://a/#x", "file:///x"]
        {
            assert!(forward(url).is_err(), "{url}");
        }
    }
}

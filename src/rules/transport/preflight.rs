//! What browsers ask before they send JSON to another origin (`OPTIONS`), and the requests that never left because
//! of the answer.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::capture::Capture;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::model::headers::{allows_content_type, find};
use crate::model::id::{ExchangeId, SessionId};

/// Host, operation and session id: requests to one address share their preflights.
type Address = (u32, Endpoint, u32);

/// Preflights that led to nothing, and requests that failed because of them. Empty where no browser sent anything and
/// nothing failed.
#[derive(Debug, Default)]
pub(super) struct Preflights<'a> {
    /// Preflights whose answer a browser does not accept, and why; the request did not follow.
    pub refused: Vec<(Exchange<'a>, &'static str)>,
    /// Others after which nothing was sent to their address.
    pub lonely: Vec<Exchange<'a>>,
    /// Requests that failed, after which nothing was sent to their address, and that had a preflight or no body.
    pub lost: Vec<Exchange<'a>>,
    /// Requests that a preflight explains.
    explained: FxHashSet<ExchangeId>,
}

/// What was sent to one address.
#[derive(Debug, Default)]
struct Sent {
    /// Begin and end of each request that was answered, by begin.
    answered: Vec<(i64, i64)>,
    /// When preflights were sent, rising.
    preflights: Vec<i64>,
    /// When preflights were sent that the browser refused the answer to, rising.
    refused: Vec<i64>,
    /// End of the last request that was answered.
    last_answered: Option<i64>,
    /// End of the last request that failed.
    last_failed: Option<i64>,
}

/// A request follows its preflight within so long, microseconds.
const SOON: i64 = 5_000_000;
/// So far may the times of a preflight and of its request be apart in a recording, microseconds.
const SLACK: i64 = 50_000;

impl<'a> Preflights<'a> {
    /// Finds them. Costs one look at each request where no browser sent anything.
    pub fn of(capture: &'a Capture) -> Preflights<'a> {
        let (preflights, failed) = candidates(capture);
        let mut found = Preflights::default();
        if preflights.is_empty() && failed.is_empty() {
            return found;
        }
        let mut sent = sent_to(capture, &preflights, &failed);
        for preflight in preflights {
            let Some(sent) = sent.get_mut(&address(&preflight)) else { continue };
            let at = span(&preflight).0;
            if super::is_injected(&preflight) {
                sent.refused.push(at);
                continue;
            }
            if let Some(why) = refusal(&preflight).filter(|_| !sent.is_answered_around(at)) {
                sent.refused.push(at);
                found.refused.push((preflight, why));
            } else if !sent.goes_on_after(at) && asks_for_cors(&preflight) {
                found.lonely.push(preflight);
            }
        }
        for request in failed.into_iter().filter(|request| !super::is_injected(request)) {
            let Some(sent) = sent.get(&address(&request)) else { continue };
            let span = span(&request);
            let is_blocked = has_any(&sent.refused, span);
            let may_be_beacon = request.row().n_events == 0 || has_any(&sent.preflights, span);
            if is_blocked {
                found.explained.insert(request.id);
            } else if may_be_beacon && sent.last_answered.is_none_or(|end| end < span.0) {
                found.explained.insert(request.id);
                found.lost.push(request);
            }
        }
        found
    }

    /// True when a preflight says why the request failed (H020, H022).
    pub fn explain(&self, exchange: &Exchange<'_>) -> bool {
        self.explained.contains(&exchange.id)
    }
}

impl Sent {
    /// True when a request that was answered began soon after this moment, or was under way.
    fn is_answered_around(&self, at: i64) -> bool {
        let next = self.answered.partition_point(|(begin, _)| *begin < at);
        let follows = self.answered.get(next).is_some_and(|(begin, _)| *begin <= at.saturating_add(SOON));
        let before = next.checked_sub(1).and_then(|last| self.answered.get(last));
        follows || before.is_some_and(|(_, end)| end.saturating_add(SLACK) >= at)
    }

    /// True when a request, also one that failed, began after this moment or was under way.
    fn goes_on_after(&self, at: i64) -> bool {
        let last = self.last_answered.max(self.last_failed);
        last.is_some_and(|end| end.saturating_add(SLACK) >= at)
    }
}

/// True when one of these moments, rising, lies where the preflight of a request would: recorders note the begin of a
/// request before or after it.
fn has_any(moments: &[i64], (begin, end): (i64, i64)) -> bool {
    let first = moments.partition_point(|at| *at < begin.saturating_sub(SOON));
    moments.get(first).is_some_and(|at| *at <= end.saturating_add(SLACK))
}

fn address(exchange: &Exchange<'_>) -> Address {
    let row = exchange.row();
    (row.host, row.endpoint, row.path_sid)
}

/// Begin and end of a request, microseconds. Where times were not recorded its place in the file stands for them.
fn span(exchange: &Exchange<'_>) -> (i64, i64) {
    let begin = exchange.received_at().map_or(i64::from(exchange.id.0) * 1_000_000, |at| at.0);
    // a request of unknown duration may have taken a second
    let millis = Some(exchange.row().answered_after_millis).filter(|millis| *millis >= 0).unwrap_or(1000);
    (begin, begin.saturating_add(i64::from(millis) * 1000))
}

/// The preflights, and the requests that failed.
fn candidates(capture: &Capture) -> (Vec<Exchange<'_>>, Vec<Exchange<'_>>) {
    let [options, post] = ["OPTIONS", "POST"].map(|method| capture.names.find(method));
    let (mut preflights, mut failed) = (Vec::new(), Vec::new());
    for exchange in capture.all_exchanges() {
        let row = exchange.row();
        if !matches!(row.endpoint, Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded) {
            continue;
        }
        if row.status < 0 && Some(row.method) == post {
            failed.push(exchange);
        } else if options.is_some() && Some(row.method) == options {
            preflights.push(exchange);
        }
    }
    (preflights, failed)
}

/// What was sent to the addresses of these requests.
fn sent_to(
    capture: &Capture,
    preflights: &[Exchange<'_>],
    failed: &[Exchange<'_>],
) -> FxHashMap<Address, Sent> {
    let mut sent: FxHashMap<Address, Sent> = FxHashMap::default();
    for preflight in preflights {
        sent.entry(address(preflight)).or_default().preflights.push(span(preflight).0);
    }
    for request in failed {
        let sent = sent.entry(address(request)).or_default();
        sent.last_failed = sent.last_failed.max(Some(span(request).1));
    }
    for request in capture.all_exchanges().filter(|request| request.row().status > 0) {
        if let Some(sent) = sent.get_mut(&address(&request)).filter(|_| request.method() != "OPTIONS") {
            let span = span(&request);
            sent.answered.push(span);
            sent.last_answered = sent.last_answered.max(Some(span.1));
        }
    }
    sent.values_mut().for_each(|sent| {
        sent.answered.sort_unstable();
        sent.preflights.sort_unstable();
    });
    sent
}

/// True for the `OPTIONS` of a browser; a recording without headers says nothing against it.
fn asks_for_cors(preflight: &Exchange<'_>) -> bool {
    let headers = preflight.request_headers();
    headers.is_empty()
        || ["origin", "access-control-request-method"].iter().any(|name| find(&headers, name).is_some())
}

/// Why a browser does not accept the answer to its preflight; `None` when it does, or when too little was recorded.
fn refusal(preflight: &Exchange<'_>) -> Option<&'static str> {
    let row = preflight.row();
    let is_success = (200..300).contains(&row.status);
    if row.status <= 0
        || is_success && row.flags.has(ExchangeFlags::CORS_ALLOWED)
        || !asks_for_cors(preflight)
    {
        return None;
    }
    if !is_success {
        return Some("is no success");
    }
    let answer = preflight.answer_headers();
    if answer.is_empty() {
        return None;
    }
    if find(&answer, "access-control-allow-origin").is_none_or(|origin| origin.trim().is_empty()) {
        return Some("has no `Access-Control-Allow-Origin`");
    }
    let asked = preflight.request_headers();
    let asks_for_type = find(&asked, "access-control-request-headers").is_some_and(allows_content_type);
    let allowed = find(&answer, "access-control-allow-headers").is_some_and(allows_content_type);
    (asks_for_type && !allowed).then_some("does not allow the header `Content-Type`")
}

/// The session of an address: that of the events which were sent to it.
pub(super) fn session_of(exchange: &Exchange<'_>) -> Option<SessionId> {
    let sid = exchange.path_sid()?;
    let sessions = &exchange.capture.sessions;
    exchange.session().or_else(|| {
        let own = sessions.iter().rfind(|session| session.sid.as_deref() == Some(sid));
        own.map(|session| session.id)
    })
}

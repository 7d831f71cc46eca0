//! MC-H010.

use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange, ExchangeFlags};
use crate::model::table::EventFlags;
use crate::rules::batch;
use crate::rules::context::{SessionCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::rules::verdict::is_cut;

declare_rule! {
    /// ## What it checks
    ///
    /// The recorded answer agrees with what the schemas and the documented rules for batches say of the request: 2xx for
    /// what they accept, 400 for what they refuse. One finding per session for each of the two disagreements, with the
    /// number of requests. Disputed points follow the chosen schema set, and for batches the policy
    /// `downloaded-flag` (D9).
    ///
    /// ## Why it matters
    ///
    /// A 400 without a reason in the schema means that the back end knows something that the documents do not say: the
    /// event is missing from the reports, and its answer (H007) is the only hint. A 2xx for what should be refused is
    /// mostly a recording against a stand-in or a proxy, and hides that the real back end would collect nothing.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=400       # error: refused, info: verdict-differs
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping ph="9.5" status=400       # error: wrong-json-type, refused
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `mc-api-validate-reqs.md` (the schema decides).
    pub static VERDICT_DIFFERS = {
        code: "MC-H010",
        name: "verdict-differs",
        summary: "The server took what the schema refuses, or the reverse",
        family: Transport,
        level: Info,
        certainty: Advice,
        origin: Transport,
        companions: ["refused"],
        check: Check::Session(check),
    }
}

/// How the recorded answer differs from the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Differs {
    /// 2xx for what is refused by the documents.
    Taken,
    /// 400 for what they accept.
    Refused,
}

fn verdict_differs(cx: &SessionCx<'_>, first: &Exchange<'_>, differs: Differs, n: u32) -> Report {
    let status = first.row().status;
    let what = match differs {
        Differs::Taken => format!("the server answered {status} to a request that the documents refuse"),
        Differs::Refused => {
            format!("the server answered {status} to a request in which the documents find no fault")
        }
    };
    let others = match n {
        1 => String::new(),
        n => format!(" (and to {})", counted(n as usize - 1, "more request")),
    };
    let single = first.events().next().filter(|_| first.row().n_events == 1);
    cx.report_on_session(format!("{what}{others}")).exchange(Some(first.id)).event(single).count(n)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let mut met: [(Differs, Option<Exchange<'_>>, u32); 2] =
        [(Differs::Taken, None, 0), (Differs::Refused, None, 0)];
    for exchange in cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id)) {
        let Some(differs) = differs(cx, &exchange) else { continue };
        for (_, first, n) in met.iter_mut().filter(|(kind, ..)| *kind == differs) {
            first.get_or_insert(exchange);
            *n += 1;
        }
    }
    for (kind, first, n) in met {
        if let Some(first) = first {
            found.report(verdict_differs(cx, &first, kind, n));
        }
    }
}

fn differs(cx: &SessionCx<'_>, exchange: &Exchange<'_>) -> Option<Differs> {
    let row = exchange.row();
    let is_meant = matches!(row.endpoint, Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded);
    if !is_meant || row.n_events == 0 || row.flags.has(UNSURE) || super::is_injected(exchange) {
        return None;
    }
    match row.status {
        200..300 => is_faulty(cx, exchange).then_some(Differs::Taken),
        400 if exchange.method() == "POST" => {
            let is_good = !is_faulty(cx, exchange) && !is_misplaced(exchange) && !is_unsure(exchange);
            is_good.then_some(Differs::Refused)
        }
        _ => None,
    }
}

/// Of such a request too little is in the recording.
const UNSURE: ExchangeFlags = ExchangeFlags::BODY_MISSING.with(ExchangeFlags::DAMAGED);

/// True when the documents say that the API refuses it.
fn is_faulty(cx: &SessionCx<'_>, exchange: &Exchange<'_>) -> bool {
    exchange.events().any(|event| cx.refusals.is_refused(cx.capture, event))
        || exchange.endpoint() != Endpoint::Events && batch::fault(exchange, &cx.settings.policy).is_some()
}

/// True when it is refused for where it was sent (H011, H012, H013).
fn is_misplaced(exchange: &Exchange<'_>) -> bool {
    let mut events = exchange.events().filter_map(|event| exchange.capture.event(event));
    super::array_on_events::is_array_on_events(exchange)
        || super::event_on_sessions::misplaced(exchange).is_some()
        || events.any(|event| super::session_start_on_events::start_on_events(&event).is_some())
}

/// True when part of an event is not known.
fn is_unsure(exchange: &Exchange<'_>) -> bool {
    let mut events = exchange.events().filter_map(|event| exchange.capture.event(event));
    events.any(|event| event.row().flags.has(EventFlags::ELIDED) || is_cut(&event))
}

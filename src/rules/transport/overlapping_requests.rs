//! MC-H016.

use crate::declare_rule;
use crate::model::exchange::{Exchange, ExchangeFlags};
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A request of a session starts when the one before it was answered. One finding per session, at the first that
    /// did not wait, with their number. Less than *2 ms* is the resolution of recordings.
    ///
    /// ## Why it matters
    ///
    /// Requests that are under way together may arrive in another order than they were sent in. The back end sorts by `ts`
    /// within a few seconds, so the reports do not suffer unless `ts` are equal or an event is late (the O rules). Adobe's
    /// JavaScript SDK sends up to three queued events at once.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play answered=0.4
    /// +0.7 bitrateChange          # info: overlapping-requests
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play answered=0.1
    /// +0.7 bitrateChange
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's JavaScript SDK. How the back end sorts: `mc-api-ctrl-order.md`.
    pub static OVERLAPPING_REQUESTS = {
        code: "MC-H016",
        name: "overlapping-requests",
        summary: "A request starts before the one before it was answered",
        family: Transport,
        level: Info,
        certainty: Observed,
        origin: Transport,
        check: Check::Session(check),
    }
}

/// A request that did not wait, and for how long the answer to an earlier one was still out, microseconds.
struct Overlap<'a> {
    request: Exchange<'a>,
    earlier: Exchange<'a>,
    micros: i64,
}

fn overlapping_requests(cx: &SessionCx<'_>, first: &Overlap<'_>, n: u32) -> Report {
    let millis = number_text((first.micros as f64 / 1000.0).round());
    let others = match n {
        1 => String::new(),
        n => format!("; {} did not wait either", counted(n as usize - 1, "more request")),
    };
    let message = format!("this request starts {millis} ms before the answer to an earlier one came{others}");
    cx.report_on_session(message)
        .exchange(Some(first.request.id))
        .event(first.request.events().next())
        .related(first.earlier.events().next(), "not answered yet")
        .count(n)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let resolution = cx.settings.numbers.overlap_millis * 1000.0;
    let mut first = None::<Overlap<'_>>;
    let mut n = 0;
    let mut latest: Option<(i64, Exchange<'_>)> = None;
    for request in cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id)) {
        let Some(begin) = request.received_at() else { continue };
        if let Some((end, earlier)) = latest {
            let micros = end.saturating_sub(begin.0);
            if micros as f64 >= resolution {
                first.get_or_insert(Overlap { request, earlier, micros });
                n += 1;
            }
        }
        let millis = request.row().answered_after_millis;
        let end = begin.0.saturating_add(i64::from(millis) * 1000);
        let is_held = request.row().flags.has(ExchangeFlags::DELAY_INJECTED);
        if request.row().status > 0
            && millis >= 0
            && !is_held
            && latest.is_none_or(|(latest, _)| latest < end)
        {
            latest = Some((end, request));
        }
    }
    if let Some(first) = first {
        found.report(overlapping_requests(cx, &first, n));
    }
}

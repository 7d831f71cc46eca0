//! MC-H021.

use crate::declare_rule;
use crate::metrics::delay::Fall;
use crate::model::exchange::ExchangeFlags;
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Events arrive within *5 s* of their `ts`. Later ones whose delay falls from event to event, at least three in a row,
    /// waited in a queue of the client and were sent faster than they had happened. One finding for the run, at its
    /// first event. What even the quickest event of the session took is a clock that is behind, and not counted. A delay
    /// that stays is a clock that is off (T012), one that steps a clock that was set (T013), and a run that later events
    /// overtook is O002.
    ///
    /// ## Why it matters
    ///
    /// The device was offline for a while, or its network was too slow. The back end closes a session that sends nothing
    /// for ten minutes and then refuses what the queue still holds. What arrives before counts by its `ts`, but the
    /// reports show it late, and the number of concurrent viewers is too low for that time.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +20  ping recv=+60          # warn: delivered-late
    /// +30  ping recv=+60.1
    /// +40  ping recv=+60.2
    /// +50  ping recv=+60.3
    /// +60  ping recv=+60.4
    /// +65  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0.5 play
    /// +10..+60/10 ping
    /// +65  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's Android SDK after a time without network.
    pub static DELIVERED_LATE = {
        code: "MC-H021",
        name: "delivered-late",
        summary: "A queue of events that arrived late, one after the other",
        family: Transport,
        level: Warn,
        certainty: Observed,
        origin: Transport,
        check: Check::Session(check),
    }
}

fn delivered_late(cx: &SessionCx<'_>, fall: &Fall) -> Report {
    let message = format!(
        "{} from {} to {} arrived late, the first {} s and the last {} s after its `ts`: they waited in a queue of the \
         client",
        counted(fall.n_events as usize, "event"),
        cx.at(fall.from),
        cx.at(fall.to),
        number_text(tenths(fall.first_secs)),
        number_text(tenths(fall.last_secs)),
    );
    cx.report(fall.from, message).related(cx.id(fall.to), "the last of the queue")
}

fn tenths(secs: f64) -> f64 {
    (secs * 10.0).round() / 10.0
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for fall in cx.delay().falling.iter().filter(|fall| !was_overtaken(cx, fall) && !was_held(cx, fall)) {
        found.report(delivered_late(cx, fall));
    }
}

/// Clients wait so long before they send again what failed (Adobe's SDKs).
const RETRY_AFTER_SECS: f64 = 60.0;

/// True when an injected fault held up what was sent before the run: the queue is its doing.
fn was_held(cx: &SessionCx<'_>, fall: &Fall) -> bool {
    let Some(first) = cx.received_at(fall.from) else { return false };
    let any_fault = ExchangeFlags::ANSWER_INJECTED.with(ExchangeFlags::DELAY_INJECTED);
    let mut disturbed = cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id));
    disturbed.any(|exchange| {
        let row = exchange.row();
        let before_secs = exchange.received_at().map_or(-1.0, |at| first.secs_since(at));
        let lasted_secs = f64::from(row.answered_after_millis.max(0)) / 1000.0 + RETRY_AFTER_SECS;
        row.flags.has(any_fault) && (0.0..=fall.first_secs + lasted_secs).contains(&before_secs)
    })
}

/// True when a later event arrived before the run: the network was there, and the order of arrival is what is wrong
/// (O001, O002).
fn was_overtaken(cx: &SessionCx<'_>, fall: &Fall) -> bool {
    let arrivals = cx.received_at(fall.to.saturating_add(1)).zip(cx.received_at(fall.from));
    arrivals.is_some_and(|(next, first)| next < first)
}

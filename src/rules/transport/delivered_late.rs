//! MC-H021.

use crate::declare_rule;
use crate::metrics::delay::Fall;
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
    for fall in cx.delay().falling.iter().filter(|fall| !was_overtaken(cx, fall)) {
        found.report(delivered_late(cx, fall));
    }
}

/// True when a later event arrived before the run: the network was there, and the order of arrival is what is wrong
/// (O001, O002).
fn was_overtaken(cx: &SessionCx<'_>, fall: &Fall) -> bool {
    let arrivals = cx.received_at(fall.to.saturating_add(1)).zip(cx.received_at(fall.from));
    arrivals.is_some_and(|(next, first)| next < first)
}

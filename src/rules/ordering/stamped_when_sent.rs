//! MC-O012.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::session::Mode;
use crate::model::table::Event;
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::rules::transport::openings;

declare_rule! {
    /// ## What it checks
    ///
    /// The answer to `sessionStart` took longer than 1 s, and the first events after it, at least three of different types,
    /// share one `ts` and playhead that is not earlier than that answer, nor more than 0.25 s later; both are counted from the
    /// `sessionStart`. So they were queued for the answer, and stamped when they were sent.
    ///
    /// A tie that is older than the answer, or comes some time after it, is original: the events of one tick of the
    /// player (N1). Without arrival times,
    /// and without the time that the answer took, the rule is silent.
    ///
    /// ## Why it matters
    ///
    /// Events that wait for the session id must keep the `ts` and playhead of the moment they happened. Stamped at sending,
    /// the first seconds are squashed into one instant: ad and content time of the beginning are missing, and the order of
    /// the events is that of their arrival.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart answered=3
    /// +3.1  adBreakStart          # warn: stamped-when-sent
    /// +3.1  adStart
    /// +3.1  play
    /// +12   adComplete
    /// +12   adBreakComplete
    /// +12   play
    /// +22   ping
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart answered=3
    /// +0.1  adBreakStart recv=+3.1
    /// +0.1  adStart recv=+3.15
    /// +0.2  play recv=+3.2
    /// +10   ping
    /// +12   adComplete
    /// +12   adBreakComplete
    /// +12   play
    /// +22   ping
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-queuing.md` (queue with the original times). How it shows is advice, seen in the field: FP40.
    pub static STAMPED_WHEN_SENT = {
        code: "MC-O012",
        name: "stamped-when-sent",
        summary: "Events that waited for the session id are stamped when they were sent",
        family: Ordering,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
    }
}

/// Events that waited are sent so soon after the answer, seconds.
const AT_ONCE_SECS: f64 = 0.25;
/// So many events of different types make it plain.
const LEAST_TYPES: usize = 3;
/// So many of them are listed.
const MAX_RELATED: usize = 20;

fn stamped_when_sent(
    cx: &SessionCx<'_>,
    tied: &[Event<'_>],
    after_secs: f64,
    answer_secs: f64,
) -> Option<Report> {
    let first = tied.first()?;
    let message = format!(
        "`{}` and {} after it share one `ts` and playhead, {} s after the `sessionStart` whose answer took {} s: they \
         were stamped when they were sent",
        first.type_name(),
        counted(tied.len() - 1, "event"),
        number_text(after_secs),
        number_text(answer_secs),
    );
    let report = cx.report_on_session(message).event(Some(first.id));
    let report = report.exchange(first.exchange().map(|exchange| exchange.id)).pointer("/playerTime/ts");
    Some(
        tied.iter()
            .skip(1)
            .take(MAX_RELATED)
            .fold(report, |report, event| report.related(Some(event.id), "stamped alike")),
    )
}

/// How long the answer took that opened the session, seconds.
fn answer_secs(cx: &SessionCx<'_>) -> Option<f64> {
    let mut opened = openings(cx.capture, cx.session).filter(|exchange| exchange.status() == Some(201));
    let exchange = opened.find(|exchange| exchange.received_at().is_some())?;
    let millis = exchange.row().answered_after_millis;
    (millis >= 0).then(|| f64::from(millis) / 1000.0)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.mode != Mode::Online {
        return;
    }
    let slow_secs = cx.settings.numbers.stamped_when_sent_answer_secs;
    let Some(answer_secs) = answer_secs(cx).filter(|secs| *secs > slow_secs) else { return };
    let mut events = cx.session.by_arrival.iter().filter_map(|id| cx.capture.event(*id));
    let start = events.next().filter(|start| start.event_type() == Some(EventType::SessionStart));
    let Some(start_ts) = start.and_then(|start| start.ts()) else { return };
    let mut events = events.peekable();
    let Some((ts, playhead)) = events.peek().and_then(|first| first.ts().zip(first.playhead())) else {
        return;
    };
    let after_secs = ts.secs_since(start_ts);
    if !(answer_secs..=answer_secs + AT_ONCE_SECS).contains(&after_secs) {
        return;
    }
    let same = |event: &Event<'_>| event.ts() == Some(ts) && event.playhead() == Some(playhead);
    let tied: Vec<Event<'_>> = events.take_while(same).collect();
    let types: BTreeSet<&str> = tied.iter().filter_map(|event| Some(event.event_type()?.name())).collect();
    if types.len() >= LEAST_TYPES
        && let Some(report) = stamped_when_sent(cx, &tied, after_secs, answer_secs)
    {
        found.report(report);
    }
}

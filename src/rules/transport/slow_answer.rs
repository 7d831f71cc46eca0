//! MC-H017.

use crate::declare_rule;
use crate::model::exchange::{Exchange, ExchangeFlags};
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Each answer comes within *5 s*. One finding per session, at the slowest answer, with the number of slow ones.
    /// Requests that were never answered are H008 or K006.
    ///
    /// ## Why it matters
    ///
    /// Adobe's SDKs give up after five seconds and send the event again or drop it. What is sent again is counted twice
    /// (H015), and while a `sessionStart` waits all other events wait with it, so the reports show the view late or
    /// in part.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play answered=7.2      # info: slow-answer
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play answered=0.3
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: the time limit of Adobe's mobile SDKs.
    pub static SLOW_ANSWER = {
        code: "MC-H017",
        name: "slow-answer",
        summary: "An answer that took longer than SDKs wait",
        family: Transport,
        level: Info,
        certainty: Advice,
        origin: Transport,
        check: Check::Session(check),
    }
}

fn slow_answer(cx: &SessionCx<'_>, slowest: &Exchange<'_>, n_slow: u32) -> Report {
    let (secs, limit) = (secs_of(slowest), cx.settings.numbers.slow_answer_secs);
    let others = match n_slow - 1 {
        0 => String::new(),
        n => format!("; {} took longer too", counted(n as usize, "other answer")),
    };
    let message = format!(
        "the answer to this request took {} s, SDKs wait {} s{others}",
        number_text(secs),
        number_text(limit)
    );
    cx.report_on_session(message).exchange(Some(slowest.id)).event(slowest.events().next()).count(n_slow)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let limit = cx.settings.numbers.slow_answer_secs;
    let requests = cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id));
    let mut slow = (None::<Exchange<'_>>, 0);
    let is_slow = |exchange: &Exchange<'_>| {
        let row = exchange.row();
        row.status > 0 && secs_of(exchange) > limit && !row.flags.has(ExchangeFlags::DELAY_INJECTED)
    };
    for exchange in requests.filter(is_slow) {
        slow.1 += 1;
        if slow.0.is_none_or(|slowest| secs_of(&slowest) < secs_of(&exchange)) {
            slow.0 = Some(exchange);
        }
    }
    if let (Some(slowest), n_slow) = slow {
        found.report(slow_answer(cx, &slowest, n_slow));
    }
}

/// From the request to its answer; negative when not recorded.
fn secs_of(exchange: &Exchange<'_>) -> f64 {
    f64::from(exchange.row().answered_after_millis) / 1000.0
}

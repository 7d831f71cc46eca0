//! MC-B007.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::{SessionCx, clock_text, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Between two events of a downloaded session lie no more than 10 min (`limit-mins`).
    ///
    /// ## Why it matters
    ///
    /// An online session would have been closed by then. What the back end does with such a hole in a batch is not
    /// documented: it may close the session there and drop the rest.
    ///
    /// ## Example
    ///
    /// ```session
    /// @batch length=3600
    /// +0    sessionStart
    /// +0.1  play
    /// +20   pauseStart
    /// +900  play            # warn: long-silence-in-batch
    /// +910  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @batch length=3600
    /// +0    sessionStart
    /// +0.1  play
    /// +20   pauseStart
    /// +70..+870/50 ping
    /// +900  play
    /// +910  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: the time-out of `mc-api-timeout.md`, which speaks of online sessions.
    pub static LONG_SILENCE_IN_BATCH = {
        code: "MC-B007",
        name: "long-silence-in-batch",
        summary: "Over 10 minutes between two events of a downloaded session",
        family: Batch,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        companions: ["ping-late", "no-pings"],
        check: Check::Session(check),
    }
}

fn long_silence_in_batch(cx: &SessionCx<'_>, before: u32, after: u32, gap_secs: f64) -> Report {
    let (name, from, gap) = (cx.type_name(after), cx.at(before), clock_text(gap_secs));
    let numbers = &cx.settings.numbers;
    let limit = number_text(numbers.batch_silence_mins);
    let is_timed_out = gap_secs > numbers.silence_timeout_mins * 60.0;
    let online = if is_timed_out { ", and online the session would have been closed" } else { "" };
    let message =
        format!("`{name}` comes {gap} after the event before it ({from}): the limit is {limit} min{online}");
    cx.report(after, message).related(cx.id(before), "the last event before the silence")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !cx.session.mode.is_downloaded() {
        return;
    }
    let limit_secs = cx.settings.numbers.batch_silence_mins * 60.0;
    let mut before = None;
    for after in 0..cx.len() {
        let ts = cx.ts(after);
        let Some((from, to)) = std::mem::replace(&mut before, ts).zip(ts) else { continue };
        let gap_secs = to.secs_since(from);
        // Between two sessions nothing need be sent (B005).
        let is_in_one = cx.event_type(after) != Some(EventType::SessionStart);
        if is_in_one && gap_secs > limit_secs && super::is_plausible(from) && super::is_plausible(to) {
            found.report(long_silence_in_batch(cx, after - 1, after, gap_secs));
        }
    }
}

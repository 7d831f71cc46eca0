//! MC-L009.

use super::timed_out_at;
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::limits::{SECONDS_OF_DAY, YEAR_2000_MILLIS};
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::rules::time::{clock_was_set_between, ts_is_in_millis};

declare_rule! {
    /// ## What it checks
    ///
    /// From the first to the last `ts` of a session pass more than 24 h and 1 min. What comes after a silence of 10 min or
    /// a playhead that stood still for 30 is left to the rules that name it (L004, L005, B007), and so is a `ts` in another
    /// unit (T010, T011).
    ///
    /// ## Why it matters
    ///
    /// Adobe's SDKs end a session at 24 h and open a new one with `media.resume: true` (N16), and the developer pages tell
    /// clients of this API to do the same near that limit. Whether the back end itself closes such a session is not
    /// documented; if it does, everything from there on is dropped, and one endless session makes averages per session
    /// useless in any case.
    ///
    /// ## Example
    ///
    /// ```session
    /// @live
    /// +0    sessionStart
    /// +0    play
    /// +10..+86460/10 ping
    /// +86470 ping           # warn: session-over-24-hours
    /// +86475 sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @live
    /// +0    sessionStart
    /// +0    play
    /// +10..+86400/10 ping
    /// +86400.5 sessionEnd
    ///
    /// @live at=+86400.5 media.resume=true
    /// +0    sessionStart
    /// +0    play
    /// +10..+70/10 ping
    /// +75   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: Adobe's SDKs (N16); `implementation.md` of the developer pages.
    pub static SESSION_OVER_24_HOURS = {
        code: "MC-L009",
        name: "session-over-24-hours",
        summary: "A session lasts more than 24 hours",
        family: Lifecycle,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn session_over_24_hours(cx: &SessionCx<'_>, at: u32, last: u32) -> Report {
    let (name, time) = (cx.type_name(at), cx.at(at));
    let end = cx.at(last);
    cx.report(
        at,
        format!(
            "the session goes on beyond 24 h with `{name}` at {time} and lasts {end}: the SDKs end it there and open a \
             new one"
        ),
    )
    .related(cx.id(0), "the session begins here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let limit_secs = SECONDS_OF_DAY + cx.settings.numbers.over_24_hours_grace_mins * 60.0;
    let Some(start) = cx.ts(0).filter(|start| start.0 >= YEAR_2000_MILLIS) else { return };
    let end = timed_out_at(cx).unwrap_or_else(|| cx.len());
    let is_over = |ts: TsMillis| ts.secs_since(start) > limit_secs;
    let last = (1..end).rev().find(|at| cx.ts(*at).is_some());
    let Some(last) = last.filter(|last| cx.ts(*last).is_some_and(is_over)) else { return };
    if ts_is_in_millis(cx)
        && !clock_was_set_between(cx, 0, last)
        && let Some(at) = (1..=last).find(|at| cx.ts(*at).is_some_and(is_over))
    {
        found.report(session_over_24_hours(cx, at, last));
    }
}

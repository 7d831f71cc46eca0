//! MC-L013.

use super::has_unseen_events;
use crate::declare_rule;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A silence of more than 8 of the 10 minutes, or a playhead that stands still for more than 24 of the 30 minutes
    /// after which the back end closes a session (80 % of either). Where the session was closed, it is L004 or L005.
    ///
    /// Silent in a downloaded array, and for a silence in which the capture lacks a body.
    ///
    /// ## Why it matters
    ///
    /// Nothing is lost yet. But the session lives by chance: a viewer who comes back a little later finds it closed, and
    /// everything from there on is dropped. A ping timer that goes on in a pause keeps the first limit away; the second one
    /// the client has to watch itself.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=1200
    /// +0    sessionStart
    /// +560  play          # info: timeout-near
    /// +570  ping
    /// +580  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=1200
    /// +0    sessionStart
    /// +10..+550/10 ping
    /// +560  play
    /// +570  ping
    /// +580  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice. The limits are documented: `mc-api-timeout.md`.
    pub static TIMEOUT_NEAR = {
        code: "MC-L013",
        name: "timeout-near",
        summary: "A silence, or a still playhead, for which the back end nearly closed the session",
        family: Lifecycle,
        level: Info,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn timeout_near(cx: &SessionCx<'_>, odd: &Oddity) -> Option<Report> {
    let since = odd.related?;
    let (name, time) = (cx.type_name(odd.at), cx.at(odd.at));
    let secs = number_text(cx.ts(odd.at)?.secs_since(cx.ts(since)?));
    let numbers = &cx.settings.numbers;
    let report = if odd.kind == OddityKind::NearSilence {
        let limit = number_text(numbers.silence_timeout_mins);
        let message = format!(
            "`{name}` at {time} comes after {secs} s without any event: after {limit} min the session would have \
             been closed"
        );
        cx.report(odd.at, message).related(cx.id(since), "last event before the silence")
    } else {
        let limit = number_text(numbers.still_playhead_timeout_mins);
        let message = format!(
            "at `{name}` at {time} the playhead has stood still for {secs} s: after {limit} min the session is closed"
        );
        cx.report(odd.at, message).related(cx.id(since), "the playhead came to stand here")
    };
    Some(report)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.mode.is_downloaded() {
        return;
    }
    let closed =
        |since: Option<u32>| cx.lanes.odd(OddityKind::AfterStillPlayhead).any(|odd| odd.related == since);
    for odd in &cx.lanes.oddities {
        let is_near = match odd.kind {
            OddityKind::NearSilence => !has_unseen_events(cx),
            OddityKind::NearStillPlayhead => !closed(odd.related),
            _ => continue,
        };
        if is_near && let Some(report) = timeout_near(cx, odd) {
            found.report(report);
        }
    }
}

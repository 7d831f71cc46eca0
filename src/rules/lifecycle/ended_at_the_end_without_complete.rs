//! MC-L007.

use super::{has_unseen_events, recorded_length_secs, timed_out_at};
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::model::session::Ending;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `sessionEnd` comes when the playhead stands within 5 % of the end of recorded content, and no `sessionComplete` was
    /// sent. Silent where the length or the playhead is in the wrong unit (T008, T020), where the back end had closed the
    /// session before, where a client closes it after 30 min of pause, and where the capture lacks a body.
    ///
    /// ## Why it matters
    ///
    /// The session is closed, but the content does not count as completed: completes and completion rate are too low. A
    /// viewer who leaves in the last minute is rightly counted so; a player that never sends `sessionComplete` is not.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+50/10 ping
    /// +60  sessionEnd      # warn: ended-at-the-end-without-complete
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+50/10 ping
    /// +60  sessionComplete
    /// +60  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session/overview.md` (`sessionComplete`, then `sessionEnd`), `content-completes.md`.
    pub static ENDED_AT_THE_END_WITHOUT_COMPLETE = {
        code: "MC-L007",
        name: "ended-at-the-end-without-complete",
        summary: "`sessionEnd` at the end of the content, without `sessionComplete`",
        family: Lifecycle,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Session(check),
        fix: fix,
    }
}

fn ended_at_the_end_without_complete(cx: &SessionCx<'_>, end: u32, playhead: f64, length: f64) -> Report {
    cx.report(
        end,
        format!(
            "`sessionEnd` at {} comes with the playhead at {} s of {} s and without `sessionComplete`: the content \
             does not count as completed",
            cx.at(end),
            number_text(playhead),
            number_text(length),
        ),
    )
    .pointer("/eventType")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.ending != Ending::Ended || timed_out_at(cx).is_some() || has_unseen_events(cx) {
        return;
    }
    let end = cx.lanes.contexts.partition_point(|context| !context.ended());
    let end = u32::try_from(end).unwrap_or(u32::MAX);
    let Some(playhead) = cx.playhead(end).map(|playhead| playhead.0) else { return };
    let Some(length) = recorded_length_secs(cx) else { return };
    let near_secs = length * cx.settings.numbers.at_the_end_percent / 100.0;
    if (length - playhead).abs() <= near_secs && !is_end_of_long_pause(cx, end) {
        found.report(ended_at_the_end_without_complete(cx, end, playhead, length));
    }
}

/// The client closed the session itself after a pause of 30 min (N15).
fn is_end_of_long_pause(cx: &SessionCx<'_>, end: u32) -> bool {
    let still = cx.lanes.odd(OddityKind::NearStillPlayhead).last().and_then(|odd| odd.related);
    let limit_secs = cx.settings.numbers.still_playhead_timeout_mins * 60.0;
    still.is_some_and(|since| {
        let secs = cx.ts(since).zip(cx.ts(end)).map(|(since, end)| end.secs_since(since));
        cx.playhead(since) == cx.playhead(end) && secs.is_some_and(|secs| secs >= limit_secs)
    })
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.insert(EventType::SessionComplete, cx.event()?, Side::Before)?;
    Fix::proposed("Insert `sessionComplete` before the `sessionEnd`", edits)
}

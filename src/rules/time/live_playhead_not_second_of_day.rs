//! MC-T009.

use super::live::is_beyond_the_day;
use super::mending::reposition;
use super::{place_text, ts_is_in_millis};
use crate::declare_rule;
use crate::model::limits::SECONDS_OF_DAY;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The playhead of live content is the second of the UTC day, 0 to 86,399; or it counts from 0, and `media.length`
    /// says how long the programme is. The rule fires once per session when a playhead is 86,400 or more and not within
    /// such a length. A playhead within a day of `ts` is named for what it is: seconds (or milliseconds) since 1970.
    ///
    /// Silent when the playhead runs in milliseconds (`playhead-in-milliseconds`).
    ///
    /// ## Why it matters
    ///
    /// The back end takes the playhead of live content for a time of the day. With another number the session's time
    /// spent has been seen to come out as 00:00:00, and content segments fall outside the day.
    ///
    /// ## Example
    ///
    /// ```session
    /// @live
    /// +0   sessionStart
    /// +0   play ph=1704196800 # warn: live-playhead-not-second-of-day
    /// +10  ping ph=1704196810
    /// +20  sessionEnd ph=1704196820
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @live
    /// +0   sessionStart
    /// +0   play ph=43200
    /// +10  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sessions-req.md` (live: the current second of the day). Seen in the field: FP13.
    pub static LIVE_PLAYHEAD_NOT_SECOND_OF_DAY = {
        code: "MC-T009",
        name: "live-playhead-not-second-of-day",
        summary: "The playhead of live content is no second of the day",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn live_playhead_not_second_of_day(cx: &SessionCx<'_>, first: u32) -> Option<Report> {
    let playhead = cx.playhead(first)?.0;
    let epoch = epoch_text(cx, first, playhead);
    let message = format!(
        "the playhead of {} is {}{epoch}: live content is asked to send the second of the UTC day, below 86400",
        place_text(cx, first),
        number_text(playhead),
    );
    Some(cx.report(first, message).pointer("/playerTime/playhead"))
}

/// Says so when the playhead is the time since 1970.
fn epoch_text(cx: &SessionCx<'_>, at: u32, playhead: f64) -> &'static str {
    let Some(ts) = cx.ts(at).filter(|_| ts_is_in_millis(cx)) else { return "" };
    let now = ts.0 as f64 / 1000.0;
    if (playhead - now).abs() <= SECONDS_OF_DAY {
        ", which looks like seconds since 1970"
    } else if (playhead / 1000.0 - now).abs() <= SECONDS_OF_DAY {
        ", which looks like milliseconds since 1970"
    } else {
        ""
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let drift = cx.drift();
    let leaves = drift.highest.is_some_and(|highest| is_beyond_the_day(cx, highest.playhead));
    if !cx.session.content.live || !leaves || drift.in_millis.is_some() {
        return;
    }
    let is_first = |at: &u32| {
        let before = cx.before(*at);
        let counts = !before.in_break() && !before.in_stray_ad();
        counts && cx.playhead(*at).is_some_and(|playhead| is_beyond_the_day(cx, playhead.0))
    };
    // The opening event may say where a player stood before it knew.
    let first = (1..cx.len()).find(is_first);
    if let Some(report) = first.and_then(|first| live_playhead_not_second_of_day(cx, first)) {
        found.report(report);
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let first = cx.at()?;
    // Only a time since 1970 tells which second of the day is meant.
    let is_epoch = |playhead: f64| !epoch_text(cx.session, first, playhead).is_empty();
    let per_second = if is_epoch_secs(cx, first)? { 1.0 } else { 1000.0 };
    let edits = reposition(cx, |_, playhead| {
        let is_time = is_beyond_the_day(cx.session, playhead) && is_epoch(playhead);
        is_time.then(|| (playhead / per_second).rem_euclid(SECONDS_OF_DAY))
    });
    Fix::proposed("Send the second of the UTC day as the playhead", edits)
}

/// True for seconds since 1970, false for milliseconds.
fn is_epoch_secs(cx: &FixCx<'_>, at: u32) -> Option<bool> {
    Some((cx.session.playhead(at)?.0 - cx.session.ts(at)?.0 as f64 / 1000.0).abs() <= SECONDS_OF_DAY)
}

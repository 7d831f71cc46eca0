//! Family L, lifecycle: start, end, time-outs, events after the end, sessions that follow one another.

use super::context::{SessionCx, SessionsCx, counted};
use super::rule::Rule;
use super::time::is_length_in_millis;
use super::time::{Unseen, clock_was_set_between};
use crate::metrics::ads;
use crate::model::clock::TsMillis;
use crate::model::exchange::ExchangeFlags;
use crate::model::machine::{Oddity, OddityKind};
use crate::model::session::Ending;

mod completed_far_from_the_end;
mod ended_at_the_end_without_complete;
mod event_after_session_complete;
mod event_after_session_end;
mod event_after_silence_timeout;
mod event_after_still_playhead_timeout;
mod missing_session_start;
mod never_played;
mod resume_flag_missing;
mod resume_flag_wrong;
mod second_session_start;
mod session_never_ended;
mod session_over_24_hours;
mod session_restarted_on_return;
mod session_started_twice;
mod timeout_near;

pub(super) use second_session_start::is_second_start;
pub(super) use session_started_twice::is_stub;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &missing_session_start::MISSING_SESSION_START,
    &second_session_start::SECOND_SESSION_START,
    &event_after_session_end::EVENT_AFTER_SESSION_END,
    &event_after_silence_timeout::EVENT_AFTER_SILENCE_TIMEOUT,
    &event_after_still_playhead_timeout::EVENT_AFTER_STILL_PLAYHEAD_TIMEOUT,
    &session_never_ended::SESSION_NEVER_ENDED,
    &ended_at_the_end_without_complete::ENDED_AT_THE_END_WITHOUT_COMPLETE,
    &completed_far_from_the_end::COMPLETED_FAR_FROM_THE_END,
    &session_over_24_hours::SESSION_OVER_24_HOURS,
    &session_restarted_on_return::SESSION_RESTARTED_ON_RETURN,
    &never_played::NEVER_PLAYED,
    &event_after_session_complete::EVENT_AFTER_SESSION_COMPLETE,
    &timeout_near::TIMEOUT_NEAR,
    &resume_flag_missing::RESUME_FLAG_MISSING,
    &resume_flag_wrong::RESUME_FLAG_WRONG,
    &session_started_twice::SESSION_STARTED_TWICE,
];

/// "it is" or "it and 3 later events are": what is lost of a session that was closed before `at`.
pub(super) fn lost_text(cx: &SessionCx<'_>, at: u32) -> String {
    match cx.len().saturating_sub(at) {
        0 | 1 => "it is".to_owned(),
        n => format!("it and {} are", counted(n as usize - 1, "later event")),
    }
}

/// Where the back end closed the session for silence or for a still playhead: the first event after that.
fn timed_out_at(cx: &SessionCx<'_>) -> Option<u32> {
    let closes =
        |kind: &OddityKind| matches!(kind, OddityKind::AfterSilence | OddityKind::AfterStillPlayhead);
    cx.lanes.oddities.iter().find(|odd| closes(&odd.kind) && is_real_time_out(cx, odd)).map(|odd| odd.at)
}

/// The first event after a silence for which the back end closed the session.
pub(super) fn closed_by_silence(cx: &SessionCx<'_>) -> Option<u32> {
    let mut silences = cx.lanes.odd(OddityKind::AfterSilence).filter(|_| !cx.session.mode.is_downloaded());
    silences.find(|odd| is_real_time_out(cx, odd)).map(|odd| odd.at)
}

/// False where the clock was set (T013), or where requests whose body was not captured may have ended the silence or
/// moved the playhead.
fn is_real_time_out(cx: &SessionCx<'_>, odd: &Oddity) -> bool {
    odd.related.is_none_or(|since| {
        !clock_was_set_between(cx, since, odd.at) && !Unseen::of(cx).may_lie_between(cx, since, odd.at)
    })
}

/// True when the capture lacks events of the session, or cannot tell what they are: what is missing there was not
/// seen, which is no fault of the player.
pub(super) fn has_unseen_events(cx: &SessionCx<'_>) -> bool {
    let partly = ExchangeFlags::BODY_MISSING.with(ExchangeFlags::DAMAGED);
    let mut exchanges = cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id));
    cx.session.begins_late || exchanges.any(|exchange| exchange.row().flags.has(partly))
}

/// The first `play` outside an ad break: what counts as content start.
pub(super) fn first_main_play(cx: &SessionCx<'_>) -> Option<u32> {
    ads::first_main_play(cx.capture, cx.session, cx.lanes)
}

/// Length of recorded content in seconds; `None` for live content, without a length, and where it (T020) or the
/// playhead (T008) is in milliseconds.
fn recorded_length_secs(cx: &SessionCx<'_>) -> Option<f64> {
    let length = cx.session.content.length_secs.filter(|secs| secs.is_finite() && *secs > 0.0)?;
    let in_millis = cx.drift().in_millis.is_some() || is_length_in_millis(cx);
    (!cx.session.content.live && !in_millis).then_some(length)
}

/// True when the back end had closed the session by then, if nothing more came: after 10 min of silence, or 30 with a
/// playhead that stands still.
pub(super) fn had_expired(cx: &SessionCx<'_>, then: TsMillis) -> bool {
    let numbers = &cx.settings.numbers;
    let longer =
        |since: Option<TsMillis>, mins: f64| since.is_some_and(|since| then.secs_since(since) >= mins * 60.0);
    let last = (0..cx.len()).rev().find_map(|at| cx.ts(at));
    timed_out_at(cx).is_some()
        || longer(last, numbers.silence_timeout_mins)
        || longer(still_since(cx), numbers.still_playhead_timeout_mins)
}

/// Since when the playhead has stood where it stands at the end of the session.
fn still_since(cx: &SessionCx<'_>) -> Option<TsMillis> {
    let last = (0..cx.len()).rev().find_map(|at| cx.playhead(at))?;
    let stands = |at: &u32| cx.playhead(*at).is_none_or(|playhead| playhead == last);
    (0..cx.len()).rev().take_while(stands).filter_map(|at| cx.ts(at)).last()
}

/// True for a session that starts although the one before it of the same media and viewer is still open (L010).
fn restarts(cx: &SessionsCx<'_>, number: usize) -> bool {
    let Some(viewing) = cx.viewings().get(number).filter(|viewing| viewing.twin.is_none()) else {
        return false;
    };
    let before = viewing.before.and_then(|before| Some((cx.session(before)?, cx.viewings().get(before)?)));
    let Some((earlier, of_earlier)) = before.filter(|(_, before)| before.twin.is_none()) else {
        return false;
    };
    let downloaded = cx.session(number).is_none_or(|later| later.session.mode.is_downloaded());
    let ended = matches!(earlier.session.ending, Ending::Completed | Ending::Ended);
    let secs = viewing.secs_after(of_earlier);
    let soon = secs.is_some_and(|secs| secs <= cx.settings.numbers.restarted_within_mins * 60.0);
    soon && !ended
        && !downloaded
        && !earlier.session.mode.is_downloaded()
        && !was_told_that_it_is_closed(&earlier)
        && viewing.start().is_some_and(|start| !had_expired(&earlier, start))
}

/// True when an answer said that there is no such session (any more).
fn was_told_that_it_is_closed(cx: &SessionCx<'_>) -> bool {
    let mut answers = cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id)?.status());
    answers.any(|status| matches!(status, 404 | 410))
}

/// Where the main content starts: the playhead of the `sessionStart`, or of the first `play` where the client has
/// learnt it only then (N5). `None` without a `play`.
fn start_playhead(cx: &SessionCx<'_>) -> Option<f64> {
    let play = cx.playhead(first_main_play(cx)?)?.0;
    Some(cx.playhead(0)?.0.max(play))
}

//! Family L, lifecycle: start, end, time-outs, events after the end, sessions that follow one another.

use super::context::{SessionCx, counted};
use super::rule::Rule;
use crate::metrics::ads;
use crate::model::exchange::ExchangeFlags;
use crate::model::machine::OddityKind;

mod completed_far_from_the_end;
mod ended_at_the_end_without_complete;
mod event_after_session_complete;
mod event_after_session_end;
mod event_after_silence_timeout;
mod event_after_still_playhead_timeout;
mod missing_session_start;
mod never_played;
mod second_session_start;
mod session_never_ended;
mod session_over_24_hours;
mod timeout_near;

pub(super) use second_session_start::is_second_start;

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
    &never_played::NEVER_PLAYED,
    &event_after_session_complete::EVENT_AFTER_SESSION_COMPLETE,
    &timeout_near::TIMEOUT_NEAR,
];

/// "it is" or "it and 3 later events are": what is lost of a session that was closed before `at`.
fn lost_text(cx: &SessionCx<'_>, at: u32) -> String {
    match cx.len().saturating_sub(at) {
        0 | 1 => "it is".to_owned(),
        n => format!("it and {} are", counted(n as usize - 1, "later event")),
    }
}

/// Where the back end closed the session for silence or for a still playhead: the first event after that.
fn timed_out_at(cx: &SessionCx<'_>) -> Option<u32> {
    let closes =
        |kind: &OddityKind| matches!(kind, OddityKind::AfterSilence | OddityKind::AfterStillPlayhead);
    cx.lanes.oddities.iter().find(|odd| closes(&odd.kind)).map(|odd| odd.at)
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

/// Length of recorded content in seconds; `None` for live content, without a length, and where it looks like
/// milliseconds (T020) or the playhead does (T008).
fn recorded_length_secs(cx: &SessionCx<'_>, playhead: f64) -> Option<f64> {
    let length = cx.session.content.length_secs.filter(|secs| secs.is_finite() && *secs > 0.0)?;
    let in_millis = playhead > 1.0 && length >= IN_MILLIS * playhead;
    (!cx.session.content.live && !in_millis && cx.drift().in_millis.is_none()).then_some(length)
}

/// A length so many times the playhead of the completion looks like milliseconds (FP11).
const IN_MILLIS: f64 = 500.0;

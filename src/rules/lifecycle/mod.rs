//! Family L, lifecycle: start, end, time-outs, events after the end.

use super::rule::Rule;

mod event_after_session_complete;
mod event_after_session_end;
mod event_after_silence_timeout;
mod missing_session_start;
mod second_session_start;
mod session_never_ended;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &missing_session_start::MISSING_SESSION_START,
    &second_session_start::SECOND_SESSION_START,
    &event_after_session_end::EVENT_AFTER_SESSION_END,
    &event_after_silence_timeout::EVENT_AFTER_SILENCE_TIMEOUT,
    &session_never_ended::SESSION_NEVER_ENDED,
    &event_after_session_complete::EVENT_AFTER_SESSION_COMPLETE,
];

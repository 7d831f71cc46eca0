//! Family T, time: playhead against `ts`, jumps, ping cadence.
//!
//! The numbers come from [`crate::metrics::drift`] and [`crate::metrics::cadence`], measured once per session. What
//! one rule must know of another's cause is asked here, never read from findings.

use super::context::{SessionCx, clock_text, counted, number_text};
use super::rule::Rule;
use crate::metrics::cadence::Gap;
use crate::metrics::drift::Step;
use crate::model::clock::{ReceivedAt, TsMillis};
use crate::model::event_type::EventType;
use crate::model::exchange::ExchangeFlags;
use crate::model::limits::YEAR_2000_MILLIS;
use crate::model::machine::Playback;

mod ad_ping_cadence_mixed;
mod clock_jump;
mod content_start_delayed;
mod jump_without_seek;
mod length_in_milliseconds;
mod length_of_the_pre_roll;
mod live;
mod live_playhead_in_local_time;
mod live_playhead_is_edge_distance;
mod live_playhead_not_second_of_day;
mod mending;
mod no_pings;
mod no_pings_in_pause;
mod ping_late;
mod ping_too_often;
mod playhead_drift;
mod playhead_in_milliseconds;
mod playhead_moves_in_ad;
mod playhead_moves_in_buffer;
mod playhead_moves_in_pause;
mod playhead_past_length;
mod playhead_stuck;
mod seek_position_late;
mod ts_far_from_arrival;
mod ts_in_microseconds;
mod ts_in_seconds;
mod waits;

pub(super) use length_in_milliseconds::is_length_in_millis;
pub(super) use no_pings::play_without_pings;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &playhead_drift::PLAYHEAD_DRIFT,
    &playhead_moves_in_pause::PLAYHEAD_MOVES_IN_PAUSE,
    &playhead_moves_in_buffer::PLAYHEAD_MOVES_IN_BUFFER,
    &playhead_moves_in_ad::PLAYHEAD_MOVES_IN_AD,
    &jump_without_seek::JUMP_WITHOUT_SEEK,
    &playhead_stuck::PLAYHEAD_STUCK,
    &playhead_past_length::PLAYHEAD_PAST_LENGTH,
    &playhead_in_milliseconds::PLAYHEAD_IN_MILLISECONDS,
    &live_playhead_not_second_of_day::LIVE_PLAYHEAD_NOT_SECOND_OF_DAY,
    &ts_in_seconds::TS_IN_SECONDS,
    &ts_in_microseconds::TS_IN_MICROSECONDS,
    &ts_far_from_arrival::TS_FAR_FROM_ARRIVAL,
    &clock_jump::CLOCK_JUMP,
    &ping_late::PING_LATE,
    &ping_too_often::PING_TOO_OFTEN,
    &ad_ping_cadence_mixed::AD_PING_CADENCE_MIXED,
    &no_pings::NO_PINGS,
    &no_pings_in_pause::NO_PINGS_IN_PAUSE,
    &content_start_delayed::CONTENT_START_DELAYED,
    &length_in_milliseconds::LENGTH_IN_MILLISECONDS,
    &length_of_the_pre_roll::LENGTH_OF_THE_PRE_ROLL,
    &live_playhead_in_local_time::LIVE_PLAYHEAD_IN_LOCAL_TIME,
    &live_playhead_is_edge_distance::LIVE_PLAYHEAD_IS_EDGE_DISTANCE,
    &seek_position_late::SEEK_POSITION_LATE,
];

/// True when differences of `ts` are milliseconds (else T010 or T011 speaks).
pub(super) fn ts_is_in_millis(cx: &SessionCx<'_>) -> bool {
    cx.cadence().ts_is_in_millis()
}

/// True when playhead and `ts` count the same unit (else T008, T010 or T011 speaks), and the client's clock was not set
/// in between (else T013 speaks).
pub(super) fn clocks_compare(cx: &SessionCx<'_>) -> bool {
    ts_is_in_millis(cx) && cx.drift().in_millis.is_none() && cx.delay().stepped.is_empty()
}

/// True when the client's clock was set between two positions (T013): the time between them is unknown.
pub(super) fn clock_was_set_between(cx: &SessionCx<'_>, from: u32, to: u32) -> bool {
    cx.delay().stepped.iter().any(|step| from < step.to && step.to <= to)
}

/// True when the hole is told by another rule than those on pings: a silence that closes the session (L004), or that
/// would have if it were not downloaded (B007), or a clock that was set (T013).
fn is_named_hole(cx: &SessionCx<'_>, hole: &Gap) -> bool {
    let numbers = &cx.settings.numbers;
    let is_downloaded = cx.session.mode.is_downloaded();
    let limit_mins = if is_downloaded { numbers.batch_silence_mins } else { numbers.silence_timeout_mins };
    hole.secs > 60.0 * limit_mins || clock_was_set_between(cx, hole.from, hole.to)
}

/// A pause or buffer with no event in it that is long enough for a finding of its own (T018).
fn is_silent_pause(cx: &SessionCx<'_>, gap: &Gap) -> bool {
    let begins = matches!(cx.event_type(gap.from), Some(EventType::PauseStart | EventType::BufferStart));
    let (during, after) = (cx.after(gap.from), cx.after(gap.to));
    let ends = after.playback() != during.playback()
        || after.in_break() != during.in_break()
        || after.ended()
        || after.completed();
    begins && ends && gap.secs > cx.settings.numbers.silent_pause_secs
}

/// What a session sent at a moment of its own that `ts` does not tell: requests whose body is not in the capture, or
/// damaged, which is no fault of the player (the K rules tell it), and events whose `ts` is no time at all (S009).
pub(super) struct Unseen {
    /// When they arrived, sorted.
    times: Vec<ReceivedAt>,
    /// One of them may have come at any time.
    at_any_time: bool,
}

impl Unseen {
    /// Looks for them.
    pub(super) fn of(cx: &SessionCx<'_>) -> Unseen {
        let partly = ExchangeFlags::BODY_MISSING.with(ExchangeFlags::DAMAGED);
        let exchanges = cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id));
        let mut unseen = Unseen { times: Vec::new(), at_any_time: false };
        for exchange in exchanges.filter(|exchange| exchange.row().flags.has(partly)) {
            unseen.at_any_time |= exchange.received_at().is_none();
            unseen.times.extend(exchange.received_at());
        }
        // They stand before all others but the `sessionStart`.
        let is_in_millis = cx.ts(0).is_some_and(|start| start.0 >= YEAR_2000_MILLIS);
        let no_time = |at: &u32| is_in_millis && cx.ts(*at).is_some_and(|ts| ts.0 < YEAR_2000_MILLIS);
        for at in (1..cx.len()).take_while(no_time) {
            unseen.at_any_time |= cx.received_at(at).is_none();
            unseen.times.extend(cx.received_at(at));
        }
        unseen.times.sort_unstable();
        unseen
    }

    /// True when one of them may have carried events between those at two positions.
    pub(super) fn may_lie_between(&self, cx: &SessionCx<'_>, from: u32, to: u32) -> bool {
        let between = cx.received_at(from).zip(cx.received_at(to));
        match between {
            Some((first, last)) => {
                let next = self.times.partition_point(|time| *time < first);
                self.at_any_time || self.times.get(next).is_some_and(|time| *time <= last)
            }
            None => self.at_any_time || !self.times.is_empty(),
        }
    }
}

/// True when the jump shows where the player read its position at the wrong moment of a seek (T024): at the pause
/// that begins it, or soon after the `play` that ended it with the old position.
fn is_late_seek(cx: &SessionCx<'_>, jump: &Step) -> bool {
    cx.event_type(jump.to) == Some(EventType::PauseStart) || late_play(cx, jump).is_some()
}

/// Within so many events after the `play` that ended a pause a jump is taken for its seek. Setting.
const LATE_SEEK_EVENTS: u32 = 2;

/// The `play` that ended a pause shortly before the jump and still carried the old playhead.
fn late_play(cx: &SessionCx<'_>, jump: &Step) -> Option<u32> {
    let earliest = jump.to.saturating_sub(LATE_SEEK_EVENTS);
    (earliest..jump.to).rev().find(|at| ends_pause_where_it_was(cx, *at))
}

fn ends_pause_where_it_was(cx: &SessionCx<'_>, play: u32) -> bool {
    if cx.event_type(play) != Some(EventType::Play) || !is_after_pause(cx, play) {
        return false;
    }
    let before = play.checked_sub(1).and_then(|at| cx.playhead(at));
    let (Some(before), Some(playhead)) = (before, cx.playhead(play)) else { return false };
    (playhead.0 - before.0).abs() <= cx.settings.numbers.fall_secs
}

/// True when a pause of main content reaches up to the event at `position`, also by way of buffering.
fn is_after_pause(cx: &SessionCx<'_>, position: u32) -> bool {
    let phases = &cx.lanes.playback;
    // The phase that was on before the event; phases lie in order.
    let next = phases.partition_point(|phase| phase.start < position);
    let mut earlier = phases.get(..next).unwrap_or_default().iter().rev();
    match earlier.next().map(|phase| phase.playback) {
        Some(Playback::Paused) => true,
        Some(Playback::Buffering) => earlier.next().is_some_and(|phase| phase.playback == Playback::Paused),
        _ => false,
    }
}

/// The state of a session after an event in words: "while playing", "in an ad".
fn state_text(cx: &SessionCx<'_>, position: u32) -> &'static str {
    let context = cx.after(position);
    match (context.in_ad(), context.in_break(), context.playback()) {
        (true, _, Playback::Paused) => "while an ad is paused",
        (true, _, Playback::Buffering) => "while an ad is buffering",
        (true, ..) => "in an ad",
        (_, true, _) => "in an ad break",
        (_, _, Playback::Starting) => "in a state that the capture does not show",
        (_, _, Playback::Playing) => "while playing",
        (_, _, Playback::Paused) => "in a pause",
        (_, _, Playback::Buffering) => "while buffering",
    }
}

/// "`ping` at 00:20.0".
fn place_text(cx: &SessionCx<'_>, position: u32) -> String {
    format!("`{}` at {}", cx.type_name(position), cx.at(position))
}

/// How far the time that was meant lies from the arrival, where that is near enough to confirm it.
fn from_arrival_text(cx: &SessionCx<'_>, position: u32, meant: TsMillis) -> String {
    let Some(received_at) = cx.received_at(position) else { return String::new() };
    let secs = TsMillis(received_at.millis()).secs_since(meant).abs();
    if secs < 3600.0 { format!(", {} s from its arrival", number_text(secs.round())) } else { String::new() }
}

/// ", and in 3 more events" of so many events in all.
fn others_text(n_events: u32) -> String {
    match n_events.saturating_sub(1) {
        0 => String::new(),
        others => format!(", and in {}", counted(others as usize, "more event")),
    }
}

/// A playhead for people: seconds, and the time of day form where it is long.
fn playhead_text(playhead: f64) -> String {
    if playhead.abs() < 60.0 {
        format!("{} s", number_text(playhead))
    } else {
        format!("{} s ({})", number_text(playhead), clock_text(playhead))
    }
}

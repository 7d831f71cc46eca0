//! MC-T002.

use super::{clocks_compare, place_text};
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::Playback;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// In a pause of main content the playhead stands. The rule fires when it goes on at 0.5 to 1.5 times the clock by
    /// more than 1 s in all, in a pause that a `play` ends. A jump at that `play`, or on events of its tick (within
    /// 250 ms and with its playhead), is a seek, which is told in just this way. A lone jump inside the pause is a seek
    /// while paused and worth knowing only. Live content may go on with the clock.
    ///
    /// ## Why it matters
    ///
    /// The player plays on while the reports show a pause: the time is counted as pause, not as time spent. Often
    /// `play` is sent too late, or `pauseStart` stands for something that is no pause.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +25  ping ph=25         # warn: playhead-moves-in-pause
    /// +35  ping ph=35
    /// +40  play ph=40
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  pauseStart
    /// +25  ping
    /// +35  ping
    /// +40  play
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeline-1.md`, `pause-events.md`. How a seek looks is observed in Adobe's SDKs.
    pub static PLAYHEAD_MOVES_IN_PAUSE = {
        code: "MC-T002",
        name: "playhead-moves-in-pause",
        summary: "The playhead goes on during a pause",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

/// A playhead that moves at this many times the clock goes on; otherwise it jumps. Setting.
const PACE: std::ops::RangeInclusive<f64> = 0.5..=1.5;

/// A pause of main content.
struct Pause {
    start: u32,
    /// The `play` that ends it.
    play: u32,
}

/// What the playhead does in a pause.
#[derive(Default)]
struct Movement {
    /// Seconds at the pace of the clock, and the event at which they exceed the limit.
    went_on_secs: f64,
    went_on_at: Option<u32>,
    /// First jump, and their number.
    jump: Option<(u32, f64, f64)>,
    n_jumps: u32,
}

fn goes_on(cx: &SessionCx<'_>, pause: &Pause, at: u32, secs: f64) -> Report {
    let message = format!(
        "in the pause from {} to {} the playhead goes on by {} s, beyond {} s first at {}",
        cx.at(pause.start),
        cx.at(pause.play),
        number_text(secs),
        number_text(cx.settings.numbers.moves_in_pause_secs),
        place_text(cx, at),
    );
    cx.report(at, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(pause.start), "the pause begins here")
}

fn jumps(cx: &SessionCx<'_>, pause: &Pause, jump: (u32, f64, f64), n_jumps: u32) -> Report {
    let (at, from, to) = jump;
    let message = format!(
        "in the pause from {} to {} the playhead jumps from {} s to {} s at {}: a seek while paused",
        cx.at(pause.start),
        cx.at(pause.play),
        number_text(from),
        number_text(to),
        place_text(cx, at),
    );
    let report = cx.report(at, message).pointer("/playerTime/playhead").level(Level::Info).count(n_jumps);
    report.related(cx.id(pause.start), "the pause begins here")
}

/// Pauses of main content that a `play` ends, also by way of buffering.
fn pauses(cx: &SessionCx<'_>) -> impl Iterator<Item = Pause> {
    let phases = cx.lanes.playback.iter().enumerate().filter(|(_, phase)| phase.playback == Playback::Paused);
    phases.filter_map(|(number, phase)| {
        let inside = cx.after(phase.start);
        if inside.in_break() || inside.in_stray_ad() {
            return None;
        }
        // The pause of a chain pause, buffer, pause is told by each of its pauses up to the buffer.
        let next = cx.lanes.playback.get(number + 1)?;
        let play = match next.playback {
            Playback::Buffering => next.end?,
            _ => next.start,
        };
        let ended = cx.after(next.start).completed() || cx.after(next.start).ended();
        let by_play = cx.event_type(play) == Some(EventType::Play) && !cx.before(play).in_break();
        // A repeated `pauseStart` begins another pause: the `play` that is missing before it is O010.
        let start = (phase.start..play).rev().find(|at| cx.event_type(*at) == Some(EventType::PauseStart));
        (by_play && !ended).then_some(Pause { start: start.unwrap_or(phase.start), play })
    })
}

/// Walks over the events inside the pause, without those of the tick of its `play`.
fn movement(cx: &SessionCx<'_>, pause: &Pause) -> Movement {
    let mut movement = Movement::default();
    let end = cx.ts(pause.play).zip(cx.playhead(pause.play));
    let mut last = cx.ts(pause.start).zip(cx.playhead(pause.start));
    let numbers = &cx.settings.numbers;
    let hole_secs = cx.cadence().limit_secs;
    for at in pause.start + 1..pause.play {
        if cx.after(at).in_break() {
            // A break ends the pause (O010).
            return Movement::default();
        }
        let Some((ts, playhead)) = cx.ts(at).zip(cx.playhead(at)) else { continue };
        if end.is_some_and(|(end, landed)| {
            end.secs_since(ts) <= numbers.same_tick_millis / 1000.0 && playhead == landed
        }) {
            break;
        }
        if let Some((last_ts, from)) = last {
            let (secs, moved) = (ts.secs_since(last_ts), playhead.0 - from.0);
            if secs > 0.0 && PACE.contains(&(moved / secs)) {
                // What happened in a hole is not known.
                movement.go_on(at, if secs > hole_secs { 0.0 } else { moved }, numbers.moves_in_pause_secs);
            } else if moved.abs() > numbers.fall_secs {
                movement.jump.get_or_insert((at, from.0, playhead.0));
                movement.n_jumps += 1;
            }
        }
        last = Some((ts, playhead));
    }
    movement
}

impl Movement {
    fn go_on(&mut self, at: u32, secs: f64, limit_secs: f64) {
        self.went_on_secs += secs;
        if self.went_on_secs > limit_secs && self.went_on_at.is_none() {
            self.went_on_at = Some(at);
        }
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.content.live || !clocks_compare(cx) {
        return;
    }
    for pause in pauses(cx) {
        let movement = movement(cx, &pause);
        if let Some(at) = movement.went_on_at {
            found.report(goes_on(cx, &pause, at, movement.went_on_secs));
        } else if let Some(jump) = movement.jump {
            found.report(jumps(cx, &pause, jump, movement.n_jumps));
        }
    }
}

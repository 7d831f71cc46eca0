//! Pauses and buffering of main content, and what the playhead does in them (T002, T003).

use super::mending::PLAYHEAD;
use super::place_text;
use crate::model::event_type::EventType;
use crate::model::machine::Playback;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::Report;
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Level;

/// A playhead that moves at this many times the clock goes on; otherwise it jumps.
const PACE: std::ops::RangeInclusive<f64> = 0.5..=1.5;

/// A pause or buffering of main content that a `play` ends, if need be after more of them.
pub(super) struct Wait {
    start: u32,
    /// The event with which this one is over.
    end: u32,
    /// The `play` after which the content goes on.
    play: u32,
}

/// Where and how far the playhead goes on.
pub(super) struct GoesOn {
    at: u32,
    secs: f64,
}

/// What the playhead does in a wait.
#[derive(Default)]
struct Movement {
    /// Seconds at the pace of the clock, and the event at which they exceed the limit.
    went_on_secs: f64,
    went_on_at: Option<u32>,
    /// First jump (position, playhead before and after it), and their number.
    jump: Option<(u32, f64, f64)>,
    n_jumps: u32,
}

/// The waits of one kind, in order.
pub(super) fn waits(cx: &SessionCx<'_>, kind: Playback) -> Vec<Wait> {
    let mut found = Vec::new();
    let mut end = None;
    let mut play = None;
    // Backwards: the `play` that ends a chain of waits comes last.
    for phase in cx.lanes.playback.iter().rev() {
        match phase.playback {
            Playback::Playing => {
                let by_play = cx.event_type(phase.start) == Some(EventType::Play);
                play = Some(phase.start).filter(|at| by_play && !cx.before(*at).in_break());
            }
            Playback::Paused | Playback::Buffering => {
                let inside = cx.after(phase.start);
                let is_main = !inside.in_break() && !inside.in_stray_ad();
                if let (Some(play), Some(end)) = (play, end)
                    && phase.playback == kind
                    && is_main
                    && !cx.after(end).completed()
                    && !cx.after(end).ended()
                {
                    found.push(Wait { start: last_start(cx, phase.start, end, kind), end, play });
                }
            }
            Playback::Starting => play = None,
        }
        end = Some(phase.start);
    }
    found.reverse();
    found
}

/// Where a wait begins: a repeated `pauseStart` or `bufferStart` begins another one, and the `play` that is missing
/// before it is O010.
fn last_start(cx: &SessionCx<'_>, start: u32, end: u32, kind: Playback) -> u32 {
    let begins = if kind == Playback::Paused { EventType::PauseStart } else { EventType::BufferStart };
    (start..end).rev().find(|at| cx.event_type(*at) == Some(begins)).unwrap_or(start)
}

/// Judges a wait: `goes_on` words a playhead that goes on by more than the limit; a lone jump is a seek. `word` is what
/// people call the wait.
pub(super) fn judge(
    cx: &SessionCx<'_>,
    wait: &Wait,
    limit_secs: f64,
    word: &str,
    goes_on: fn(&SessionCx<'_>, &Wait, &GoesOn) -> Report,
) -> Option<Report> {
    let movement = movement(cx, wait, limit_secs);
    let went_on = movement.went_on_at.map(|at| GoesOn { at, secs: movement.went_on_secs });
    match (went_on, movement.jump) {
        (Some(went_on), _) => Some(goes_on(cx, wait, &went_on)),
        (None, Some(jump)) => Some(jumps(cx, wait, jump, movement.n_jumps, word)),
        (None, None) => None,
    }
}

/// The report on a playhead that goes on in a wait.
pub(super) fn goes_on(
    cx: &SessionCx<'_>,
    wait: &Wait,
    went_on: &GoesOn,
    word: &str,
    limit_secs: f64,
) -> Report {
    let message = format!(
        "in the {word} from {} to {} the playhead goes on by {} s, beyond {} s first at {}",
        cx.at(wait.start),
        cx.at(wait.end),
        number_text(went_on.secs),
        number_text(limit_secs),
        place_text(cx, went_on.at),
    );
    cx.report(went_on.at, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(wait.start), format!("the {word} begins here"))
}

fn jumps(cx: &SessionCx<'_>, wait: &Wait, jump: (u32, f64, f64), n_jumps: u32, word: &str) -> Report {
    let (at, from, to) = jump;
    let message = format!(
        "in the {word} from {} to {} the playhead jumps from {} s to {} s at {}: a seek while it waits",
        cx.at(wait.start),
        cx.at(wait.end),
        number_text(from),
        number_text(to),
        place_text(cx, at),
    );
    let report = cx.report(at, message).pointer("/playerTime/playhead").level(Level::Info).count(n_jumps);
    report.related(cx.id(wait.start), format!("the {word} begins here"))
}

/// The fix that keeps the playhead where the wait began; `None` for a seek while it waits, which may be right.
pub(super) fn hold(cx: &FixCx<'_>, kind: Playback, limit_secs: f64, word: &str) -> Option<Fix> {
    let session = cx.session;
    let start = cx.position(cx.related()?)?;
    let wait = waits(session, kind).into_iter().find(|wait| wait.start == start)?;
    movement(session, &wait, limit_secs).went_on_at?;
    let base = session.playhead(start)?;
    let inside = (start + 1..wait.end).filter(|at| session.playhead(*at).is_some_and(|here| here != base));
    let set = |at| cx.set_at(at, [(PLAYHEAD.to_owned(), number(base.0))]);
    Fix::proposed(
        format!("Keep the playhead at {} during the {word}", number(base.0)),
        inside.filter_map(set).collect(),
    )
}

/// Walks over the events of the wait up to the one that ends it, without those of the tick of the `play`.
fn movement(cx: &SessionCx<'_>, wait: &Wait, limit_secs: f64) -> Movement {
    let numbers = &cx.settings.numbers;
    let mut movement = Movement::default();
    let landing = cx.ts(wait.play).zip(cx.playhead(wait.play));
    let mut last = cx.ts(wait.start).zip(cx.playhead(wait.start));
    let hole_secs = cx.cadence().limit_secs;
    let last_at = if wait.end == wait.play { wait.end.saturating_sub(1) } else { wait.end };
    for at in wait.start + 1..=last_at {
        if cx.after(at).in_break() {
            // A break ends the wait (O010).
            return Movement::default();
        }
        let Some((ts, playhead)) = cx.ts(at).zip(cx.playhead(at)) else { continue };
        let is_tick_of = |play| ts.secs_since(play).abs() <= numbers.same_tick_millis / 1000.0;
        if landing.is_some_and(|(play, landed)| is_tick_of(play) && playhead == landed) {
            break;
        }
        if let Some((last_ts, from)) = last {
            let (secs, moved) = (ts.secs_since(last_ts), playhead.0 - from.0);
            if secs > 0.0 && PACE.contains(&(moved / secs)) {
                // What happened in a hole is not known.
                movement.go_on(at, if secs > hole_secs { 0.0 } else { moved }, limit_secs);
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

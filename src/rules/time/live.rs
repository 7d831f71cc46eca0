//! The playhead of live content: second of the UTC day, or what players send in its place (T009, T022, T023).

use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::limits::SECONDS_OF_DAY;
use crate::rules::context::SessionCx;

/// An event of live content that plays.
#[derive(Clone, Copy)]
pub(super) struct Playing {
    pub at: u32,
    pub ts: TsMillis,
    pub playhead: f64,
}

/// The events with both clocks after which main content plays, in order.
pub(super) fn playing<'a>(cx: &'a SessionCx<'_>) -> impl Iterator<Item = Playing> + 'a {
    (0..cx.len()).filter(|at| cx.after(*at).plays_main()).filter_map(|at| {
        let (ts, playhead) = cx.ts(at).zip(cx.playhead(at))?;
        let counts = playhead.0.is_finite() && cx.event_type(at) != Some(EventType::SessionStart);
        counts.then_some(Playing { at, ts, playhead: playhead.0 })
    })
}

/// True when no second of a day is meant, nor a position in content of this length.
pub(super) fn is_beyond_the_day(cx: &SessionCx<'_>, playhead: f64) -> bool {
    let within_length = cx.session.content.length_secs.is_some_and(|length| {
        length > SECONDS_OF_DAY && playhead < length + cx.settings.numbers.past_length_secs
    });
    playhead >= SECONDS_OF_DAY && !within_length
}

/// Where the playhead moves to and fro by less than a second although the content plays.
#[derive(Clone, Copy)]
pub(super) struct ToAndFro {
    /// Position of the first event.
    pub from: u32,
    /// Position of the event that shows it: the fifth or a later one.
    pub shown_at: u32,
    /// Lowest and highest playhead up to there, seconds.
    pub low: f64,
    pub high: f64,
    /// Seconds of `ts` up to there.
    pub secs: f64,
}

/// A step of the distance to the live edge is smaller, seconds.
const EDGE_STEP_SECS: f64 = 1.0;
/// So many events show that a playhead moves to and fro.
const EDGE_EVENTS: u32 = 5;
/// … with so many turns.
const EDGE_TURNS: u32 = 3;

/// A run of steps smaller than a second.
struct Run {
    first: Playing,
    last: Playing,
    n_events: u32,
    n_turns: u32,
    rises: Option<bool>,
    low: f64,
    high: f64,
}

impl Run {
    fn at(first: Playing) -> Run {
        let playhead = first.playhead;
        Run { first, last: first, n_events: 1, n_turns: 0, rises: None, low: playhead, high: playhead }
    }

    fn take(&mut self, next: Playing) {
        let moved = next.playhead - self.last.playhead;
        self.n_events += 1;
        if moved != 0.0 {
            self.n_turns += u32::from(self.rises.is_some_and(|rises| rises != (moved > 0.0)));
            self.rises = Some(moved > 0.0);
        }
        (self.low, self.high) = (self.low.min(next.playhead), self.high.max(next.playhead));
        self.last = next;
    }
}

/// The first place at which the playhead of live content is the distance to the live edge, as far as that shows (T023):
/// it moves to and fro by less than a second over five events or more, each at least a second after the one before.
pub(super) fn to_and_fro(cx: &SessionCx<'_>) -> Option<ToAndFro> {
    if !cx.session.content.live {
        return None;
    }
    let mut run: Option<Run> = None;
    for sample in playing(cx) {
        let Some(open) = &mut run else {
            run = Some(Run::at(sample));
            continue;
        };
        let secs = sample.ts.secs_since(open.last.ts);
        let moved = (sample.playhead - open.last.playhead).abs();
        if secs < EDGE_STEP_SECS && moved < EDGE_STEP_SECS {
            // The same moment, or nearly so.
            continue;
        }
        if moved >= EDGE_STEP_SECS {
            *open = Run::at(sample);
            continue;
        }
        open.take(sample);
        if open.n_events >= EDGE_EVENTS && open.n_turns >= EDGE_TURNS {
            let secs = sample.ts.secs_since(open.first.ts);
            let Run { first, low, high, .. } = *open;
            return Some(ToAndFro { from: first.at, shown_at: sample.at, low, high, secs });
        }
    }
    None
}

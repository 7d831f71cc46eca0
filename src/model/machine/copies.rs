//! Ad events that are sent twice (A017): usually two sources of ad events are wired up (FP31).

use super::super::clock::TsMillis;
use super::super::event_type::EventType;
use super::super::id::EventId;
use super::{Input, Oddity, OddityKind, State, oddity};

/// The same ad event so soon again is a copy. Source: FP31.
const WITHIN_MILLIS: i64 = 1000;

/// True when two equal ad events lie so near to each other that the second is taken for a copy.
#[must_use]
pub fn is_soon(ts: TsMillis, earlier: TsMillis) -> bool {
    ts.millis_since(earlier).abs() <= WITHIN_MILLIS
}

/// The latest ad event of each type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Latest([Option<Seen>; 5]);

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: u32,
    event: EventId,
    ts: TsMillis,
}

impl Latest {
    fn of(&self, event_type: EventType) -> Option<Seen> {
        self.0[index(event_type)?]
    }

    /// An event that was taken as no copy begins or ends something: what ended before it is past.
    fn forget_ends_before(&mut self, event_type: EventType) {
        let past: &[EventType] = match event_type {
            EventType::AdStart => &[EventType::AdComplete, EventType::AdSkip],
            EventType::AdBreakStart => &[EventType::AdBreakComplete],
            _ => &[],
        };
        for index in past.iter().filter_map(|ended| index(*ended)) {
            self.0[index] = None;
        }
    }
}

fn index(event_type: EventType) -> Option<usize> {
    match event_type {
        EventType::AdBreakStart => Some(0),
        EventType::AdBreakComplete => Some(1),
        EventType::AdStart => Some(2),
        EventType::AdComplete => Some(3),
        EventType::AdSkip => Some(4),
        _ => None,
    }
}

impl State {
    /// The event that one of this type and time is a copy of, if both have the same `params`.
    #[must_use]
    pub fn may_repeat(&self, event_type: EventType, ts: TsMillis) -> Option<EventId> {
        let seen = self.latest_ads.of(event_type)?;
        is_soon(ts, seen.ts).then_some(seen.event)
    }
}

/// Names a copy. True when nothing else is to be made of the event: what it begins is open, what it ends is over.
pub(super) fn is_spent(
    state: &mut State,
    event_type: EventType,
    input: &Input<'_>,
    odd: &mut Vec<Oddity>,
) -> bool {
    let Some(index) = index(event_type) else { return false };
    let earlier = state.latest_ads.0[index].filter(|_| input.repeats && is_copy(state, event_type));
    let spent = earlier.is_some() && is_done(state, event_type);
    if let Some(earlier) = earlier {
        odd.push(oddity(OddityKind::AdEventDoubled, input.at, Some(earlier.at)));
    }
    if spent {
        state.may_restate |= matches!(event_type, EventType::AdStart | EventType::AdBreakComplete);
    } else {
        state.latest_ads.forget_ends_before(event_type);
    }
    state.latest_ads.0[index] = input.ts.map(|ts| Seen { at: input.at, event: input.event, ts });
    spent
}

/// An end that belongs to a start which another rule has named is no copy.
fn is_copy(state: &State, event_type: EventType) -> bool {
    let owed = match event_type {
        EventType::AdComplete | EventType::AdSkip => state.ads.n_left_open > 0 || state.open_ad().is_some(),
        EventType::AdBreakComplete => state.ads.n_nested > 0 || state.ads.open_break.is_some(),
        _ => false,
    };
    !owed && state.ended.is_none()
}

fn is_done(state: &State, event_type: EventType) -> bool {
    match event_type {
        EventType::AdBreakStart => state.ads.open_break.is_some() || state.ads.broken_break.is_some(),
        EventType::AdStart => state.open_ad().is_some(),
        _ => true,
    }
}

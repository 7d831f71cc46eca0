//! Which events of a session the table shows: pure, linear in the session, done outside a frame.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::judged::Judged;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::session::Session;
use crate::model::table::Event;
use crate::model::watch::Watch;

/// In which order the table lists events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Order {
    /// As they arrived.
    #[default]
    Arrival,
    /// By `ts`, as the session is judged.
    Ts,
}

/// What the table shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EventFilter {
    /// Text that must stand in the event's JSON, letter case aside; empty: any.
    pub text: String,
    /// The only type to show.
    pub event_type: Option<EventType>,
    /// Only events with a finding.
    pub problems_only: bool,
}

impl EventFilter {
    /// True when every event passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.event_type.is_none() && !self.problems_only
    }
}

/// The events of a session that pass, as indices by arrival, in the wanted order. Cancelled: those found so far.
#[must_use]
pub fn filter(
    capture: &Capture,
    session: &Session,
    judged: Option<&Judged>,
    filter: &EventFilter,
    order: Order,
    watch: &dyn Watch,
) -> Vec<u32> {
    let n_events = u32::try_from(session.len()).unwrap_or(u32::MAX);
    let passes = |arrival: &u32| {
        let id = session.by_arrival.get(*arrival as usize);
        !watch.cancelled()
            && id.and_then(|id| capture.event(*id)).is_some_and(|event| passes(filter, judged, event))
    };
    let positions = (0..n_events).into_par_iter().map(|position| match order {
        Order::Arrival => position,
        Order::Ts => u32::try_from(session.arrival_index(position as usize)).unwrap_or(position),
    });
    positions.filter(passes).collect()
}

fn passes(filter: &EventFilter, judged: Option<&Judged>, event: Event<'_>) -> bool {
    filter.event_type.is_none_or(|wanted| event.event_type() == Some(wanted))
        && (!filter.problems_only || judged.is_some_and(|judged| judged.of_event(event.id).next().is_some()))
        && (filter.text.is_empty() || contains(&event.text(), filter.text.as_bytes()))
}

/// True when `needle` stands in `text`, ASCII letter case aside.
fn contains(text: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text)
        .any(|at| text.get(at..at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_found_whatever_its_letter_case() {
        assert!(contains(br#"{"media.Ad.id":"X1"}"#, b"media.ad.ID"));
        assert!(contains(b"aab", b"AB"));
        assert!(!contains(b"aab", b"abc"));
        assert!(contains(b"", b""));
    }
}

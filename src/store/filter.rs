//! Which events of a session the table shows: pure, linear in the session, done outside a frame.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::loaded::LoadedCapture;
use super::query::parse::{QueryError, parse};
use super::query::{Candidate, Query};
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::session::Session;
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

/// What the table is to show, as it was typed and chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EventFilter {
    /// A text in the language of [`super::query`]; empty: any event.
    pub text: String,
    /// The only type to show.
    pub event_type: Option<EventType>,
    /// Only events with a finding.
    pub problems_only: bool,
}

/// A filter that was understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Passing {
    query: Query,
    event_type: Option<EventType>,
    problems_only: bool,
}

impl EventFilter {
    /// True when nothing was typed or chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.event_type.is_none() && !self.problems_only
    }

    /// What passes.
    ///
    /// # Errors
    /// What of the text means nothing.
    pub fn passing(&self) -> Result<Passing, QueryError> {
        let query = parse(&self.text)?;
        Ok(Passing { query, event_type: self.event_type, problems_only: self.problems_only })
    }
}

impl Passing {
    /// True when every event passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.query.is_empty() && self.event_type.is_none() && !self.problems_only
    }

    /// True when it asks for what the rules say.
    #[must_use]
    pub fn asks_for_findings(&self) -> bool {
        self.problems_only || self.query.asks_for_findings()
    }

    fn passes(&self, candidate: &Candidate<'_>) -> bool {
        let event = candidate.event;
        let has_finding =
            || candidate.judged.is_some_and(|judged| judged.of_event(event.id).next().is_some());
        self.event_type.is_none_or(|wanted| event.event_type() == Some(wanted))
            && (!self.problems_only || has_finding())
            && self.query.passes(candidate)
    }
}

/// So many events are looked at from one word about progress to the next.
pub(super) const BLOCK: u32 = 1 << 16;

/// The events of a session that pass, as indices by arrival, in the wanted order. Cancelled: those found so far.
#[must_use]
pub fn filter(
    loaded: &LoadedCapture,
    session: &Session,
    passing: &Passing,
    order: Order,
    watch: &dyn Watch,
) -> Vec<u32> {
    let n_events = u32::try_from(session.len()).unwrap_or(u32::MAX);
    let looking = Looking::new(loaded, session, order, passing.query.asks_for_gaps());
    let arrival_of = |position: u32| match order {
        Order::Arrival => position,
        Order::Ts => u32::try_from(session.arrival_index(position as usize)).unwrap_or(position),
    };
    let passes = |arrival: &u32| looking.at(*arrival).is_some_and(|candidate| passing.passes(&candidate));
    let mut found = Vec::new();
    let mut from = 0;
    while from < n_events && !watch.cancelled() {
        let to = from.saturating_add(BLOCK).min(n_events);
        found.par_extend((from..to).into_par_iter().map(arrival_of).filter(passes));
        watch.progress(u64::from(to), u64::from(n_events));
        from = to;
    }
    found
}

/// A session whose events are looked at one by one.
pub(super) struct Looking<'a> {
    loaded: &'a LoadedCapture,
    session: &'a Session,
    order: Order,
    origin: Option<TsMillis>,
    asks_for_gaps: bool,
}

impl<'a> Looking<'a> {
    pub(super) fn new(
        loaded: &'a LoadedCapture,
        session: &'a Session,
        order: Order,
        asks_for_gaps: bool,
    ) -> Looking<'a> {
        let origin = loaded.places.times(session.id).origin;
        Looking { loaded, session, order, origin, asks_for_gaps }
    }

    /// The event with this index by arrival.
    pub(super) fn at(&self, arrival: u32) -> Option<Candidate<'a>> {
        let Looking { loaded, session, order, origin, asks_for_gaps } = *self;
        let event = loaded.capture.event(*session.by_arrival.get(arrival as usize)?)?;
        let gap_millis = if asks_for_gaps { gap_millis(loaded, session, order, arrival) } else { None };
        Some(Candidate { event, judged: loaded.judged.as_deref(), origin, gap_millis })
    }
}

/// From the `ts` of the event before it in this order to that of the event with this index by arrival, milliseconds.
#[must_use]
pub fn gap_millis(loaded: &LoadedCapture, session: &Session, order: Order, arrival: u32) -> Option<i64> {
    let event = *session.by_arrival.get(arrival as usize)?;
    let before = match order {
        Order::Arrival => *session.by_arrival.get(arrival.checked_sub(1)? as usize)?,
        Order::Ts => session.judged(loaded.places.position(event)?.checked_sub(1)? as usize)?,
    };
    let ts = |id| loaded.capture.event(id)?.ts();
    Some(ts(event)?.millis_since(ts(before)?))
}

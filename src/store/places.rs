//! Where each event stands in its session, and when sessions begin and end.

use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::id::{EventId, SessionId};
use crate::model::limits::YEAR_2000_MILLIS;
use crate::model::session::Session;
use crate::model::table::NO_ROW;

/// Positions of all events of a capture, and the times of its sessions.
#[derive(Debug, Default)]
pub struct Places {
    arrival: Box<[u32]>,
    position: Box<[u32]>,
    times: Vec<SessionTimes>,
}

/// When a session begins and ends by `ts`: the time axis of the window counts seconds from `origin`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SessionTimes {
    /// Second 0 of the axis: the earliest `ts`; a `ts` before the year 2000 counts only when there is no other.
    pub origin: Option<TsMillis>,
    /// The latest `ts` on the axis, seconds since `origin`; 0 without any `ts`.
    pub last_secs: f64,
}

impl SessionTimes {
    /// Where a `ts` lies on the axis, seconds; negative before the origin.
    #[must_use]
    pub fn secs(&self, ts: TsMillis) -> Option<f64> {
        self.origin.map(|origin| ts.secs_since(origin))
    }
}

impl Places {
    /// Looks once at every event of a capture.
    #[must_use]
    pub fn of(capture: &Capture) -> Places {
        let n_events = capture.events.len();
        let mut arrival = vec![NO_ROW; n_events];
        let mut position = vec![NO_ROW; n_events];
        for session in &capture.sessions {
            for (at, id) in (0..).zip(&session.by_arrival) {
                if let Some(place) = arrival.get_mut(id.index()) {
                    *place = at;
                }
            }
            for (at, id) in (0..).zip(session.in_judged_order()) {
                if let Some(place) = position.get_mut(id.index()) {
                    *place = at;
                }
            }
        }
        let times = capture.sessions.iter().map(|session| times(capture, session)).collect();
        Places { arrival: arrival.into(), position: position.into(), times }
    }

    /// Zero-based index of an event in its session by arrival: its number in reports.
    #[must_use]
    pub fn arrival(&self, event: EventId) -> Option<u32> {
        self.arrival.get(event.index()).copied().filter(|at| *at != NO_ROW)
    }

    /// Zero-based position of an event in its session by `ts` (`Session::judged`): its place in that order of the table.
    #[must_use]
    pub fn position(&self, event: EventId) -> Option<u32> {
        self.position.get(event.index()).copied().filter(|at| *at != NO_ROW)
    }

    /// When a session begins and ends.
    #[must_use]
    pub fn times(&self, session: SessionId) -> SessionTimes {
        self.times.get(session.index()).copied().unwrap_or_default()
    }
}

fn times(capture: &Capture, session: &Session) -> SessionTimes {
    let stamps =
        || session.by_arrival.iter().filter_map(|id| capture.event(*id).and_then(|event| event.ts()));
    let credible = || stamps().filter(|ts| ts.0 >= YEAR_2000_MILLIS);
    let (first, last) = match credible().min() {
        Some(first) => (Some(first), credible().max()),
        None => (stamps().min(), stamps().max()),
    };
    let last_secs = first.zip(last).map_or(0.0, |(first, last)| last.secs_since(first));
    SessionTimes { origin: first, last_secs }
}

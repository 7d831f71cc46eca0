//! A capture with everything known about it. Shared, never changed: a change makes a new one.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::growing::{Growth, Tally};
use super::judged::Judged;
use super::places::Places;
use super::project::CaptureName;
use crate::config::Config;
use crate::model::capture::Capture;
use crate::model::id::EventId;
use crate::model::session::Session;

/// Number of a loaded capture, in order of opening, never used again in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaptureId(pub u32);

/// One loaded capture.
#[derive(Debug, Clone)]
pub struct LoadedCapture {
    /// Its number.
    pub id: CaptureId,
    /// The file that it came from; `None` for pasted text and demo sessions.
    pub path: Option<PathBuf>,
    /// The journal of a run of the collector.
    pub journal: Option<PathBuf>,
    /// The configuration beside it, that of an empty file when there is none.
    pub config: Arc<Config>,
    /// What was read.
    pub capture: Arc<Capture>,
    /// Where each event stands.
    pub places: Arc<Places>,
    /// What the rules say; `None` until they have spoken.
    pub judged: Option<Arc<Judged>>,
    /// What a run of the collector has beside `capture`; `None` for all else.
    pub growth: Option<Arc<Growth>>,
}

impl LoadedCapture {
    /// What the numbers of its rows are good for: those of a run that grows may change.
    #[must_use]
    pub fn numbering(&self) -> u32 {
        self.growth.as_ref().map_or(0, |growth| growth.numbering)
    }

    /// How much it is; of a run of the collector also what is set aside.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.growth.as_ref().map_or_else(
            || Tally {
                requests: self.capture.exchanges.len() as u64,
                events: self.capture.events.len() as u64,
                sessions: self.capture.sessions.len() as u64,
            },
            |growth| growth.tally,
        )
    }

    /// The last part of its name, for titles.
    #[must_use]
    pub fn short_name(&self) -> &str {
        let name = self.capture.name.as_str();
        name.rsplit(['/', '\\']).next().filter(|last| !last.is_empty()).unwrap_or(name)
    }

    /// Which capture its file is: by name and content; `None` without a file.
    #[must_use]
    pub fn content_name(&self) -> Option<CaptureName> {
        Some(CaptureName::of(&self.path.as_ref()?.display().to_string(), &self.capture.source))
    }

    /// Position of an event in the order in which its session is judged.
    #[must_use]
    pub fn judged_position(&self, event: EventId) -> Option<u32> {
        let session = self.capture.event(event)?.session()?;
        let lanes = self.judged.as_ref().and_then(|judged| judged.lanes(session));
        let settled = lanes.and_then(|lanes| lanes.order.as_ref()).and_then(|order| {
            let arrival = self.places.arrival(event)?;
            u32::try_from(order.iter().position(|at| *at == arrival)?).ok()
        });
        settled.or_else(|| self.places.position(event))
    }

    /// The event at a position of the order in which its session is judged.
    #[must_use]
    pub fn judged_event(&self, session: &Session, position: u32) -> Option<EventId> {
        match self.judged.as_ref().and_then(|judged| judged.lanes(session.id)) {
            Some(lanes) => lanes.judged(session, position),
            None => session.judged(position as usize),
        }
    }
}

//! What can be selected and hovered.

use serde::{Deserialize, Serialize};

use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::store::loaded::CaptureId;

/// Whatever can be selected; always names its capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Item {
    /// A whole capture.
    Capture(CaptureId),
    /// A session.
    Session(CaptureId, SessionId),
    /// An event.
    Event(CaptureId, EventId),
    /// A request.
    Exchange(CaptureId, ExchangeId),
    /// A finding, by its number in the judgement.
    Finding(CaptureId, u32),
}

impl Item {
    /// The capture that it belongs to.
    #[must_use]
    pub const fn capture(self) -> CaptureId {
        match self {
            Item::Capture(capture)
            | Item::Session(capture, _)
            | Item::Event(capture, _)
            | Item::Exchange(capture, _)
            | Item::Finding(capture, _) => capture,
        }
    }
}

/// What the pointer is over: one line through all views of the shown session.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Hover {
    /// Where on the time axis, seconds since the session's origin.
    pub secs: Option<f64>,
    /// The event, where one is meant.
    pub event: Option<EventId>,
}

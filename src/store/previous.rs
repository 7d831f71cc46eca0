//! The event of the same type that came before an event: what an event is compared with.

use super::loaded::LoadedCapture;
use crate::model::id::EventId;
use crate::model::table::Event;

/// So far back is looked, events: it is done while someone waits.
pub const MAX_STEPS: u32 = 10_000;

/// What came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Previous {
    /// This event, the nearest.
    Found(EventId),
    /// It is the first of its type in its session.
    First,
    /// None among the [`MAX_STEPS`] events before; farther back was not looked.
    NotNear,
}

/// The nearest event before this one, in the order in which its session is judged, that has the same type.
#[must_use]
pub fn previous(loaded: &LoadedCapture, event: Event<'_>) -> Previous {
    let session = event.session().and_then(|session| loaded.capture.session(session));
    let Some((session, position)) = session.zip(loaded.judged_position(event.id)) else {
        return Previous::First;
    };
    let farthest = position.saturating_sub(MAX_STEPS);
    for before in (farthest..position).rev() {
        let id = loaded.judged_event(session, before);
        if let Some(id) = id.filter(|id| loaded.capture.event(*id).is_some_and(|it| is_of_type(it, event))) {
            return Previous::Found(id);
        }
    }
    if farthest > 0 { Previous::NotNear } else { Previous::First }
}

fn is_of_type(one: Event<'_>, other: Event<'_>) -> bool {
    one.event_type() == other.event_type()
        && (one.event_type().is_some() || one.type_name() == other.type_name())
}

//! Family B, downloaded content: what one array needs.

use super::rule::Rule;
use super::verdict::Refusals;
use crate::model::capture::Capture;
use crate::model::id::EventId;
use crate::model::policy::Policy;
use crate::model::session::Session;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

/// Why the API refuses the whole batch of a session, `None` for a good batch and for other sessions.
#[must_use]
pub fn refusal(
    capture: &Capture,
    session: &Session,
    refusals: &Refusals,
    _policy: &Policy,
) -> Option<EventId> {
    let is_batch = session.mode.is_downloaded();
    is_batch.then(|| session.by_arrival.iter().copied().find(|event| refusals.is_refused(capture, *event)))?
}

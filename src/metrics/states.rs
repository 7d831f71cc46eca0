//! The names of player states as a session spells them.

use rustc_hash::FxHashSet;

use super::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::event_type::EventGroup;
use crate::model::machine::{OddityKind, is_state_name};
use crate::model::session::Session;

/// One spelling of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// The name as sent.
    pub name: String,
    /// Position of the first event that sends it.
    pub first: u32,
}

/// A session may have ten names: more spellings than this are not looked at.
const MAX_SPELLINGS: usize = 256;

/// The valid names that the session sends, each spelling once, in order of first mention.
#[must_use]
pub fn spellings(capture: &Capture, session: &Session, lanes: &Lanes) -> Vec<Spelling> {
    let has_states = !lanes.player_states.is_empty()
        || lanes.oddities.iter().any(|odd| odd.kind == OddityKind::StateEndedWhileInactive)
        || session.begins_late;
    let mut found = Vec::new();
    if !has_states {
        return found;
    }
    let mut seen = FxHashSet::default();
    for (at, id) in (0..).zip(lanes.in_judged_order(session)) {
        let Some(event) = capture.event(id) else { continue };
        let group = event.event_type().map(|event_type| event_type.group());
        if group != Some(EventGroup::PlayerState) {
            continue;
        }
        if found.len() >= MAX_SPELLINGS {
            break;
        }
        for change in event.state_changes() {
            if is_state_name(&change.name) && seen.insert(change.name.clone()) {
                found.push(Spelling { name: change.name, first: at });
            }
        }
    }
    found
}

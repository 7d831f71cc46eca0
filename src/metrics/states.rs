//! The names of player states as a session spells them.

use rustc_hash::FxHashSet;

use super::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::machine::is_state_name;
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
    let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
    for at in &lanes.state_events {
        if found.len() >= MAX_SPELLINGS {
            break;
        }
        let event = lanes.judged(session, *at).and_then(|id| capture.event(id));
        for change in event.into_iter().flat_map(|event| event.state_changes()) {
            if is_state_name(&change.name) && seen.insert(change.name.clone()) {
                found.push(Spelling { name: change.name, first: *at });
            }
        }
    }
    found
}

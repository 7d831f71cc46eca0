//! Player states: which are active, and what is odd about their starts, ends and names.

use super::super::limits::{MAX_PLAYER_STATES, MAX_STATE_NAME_CHARS};
use super::{Oddity, OddityKind, State, named};

/// A change of one player state, as an event sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The name as sent.
    pub name: String,
    /// True when it begins.
    pub begins: bool,
}

/// A player state of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerState {
    /// The name as first sent.
    pub name: String,
    /// Where it began, while it is active.
    pub active_since: Option<u32>,
    /// Starts that came while it was active: as many ends are no second fault.
    n_extra_starts: u32,
}

impl State {
    /// The player states met so far, in order of first mention.
    #[must_use]
    pub fn player_states(&self) -> &[PlayerState] {
        &self.player_states
    }
}

/// Takes one change of a player state.
pub(super) fn take(state: &mut State, change: &StateChange, at: u32, odd: &mut Vec<Oddity>) {
    let name = change.name.as_str();
    if !is_state_name(name) {
        odd.push(named(OddityKind::StateNameInvalid, at, None, name));
        return;
    }
    let exact = state.exact_state_names;
    let is_it = |known: &str| if exact { known == name } else { known.eq_ignore_ascii_case(name) };
    let n_known = state.player_states.len();
    let restarted = state.restarted.unwrap_or(0);
    match (state.player_states.iter_mut().find(|known| is_it(&known.name)), change.begins) {
        (Some(known), true) => match known.active_since {
            Some(since) if since >= restarted => {
                odd.push(named(OddityKind::StateStartedTwice, at, Some(since), name));
                known.n_extra_starts += 1;
            }
            _ => (known.active_since, known.n_extra_starts) = (Some(at), 0),
        },
        (Some(known), false) => match known.active_since.take() {
            Some(_) => {}
            None if known.n_extra_starts > 0 => known.n_extra_starts -= 1,
            None => odd.push(named(OddityKind::StateEndedWhileInactive, at, None, name)),
        },
        (None, begins) if n_known >= MAX_PLAYER_STATES => {
            let key = if exact { name.to_owned() } else { name.to_ascii_lowercase() };
            if begins && state.discarded_states.insert(key.clone()) {
                odd.push(named(OddityKind::TooManyStates, at, None, name));
            } else if !begins && !state.discarded_states.contains(&key) && !state.unseen.player_states {
                odd.push(named(OddityKind::StateEndedWhileInactive, at, None, name));
            }
        }
        (None, begins) => {
            if !begins && !state.unseen.player_states {
                odd.push(named(OddityKind::StateEndedWhileInactive, at, None, name));
            }
            let active_since = begins.then_some(at);
            if begins || state.unseen.player_states {
                let name = name.to_owned();
                state.player_states.push(PlayerState { name, active_since, n_extra_starts: 0 });
            }
        }
    }
}

/// 1–64 letters, digits, `_`, `.`. Source: `player-state/overview.md`.
#[must_use]
pub fn is_state_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    (1..=MAX_STATE_NAME_CHARS).contains(&name.len()) && name.bytes().all(allowed)
}

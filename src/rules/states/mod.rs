//! Family X, player states: starts and ends, names, how many there may be.

use rustc_hash::FxHashMap;

use super::context::SessionCx;
use super::rule::Rule;
use crate::metrics::states::Spelling;
use crate::model::event_type::EventType;
use crate::model::machine::{Oddity, OddityKind};
use crate::model::policy::StateSpelling;

mod mending;
mod state_ended_while_inactive;
mod state_name_invalid;
mod state_never_ended;
mod state_spelling_mixed;
mod state_spelling_unusual;
mod state_started_twice;
mod states_not_resent;
mod too_many_states;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &state_started_twice::STATE_STARTED_TWICE,
    &state_ended_while_inactive::STATE_ENDED_WHILE_INACTIVE,
    &too_many_states::TOO_MANY_STATES,
    &state_name_invalid::STATE_NAME_INVALID,
    &state_spelling_mixed::STATE_SPELLING_MIXED,
    &states_not_resent::STATES_NOT_RESENT,
    &state_never_ended::STATE_NEVER_ENDED,
    &state_spelling_unusual::STATE_SPELLING_UNUSUAL,
];

/// By name in lower case: its first spelling in the session.
fn first_spelling_of<'a>(cx: &'a SessionCx<'_>) -> FxHashMap<String, &'a Spelling> {
    let mut firsts = FxHashMap::default();
    for spelling in cx.state_names() {
        firsts.entry(spelling.name.to_ascii_lowercase()).or_insert(spelling);
    }
    firsts
}

/// The oddities of a kind, but for as many as state events before them have no name that can be read (S004, S005,
/// S007): the state that one of those meant is this one.
fn odd_beside_unread<'a>(cx: &'a SessionCx<'_>, kind: OddityKind, unread_type: EventType) -> Vec<&'a Oddity> {
    let mut odd: Vec<&Oddity> = cx.lanes.odd(kind).collect();
    if odd.is_empty() {
        return odd;
    }
    let is_unread = |at: &&u32| {
        let event = cx.event(**at).filter(|event| {
            event.event_type().is_some_and(|known| known == unread_type || known == EventType::StatesUpdate)
        });
        event.is_some_and(|event| event.state_changes().is_empty())
    };
    let unread: Vec<u32> = cx.lanes.state_events.iter().filter(is_unread).copied().collect();
    let mut n_explained = 0;
    odd.retain(|odd| {
        let is_explained = unread.partition_point(|at| *at < odd.at) > n_explained;
        n_explained += usize::from(is_explained);
        !is_explained
    });
    odd
}

/// True when names are compared by the letter, and the session spells this one in another way as well (X005): then
/// its starts and ends are not judged apart.
fn is_spelled_otherwise(cx: &SessionCx<'_>, name: &str) -> bool {
    let differs = |other: &Spelling| other.name != name && other.name.eq_ignore_ascii_case(name);
    cx.settings.policy.state_spelling == StateSpelling::Exact && cx.state_names().iter().any(differs)
}

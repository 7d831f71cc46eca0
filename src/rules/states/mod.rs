//! Family X, player states: starts and ends, how many there may be.

use super::rule::Rule;

mod state_ended_while_inactive;
mod state_started_twice;
mod too_many_states;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &state_started_twice::STATE_STARTED_TWICE,
    &state_ended_while_inactive::STATE_ENDED_WHILE_INACTIVE,
    &too_many_states::TOO_MANY_STATES,
];

//! Family T, time: playhead against `ts`, jumps, ping cadence.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

//! Family L, lifecycle: start, end, time-outs, events after the end.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

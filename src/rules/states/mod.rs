//! Family X, player states: starts, ends, names.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

//! Family K, capture: limits of what we saw; never blames the player.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

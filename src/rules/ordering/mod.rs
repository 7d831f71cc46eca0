//! Family O, ordering: arrival against `ts`, the reorder window, equal `ts`.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

//! Family C, chapters: pairs, overlaps.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

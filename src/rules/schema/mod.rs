//! Family S, schema: one event against its JSON Schema.

use super::rule::Rule;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

//! Family A, ads: pairs, nesting, bookends.

use super::rule::Rule;

mod ad_outside_break;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[&ad_outside_break::AD_OUTSIDE_BREAK];

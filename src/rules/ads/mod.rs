//! Family A, ads: pairs, nesting, bookends.

use super::rule::Rule;

mod ad_end_without_start;
mod ad_left_open;
mod ad_outside_break;
mod break_complete_without_start;
mod break_never_completed;
mod nested_break;
mod play_before_pre_roll;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &ad_outside_break::AD_OUTSIDE_BREAK,
    &ad_end_without_start::AD_END_WITHOUT_START,
    &ad_left_open::AD_LEFT_OPEN,
    &break_never_completed::BREAK_NEVER_COMPLETED,
    &break_complete_without_start::BREAK_COMPLETE_WITHOUT_START,
    &nested_break::NESTED_BREAK,
    &play_before_pre_roll::PLAY_BEFORE_PRE_ROLL,
];

//! Family C, chapters: pairs, one at a time.

use super::rule::Rule;

mod chapter_end_without_start;
mod chapter_left_open;
mod overlapping_chapters;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &overlapping_chapters::OVERLAPPING_CHAPTERS,
    &chapter_end_without_start::CHAPTER_END_WITHOUT_START,
    &chapter_left_open::CHAPTER_LEFT_OPEN,
];

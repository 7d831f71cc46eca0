//! Family C, chapters: pairs, one at a time, and what chapters say of themselves.

use super::rule::Rule;

mod chapter_end_without_start;
mod chapter_event_in_break;
mod chapter_index_repeated;
mod chapter_left_open;
mod chapter_offset_mismatch;
mod overlapping_chapters;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &overlapping_chapters::OVERLAPPING_CHAPTERS,
    &chapter_end_without_start::CHAPTER_END_WITHOUT_START,
    &chapter_left_open::CHAPTER_LEFT_OPEN,
    &chapter_index_repeated::CHAPTER_INDEX_REPEATED,
    &chapter_offset_mismatch::CHAPTER_OFFSET_MISMATCH,
    &chapter_event_in_break::CHAPTER_EVENT_IN_BREAK,
];

//! Small parts that several panels use.

pub mod diff;
pub mod glyphs;
pub mod icon;
pub mod identifying;
pub mod json_tree;
pub mod kept;
pub mod markdown;
pub mod marked;
pub mod naming;
pub mod row;
pub mod severity_badge;
pub mod time_label;

//! Small parts that several panels use.

pub mod diff;
pub mod edge;
pub mod glyphs;
pub mod icon;
pub mod identifying;
pub mod json_tree;
pub mod markdown;
pub mod marked;
pub mod severity_badge;
pub mod time_label;

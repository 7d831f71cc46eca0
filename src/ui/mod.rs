//! The window: egui is named here and nowhere else.
pub mod timeline;

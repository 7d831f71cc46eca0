//! The window. The only place that names the toolkit; draws [`crate::app::State`] and pushes commands.
//!
//! | Module | Holds |
//! |---|---|
//! | [`cx`] | what views may see, and the queue of what they want |
//! | [`theme`], [`text`] | every color, size and text |

pub mod cx;
pub mod text;
pub mod theme;
pub mod timeline;

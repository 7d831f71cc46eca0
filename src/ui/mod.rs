//! The window. The only place that names the toolkit; draws [`crate::app::State`] and pushes commands.
//!
//! | Module | Holds |
//! |---|---|
//! | [`cx`] | what views may see, and the queue of what they want |
//! | [`theme`], [`text`] | every color, size and text |
//! | [`timeline`], [`clock_plot`] | the shown session over time; [`time_input`]: wheel and drag in both |

pub mod clock_plot;
pub mod cx;
pub mod text;
pub mod theme;
pub mod time_input;
pub mod timeline;

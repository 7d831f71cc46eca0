//! The timeline: a session as lanes over elapsed time.

pub mod layout;
pub mod ruler;

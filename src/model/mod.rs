//! The vocabulary: plain data, no input or output, no clock.
//!
//! | Module | Holds |
//! |---|---|
//! | [`event_type`] | the 20 event types and their table |
//! | [`clock`] | the three clocks: received, `ts`, playhead |
//! | [`id`] | our own, sequential ids |
//! | [`limits`] | numbers of the API, each with its source |
//! | [`parameter`] | every known key and where it belongs |
//! | [`policy`] | one switch per disagreement of the sources |
//! | [`spelling`] | "did you mean" |
//! | [`watch`] | progress and cancel for long pure functions |

pub mod clock;
pub mod event_type;
pub mod id;
pub mod limits;
pub mod parameter;
pub mod policy;
pub mod spelling;
pub mod watch;

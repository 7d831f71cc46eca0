//! Numbers derived from a session; pure. Rules, views and reports use the same ones.
//!
//! | Module | Holds |
//! |---|---|
//! | [`ads`] | what ad breaks and ads say of themselves |
//! | [`cadence`] | gaps between events, holes in the pings |
//! | [`chapters`] | what chapters say of themselves |
//! | [`delay`] | arrival against `ts`: queues that drain, clocks that are set or off |
//! | [`drawing`] | what timeline and clock plot draw of a session |
//! | [`drift`] | playhead against `ts` while main content plays: stretches, jumps |
//! | [`expected`] | where the playhead should be by the client's clock |
//! | [`lanes`] | the one walk over a session: contexts, oddities, phases of playback, ads, chapters, states |
//! | [`pyramid`] | levels of long lists: what the window draws from |
//! | [`quality`] | where bitrate, dropped frames and time to start took another value |
//! | [`range`] | what happened in a range of time, and between two places on it |
//! | [`reorder`] | arrival, `ts` and what the back end's window passes on, where they differ |
//! | [`states`] | the names of player states as they are spelled |
//! | [`ties`] | events that share a `ts`: the legal order nearest to their arrival |

pub mod ads;
pub mod cadence;
pub mod chapters;
pub mod delay;
pub mod drawing;
pub mod drift;
pub mod expected;
pub mod lanes;
pub mod pyramid;
pub mod quality;
pub mod range;
pub mod reorder;
pub mod silences;
pub mod states;
pub mod ties;
pub mod time_axis;

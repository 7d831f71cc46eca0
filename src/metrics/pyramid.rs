//! Levels over long lists, so that a picture of them costs what is seen and not what is there:
//! least and greatest values of a [`Series`], joined phases of a [`PhaseRow`], joined lines of [`Crossings`].
//!
//! A level holds one node for 16 of the level below. What lies under one pixel is a range of indices, found by
//! searching, and its node is joined from at most some 30 nodes a level, however the points are spread.

mod crossings;
mod levels;
mod phases;
mod series;

pub use crossings::{Crossing, Crossings, DrawnCrossing};
pub use phases::{DrawnPhase, Merge, Phase, PhaseRow};
pub use series::{Point, Series};

//! Levels over long lists, so that a picture of them costs what is seen and not what is there:
//! least and greatest values of a [`Series`], joined phases of a [`PhaseRow`], joined lines of [`Crossings`].
//!
//! A level holds one node for four of the level below. What lies under one pixel is joined of the highest nodes that
//! are not longer than it, however the points are spread.

mod crossings;
mod levels;
mod phases;
mod series;

pub use crossings::{Crossing, Crossings, DrawnCrossing};
pub use levels::Gathered;
pub use phases::{DrawnPhase, DrawnRow, Merge, Phase, PhaseRow};
pub use series::{DrawnLine, Point, Series};

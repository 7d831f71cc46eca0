//! Commands about how the lanes of the timeline are arranged.

use serde::{Deserialize, Serialize};

use super::rows::{CommandRow, Group, row};
use super::{Command, Direction};

/// How lanes are to be arranged. A lane, or a heading over lanes, is known by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LaneCommand {
    /// Keep it on top, or let it go.
    Pin(String),
    /// Draw it low, or open it.
    Collapse(String),
    /// Move it past its neighbor.
    Move(String, Direction),
    /// Put it before another one that stands under the same lane, `None`: behind all of these.
    Place(String, Option<String>),
    /// It is the one that commands without a name are about.
    Choose(String),
    /// Arrange all lanes as at first.
    Reset,
}

/// The rows of this area.
pub static ROWS: &[CommandRow] =
    &[row("reset-lanes", Group::View, &[], || Command::Lane(LaneCommand::Reset))];

//! Commands about how times are shown.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// How times are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeCommand {
    /// Show elapsed times as UTC, or again as elapsed.
    SwitchClock,
}

/// The rows of this area.
pub static ROWS: &[CommandRow] =
    &[row("switch-clock", Group::View, &[Shortcut::key("U")], || Command::Time(TimeCommand::SwitchClock))];

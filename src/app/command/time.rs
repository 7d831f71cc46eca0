//! Commands about how times are shown.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// How times are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeCommand {
    /// Write times in the next way: elapsed, in UTC, in local time.
    SwitchClock,
    /// Cut long silences short, or draw them as long as they are.
    CutSilences,
}

/// The rows of this area.
pub static ROWS: &[CommandRow] = &[
    row("switch-clock", Group::View, &[Shortcut::key("U")], || Command::Time(TimeCommand::SwitchClock)),
    row("cut-silences", Group::View, &[Shortcut::key("X")], || Command::Time(TimeCommand::CutSilences)),
];

//! How large everything is drawn.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// Larger or smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScaleCommand {
    /// One step larger.
    Larger,
    /// One step smaller.
    Smaller,
    /// As the system has it.
    Normal,
}

/// The scale among the commands.
pub static ROWS: &[CommandRow] = &[
    row("scale-up", Group::View, &[Shortcut::ctrl("Plus"), Shortcut::ctrl("Equals")], || {
        Command::Scale(ScaleCommand::Larger)
    }),
    row("scale-down", Group::View, &[Shortcut::ctrl("Minus")], || Command::Scale(ScaleCommand::Smaller)),
    row("scale-normal", Group::View, &[Shortcut::ctrl("0")], || Command::Scale(ScaleCommand::Normal)),
];

//! The command palette: opening it, and running what was found in it.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// What the palette wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaletteCommand {
    /// Open it, or close it again.
    Toggle,
    /// Close it, and do what the row with this name does.
    Run(String),
}

/// The palette among the commands.
pub static ROWS: &[CommandRow] =
    &[row("palette", Group::Help, &[Shortcut::ctrl("K"), Shortcut::ctrl_shift("P")], || {
        Command::Palette(PaletteCommand::Toggle)
    })];

//! Filters of the event table that have a name.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};

/// What is wanted of saved filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SavedFilterCommand {
    /// Save the filter of the table under this name.
    Save(String),
    /// Filter the table by the one with this name.
    Use(String),
    /// Keep the one with this name no more.
    Delete(String),
    /// Open the list of them, or close it.
    ToggleList,
}

/// Saved filters among the commands; the palette lists each of them besides.
pub static ROWS: &[CommandRow] =
    &[row("table-filters", Group::View, &[], || Command::SavedFilter(SavedFilterCommand::ToggleList))];

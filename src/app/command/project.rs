//! Saving projects.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// What is wanted of projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProjectCommand {
    /// Write the open project, or that of the shown capture, now, and say where.
    Save,
    /// Ask where a project over all open captures is to be written.
    SaveAs,
}

/// Projects among the commands.
pub static ROWS: &[CommandRow] = &[
    row("save-project", Group::File, &[Shortcut::ctrl("S")], || Command::Project(ProjectCommand::Save)),
    row("save-project-as", Group::File, &[], || Command::Project(ProjectCommand::SaveAs)),
];

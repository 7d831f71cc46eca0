//! Going back to where one was, and taking back what one has changed.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// Back and forth in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HistoryCommand {
    /// To the place seen before.
    Back,
    /// To the place seen before going back.
    Forward,
    /// Take back the latest change of view, draft or decisions.
    Undo,
    /// Do again what was taken back.
    Redo,
}

/// History among the commands.
pub static ROWS: &[CommandRow] = &[
    row("back", Group::Go, &[Shortcut::alt("ArrowLeft")], || Command::History(HistoryCommand::Back)),
    row("forward", Group::Go, &[Shortcut::alt("ArrowRight")], || Command::History(HistoryCommand::Forward)),
    row("undo", Group::View, &[Shortcut::ctrl("Z")], || Command::History(HistoryCommand::Undo)),
    row("redo", Group::View, &[Shortcut::ctrl_shift("Z")], || Command::History(HistoryCommand::Redo)),
];

//! Searching the event table: what is shown stays, hits are marked.

use serde::{Deserialize, Serialize};

use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use super::{Command, Direction};

/// What is wanted of the search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindCommand {
    /// Show its field and put the cursor there.
    Open,
    /// Search for this, a text in the language of the filter.
    For(String),
    /// Select the next or previous hit.
    Hit(Direction),
    /// Look no further.
    Stop,
    /// Take field and marks away.
    Close,
}

/// The search among the commands.
pub static ROWS: &[CommandRow] = &[
    row("find", Group::Go, &[Shortcut::ctrl("F"), Shortcut::key("Slash")], || {
        Command::Find(FindCommand::Open)
    }),
    row("next-hit", Group::Go, &[Shortcut::key("F3"), Shortcut::key("Enter")], || {
        Command::Find(FindCommand::Hit(Direction::Forward))
    }),
    row("previous-hit", Group::Go, &[Shortcut::shift("F3"), Shortcut::shift("Enter")], || {
        Command::Find(FindCommand::Hit(Direction::Back))
    }),
    row("stop-search", Group::Go, &[], || Command::Find(FindCommand::Stop)),
    row("close-search", Group::Go, &[], || Command::Find(FindCommand::Close)),
];

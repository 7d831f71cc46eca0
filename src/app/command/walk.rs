//! Walking along lanes, through the session, and from silence to silence.

use serde::{Deserialize, Serialize};

use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use super::{Command, Direction};

/// Walks that do not follow a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WalkCommand {
    /// To the next in the lane of the selection.
    InLane(Direction),
    /// To the next event of the session, whatever the table is filtered by.
    InSession(Direction),
    /// To the next silence.
    Silence(Direction),
}

use Direction::{Back, Forward};

/// The walks among the commands.
pub static ROWS: &[CommandRow] = &[
    row("next-in-lane", Group::Go, &[Shortcut::key("Period")], || {
        Command::Walk(WalkCommand::InLane(Forward))
    }),
    row("previous-in-lane", Group::Go, &[Shortcut::key("Comma")], || {
        Command::Walk(WalkCommand::InLane(Back))
    }),
    row("next-in-session", Group::Go, &[Shortcut::key("O")], || {
        Command::Walk(WalkCommand::InSession(Forward))
    }),
    row("previous-in-session", Group::Go, &[Shortcut::shift("O")], || {
        Command::Walk(WalkCommand::InSession(Back))
    }),
    row("next-silence", Group::Go, &[Shortcut::key("G")], || Command::Walk(WalkCommand::Silence(Forward))),
    row("previous-silence", Group::Go, &[Shortcut::shift("G")], || Command::Walk(WalkCommand::Silence(Back))),
];

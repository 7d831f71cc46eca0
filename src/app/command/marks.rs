//! Marks and notes on the time axis, and their table.

use serde::{Deserialize, Serialize};

use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use super::{Command, Direction};
use crate::app::prefs::BottomTab;
use crate::model::clock::TsMillis;

/// A wish about the marks of the shown session; each is known by its `ts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkCommand {
    /// Mark where the pointer is, or the selection; what is marked there is so no more.
    Toggle,
    /// Write a note where the pointer is, or the selection.
    Note,
    /// Write the note of a mark.
    NoteOf(TsMillis),
    /// The note says this now.
    Type(String),
    /// Keep the note that was written.
    AcceptNote,
    /// Leave the note as it was.
    CloseNote,
    /// Take a mark away, with its note.
    Remove(TsMillis),
    /// Show a mark.
    Show(TsMillis),
    /// Show the next or previous mark.
    Step(Direction),
}

const fn mark(name: &'static str, keys: &'static [Shortcut], make: fn() -> Command) -> CommandRow {
    row(name, Group::Measure, keys, make)
}

/// The commands that can be given without saying more.
pub static ROWS: &[CommandRow] = &[
    mark("mark", &[Shortcut::key("M")], || Command::Mark(MarkCommand::Toggle)),
    mark("note", &[Shortcut::shift("M")], || Command::Mark(MarkCommand::Note)),
    mark("next-mark", &[Shortcut::key("N")], || Command::Mark(MarkCommand::Step(Direction::Forward))),
    mark("previous-mark", &[Shortcut::shift("N")], || Command::Mark(MarkCommand::Step(Direction::Back))),
    mark("marks-panel", &[], || Command::ShowBottom(BottomTab::Marks)),
];

//! Cursors and ranges on the time axis, and their table.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use crate::app::marking::Cursor;
use crate::app::prefs::BottomTab;

/// A wish about what is measured on the time axis. Times are seconds since the session's origin, and snap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum MarkingCommand {
    /// Put a cursor to a time.
    SetCursor(Cursor, f64),
    /// Put a cursor to where the pointer is, or the selection.
    CursorHere(Cursor),
    /// Choose a range; its ends in any order.
    SetRange {
        /// One end.
        from: f64,
        /// The other.
        to: f64,
    },
    /// Choose the range of the selection: of what an event begins, else until the next event.
    RangeOfSelection,
    /// Choose the range between the cursors.
    RangeOfCursors,
    /// Show the chosen range.
    ZoomToRange,
    /// Take cursors and range away.
    Clear,
}

const fn marking(name: &'static str, keys: &'static [Shortcut], make: fn() -> Command) -> CommandRow {
    row(name, Group::Measure, keys, make)
}

/// The commands that can be given without saying more.
pub static ROWS: &[CommandRow] = &[
    marking("cursor-a", &[Shortcut::key("C")], || Command::Marking(MarkingCommand::CursorHere(Cursor::A))),
    marking("cursor-b", &[Shortcut::shift("C")], || Command::Marking(MarkingCommand::CursorHere(Cursor::B))),
    marking("range-selection", &[Shortcut::key("R")], || Command::Marking(MarkingCommand::RangeOfSelection)),
    marking("range-cursors", &[Shortcut::shift("R")], || Command::Marking(MarkingCommand::RangeOfCursors)),
    marking("range-zoom", &[], || Command::Marking(MarkingCommand::ZoomToRange)),
    marking("marking-clear", &[], || Command::Marking(MarkingCommand::Clear)),
    marking("measure-panel", &[], || Command::ShowBottom(BottomTab::Measure)),
];

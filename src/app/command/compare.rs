//! Comparing two sessions.

use serde::{Deserialize, Serialize};

use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use super::{Command, Direction};
use crate::app::compare::Page;
use crate::model::id::SessionId;
use crate::store::comparison::Align;
use crate::store::loaded::CaptureId;

/// What is wanted of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareCommand {
    /// Choose the session that the shown one is compared with, or choose none when it is this one; while two are
    /// compared, take it as the first of them.
    Choose(CaptureId, SessionId),
    /// Choose the shown session, to go on to another and compare that with it.
    ChooseShown,
    /// Compare the shown session with the chosen one, or leave the comparison.
    Toggle,
    /// Take this session as the first of the two.
    With(CaptureId, SessionId),
    /// Let the two change places.
    Swap,
    /// Put events side by side by something else.
    Align(Align),
    /// Show this page.
    Show(Page),
    /// Show what becomes of the first of the two when it is converted, or of the second.
    ConvertFirst(bool),
    /// Select the next place where the two part.
    Part(Direction),
    /// Compare the two anew.
    Again,
}

use Direction::{Back, Forward};

pub(super) static ROWS: &[CommandRow] = &[
    row("compare", Group::Go, &[Shortcut::ctrl("D")], || Command::Compare(CompareCommand::Toggle)),
    row("compare-choose", Group::Go, &[], || Command::Compare(CompareCommand::ChooseShown)),
    row("compare-next", Group::Go, &[Shortcut::alt("ArrowDown")], || {
        Command::Compare(CompareCommand::Part(Forward))
    }),
    row("compare-previous", Group::Go, &[Shortcut::alt("ArrowUp")], || {
        Command::Compare(CompareCommand::Part(Back))
    }),
    row("compare-conversion", Group::Go, &[], || Command::Compare(CompareCommand::Show(Page::Conversion))),
];

//! Comparing two sessions.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use crate::app::compare::Page;
use crate::model::id::SessionId;
use crate::store::comparison::Align;
use crate::store::loaded::CaptureId;

/// What is wanted of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareCommand {
    /// Choose the session that the shown one is compared with, or choose none when it is this one.
    Choose(CaptureId, SessionId),
    /// Choose the shown session, to go on to another and compare that with it.
    ChooseShown,
    /// Compare the shown session with the chosen one, or leave the comparison.
    Toggle,
    /// Put events side by side by something else.
    Align(Align),
    /// Show this page.
    Show(Page),
    /// Compare the two anew.
    Again,
}

pub(super) static ROWS: &[CommandRow] = &[
    row("compare", Group::Go, &[Shortcut::ctrl("D")], || Command::Compare(CompareCommand::Toggle)),
    row("compare-choose", Group::Go, &[], || Command::Compare(CompareCommand::ChooseShown)),
];

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
    /// Show only what differs, or all.
    ToggleDifferences,
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
    row("compare-order", Group::Go, &[], || page(Page::Order)),
    row("compare-lanes", Group::Go, &[], || page(Page::Lanes)),
    row("compare-metadata", Group::Go, &[], || page(Page::Metadata)),
    row("compare-cadence", Group::Go, &[], || page(Page::Cadence)),
    row("compare-conversion", Group::Go, &[], || page(Page::Conversion)),
    row("compare-by-state", Group::Go, &[], || align(Align::State)),
    row("compare-by-time", Group::Go, &[], || align(Align::Time)),
    row("compare-by-playhead", Group::Go, &[], || align(Align::Playhead)),
    row("compare-swap", Group::Go, &[], || Command::Compare(CompareCommand::Swap)),
    row("compare-differences", Group::Go, &[], || Command::Compare(CompareCommand::ToggleDifferences)),
    row("compare-convert-first", Group::Go, &[], || Command::Compare(CompareCommand::ConvertFirst(true))),
    row("compare-convert-second", Group::Go, &[], || Command::Compare(CompareCommand::ConvertFirst(false))),
    row("compare-again", Group::Go, &[], || Command::Compare(CompareCommand::Again)),
];

fn page(page: Page) -> Command {
    Command::Compare(CompareCommand::Show(page))
}

fn align(align: Align) -> Command {
    Command::Compare(CompareCommand::Align(align))
}

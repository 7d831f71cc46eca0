//! The layout of the event table: its columns, and what its rows are sorted by.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use crate::store::column::Column;
use crate::store::filter::Order;
use crate::store::sort::Sort;

/// What is wanted of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TableCommand {
    /// Sort by a column, or not.
    Sort(Option<Sort>),
    /// Show a column, or take it away.
    Toggle(Column),
    /// Put a column in this place, counted from the left.
    Put(Column, usize),
    /// Give a column another width, points.
    Resize(Column, f32),
    /// The columns that a new table has.
    Usual,
    /// Show only events with a finding, or all again.
    ToggleProblems,
    /// Filter by nothing any more.
    ClearFilter,
    /// Open the list of all columns, or close it.
    ToggleColumns,
}

/// The table among the commands.
pub static ROWS: &[CommandRow] = &[
    row("table-columns", Group::View, &[], || Command::Table(TableCommand::ToggleColumns)),
    row("table-usual", Group::View, &[], || Command::Table(TableCommand::Usual)),
    row("table-unsorted", Group::View, &[], || Command::Table(TableCommand::Sort(None))),
    row("table-by-arrival", Group::View, &[], || Command::SetOrder(Order::Arrival)),
    row("table-by-ts", Group::View, &[], || Command::SetOrder(Order::Ts)),
    row("table-problems", Group::View, &[], || Command::Table(TableCommand::ToggleProblems)),
    row("table-unfiltered", Group::View, &[], || Command::Table(TableCommand::ClearFilter)),
];

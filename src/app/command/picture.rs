//! Saving pictures of what the window shows.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureSubject {
    /// Timeline and clock plot of the shown session, under a heading.
    Session,
    /// The window, or a part of it, as it is drawn.
    Window(WindowPart),
}

/// A part of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowPart {
    /// All of it.
    Whole,
    /// The list of sessions.
    Sessions,
    /// The timeline.
    Timeline,
    /// The clock plot.
    Plot,
    /// The event table.
    Table,
    /// The detail.
    Detail,
    /// What is below: findings, sending, capture.
    Below,
}

impl WindowPart {
    /// Its word in the name of a file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            WindowPart::Whole => "window",
            WindowPart::Sessions => "sessions",
            WindowPart::Timeline => "timeline",
            WindowPart::Plot => "plot",
            WindowPart::Table => "table",
            WindowPart::Detail => "detail",
            WindowPart::Below => "below",
        }
    }
}

/// The pictures among the commands.
pub static ROWS: &[CommandRow] = &[
    row("picture", Group::File, &[Shortcut::ctrl_shift("S")], || {
        Command::SavePicture(PictureSubject::Session)
    }),
    row("picture-window", Group::File, &[], || of(WindowPart::Whole)),
    row("picture-timeline", Group::File, &[], || of(WindowPart::Timeline)),
    row("picture-plot", Group::File, &[], || of(WindowPart::Plot)),
    row("picture-table", Group::File, &[], || of(WindowPart::Table)),
    row("picture-detail", Group::File, &[], || of(WindowPart::Detail)),
    row("picture-sessions", Group::File, &[], || of(WindowPart::Sessions)),
    row("picture-below", Group::File, &[], || of(WindowPart::Below)),
];

fn of(part: WindowPart) -> Command {
    Command::SavePicture(PictureSubject::Window(part))
}

//! Copying events to the clipboard.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use crate::convert::copying::CopyForm;

/// What is copied, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyCommand {
    /// As what.
    pub form: CopyForm,
    /// True: all events that the table shows; false: the selected one.
    pub all: bool,
    /// True when identifying values are masked.
    pub masked: bool,
}

const fn copy(form: CopyForm, all: bool) -> Command {
    // A command that sends somebody's identifiers once more is handed on sooner than the event itself.
    Command::Copy(CopyCommand { form, all, masked: matches!(form, CopyForm::Curl) })
}

const fn curl_unmasked(all: bool) -> Command {
    Command::Copy(CopyCommand { form: CopyForm::Curl, all, masked: false })
}

/// Copying among the commands.
pub static ROWS: &[CommandRow] = &[
    row("copy-json", Group::File, &[], || copy(CopyForm::Json, false)),
    row("copy-curl", Group::File, &[], || copy(CopyForm::Curl, false)),
    row("copy-curl-unmasked", Group::File, &[], || curl_unmasked(false)),
    row("copy-notation", Group::File, &[], || copy(CopyForm::Notation, false)),
    row("copy-all-json", Group::File, &[], || copy(CopyForm::Json, true)),
    row("copy-all-curl", Group::File, &[], || copy(CopyForm::Curl, true)),
    row("copy-all-curl-unmasked", Group::File, &[], || curl_unmasked(true)),
    row("copy-all-notation", Group::File, &[], || copy(CopyForm::Notation, true)),
];

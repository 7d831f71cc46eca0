//! Copying events: their text is made outside, and put on the clipboard by the window.

use std::sync::Arc;

use super::State;
use super::command::copy::CopyCommand;
use super::effect::{Effect, Effects};
use super::notice::NoticeKind;
use crate::convert::copying::{Copied, CopyForm};
use crate::store::table_rows::TableRows;

/// No more events than this are copied at once: other programs choke on larger texts.
pub const MAX_COPIED: usize = 100_000;

impl State {
    pub(super) fn apply_copy(&mut self, command: CopyCommand) -> Effects {
        let rows = if command.all { Some(self.table_rows()) } else { self.selected_rows() };
        let n_rows = match (&rows, self.shown_session()) {
            (Some(rows), Some((_, session))) => rows.len(session),
            _ => 0,
        };
        if n_rows > MAX_COPIED {
            let values = vec![("n", n_rows.to_string()), ("most", MAX_COPIED.to_string())];
            self.notify(NoticeKind::Problem, "copy-too-many", values);
            return Effects::none();
        }
        let Some((rows, (loaded, session))) = rows.zip(self.shown_session()).filter(|_| n_rows > 0) else {
            self.notify(NoticeKind::Remark, "copy-nothing", Vec::new());
            return Effects::none();
        };
        let (loaded, session) = (Arc::clone(loaded), session.id);
        Effects::one(Effect::Copy { loaded, session, rows, form: command.form, masked: command.masked })
    }

    /// The selected event as the only row, if it is of the shown session.
    fn selected_rows(&self) -> Option<TableRows> {
        let (capture, event) = self.selected_event()?;
        let (loaded, session) = self.shown_session().filter(|(loaded, _)| loaded.id == capture)?;
        let is_here = loaded.capture.event(event)?.session() == Some(session.id);
        let arrival = loaded.places.arrival(event).filter(|_| is_here)?;
        Some(TableRows { chosen: Some(Arc::new(vec![arrival])), order: self.prefs.order })
    }

    pub(super) fn copied(&mut self, form: CopyForm, masked: bool, copied: Copied) -> Effects {
        let key = match (form, masked) {
            (CopyForm::Json, _) => "copied-json",
            (CopyForm::Notation, _) => "copied-notation",
            (CopyForm::Curl, true) => "copied-curl",
            (CopyForm::Curl, false) => "copied-curl-unmasked",
        };
        self.notify(NoticeKind::Remark, key, vec![("n", copied.n.to_string())]);
        if copied.n_left_out > 0 {
            let values = vec![("n", copied.n_left_out.to_string())];
            self.notify(NoticeKind::Problem, "copy-left-out", values);
        }
        Effects::one(Effect::PutOnClipboard { text: copied.text })
    }
}

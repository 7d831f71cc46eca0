//! The rows of the session list: pure, linear in the sessions, done outside a frame.

use std::sync::Arc;

use super::loaded::{CaptureId, LoadedCapture};
use crate::model::id::SessionId;
use crate::model::session::Session;

/// One row of the session list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionRow {
    /// The head of a capture.
    Capture(CaptureId),
    /// One of its sessions.
    Session(CaptureId, SessionId),
}

/// The rows of the session list, ready to be looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionRows {
    /// Sorted by capture and session, the head of a capture first.
    rows: Vec<SessionRow>,
    /// Which of them are heads.
    heads: Vec<usize>,
}

impl SessionRows {
    /// Captures (in order of their numbers) with those of their sessions in whose name, content or id `text`
    /// stands, letter case aside.
    #[must_use]
    pub fn of(captures: &[Arc<LoadedCapture>], text: &str) -> SessionRows {
        let wanted = text.trim().to_lowercase();
        let mut list = SessionRows::default();
        for loaded in captures {
            list.heads.push(list.rows.len());
            list.rows.push(SessionRow::Capture(loaded.id));
            let whole = loaded.capture.name.to_lowercase().contains(&wanted);
            let sessions = loaded.capture.sessions.iter();
            let sessions = sessions.filter(|session| whole || speaks_of(session, &wanted));
            list.rows.extend(sessions.map(|session| SessionRow::Session(loaded.id, session.id)));
        }
        list
    }

    /// Number of rows, heads included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without any row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Number of sessions in the list.
    #[must_use]
    pub fn n_sessions(&self) -> usize {
        self.rows.len() - self.heads.len()
    }

    /// The row with this number.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<SessionRow> {
        self.rows.get(row).copied()
    }

    /// How many heads stand above a row.
    #[must_use]
    pub fn n_heads_above(&self, row: usize) -> usize {
        self.heads.partition_point(|head| *head < row)
    }

    /// The row of a session, when it is in the list.
    #[must_use]
    pub fn row_of(&self, capture: CaptureId, session: SessionId) -> Option<usize> {
        let key = |row: &SessionRow| match row {
            SessionRow::Capture(capture) => (*capture, None),
            SessionRow::Session(capture, session) => (*capture, Some(*session)),
        };
        self.rows.binary_search_by_key(&(capture, Some(session)), key).ok()
    }
}

fn speaks_of(session: &Session, wanted: &str) -> bool {
    let content = &session.content;
    let texts = [&content.media_name, &content.media_id, &content.content_type, &session.sid];
    let known = texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted));
    known || session.mode.name().contains(wanted)
}

//! The rows of the session list: pure, linear in the sessions, done outside a frame.

use std::sync::Arc;

use super::loaded::{CaptureId, LoadedCapture};
use crate::model::id::SessionId;
use crate::model::session::{Content, Mode};

/// One row of the session list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionRow {
    /// The head of a capture.
    Capture(CaptureId),
    /// One of its sessions.
    Session(CaptureId, SessionId),
    /// One that was set aside: its place among those of the growth.
    Aside(CaptureId, usize),
}

/// The rows of the session list, ready to be looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionRows {
    /// By capture, its head first, then its sessions as they were opened.
    rows: Vec<SessionRow>,
    /// Which of them are heads.
    heads: Vec<usize>,
    /// Rows of sessions, sorted by capture and session.
    places: Vec<(CaptureId, SessionId, usize)>,
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
            let wanted = wanted.as_str();
            let sessions = loaded.capture.sessions.iter();
            let sessions =
                sessions.filter(|it| whole || speaks_of(&it.content, it.sid.as_ref(), it.mode, wanted));
            let keys = loaded.growth.as_ref().map_or(&[][..], |growth| growth.keys.as_slice());
            let aside = loaded.growth.as_ref().map_or(&[][..], |growth| growth.aside.as_slice());
            let aside = aside.iter().enumerate();
            let mut aside = aside
                .filter(|(_, it)| whole || speaks_of(&it.content, it.sid.as_ref(), it.mode, wanted))
                .peekable();
            for session in sessions {
                // All in the order in which they were opened.
                let key = keys.get(session.id.index()).copied().unwrap_or(u64::MAX);
                while let Some((at, _)) = aside.next_if(|(_, it)| it.key < key) {
                    list.rows.push(SessionRow::Aside(loaded.id, at));
                }
                list.places.push((loaded.id, session.id, list.rows.len()));
                list.rows.push(SessionRow::Session(loaded.id, session.id));
            }
            list.rows.extend(aside.map(|(at, _)| SessionRow::Aside(loaded.id, at)));
        }
        list.places.sort_unstable();
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
        let at = self
            .places
            .binary_search_by_key(&(capture, session), |(capture, session, _)| (*capture, *session));
        self.places.get(at.ok()?).map(|(_, _, row)| *row)
    }
}

fn speaks_of(content: &Content, sid: Option<&String>, mode: Mode, wanted: &str) -> bool {
    let texts = [content.media_name.as_ref(), content.media_id.as_ref(), content.content_type.as_ref(), sid];
    let known = texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted));
    known || mode.name().contains(wanted)
}

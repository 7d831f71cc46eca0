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

/// Captures with those of their sessions in whose name, content or id `text` stands (letter case aside).
#[must_use]
pub fn list(captures: &[Arc<LoadedCapture>], text: &str) -> Vec<SessionRow> {
    let wanted = text.trim().to_lowercase();
    let mut rows = Vec::new();
    for loaded in captures {
        rows.push(SessionRow::Capture(loaded.id));
        let whole = loaded.capture.name.to_lowercase().contains(&wanted);
        let sessions = loaded.capture.sessions.iter().filter(|session| whole || speaks_of(session, &wanted));
        rows.extend(sessions.map(|session| SessionRow::Session(loaded.id, session.id)));
    }
    rows
}

fn speaks_of(session: &Session, wanted: &str) -> bool {
    let content = &session.content;
    let texts = [&content.media_name, &content.media_id, &content.content_type, &session.sid];
    let known = texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted));
    known || session.mode.name().contains(wanted)
}

//! A session that was set aside: its row in the list, and where its lines are.

use std::sync::Arc;

use super::{LinePlace, SILENCE_MICROS, last_at};
use crate::model::capture::Capture;
use crate::model::clock::ReceivedAt;
use crate::model::session::{Content, Mode, Session};
use crate::rules::finding::Counts;
use crate::rules::verdict::Verdict;
use crate::store::judged::Judged;
use crate::store::places::{Places, SessionTimes};

/// What is known of a session whose events are not held, as of when it was last judged.
#[derive(Debug, Clone, PartialEq)]
pub struct AsideSession {
    /// Number of its first request in the journal: its name in the run.
    pub key: u64,
    /// The API's id.
    pub sid: Option<String>,
    /// How it was sent.
    pub mode: Mode,
    /// What is watched.
    pub content: Content,
    /// Number of events, those that came since counted as one a request.
    pub n_events: u64,
    /// When it begins and ends by `ts`.
    pub times: SessionTimes,
    /// What becomes of it.
    pub verdict: Option<Verdict>,
    /// Its findings.
    pub counts: Counts,
    /// True when more of it may still come.
    pub so_far: bool,
    /// True when more came since it was judged.
    pub is_behind: bool,
}

/// A session that was set aside.
#[derive(Debug, Clone)]
pub(super) struct Aside {
    pub(super) row: Arc<AsideSession>,
    /// Its lines in the journal, in order.
    pub(super) lines: Vec<LinePlace>,
    /// Which one it was to be judged again, counted over all; 0: not yet.
    pub(super) caught_up: u64,
    /// When its latest request arrived, microseconds since 1970, as of when it was judged.
    pub(super) last_at: i64,
}

impl Aside {
    /// A session as it was judged, with its lines.
    pub(super) fn of(
        key: u64,
        lines: Vec<LinePlace>,
        capture: &Capture,
        places: &Places,
        judged: &Judged,
        session: &Session,
    ) -> Aside {
        let row = AsideSession {
            key,
            sid: session.sid.clone(),
            mode: session.mode,
            content: session.content.clone(),
            n_events: session.len() as u64,
            times: places.times(session.id),
            verdict: judged.verdict(session.id),
            counts: judged.counts(session.id),
            so_far: capture.is_so_far(session),
            is_behind: false,
        };
        Aside { row: Arc::new(row), lines, caught_up: 0, last_at: last_at(capture, session) }
    }

    /// One that was silent for long enough is not so far any more.
    pub(super) fn note_silence(&mut self, now: ReceivedAt) {
        if self.row.so_far && !self.row.is_behind && now.0 >= self.last_at.saturating_add(SILENCE_MICROS) {
            Arc::make_mut(&mut self.row).is_behind = true;
        }
    }

    /// Nothing more comes: it is not so far any more.
    pub(super) fn note_end(&mut self) {
        if self.row.so_far {
            Arc::make_mut(&mut self.row).is_behind = true;
        }
    }

    /// Takes a line that came for it; only a request is an event more.
    pub(super) fn take(&mut self, place: LinePlace, is_request: bool) {
        self.lines.push(place);
        let row = Arc::make_mut(&mut self.row);
        row.is_behind = true;
        row.n_events += u64::from(is_request);
    }
}

//! Sessions: which events belong together, in which orders, and how they ended.

use super::id::{EventId, ExchangeId, SessionId};

/// How the session was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A request per event.
    Online,
    /// One array to `…/downloaded`, or bare events with `media.downloaded: true`.
    Downloaded,
    /// One array to `…/sessions` (deprecated).
    LegacyDownloaded,
    /// Events without a request.
    Unknown,
}

impl Mode {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Online => "online",
            Mode::Downloaded => "downloaded",
            Mode::LegacyDownloaded => "legacy-downloaded",
            Mode::Unknown => "unknown",
        }
    }

    /// True when the session was stored and sent later as one payload.
    #[must_use]
    pub const fn is_downloaded(self) -> bool {
        matches!(self, Mode::Downloaded | Mode::LegacyDownloaded)
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// `sessionComplete` was sent.
    Completed,
    /// `sessionEnd` was sent, without completion.
    Ended,
    /// The back end closed it: 10 minutes without an event, or 30 with a still playhead.
    TimedOut,
    /// Neither end nor complete; the capture went on long enough to see one.
    Open,
    /// The capture stopped before the end could be seen.
    CutOff,
}

impl Ending {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Ending::Completed => "completed",
            Ending::Ended => "ended",
            Ending::TimedOut => "timed-out",
            Ending::Open => "open",
            Ending::CutOff => "cut-off",
        }
    }
}

/// What the `sessionStart` says of the content, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// `media.id`.
    pub media_id: Option<String>,
    /// `media.name`.
    pub media_name: Option<String>,
    /// `media.length`, seconds.
    pub length_secs: Option<f64>,
    /// `media.contentType` as sent.
    pub content_type: Option<String>,
    /// `media.downloaded`.
    pub downloaded: Option<bool>,
    /// `media.resume`.
    pub resume: Option<bool>,
    /// True for live content: its playhead may be the second of the day.
    pub live: bool,
}

/// One session: what one `sessionStart` or one batch opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its number in the capture.
    pub id: SessionId,
    /// The API's id, when the capture shows it.
    pub sid: Option<String>,
    /// How it was sent.
    pub mode: Mode,
    /// What is watched.
    pub content: Content,
    /// How it ended.
    pub ending: Ending,
    /// Its events in order of arrival (in a batch: of the array).
    pub by_arrival: Vec<EventId>,
    /// Positions in `by_arrival` in the order in which the session is judged: by `ts`, ties by arrival, the
    /// opening `sessionStart` first. `None` when that is the order of arrival.
    pub judged_order: Option<Vec<u32>>,
    /// Its requests in order of arrival, refused attempts to open it included.
    pub exchanges: Vec<ExchangeId>,
    /// Number of attempts to open it (identical starts without a 201 before), at least 1.
    pub attempts: u32,
    /// True when nothing in the capture opened it (K001).
    pub begins_late: bool,
    /// True when events were put to the session by a guess, since no `Location` was recorded.
    pub guessed: bool,
}

/// True for what player code sends in place of a session id that it does not have. No server gives such an id.
#[must_use]
pub fn is_placeholder_sid(sid: &str) -> bool {
    let sid = sid.trim_matches(|char| matches!(char, '{' | '}' | '<' | '>' | ':' | '$' | '[' | ']'));
    let sid = sid.trim();
    let literals =
        ["", "undefined", "null", "nil", "none", "nan", "sid", "id", "session-id", "sessionid", "session_id"];
    literals.iter().any(|literal| sid.eq_ignore_ascii_case(literal)) || sid.starts_with("object ")
}

impl Session {
    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_arrival.len()
    }

    /// True without any event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_arrival.is_empty()
    }

    /// The event at a position of the judged order (by `ts`, ties by arrival).
    #[must_use]
    pub fn judged(&self, position: usize) -> Option<EventId> {
        let arrival = match &self.judged_order {
            Some(order) => *order.get(position)? as usize,
            None => position,
        };
        self.by_arrival.get(arrival).copied()
    }

    /// Events in the order in which the session is judged.
    pub fn in_judged_order(&self) -> impl Iterator<Item = EventId> {
        (0..self.len()).filter_map(|position| self.judged(position))
    }

    /// The index by arrival of the event at a position of the judged order.
    #[must_use]
    pub fn arrival_index(&self, position: usize) -> usize {
        match &self.judged_order {
            Some(order) => order.get(position).map_or(position, |index| *index as usize),
            None => position,
        }
    }
}

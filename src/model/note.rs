//! Remarks of the reader about its input. The K rules turn them into findings.

use super::id::{EventId, ExchangeId, SessionId};

/// What kind of remark: the K rule that words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// K001: events of a session that nothing in the capture opened.
    StartsMidSession,
    /// K002: the capture stops before the session's end.
    StopsMidSession,
    /// K003: a body was redacted, cut or not recorded.
    BodyMissing,
    /// K004: an entry could not be read.
    EntrySkipped,
    /// K005: loose JSON was read.
    JsonRepaired,
    /// K006: no answer recorded.
    NoAnswer,
    /// K007: an answer could not be read.
    AnswerUnreadable,
    /// K008: loose text that leaves something out.
    ContentElided,
}

impl NoteKind {
    /// Code of the rule.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            NoteKind::StartsMidSession => "MC-K001",
            NoteKind::StopsMidSession => "MC-K002",
            NoteKind::BodyMissing => "MC-K003",
            NoteKind::EntrySkipped => "MC-K004",
            NoteKind::JsonRepaired => "MC-K005",
            NoteKind::NoAnswer => "MC-K006",
            NoteKind::AnswerUnreadable => "MC-K007",
            NoteKind::ContentElided => "MC-K008",
        }
    }
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestNote {
    /// What kind.
    pub kind: NoteKind,
    /// One sentence without a full stop, with the values.
    pub message: String,
    /// Where, as an offset in the source.
    pub offset: Option<u64>,
    /// The request that it concerns.
    pub exchange: Option<ExchangeId>,
    /// The event that it concerns.
    pub event: Option<EventId>,
    /// The session that it concerns (known after sessions were made).
    pub session: Option<SessionId>,
}

impl IngestNote {
    /// A remark about the input at `offset`.
    #[must_use]
    pub fn at(kind: NoteKind, message: impl Into<String>, offset: Option<u64>) -> Self {
        Self { kind, message: message.into(), offset, exchange: None, event: None, session: None }
    }
}

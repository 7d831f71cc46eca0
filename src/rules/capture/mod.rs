//! Family K, capture: limits of what we saw; never blames the player.
//!
//! The reader's remarks ([`IngestNote`]) become findings here: one per kind and input, or per kind and session
//! where they concern one. The remarks themselves stay in the report singly.

use std::collections::BTreeMap;

use super::context::CaptureCx;
use super::finding::Report;
use super::rule::Rule;
use crate::model::id::SessionId;
use crate::model::note::{IngestNote, NoteKind};

mod answer_unreadable;
mod body_missing_or_cut;
mod content_elided;
mod entry_skipped;
mod json_repaired;
mod no_answer_recorded;
mod starts_mid_session;
mod stops_mid_session;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &starts_mid_session::STARTS_MID_SESSION,
    &stops_mid_session::STOPS_MID_SESSION,
    &body_missing_or_cut::BODY_MISSING_OR_CUT,
    &entry_skipped::ENTRY_SKIPPED,
    &json_repaired::JSON_REPAIRED,
    &no_answer_recorded::NO_ANSWER_RECORDED,
    &answer_unreadable::ANSWER_UNREADABLE,
    &content_elided::CONTENT_ELIDED,
];

/// The remarks of one kind about one session, or about the input.
struct Remarks<'a> {
    session: Option<SessionId>,
    /// The first of them.
    first: &'a IngestNote,
    /// All of them, in order of the file.
    all: Vec<&'a IngestNote>,
}

/// The remarks of one kind, by session; those that concern none come first.
fn remarks<'a>(cx: &CaptureCx<'a>, kind: NoteKind) -> impl Iterator<Item = Remarks<'a>> + use<'a> {
    let mut by_session: BTreeMap<Option<SessionId>, Vec<&IngestNote>> = BTreeMap::new();
    let capture = cx.capture;
    for note in capture.notes.iter().filter(|note| note.kind == kind) {
        let of_event = || capture.event(note.event?)?.session();
        let of_exchange = || capture.exchange(note.exchange?)?.session();
        by_session.entry(note.session.or_else(of_event).or_else(of_exchange)).or_default().push(note);
    }
    by_session
        .into_iter()
        .filter_map(|(session, all)| Some(Remarks { session, first: all.first().copied()?, all }))
}

impl Remarks<'_> {
    /// A report with the first remark's words and place, that counts them all.
    fn report(&self) -> Report {
        let more = match self.all.len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        self.report_as(format!("{}{more}", self.first.message))
    }

    /// A report with these words at the first remark's place, that counts them all.
    fn report_as(&self, message: String) -> Report {
        Report::new(message)
            .session(self.session)
            .exchange(self.first.exchange)
            .event(self.first.event)
            .offset(self.first.offset)
            .count(u32::try_from(self.all.len()).unwrap_or(u32::MAX))
    }
}

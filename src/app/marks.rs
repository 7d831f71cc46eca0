//! Marks and notes on the time axis of the shown session. They belong to the project, which is written after each
//! change, and are taken back like other decisions.

use std::sync::Arc;

use super::State;
use super::command::Direction;
use super::command::marks::MarkCommand;
use super::effect::Effects;
use super::history::Decisions;
use super::item::Item;
use super::notice::NoticeKind;
use crate::model::clock::TsMillis;
use crate::model::id::SessionId;
use crate::store::project::{Project, SavedMark};

/// A note keeps so many characters.
pub const MAX_NOTE_CHARS: usize = 2_000;

/// The field of a note that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteField {
    /// The place of its mark.
    pub ts: TsMillis,
    /// What was typed.
    pub typed: String,
}

/// What is looked at of the marks of the shown session.
#[derive(Debug, Default)]
pub struct MarksView {
    /// The mark that was shown last.
    pub at: Option<TsMillis>,
    /// The note that is being written.
    pub note: Option<NoteField>,
}

impl State {
    /// The marks of the shown session, by `ts`.
    #[must_use]
    pub fn marks(&self) -> &[SavedMark] {
        let shown = self.shown.and_then(|(capture, session)| Some((self.projects.get(&capture)?, session)));
        shown.map(|(project, session)| project.marks_of(session)).unwrap_or_default()
    }

    /// The mark at a time of the client's clock.
    #[must_use]
    pub fn mark_at(&self, ts: TsMillis) -> Option<&SavedMark> {
        let marks = self.marks();
        marks.get(marks.binary_search_by_key(&ts.0, |mark| mark.ts).ok()?)
    }

    /// Where a mark lies on the time axis, seconds.
    #[must_use]
    pub fn secs_of_mark(&self, mark: &SavedMark) -> Option<f64> {
        let (loaded, session) = self.shown_session()?;
        loaded.places.times(session.id).secs(TsMillis(mark.ts))
    }

    pub(super) fn apply_mark(&mut self, command: MarkCommand) -> Effects {
        match command {
            MarkCommand::Toggle => {
                let Some(ts) = self.ts_here() else { return Effects::none() };
                let is_marked = self.mark_at(ts).is_some();
                return self.change_marks(|project, session| match is_marked {
                    true => project.remove_mark(session, ts.0),
                    false => project.put_mark(session, ts.0, String::new()),
                });
            }
            MarkCommand::Note => {
                if let Some(ts) = self.ts_here() {
                    self.write_note(ts);
                }
            }
            MarkCommand::NoteOf(ts) => self.write_note(ts),
            MarkCommand::Type(typed) => {
                if let Some(field) = &mut self.marks_view.note {
                    field.typed = typed;
                }
            }
            MarkCommand::AcceptNote => {
                let Some(NoteField { ts, typed }) = self.marks_view.note.take() else {
                    return Effects::none();
                };
                if typed.trim().chars().count() > MAX_NOTE_CHARS {
                    let values = vec![("most", MAX_NOTE_CHARS.to_string())];
                    self.notify(NoticeKind::Problem, "note-cut", values);
                }
                let note: String = typed.trim().chars().take(MAX_NOTE_CHARS).collect();
                return self.change_marks(|project, session| project.put_mark(session, ts.0, note));
            }
            MarkCommand::CloseNote => self.marks_view.note = None,
            MarkCommand::Remove(ts) => {
                return self.change_marks(|project, session| project.remove_mark(session, ts.0));
            }
            MarkCommand::Show(ts) => return self.show_mark(ts),
            MarkCommand::Step(direction) => return self.step_mark(direction),
        }
        Effects::none()
    }

    fn ts_here(&mut self) -> Option<TsMillis> {
        let secs = self.here()?;
        let (loaded, session) = self.shown_session()?;
        let origin = loaded.places.times(session.id).origin?;
        Some(TsMillis(origin.0.saturating_add((secs * 1000.0).round() as i64)))
    }

    fn write_note(&mut self, ts: TsMillis) {
        // Another session would take the field away.
        self.live.following = false;
        let typed = self.mark_at(ts).map(|mark| mark.note.clone()).unwrap_or_default();
        self.marks_view.note = Some(NoteField { ts, typed });
    }

    fn change_marks(&mut self, change: impl FnOnce(&mut Project, SessionId)) -> Effects {
        let Some((loaded, session)) = self.shown_session() else { return Effects::none() };
        let (loaded, session) = (Arc::clone(loaded), session.id);
        let project = self.projects.entry(loaded.id).or_default();
        let before = Decisions::of(project);
        change(project, session);
        if Decisions::of(project) == before {
            return Effects::none();
        }
        self.remember_decisions(loaded.id, before);
        self.save_project(&loaded)
    }

    fn show_mark(&mut self, ts: TsMillis) -> Effects {
        let Some(secs) = self.mark_at(ts).and_then(|mark| self.secs_of_mark(mark)) else {
            return Effects::none();
        };
        self.live.following = false;
        let event = self.drawing.as_ref().and_then(|drawing| {
            let position = drawing.event_at(secs)?;
            drawing.events.get(position as usize).copied()
        });
        let effects = match (event, self.shown) {
            (Some(event), Some((capture, _))) => self.select(Item::Event(capture, event)),
            _ => Effects::none(),
        };
        self.reveal_secs(secs);
        self.marks_view.at = Some(ts);
        effects
    }

    /// From the mark that was shown last, or the selected event; from the last one it goes on with the first.
    fn step_mark(&mut self, direction: Direction) -> Effects {
        let marks = self.marks();
        let selected = || {
            let (_, event) = self.selected_event()?;
            self.shown_session()?.0.capture.event(event)?.ts()
        };
        let from = self.marks_view.at.or_else(selected);
        let next = match (from, direction) {
            (None, Direction::Forward) => marks.first(),
            (None, Direction::Back) => marks.last(),
            (Some(from), Direction::Forward) => {
                marks.iter().find(|mark| mark.ts > from.0).or_else(|| marks.first())
            }
            (Some(from), Direction::Back) => {
                marks.iter().rfind(|mark| mark.ts < from.0).or_else(|| marks.last())
            }
        };
        match next.map(|mark| TsMillis(mark.ts)) {
            Some(ts) => self.show_mark(ts),
            None => {
                self.notify(NoticeKind::Remark, "no-marks", Vec::new());
                Effects::none()
            }
        }
    }
}

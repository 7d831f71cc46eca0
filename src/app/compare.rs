//! Two sessions side by side: which, and how.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use super::command::compare::CompareCommand;
use super::effect::{Effect, Effects};
use super::notice::NoticeKind;
use crate::model::id::SessionId;
use crate::store::comparison::{Align, Comparison};
use crate::store::loaded::{CaptureId, LoadedCapture};

/// A session of a capture.
pub type Subject = (CaptureId, SessionId);

/// Pages of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Page {
    /// Events side by side.
    #[default]
    Order,
    /// What the starts say.
    Metadata,
    /// How often what comes.
    Cadence,
}

/// What is compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compare {
    /// The session that the shown one is to be compared with.
    pub with: Option<Subject>,
    /// The two that are compared; `None` while the comparison is not shown.
    pub pair: Option<[Subject; 2]>,
    /// By what events are put side by side.
    pub align: Align,
    /// The page that is shown.
    pub page: Page,
    /// The result; `None` while it is worked out.
    pub comparison: Option<Arc<Comparison>>,
    revision: u64,
}

impl State {
    pub(super) fn apply_compare(&mut self, command: CompareCommand) -> Effects {
        match command {
            CompareCommand::Choose(capture, session) => {
                let chosen = Some((capture, session));
                self.compare.with = if self.compare.with == chosen { None } else { chosen };
            }
            CompareCommand::ChooseShown => self.compare.with = self.shown,
            CompareCommand::Toggle if self.compare.pair.is_some() => self.leave_comparison(),
            CompareCommand::Toggle => return self.enter_comparison(),
            CompareCommand::Align(align) => {
                self.compare.align = align;
                return self.compare_again();
            }
            CompareCommand::Show(page) => self.compare.page = page,
            CompareCommand::Again => return self.compare_again(),
        }
        Effects::none()
    }

    fn enter_comparison(&mut self) -> Effects {
        let Some((shown, other)) = self.shown.zip(self.other_session()) else {
            self.notify(NoticeKind::Remark, "compare-choose", Vec::new());
            return Effects::none();
        };
        self.compare.pair = Some([other, shown]);
        self.compare_again()
    }

    /// The chosen session, or the only other one that there is.
    fn other_session(&self) -> Option<Subject> {
        let is_other = |subject: &Subject| Some(*subject) != self.shown;
        let is_there = |(capture, session): &Subject| {
            self.capture(*capture).is_some_and(|loaded| loaded.capture.session(*session).is_some())
        };
        let chosen = self.compare.with.filter(is_other).filter(is_there);
        chosen.or_else(|| {
            let all = self
                .captures
                .iter()
                .flat_map(|loaded| loaded.capture.sessions.iter().map(|session| (loaded.id, session.id)));
            let mut others = all.filter(is_other);
            others.next().filter(|_| others.next().is_none())
        })
    }

    /// Shows the session again in place of the comparison.
    pub(super) fn leave_comparison(&mut self) {
        self.compare.pair = None;
        self.compare.comparison = None;
    }

    /// A capture is closed: nothing is compared with it any more.
    pub(super) fn compare_no_more(&mut self, capture: CaptureId) {
        self.compare.with = self.compare.with.filter(|(with, _)| *with != capture);
        if self.compares(capture) {
            self.leave_comparison();
        }
    }

    /// True while a session of this capture is compared.
    pub(super) fn compares(&self, capture: CaptureId) -> bool {
        self.compare.pair.is_some_and(|pair| pair.iter().any(|(of, _)| *of == capture))
    }

    /// Asks for the comparison anew, if one is shown.
    pub(super) fn compare_again(&mut self) -> Effects {
        self.compare.revision += 1;
        let Some([first, second]) = self.compare.pair else { return Effects::none() };
        let loaded = |(capture, session)| Some((Arc::clone(self.capture(capture)?), session));
        let sides: Option<[(Arc<LoadedCapture>, SessionId); 2]> =
            loaded(first).zip(loaded(second)).map(|(first, second)| [first, second]);
        let Some(sides) = sides else { return Effects::none() };
        Effects::one(Effect::Compare { revision: self.compare.revision, sides, align: self.compare.align })
    }

    /// The two are compared, or one of them is not there any more.
    pub(super) fn compared(&mut self, revision: u64, comparison: Option<Arc<Comparison>>) {
        if revision != self.compare.revision {
            return;
        }
        match comparison {
            Some(comparison) if self.compare.pair.is_some() => self.compare.comparison = Some(comparison),
            _ => self.leave_comparison(),
        }
    }

    /// True when a capture has grown since its session was compared: rows may name other events.
    #[must_use]
    pub fn comparison_is_old(&self) -> bool {
        self.compare.comparison.as_ref().is_some_and(|comparison| {
            comparison.sides.iter().any(|side| {
                self.capture(side.capture).is_none_or(|loaded| loaded.numbering() != side.numbering)
            })
        })
    }
}

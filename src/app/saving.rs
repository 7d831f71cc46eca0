//! Keeping what was decided: when project files are written, what is not kept anywhere, and leaving the program.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::State;
use super::effect::{Effect, Effects};
use super::live::{Phase, Question};
use super::named::NamedSaving;
use super::notice::NoticeKind;
use super::update::Update;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::project::Project;

/// What is being written, and what could not be.
#[derive(Debug, Default)]
pub struct Saving {
    /// So many project files are being written.
    under_way: u32,
    /// Captures whose decisions could not be written.
    failed: BTreeSet<CaptureId>,
    /// The user agreed to leave without what is not kept.
    pub(super) agreed: bool,
    /// The program is left when all is written.
    leaves: bool,
}

impl Saving {
    pub(super) fn begin(&mut self) {
        self.under_way += 1;
    }

    pub(super) fn forget(&mut self, capture: CaptureId) {
        self.failed.remove(&capture);
    }
}

impl State {
    /// Has what was decided about a capture written; pasted text and demo sessions have no place for it.
    pub(super) fn save_project(&mut self, loaded: &Arc<LoadedCapture>) -> Effects {
        if self.is_in_project(loaded.id) {
            return self.save_named(false);
        }
        let Some(project) = self.projects.get(&loaded.id).filter(|_| loaded.path.is_some()) else {
            return Effects::none();
        };
        let project = Box::new(project.clone());
        self.saving.begin();
        Effects::one(Effect::SaveProject { loaded: Arc::clone(loaded), project, asked: false })
    }

    /// Has the open project written, or that of the shown capture, because the user asks for it.
    pub(super) fn save_now(&mut self) -> Effects {
        if self.named.is_some() {
            return self.save_named(true);
        }
        let Some((loaded, _)) = self.shown_session() else { return Effects::none() };
        let loaded = Arc::clone(loaded);
        if loaded.path.is_none() {
            let values = vec![("name", loaded.short_name().to_owned())];
            self.notify(NoticeKind::Remark, "project-no-place", values);
            return Effects::none();
        }
        let project = Box::new(self.projects.entry(loaded.id).or_default().clone());
        self.saving.begin();
        Effects::one(Effect::SaveProject { loaded, project, asked: true })
    }

    /// Updates about project files.
    pub(super) fn absorb_saving(&mut self, update: Update) -> Effects {
        match update {
            Update::ProjectOpened { job, named, captures, missing } => {
                return self.project_opened(job, named.map(|named| *named), captures, &missing);
            }
            Update::ProjectPlacePicked { place, at_once } => {
                return self.project_place_picked(place, at_once);
            }
            Update::ProjectSaved { capture, place, asked } => {
                self.saving.failed.remove(&capture);
                if let Some(place) = place.filter(|_| asked) {
                    let values = vec![("name", place.display().to_string())];
                    self.notify(NoticeKind::Remark, "project-saved", values);
                }
            }
            Update::ProjectNotSaved { capture, name, why } => {
                self.saving.failed.insert(capture);
                self.notify(NoticeKind::Problem, "project-not-saved", vec![("name", name), ("why", why)]);
            }
            Update::NamedSaved { named, why } => {
                let mut effects = self.named_saved(*named, &why);
                let kept: Vec<CaptureId> = self.in_project().collect();
                kept.iter().for_each(|capture| self.saving.forget(*capture));
                effects.append(self.written());
                return effects;
            }
            Update::NamedNotSaved { place, why, failure } => {
                if !matches!(why, NamedSaving::New { .. }) {
                    let lost: Vec<CaptureId> = self.in_project().collect();
                    self.saving.failed.extend(lost);
                }
                self.named_not_saved(&place, failure);
            }
            other => return self.absorb_sending(other),
        }
        self.written()
    }

    fn in_project(&self) -> impl Iterator<Item = CaptureId> {
        self.captures.iter().map(|loaded| loaded.id).filter(|id| self.is_in_project(*id))
    }

    /// One file less is being written.
    fn written(&mut self) -> Effects {
        self.saving.under_way = self.saving.under_way.saturating_sub(1);
        if self.saving.under_way == 0 && std::mem::take(&mut self.saving.leaves) {
            return self.quit();
        }
        Effects::none()
    }

    /// The captures about which something was decided that is kept nowhere.
    pub fn unsaved(&self) -> impl Iterator<Item = &Arc<LoadedCapture>> {
        self.captures.iter().filter(|loaded| {
            let is_kept = loaded.path.is_some() && !self.saving.failed.contains(&loaded.id);
            !is_kept && self.projects.get(&loaded.id).is_some_and(Project::has_decisions)
        })
    }

    /// True while leaving the program would end something that runs or lose what was decided, and nobody has agreed to
    /// that.
    #[must_use]
    pub fn would_lose(&self) -> bool {
        !self.saving.agreed && (self.live.phase != Phase::Off || self.unsaved().next().is_some())
    }

    /// True while the window must not be closed: something would be lost, or is being written.
    #[must_use]
    pub fn must_stay(&self) -> bool {
        self.would_lose() || self.saving.under_way > 0
    }

    /// Leaves the program when all is written; asks first where something would be lost.
    pub(super) fn quit(&mut self) -> Effects {
        if self.would_lose() {
            self.live.question = Some(Question::Quit);
            return Effects::none();
        }
        if self.saving.under_way > 0 {
            self.saving.leaves = true;
            return Effects::none();
        }
        Effects::one(Effect::Quit)
    }
}

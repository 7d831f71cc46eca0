//! The project that has a name: what is decided about the captures in it is kept in one file of theirs.
//!
//! A capture is in it by its content ([`NamedProject::parts`]); what is decided about others is kept beside them. All
//! that are open come in when the user saves.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::command::JobId;
use super::command::project::ProjectCommand;
use super::effect::{Effect, Effects};
use super::notice::NoticeKind;
use super::{JobKind, PathField, PathPurpose, State};
use crate::model::reason::Reason;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::named_project::NamedProject;
use crate::store::project::{CaptureName, PROJECT_ENDING, Project};

/// A project with its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The file.
    pub place: PathBuf,
    /// What was decided, as far as it is saved or about to be.
    pub project: NamedProject,
}

impl Named {
    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> String {
        self.place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Why a project that has a name is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamedSaving {
    /// Something was decided.
    Decided,
    /// The user asks for it and is to hear where it was written.
    Asked,
    /// It gets a name, or another one.
    New {
        /// True when a file that is there may be replaced: the dialog of the system has asked.
        may_replace: bool,
        /// The captures that are open, which are never replaced.
        captures: Vec<PathBuf>,
    },
}

/// Why a project was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedFailure {
    /// Something of that name is there.
    Exists,
    /// It is a capture that is open.
    IsCapture,
    /// What the system says.
    Failed(String),
}

impl State {
    pub(super) fn apply_project(&mut self, command: ProjectCommand) -> Effects {
        match command {
            ProjectCommand::Save => self.save_now(),
            ProjectCommand::SaveAs if self.captures.iter().all(|loaded| loaded.path.is_none()) => {
                self.notify(NoticeKind::Remark, "project-of-nothing", Vec::new());
                Effects::none()
            }
            ProjectCommand::SaveAs => Effects::one(Effect::PickProjectPlace { name: self.project_name() }),
        }
    }

    /// What to call the file of a project unless the user says otherwise.
    fn project_name(&self) -> String {
        self.named.as_ref().map_or_else(|| format!("project{PROJECT_ENDING}"), Named::name)
    }

    /// The dialog was left. Where it never came up, a field asks.
    pub(super) fn project_place_picked(&mut self, place: Option<PathBuf>, at_once: bool) -> Effects {
        match place {
            Some(path) => self.save_as(path, true),
            None if at_once => {
                let typed = self.project_name();
                let purpose = PathPurpose::Project;
                self.path_field = Some(PathField { typed: typed.clone(), purpose, ..PathField::default() });
                Effects::one(Effect::ListFolder { typed })
            }
            None => Effects::none(),
        }
    }

    /// Has a project over all open captures written to this file.
    pub(super) fn save_as(&mut self, mut path: PathBuf, mut may_replace: bool) -> Effects {
        if path.extension().is_none() {
            path.as_mut_os_string().push(PROJECT_ENDING);
            // It is another file than the one that the dialog asked about.
            may_replace = false;
        }
        let mut project = self.named.as_ref().map(|named| named.project.clone()).unwrap_or_default();
        project.put(self.decided(), true);
        let captures = self.captures.iter().filter_map(|loaded| loaded.path.clone()).collect();
        self.write_named(Named { place: path, project }, NamedSaving::New { may_replace, captures })
    }

    /// Has the open project written; true: all open captures come in, and the user hears of it.
    pub(super) fn save_named(&mut self, asked: bool) -> Effects {
        let decided = self.decided();
        let Some(named) = &mut self.named else { return Effects::none() };
        named.project.put(decided, asked);
        let named = named.clone();
        self.write_named(named, if asked { NamedSaving::Asked } else { NamedSaving::Decided })
    }

    fn write_named(&mut self, Named { place, project }: Named, why: NamedSaving) -> Effects {
        self.saving.begin();
        Effects::one(Effect::SaveNamed { place, project: Box::new(project), why })
    }

    /// What was decided about the captures that have a file, each with its name.
    fn decided(&self) -> Vec<(CaptureName, Project)> {
        let kept = self.captures.iter().filter_map(|loaded| Some((loaded.content_name()?, loaded.id)));
        kept.map(|(name, id)| (name, self.projects.get(&id).cloned().unwrap_or_default())).collect()
    }

    /// What the open project says about an open capture.
    fn part_of(&self, capture: CaptureId) -> Option<&Project> {
        let named = self.named.as_ref()?;
        let name = |loaded: &LoadedCapture| Some((loaded.id, loaded.content_name()?));
        let (ids, names): (Vec<_>, Vec<_>) = self.captures.iter().filter_map(|loaded| name(loaded)).unzip();
        let at = ids.iter().position(|id| *id == capture)?;
        named.project.captures.get(named.project.parts(&names).get(at).copied()??)
    }

    /// True when what is decided about a capture is kept in the open project.
    #[must_use]
    pub fn is_in_project(&self, capture: CaptureId) -> bool {
        self.part_of(capture).is_some()
    }

    /// What was decided about a capture that has just come: what the open project says counts more than what was
    /// `found` beside it.
    pub(super) fn take_decisions(
        &mut self,
        capture: CaptureId,
        found: Option<Result<Box<Project>, Box<Reason>>>,
    ) {
        let Some(loaded) = self.capture(capture).cloned() else { return };
        if let Some(part) = self.part_of(capture).cloned() {
            return self.take_project(capture, loaded.short_name(), Some(Ok(Box::new(part))));
        }
        let is_listed = |named: &Named| {
            let paths = named.project.captures.iter().map(|part| PathBuf::from(&part.capture.path));
            loaded.path.as_ref().is_some_and(|path| paths.into_iter().any(|known| known == *path))
        };
        if self.named.as_ref().is_some_and(is_listed) {
            let values = vec![("name", loaded.short_name().to_owned())];
            self.notify(NoticeKind::Problem, "project-capture-changed", values);
        }
        self.take_project(capture, loaded.short_name(), found);
    }

    /// A project file was read: its captures are opened, those of the project before are closed.
    pub(super) fn project_opened(
        &mut self,
        job: JobId,
        named: Option<Named>,
        captures: Vec<PathBuf>,
        missing: &[PathBuf],
    ) -> Effects {
        let Some(JobKind::Open { path: Some(place), .. }) = self.end_job(job) else { return Effects::none() };
        self.prefs.remember(place);
        if !missing.is_empty() {
            let missing: Vec<String> = missing.iter().map(|path| path.display().to_string()).collect();
            let values = vec![("names", missing.join(", "))];
            self.notify(NoticeKind::Problem, "project-captures-missing", values);
        }
        let mut effects = Effects::none();
        if captures.is_empty() {
            return effects;
        }
        if named.is_some() {
            let ids: Vec<CaptureId> = self.captures.iter().map(|loaded| loaded.id).collect();
            let of_project: Vec<CaptureId> = ids.into_iter().filter(|id| self.is_in_project(*id)).collect();
            of_project.into_iter().for_each(|id| effects.append(self.close(id)));
            self.named = named;
        }
        effects.append(self.open(captures));
        effects
    }

    pub(super) fn named_saved(&mut self, named: Named, why: &NamedSaving) -> Effects {
        let NamedSaving::New { .. } = why else {
            if *why == NamedSaving::Asked {
                self.say_saved(&named);
            }
            return Effects::none();
        };
        self.prefs.remember(named.place.clone());
        self.say_saved(&named);
        let written = named.project.clone();
        self.named = Some(named);
        let decided = self.decided();
        // What was decided while it was written belongs to it, too.
        let is_behind = self.named.as_mut().is_some_and(|named| {
            named.project.put(decided, false);
            named.project != written
        });
        if is_behind { self.save_named(false) } else { Effects::none() }
    }

    fn say_saved(&mut self, named: &Named) {
        let values = vec![("name", named.place.display().to_string())];
        self.notify(NoticeKind::Remark, "project-saved", values);
        let without = self.captures.iter().filter(|loaded| loaded.path.is_none());
        let without: Vec<&str> = without.map(|loaded| loaded.short_name()).collect();
        if !without.is_empty() {
            let values = vec![("names", without.join(", "))];
            self.notify(NoticeKind::Remark, "project-without", values);
        }
    }

    pub(super) fn named_not_saved(&mut self, place: &std::path::Path, failure: NamedFailure) {
        let name = ("name", place.display().to_string());
        match failure {
            NamedFailure::Exists => self.notify(NoticeKind::Problem, "project-exists", vec![name]),
            NamedFailure::IsCapture => self.notify(NoticeKind::Problem, "project-is-capture", vec![name]),
            NamedFailure::Failed(why) => {
                self.notify(NoticeKind::Problem, "project-not-saved", vec![name, ("why", why)]);
            }
        }
    }

    /// The last capture was closed: so is the project.
    pub(super) fn leave_project(&mut self) {
        if self.captures.is_empty() {
            self.named = None;
        }
    }
}

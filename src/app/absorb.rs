//! What updates do.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::JobId;
use super::effect::{Effect, Effects};
use super::item::Item;
use super::notice::{NoticeKind, with_reason};
use super::update::{OpenError, Update};
use super::{JobKind, PathField, State};
use crate::config::{Beside, Config};
use crate::model::capture::Capture;
use crate::model::reason::Reason;
use crate::rules::selection::Exception;
use crate::store::judged::Judged;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::places::Places;
use crate::store::project::Project;

impl State {
    /// Takes in what has happened. Total: answers that nobody waits for any more do nothing.
    pub fn absorb(&mut self, update: Update) -> Effects {
        let before = self.place();
        let mut effects = self.absorb_one(update);
        self.remember_place(before);
        effects.append(self.search_again());
        self.regroup();
        self.check_story();
        effects
    }

    fn absorb_one(&mut self, update: Update) -> Effects {
        match update {
            Update::Picked { paths, .. } if !paths.is_empty() => {
                return self.apply(super::command::Command::Open(paths));
            }
            Update::Picked { at_once, .. } => {
                if at_once && self.path_field.is_none() {
                    self.path_field = Some(PathField::default());
                    return Effects::one(Effect::ListFolder { typed: String::new() });
                }
            }
            Update::PlacePicked { place, at_once } => return self.place_picked(place, at_once),
            Update::PictureSaved { place } => {
                let values = vec![("name", place.display().to_string())];
                self.notify(NoticeKind::Remark, "picture-saved", values);
            }
            Update::PictureNotSaved { place, failure } => self.picture_not_saved(&place, failure),
            Update::Folder { typed, entries } => {
                if let Some(field) = self.path_field.as_mut().filter(|field| field.typed == typed) {
                    field.entries = entries;
                }
            }
            Update::Progress { job, done, total } => {
                if let Some(job) = self.jobs.iter_mut().find(|known| known.id == job) {
                    (job.done, job.total) = (done, total);
                }
            }
            Update::Opened { job, capture, places, project, config } => {
                return self.opened(job, capture, places, project, config);
            }
            Update::NotOpened { job, error } => self.not_opened(job, error),
            Update::Judged { job, judged } => return self.judged(job, judged),
            Update::Compared { revision, comparison } => self.compared(revision, comparison),
            Update::Converted { revision, conversion } => self.converted(revision, conversion),
            Update::WorkFailed { work, why } => return self.work_failed(work, why),
            Update::Stopped { job } => self.stopped(job),
            Update::SessionsListed { revision, rows } => {
                if revision == self.session_rows_revision {
                    self.session_rows = rows;
                }
            }
            Update::Filtered { revision, rows } => {
                if revision == self.filter_revision && self.chooses_rows() {
                    self.filtered = Some(rows);
                    self.filtering = false;
                    if std::mem::take(&mut self.filter_is_old) {
                        return self.refilter();
                    }
                }
            }
            Update::FilterProgress { revision, done, total } => {
                if revision == self.filter_revision && self.filtering {
                    self.filter_progress = Some((done, total));
                }
            }
            Update::Copied { form, masked, copied } => return self.copied(form, masked, copied),
            Update::Found { revision, hits } => return self.found(revision, hits),
            Update::FindProgress { revision, done, total } => self.find_progress(revision, done, total),
            Update::Drawn { revision, drawing } => {
                if revision == self.drawing_revision {
                    self.drawing = Some(drawing);
                    self.drawing_failed = false;
                    self.refresh_axis();
                    self.drawing_awaited = false;
                    if std::mem::take(&mut self.drawing_is_old) {
                        return self.redraw();
                    }
                    return self.aggregate();
                }
            }
            Update::Aggregated { revision, aggregates } => return self.aggregated(revision, aggregates),
            Update::Zone(zone) => self.zone = zone,
            Update::Told { revision, captions } => self.told(revision, captions),
            other => return self.absorb_mending(other),
        }
        Effects::none()
    }

    /// The configuration to judge with; says which it is, or why there is none.
    fn configuration(&mut self, found: Beside) -> Arc<Config> {
        match found {
            Ok(None) => Arc::default(),
            Ok(Some((path, config))) => {
                let values = vec![("name", path.display().to_string())];
                self.notify(NoticeKind::Remark, "config-used", values);
                config
            }
            Err(broken) => {
                let lines = broken.lines();
                let why = lines.first().cloned().unwrap_or_default();
                let values = vec![("why", why), ("n", lines.len().to_string())];
                self.notify(NoticeKind::Problem, "config-broken", values);
                Arc::default()
            }
        }
    }

    fn opened(
        &mut self,
        job: JobId,
        capture: Arc<Capture>,
        places: Arc<Places>,
        project: Option<Result<Box<Project>, Box<Reason>>>,
        config: Beside,
    ) -> Effects {
        let Some(JobKind::Open { path, show, .. }) = self.end_job(job) else { return Effects::none() };
        let config = self.configuration(config);
        let mut effects = Effects::none();
        if let Some(path) = &path {
            self.prefs.remember(path.clone());
            // Opened again: the file may have changed.
            let older = self.captures.iter().filter(|known| known.path.as_ref() == Some(path));
            let older: Vec<CaptureId> = older.map(|known| known.id).collect();
            older.into_iter().for_each(|id| effects.append(self.close(id)));
        }
        if capture.events.is_empty() && capture.exchanges.len() as u64 <= capture.n_foreign {
            let values = vec![
                ("name", capture.name.clone()),
                ("format", capture.format.name().to_owned()),
                ("foreign", capture.n_foreign.to_string()),
            ];
            self.notify(NoticeKind::Problem, "nothing-found", values);
        }
        let id = CaptureId(self.next_number());
        let loaded = Arc::new(LoadedCapture {
            id,
            path,
            journal: None,
            config,
            capture,
            places,
            judged: None,
            growth: None,
        });
        self.captures.push(loaded);
        self.take_decisions(id, project);
        effects.append(self.judge(id));
        if show || self.shown.is_none() {
            effects.append(self.select_first_session(id));
        }
        effects.append(self.relist_sessions());
        effects
    }

    fn not_opened(&mut self, job: JobId, error: OpenError) {
        let Some(JobKind::Open { path, .. }) = self.end_job(job) else { return };
        self.forget_missing(path, &error);
        let (key, values) = match error {
            OpenError::NotRead { name, why } => ("not-read", vec![("name", name), ("why", why)]),
            OpenError::TooLarge { name, limit_bytes } => {
                ("too-large", vec![("name", name), ("gib", (limit_bytes >> 30).to_string())])
            }
            OpenError::Project { name, why } => ("project-not-read", with_reason(vec![("name", name)], why)),
            OpenError::Internal { name, why } => ("reader-failed", vec![("name", name), ("why", why)]),
        };
        self.notify(NoticeKind::Problem, key, values);
    }

    /// A file that cannot be read is no use among the recent ones.
    fn forget_missing(&mut self, path: Option<PathBuf>, error: &OpenError) {
        if let (Some(path), OpenError::NotRead { .. }) = (path, error) {
            self.prefs.recent.retain(|known| *known != path);
        }
    }

    fn judged(&mut self, job: JobId, judged: Arc<Judged>) -> Effects {
        let Some(JobKind::Judge(id)) = self.end_job(job) else { return Effects::none() };
        for message in judged.internal() {
            self.notify(NoticeKind::Problem, "rule-failed", vec![("why", message.clone())]);
        }
        let selected = self.selection.filter(|item| item.capture() == id);
        let before = selected.and_then(|item| {
            let Item::Finding(_, number) = item else { return None };
            let finding = self.capture(id)?.judged.as_ref()?.finding(number)?;
            Some((Exception::of(finding), finding.message.clone()))
        });
        self.mending.fix = self.mending.fix.take().filter(|view| view.capture != id);
        let Some(known) = self.captures.iter_mut().find(|known| known.id == id) else {
            return Effects::none();
        };
        *known = Arc::new(LoadedCapture { judged: Some(judged), ..LoadedCapture::clone(known) });
        if matches!(selected, Some(Item::Finding(..))) {
            let session = self.shown.map(|(capture, session)| Item::Session(capture, session));
            self.selection = self.find_again(id, before).or(session);
        }
        let mut effects = if self.compares(id) { self.compare_again() } else { Effects::none() };
        if self.shown.is_none_or(|(shown, _)| shown != id) {
            return effects;
        }
        effects.append(self.redraw());
        if self.rows_need_findings() {
            effects.append(self.refilter());
        }
        effects
    }

    fn stopped(&mut self, job: JobId) {
        match self.end_job(job) {
            Some(JobKind::Open { name, .. }) => {
                self.notify(NoticeKind::Remark, "open-stopped", vec![("name", name)]);
            }
            Some(JobKind::Judge(id)) => {
                let name = self.capture(id).map(|loaded| loaded.short_name().to_owned());
                if let Some(name) = name {
                    self.notify(NoticeKind::Remark, "judging-stopped", vec![("name", name)]);
                }
            }
            Some(JobKind::Settle(_)) => {}
            Some(JobKind::Send) | None => self.sending.job = self.sending.job.filter(|known| *known != job),
        }
    }
}

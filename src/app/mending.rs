//! What is done about findings: ignoring them with a reason, trying and taking fixes, judging by another profile.
//!
//! Decisions about a capture are kept in its project file, which is written after each of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::effect::{Effect, Effects};
use super::history::Decisions;
use super::item::Item;
use super::notice::{NoticeKind, with_reason};
use super::update::Update;
use super::{JobKind, State};
use crate::model::id::SessionId;
use crate::model::policy::Profile;
use crate::model::reason::Reason;
use crate::outbox::diff::{self, DiffLine};
use crate::outbox::repair::{NotOffered, Offer};
use crate::rules::fix::Fix;
use crate::rules::selection::Exception;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::project::{Ignored, Project, TakenFix, What};

/// How the rules are to judge a capture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judging {
    /// The profile that the window asks for; `None`: the one of the configuration.
    pub profile: Option<Profile>,
    /// Codes of rules that are not to be heard of.
    pub ignored: Vec<&'static str>,
    /// Single findings and sessions that are not to be heard of.
    pub exceptions: Vec<Exception>,
}

/// What is to be ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ignore {
    /// The findings of its rule at the place of this one.
    Finding(u32),
    /// All findings of the rule of this one.
    RuleOf(u32),
    /// A session.
    Session(SessionId),
}

/// The fix of a finding, as far as it is known.
#[derive(Debug, Clone)]
pub struct FixView {
    /// The capture.
    pub capture: CaptureId,
    /// The finding.
    pub finding: u32,
    /// What became of it; `None` while it is being tried.
    pub answer: Option<FixAnswer>,
    /// The first changes of an offer, line by line, each with the key of its event.
    pub diff: Vec<(u32, Vec<DiffLine>)>,
}

/// So many changes of a fix are shown.
pub const MAX_SHOWN_CHANGES: usize = 20;

/// What became of a fix that was tried on the draft.
#[derive(Debug, Clone)]
pub enum FixAnswer {
    /// The rule knows none for this finding.
    NoFix,
    /// It is for the eye.
    ShownOnly(Fix),
    /// It helps.
    Offer(Arc<Offer>),
    /// The draft has it already.
    Taken(Fix),
    /// It does not help, or that cannot be told.
    NotOffered {
        /// The fix.
        fix: Fix,
        /// Why.
        why: NotOffered,
    },
    /// It could not be tried: a fault of this program, in its words.
    Failed(String),
}

/// Why the safe fixes of a session were not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFixed {
    /// Its draft cannot be judged.
    Draft(NotOffered),
    /// A fault of this program, in its words.
    Inside(String),
}

/// Fixes, drafts and decisions of the window.
#[derive(Debug, Default)]
pub struct Mending {
    /// The fix that is looked at.
    pub fix: Option<FixView>,
    /// The session whose safe fixes are being taken.
    pub pending: Option<(CaptureId, SessionId)>,
    revision: u64,
}

impl State {
    /// Commands about findings, fixes and profiles.
    pub(super) fn apply_mending(&mut self, command: Command) -> Effects {
        match command {
            Command::SetProfile(profile) => {
                self.prefs.profile = profile;
                let all: Vec<CaptureId> = self.captures.iter().map(|loaded| loaded.id).collect();
                let mut effects = Effects::none();
                all.into_iter().for_each(|capture| effects.append(self.judge(capture)));
                effects
            }
            Command::Ignore { capture, what, reason } => self.ignore(capture, what, &reason),
            Command::HearAgain { capture, number } => self.decide(capture, |project, _| {
                let known = number < project.ignored.len();
                if known {
                    project.ignored.remove(number);
                }
                known
            }),
            Command::ShowFix(capture, finding) => self.show_fix(capture, finding),
            Command::HideFix => {
                self.mending.fix = None;
                Effects::none()
            }
            Command::TakeFix => self.take_fix(),
            Command::FixAllSafe => self.fix_all_safe(),
            Command::TakeBack { all } => {
                let Some((capture, session)) = self.shown else { return Effects::none() };
                self.change_draft(capture, |project| project.take_back(session, all))
            }
            other => self.apply_sending(other),
        }
    }

    /// How a capture is to be judged.
    #[must_use]
    pub fn judging(&self, loaded: &LoadedCapture) -> Judging {
        let project = self.projects.get(&loaded.id);
        Judging {
            profile: self.prefs.profile,
            ignored: project.into_iter().flat_map(Project::ignored_rules).collect(),
            exceptions: project.map(|project| project.exceptions(&loaded.capture)).unwrap_or_default(),
        }
    }

    /// Lets the rules speak anew; what judged the capture before is told to stop.
    pub(super) fn judge(&mut self, capture: CaptureId) -> Effects {
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        if self.live.grows(capture) {
            return Effects::one(Effect::JudgeRun { judging: self.judging(&loaded) });
        }
        let mut effects = Effects::none();
        let (old, others) =
            std::mem::take(&mut self.jobs).into_iter().partition(|job| job.kind == JobKind::Judge(capture));
        self.jobs = others;
        let old: Vec<super::Job> = old;
        old.into_iter().for_each(|job| effects.push(Effect::Cancel { job: job.id }));
        let judging = self.judging(&loaded);
        let job = self.new_job(JobKind::Judge(capture));
        effects.push(Effect::Judge { job, loaded, judging });
        effects
    }

    fn ignore(&mut self, capture: CaptureId, what: Ignore, reason: &str) -> Effects {
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        let finding = |number: u32| loaded.judged.as_ref().and_then(|judged| judged.finding(number));
        let what = match what {
            Ignore::Finding(number) => finding(number).map(|finding| What::finding(&loaded, finding)),
            Ignore::RuleOf(number) => {
                finding(number).map(|finding| What::Rule { code: finding.rule.meta.code.to_owned() })
            }
            Ignore::Session(session) => Some(What::session(session)),
        };
        let Some(what) = what else { return Effects::none() };
        let reason = reason.trim().to_owned();
        self.decide(capture, |project, _| {
            project.ignored.retain(|known| known.what != what);
            project.ignored.push(Ignored { what, reason });
            true
        })
    }

    /// Changes what is to be heard of; true: something has changed.
    fn decide(
        &mut self,
        capture: CaptureId,
        change: impl FnOnce(&mut Project, &LoadedCapture) -> bool,
    ) -> Effects {
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        let project = self.projects.entry(capture).or_default();
        let before = Decisions::of(project);
        if !change(project, &loaded) {
            return Effects::none();
        }
        self.remember_decisions(capture, before);
        let mut effects = self.save_project(&loaded);
        effects.append(self.judge(capture));
        effects
    }

    fn show_fix(&mut self, capture: CaptureId, finding: u32) -> Effects {
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        let found = loaded.judged.as_ref().and_then(|judged| judged.finding(finding));
        let Some(session) = found.and_then(|finding| finding.session) else { return Effects::none() };
        self.mending.revision += 1;
        self.mending.fix = Some(FixView { capture, finding, answer: None, diff: Vec::new() });
        Effects::one(Effect::TryFix {
            revision: self.mending.revision,
            session,
            finding,
            edits: self.edits(capture, session),
            judging: self.judging(&loaded),
            loaded,
        })
    }

    /// What was changed in a session so far.
    pub(super) fn edits(&self, capture: CaptureId, session: SessionId) -> Vec<crate::rules::fix::Edit> {
        self.projects.get(&capture).map(|project| project.edits(session)).unwrap_or_default()
    }

    fn take_fix(&mut self) -> Effects {
        let Some(FixView { capture, finding, answer: Some(FixAnswer::Offer(offer)), .. }) =
            self.mending.fix.clone()
        else {
            return Effects::none();
        };
        let loaded = self.capture(capture).map(Arc::clone);
        let found = loaded.as_ref().and_then(|loaded| loaded.judged.as_ref()?.finding(finding));
        let Some((code, session)) = found.and_then(|found| Some((found.rule.meta.code, found.session?)))
        else {
            return Effects::none();
        };
        let taken = TakenFix { code: code.to_owned(), fix: offer.fix.clone() };
        self.mending.fix = None;
        // What stands in backticks is set apart on pages alone.
        let values = vec![("code", code.to_owned()), ("title", taken.fix.title.replace('`', ""))];
        self.notify(NoticeKind::Remark, "fix-taken", values);
        self.change_draft(capture, |project| project.take(session, [taken]))
    }

    /// Changes a draft; plans and results of what it was are gone.
    fn change_draft(&mut self, capture: CaptureId, change: impl FnOnce(&mut Project)) -> Effects {
        let Some(loaded) = self.capture(capture).map(Arc::clone) else { return Effects::none() };
        let project = self.projects.entry(capture).or_default();
        let before = Decisions::of(project);
        change(project);
        self.remember_decisions(capture, before);
        self.draft_changed(&loaded)
    }

    /// Plans and results of what a draft was are gone, and its project is written.
    pub(super) fn draft_changed(&mut self, loaded: &Arc<LoadedCapture>) -> Effects {
        if self.sending.job.is_none() {
            self.sending = super::Sending::default();
        }
        self.save_project(loaded)
    }

    fn fix_all_safe(&mut self) -> Effects {
        let Some((loaded, session)) = self.shown_session() else { return Effects::none() };
        let (loaded, session) = (Arc::clone(loaded), session.id);
        if self.mending.pending.is_some() || loaded.judged.is_none() {
            return Effects::none();
        }
        self.mending.pending = Some((loaded.id, session));
        let edits = self.edits(loaded.id, session);
        let judging = self.judging(&loaded);
        Effects::one(Effect::FixAllSafe { session, edits, judging, loaded })
    }

    /// Updates about fixes and projects.
    pub(super) fn absorb_mending(&mut self, update: Update) -> Effects {
        match update {
            Update::FixTried { revision, answer } if revision == self.mending.revision => {
                if let Some(view) = &mut self.mending.fix {
                    if let FixAnswer::Offer(offer) = &answer {
                        let shown = offer.changes.iter().take(MAX_SHOWN_CHANGES);
                        view.diff = shown.map(|change| (change.event, diff::lines(change))).collect();
                    }
                    view.answer = Some(answer);
                }
            }
            Update::FixedAllSafe { outcome } => {
                // One at a time; the session may have another number by now.
                if let Some((capture, session)) = self.mending.pending.take() {
                    return self.take_all(capture, session, outcome);
                }
            }
            other => return self.absorb_saving(other),
        }
        Effects::none()
    }

    fn take_all(
        &mut self,
        capture: CaptureId,
        session: SessionId,
        outcome: Result<Vec<TakenFix>, NotFixed>,
    ) -> Effects {
        match outcome {
            Ok(fixes) if fixes.is_empty() => {
                self.notify(NoticeKind::Remark, "nothing-safe", Vec::new());
                Effects::none()
            }
            Ok(fixes) => {
                let values = vec![("n", fixes.len().to_string())];
                self.notify(NoticeKind::Remark, "fixed-all-safe", values);
                self.change_draft(capture, |project| project.take(session, fixes))
            }
            Err(why) => {
                let (key, values) = match why {
                    NotFixed::Draft(NotOffered::DoesNotFit(_)) => ("draft-does-not-fit", Vec::new()),
                    NotFixed::Draft(_) => ("draft-unreadable", Vec::new()),
                    NotFixed::Inside(why) => ("not-fixed", vec![("why", why)]),
                };
                self.notify(NoticeKind::Problem, key, values);
                Effects::none()
            }
        }
    }

    /// Takes in the project file that was found beside a capture.
    pub(super) fn take_project(
        &mut self,
        capture: CaptureId,
        name: &str,
        found: Option<Result<Box<Project>, Box<Reason>>>,
    ) {
        match found {
            Some(Ok(project)) => {
                self.projects.insert(capture, *project);
            }
            Some(Err(why)) => {
                let values = with_reason(vec![("name", name.to_owned())], *why);
                self.notify(NoticeKind::Problem, "project-not-used", values);
            }
            None => {}
        }
    }

    /// After judging anew: the finding with the same words at the same place is selected again.
    pub(super) fn find_again(&self, capture: CaptureId, before: Option<(Exception, String)>) -> Option<Item> {
        let (place, message) = before?;
        let judged = self.capture(capture)?.judged.as_ref()?;
        let number = judged
            .findings()
            .iter()
            .position(|finding| finding.message == message && Exception::of(finding) == place)?;
        Some(Item::Finding(capture, u32::try_from(number).ok()?))
    }
}

//! The state of sending a session again: what the user wants, what is planned, what came of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::command::{Command, JobId};
use super::effect::{Effect, Effects};
use super::prefs::{BottomTab, Pane};
use super::update::Update;
use super::{JobKind, State};
use crate::model::id::SessionId;
use crate::model::reason::Reason;
use crate::outbox::plan::{Options, Pacing, Plan, SendMode, TsMode};
use crate::outbox::refusal::Refusal;
use crate::outbox::target::Target;
use crate::store::loaded::CaptureId;

/// How a session is to be sent, as the user fills it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendForm {
    /// The address to send to.
    pub target: String,
    /// A host that may be sent to although it is not this machine; typed anew in each run.
    #[serde(skip)]
    pub allow_host: String,
    /// Form of the session.
    pub mode: SendMode,
    /// What becomes of `ts`.
    pub ts: TsMode,
    /// True: each request as soon as the one before was answered.
    pub at_once: bool,
    /// How many times faster than captured.
    pub speed: f64,
    /// No wait is longer than this, seconds; 0: as captured.
    pub max_gap_secs: f64,
}

impl Default for SendForm {
    fn default() -> Self {
        Self {
            target: "http://127.0.0.1:8787".to_owned(),
            allow_host: String::new(),
            mode: SendMode::AsCaptured,
            ts: TsMode::AsCaptured,
            at_once: true,
            speed: 1.0,
            max_gap_secs: 0.0,
        }
    }
}

impl SendForm {
    /// What the planner needs of it.
    #[must_use]
    pub fn options(&self) -> Options {
        let speed = if self.speed.is_finite() && self.speed > 0.0 { self.speed } else { 1.0 };
        let max_gap_secs = Some(self.max_gap_secs).filter(|secs| secs.is_finite() && *secs > 0.0);
        let pacing = if self.at_once { Pacing::AtOnce } else { Pacing::AsCaptured { speed, max_gap_secs } };
        Options { mode: self.mode, ts: self.ts, pacing, headers: Vec::new() }
    }

    /// True when the plan of `other` is the plan of `self`.
    #[must_use]
    pub fn plans_like(&self, other: &SendForm) -> bool {
        self.options() == other.options()
    }
}

/// Sending again, as far as it has come.
#[derive(Debug, Clone, Default)]
pub struct Sending {
    /// The session that plan and results are about.
    pub subject: Option<(CaptureId, SessionId)>,
    /// What would be or was sent.
    pub plan: Option<Arc<Plan>>,
    /// Why nothing was planned or sent.
    pub refusal: Option<Refusal>,
    /// The job that plans or sends.
    pub job: Option<JobId>,
    /// True when the last plan was for looking only.
    pub dry_run: bool,
    /// What came of each request so far, in order.
    pub results: Vec<SendResult>,
    /// What the session was when it was planned: the numbering of its capture, and how many events it had.
    planned_of: (u32, usize),
}

/// What came of one planned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendResult {
    /// Zero-based index in the plan.
    pub index: usize,
    /// The address that was used.
    pub url: String,
    /// Status of the answer, or why there is none.
    pub answer: Result<u16, Unanswered>,
    /// What the answer says.
    pub message: String,
    /// From sending to the end of the answer, milliseconds.
    pub took_millis: u64,
}

/// Why a planned request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// It was sent, or tried, and no answer came.
    Failed(Reason),
    /// It was not sent.
    NotSent(Reason),
}

impl Unanswered {
    /// The reason.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        match self {
            Unanswered::Failed(why) | Unanswered::NotSent(why) => why,
        }
    }
}

impl SendResult {
    /// True for an answer from 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self.answer, Ok(200..300))
    }
}

impl State {
    /// Commands about sending.
    pub(super) fn apply_sending(&mut self, command: Command) -> Effects {
        match command {
            Command::EditSending(form) => {
                if !self.prefs.sending.plans_like(&form) && self.sending.job.is_none() {
                    self.sending = Sending::default();
                }
                self.sending.refusal = None;
                self.prefs.sending = form;
                Effects::none()
            }
            Command::DryRun => self.start_sending(true),
            Command::Send => self.start_sending(false),
            Command::Resend => self.resend(),
            Command::StopSending => {
                self.sending.job.map_or_else(Effects::none, |job| Effects::one(Effect::Cancel { job }))
            }
            other => self.apply_live(other),
        }
    }

    /// Shows the plan of the shown session beside the button that sends; sends once that plan is what is seen.
    fn resend(&mut self) -> Effects {
        let is_seen = self.prefs.bottom == BottomTab::Outbox && self.prefs.shows(Pane::Bottom);
        if is_seen && !self.story.is_open() && self.is_planned() {
            return self.start_sending(false);
        }
        self.leave_story();
        self.prefs.bottom = BottomTab::Outbox;
        self.show_pane(Pane::Bottom);
        self.send_focus += 1;
        self.start_sending(true)
    }

    /// True when the shown plan is what would be sent of the shown session now.
    fn is_planned(&self) -> bool {
        let sending = &self.sending;
        let Some((loaded, session)) = self.shown_session() else { return false };
        sending.dry_run
            && sending.plan.is_some()
            && sending.job.is_none()
            && sending.refusal.is_none()
            && sending.subject == Some((loaded.id, session.id))
            && sending.planned_of == (loaded.numbering(), session.len())
    }

    fn start_sending(&mut self, dry_run: bool) -> Effects {
        let Some((loaded, session)) = self.shown_session() else { return Effects::none() };
        if self.sending.job.is_some() {
            return Effects::none();
        }
        let form = &self.prefs.sending;
        let options = form.options();
        let subject = Some((loaded.id, session.id));
        let target = Target::new(&form.target, std::slice::from_ref(&form.allow_host));
        let planned_of = (loaded.numbering(), session.len());
        let (loaded, session) = (Arc::clone(loaded), session.id);
        self.sending = Sending { subject, dry_run, planned_of, ..Sending::default() };
        // A dry run sends nothing, so that it may be planned for any host.
        let target = match target {
            Err(refusal) if !dry_run => {
                self.sending.refusal = Some(refusal);
                return Effects::none();
            }
            target => target.ok(),
        };
        let edits = self.edits(loaded.id, session);
        let job = self.new_job(JobKind::Send);
        self.sending.job = Some(job);
        Effects::one(match target.filter(|_| !dry_run) {
            Some(target) => Effect::Send { job, loaded, session, edits, options, target: Box::new(target) },
            None => Effect::Plan { job, loaded, session, edits, options },
        })
    }

    /// Updates about sending.
    pub(super) fn absorb_sending(&mut self, update: Update) -> Effects {
        let current = self.sending.job;
        match update {
            Update::Planned { job, plan } if current == Some(job) => {
                self.sending.plan = Some(plan);
                if self.sending.dry_run {
                    self.end_sending(job);
                }
            }
            Update::Refused { job, why } if current == Some(job) => {
                self.sending.refusal = Some(why);
                self.end_sending(job);
            }
            Update::Delivered { job, results } if current == Some(job) => {
                self.sending.results.extend(results)
            }
            Update::Sent { job } => self.end_sending(job),
            other => return self.absorb_live(other),
        }
        Effects::none()
    }

    fn end_sending(&mut self, job: JobId) {
        // Only the job is forgotten: plan and results stay to be read.
        drop(self.end_job(job));
        self.sending.job = self.sending.job.filter(|known| *known != job);
    }
}

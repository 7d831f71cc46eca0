//! Which jobs run, and how they are told to stop.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::outlet::Outlet;
use crate::app::command::JobId;
use crate::app::effect::Effect;
use crate::app::update::Update;
use crate::model::watch::Watch;

/// Progress is told no more often than this.
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// The jobs that were begun and have not ended.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    running: Mutex<BTreeMap<JobId, Stop>>,
    newest_filter: AtomicU64,
    newest_search: AtomicU64,
}

/// Work that a newer wish of its kind makes needless, with its revision.
#[derive(Debug, Clone, Copy)]
enum Overtaken {
    Filter(u64),
    Search(u64),
}

/// How a job is told to stop.
#[derive(Debug)]
enum Stop {
    Flag(Arc<AtomicBool>),
    Channel(watch::Sender<bool>),
}

impl Jobs {
    /// A job that looks at its flag.
    pub(super) fn begin(&self, job: JobId) {
        self.with(|running| running.entry(job).or_insert_with(|| Stop::Flag(Arc::default())).is_running());
    }

    /// A job that waits on a channel.
    pub(super) fn begin_sending(&self, job: JobId) -> watch::Receiver<bool> {
        let (stop, stopped) = watch::channel(false);
        self.with(|running| running.insert(job, Stop::Channel(stop)));
        stopped
    }

    pub(super) fn end(&self, job: JobId) {
        self.with(|running| running.remove(&job));
    }

    pub(super) fn cancel(&self, job: JobId) {
        self.with(|running| match running.get(&job) {
            Some(Stop::Flag(flag)) => flag.store(true, Ordering::Relaxed),
            Some(Stop::Channel(stop)) => drop(stop.send_replace(true)),
            None => {}
        });
    }

    /// Filters older than this one are not wanted any more.
    pub(super) fn newest_filter(&self, revision: u64) {
        self.newest_filter.fetch_max(revision, Ordering::Relaxed);
    }

    /// Searches older than this one are not wanted any more.
    pub(super) fn newest_search(&self, revision: u64) {
        self.newest_search.fetch_max(revision, Ordering::Relaxed);
    }

    /// What the work for an effect reports to and asks.
    pub(super) fn watch(self: &Arc<Self>, effect: &Effect, outlet: &Outlet) -> JobWatch {
        let (job, overtaken) = match effect {
            Effect::Open { job, .. }
            | Effect::OpenBytes { job, .. }
            | Effect::Judge { job, .. }
            | Effect::Plan { job, .. } => (Some(*job), None),
            Effect::StartCollector { order, .. } => (Some(order.job), None),
            Effect::Filter { revision, .. } => (None, Some(Overtaken::Filter(*revision))),
            Effect::Find { revision, .. } => (None, Some(Overtaken::Search(*revision))),
            _ => (None, None),
        };
        let flag = job.and_then(|job| {
            self.with(|running| match running.get(&job) {
                Some(Stop::Flag(flag)) => Some(Arc::clone(flag)),
                _ => None,
            })
        });
        JobWatch {
            job,
            flag: flag.unwrap_or_default(),
            overtaken,
            jobs: Arc::clone(self),
            outlet: outlet.clone(),
            began: began(),
            told_millis: AtomicU64::new(0),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<JobId, Stop>) -> T) -> T {
        act(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Stop {
    fn is_running(&self) -> bool {
        match self {
            Stop::Flag(flag) => !flag.load(Ordering::Relaxed),
            Stop::Channel(stop) => !*stop.borrow(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "only spaces out progress")]
fn began() -> Instant {
    Instant::now()
}

/// What a job reports to and asks.
#[derive(Debug)]
pub(super) struct JobWatch {
    job: Option<JobId>,
    flag: Arc<AtomicBool>,
    overtaken: Option<Overtaken>,
    jobs: Arc<Jobs>,
    outlet: Outlet,
    began: Instant,
    told_millis: AtomicU64,
}

impl JobWatch {
    pub(super) fn job(&self) -> Option<JobId> {
        self.job
    }

    /// The job is over, whatever came of it.
    pub(super) fn end(&self) {
        self.job.into_iter().for_each(|job| self.jobs.end(job));
    }
}

impl Watch for JobWatch {
    fn progress(&self, done: u64, total: u64) {
        let update = match (self.job, self.overtaken) {
            (Some(job), _) => Update::Progress { job, done, total },
            (None, Some(Overtaken::Filter(revision))) => Update::FilterProgress { revision, done, total },
            (None, Some(Overtaken::Search(revision))) => Update::FindProgress { revision, done, total },
            (None, None) => return,
        };
        let millis = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let told = self.told_millis.load(Ordering::Relaxed);
        let due = told + PROGRESS_EVERY.as_millis() as u64;
        let is_mine = millis >= due
            && self.told_millis.compare_exchange(told, millis, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_mine {
            // Without room the next one will do.
            self.outlet.offer(update).ok();
        }
    }

    fn cancelled(&self) -> bool {
        let is_old = |overtaken| match overtaken {
            Overtaken::Filter(revision) => self.jobs.newest_filter.load(Ordering::Relaxed) > revision,
            Overtaken::Search(revision) => self.jobs.newest_search.load(Ordering::Relaxed) > revision,
        };
        self.flag.load(Ordering::Relaxed) || self.overtaken.is_some_and(is_old)
    }
}

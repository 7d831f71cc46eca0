//! Carries out effects; in the window program the only owner of threads.
//!
//! | Thread | Does |
//! |---|---|
//! | `playtrace-analysis` | reads files, takes them apart, lets the rules speak ([`work`]) |
//! | `playtrace-queries` | filters, lists and plans, so that these need not wait for a large file |
//! | `playtrace-dialog` | shows the dialog of the system while it is open |
//! | `playtrace-picture` | makes a picture and writes it |
//! | `playtrace-sending` | sends a plan |
//! | `playtrace-collector` | runs the collector: starts it, and stops it when asked (`collecting`) |
//! | `playtrace-gather` | follows its journal and works out what the window shows of it (`gather`) |
//!
//! All channels are bounded. Each worker has a pool for data-parallel work that leaves the window a core; a query
//! never waits for the analysis.

mod collecting;
mod demo_player;
mod dialogs;
mod gather;
mod jobs;
pub mod locale;
mod mending;
mod outlet;
mod pictures;
mod projects;
mod sending;
mod slot;
pub mod work;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::app::effect::Effect;
use crate::app::picture::PictureFailure;
use crate::app::port::{Port, Waker};
use crate::app::update::Update;
use crate::model::clock::TsMillis;
use crate::model::collecting::Refused;
use crate::model::reason::Reason;
use crate::model::watch::Unwatched;
use crate::outbox::refusal::Refusal;

use collecting::Collecting;
use gather::Ask;
use jobs::Jobs;
use outlet::Outlet;
use slot::Slot;

/// So many effects wait for a thread, and so many updates for the window.
const ROOM: usize = 256;

/// The outside of the window program.
#[derive(Debug)]
pub struct Engine {
    analysis: SyncSender<Effect>,
    queries: SyncSender<Effect>,
    updates: Receiver<Update>,
    outlet: Outlet,
    jobs: Arc<Jobs>,
    slot: Arc<Slot>,
    collecting: Option<Collecting>,
}

/// Why the engine cannot start.
#[derive(Debug, thiserror::Error)]
#[error("a thread cannot be started: {0}")]
pub struct EngineError(String);

impl Engine {
    /// Starts the threads. `waker` is called whenever an update is ready.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(waker: Waker) -> Result<Engine, EngineError> {
        let (updates_in, updates) = sync_channel(ROOM);
        let outlet = Outlet::new(updates_in, Arc::clone(&waker));
        let slot = Arc::new(Slot::new(waker));
        let jobs = Arc::new(Jobs::default());
        let worker = |name: &str| -> Result<SyncSender<Effect>, EngineError> {
            let (effects_in, effects) = sync_channel(ROOM);
            let (outlet, jobs, pool) = (outlet.clone(), Arc::clone(&jobs), pool(name)?);
            spawn(name, move || carry_out_all(&effects, &outlet, &jobs, &pool))
                .map_err(|error| EngineError(error.to_string()))?;
            Ok(effects_in)
        };
        outlet.send(Update::Zone(locale::zone()));
        let analysis = worker("playtrace-analysis")?;
        let queries = worker("playtrace-queries")?;
        Ok(Engine { analysis, queries, updates, outlet, jobs, slot, collecting: None })
    }
}

impl Port for Engine {
    fn submit(&mut self, effect: Effect) -> Result<(), Effect> {
        match effect {
            Effect::Open { job, .. } | Effect::OpenBytes { job, .. } | Effect::Judge { job, .. } => {
                self.jobs.begin(job);
                hand_over(&self.analysis, effect)
            }
            Effect::Filter { revision, .. } => {
                self.jobs.newest_filter(revision);
                hand_over(&self.queries, effect)
            }
            Effect::Find { revision, .. } => {
                self.jobs.newest_search(revision);
                hand_over(&self.queries, effect)
            }
            Effect::StopFinding { revision } => {
                self.jobs.newest_search(revision);
                Ok(())
            }
            Effect::ListSessions { .. }
            | Effect::Copy { .. }
            | Effect::ListFolder { .. }
            | Effect::Draw { .. }
            | Effect::Compare { .. }
            | Effect::Aggregate { .. }
            | Effect::Convert { .. }
            | Effect::Tell { .. }
            | Effect::SaveProject { .. }
            | Effect::SaveNamed { .. } => hand_over(&self.queries, effect),
            Effect::TryFix { .. } | Effect::FixAllSafe { .. } => hand_over(&self.analysis, effect),
            Effect::Plan { job, .. } => {
                self.jobs.begin(job);
                hand_over(&self.queries, effect)
            }
            Effect::Send { job, .. } => {
                let (outlet, jobs) = (self.outlet.clone(), Arc::clone(&self.jobs));
                let stop = jobs.begin_sending(job);
                let run = move || {
                    if let Err(why) = work::guarded(|| sending::send(effect, stop, &outlet)) {
                        outlet.send(Update::Refused { job, why: Refusal::Inside(why) });
                    }
                    jobs.end(job);
                };
                if let Err(error) = spawn("playtrace-sending", run) {
                    self.jobs.end(job);
                    let why = Refusal::Inside(error.to_string());
                    self.outlet.send(Update::Refused { job, why });
                }
                Ok(())
            }
            Effect::PickFiles => {
                let outlet = self.outlet.clone();
                if spawn("playtrace-dialog", move || outlet.tell(dialogs::pick_files())).is_err() {
                    self.outlet.send(dialogs::NO_FILES);
                }
                Ok(())
            }
            Effect::PickPlace { name, forms } => {
                let outlet = self.outlet.clone();
                let ask = move || outlet.tell(dialogs::pick_place(&name, forms));
                if spawn("playtrace-dialog", ask).is_err() {
                    self.outlet.send(Update::PlacePicked { place: None, at_once: true });
                }
                Ok(())
            }
            Effect::PickProjectPlace { name } => {
                let outlet = self.outlet.clone();
                let ask = move || outlet.tell(dialogs::pick_project_place(&name));
                if spawn("playtrace-dialog", ask).is_err() {
                    self.outlet.send(Update::ProjectPlacePicked { place: None, at_once: true });
                }
                Ok(())
            }
            Effect::WritePicture { ref place, .. } => {
                let (outlet, path) = (self.outlet.clone(), place.path.clone());
                let write = move || {
                    if let Some(update) = work::carry_out_guarded(effect, &Unwatched) {
                        outlet.send(update);
                    }
                };
                if let Err(error) = spawn("playtrace-picture", write) {
                    let failure = PictureFailure::Failed(error.to_string());
                    self.outlet.send(Update::PictureNotSaved { place: path, failure });
                }
                Ok(())
            }
            Effect::StartCollector { ref order, ref judging } => {
                // The one before has ended, or there is none; what is left of it to judge goes on.
                self.collecting = None;
                self.jobs.begin(order.job);
                let watch = self.jobs.watch(&effect, &self.outlet);
                match Collecting::start(Arc::clone(order), judging.clone(), Arc::clone(&self.slot), watch) {
                    Ok(collecting) => self.collecting = Some(collecting),
                    Err(error) => {
                        let refused = Refused::altogether(Reason::of_system(&error));
                        self.slot.put(Update::CollectorFailed { refused });
                    }
                }
                Ok(())
            }
            Effect::StopCollector => {
                if let Some(collecting) = &self.collecting {
                    collecting.stop();
                }
                Ok(())
            }
            Effect::InjectFaults { specs } => {
                if let Some(collecting) = &self.collecting {
                    collecting.inject(specs);
                }
                Ok(())
            }
            Effect::KeepSession { key } => self.ask(Ask::Keep(key), effect),
            Effect::JudgeRun { ref judging } => self.ask(Ask::Judge(judging.clone()), effect),
            Effect::Cancel { job } => {
                self.jobs.cancel(job);
                Ok(())
            }
            // The window itself draws, closes, and has the clipboard.
            Effect::DrawPicture(_)
            | Effect::Quit
            | Effect::PutOnClipboard { .. }
            | Effect::TakeFromClipboard => Ok(()),
        }
    }

    fn poll(&mut self) -> Option<Update> {
        self.slot.take().or_else(|| self.updates.try_recv().ok())
    }

    fn now(&self) -> TsMillis {
        work::now()
    }
}

impl Engine {
    /// Asks the one who gathers, if there is one.
    fn ask(&self, ask: Ask, effect: Effect) -> Result<(), Effect> {
        match &self.collecting {
            Some(collecting) if !collecting.ask(ask) && !collecting.is_over() => Err(effect),
            _ => Ok(()),
        }
    }
}

/// The pool of a worker: all cores but the one that the window draws with.
fn pool(name: &str) -> Result<rayon::ThreadPool, EngineError> {
    let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let name = name.to_owned();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(n_cores.saturating_sub(1).max(1))
        .thread_name(move |number| format!("{name}-{number}"))
        .build();
    pool.map_err(|error| EngineError(error.to_string()))
}

fn hand_over(to: &SyncSender<Effect>, effect: Effect) -> Result<(), Effect> {
    match to.try_send(effect) {
        Ok(()) => Ok(()),
        Err(TrySendError::Full(effect) | TrySendError::Disconnected(effect)) => Err(effect),
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

/// Carries out effects until the window is gone.
fn carry_out_all(effects: &Receiver<Effect>, outlet: &Outlet, jobs: &Arc<Jobs>, pool: &rayon::ThreadPool) {
    while let Ok(effect) = effects.recv() {
        let watch = jobs.watch(&effect, outlet);
        let job = watch.job();
        let update = pool.install(|| work::carry_out_guarded(effect, &watch));
        if let Some(job) = job {
            jobs.end(job);
        }
        if update.is_some_and(|update| !outlet.send(update)) {
            return;
        }
    }
}

//! The collector of the window: started, followed and stopped. It has a runtime and a journal of its own, so that nothing
//! that the window does or leaves undone changes when a player is answered.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::demo_player::DemoPlayer;
use super::gather::{Ask, Gatherer};
use super::jobs::JobWatch;
use super::slot::Slot;
use super::work;
use super::{ROOM, spawn};
use crate::app::live::{LiveOrder, QrModules};
use crate::app::mending::Judging;
use crate::app::update::Update;
use crate::collector::journal::{Journal, JournalConfig, JournalNotice, Progress};
use crate::collector::qr::Matrix;
use crate::collector::{Collector, setup};
use crate::files;
use crate::files::tail::Tail;
use crate::model::collecting::{Choice, Refused};
use crate::model::fault::FaultSpec;
use crate::model::reason::Reason;
use crate::store::growing::LinePlace;

/// So long the end of the program waits for the collector's.
const END_DEADLINE: Duration = Duration::from_secs(3);

/// A collector that was asked for.
#[derive(Debug)]
pub(super) struct Collecting {
    stop: watch::Sender<bool>,
    faults: watch::Sender<Vec<FaultSpec>>,
    asks: SyncSender<Ask>,
    /// A message when nobody can send any more and all is written; disconnected when the rest is told, too.
    ended: Receiver<()>,
}

impl Collecting {
    /// Starts one, on threads of its own; what comes of it is told through `slot`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        order: Arc<LiveOrder>,
        judging: Judging,
        slot: Arc<Slot>,
        settling: JobWatch,
    ) -> std::io::Result<Collecting> {
        let (stop, stopped) = watch::channel(false);
        let (faults, injected) = watch::channel(order.choices.faults.clone());
        let (asks, asked) = sync_channel(ROOM);
        let (end, ended) = sync_channel(1);
        let to_gatherer = asks.clone();
        spawn("playtrace-collector", move || {
            let pool = super::pool("playtrace-gather")
                .map_err(|error| Refused::altogether(Reason::of_system(&error)));
            let ran = pool.and_then(|pool| {
                let slot = Arc::clone(&slot);
                let run = Run { order, judging, slot, settling, asks: to_gatherer, end: end.clone() };
                run.carry_out(stopped, injected, asked, pool)
            });
            if let Err(refused) = ran {
                slot.put(Update::CollectorFailed { refused });
            }
            drop(end);
        })?;
        Ok(Collecting { stop, faults, asks, ended })
    }

    /// Asks the gatherer; false when it has no room now.
    pub(super) fn ask(&self, ask: Ask) -> bool {
        self.asks.try_send(ask).is_ok()
    }

    /// Lets it inject these faults.
    pub(super) fn inject(&self, specs: Vec<FaultSpec>) {
        self.faults.send_replace(specs);
    }

    /// Lets it end: requests under way are answered, the journal is closed, the rest is told.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// True when all of it is over.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected))
    }
}

impl Drop for Collecting {
    /// The program ends: what was acknowledged is in the journal, and the port is given back.
    fn drop(&mut self) {
        self.stop();
        self.ended.recv_timeout(END_DEADLINE).ok();
    }
}

/// The files of a journal that were begun since it was opened.
type NextFiles = Arc<Mutex<VecDeque<PathBuf>>>;

/// One run of the collector.
struct Run {
    order: Arc<LiveOrder>,
    judging: Judging,
    slot: Arc<Slot>,
    /// What the judging at the end is told to and asks.
    settling: JobWatch,
    asks: SyncSender<Ask>,
    /// Told when nobody can send any more and all is written.
    end: SyncSender<()>,
}

impl Run {
    /// From the start to the end; the error says why it could not begin.
    fn carry_out(
        self,
        mut stopped: watch::Receiver<bool>,
        mut faults: watch::Receiver<Vec<FaultSpec>>,
        asked: Receiver<Ask>,
        pool: rayon::ThreadPool,
    ) -> Result<(), Refused> {
        let of_system = |error: std::io::Error| Refused::altogether(Reason::of_system(&error));
        let choices = &self.order.choices;
        // What cannot be leaves no journal behind.
        let config = setup::config(choices)?;
        let path = match &self.order.journal {
            Some(path) => path.clone(),
            None => files::new_journal(started()).map_err(|why| {
                let values = [("why", why.to_string())];
                Refused::of(Choice::Journal, Reason::new("why.journal-no-place", values, why.to_string()))
            })?,
        };
        let next_files = NextFiles::default();
        let begun = Arc::clone(&next_files);
        let slot = Arc::clone(&self.slot);
        let notice = move |notice: JournalNotice| match notice {
            JournalNotice::NextFile(path) => {
                begun.lock().unwrap_or_else(PoisonError::into_inner).push_back(path);
            }
            JournalNotice::Failing(ref why) => {
                let values = [("why", why.clone())];
                let why = Reason::new("why.journal-failing", values, notice.to_string());
                slot.put(Update::JournalTrouble { why: Some(why) });
            }
            JournalNotice::Full(ref path) => {
                let values = [("path", path.display().to_string())];
                let why = Reason::new("why.journal-full", values, notice.to_string());
                slot.put(Update::JournalTrouble { why: Some(why) });
            }
            JournalNotice::Works { .. } => slot.put(Update::JournalTrouble { why: None }),
            JournalNotice::Deleted(_) => {}
        };
        let journal = Journal::open(&JournalConfig::new(path), notice);
        let journal = journal.map_err(|error| Refused::of(Choice::Journal, error.reason()))?;
        let journal = Arc::new(journal);
        let progress = journal.progress();
        let path = progress.borrow().path.to_path_buf();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("playtrace-collector")
            .enable_all()
            .build()
            .map_err(of_system)?;
        let collector = runtime.block_on(Collector::start(config, Arc::clone(&journal) as _));
        let collector = collector.map_err(|error| Refused::of(Choice::Listen, error.reason()))?;
        let tail = Tail::open(&path).map_err(|why| Refused::of(Choice::Journal, Reason::of_system(&why)))?;
        let base_url = collector.base_url();
        let player = self.order.is_demo.then(|| DemoPlayer::start(runtime.handle(), &base_url));
        let player = player.transpose().map_err(Refused::altogether)?;
        let device_page = setup::device_page(choices, collector.address());
        let started = Update::CollectorStarted {
            address: collector.address(),
            base_url: base_url.clone(),
            journal: path.clone(),
            qr: qr_of(collector.address(), device_page.as_ref().unwrap_or(&base_url)),
            device_page,
        };
        let lines = JournalLines { tail, progress, next_files };
        let run = self.order.job;
        let gatherer =
            Gatherer::new((run, self.settling), base_url, lines, self.judging, Arc::clone(&self.slot));
        self.slot.put(started);
        let gathering = spawn("playtrace-gather", move || gatherer.run(&asked, &pool));
        gathering.map_err(of_system)?;
        runtime.block_on(async move {
            loop {
                tokio::select! {
                    // An error means that the window is gone, which asks for the same.
                    stop = stopped.wait_for(|stop| *stop) => {
                        drop(stop);
                        break;
                    }
                    Ok(()) = faults.changed() => collector.set_faults(&faults.borrow_and_update()),
                }
            }
            if let Some(player) = player {
                player.stop().await;
            }
            collector.stop().await;
        });
        runtime.shutdown_timeout(Duration::from_millis(100));
        journal.close();
        // The program may wait for this no longer, and another collector may be started.
        self.end.send(()).ok();
        self.slot.put(Update::CollectorStopped { run });
        self.asks.send(Ask::End).ok();
        Ok(())
    }
}

/// The lines of a journal that is being written: no more than what stands for good.
#[derive(Debug)]
pub(super) struct JournalLines {
    tail: Tail,
    progress: watch::Receiver<Progress>,
    next_files: NextFiles,
}

impl JournalLines {
    /// Hands over some of the lines that came; false when there were none.
    pub(super) fn read(&mut self, take: impl FnMut(LinePlace, &[u8])) -> std::io::Result<bool> {
        let next = self.next_files.lock().unwrap_or_else(PoisonError::into_inner).front().cloned();
        let progress = self.progress.borrow().clone();
        // A file that was followed by another is whole.
        let until = match &next {
            Some(_) => self.tail.end()?,
            None if *progress.path == *self.tail.path() => progress.n_bytes,
            None => self.tail.at(),
        };
        if self.tail.read(until, take)? {
            return Ok(true);
        }
        let Some(next) = next else { return Ok(false) };
        self.tail.go_on(&next)?;
        self.next_files.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        Ok(true)
    }

    /// Appends a line that was read before; false when it cannot be had.
    pub(super) fn fetch(&mut self, place: LinePlace, text: &mut Vec<u8>) -> bool {
        self.tail.fetch(place, text)
    }
}

/// What a device is to open as a QR code, where another machine could use it.
fn qr_of(address: SocketAddr, url: &str) -> Option<Arc<QrModules>> {
    let Matrix { width, dark } = Matrix::of(url).filter(|_| !address.ip().is_loopback())?;
    Some(Arc::new(QrModules { width, dark }))
}

/// Names a journal that nobody has named.
fn started() -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(work::now().0).unwrap_or_default()
}

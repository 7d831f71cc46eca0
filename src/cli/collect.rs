//! `playtrace collect`: the collector without a window.

use super::args::{CollectArgs, SyncArg};
use super::{collect_faults, collect_mode, exit, exposing, note};
use crate::collector::journal::{Journal, JournalConfig, SyncMode};
use crate::collector::limits::Limits;
use crate::collector::recorder::{Answered, Arrived, Kept, Recorder, Unreadable};
use crate::collector::{Collector, setup};
use crate::files;
use crate::model::fault::FaultSpec;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// So many lines of the log wait for a slow reader of standard error; further ones are left out.
const LOG_LINES: usize = 1024;
/// So long the log may take to be printed to its end when the collector has stopped.
const LOG_GRACE: Duration = Duration::from_millis(200);

/// Runs the collector until Ctrl-C or TERM.
///
/// # Errors
/// When standard output is closed, or a thread cannot be started.
pub fn collect(args: &CollectArgs) -> anyhow::Result<u8> {
    let faults = match collect_faults::wanted(&args.faults) {
        Ok(faults) => faults,
        Err(errors) => {
            errors.iter().for_each(|error| note(&format!("error: {error}")));
            return Ok(exit::USAGE);
        }
    };
    if !exposing::may_listen(args.listen).context("cannot ask")? {
        note("nothing is collected");
        return Ok(exit::USAGE);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the collector's threads")?;
    runtime.block_on(async { outlive_file_size_limit() })?;
    let (lines, log) = sync_channel(LOG_LINES);
    let (ended, log_ended) = sync_channel::<()>(1);
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || {
            print_log(&log);
            drop(ended);
        })
        .context("cannot start the log's thread")?;
    let log = Log { lines, left_out: Arc::default() };
    let journal = match open_journal(args, &log) {
        Ok(journal) => journal,
        Err(error) => {
            note(&format!("error: {error}"));
            return Ok(exit::USAGE);
        }
    };
    let keeper = Arc::new(Keeper { log, journal, heads: Mutex::default() });
    let code = runtime.block_on(serve(args, faults, Arc::clone(&keeper)))?;
    runtime.shutdown_timeout(Duration::from_millis(100));
    keeper.journal.close();
    drop(keeper);
    // A log that nobody reads must not keep the program from ending.
    let (Ok(()) | Err(_)) = log_ended.recv_timeout(LOG_GRACE);
    Ok(code)
}

fn open_journal(args: &CollectArgs, log: &Log) -> Result<Journal, String> {
    let path = match &args.journal {
        Some(path) => path.clone(),
        None => {
            let path = files::new_journal(now()).map_err(|why| format!("no place for a journal: {why}"))?;
            note(&format!("journal: {}", path.display()));
            path
        }
    };
    let sync = match args.sync {
        SyncArg::Always => SyncMode::Always,
        SyncArg::Os => SyncMode::Os,
    };
    let config = JournalConfig {
        sync,
        limit_bytes: args.journal_limit,
        max_files: args.journal_files,
        drops_oldest: args.journal_drop_oldest,
        ..JournalConfig::new(path)
    };
    let log = log.clone();
    Journal::open(&config, move |notice| log.say(notice.to_string())).map_err(|error| error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "a new journal is named after the time")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap_or_default()
}

async fn serve(args: &CollectArgs, faults: Vec<FaultSpec>, keeper: Arc<Keeper>) -> anyhow::Result<u8> {
    let asked_to_stop = stop_signal()?;
    let config = match setup::config(&collect_mode::choices(args, faults)) {
        Ok(config) => config,
        Err(refused) => {
            note(&format!("error: {refused}"));
            return Ok(exit::USAGE);
        }
    };
    let collector = match Collector::start(config, keeper).await {
        Ok(collector) => collector,
        Err(error) => {
            note(&format!("error: {error}"));
            return Ok(exit::USAGE);
        }
    };
    if collector.max_connections() < Limits::default().connections {
        note(&format!("note: the limit of open files allows {} connections", collector.max_connections()));
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", collector.base_url())
        .and_then(|()| out.flush())
        .context("cannot print the address")?;
    collect_mode::say(&args.pass, &collector);
    asked_to_stop.await;
    collector.stop().await;
    Ok(exit::CLEAN)
}

/// Completes on Ctrl-C or TERM. From here on these no longer end the program by themselves.
#[cfg(unix)]
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for TERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

/// Where file sizes are limited (`ulimit -f`), writing beyond the limit must fail and not end the program.
#[cfg(unix)]
fn outlive_file_size_limit() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let over_limit = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    // Asking for the signal once is enough; nobody waits for it.
    signal(over_limit).map(drop).context("cannot outlive a limit of file sizes")
}

/// There is no such limit.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other platform's may fail")]
fn outlive_file_size_limit() -> anyhow::Result<()> {
    Ok(())
}

/// Lines for standard error; never waits for whoever reads it.
#[derive(Clone)]
struct Log {
    lines: SyncSender<String>,
    left_out: Arc<AtomicU64>,
}

impl Log {
    fn say(&self, line: String) {
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        let before = (left_out > 0).then(|| format!("… {left_out} lines left out"));
        for line in before.into_iter().chain([line]) {
            if self.lines.try_send(line).is_err() {
                self.left_out.fetch_add(left_out.max(1), Ordering::Relaxed);
            }
        }
    }
}

/// Keeps what arrives in the journal, and says a line about it.
struct Keeper {
    log: Log,
    journal: Journal,
    /// Methods and targets of requests without an answer yet.
    heads: Mutex<BTreeMap<u64, String>>,
}

impl Recorder for Keeper {
    fn arrived(&self, arrived: Arrived) -> u64 {
        let head = format!("{} {}", arrived.method, arrived.target);
        let number = self.journal.arrived(arrived);
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).insert(number, head);
        number
    }

    fn answered(&self, number: u64, answered: Answered) -> Kept {
        let head = self.heads.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        let head = head.unwrap_or_default();
        let (log, line) = (self.log.clone(), log_line(&head, &answered));
        let kept = self.journal.answered(number, answered);
        Box::pin(async move {
            let result = kept.await;
            log.say(if result.is_ok() { line } else { format!("{head} 503, not recorded") });
            result
        })
    }

    fn unreadable(&self, unreadable: Unreadable) {
        self.log.say(unreadable_line(&unreadable));
    }
}

/// Who sent it, when, why it is no request, and how it begins.
fn unreadable_line(Unreadable { at, from, why, start }: &Unreadable) -> String {
    let from = from.map_or_else(String::new, |from| format!(" from {from}"));
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    format!("no request{from} at {at:.3}: {why}; it begins \"{}\"", start.escape_ascii())
}

fn log_line(head: &str, answered: &Answered) -> String {
    let events = match answered.n_events {
        0 => String::new(),
        1 => ", 1 event".to_owned(),
        n => format!(", {n} events"),
    };
    let status = answered.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let more = [&answered.first_fault, &answered.failure];
    let more: String = more.into_iter().flatten().map(|words| format!(", {words}")).collect();
    let injected = answered.fault.as_ref().map_or_else(String::new, |mark| format!(", injected {mark}"));
    format!("{head} {status}{events}{more}{injected}")
}

fn print_log(lines: &Receiver<String>) {
    for line in lines {
        note(&line);
    }
}

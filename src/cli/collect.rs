//! `playtrace collect`: the collector without a window.

use super::args::CollectArgs;
use super::{exit, note};
use crate::collector::recorder::{Answered, Arrived, Kept, Recorded, Recorder, Recording};
use crate::collector::{Collector, CollectorConfig};
use crate::files;
use anyhow::Context as _;
use base64::Engine as _;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;
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
/// When standard output is closed, or the recording cannot be written.
pub fn collect(args: &CollectArgs) -> anyhow::Result<u8> {
    if let Some(folder) = args.record.as_ref().and_then(|path| path.parent())
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        note(&format!("error: there is no folder {}", folder.display()));
        return Ok(exit::USAGE);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the collector's threads")?;
    let (lines, log) = sync_channel(LOG_LINES);
    let (ended, log_ended) = sync_channel::<()>(1);
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || {
            print_log(&log);
            drop(ended);
        })
        .context("cannot start the log's thread")?;
    let keeper = Arc::new(Keeper {
        lines,
        left_out: AtomicU64::new(0),
        recording: Recording::default(),
        keeps: args.record.is_some(),
        heads: Mutex::default(),
    });
    let code = runtime.block_on(serve(args, Arc::clone(&keeper)))?;
    runtime.shutdown_timeout(Duration::from_millis(100));
    if let Some(path) = &args.record {
        let recorded = keeper.recording.take();
        files::write_by_rename(path, |file| write_requests(file, &recorded))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    drop(keeper);
    // A log that nobody reads must not keep the program from ending.
    let (Ok(()) | Err(_)) = log_ended.recv_timeout(LOG_GRACE);
    Ok(code)
}

async fn serve(args: &CollectArgs, keeper: Arc<Keeper>) -> anyhow::Result<u8> {
    let asked_to_stop = stop_signal()?;
    let config = CollectorConfig::new(args.listen, args.profile.policy());
    let collector = match Collector::start(config, keeper).await {
        Ok(collector) => collector,
        Err(error) => {
            note(&format!("error: {error}"));
            return Ok(exit::USAGE);
        }
    };
    if !collector.address().ip().is_loopback() {
        note("warning: other machines can reach this collector");
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", collector.base_url())
        .and_then(|()| out.flush())
        .context("cannot print the address")?;
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

/// Keeps what arrives, if asked to, and says a line about it. Never waits.
struct Keeper {
    lines: SyncSender<String>,
    left_out: AtomicU64,
    recording: Recording,
    keeps: bool,
    /// Methods and targets of requests without an answer yet.
    heads: Mutex<BTreeMap<u64, String>>,
}

impl Recorder for Keeper {
    fn arrived(&self, arrived: Arrived) -> u64 {
        let head = format!("{} {}", arrived.method, arrived.target);
        let number = self.recording.arrived(arrived);
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).insert(number, head);
        number
    }

    fn answered(&self, number: u64, answered: Answered) -> Kept {
        let head = self.heads.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        let line = log_line(&head.unwrap_or_default(), &answered);
        let lines = [(left_out > 0).then(|| format!("… {left_out} lines left out")), Some(line)];
        for line in lines.into_iter().flatten() {
            if self.lines.try_send(line).is_err() {
                self.left_out.fetch_add(left_out.max(1), Ordering::Relaxed);
            }
        }
        let kept = self.recording.answered(number, answered);
        if !self.keeps {
            drop(self.recording.take());
        }
        kept
    }
}

fn log_line(head: &str, answered: &Answered) -> String {
    let events = match answered.n_events {
        0 => String::new(),
        1 => ", 1 event".to_owned(),
        n => format!(", {n} events"),
    };
    let status = answered.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let fault = answered.first_fault.as_ref().map_or_else(String::new, |fault| format!(", {fault}"));
    format!("{head} {status}{events}{fault}")
}

fn print_log(lines: &Receiver<String>) {
    for line in lines {
        note(&line);
    }
}

/// Writes what arrived as an array of request records, one a line.
fn write_requests(file: &mut dyn Write, recorded: &[Recorded]) -> std::io::Result<()> {
    for (seq, one) in recorded.iter().enumerate() {
        file.write_all(if seq == 0 { b"[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *file, &request_record(seq, one))?;
    }
    file.write_all(if recorded.is_empty() { b"[]\n" } else { b"\n]\n" })
}

fn request_record(seq: usize, recorded: &Recorded) -> Value {
    let Recorded { arrived, answered } = recorded;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let host =
        arrived.headers.iter().find(|(name, _)| name == "host").map_or_else(String::new, |(_, v)| text(v));
    let headers: Vec<Value> =
        arrived.headers.iter().map(|(name, value)| json!({ "name": name, "value": text(value) })).collect();
    let answer_headers: Map<String, Value> =
        answered.headers.iter().map(|(name, value)| (name.clone(), json!(text(value)))).collect();
    let arrival_millis = arrived.received_at.millis();
    let arrival = jiff::Timestamp::from_millisecond(arrival_millis)
        .map_or(Value::Null, |arrival| json!(format!("{arrival:.3}")));
    let path = arrived.target.as_str();
    let mut record = json!({
        "seq": seq,
        "arrival": arrival,
        "arrivalMs": arrival_millis,
        "method": arrived.method,
        "url": format!("http://{host}{path}"),
        "path": path,
        "httpVersion": arrived.http_version,
        "headers": headers,
    });
    match std::str::from_utf8(&arrived.body) {
        Ok(text) => record["body"] = json!(text),
        Err(_) => {
            record["body"] = json!(base64::engine::general_purpose::STANDARD.encode(&arrived.body));
            record["bodyEncoding"] = json!("base64");
        }
    }
    if arrived.body_cut {
        record["bodyCut"] = json!(true);
    }
    record["response"] = json!({
        "status": answered.status.unwrap_or(0),
        "headers": answer_headers,
        "body": String::from_utf8_lossy(&answered.body),
    });
    record
}

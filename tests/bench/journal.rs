//! What a journal takes per second: requests kept, by how the disk is waited for and how many players wait at once,
//! against a file that is synced after every single line.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use playtrace::collector::journal::{Journal, JournalConfig, SyncMode};
use playtrace::collector::recorder::{AnswerBy, Answered, Arrived, Recorder as _, Scheme, Via};
use playtrace::model::clock::ReceivedAt;

use crate::report;

/// Each thing is measured so long.
const SPAN: Duration = Duration::from_secs(2);
/// A usual event.
const BODY: &[u8] = br#"{"eventType":"ping","playerTime":{"playhead":123.4,"ts":1767600000000},"params":{},"qoeData":{"media.qoe.bitrate":3200000,"media.qoe.droppedFrames":2,"media.qoe.framesPerSecond":50,"media.qoe.timeToStart":800},"customMetadata":{"genre":"documentary","show":"of the sea"}}"#;

/// Prints a line for each mode and number of players. The files lie in `folder` for the time being.
pub fn measure(folder: &str) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(folder).context("no folder for the journals")?;
    let alone = lines_alone(&folder.path().join("alone"))?;
    report(&format!("a line, a sync: {alone:>9.0} lines a second"))?;
    for (sync, name) in [(SyncMode::Always, "always"), (SyncMode::Os, "os")] {
        for n_players in [1, 8, 64, 512] {
            let path = folder.path().join(format!("{name}-{n_players}"));
            let kept = requests(&path, sync, n_players)?;
            report(&format!("{name:<7}{n_players:>4} players {kept:>9.0} requests a second"))?;
        }
    }
    Ok(())
}

/// Lines per second when each is synced by itself.
fn lines_alone(path: &Path) -> anyhow::Result<f64> {
    let mut file = std::fs::File::create(path)?;
    let (began, mut n_lines) = (Instant::now(), 0_u32);
    while began.elapsed() < SPAN {
        file.write_all(BODY)?;
        file.sync_data()?;
        n_lines += 1;
    }
    Ok(f64::from(n_lines) / began.elapsed().as_secs_f64())
}

/// Requests per second that are kept with their answers.
fn requests(path: &Path, sync: SyncMode, n_players: u32) -> anyhow::Result<f64> {
    let config = JournalConfig { sync, ..JournalConfig::new(path.to_owned()) };
    let journal = Arc::new(Journal::open(&config, |_| {})?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let began = Instant::now();
    let players: Vec<_> = (0..n_players)
        .map(|_| {
            let journal = Arc::clone(&journal);
            runtime.spawn(async move {
                let mut n_kept = 0_u32;
                while began.elapsed() < SPAN {
                    let number = journal.arrived(arrived());
                    journal.answered(number, answered()).await?;
                    n_kept += 1;
                }
                anyhow::Ok(n_kept)
            })
        })
        .collect();
    let mut n_kept = 0;
    for player in players {
        n_kept += runtime.block_on(player)??;
    }
    let took = began.elapsed();
    journal.close();
    Ok(f64::from(n_kept) / took.as_secs_f64())
}

fn arrived() -> Arrived {
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    Arrived {
        received_at: ReceivedAt(1_767_600_000_000_000),
        scheme: Scheme::Http,
        method: "POST".to_owned(),
        target: "/api/v1/sessions/0123456789abcdef0123456789abcdef/events".to_owned(),
        http_version: "HTTP/1.1".to_owned(),
        headers: vec![
            header("host", "127.0.0.1:8787"),
            header("content-type", "application/json"),
            header("content-length", "240"),
            header("user-agent", "bench"),
        ],
        body: BODY.into(),
        body_cut: false,
        via: Via::StandIn,
    }
}

fn answered() -> Answered {
    Answered {
        at: ReceivedAt(1_767_600_000_001_000),
        status: Some(204),
        headers: vec![("access-control-allow-origin".to_owned(), b"*".to_vec())],
        body: Vec::new().into(),
        body_cut: false,
        by: AnswerBy::StandIn,
        fault: None,
        failure: None,
        n_events: 1,
        first_fault: None,
    }
}

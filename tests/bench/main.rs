//! Speed and memory against a reference of the same run: one bare `serde_json` pass over the bytes.
//!
//! ```text
//! cargo bench --bench speed -- generate batch|har EVENTS FILE
//! cargo bench --bench speed -- ingest FILE
//! cargo bench --bench speed -- frames
//! ```

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

mod frames;
mod generate;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use playtrace::ingest::ingest;
use playtrace::model::watch::Unwatched;

/// The seed of all measurements.
const SEED: u64 = 1;
/// Each thing is measured so often; the best counts.
const RUNS: usize = 5;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["generate", kind, n_events, path] => {
            let n_events = n_events.parse().context("EVENTS must be a number")?;
            let mut out = BufWriter::new(File::create(path).with_context(|| (*path).to_owned())?);
            match *kind {
                "batch" => generate::batch(n_events, SEED, &mut out)?,
                "har" => generate::har(n_events, SEED, &mut out)?,
                _ => bail!("{kind}: batch or har"),
            }
            out.flush()?;
        }
        ["ingest", path] => measure_ingest(path)?,
        ["frames"] => frames::measure()?,
        [] => report("say `generate batch|har EVENTS FILE`, `ingest FILE` or `frames`")?,
        other => bail!("{other:?}: unknown"),
    }
    Ok(())
}

fn measure_ingest(path: &str) -> anyhow::Result<()> {
    let read = || std::fs::read(path).with_context(|| path.to_owned());
    let mut bytes = read()?;
    let size = bytes.len();
    let mut capture = playtrace::model::capture::Capture::default();
    let mut best = Duration::MAX;
    // Bytes are handed over and taken back, so that they are in memory once.
    for run in 0..RUNS {
        drop(capture);
        bytes = if run == 0 { bytes } else { read()? };
        let from = Instant::now();
        capture = ingest(path, std::mem::take(&mut bytes), &Unwatched);
        best = best.min(from.elapsed());
        if run == 0 {
            report(&format!("peak memory {:.2} times the file", peak_bytes()? as f64 / size as f64))?;
        }
    }
    report(&format!(
        "{} events, {} requests, {} sessions, {} shapes, {} notes",
        capture.events.len(),
        capture.exchanges.len(),
        capture.sessions.len(),
        capture.shapes.shapes().len(),
        capture.notes.len()
    ))?;
    let mut limit = Duration::MAX;
    for _ in 0..RUNS {
        let from = Instant::now();
        serde_json::from_slice::<serde::de::IgnoredAny>(capture.source.bytes())?;
        limit = limit.min(from.elapsed());
    }
    let ratio = best.as_secs_f64() / limit.as_secs_f64();
    report(&format!("ingest {best:.0?}, bare pass {limit:.0?}: {ratio:.2} times, {} MB", size / 1_000_000))?;
    Ok(())
}

/// Peak resident set of this process.
fn peak_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("peak memory is read from /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}

fn report(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

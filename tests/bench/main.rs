//! Speed and memory against a reference of the same run: one bare `serde_json` pass over the bytes.
//!
//! ```text
//! cargo bench --bench speed -- generate batch|har|journal EVENTS FILE
//! cargo bench --bench speed -- check FILE
//! cargo bench --bench speed -- families
//! cargo bench --bench speed -- filter
//! cargo bench --bench speed -- frames [rush]
//! cargo bench --bench speed -- collect [full]
//! cargo bench --bench speed -- journal FOLDER
//! ```

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

mod collect;
mod families;
mod filter;
mod frames;
mod generate;
mod journal;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::watch::Unwatched;
use playtrace::report::{Input, Judged, Report, concise};
use playtrace::rules::context::Settings;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;

use frames::Pace;

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
                "journal" => generate::journal(n_events, SEED, &mut out)?,
                _ => bail!("{kind}: batch, har or journal"),
            }
            out.flush()?;
        }
        ["check", path] => measure_check(path)?,
        ["families"] => families::measure()?,
        ["filter"] => filter::measure()?,
        ["frames"] => frames::measure(Pace::Screen)?,
        ["frames", "rush"] => frames::measure(Pace::Rush)?,
        ["collect"] => collect::measure(false)?,
        ["collect", "full"] => collect::measure(true)?,
        // The reference of `collect`, in a process of its own.
        ["bare"] => collect::bare()?,
        ["journal", folder] => journal::measure(folder)?,
        [] => report(
            "say `generate batch|har|journal EVENTS FILE`, `check FILE`, `families`, `filter`, \
             `frames [rush]`, `collect [full]` or `journal FOLDER`",
        )?,
        other => bail!("{other:?}: unknown"),
    }
    Ok(())
}

/// How long each part of `playtrace check FILE` takes, at best, in all [`RUNS`].
#[derive(Default)]
struct Parts {
    read: Vec<Duration>,
    ingest: Vec<Duration>,
    judge: Vec<Duration>,
    write: Vec<Duration>,
    total: Vec<Duration>,
}

/// What `playtrace check FILE` does, part by part, against a bare pass over the same bytes.
fn measure_check(path: &str) -> anyhow::Result<()> {
    let mut parts = Parts::default();
    let mut limit = Duration::MAX;
    for run in 0..RUNS {
        let judged = check_once(path, &mut parts)?;
        let bytes = judged.capture.source.bytes();
        if run == 0 {
            let ratio = peak_bytes()? as f64 / bytes.len() as f64;
            report(&describe(&judged.capture))?;
            report(&format!("peak memory {ratio:.2} times the file of {} MB", bytes.len() / 1_000_000))?;
        }
        let from = Instant::now();
        // A journal has a value a line.
        for value in serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>() {
            value?;
        }
        limit = limit.min(from.elapsed());
    }
    for (name, times) in [
        ("read", &parts.read),
        ("ingest", &parts.ingest),
        ("judge", &parts.judge),
        ("write", &parts.write),
        ("check", &parts.total),
    ] {
        let best = times.iter().min().copied().unwrap_or_default();
        let ratio = best.as_secs_f64() / limit.as_secs_f64();
        report(&format!("{name:<7} {best:>8.0?}  {ratio:>5.2} times a bare pass of {limit:.0?}"))?;
    }
    Ok(())
}

fn check_once(path: &str, parts: &mut Parts) -> anyhow::Result<Judged> {
    let started = Instant::now();
    let bytes = playtrace::files::read(path.as_ref()).with_context(|| path.to_owned())?;
    let read = Instant::now();
    let capture = ingest(path, bytes, &Unwatched);
    let ingested = Instant::now();
    let judgement = judge(&capture, &Settings::default(), &RuleSelection::default(), &Unwatched);
    let judged = Instant::now();
    let input =
        Input { path: path.to_owned(), outcome: Ok(Judged { capture, judgement, fixes: Vec::new() }) };
    let mut written = Report { inputs: vec![input], ..Report::default() };
    concise::write(&written, &mut std::io::sink())?;
    let done = Instant::now();
    parts.read.push(read - started);
    parts.ingest.push(ingested - read);
    parts.judge.push(judged - ingested);
    parts.write.push(done - judged);
    parts.total.push(done - started);
    let outcome = written.inputs.pop().context("one input")?.outcome;
    outcome.map_err(|reason| anyhow::anyhow!(reason))
}

fn describe(capture: &Capture) -> String {
    format!(
        "{} events, {} requests, {} sessions, {} shapes, {} notes",
        capture.events.len(),
        capture.exchanges.len(),
        capture.sessions.len(),
        capture.shapes.shapes().len(),
        capture.notes.len()
    )
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

//! What each family of rules costs, and how the cost grows with the number of events.

use std::time::{Duration, Instant};

use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::rule::Family;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;

use crate::{SEED, generate, report};

/// Numbers of events, each twice the one before.
const SIZES: [u32; 4] = [125_000, 250_000, 500_000, 1_000_000];
/// Each thing is measured so often; the best counts.
const RUNS: usize = 3;

/// Prints a line for each family: milliseconds by number of events beyond the walk that all share, and how many times
/// the smallest the largest is per event (1 is linear).
pub fn measure() -> anyhow::Result<()> {
    for kind in ["batch", "har"] {
        let captures = SIZES.map(|n_events| capture(kind, n_events));
        let captures: Vec<Capture> = captures.into_iter().collect::<anyhow::Result<_>>()?;
        let head: String = SIZES.iter().map(|size| format!("{size:>12}")).collect();
        report(&format!("{kind:<12}{head}   growth per event"))?;
        let none: Vec<String> = Family::ALL.iter().map(|family| family.letter().to_string()).collect();
        let walk = captures.iter().map(|capture| time(capture, &none)).collect::<anyhow::Result<Vec<_>>>()?;
        line("walk alone", &walk, &[Duration::ZERO; SIZES.len()])?;
        for family in Family::ALL {
            let others: Vec<String> =
                none.iter().filter(|letter| !letter.starts_with(family.letter())).cloned().collect();
            let with =
                captures.iter().map(|capture| time(capture, &others)).collect::<anyhow::Result<Vec<_>>>()?;
            line(family.name(), &with, &walk)?;
        }
        let all = captures.iter().map(|capture| time(capture, &[])).collect::<anyhow::Result<Vec<_>>>()?;
        line("all rules", &all, &[Duration::ZERO; SIZES.len()])?;
    }
    Ok(())
}

fn line(name: &str, times: &[Duration], base: &[Duration]) -> anyhow::Result<()> {
    let beyond: Vec<f64> = times
        .iter()
        .zip(base)
        .map(|(time, base)| time.saturating_sub(*base).as_secs_f64() * 1000.0)
        .collect();
    let cells: String = beyond.iter().map(|millis| format!("{millis:>9.1} ms")).collect();
    let per_event: Vec<f64> =
        beyond.iter().zip(SIZES).map(|(millis, size)| millis / f64::from(size)).collect();
    let growth = match (per_event.first(), per_event.last()) {
        // Below a millisecond the clock tells more of itself than of the rules.
        (Some(first), Some(last)) if beyond.first().is_some_and(|millis| *millis >= 1.0) => {
            format!("{:.2}", last / first)
        }
        _ => "too little to tell".to_owned(),
    };
    report(&format!("{name:<12}{cells}   {growth}"))?;
    Ok(())
}

fn capture(kind: &str, n_events: u32) -> anyhow::Result<Capture> {
    let mut bytes = Vec::new();
    match kind {
        "batch" => generate::batch(n_events as usize, SEED, &mut bytes)?,
        _ => generate::har(n_events as usize, SEED, &mut bytes)?,
    }
    Ok(ingest(kind, bytes, &Unwatched))
}

/// The best time of judging without the families named.
fn time(capture: &Capture, ignored: &[String]) -> anyhow::Result<Duration> {
    let mut selection = RuleSelection::default();
    selection.command_line().ignore(ignored)?;
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let from = Instant::now();
        drop(judge(capture, &Settings::default(), &selection, &Unwatched));
        best = best.min(from.elapsed());
    }
    Ok(best)
}

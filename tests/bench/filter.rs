//! How long it takes to filter the events of one session of a million, in milliseconds.
//!
//! What is asked: under 200 ms, or progress shown. Progress is shown from the first 65,536 events on.

use std::sync::Arc;
use std::time::Instant;

use playtrace::ingest::ingest;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;
use playtrace::store::filter::{EventFilter, Order, filter};
use playtrace::store::judged::Judged;
use playtrace::store::loaded::{CaptureId, LoadedCapture};
use playtrace::store::places::Places;

use crate::{RUNS, SEED, generate, report};

const EVENTS: usize = 1_000_000;

/// Texts of the filter, one of each kind.
const TEXTS: [&str; 9] = [
    "nothing like this",
    "ping",
    "type:ping",
    "finding:error",
    "status:4xx",
    "ts>+1000 playhead<60",
    "gap>5",
    "params.\"media.id\"=\"x\"",
    "customMetadata.show:news",
];

/// Measures each text in both orders.
///
/// # Errors
/// Those of standard output.
pub fn measure() -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    generate::batch(EVENTS, SEED, &mut bytes)?;
    let capture = Arc::new(ingest("batch", bytes, &Unwatched));
    let settings = Settings::default();
    let judgement = judge(&capture, &settings, &RuleSelection::default(), &Unwatched);
    let loaded = LoadedCapture {
        id: CaptureId(1),
        path: None,
        journal: None,
        config: Arc::default(),
        places: Arc::new(Places::of(&capture)),
        judged: Some(Arc::new(Judged::of(&capture, judgement, settings))),
        capture: Arc::clone(&capture),
        growth: None,
    };
    for session in &capture.sessions {
        report(&format!("{} events, best of {RUNS}, ms", session.len()))?;
        report(&format!("{:<28}{:>10}{:>10}{:>10}", "filter", "passing", "arrival", "ts"))?;
        for text in TEXTS {
            let wanted = EventFilter { text: text.to_owned(), ..EventFilter::default() };
            let passing = wanted.passing().map_err(|error| anyhow::anyhow!("{text}: {}", error.key))?;
            let mut n_passing = 0;
            let [by_arrival, by_ts] = [Order::Arrival, Order::Ts].map(|order| {
                let mut best = f64::INFINITY;
                for _ in 0..RUNS {
                    let from = Instant::now();
                    n_passing = filter(&loaded, session, &passing, order, &Unwatched).len();
                    best = best.min(from.elapsed().as_secs_f64() * 1000.0);
                }
                best
            });
            report(&format!("{text:<28}{n_passing:>10}{by_arrival:>10.0}{by_ts:>10.0}"))?;
        }
    }
    Ok(())
}

//! How long it takes to filter, search and sort the events of one session of a million, in milliseconds.
//!
//! The reference of the same run is a bare search of the bytes for a text that is not there, on one core; the last column
//! is the slowest of the line against it.
//!
//! What is asked: under 200 ms, or progress shown. Progress is shown from the first 65,536 events on.

use std::sync::Arc;
use std::time::Instant;

use playtrace::ingest::ingest;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;
use playtrace::store::column::Column;
use playtrace::store::filter::{EventFilter, Order, filter};
use playtrace::store::judged::Judged;
use playtrace::store::loaded::{CaptureId, LoadedCapture};
use playtrace::store::places::Places;
use playtrace::store::query::parse::parse;
use playtrace::store::search::search;
use playtrace::store::sort::{Sort, sorted};
use playtrace::store::table_rows::TableRows;

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
        let reference =
            best(|| memchr::memmem::find(capture.source.bytes(), b"\"nothing like this\"").is_none());
        report(&format!("{:<28}{:>40.0}", "reference: a bare search", reference))?;
        report(&format!(
            "{:<28}{:>10}{:>10}{:>10}{:>10}{:>10}",
            "text", "passing", "arrival", "ts", "search", "ratio"
        ))?;
        for text in TEXTS {
            let wanted = EventFilter { text: text.to_owned(), ..EventFilter::default() };
            let passing = wanted.passing().map_err(|error| anyhow::anyhow!("{text}: {}", error.key))?;
            let mut n_passing = 0;
            let [by_arrival, by_ts] = [Order::Arrival, Order::Ts].map(|order| {
                best(|| n_passing = filter(&loaded, session, &passing, order, &Unwatched).len())
            });
            let query = parse(text).map_err(|error| anyhow::anyhow!("{text}: {}", error.key))?;
            let rows = TableRows::default();
            let searched = best(|| search(&loaded, session, &rows, &query, &Unwatched).len());
            let ratio = by_arrival.max(by_ts).max(searched) / reference;
            report(&format!(
                "{text:<28}{n_passing:>10}{by_arrival:>10.0}{by_ts:>10.0}{searched:>10.0}{ratio:>10.1}"
            ))?;
        }
        for column in Column::known().chain(Column::of_member("media.id")) {
            let sort = Sort { column, descending: true };
            let all: Vec<u32> = (0..u32::try_from(session.len())?).collect();
            let took =
                best(|| sorted(&loaded, session, Order::Arrival, all.clone(), &sort, &Unwatched).len());
            let ratio = took / reference;
            report(&format!("{:<28}{took:>20.0}{ratio:>30.1}", format!("sort by {}", sort.column)))?;
        }
    }
    Ok(())
}

/// The best of several runs, milliseconds.
fn best<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let from = Instant::now();
        std::hint::black_box(work());
        best = best.min(from.elapsed().as_secs_f64() * 1000.0);
    }
    best
}

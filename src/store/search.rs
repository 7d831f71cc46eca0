//! Which rows of the event table are hits of a search: pure, linear in the rows, done outside a frame.

use rayon::prelude::*;

use super::filter::{BLOCK, Looking};
use super::loaded::LoadedCapture;
use super::query::Query;
use super::table_rows::TableRows;
use crate::model::session::Session;
use crate::model::watch::Watch;

/// The rows that hold what is searched for, from top to bottom. Cancelled: those found so far.
#[must_use]
pub fn search(
    loaded: &LoadedCapture,
    session: &Session,
    rows: &TableRows,
    query: &Query,
    watch: &dyn Watch,
) -> Vec<u32> {
    let looking = Looking::new(loaded, session, rows.order, query.asks_for_gaps());
    let n_rows = u32::try_from(rows.len(session)).unwrap_or(u32::MAX);
    let is_hit = |row: &u32| {
        let arrival = rows.arrival(session, *row as usize);
        arrival.and_then(|arrival| looking.at(arrival)).is_some_and(|candidate| query.passes(&candidate))
    };
    let mut hits = Vec::new();
    let mut from = 0;
    while from < n_rows && !watch.cancelled() {
        let to = from.saturating_add(BLOCK).min(n_rows);
        hits.par_extend((from..to).into_par_iter().filter(is_hit));
        watch.progress(u64::from(to), u64::from(n_rows));
        from = to;
    }
    hits
}

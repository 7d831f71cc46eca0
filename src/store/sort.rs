//! The rows of the event table in the order of a column: pure, done outside a frame.

use std::cmp::Ordering;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::column::{Cell, Column};
use super::filter::{BLOCK, Looking, Order};
use super::loaded::LoadedCapture;
use crate::model::session::Session;
use crate::model::watch::Watch;

/// By which column, and which way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// True: the largest first. What a column says nothing of comes last both ways.
    pub descending: bool,
}

/// What rows are sorted by.
struct Key<'a> {
    cell: Cell<'a>,
    /// Place of the event in the order without a sort: of equals the earlier comes first.
    position: u32,
}

impl Key<'_> {
    fn compare(&self, other: &Key<'_>, descending: bool) -> Ordering {
        self.cell.compare(&other.cell, descending).then(self.position.cmp(&other.position))
    }
}

struct Sorting<'a> {
    looking: Looking<'a>,
    loaded: &'a LoadedCapture,
    session: &'a Session,
    order: Order,
    sort: &'a Sort,
}

impl<'a> Sorting<'a> {
    fn new(loaded: &'a LoadedCapture, session: &'a Session, order: Order, sort: &'a Sort) -> Sorting<'a> {
        let looking = Looking::new(loaded, session, order, sort.column == Column::Gap);
        Sorting { looking, loaded, session, order, sort }
    }

    fn key(&self, arrival: u32) -> Key<'a> {
        let cell = self
            .looking
            .at(arrival)
            .map_or(Cell::Nothing, |candidate| self.sort.column.value(&candidate, arrival));
        let position = match self.order {
            Order::Arrival => Some(arrival),
            Order::Ts => {
                let event = self.session.by_arrival.get(arrival as usize);
                event.and_then(|event| self.loaded.places.position(*event))
            }
        };
        Key { cell, position: position.unwrap_or(arrival) }
    }
}

/// Sorts rows, given as indices by arrival. Cancelled: as they were.
#[must_use]
pub fn sorted(
    loaded: &LoadedCapture,
    session: &Session,
    order: Order,
    rows: Vec<u32>,
    sort: &Sort,
    watch: &dyn Watch,
) -> Vec<u32> {
    let sorting = Sorting::new(loaded, session, order, sort);
    let mut keyed: Vec<(Key<'_>, u32)> = Vec::with_capacity(rows.len());
    for block in rows.chunks(BLOCK as usize) {
        if watch.cancelled() {
            return rows;
        }
        keyed.par_extend(block.par_iter().map(|arrival| (sorting.key(*arrival), *arrival)));
        watch.progress(keyed.len() as u64, rows.len() as u64);
    }
    keyed.par_sort_unstable_by(|(a, _), (b, _)| a.compare(b, sort.descending));
    keyed.into_iter().map(|(_, arrival)| arrival).collect()
}

/// The row in which an event stands among sorted ones, without a look at each; `None` when it is not among them.
#[must_use]
pub fn row_of(
    loaded: &LoadedCapture,
    session: &Session,
    order: Order,
    rows: &[u32],
    sort: &Sort,
    arrival: u32,
) -> Option<usize> {
    let sorting = Sorting::new(loaded, session, order, sort);
    let wanted = sorting.key(arrival);
    rows.binary_search_by(|row| sorting.key(*row).compare(&wanted, sort.descending)).ok()
}

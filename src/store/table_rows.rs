//! The rows of the event table: which event stands in which row.

use std::sync::Arc;

use super::filter::Order;
use crate::model::session::Session;

/// What the table shows of a session, from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct TableRows {
    /// The events that are shown, as indices by arrival; `None`: all of them, in `order`.
    pub chosen: Option<Arc<Vec<u32>>>,
    /// The order in which all are shown.
    pub order: Order,
}

impl TableRows {
    /// Number of rows.
    #[must_use]
    pub fn len(&self, session: &Session) -> usize {
        self.chosen.as_ref().map_or(session.len(), |rows| rows.len())
    }

    /// The event in a row, as its index by arrival; `None` below the last row.
    #[must_use]
    pub fn arrival(&self, session: &Session, row: usize) -> Option<u32> {
        let arrival = match (&self.chosen, self.order) {
            (Some(rows), _) => return rows.get(row).copied(),
            (None, Order::Arrival) => row,
            (None, Order::Ts) => session.arrival_index(row),
        };
        u32::try_from(arrival).ok().filter(|_| arrival < session.len())
    }

    /// True when both are of one making: the same rows without a look at each.
    #[must_use]
    pub fn is_same(&self, other: &TableRows) -> bool {
        let same = match (&self.chosen, &other.chosen) {
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
            (None, None) => true,
            _ => false,
        };
        same && self.order == other.order
    }
}

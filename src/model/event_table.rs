//! The table of events, in columns: who asks all events for their type reads one byte of each, not all that is known of
//! them. What is read beside a frame costs the frame, too: it leaves the caches cold.

use super::chunked::Chunked;
use super::table::{Body, EventFlags, EventRow, NO_ROW, NO_TS, NO_TYPE};

/// All events of a capture, in order of the file, addressed by row number.
#[derive(Debug, Default)]
pub struct EventTable {
    types: Chunked<u8>,
    ts: Chunked<i64>,
    playheads: Chunked<f64>,
    rest: Chunked<Rest>,
}

/// What is asked of one event after the other, not of all of them: the rest of an [`EventRow`].
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    /// Where its JSON text lies.
    pub body: Body,
    /// Number of its shape.
    pub shape: u32,
    /// The session that it belongs to.
    pub session: u32,
    /// The request that carried it.
    pub exchange: u32,
    /// What was found while reading.
    pub flags: EventFlags,
}

impl Rest {
    const NOTHING: Rest =
        Rest { body: Body::NOTHING, shape: NO_ROW, session: NO_ROW, exchange: NO_ROW, flags: EventFlags(0) };
}

impl EventTable {
    /// Adds an event at the end.
    pub fn push(&mut self, row: EventRow) {
        let EventRow { body, ts, playhead, shape, session, exchange, flags, event_type } = row;
        self.types.push(event_type);
        self.ts.push(ts);
        self.playheads.push(playhead);
        self.rest.push(Rest { body, shape, session, exchange, flags });
    }

    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// True without any event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// What the table holds of an event, `None` behind the last.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<EventRow> {
        (row < self.len()).then(|| self.row(row))
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = EventRow> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// Adds all events of another table at the end, the rest of each as `change` makes it.
    pub fn append(&mut self, other: EventTable, change: impl Fn(Rest) -> Rest) {
        self.types.append(other.types, |event_type| event_type);
        self.ts.append(other.ts, |ts| ts);
        self.playheads.append(other.playheads, |playhead| playhead);
        self.rest.append(other.rest, change);
    }

    /// Says which session an event belongs to.
    pub fn set_session(&mut self, row: usize, session: u32) {
        if let Some(rest) = self.rest.get_mut(row) {
            rest.session = session;
        }
    }

    /// Says one more thing about an event.
    pub fn add_flag(&mut self, row: usize, flag: EventFlags) {
        if let Some(rest) = self.rest.get_mut(row) {
            rest.flags = rest.flags.with(flag);
        }
    }

    // Behind the last row these give what stands for "nothing", without a branch that a caller who wants one column of
    // a row would pay for.

    #[inline]
    pub(super) fn event_type(&self, row: usize) -> u8 {
        self.types.get(row).copied().unwrap_or(NO_TYPE)
    }

    #[inline]
    pub(super) fn ts(&self, row: usize) -> i64 {
        self.ts.get(row).copied().unwrap_or(NO_TS)
    }

    #[inline]
    pub(super) fn playhead(&self, row: usize) -> f64 {
        self.playheads.get(row).copied().unwrap_or(f64::NAN)
    }

    #[inline]
    pub(super) fn body(&self, row: usize) -> Body {
        self.rest(row).body
    }

    #[inline]
    pub(super) fn exchange(&self, row: usize) -> u32 {
        self.rest(row).exchange
    }

    #[inline]
    fn rest(&self, row: usize) -> &Rest {
        self.rest.get(row).unwrap_or(&Rest::NOTHING)
    }

    #[inline]
    pub(super) fn row(&self, row: usize) -> EventRow {
        let Rest { body, shape, session, exchange, flags } = *self.rest(row);
        let (ts, playhead, event_type) = (self.ts(row), self.playhead(row), self.event_type(row));
        EventRow { body, ts, playhead, shape, session, exchange, flags, event_type }
    }
}

impl Extend<EventRow> for EventTable {
    fn extend<I: IntoIterator<Item = EventRow>>(&mut self, rows: I) {
        rows.into_iter().for_each(|row| self.push(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32) -> EventRow {
        EventRow {
            body: Body { start: u64::from(number) * 7, len: number, ..Body::default() },
            ts: i64::from(number) * 1000,
            playhead: f64::from(number) / 2.0,
            shape: number % 5,
            session: number % 3,
            exchange: number + 1,
            flags: EventFlags((number % 4) as u16),
            event_type: (number % 20) as u8,
        }
    }

    #[test]
    fn what_was_put_in_comes_out_of_every_column() {
        let n_rows = 70_000;
        let mut table = EventTable::default();
        table.extend((0..n_rows).map(row));
        assert_eq!(table.len(), n_rows as usize);
        assert!(table.iter().eq((0..n_rows).map(row)));
        assert_eq!(table.get(66_000), Some(row(66_000)));
        assert_eq!(table.get(n_rows as usize), None);
    }

    #[test]
    fn the_events_of_one_table_are_added_behind_those_of_another() {
        let (mut table, mut other) = (EventTable::default(), EventTable::default());
        table.extend((0..10).map(row));
        other.extend((10..70_000).map(row));
        table.append(other, |rest| Rest { exchange: rest.exchange + 5, ..rest });
        let moved = |row: EventRow| EventRow { exchange: row.exchange + 5, ..row };
        assert!(table.iter().eq((0..10).map(row).chain((10..70_000).map(row).map(moved))));
    }

    #[test]
    fn what_is_said_later_changes_one_event_alone() {
        let mut table = EventTable::default();
        table.extend((0..3).map(row));
        table.set_session(1, 9);
        table.add_flag(1, EventFlags::ELIDED);
        // Nothing stands there.
        table.set_session(3, 9);
        table.add_flag(3, EventFlags::ELIDED);
        let changed = EventRow { session: 9, flags: row(1).flags.with(EventFlags::ELIDED), ..row(1) };
        assert!(table.iter().eq([row(0), changed, row(2)]));
    }
}

//! Where a ping came late, and where pings are missing.

use super::Builder;
use crate::metrics::cadence::Cadence;
use crate::metrics::pyramid::Phase;
use crate::model::event_type::EventType;
use crate::model::limits::{DOWNLOADED_PING_INTERVAL_SECS, PING_INTERVAL_SECS};
use crate::model::session::Mode;

/// Kind of a gap that ends with the ping that was due in it.
pub const LATE: u8 = 0;
/// Kind of a gap in which a ping was due that never came.
pub const MISSING: u8 = 1;

/// Seconds from one ping to the next.
#[must_use]
pub const fn ping_interval_secs(mode: Mode) -> f64 {
    if mode.is_downloaded() { DOWNLOADED_PING_INTERVAL_SECS } else { PING_INTERVAL_SECS }
}

/// How many pings never came, when an event came so long after a ping was due.
#[must_use]
pub fn n_missing(overdue_secs: f64, mode: Mode, ends_with_ping: bool) -> u32 {
    // A thousandth of what `ts` can tell makes good for what floating point loses.
    let n_after = ((overdue_secs + 1e-6) / ping_interval_secs(mode)).floor() as u32;
    n_after.saturating_add(u32::from(!ends_with_ping))
}

impl Builder<'_> {
    /// The holes in the pings (T014), each from when the first ping was due; item: the event that ends it.
    pub(super) fn ping_gaps(&self, cadence: &Cadence) -> Vec<Phase> {
        if !cadence.ts_is_in_millis() {
            return Vec::new();
        }
        let mode = self.session.mode;
        let holes = cadence.holes.iter().filter_map(|hole| {
            let overdue_secs = hole.secs - ping_interval_secs(mode);
            let end = self.time(hole.to);
            let event = self.events.get(hole.to as usize).and_then(|id| self.capture.event(*id))?;
            let ends_with_ping = event.event_type() == Some(EventType::Ping);
            let is_late = n_missing(overdue_secs, mode, ends_with_ping) == 0;
            let kind = if is_late { LATE } else { MISSING };
            (overdue_secs > 0.0).then_some(Phase { start: end - overdue_secs, end, kind, item: hole.to })
        });
        holes.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_interval_without_a_ping_is_one_that_is_missing() {
        for (overdue_secs, mode, ends_with_ping, expected) in [
            (1.6, Mode::Online, true, 0),
            (9.999, Mode::Online, true, 0),
            (10.0, Mode::Online, true, 1),
            (1.6, Mode::Online, false, 1),
            (25.0, Mode::Online, false, 3),
            (25.0, Mode::Downloaded, true, 0),
            (60.0, Mode::Downloaded, false, 2),
            (1e300, Mode::Online, false, u32::MAX),
        ] {
            assert_eq!(n_missing(overdue_secs, mode, ends_with_ping), expected, "{overdue_secs} s, {mode:?}");
        }
    }
}

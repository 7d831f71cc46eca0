//! The visible range of time, shared by table, timeline and plot. All of it in seconds of the time axis
//! ([`crate::metrics::time_axis`]): those of the session where no silence is cut short.

use serde::{Deserialize, Serialize};

use crate::metrics::time_axis::{PLAIN, TimeAxis};
use crate::store::places::SessionTimes;

/// No view is narrower, seconds: `ts` has milliseconds.
const MIN_WIDTH_SECS: f64 = 0.02;
/// So much of the width is left free on both sides when everything is shown.
const MARGIN: f64 = 0.02;

/// The visible range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeView {
    /// Left end of what there is, margin included.
    pub full_from: f64,
    /// Right end of what there is, margin included.
    pub full_to: f64,
    /// Left end of what is seen.
    pub from: f64,
    /// Right end of what is seen.
    pub to: f64,
}

impl Default for TimeView {
    fn default() -> Self {
        Self::of(&SessionTimes::default(), &PLAIN)
    }
}

impl TimeView {
    /// All of a session.
    #[must_use]
    pub fn of(times: &SessionTimes, axis: &TimeAxis) -> TimeView {
        let last = axis.to_axis(times.last_secs).max(1.0);
        let (from, to) = (-last * MARGIN, last * (1.0 + MARGIN));
        TimeView { full_from: from, full_to: to, from, to }
    }

    /// Seconds that are seen.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.to - self.from
    }

    /// True when all is seen.
    #[must_use]
    pub fn shows_all(&self) -> bool {
        self.from <= self.full_from && self.to >= self.full_to
    }

    /// Everything.
    #[must_use]
    pub fn fitted(self) -> TimeView {
        TimeView { from: self.full_from, to: self.full_to, ..self }
    }

    /// This range, kept inside of what there is and not too narrow. Anything that is no number changes nothing.
    #[must_use]
    pub fn showing(self, from: f64, to: f64) -> TimeView {
        if !(from.is_finite() && to.is_finite() && to >= from) {
            return self;
        }
        let full = self.full_to - self.full_from;
        let width = (to - from).max(MIN_WIDTH_SECS).min(full);
        let middle = from + (to - from) / 2.0;
        let from = (middle - width / 2.0).max(self.full_from).min(self.full_to - width);
        TimeView { from, to: from + width, ..self }
    }

    /// Zoomed so that `at` stays where it is; a `factor` above 1 comes nearer.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: f64) -> TimeView {
        if !(factor.is_finite() && factor > 0.0 && at.is_finite()) {
            return self;
        }
        let width = (self.width() / factor).max(MIN_WIDTH_SECS);
        let share = (at - self.from) / self.width();
        let from = at - share * width;
        self.showing(from, from + width)
    }

    /// Moved by so many seconds, the width kept.
    #[must_use]
    pub fn panned(self, by_secs: f64) -> TimeView {
        self.showing(self.from + by_secs, self.to + by_secs)
    }

    /// Moved, if need be, so that `at` is seen.
    #[must_use]
    pub fn revealing(self, at: f64) -> TimeView {
        if (self.from..=self.to).contains(&at) {
            self
        } else {
            self.showing(at - self.width() / 2.0, at + self.width() / 2.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> TimeView {
        TimeView { full_from: -2.0, full_to: 102.0, from: -2.0, to: 102.0 }
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let zoomed = view().zoomed(4.0, 24.0);
        let share = |view: &TimeView| (24.0 - view.from) / view.width();
        assert!((share(&zoomed) - share(&view())).abs() < 1e-9);
        assert!((zoomed.width() - 26.0).abs() < 1e-9);
    }

    #[test]
    fn no_view_leaves_the_session_or_becomes_too_narrow() {
        assert_eq!(view().zoomed(0.1, 50.0), view());
        let near = view().zoomed(1e12, 50.0);
        assert!(near.width() >= MIN_WIDTH_SECS * 0.99);
        let end = near.panned(1e9);
        assert!(end.to <= 102.0 + 1e-9 && (end.width() - near.width()).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_number_changes_nothing() {
        assert_eq!(view().showing(f64::NAN, 3.0), view());
        assert_eq!(view().zoomed(f64::INFINITY, 3.0), view());
        assert_eq!(view().showing(5.0, 1.0), view());
    }
}

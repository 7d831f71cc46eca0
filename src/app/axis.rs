//! What is seen of the time axis. The outside says times in seconds; the visible range is kept in axis seconds, which
//! are others where silences are cut short.

use std::sync::Arc;

use super::State;
use super::time_view::TimeView;
use crate::metrics::time_axis::TimeAxis;

impl State {
    /// From when to when is seen, seconds since the session's origin.
    #[must_use]
    pub fn seen_secs(&self) -> (f64, f64) {
        (self.axis.to_secs(self.time_view.from), self.axis.to_secs(self.time_view.to))
    }

    /// Shows a range of seconds.
    pub(super) fn show_secs(&mut self, from: f64, to: f64) {
        self.time_view = self.time_view.showing(self.axis.to_axis(from), self.axis.to_axis(to));
    }

    /// Moves what is seen, if need be, so that a time is seen.
    pub(super) fn reveal_secs(&mut self, secs: f64) {
        self.time_view = self.time_view.revealing(self.axis.to_axis(secs));
    }

    /// What is seen and all there is, in seconds: the same whatever is cut.
    pub(super) fn view_in_secs(&self) -> TimeView {
        let (view, axis) = (self.time_view, &self.axis);
        TimeView {
            full_from: axis.to_secs(view.full_from),
            full_to: axis.to_secs(view.full_to),
            from: axis.to_secs(view.from),
            to: axis.to_secs(view.to),
        }
    }

    /// Makes the axis anew, of what is drawn and as the preferences have it. What is seen stays, and so does that all
    /// is seen, or the end.
    pub(super) fn refresh_axis(&mut self) {
        let Some(drawing) = &self.drawing else { return };
        let axis = match self.prefs.cuts_silences {
            true => TimeAxis::without(&drawing.silences, drawing.last),
            false => TimeAxis::default(),
        };
        if axis == *self.axis {
            return;
        }
        let (before, (from, to)) = (self.time_view, self.seen_secs());
        self.axis = Arc::new(axis);
        let times = self.shown_session().map(|(loaded, session)| loaded.places.times(session.id));
        let whole = TimeView::of(&times.unwrap_or_default(), &self.axis);
        let (from, to) = (self.axis.to_axis(from), self.axis.to_axis(to));
        self.time_view = if before.shows_all() {
            whole
        } else if before.to >= before.full_to {
            whole.showing(whole.full_to - (to - from), whole.full_to)
        } else {
            whole.showing(from, to)
        };
    }
}

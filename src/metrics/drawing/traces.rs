//! What is drawn below the clock plot: values over time that explain what the playhead does.

use serde::{Deserialize, Serialize};

use super::Builder;
use crate::metrics::pyramid::{PhaseRow, Point, Series};
use crate::metrics::quality::{Change, Quality};

/// A value over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Trace {
    /// How far the playhead is ahead of where it was expected, seconds.
    Residual,
    /// From the ping before to this one, seconds of the client's clock.
    PingGap,
    /// From `ts` to arrival, seconds; off by what the client's clock is off.
    Delay,
    /// `media.qoe.bitrate`, in the unit that was sent.
    Bitrate,
    /// `media.qoe.droppedFrames`, as sent: all since the start.
    DroppedFrames,
}

impl Trace {
    /// All of them, from top to bottom.
    pub const ALL: [Trace; 5] =
        [Trace::Residual, Trace::PingGap, Trace::Delay, Trace::Bitrate, Trace::DroppedFrames];

    /// True when a value holds until the next one is sent.
    #[must_use]
    pub const fn is_steps(self) -> bool {
        matches!(self, Trace::Bitrate | Trace::DroppedFrames)
    }
}

/// The traces of a session; position: that of the event with the value.
#[derive(Debug, Clone, Default)]
pub struct Traces([Series; Trace::ALL.len()]);

impl Traces {
    /// The series of a trace; empty where the session has no such value.
    #[must_use]
    pub fn series(&self, trace: Trace) -> &Series {
        &self.0[trace as usize]
    }

    /// These series, in the order of [`Trace::ALL`].
    #[must_use]
    pub const fn new(series: [Series; Trace::ALL.len()]) -> Traces {
        Traces(series)
    }

    /// The point that says the value at a time: of steps the last one before, else the nearest.
    #[must_use]
    pub fn point_at(&self, trace: Trace, secs: f64) -> Option<Point> {
        let series = self.series(trace);
        let before = series.before(secs);
        if trace.is_steps() {
            return before;
        }
        let points = series.points();
        let after = points.get(points.partition_point(|point| point.time <= secs)).copied();
        let away = |point: &Point| (point.time - secs).abs();
        before.into_iter().chain(after).min_by(|a, b| away(a).total_cmp(&away(b)))
    }
}

impl Builder<'_> {
    /// The traces; `residual`: the points of the first.
    pub(super) fn traces(&self, residual: Vec<Point>, pings: Option<&PhaseRow>, quality: &Quality) -> Traces {
        Traces::new([
            Series::new(residual),
            Series::new(pings.map(ping_gaps).unwrap_or_default()),
            Series::new(self.delays()),
            Series::new(self.steps(&quality.bitrate)),
            Series::new(self.steps(&quality.dropped_frames)),
        ])
    }

    /// Of what was stored and sent as a whole the delay says nothing.
    fn delays(&self) -> Vec<Point> {
        if self.session.mode.is_downloaded() {
            return Vec::new();
        }
        let delay = |(position, id): (u32, &_)| {
            let event = self.capture.event(*id)?;
            let ts = event.ts()?;
            let received = event.exchange()?.received_at()?;
            let value = received.0.saturating_sub(ts.0.saturating_mul(1000)) as f64 / 1e6;
            Some(Point { time: self.time(position), value, kind: 0, position })
        };
        (0..).zip(self.events).filter_map(delay).collect()
    }

    /// A line that stands until the next change and then steps.
    fn steps(&self, changes: &[Change]) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::with_capacity(changes.len() * 2 + 1);
        for change in changes {
            let (time, value) = (self.time(change.at), change.value as f64);
            points.extend(points.last().copied().map(|last| Point { time, ..last }));
            points.push(Point { time, value, kind: 0, position: change.at });
        }
        points.extend(points.last().copied().map(|last| Point { time: self.last, ..last }));
        points
    }
}

fn ping_gaps(pings: &PhaseRow) -> Vec<Point> {
    let pairs = pings.phases().windows(2);
    let gaps = pairs.filter_map(|pair| {
        let [before, ping] = pair else { return None };
        let value = ping.start - before.start;
        Some(Point { time: ping.start, value, kind: ping.kind, position: ping.item })
    });
    gaps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(points: &[(f64, f64)]) -> Traces {
        let point = |&(time, value): &(f64, f64)| Point { time, value, kind: 0, position: 0 };
        Traces::new(std::array::from_fn(|_| Series::new(points.iter().map(point).collect())))
    }

    #[test]
    fn a_step_holds_until_the_next_and_other_values_are_those_of_the_nearest_event() {
        let traces = traces(&[(0.0, 800.0), (10.0, 800.0), (10.0, 400.0), (30.0, 400.0)]);
        for (trace, secs, expected) in [
            (Trace::Bitrate, 9.0, Some(800.0)),
            (Trace::Bitrate, 10.0, Some(400.0)),
            (Trace::Bitrate, -1.0, None),
            (Trace::Residual, 9.0, Some(800.0)),
            (Trace::Residual, 10.0, Some(400.0)),
            (Trace::Delay, -1.0, Some(800.0)),
        ] {
            let found = traces.point_at(trace, secs).map(|point| point.value);
            assert_eq!(found, expected, "{trace:?} at {secs}");
        }
        assert_eq!(Traces::default().point_at(Trace::Delay, 1.0), None);
    }
}

//! What happened in a range of time: events, both clocks, types, findings. Linear in the events of the session.

use super::drawing::{Drawing, LaneKind};
use crate::model::capture::Capture;
use crate::model::event_type::EventType;

/// What two places on the time axis say of both clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clocks {
    /// From the first to the second by `ts`, seconds.
    pub ts_secs: f64,
    /// From the first to the second by playhead, seconds; `None` where one of them has none.
    pub playhead_secs: Option<f64>,
}

impl Clocks {
    /// Between two times; the playhead is that of the line, which is straight from event to event.
    #[must_use]
    pub fn between(drawing: &Drawing, from: f64, to: f64) -> Clocks {
        let playhead = |secs| drawing.playhead.value_at(secs);
        let playhead_secs = playhead(from).zip(playhead(to)).map(|(from, to)| to - from);
        Clocks { ts_secs: to - from, playhead_secs }
    }

    /// Seconds of playhead per second of `ts`: 1 while playing, 0 in a pause. `None` where no time has passed.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let ratio = self.playhead_secs? / self.ts_secs;
        ratio.is_finite().then_some(ratio)
    }
}

/// What happened in a range.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeTotals {
    /// Left end, seconds since the session's origin.
    pub from: f64,
    /// Right end.
    pub to: f64,
    /// Number of events in it, both ends included.
    pub n_events: u32,
    /// From the first to the last event that has a playhead; `None` with less than two of them.
    pub clocks: Option<Clocks>,
    /// How many events of each type, the most frequent first; `None`: types that the API does not know.
    pub types: Vec<(Option<EventType>, u32)>,
    /// Numbers of the findings in it, by time.
    pub findings: Vec<u32>,
}

impl RangeTotals {
    /// Counts what a drawn session has between two times.
    #[must_use]
    pub fn of(capture: &Capture, drawing: &Drawing, from: f64, to: f64) -> RangeTotals {
        let inside = |secs: f64| (from..=to).contains(&secs);
        let mut counts = [0_u32; EventType::ALL.len()];
        let (mut n_events, mut n_unknown) = (0, 0);
        for (id, _) in drawing.events.iter().zip(&drawing.times).filter(|(_, secs)| inside(**secs)) {
            n_events += 1;
            let event_type = capture.event(*id).and_then(|event| event.event_type());
            match event_type.and_then(|known| counts.get_mut(known as usize)) {
                Some(count) => *count += 1,
                None => n_unknown += 1,
            }
        }
        let known = EventType::ALL.into_iter().map(Some).zip(counts);
        let mut types: Vec<_> = known.chain([(None, n_unknown)]).filter(|(_, count)| *count > 0).collect();
        types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let findings = drawing.lane(&LaneKind::Findings).map(|lane| lane.row.phases()).unwrap_or_default();
        let findings = findings.iter().filter(|mark| inside(mark.start)).map(|mark| mark.item).collect();
        RangeTotals { from, to, n_events, clocks: clocks(drawing, from, to), types, findings }
    }
}

fn clocks(drawing: &Drawing, from: f64, to: f64) -> Option<Clocks> {
    let points = drawing.playhead.points();
    let after = points.partition_point(|point| point.time < from);
    let until = points.partition_point(|point| point.time <= to);
    let [first, .., last] = points.get(after..until)? else { return None };
    Some(Clocks { ts_secs: last.time - first.time, playhead_secs: Some(last.value - first.value) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::pyramid::{Point, Series};

    fn drawing() -> Drawing {
        let point = |(time, value)| Point { time, value, kind: 0, position: 0 };
        let points = [(0.0, 0.0), (10.0, 10.0), (20.0, 10.0), (30.0, 40.0)];
        Drawing { playhead: Series::new(points.into_iter().map(point).collect()), ..Drawing::default() }
    }

    #[test]
    fn two_places_are_told_apart_by_both_clocks_and_by_their_ratio() {
        for (from, to, playhead_secs, ratio) in [
            (0.0, 10.0, Some(10.0), Some(1.0)),
            (10.0, 20.0, Some(0.0), Some(0.0)),
            (5.0, 30.0, Some(35.0), Some(1.4)),
            (30.0, 20.0, Some(-30.0), Some(3.0)),
            (5.0, 5.0, Some(0.0), None),
            (5.0, 31.0, None, None),
        ] {
            let clocks = Clocks::between(&drawing(), from, to);
            assert_eq!(clocks.ts_secs, to - from);
            assert_eq!((clocks.playhead_secs, clocks.ratio()), (playhead_secs, ratio), "{from} to {to}");
        }
    }

    #[test]
    fn a_range_goes_from_its_first_to_its_last_playhead() {
        let found = clocks(&drawing(), 5.0, 29.0).expect("two events are in it");
        assert_eq!((found.ts_secs, found.playhead_secs), (10.0, Some(0.0)));
        assert_eq!(clocks(&drawing(), 5.0, 15.0), None);
        assert_eq!(clocks(&drawing(), 15.0, 5.0), None);
    }
}

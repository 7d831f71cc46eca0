//! Places on the time axis that something happens at: events, and edges of phases.

use super::{Drawing, LaneKind};
use crate::metrics::pyramid::Phase;

/// Half of the least difference of two `ts`, seconds.
const HALF_A_MILLI: f64 = 0.0005;

impl Drawing {
    /// The event or edge of a phase that is nearest to a time, no farther than `reach_secs`; found by halving.
    #[must_use]
    pub fn snapped(&self, secs: f64, reach_secs: f64) -> Option<f64> {
        let rows = self.lanes.iter().map(|lane| lane.row.phases());
        let edges = rows.flat_map(|phases| edges_near(phases, secs));
        let near = edges.filter(|edge| (edge - secs).abs() <= reach_secs);
        near.min_by(|a, b| (a - secs).abs().total_cmp(&(b - secs).abs()))
    }

    /// The position of the first event that happened at a time.
    #[must_use]
    pub fn event_at(&self, secs: f64) -> Option<u32> {
        let rows = [LaneKind::Events, LaneKind::Pings];
        let phases = rows.iter().filter_map(|kind| Some(self.lane(kind)?.row.phases()));
        let near = phases.filter_map(|phases| {
            // A mark is as exact as `ts`, and floating point is not.
            let from = phases.partition_point(|phase| phase.start < secs - HALF_A_MILLI);
            phases.get(from).filter(|phase| phase.start <= secs + HALF_A_MILLI).map(|phase| phase.item)
        });
        near.min()
    }

    /// The stretch that an event begins, the innermost where it begins several: an ad before its break.
    #[must_use]
    pub fn stretch_of(&self, position: u32) -> Option<(f64, f64)> {
        let time = *self.times.get(position as usize)?;
        let is_stretch = |kind: &LaneKind| {
            use LaneKind as L;
            matches!(
                kind,
                L::Playback | L::AdBreaks | L::Ads | L::Chapters | L::PlayerState(_) | L::OtherStates
            )
        };
        let lanes = self.lanes.iter().filter(|lane| is_stretch(&lane.kind));
        let begun = lanes.filter_map(|lane| {
            let phases = lane.row.phases();
            let from = phases.partition_point(|phase| phase.start < time);
            let here = phases.get(from..)?.iter().take_while(|phase| phase.start <= time);
            here.into_iter().find(|phase| phase.item == position && phase.end > phase.start)
        });
        begun
            .min_by(|a, b| (a.end - a.start).total_cmp(&(b.end - b.start)))
            .map(|phase| (phase.start, phase.end))
    }
}

/// The edges of the phases about a time; phases of a row do not overlap.
fn edges_near(phases: &[Phase], secs: f64) -> impl Iterator<Item = f64> {
    let after = phases.partition_point(|phase| phase.start <= secs);
    let near = phases.get(after.saturating_sub(2)..).unwrap_or_default();
    near.iter().take(3).flat_map(|phase| [phase.start, phase.end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::drawing::Lane;
    use crate::metrics::pyramid::{Merge, PhaseRow};

    fn drawing() -> Drawing {
        let phase = |start, end, item| Phase { start, end, kind: 0, item };
        let lane = |kind, phases| Lane { kind, row: PhaseRow::new(phases, Merge::Longest) };
        let instants = (0..=10).map(|at| phase(f64::from(at) * 10.0, f64::from(at) * 10.0, at)).collect();
        Drawing {
            times: (0..=10).map(|at| f64::from(at) * 10.0).collect(),
            lanes: vec![
                lane(LaneKind::Pings, instants),
                lane(LaneKind::AdBreaks, vec![phase(20.0, 60.0, 2)]),
                lane(LaneKind::Ads, vec![phase(20.0, 33.0, 2), phase(33.0, 60.0, 3)]),
            ],
            ..Drawing::default()
        }
    }

    #[test]
    fn the_nearest_event_or_edge_within_reach_is_taken() {
        for (secs, reach, expected) in [
            (12.0, 3.0, Some(10.0)),
            (18.0, 3.0, Some(20.0)),
            (32.0, 3.0, Some(33.0)),
            (36.0, 3.5, Some(33.0)),
            (15.0, 3.0, None),
            (-1.0, 3.0, Some(0.0)),
            (103.0, 3.0, Some(100.0)),
            (f64::NAN, 3.0, None),
        ] {
            assert_eq!(drawing().snapped(secs, reach), expected, "{secs}");
        }
        assert_eq!(Drawing::default().snapped(1.0, 10.0), None);
    }

    #[test]
    fn the_innermost_stretch_that_an_event_begins_is_its_own() {
        assert_eq!(drawing().stretch_of(2), Some((20.0, 33.0)));
        assert_eq!(drawing().stretch_of(5), None);
        assert_eq!(drawing().stretch_of(99), None);
    }

    #[test]
    fn the_event_at_a_time_is_found() {
        assert_eq!(drawing().event_at(30.0), Some(3));
        assert_eq!(drawing().event_at(30.000_000_1), Some(3));
        assert_eq!(drawing().event_at(30.001), None);
    }
}

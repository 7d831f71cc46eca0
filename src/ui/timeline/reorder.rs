//! Where the lines of the reorder lane lie: pure. From the lower edge, by `ts`, to the upper one, by arrival.

use super::layout::{LaneBox, REACH, TimeScale};
use crate::metrics::drawing::Outcome;
use crate::metrics::pyramid::{Crossing, Crossings, DrawnCrossing, DrawnPhase, Phase};

/// A line with its place: as much of it as is seen.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossingLine {
    /// Its lower and its upper end; `None` where only the others are seen that it stands for.
    pub ends: Option<[LineEnd; 2]>,
    /// Where several lie that are not drawn apart: the edges of the room that they take, lower left and right, upper
    /// left and right.
    pub fan: Option<[f32; 4]>,
    /// What it shows.
    pub drawn: DrawnCrossing,
}

/// An end of a line, or where it leaves the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineEnd {
    /// Place on the screen.
    pub x: f32,
    /// Height, relative to the upper edge of the lanes.
    pub y: f32,
    /// True when the line goes on outside of the view.
    pub cut: bool,
}

/// Free room above and below the lines.
const MARGIN: f32 = 4.0;
/// Free room beside a label of a tie.
const LABEL_GAP: f32 = 4.0;
/// Labels of ties lie at least so far apart.
const LABEL_WIDTH: f32 = 28.0;

/// Heights of the lower and the upper edge, relative to the upper edge of the lanes.
#[must_use]
pub fn edges(lane: &LaneBox) -> (f32, f32) {
    (lane.top + lane.height - MARGIN, lane.top + MARGIN)
}

/// The lines in the visible range, the gravest last; at most one for each point of the width.
#[must_use]
pub fn lines(crossings: &Crossings, scale: &TimeScale, lane: &LaneBox) -> Vec<CrossingLine> {
    let drawn = crossings.visible_on(&scale.columns(scale.width.max(0.0) as usize));
    drawn.into_iter().map(|drawn| line(scale, lane, drawn)).collect()
}

fn line(scale: &TimeScale, lane: &LaneBox, drawn: DrawnCrossing) -> CrossingLine {
    let corners = [drawn.lower.0, drawn.lower.1, drawn.upper.0, drawn.upper.1].map(|secs| scale.x(secs));
    let widest = (corners[1] - corners[0]).max(corners[3] - corners[2]);
    CrossingLine { ends: seen(scale, lane, &drawn.crossing), fan: (widest > 1.0).then_some(corners), drawn }
}

/// The part of a line that lies in the visible range.
fn seen(scale: &TimeScale, lane: &LaneBox, line: &Crossing) -> Option<[LineEnd; 2]> {
    let begin = scale.axis.to_axis(line.lower);
    let length = scale.axis.to_axis(line.upper) - begin;
    let share_at = |edge: f64| (edge - begin) / length;
    let (first, last) = if length == 0.0 {
        let inside = (scale.from..=scale.to).contains(&begin);
        if inside { (0.0, 1.0) } else { (1.0, 0.0) }
    } else {
        let (at_left, at_right) = (share_at(scale.from), share_at(scale.to));
        (at_left.min(at_right).max(0.0), at_left.max(at_right).min(1.0))
    };
    let (lower, upper) = edges(lane);
    let end = |share: f64, whole: f64| LineEnd {
        x: scale
            .x_on_axis(begin + share * length)
            .clamp(scale.left + 0.5, scale.right().max(scale.left + 1.0) - 0.5),
        y: lower + (upper - lower) * share as f32,
        cut: share != whole,
    };
    (first <= last).then(|| [end(first, 0.0), end(last, 1.0)])
}

/// The line at a place, relative to the upper edge of the lanes: the nearest within reach, of equally near ones the
/// one that is drawn last.
#[must_use]
pub fn line_at(lines: &[CrossingLine], x: f32, y: f32) -> Option<&CrossingLine> {
    let away = |line: &CrossingLine| line.ends.map_or(f32::INFINITY, |ends| distance(ends, x, y));
    let nearest = lines.iter().rev().min_by(|a, b| away(a).total_cmp(&away(b)))?;
    (away(nearest) <= REACH).then_some(nearest)
}

fn distance([a, b]: [LineEnd; 2], x: f32, y: f32) -> f32 {
    let (along, up) = (b.x - a.x, b.y - a.y);
    let length = along * along + up * up;
    let share = if length > 0.0 { ((x - a.x) * along + (y - a.y) * up) / length } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    (x - a.x - share * along).hypot(y - a.y - share * up)
}

impl CrossingLine {
    /// What becomes of its event.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of_kind(self.drawn.crossing.kind).unwrap_or(Outcome::InPlace)
    }

    /// The time that it spans, as a phase of its lane.
    #[must_use]
    pub fn phase(&self) -> DrawnPhase {
        let DrawnCrossing { crossing, lower, upper, count } = self.drawn;
        let (start, end) = (lower.0.min(upper.0), lower.1.max(upper.1));
        DrawnPhase {
            phase: Phase { start, end, kind: crossing.kind, item: crossing.item },
            count,
            covered: 1.0,
        }
    }
}

/// Where ties that cannot be decided are named: left edge and middle of the height, from left to right. Ties that lie
/// close together share a name.
#[must_use]
pub fn tie_labels(lines: &[CrossingLine], lane: &LaneBox) -> Vec<(f32, f32)> {
    let ties = lines.iter().filter(|line| line.outcome() == Outcome::Undecidable);
    let mut edges: Vec<f32> = ties.filter_map(|line| line.ends.map(|[a, b]| a.x.max(b.x))).collect();
    edges.sort_by(f32::total_cmp);
    let middle = lane.top + lane.height / 2.0;
    let close = |a: &f32, b: &f32| b - a < LABEL_WIDTH;
    edges.chunk_by(close).filter_map(|tied| Some((tied.last()? + LABEL_GAP, middle))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::metrics::pyramid::Gathered;

    fn scale() -> TimeScale {
        TimeScale { axis: Arc::default(), from: 100.0, to: 200.0, left: 50.0, width: 400.0 }
    }

    /// Lower edge at 50, upper one at 10.
    fn lane() -> LaneBox {
        let (phases, gathered) = (Vec::new(), Gathered::default());
        LaneBox { lane: 0, is_collapsed: false, top: 6.0, height: 48.0, phases, gathered }
    }

    fn shown(lines_of: &[(f64, f64, Outcome)]) -> Vec<CrossingLine> {
        let crossing = |(item, (lower, upper, outcome)): (u32, &(f64, f64, Outcome))| Crossing {
            lower: *lower,
            upper: *upper,
            kind: *outcome as u8,
            item,
        };
        lines(&Crossings::new((0..).zip(lines_of).map(crossing).collect()), &scale(), &lane())
    }

    /// Lower x and y, upper x and y.
    fn places(line: &CrossingLine) -> [f32; 4] {
        let [lower, upper] = line.ends.expect("it is seen");
        [lower.x, lower.y, upper.x, upper.y]
    }

    #[test]
    fn a_line_goes_from_the_lower_edge_at_its_ts_to_the_upper_at_its_arrival() {
        for (lower, upper, expected, cut) in [
            (110.0, 120.0, [90.0, 50.0, 130.0, 10.0], [false, false]),
            (150.0, 150.0, [250.0, 50.0, 250.0, 10.0], [false, false]),
            (160.0, 150.0, [290.0, 50.0, 250.0, 10.0], [false, false]),
            // Half of it lies left of the view, a quarter to the right.
            (90.0, 110.0, [50.5, 30.0, 90.0, 10.0], [true, false]),
            (170.0, 210.0, [330.0, 50.0, 449.5, 20.0], [false, true]),
            (0.0, 400.0, [50.5, 40.0, 449.5, 30.0], [true, true]),
        ] {
            let lines = shown(&[(lower, upper, Outcome::Sorted)]);
            let found = places(&lines[0]);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.01), "{found:?} {expected:?}");
            assert_eq!(lines[0].ends.map(|ends| ends.map(|end| end.cut)), Some(cut));
        }
        assert_eq!(shown(&[(0.0, 99.0, Outcome::Sorted), (201.0, 1e15, Outcome::Lost)]), []);
    }

    #[test]
    fn the_line_nearest_to_the_pointer_answers_and_the_graver_one_where_they_cross() {
        let lines = shown(&[(110.0, 150.0, Outcome::Lost), (150.0, 110.0, Outcome::InPlace)]);
        let item_at = |x, y| line_at(&lines, x, y).map(|line| line.drawn.crossing.item);
        assert_eq!(item_at(91.0, 49.0), Some(0));
        assert_eq!(item_at(91.0, 12.0), Some(1));
        assert_eq!(item_at(170.0, 30.0), Some(0));
        assert_eq!(item_at(170.0, 15.0), None);
        assert_eq!(
            lines[1].phase().phase,
            Phase { start: 110.0, end: 150.0, kind: Outcome::Lost as u8, item: 0 }
        );
    }

    #[test]
    fn lines_that_no_point_tells_apart_are_one_and_too_many_are_a_fan() {
        let many: Vec<_> = (0..50_000_u32)
            .map(|n| (110.0 + f64::from(n % 223) * 0.3, 110.0 + f64::from(n % 227) * 0.3, Outcome::Sorted))
            .collect();
        let lines = shown(&many);
        assert!(lines.len() <= 400, "{}", lines.len());
        assert_eq!(lines.iter().map(|line| line.drawn.count).sum::<u32>(), 50_000);
        assert!(lines.iter().any(|line| line.fan.is_some()));
        let close = shown(&[(110.0, 120.0, Outcome::Sorted), (110.1, 120.1, Outcome::MayFail)]);
        assert_eq!((close.len(), close[0].drawn.count, close[0].outcome()), (1, 2, Outcome::MayFail));
        assert!(close[0].fan.is_none());
    }

    #[test]
    fn ties_are_named_once_where_they_lie_close_together() {
        let tie = |lower, upper| (lower, upper, Outcome::Undecidable);
        let lines =
            shown(&[tie(110.0, 110.0), tie(110.0, 111.0), tie(150.0, 150.0), (151.0, 160.0, Outcome::Lost)]);
        assert_eq!(tie_labels(&lines, &lane()), [(98.0, 30.0), (254.0, 30.0)]);
    }

    #[test]
    fn a_view_without_width_draws_no_lines() {
        for scale in [TimeScale { width: 0.0, ..scale() }, TimeScale { to: 100.0, ..scale() }] {
            let one = Crossings::new(vec![Crossing { lower: 100.0, upper: 100.0, kind: 0, item: 0 }]);
            assert_eq!(lines(&one, &scale, &lane()), []);
        }
    }
}

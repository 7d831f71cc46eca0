//! What the clock plot draws: pure. Pieces of lines, the range of the axis, and places for names.

use std::ops::Range;

use crate::metrics::drawing::{Anomaly, AnomalyKind, Drawing, GOES_ON};
use crate::metrics::expected::piece_at;
use crate::metrics::pyramid::{DrawnLine, DrawnPhase, Point};
use crate::metrics::time_axis::Columns;

/// A piece of the observed line in one color.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What the piece is: `machine::Playback`, or `drawing::IN_BREAK`.
    pub kind: u8,
    /// Which points of the line. The last is the first of the next piece.
    pub points: Range<usize>,
}

/// The mark of something about the clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotMark {
    /// When, axis seconds.
    pub time: f64,
    /// The playhead; of an event without one, that of the line.
    pub playhead: f64,
    /// What.
    pub kind: AnomalyKind,
    /// How many it stands for.
    pub count: u32,
    /// The first of them in the list of anomalies.
    pub first: usize,
}

/// Everything that is drawn of a range of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// The observed line as its series has it.
    drawn_observed: DrawnLine,
    /// The expected line as its series has it.
    drawn_expected: DrawnLine,
    /// The observed line, by time: (axis seconds, playhead).
    pub observed: Vec<[f64; 2]>,
    /// Its pieces.
    pub runs: Vec<Run>,
    /// The events on it, as long as there is room to tell them apart.
    pub dots: Vec<[f64; 2]>,
    /// The expected line, by time: (axis seconds, playhead).
    pub expected: Vec<[f64; 2]>,
    /// How far the playhead may be from each point of it, seconds.
    pub tolerances: Vec<f64>,
    /// Its pieces: between them nothing is expected.
    pub bands: Vec<Range<usize>>,
    /// What is named, by time.
    pub marks: Vec<PlotMark>,
    /// Least and greatest playhead of the axis.
    pub playheads: (f64, f64),
}

impl Picture {
    /// Points of both lines together.
    #[must_use]
    pub fn n_points(&self) -> usize {
        self.observed.len() + self.expected.len()
    }
}

/// The axis shows at least so many seconds.
const LEAST_HEIGHT_SECS: f64 = 4.0;
/// So much of the height is left free above and below.
const MARGIN: f64 = 0.08;
/// Events are drawn as dots while they are so many points of the screen apart.
const DOT_GAP: usize = 12;
/// Marks that nobody could tell apart are joined within so many points of the screen.
const MARK_GAP: usize = 3;
/// Colors change at most once in so many points of the screen.
const COLOR_GAP: usize = 2;

/// What is drawn in so many columns, each a point of the screen wide. `last`: a picture of the same drawing on the
/// same axis, or an empty one; what is still seen of it stays as it was, unless it was zoomed.
#[must_use]
pub fn picture(drawing: &Drawing, columns: &Columns<'_>, last: &Picture) -> Picture {
    let drawn_observed = drawing.playhead.visible_again(columns, &last.drawn_observed);
    let drawn_expected = drawing.expected.visible_again(columns, &last.drawn_expected);
    let on_axis = |point: &Point| Point { time: columns.axis().to_axis(point.time), ..*point };
    let line: Vec<Point> = drawn_observed.points.iter().map(on_axis).collect();
    let observed: Vec<_> = line.iter().map(|point| [point.time, point.value]).collect();
    let is_sparse = observed.len() * DOT_GAP <= columns.len();
    let dots = if is_sparse { observed.clone() } else { Vec::new() };
    let mut picture = Picture {
        observed,
        runs: runs(&line, columns.width().unwrap_or_default() * COLOR_GAP as f64),
        dots,
        marks: marks(drawing, columns),
        playheads: axis([&drawn_observed, &drawn_expected]),
        drawn_observed,
        drawn_expected,
        ..Picture::default()
    };
    expect(&mut picture, drawing, columns);
    picture
}

/// Cuts the line where its color changes. A stretch shorter than `least_secs` keeps the color before it, so that
/// there are never more pieces than can be seen.
#[must_use]
pub fn runs(line: &[Point], least_secs: f64) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut begun = f64::NEG_INFINITY;
    for (at, point) in line.iter().enumerate() {
        if let Some(run) = runs.last_mut() {
            run.points.end = at + 1;
            if run.kind == point.kind || point.time - begun < least_secs {
                continue;
            }
        }
        begun = point.time;
        runs.push(Run { kind: point.kind, points: at..at + 1 });
    }
    runs.retain(|run| run.points.len() > 1 || line.len() == 1);
    runs
}

/// Adds the expected line and its pieces.
fn expect(picture: &mut Picture, drawing: &Drawing, columns: &Columns<'_>) {
    let Picture { drawn_expected: DrawnLine { points, .. }, expected, tolerances, bands, .. } = picture;
    let mut goes_on = false;
    expected.reserve_exact(points.len());
    tolerances.reserve_exact(points.len());
    for point in points {
        let Some(piece) = drawing.pieces.get(point.position as usize) else { continue };
        let at = expected.len();
        if !goes_on {
            bands.push(at..at);
        }
        expected.push([columns.axis().to_axis(point.time), point.value]);
        tolerances.push(piece.tolerance(point.time, drawing.tolerance));
        bands.last_mut().into_iter().for_each(|band| band.end = at + 1);
        goes_on = point.kind == GOES_ON;
    }
    bands.retain(|band| band.len() > 1);
}

fn marks(drawing: &Drawing, columns: &Columns<'_>) -> Vec<PlotMark> {
    let drawn = drawing.anomaly_row.visible_on(&columns.in_groups(MARK_GAP));
    let Some(start) = drawn.first().map(|drawn| drawn.phase.start) else { return Vec::new() };
    let mut next = drawing.anomalies.partition_point(|anomaly| anomaly.time < start);
    let mark = |drawn: &DrawnPhase| {
        // They lie one after the other.
        let first = next;
        next += drawn.count as usize;
        let found = drawing.anomalies.get(drawn.phase.item as usize)?;
        let playhead = found.playhead.or_else(|| drawing.playhead.value_at(found.time));
        Some(PlotMark {
            time: columns.axis().to_axis(found.time),
            playhead: playhead.filter(|playhead| playhead.abs() < 1e15)?,
            kind: found.kind,
            count: drawn.count,
            first,
        })
    };
    drawn.iter().filter_map(mark).collect()
}

/// The anomalies that a mark stands for, by time.
#[must_use]
pub fn marked<'a>(drawing: &'a Drawing, mark: &PlotMark) -> &'a [Anomaly] {
    let to = mark.first.saturating_add(mark.count as usize).min(drawing.anomalies.len());
    drawing.anomalies.get(mark.first..to).unwrap_or_default()
}

/// Range of the axis: what is seen of both lines, with a margin.
fn axis(lines: [&DrawnLine; 2]) -> (f64, f64) {
    let joined =
        lines.into_iter().filter_map(DrawnLine::value_range).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (least, greatest) = joined.unwrap_or((0.0, LEAST_HEIGHT_SECS));
    let missing = (LEAST_HEIGHT_SECS - (greatest - least)).max(0.0) / 2.0;
    let margin = (greatest - least) * MARGIN;
    (least - missing - margin, greatest + missing + margin)
}

/// What the read-out at a time says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadOut {
    /// The playhead: of the line between two events.
    pub playhead: f64,
    /// Where it should be, where that is known.
    pub expected: Option<f64>,
    /// The last event at or before the time, by its position in the judged order.
    pub position: u32,
}

/// The read-out at a time, found by halving; `None` before the first and after the last event.
#[must_use]
pub fn read_out(drawing: &Drawing, time: f64) -> Option<ReadOut> {
    let playhead = drawing.playhead.value_at(time)?;
    let expected = piece_at(&drawing.pieces, time).map(|piece| piece.at(time));
    Some(ReadOut { playhead, expected, position: drawing.playhead.before(time)?.position })
}

/// A rectangle on the screen: left, top, right, bottom.
pub type Box4 = [f32; 4];

/// Names stand at least this far from what they name.
const NAME_GAP: f32 = 8.0;
/// So many names at most: more could not be read.
const MOST_NAMES: usize = 24;
/// So many marks are tried, the gravest first.
const MOST_TRIED: usize = 300;

/// A name is at least so large: where nothing of this size has room, none is made.
const LEAST_NAME: (f32, f32) = (24.0, 10.0);

/// Where to write names: of `marks` (x, y, rank) the rectangles of those that cover no other name and do not leave
/// `area`, with the names. The gravest come first, then the earliest. `name` makes one, `size` measures it.
pub fn place_names<N>(
    marks: &[(f32, f32, u8)],
    area: Box4,
    name: impl Fn(usize) -> Option<N>,
    size: impl Fn(&N) -> (f32, f32),
) -> Vec<(Box4, N)> {
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(marks.get(*index).map_or(0, |mark| mark.2)));
    let mut placed: Vec<(Box4, N)> = Vec::new();
    for index in order.into_iter().take(MOST_TRIED) {
        if placed.len() >= MOST_NAMES {
            break;
        }
        let Some((x, y, _)) = marks.get(index).copied() else { continue };
        if free_place(x, y, LEAST_NAME, &area, &placed).is_none() {
            continue;
        }
        let Some(name) = name(index) else { continue };
        if let Some(place) = free_place(x, y, size(&name), &area, &placed) {
            placed.push((place, name));
        }
    }
    placed
}

/// The first place about a mark in which so large a name covers no other.
fn free_place<N>(
    x: f32,
    y: f32,
    (width, height): (f32, f32),
    area: &Box4,
    placed: &[(Box4, N)],
) -> Option<Box4> {
    let (right, left) = (x + NAME_GAP, x - NAME_GAP - width);
    let (above, below) = (y - NAME_GAP - height, y + NAME_GAP);
    let candidates = [(right, above), (left, above), (right, below), (left, below)];
    let mut boxes = candidates.into_iter().map(|(left, top)| [left, top, left + width, top + height]);
    let is_inside = |place: &Box4| {
        place[0] >= area[0] && place[1] >= area[1] && place[2] <= area[2] && place[3] <= area[3]
    };
    boxes.find(|place| is_inside(place) && !placed.iter().any(|(other, _)| overlap(place, other)))
}

fn overlap(a: &Box4, b: &Box4) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::drawing::{Mark, anomaly_row};
    use crate::metrics::drift::JumpKind;
    use crate::metrics::expected::ExpectedPiece;
    use crate::metrics::pyramid::Series;

    fn point(time: f64, value: f64, kind: u8) -> Point {
        Point { time, value, kind, position: time as u32 }
    }

    #[test]
    fn the_line_is_cut_where_its_color_changes_and_stays_whole() {
        let line = [
            point(0.0, 0.0, 1),
            point(10.0, 10.0, 1),
            point(20.0, 20.0, 2),
            point(30.0, 20.0, 1),
            point(40.0, 30.0, 1),
        ];
        let found = runs(&line, 0.0);
        let spans: Vec<_> = found.iter().map(|run| (run.kind, run.points.len(), run.points.start)).collect();
        assert_eq!(spans, [(1, 3, 0), (2, 2, 2), (1, 2, 3)]);
        for pair in found.windows(2) {
            assert_eq!(pair[0].points.end - 1, pair[1].points.start, "no gap between colors");
        }
    }

    #[test]
    fn colors_that_cannot_be_seen_apart_are_not_drawn_apart() {
        let line: Vec<_> =
            (0..10_000_u16).map(|at| point(f64::from(at) * 0.01, 0.0, (at % 4) as u8)).collect();
        assert!(runs(&line, 1.0).len() <= 101);
        assert_eq!(runs(&line, 1.0).iter().map(|run| run.points.len() - 1).sum::<usize>(), 9_999);
    }

    #[test]
    fn a_million_events_are_two_points_per_pixel_and_ten_are_ten_dots() {
        let drawing = |n: u32| Drawing {
            playhead: Series::new((0..n).map(|at| point(f64::from(at), f64::from(at), 1)).collect()),
            ..Drawing::default()
        };
        let many = picture(&drawing(1_000_000), &Columns::plain(0.0, 999_999.0, 800), &Picture::default());
        let drawn: usize = many.runs.iter().map(|run| run.points.len()).sum();
        assert!((800..=1_602).contains(&drawn), "{drawn} points");
        assert_eq!(many.dots.len(), 0);
        let few = picture(&drawing(10), &Columns::plain(0.0, 9.0, 800), &Picture::default());
        assert_eq!((few.runs.len(), few.dots.len()), (1, 10));
        assert!(few.playheads.0 < 0.0 && few.playheads.1 > 9.0);
    }

    fn drawing_of(anomalies: Vec<Anomaly>) -> Drawing {
        let anomaly_row = anomaly_row(&anomalies);
        Drawing { anomalies, anomaly_row, ..Drawing::default() }
    }

    fn seek(time: f64) -> Anomaly {
        Anomaly { time, playhead: Some(0.0), kind: AnomalyKind::Jump(JumpKind::Seek) }
    }

    #[test]
    fn every_jump_is_marked_however_many_there_are() {
        let times = (0..1000_u16).map(f64::from);
        let drawing = drawing_of(times.map(seek).collect());
        for (from, to) in [(0.0, 1000.0), (100.0, 200.0), (0.0, 10.0)] {
            let marks = picture(&drawing, &Columns::plain(from, to, 800), &Picture::default()).marks;
            let inside = drawing.anomalies.iter().filter(|found| (from..=to).contains(&found.time)).count();
            assert_eq!(marks.iter().map(|mark| mark.count as usize).sum::<usize>(), inside, "{from} to {to}");
            assert!(marks.len() >= inside.min(200), "{} marks for {inside}", marks.len());
            for pair in marks.windows(2) {
                assert!((pair[1].time - pair[0].time) * 800.0 / (to - from) >= 1.0, "they can be told apart");
            }
        }
    }

    #[test]
    fn a_mark_that_stands_for_several_knows_them_all() {
        let finding = Mark { event: None, rank: 1, number: 7, name: "a-rule", on_clock: true };
        let finding = Anomaly { time: 50.0, playhead: Some(0.0), kind: AnomalyKind::Finding(finding) };
        let drawing = drawing_of(vec![seek(10.0), seek(50.0), finding, seek(90.0)]);
        let marks = picture(&drawing, &Columns::plain(0.0, 100.0, 1_000), &Picture::default()).marks;
        let found: Vec<_> =
            marks.iter().map(|mark| (mark.kind.rank(), marked(&drawing, mark).len())).collect();
        assert_eq!(found, [(0, 1), (2, 2), (0, 1)], "the gravest stands for them");
        assert_eq!(marked(&drawing, &marks[1])[0].kind, AnomalyKind::Jump(JumpKind::Seek));
    }

    #[test]
    fn the_axis_of_a_still_or_empty_session_has_a_height() {
        for points in [vec![], vec![point(0.0, 7.0, 1)], vec![point(0.0, 7.0, 1), point(9.0, 7.0, 1)]] {
            let drawing = Drawing { playhead: Series::new(points), ..Drawing::default() };
            let (least, greatest) =
                picture(&drawing, &Columns::plain(0.0, 10.0, 100), &Picture::default()).playheads;
            assert!(greatest - least >= LEAST_HEIGHT_SECS);
        }
    }

    #[test]
    fn the_read_out_is_between_events_and_knows_the_last_one() {
        let piece = ExpectedPiece { start: 0.0, end: 10.0, playhead: 0.0, moves: true };
        let drawing = Drawing {
            playhead: Series::new(vec![point(0.0, 0.0, 1), point(10.0, 20.0, 1)]),
            pieces: vec![piece],
            ..Drawing::default()
        };
        assert_eq!(
            read_out(&drawing, 5.0),
            Some(ReadOut { playhead: 10.0, expected: Some(5.0), position: 0 })
        );
        assert_eq!(read_out(&drawing, 10.0).map(|found| found.position), Some(10));
        assert_eq!(read_out(&drawing, 10.1), None);
        assert_eq!(read_out(&drawing, -0.1), None);
    }

    #[test]
    fn names_never_cover_each_other_nor_leave_the_plot_and_the_gravest_comes_first() {
        let area = [0.0, 0.0, 400.0, 200.0];
        let mut random = fastrand::Rng::with_seed(3);
        let widths: Vec<f32> = (0..500).map(|_| 40.0 + random.f32() * 60.0).collect();
        let marks: Vec<_> =
            widths.iter().map(|_| (random.f32() * 400.0, random.f32() * 200.0, random.u8(0..3))).collect();
        let n_made = std::cell::Cell::new(0);
        let made = |index: usize| {
            n_made.set(n_made.get() + 1);
            Some(index)
        };
        let placed = place_names(&marks, area, made, |index| (widths[*index], 14.0));
        assert!(placed.len() > 5 && placed.len() <= MOST_NAMES);
        assert!(n_made.get() < MOST_TRIED / 2, "{} names were made for {}", n_made.get(), placed.len());
        for (at, (place, _)) in placed.iter().enumerate() {
            assert!(place[0] >= 0.0 && place[1] >= 0.0 && place[2] <= 400.0 && place[3] <= 200.0);
            assert!(!placed[at + 1..].iter().any(|(other, _)| overlap(place, other)));
        }
        let (crowded, widths) =
            ([(200.0, 100.0, 0), (201.0, 100.0, 1), (202.0, 100.0, 2)], [90.0, 390.0, 90.0]);
        let placed = place_names(&crowded, area, Some, |index| (widths[*index], 14.0));
        assert_eq!(
            placed.iter().map(|(_, index)| *index).collect::<Vec<_>>(),
            [2, 0],
            "the second is too wide"
        );
    }
}

//! Lines: least and greatest value of any range of time.

use std::ops::Range;

use super::levels::{Gathered, Levels, Timed};
use crate::metrics::time_axis::Columns;

/// Points of a line, sorted by time.
#[derive(Debug, Clone)]
pub struct Series {
    points: Vec<Point>,
    levels: Levels<Extremes>,
}

/// One point of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds since the session's first `ts`.
    pub time: f64,
    /// Whatever the series holds.
    pub value: f64,
    /// What the stretch that begins here is: picks its color.
    pub kind: u8,
    /// Position of the event in the judged order.
    pub position: u32,
}

/// What is drawn of a series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawnLine {
    /// The points, by time.
    pub points: Vec<Point>,
    gathered: Gathered,
    columns: Vec<DrawnColumn>,
}

/// The points of a column as they were drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
struct DrawnColumn {
    n_points: usize,
    n_drawn: usize,
}

impl DrawnLine {
    /// Least and greatest value, the points just outside included; `None` without any.
    #[must_use]
    pub fn value_range(&self) -> Option<(f64, f64)> {
        let values = self.points.iter().map(|point| (point.value, point.value));
        values.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// What is drawn of a stretch of points. The points themselves, and not their places: those lie far apart in memory.
#[derive(Debug, Clone, Copy)]
struct Extremes {
    least: Point,
    greatest: Point,
    first_kind: u8,
    last_kind: u8,
}

/// The points of a column while they are gathered.
struct Column {
    from: usize,
    to: usize,
    /// When the next column begins.
    until: f64,
    /// There are columns without points before it.
    starts_apart: bool,
    found: Extremes,
}

/// What is drawn is gathered in bundles that are at most so long, in columns: each goes to the column that it begins
/// in. Times and values stay as they are.
pub(super) const MOST_OF_COLUMN: f64 = 1.0;

/// Values beyond this cannot be told apart on a screen any more, and are left out like those that are no numbers.
const LARGEST_VALUE: f64 = 1e15;

impl Default for Series {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Series {
    /// A series of these points, in any order; what is no finite number is left out.
    #[must_use]
    pub fn new(mut points: Vec<Point>) -> Self {
        points.retain(|point| point.time.is_finite() && point.value.abs() <= LARGEST_VALUE);
        if !points.is_sorted_by(|a, b| a.time <= b.time) {
            points.sort_by(|a, b| a.time.total_cmp(&b.time));
        }
        let levels = Levels::new(&points, leaf(&points), widest);
        Self { points, levels }
    }

    /// All points, by time.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Least and greatest value between two times, the points just outside included, since the line to them is
    /// seen; `None` without any.
    #[must_use]
    pub fn value_range(&self, start: f64, end: f64) -> Option<(f64, f64)> {
        let (from, to) = self.touched(start, end);
        let found = self.levels.over(from, to, leaf(&self.points), widest)?;
        Some((found.least.value, found.greatest.value))
    }

    /// The points to draw between two times on so many pixels: at most two a pixel, at the ends of a stretch one
    /// more, and one beyond each edge.
    /// No least or greatest value is lost, give or take a pixel. Within a pixel the first point's kind stands for all.
    #[must_use]
    pub fn visible(&self, start: f64, end: f64, pixels: usize) -> Vec<Point> {
        self.visible_on(&Columns::plain(start, end, pixels))
    }

    /// As [`Series::visible`], on any axis.
    #[must_use]
    pub fn visible_on(&self, columns: &Columns<'_>) -> Vec<Point> {
        self.visible_again(columns, &DrawnLine::default()).points
    }

    /// As [`Series::visible_on`], where something was drawn of this series on this axis before, or nothing: as long as
    /// columns are as wide, what is still seen of it stays as it was, so that it costs nothing and does not flicker
    /// while the view is moved.
    #[must_use]
    pub fn visible_again(&self, columns: &Columns<'_>, last: &DrawnLine) -> DrawnLine {
        if columns.is_empty() {
            return DrawnLine::default();
        }
        let from = self.points.partition_point(|point| point.time < columns.start());
        let to = self.points.partition_point(|point| point.time <= columns.end()).max(from);
        let points = Vec::with_capacity((to - from).min(2 * columns.len()) + 4);
        let mut drawn = DrawnLine { points, gathered: Gathered::new(from, columns), columns: Vec::new() };
        drawn.points.extend(from.checked_sub(1).map(|before| self.points[before]));
        let counts = last.columns.iter().map(|column| column.n_points);
        let (still, points) = last.gathered.still_seen(columns, counts, &(from..to));
        self.gather(from..points.start, columns, &mut drawn);
        let n_drawn = |part: &[DrawnColumn]| part.iter().map(|column| column.n_drawn).sum::<usize>();
        // Ahead of the columns there is a point outside.
        let begin = usize::from(last.gathered.first > 0) + n_drawn(&last.columns[..still.start]);
        let end = begin + n_drawn(&last.columns[still.clone()]);
        drawn.points.extend_from_slice(&last.points[begin..end]);
        drawn.columns.extend_from_slice(&last.columns[still]);
        self.gather(points.end..to, columns, &mut drawn);
        drawn.points.extend(self.points.get(to));
        drawn
    }

    /// Gathers a range of points into what is drawn.
    fn gather(&self, range: Range<usize>, columns: &Columns<'_>, drawn: &mut DrawnLine) {
        let Some(width) = columns.width().filter(|_| !range.is_empty()) else { return };
        let before = range.start.checked_sub(1).map(|before| self.points[before]);
        let after = self.points.get(range.end);
        // A column that is apart has columns without points beside it.
        let is_apart = |until: Option<f64>, begin| until.is_none_or(|until| begin >= until + width);
        let mut column: Option<Column> = None;
        self.levels.visit(
            range,
            width * MOST_OF_COLUMN,
            &self.points,
            leaf(&self.points),
            |part, begin, found| match &mut column {
                Some(open) if begin < open.until => {
                    (open.to, open.found) = (part.end, widest(open.found, found));
                }
                _ => {
                    let until = columns.next(begin);
                    let ended = column.as_ref().map(|full| full.until).or(before.map(|before| before.time));
                    let starts_apart = is_apart(ended, begin);
                    let next = Column { from: part.start, to: part.end, until, starts_apart, found };
                    if let Some(full) = column.replace(next) {
                        self.draw(&full, starts_apart, drawn);
                    }
                }
            },
        );
        if let Some(last) = column {
            let ends_apart = after.is_none_or(|after| is_apart(Some(last.until), after.time));
            self.draw(&last, ends_apart, drawn);
        }
    }

    /// Draws the points of a column: all of them, or the least and the greatest. Where no column is beside it, the
    /// line goes on from its last point, and comes to its first one.
    fn draw(&self, column: &Column, ends_apart: bool, drawn: &mut DrawnLine) {
        let n_before = drawn.points.len();
        self.draw_points(column, ends_apart, &mut drawn.points);
        let (n_points, n_drawn) = (column.to - column.from, drawn.points.len() - n_before);
        drawn.columns.push(DrawnColumn { n_points, n_drawn });
    }

    fn draw_points(&self, column: &Column, ends_apart: bool, drawn: &mut Vec<Point>) {
        let points = &self.points[column.from..column.to];
        if points.len() <= 2 + usize::from(column.starts_apart) + usize::from(ends_apart) {
            return drawn.extend_from_slice(points);
        }
        let Extremes { least, greatest, first_kind, last_kind } = column.found;
        // Those of one instant lie in the judged order.
        let order = least.time.total_cmp(&greatest.time).then(least.position.cmp(&greatest.position));
        let (first, second) = if order.is_le() { (least, greatest) } else { (greatest, least) };
        let is_other = |point: &&Point, than: Point| point.value != than.value;
        if column.starts_apart {
            drawn.extend(points.first().filter(|point| is_other(point, first)));
        }
        drawn.push(Point { kind: first_kind, ..first });
        drawn.push(Point { kind: last_kind, ..second });
        if ends_apart {
            drawn.extend(points.last().filter(|point| is_other(point, second)));
        }
    }

    /// The last point at or before a time.
    #[must_use]
    pub fn before(&self, time: f64) -> Option<Point> {
        let after = self.points.partition_point(|point| point.time <= time);
        self.points.get(after.checked_sub(1)?).copied()
    }

    /// The value of the line at a time: between two points, `None` outside them.
    #[must_use]
    pub fn value_at(&self, time: f64) -> Option<f64> {
        let after = self.points.partition_point(|point| point.time <= time);
        let before = self.points.get(after.checked_sub(1)?)?;
        match self.points.get(after) {
            Some(next) if next.time > before.time => {
                let share = (time - before.time) / (next.time - before.time);
                Some(before.value + share * (next.value - before.value))
            }
            _ if before.time == time => Some(before.value),
            _ => None,
        }
    }

    /// The indices of the points between two times and one beyond each edge.
    fn touched(&self, start: f64, end: f64) -> (usize, usize) {
        let from = self.points.partition_point(|point| point.time < start);
        let to = self.points.partition_point(|point| point.time <= end);
        (from.saturating_sub(1), (to + 1).min(self.points.len()).max(from))
    }
}

impl Timed for Point {
    fn time(&self) -> f64 {
        self.time
    }
}

fn leaf(points: &[Point]) -> impl Fn(usize) -> Extremes {
    |index| {
        let point = points[index];
        Extremes { least: point, greatest: point, first_kind: point.kind, last_kind: point.kind }
    }
}

/// Of two stretches, the first one first; kinds are those of the ends, where stretches are joined in order.
fn widest(a: Extremes, b: Extremes) -> Extremes {
    Extremes {
        least: if b.least.value < a.least.value { b.least } else { a.least },
        greatest: if b.greatest.value > a.greatest.value { b.greatest } else { a.greatest },
        first_kind: a.first_kind,
        last_kind: b.last_kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Series {
        let point =
            |(position, value): (u32, f64)| Point { time: f64::from(position), value, kind: 0, position };
        Series::new((0..).zip(values).map(point).collect())
    }

    #[test]
    fn no_least_or_greatest_value_is_lost_at_any_zoom() {
        let mut random = fastrand::Rng::with_seed(7);
        let values: Vec<f64> = (0..10_000).map(|_| random.f64() * 100.0).collect();
        let series = series(values.iter().copied());
        for (start, end, pixels) in
            [(0.0, 9_999.0, 300), (0.0, 9_999.0, 7), (1_234.5, 5_678.9, 100), (40.0, 44.0, 500)]
        {
            let drawn = series.visible(start, end, pixels);
            assert!(drawn.len() <= 2 * pixels + 2, "{} points on {pixels} pixels", drawn.len());
            assert!(drawn.is_sorted_by(|a, b| a.time <= b.time));
            let inside = |time: f64| time >= start && time <= end;
            let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
            let all = values.iter().zip(0_u32..).filter(|(_, time)| inside(f64::from(*time)));
            let expected = least(&mut all.map(|(value, _)| *value));
            let shown = drawn.iter().filter(|point| inside(point.time)).map(|point| point.value);
            assert_eq!(least(&mut shown.into_iter()), expected, "{start}..{end} on {pixels}");
        }
    }

    #[test]
    fn a_single_peak_among_a_million_points_is_drawn_and_bounds_the_axis() {
        let series = series((0..1_000_000).map(|at| if at == 654_321 { 5.0 } else { 0.0 }));
        let drawn = series.visible(0.0, 999_999.0, 1000);
        assert_eq!(
            drawn.iter().filter(|point| point.value == 5.0).map(|point| point.position).collect::<Vec<_>>(),
            [654_321]
        );
        assert_eq!(series.value_range(0.0, 999_999.0), Some((0.0, 5.0)));
        assert_eq!(series.value_range(0.0, 600_000.0), Some((0.0, 0.0)));
    }

    #[test]
    fn while_the_view_is_moved_what_stays_in_sight_is_drawn_as_it_was() {
        let mut random = fastrand::Rng::with_seed(13);
        let mut time = 0.0;
        let points = (0..20_000).map(|position| {
            time += if random.u8(0..50) == 0 { 30.0 } else { random.f64() };
            Point { time, value: random.f64() * 100.0, kind: 0, position }
        });
        let series = Series::new(points.collect());
        let (mut start, mut last) = (5_000.0, DrawnLine::default());
        for _ in 0..400 {
            start += (random.f64() - 0.5) * 300.0;
            let columns = Columns::plain(start, start + 1_000.0, 500);
            let drawn = series.visible_again(&columns, &last);
            assert_eq!(drawn.value_range(), series.value_range(start, start + 1_000.0));
            let fresh = series.visible_on(&columns);
            assert!(drawn.points.is_sorted_by_key(|point| point.position), "each once, by time");
            assert!(drawn.points.len() <= fresh.len() + fresh.len() / 4);
            assert_eq!((drawn.points.first(), drawn.points.last()), (fresh.first(), fresh.last()));
            // All but those at the edges, of what was seen before and now.
            let n_last = last.points.len();
            let inner = last.points.iter().take(n_last.saturating_sub(20)).skip(20);
            let mut still = inner.filter(|point| point.time > start + 30.0 && point.time < start + 970.0);
            assert!(still.all(|old| drawn.points.contains(old)), "what is still seen has changed");
            let nearer = Columns::plain(start, start + 700.0, 500);
            let zoomed = series.visible_again(&nearer, &drawn);
            assert_eq!(zoomed.points, series.visible_on(&nearer), "columns of another width");
            last = drawn;
        }
    }

    #[test]
    fn a_line_that_changes_in_steps_is_never_slanted() {
        // It changes twice in a column, long after the last time.
        let times = (0..200_u32)
            .flat_map(|step| [(step * 2, 0), (step * 2, 1), (step * 2 + 1, 1), (step * 2 + 1, 0)]);
        let points = times.map(|(at, value)| {
            let time = f64::from(at / 2) * 10.0 + f64::from(at % 2) * 0.3;
            Point { time, value: f64::from(value), kind: 0, position: at }
        });
        let series = Series::new(points.collect());
        let drawn = series.visible(0.0, 2_000.0, 2_000);
        let slanted = |pair: &&[Point]| pair[1].time - pair[0].time > 1.0 && pair[0].value != pair[1].value;
        assert_eq!(drawn.windows(2).find(slanted), None);
        assert!(drawn.iter().any(|point| point.value == 1.0));
    }

    #[test]
    fn events_of_one_instant_are_drawn_in_the_judged_order() {
        // A pre-roll that counts its own time ends, and the content begins: all with the same `ts`.
        let all = [(0.0, 0.0), (5.0, 4.9), (5.0, 5.0), (5.0, 0.0), (5.0, 0.1), (15.0, 10.0)];
        let more = [(0.0, 0.0), (5.0, 5.0), (5.0, 4.0), (5.0, 4.0), (5.0, 0.0), (5.0, 0.0), (15.0, 10.0)];
        let drawn = |values: &[(f64, f64)]| -> Vec<f64> {
            let point = |(position, (time, value)): (u32, &(f64, f64))| Point {
                time: *time,
                value: *value,
                kind: 0,
                position,
            };
            let series = Series::new((0..).zip(values).map(point).collect());
            series.visible(0.0, 15.0, 100).iter().map(|point| point.value).collect()
        };
        assert_eq!(drawn(&all), [0.0, 4.9, 5.0, 0.0, 0.1, 10.0]);
        assert_eq!(drawn(&more), [0.0, 5.0, 0.0, 10.0]);
    }

    #[test]
    fn the_line_goes_on_beyond_both_edges() {
        let series = series((0..10).map(f64::from));
        let times =
            |start, end| series.visible(start, end, 100).iter().map(|point| point.time).collect::<Vec<_>>();
        assert_eq!(times(3.5, 5.5), [3.0, 4.0, 5.0, 6.0]);
        assert_eq!(times(3.2, 3.4), [3.0, 4.0]);
        assert_eq!(times(20.0, 30.0), [9.0]);
        assert_eq!(times(5.0, 5.0), [0.0; 0]);
        assert_eq!(times(f64::NAN, 5.0), [0.0; 0]);
    }

    #[test]
    fn points_that_are_no_numbers_are_left_out_and_the_rest_is_sorted() {
        let point = |time, value| Point { time, value, kind: 0, position: 0 };
        let series = Series::new(vec![
            point(2.0, 1.0),
            point(1.0, f64::NAN),
            point(f64::INFINITY, 1.0),
            point(0.0, 1e300),
            point(1.0, 3.0),
        ]);
        assert_eq!(series.points().iter().map(|point| point.time).collect::<Vec<_>>(), [1.0, 2.0]);
        assert_eq!(series.value_at(1.5), Some(2.0));
        assert_eq!(series.value_at(2.0), Some(1.0));
        assert_eq!(series.value_at(2.5), None);
        assert_eq!(series.before(1.9).map(|point| point.time), Some(1.0));
        assert_eq!(series.before(0.5), None);
    }
}

//! Levels over long lists, so that a picture of them costs what is seen and not what is there:
//! least and greatest values of a [`Series`], joined phases of a [`PhaseRow`].
//!
//! A level holds one node for 16 of the level below. What lies under one pixel is a range of indices, found by
//! searching, and its node is joined from at most some 30 nodes a level, however the points are spread.

/// Nodes of a level that one node of the next stands for.
const FAN: usize = 16;

/// Joined nodes of a list, level upon level; the list itself is the level below them.
#[derive(Debug, Clone)]
struct Levels<N> {
    levels: Vec<Vec<N>>,
}

impl<N: Copy> Levels<N> {
    fn new(n_leaves: usize, leaf: impl Fn(usize) -> N, join: impl Fn(N, N) -> N) -> Self {
        let mut levels: Vec<Vec<N>> = Vec::new();
        let mut n_below = n_leaves;
        while n_below > 1 {
            let below = levels.last();
            let node = |index: usize| below.map_or_else(|| leaf(index), |below| below[index]);
            let n_nodes = n_below.div_ceil(FAN);
            let level = (0..n_nodes)
                .map(|block| {
                    let rest = (block * FAN + 1..n_below.min((block + 1) * FAN)).map(&node);
                    rest.fold(node(block * FAN), &join)
                })
                .collect();
            levels.push(level);
            n_below = n_nodes;
        }
        Self { levels }
    }

    /// The joined node of the leaves `from..to`; both must lie in the list.
    fn over(
        &self,
        mut from: usize,
        mut to: usize,
        leaf: impl Fn(usize) -> N,
        join: impl Fn(N, N) -> N,
    ) -> Option<N> {
        let mut joined: Option<N> = None;
        let mut height = 0;
        while from < to {
            let node = |index: usize| if height == 0 { leaf(index) } else { self.levels[height - 1][index] };
            while from < to && !from.is_multiple_of(FAN) {
                joined = Some(joined.map_or_else(|| node(from), |before| join(before, node(from))));
                from += 1;
            }
            while from < to && !to.is_multiple_of(FAN) {
                to -= 1;
                joined = Some(joined.map_or_else(|| node(to), |before| join(before, node(to))));
            }
            from /= FAN;
            to /= FAN;
            height += 1;
        }
        joined
    }
}

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

/// Indices of the points with the least and the greatest value.
#[derive(Debug, Clone, Copy)]
struct Extremes {
    least: u32,
    greatest: u32,
}

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
        let levels = Levels::new(points.len(), leaf, |a, b| widest(&points, a, b));
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
        let found = self.levels.over(from, to, leaf, |a, b| widest(&self.points, a, b))?;
        Some((self.points[found.least as usize].value, self.points[found.greatest as usize].value))
    }

    /// The points to draw between two times on so many pixels: at most two a pixel, and one beyond each edge.
    /// No least or greatest value of a pixel is lost. Within a pixel the first point's kind stands for all.
    #[must_use]
    pub fn visible(&self, start: f64, end: f64, pixels: usize) -> Vec<Point> {
        let mut drawn = Vec::new();
        let Some(secs_per_pixel) = secs_per_pixel(start, end, pixels) else { return drawn };
        let (mut at, to) = self.touched(start, end);
        drawn.reserve((to - at).min(2 * pixels + 2));
        while at < to {
            let point = self.points[at];
            let next = next_column(start, secs_per_pixel, point.time);
            let until = if point.time < start { at + 1 } else { gallop(&self.points[..to], at, next) };
            if until - at <= 2 {
                drawn.extend_from_slice(&self.points[at..until]);
            } else if let Some(found) = self.levels.over(at, until, leaf, |a, b| widest(&self.points, a, b)) {
                let (least, greatest) = (found.least as usize, found.greatest as usize);
                let (first, second) = (least.min(greatest), least.max(greatest));
                drawn.push(Point { kind: point.kind, ..self.points[first] });
                drawn.push(Point { kind: self.points[until - 1].kind, ..self.points[second] });
            }
            at = until;
        }
        drawn
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

fn leaf(index: usize) -> Extremes {
    // Rows of a session are numbered with 32 bits.
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    Extremes { least: index, greatest: index }
}

fn widest(points: &[Point], a: Extremes, b: Extremes) -> Extremes {
    let value = |index: u32| points[index as usize].value;
    Extremes {
        least: if value(b.least) < value(a.least) { b.least } else { a.least },
        greatest: if value(b.greatest) > value(a.greatest) { b.greatest } else { a.greatest },
    }
}

/// A stretch of a row, or an instant when it has no length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// Seconds since the session's first `ts`.
    pub start: f64,
    /// Where it ends; not before its start.
    pub end: f64,
    /// What it is: picks its color. Its meaning depends on the lane.
    pub kind: u8,
    /// Number of what it stands for; its meaning depends on the lane.
    pub item: u32,
}

/// A phase to draw: one, or several that lie under one pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPhase {
    /// What is drawn; of several: from the first's start to the last's end, with the kind and the item of the one
    /// that stands for them.
    pub phase: Phase,
    /// How many it stands for.
    pub count: u32,
}

/// Which of several phases under one pixel stands for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The kind that takes most of the time.
    Longest,
    /// The greatest kind: a problem is never hidden.
    Highest,
}

/// Phases that do not overlap, sorted by time.
#[derive(Debug, Clone)]
pub struct PhaseRow {
    phases: Vec<Phase>,
    merge: Merge,
    levels: Levels<Vote>,
}

/// What the phases of a node vote for.
#[derive(Debug, Clone, Copy)]
struct Vote {
    kind: u8,
    weight: f32,
    index: u32,
}

impl Default for PhaseRow {
    fn default() -> Self {
        Self::new(Vec::new(), Merge::Longest)
    }
}

impl PhaseRow {
    /// A row of these phases, in any order. A phase ends at the latest where the next begins; one that has no
    /// finite time is left out.
    #[must_use]
    pub fn new(mut phases: Vec<Phase>, merge: Merge) -> Self {
        phases.retain(|phase| phase.start.is_finite() && phase.end.is_finite());
        if !phases.is_sorted_by(|a, b| a.start <= b.start) {
            phases.sort_by(|a, b| a.start.total_cmp(&b.start));
        }
        let mut next_start = f64::INFINITY;
        for phase in phases.iter_mut().rev() {
            phase.end = phase.end.min(next_start).max(phase.start);
            next_start = phase.start;
        }
        let levels = Levels::new(phases.len(), |index| vote(&phases, index), |a, b| elect(merge, a, b));
        Self { phases, merge, levels }
    }

    /// All phases, by time.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// The phases to draw between two times on so many pixels: at most two a pixel and one more. Those shorter
    /// than a pixel that begin in the same one are joined, and counted.
    #[must_use]
    pub fn visible(&self, start: f64, end: f64, pixels: usize) -> Vec<DrawnPhase> {
        let mut drawn = Vec::new();
        let Some(secs_per_pixel) = secs_per_pixel(start, end, pixels) else { return drawn };
        let to = self.phases.partition_point(|phase| phase.start <= end);
        let mut at = self.phases.partition_point(|phase| phase.end < start).min(to);
        while at < to {
            let phase = self.phases[at];
            let wide = |phase: Phase| phase.end - phase.start >= secs_per_pixel;
            let mut until = at + 1;
            if !wide(phase) {
                let column = next_column(start, secs_per_pixel, phase.start.max(start));
                until = gallop(&self.phases[..to], at, column);
                // Without overlaps only the last that begins in a pixel can be longer than it.
                if until > at + 1 && wide(self.phases[until - 1]) {
                    until -= 1;
                }
            }
            drawn.push(self.joined(at, until));
            at = until;
        }
        drawn
    }

    /// How many phases begin in each of so many equal parts of the time from `start` to `end`.
    #[must_use]
    pub fn density(&self, start: f64, end: f64, n_parts: usize) -> Vec<u32> {
        let Some(part_secs) = secs_per_pixel(start, end, n_parts) else { return Vec::new() };
        let mut at = self.phases.partition_point(|phase| phase.start < start);
        (1..=n_parts)
            .map(|part| {
                // The last part holds its end as well.
                let until = if part == n_parts { end.next_up() } else { start + part as f64 * part_secs };
                let next = if at < self.phases.len() && self.phases[at].start < until {
                    gallop(&self.phases, at, until)
                } else {
                    at
                };
                let count = next - at;
                at = next;
                u32::try_from(count).unwrap_or(u32::MAX)
            })
            .collect()
    }

    /// The number of the last phase that begins at or before a time.
    #[must_use]
    pub fn index_before(&self, time: f64) -> Option<usize> {
        self.phases.partition_point(|phase| phase.start <= time).checked_sub(1)
    }

    fn joined(&self, from: usize, to: usize) -> DrawnPhase {
        let phase = self.phases[from];
        let count = u32::try_from(to - from).unwrap_or(u32::MAX);
        let vote = |index| vote(&self.phases, index);
        let elected = self.levels.over(from, to, vote, |a, b| elect(self.merge, a, b));
        let chosen = elected.map_or(phase, |vote| self.phases[vote.index as usize]);
        let end = self.phases[to - 1].end;
        DrawnPhase { phase: Phase { start: phase.start, end, kind: chosen.kind, item: chosen.item }, count }
    }
}

fn vote(phases: &[Phase], index: usize) -> Vote {
    let phase = phases[index];
    // Instants weigh something too.
    let weight = (phase.end - phase.start).max(1e-6) as f32;
    Vote { kind: phase.kind, weight, index: u32::try_from(index).unwrap_or(u32::MAX) }
}

/// By weight: equal kinds add up, different ones cancel out, so that a majority wins in whatever order.
fn elect(merge: Merge, a: Vote, b: Vote) -> Vote {
    let (first, second) = if a.index <= b.index { (a, b) } else { (b, a) };
    match merge {
        Merge::Highest if second.kind > first.kind => second,
        Merge::Highest => first,
        Merge::Longest if first.kind == second.kind => Vote { weight: first.weight + second.weight, ..first },
        Merge::Longest if second.weight > first.weight => {
            Vote { weight: second.weight - first.weight, ..second }
        }
        Merge::Longest => Vote { weight: first.weight - second.weight, ..first },
    }
}

/// What begins or lies at a time.
trait Timed {
    fn time(&self) -> f64;
}

impl Timed for Point {
    fn time(&self) -> f64 {
        self.time
    }
}

impl Timed for Phase {
    fn time(&self) -> f64 {
        self.start
    }
}

/// The first index after `at` whose time is not before `until`; steps that double, then halve: near ones are cheap.
fn gallop<T: Timed>(list: &[T], at: usize, until: f64) -> usize {
    let (mut low, mut step) = (at + 1, 1);
    while low + step <= list.len() && list[low + step - 1].time() < until {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(list.len());
    low + list[low.min(high)..high].partition_point(|entry| entry.time() < until)
}

/// Where the pixel after that of `time` begins.
fn next_column(start: f64, secs_per_pixel: f64, time: f64) -> f64 {
    start + (((time - start) / secs_per_pixel).floor() + 1.0) * secs_per_pixel
}

fn secs_per_pixel(start: f64, end: f64, pixels: usize) -> Option<f64> {
    let secs = (end - start) / pixels as f64;
    (secs.is_finite() && secs > 0.0).then_some(secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Series {
        let point =
            |(position, value): (u32, f64)| Point { time: f64::from(position), value, kind: 0, position };
        Series::new((0..).zip(values).map(point).collect())
    }

    fn phase(start: f64, end: f64, kind: u8, item: u32) -> Phase {
        Phase { start, end, kind, item }
    }

    fn instants(n: u32, spacing: f64) -> Vec<Phase> {
        (0..n).map(|item| phase(f64::from(item) * spacing, f64::from(item) * spacing, 0, item)).collect()
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

    #[test]
    fn phases_under_one_pixel_are_joined_and_counted_and_none_is_lost() {
        let row = PhaseRow::new(instants(100_000, 0.1), Merge::Longest);
        for (start, end, pixels) in [(0.0, 10_000.0, 500), (100.0, 101.0, 400), (2_000.0, 2_100.0, 30)] {
            let drawn = row.visible(start, end, pixels);
            assert!(drawn.len() <= 2 * pixels + 1);
            let inside =
                row.phases().iter().filter(|phase| phase.start >= start && phase.start <= end).count();
            assert_eq!(
                drawn.iter().map(|drawn| drawn.count as usize).sum::<usize>(),
                inside,
                "{start}..{end}"
            );
            let pixel = (end - start) / pixels as f64;
            assert!(drawn.iter().all(|drawn| drawn.phase.end - drawn.phase.start <= pixel));
        }
    }

    #[test]
    fn a_row_of_a_million_in_one_instant_costs_one_phase_at_every_zoom() {
        let mut phases = instants(1_000_000, 0.0);
        phases.push(phase(1e9, 1e9, 0, 1_000_000));
        let row = PhaseRow::new(phases, Merge::Longest);
        for (start, end) in [(0.0, 1e9), (-1.0, 1.0), (-0.001, 0.001)] {
            assert_eq!(row.visible(start, end, 1000)[0].count, 1_000_000);
        }
    }

    #[test]
    fn the_gravest_of_joined_marks_stands_for_them() {
        let mut marks = instants(5_000, 0.01);
        marks[3_333].kind = 2;
        marks[3_334].kind = 1;
        let drawn = PhaseRow::new(marks, Merge::Highest).visible(0.0, 50.0, 10);
        let grave: Vec<_> = drawn.iter().filter(|drawn| drawn.phase.kind > 0).collect();
        assert_eq!(grave.len(), 1);
        assert_eq!((grave[0].phase.kind, grave[0].phase.item), (2, 3_333));
    }

    #[test]
    fn the_kind_that_lasts_longest_colors_what_is_joined() {
        let phases = (0..3_000_u32).map(|item| {
            let start = f64::from(item);
            // Two thirds of the time are of kind 1, in turns with short ones of other kinds.
            phase(start, start + if item % 3 == 1 { 1.0 } else { 0.2 }, u8::from(item % 3 == 1), item)
        });
        let row = PhaseRow::new(phases.collect(), Merge::Longest);
        assert!(row.visible(0.0, 3_000.0, 50).iter().all(|drawn| drawn.phase.kind == 1 && drawn.count >= 59));
    }

    #[test]
    fn long_phases_stay_apart_from_the_short_ones_around_them() {
        let phases = vec![
            phase(0.0, 0.1, 0, 0),
            phase(0.1, 0.2, 0, 1),
            phase(0.2, 90.0, 1, 2),
            phase(90.0, 90.1, 0, 3),
        ];
        let drawn = PhaseRow::new(phases, Merge::Longest).visible(0.0, 100.0, 100);
        assert_eq!(
            drawn.iter().map(|drawn| (drawn.phase.item, drawn.count)).collect::<Vec<_>>(),
            [(0, 2), (2, 1), (3, 1)]
        );
    }

    #[test]
    fn overlaps_and_wrong_order_are_put_right() {
        let row = PhaseRow::new(
            vec![
                phase(5.0, 9.0, 0, 1),
                phase(0.0, 7.0, 0, 0),
                phase(6.0, 2.0, 0, 2),
                phase(f64::NAN, 1.0, 0, 3),
            ],
            Merge::Longest,
        );
        let spans: Vec<_> = row.phases().iter().map(|phase| (phase.start, phase.end)).collect();
        assert_eq!(spans, [(0.0, 5.0), (5.0, 6.0), (6.0, 6.0)]);
    }

    #[test]
    fn density_counts_every_phase_once() {
        let row = PhaseRow::new(instants(1_001, 1.0), Merge::Longest);
        let density = row.density(0.0, 1000.0, 33);
        assert_eq!((density.len(), density.iter().sum::<u32>()), (33, 1_001));
        assert_eq!(row.density(0.0, 10.0, 2), [5, 6]);
        assert_eq!(row.density(3.0, 3.0, 2), [0_u32; 0]);
    }
}

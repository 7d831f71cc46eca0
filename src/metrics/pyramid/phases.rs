//! Rows of phases: those that lie under one pixel become one.

use std::ops::Range;

use super::levels::{Gathered, Levels, Timed};
use super::series::MOST_OF_COLUMN;
use crate::metrics::time_axis::Columns;

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
    /// The share of its time that they take, 0 to 1; 1 for a single one and for instants.
    pub covered: f32,
}

/// What is drawn of a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawnRow {
    /// From which phase on, and in which columns.
    pub gathered: Gathered,
    /// What is drawn, by time; together they stand for all phases from the first to the last one.
    pub phases: Vec<DrawnPhase>,
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

/// The phases of a column while they are gathered.
struct Column {
    count: usize,
    /// When the first begins.
    start: f64,
    /// When the next column begins.
    until: f64,
    found: Vote,
}

/// What the phases of a node vote for.
#[derive(Debug, Clone, Copy)]
struct Vote {
    kind: u8,
    item: u32,
    weight: f32,
    /// Sum of the lengths of all phases of the node.
    secs: f32,
    /// Where the last of them ends.
    end: f64,
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
        let levels = Levels::new(&phases, |index| vote(&phases, index), |a, b| elect(merge, a, b));
        Self { phases, merge, levels }
    }

    /// All phases, by time.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// The same phases at other times.
    #[must_use]
    pub fn moved(&self, to: impl Fn(f64) -> f64) -> PhaseRow {
        let moved =
            self.phases.iter().map(|phase| Phase { start: to(phase.start), end: to(phase.end), ..*phase });
        PhaseRow::new(moved.collect(), self.merge)
    }

    /// The phases to draw between two times on so many pixels: at most two a pixel and one more. Those shorter
    /// than a pixel that begin in the same one, give or take one, are joined, and counted. Where they begin and end
    /// stays as it is.
    #[must_use]
    pub fn visible(&self, start: f64, end: f64, pixels: usize) -> Vec<DrawnPhase> {
        self.visible_on(&Columns::plain(start, end, pixels))
    }

    /// As [`PhaseRow::visible`], on any axis.
    #[must_use]
    pub fn visible_on(&self, columns: &Columns<'_>) -> Vec<DrawnPhase> {
        self.visible_again(columns, Gathered::default(), std::iter::empty()).phases
    }

    /// As [`PhaseRow::visible_on`], where something was drawn of this row on this axis before, or nothing: as long as
    /// columns are as wide, what is still seen of it stays as it was, so that it costs nothing and does not flicker
    /// while the view is moved. `last`: how `before` was gathered.
    #[must_use]
    pub fn visible_again(
        &self,
        columns: &Columns<'_>,
        last: Gathered,
        before: impl ExactSizeIterator<Item = DrawnPhase> + Clone,
    ) -> DrawnRow {
        if columns.is_empty() {
            return DrawnRow::default();
        }
        let (start, end) = (columns.start(), columns.end());
        let to = self.phases.partition_point(|phase| phase.start <= end);
        let from = self.phases.partition_point(|phase| phase.end < start).min(to);
        let mut drawn = Vec::with_capacity((to - from).min(2 * columns.len() + 1));
        let counts = before.clone().map(|phase| phase.count as usize);
        let (still, phases) = last.still_seen(columns, counts, &(from..to));
        self.gather(from..phases.start, columns, &mut drawn);
        drawn.extend(before.skip(still.start).take(still.len()));
        self.gather(phases.end..to, columns, &mut drawn);
        DrawnRow { gathered: Gathered::new(from, columns), phases: drawn }
    }

    /// Gathers a range of phases into what is drawn.
    fn gather(
        &self,
        Range { start: from, end: to }: Range<usize>,
        columns: &Columns<'_>,
        drawn: &mut Vec<DrawnPhase>,
    ) {
        let Some(width) = columns.width().filter(|_| from < to) else { return };
        let start = columns.start();
        let mut column: Option<Column> = None;
        let vote = |index| vote(&self.phases, index);
        let mut take = |part: Range<usize>, begin: f64, found: Vote| {
            // What is longer than a column is drawn by itself; no bundle is.
            let is_wide = part.len() == 1 && columns.is_wide(begin, found.end);
            match &mut column {
                Some(open) if begin < open.until && !is_wide => {
                    (open.count, open.found) =
                        (open.count + part.len(), elect(self.merge, open.found, found));
                }
                _ => {
                    let until = if is_wide { f64::NEG_INFINITY } else { columns.next(begin.max(start)) };
                    let next = Column { count: part.len(), start: begin, until, found };
                    drawn.extend(column.replace(next).as_ref().map(joined));
                }
            }
        };
        // The first may begin before what is seen.
        let first = from..to.min(from + 1);
        first.clone().for_each(|first| take(first..first + 1, self.phases[first].start, vote(first)));
        self.levels.visit(first.end..to, width * MOST_OF_COLUMN, &self.phases, vote, take);
        drawn.extend(column.as_ref().map(joined));
    }

    /// How many phases begin in each column.
    #[must_use]
    pub fn density(&self, columns: &Columns<'_>) -> Vec<u32> {
        let (start, end, n_columns) = (columns.start(), columns.end(), columns.len());
        let mut at = self.phases.partition_point(|phase| phase.start < start);
        (1..=n_columns)
            .map(|column| {
                // The last column holds its end as well.
                let until = if column == n_columns { end.next_up() } else { columns.edge(column as f64) };
                let next = self.levels.first_from(at, until, &self.phases);
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
}

fn joined(column: &Column) -> DrawnPhase {
    let Column { count, start, found, .. } = *column;
    let (secs, taken) = (found.end - start, f64::from(found.secs));
    DrawnPhase {
        phase: Phase { start, end: found.end, kind: found.kind, item: found.item },
        count: u32::try_from(count).unwrap_or(u32::MAX),
        covered: if count == 1 || taken == 0.0 { 1.0 } else { (taken / secs).min(1.0) as f32 },
    }
}

fn vote(phases: &[Phase], index: usize) -> Vote {
    let Phase { start, end, kind, item } = phases[index];
    let secs = (end - start) as f32;
    // Instants weigh something too.
    Vote { kind, item, weight: secs.max(1e-6), secs, end }
}

/// By weight: equal kinds add up, different ones cancel out, so that a majority wins however they are bundled. `first`
/// comes before `second`.
fn elect(merge: Merge, first: Vote, second: Vote) -> Vote {
    let elected = match merge {
        Merge::Highest if second.kind > first.kind => second,
        Merge::Highest => first,
        Merge::Longest if first.kind == second.kind => Vote { weight: first.weight + second.weight, ..first },
        Merge::Longest if second.weight > first.weight => {
            Vote { weight: second.weight - first.weight, ..second }
        }
        Merge::Longest => Vote { weight: first.weight - second.weight, ..first },
    };
    Vote { secs: first.secs + second.secs, end: second.end, ..elected }
}

impl Timed for Phase {
    fn time(&self) -> f64 {
        self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::pyramid::levels::AT_EDGE;
    use crate::metrics::silences::Silence;
    use crate::metrics::time_axis::TimeAxis;

    fn phase(start: f64, end: f64, kind: u8, item: u32) -> Phase {
        Phase { start, end, kind, item }
    }

    fn instants(n: u32, spacing: f64) -> Vec<Phase> {
        (0..n).map(|item| phase(f64::from(item) * spacing, f64::from(item) * spacing, 0, item)).collect()
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
            let most = (end - start) / pixels as f64 * (1.0 + MOST_OF_COLUMN);
            assert!(drawn.iter().all(|drawn| drawn.phase.end - drawn.phase.start <= most));
        }
    }

    #[test]
    fn while_the_view_is_moved_what_stays_in_sight_is_drawn_as_it_was_and_none_is_lost() {
        let mut random = fastrand::Rng::with_seed(11);
        let mut at = 0.0;
        let phases = (0..20_000).map(|item| {
            at += random.f64();
            let length = if random.u8(0..20) == 0 { random.f64() * 60.0 } else { 0.0 };
            at += length;
            phase(at - length, at, random.u8(0..3), item)
        });
        let row = PhaseRow::new(phases.collect(), Merge::Longest);
        let (mut start, mut last) = (5_000.0, DrawnRow::default());
        for _ in 0..400 {
            start += (random.f64() - 0.5) * 300.0;
            let columns = Columns::plain(start, start + 1_000.0, 500);
            let drawn = row.visible_again(&columns, last.gathered, last.phases.iter().copied());
            let seen =
                row.phases().iter().filter(|phase| phase.end >= start && phase.start <= start + 1_000.0);
            let seen: Vec<_> = seen.collect();
            assert_eq!(drawn.phases.iter().map(|drawn| drawn.count as usize).sum::<usize>(), seen.len());
            assert_eq!(row.phases()[drawn.gathered.first], *seen[0]);
            let mut next = drawn.gathered.first;
            for drawn in &drawn.phases {
                let stands_for = &row.phases()[next..next + drawn.count as usize];
                assert_eq!(drawn.phase.start, stands_for[0].start);
                assert!(
                    drawn.count == 1 || stands_for.last().is_some_and(|last| last.end == drawn.phase.end)
                );
                assert!(drawn.count == 1 || drawn.phase.end - drawn.phase.start <= 4.0, "{drawn:?}");
                next += drawn.count as usize;
            }
            let fresh = row.visible_on(&columns).len();
            assert!(drawn.phases.len() <= fresh + fresh / 4, "{} for {fresh}", drawn.phases.len());
            let inner = last.phases.iter().skip(AT_EDGE).take(last.phases.len().saturating_sub(2 * AT_EDGE));
            let still = inner.filter(|old| old.phase.start > start + 2.0 && old.phase.end < start + 998.0);
            assert!(
                still.into_iter().all(|old| drawn.phases.contains(old)),
                "what is still seen has changed"
            );
            let nearer = Columns::plain(start, start + 700.0, 500);
            let zoomed = row.visible_again(&nearer, drawn.gathered, drawn.phases.iter().copied());
            assert_eq!(zoomed.phases, row.visible_on(&nearer), "columns of another width");
            last = drawn;
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
        assert!(row.visible(0.0, 3_000.0, 50).iter().all(|drawn| drawn.phase.kind == 1 && drawn.count >= 30));
    }

    #[test]
    fn joined_phases_know_how_much_of_their_time_they_take() {
        let quarter = (0..4_000_u32).map(|item| phase(f64::from(item), f64::from(item) + 0.25, 0, item));
        let row = PhaseRow::new(quarter.collect(), Merge::Longest);
        let drawn = row.visible(0.0, 4_000.0, 40);
        assert!(drawn.iter().all(|drawn| (drawn.covered - 0.25).abs() < 0.01), "{:?}", drawn[0]);
        assert_eq!(row.visible(0.0, 2.0, 500)[0].covered, 1.0);
        assert_eq!(PhaseRow::new(instants(100, 0.1), Merge::Longest).visible(0.0, 10.0, 5)[0].covered, 1.0);
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
        let density = row.density(&Columns::plain(0.0, 1000.0, 33));
        assert_eq!((density.len(), density.iter().sum::<u32>()), (33, 1_001));
        assert_eq!(row.density(&Columns::plain(0.0, 10.0, 2)), [5, 6]);
        assert_eq!(row.density(&Columns::plain(3.0, 3.0, 2)), [0_u32; 0]);
    }

    #[test]
    fn with_cuts_there_are_no_more_phases_than_pixels_allow_and_none_is_lost() {
        let mut random = fastrand::Rng::with_seed(9);
        let (mut at, mut phases, mut silences) = (0.0, Vec::new(), Vec::new());
        for item in 0..50_000 {
            phases.push(phase(at, at, 0, item));
            let gap = if item % 1_000 == 999 { 5_000.0 } else { random.f64() };
            if gap > 60.0 {
                silences.push(Silence { start: at, end: at + gap });
            }
            at += gap;
        }
        let axis = TimeAxis::without(&silences, at);
        let row = PhaseRow::new(phases, Merge::Longest);
        for (from, to) in [(0.0, axis.to_axis(at)), (axis.to_axis(4_000.0), axis.to_axis(12_000.0))] {
            let columns = Columns::new(&axis, from, to, 800);
            let drawn = row.visible_on(&columns);
            assert!(drawn.len() <= 2 * 800 + 1, "{}", drawn.len());
            let inside = |phase: &&Phase| phase.start >= columns.start() && phase.start <= columns.end();
            let n_drawn: usize = drawn.iter().map(|drawn| drawn.count as usize).sum();
            assert_eq!(n_drawn, row.phases().iter().filter(inside).count());
            assert_eq!(row.density(&columns).iter().map(|n| *n as usize).sum::<usize>(), n_drawn);
        }
    }
}

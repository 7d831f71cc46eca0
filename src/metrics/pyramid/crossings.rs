//! Lines between two time axes, one above the other: those that lie under one pixel become one.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::levels::{Levels, Timed};
use crate::metrics::time_axis::Columns;

/// A line from a time on the lower axis to one on the upper axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// Its lower end, seconds.
    pub lower: f64,
    /// Its upper end, seconds.
    pub upper: f64,
    /// What it is: picks its color; a greater one hides a lesser one.
    pub kind: u8,
    /// Number of what it stands for.
    pub item: u32,
}

/// What is drawn: one line, or several that lie close together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnCrossing {
    /// The line; of several: the first of the greatest kind.
    pub crossing: Crossing,
    /// From the first to the last of their lower ends.
    pub lower: (f64, f64),
    /// From the first to the last of their upper ends.
    pub upper: (f64, f64),
    /// How many it stands for.
    pub count: u32,
}

/// Lines between two time axes, sorted by their lower ends.
#[derive(Debug, Clone)]
pub struct Crossings {
    crossings: Vec<Crossing>,
    levels: Levels<Bundle>,
}

/// Lines side by side: where their ends lie, and which of them stands for them.
#[derive(Debug, Clone, Copy)]
struct Bundle {
    lower: (f64, f64),
    upper: (f64, f64),
    kind: u8,
    index: usize,
}

impl Default for Crossings {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Crossings {
    /// These lines, in any order; one that has no finite ends is left out.
    #[must_use]
    pub fn new(mut crossings: Vec<Crossing>) -> Self {
        crossings.retain(|line| line.lower.is_finite() && line.upper.is_finite());
        crossings.sort_by(|a, b| a.lower.total_cmp(&b.lower));
        let levels = Levels::new(&crossings, |index| bundle(&crossings, index), join);
        Self { crossings, levels }
    }

    /// All lines, by their lower ends.
    #[must_use]
    pub fn all(&self) -> &[Crossing] {
        &self.crossings
    }

    /// The lines to draw between two times on so many pixels, those of greater kinds last: at most one a pixel,
    /// whatever there is. Neighbors that lie within a pixel at both ends are joined, and counted; where there are more
    /// lines than pixels, the widest bundles are taken apart first.
    #[must_use]
    pub fn visible(&self, start: f64, end: f64, pixels: usize) -> Vec<DrawnCrossing> {
        self.visible_on(&Columns::plain(start, end, pixels))
    }

    /// As [`Crossings::visible`], on any axis.
    #[must_use]
    pub fn visible_on(&self, columns: &Columns<'_>) -> Vec<DrawnCrossing> {
        let Some(width) = columns.width() else { return Vec::new() };
        let (start, end, pixels) = (columns.start(), columns.end(), columns.len());
        let part = |from: usize, to: usize| {
            let bundle = self.levels.over(from, to, |index| bundle(&self.crossings, index), join)?;
            bundle.is_seen(start, end).then(|| Part { extent: bundle.extent(columns), from, to, bundle })
        };
        let mut parts: BinaryHeap<Part> = part(0, self.crossings.len()).into_iter().collect();
        while parts.len() < pixels && parts.peek().is_some_and(|widest| widest.extent >= width) {
            let Some(Part { from, to, .. }) = parts.pop() else { break };
            let middle = from.midpoint(to);
            parts.extend([part(from, middle), part(middle, to)].into_iter().flatten());
        }
        let mut parts = parts.into_vec();
        parts.sort_by_key(|part| (part.bundle.kind, part.from));
        parts.into_iter().filter_map(|part| self.drawn(&part)).collect()
    }

    fn drawn(&self, part: &Part) -> Option<DrawnCrossing> {
        let Bundle { lower, upper, index, .. } = part.bundle;
        let count = u32::try_from(part.to - part.from).unwrap_or(u32::MAX);
        Some(DrawnCrossing { crossing: *self.crossings.get(index)?, lower, upper, count })
    }
}

fn bundle(crossings: &[Crossing], index: usize) -> Bundle {
    let Crossing { lower, upper, kind, .. } = crossings[index];
    Bundle { lower: (lower, lower), upper: (upper, upper), kind, index }
}

fn join(a: Bundle, b: Bundle) -> Bundle {
    let hull = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
    let of = if (b.kind, a.index) > (a.kind, b.index) { b } else { a };
    Bundle { lower: hull(a.lower, b.lower), upper: hull(a.upper, b.upper), ..of }
}

impl Bundle {
    fn is_seen(&self, start: f64, end: f64) -> bool {
        self.lower.0.min(self.upper.0) <= end && self.lower.1.max(self.upper.1) >= start
    }

    /// How wide it is at its wider end; what lies far outside of the view does not count.
    fn extent(&self, columns: &Columns<'_>) -> f64 {
        let width = |(from, to): (f64, f64)| columns.extent(from, to);
        width(self.lower).max(width(self.upper))
    }
}

/// A range of lines, ordered by how wide it is.
#[derive(Debug, Clone, Copy)]
struct Part {
    extent: f64,
    from: usize,
    to: usize,
    bundle: Bundle,
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of equally wide ones the earlier first.
        self.extent.total_cmp(&other.extent).then(other.from.cmp(&self.from))
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}

impl Timed for Crossing {
    fn time(&self) -> f64 {
        self.lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(lower: f64, upper: f64, kind: u8, item: u32) -> Crossing {
        Crossing { lower, upper, kind, item }
    }

    fn items(drawn: &[DrawnCrossing]) -> Vec<(u32, u32)> {
        drawn.iter().map(|drawn| (drawn.crossing.item, drawn.count)).collect()
    }

    #[test]
    fn a_line_is_seen_wherever_it_passes_through_the_view() {
        let lines = Crossings::new(vec![
            crossing(0.0, 9.0, 0, 0),
            crossing(10.0, 25.0, 0, 1),
            crossing(12.0, 100.0, 0, 2),
            crossing(27.0, 27.0, 0, 3),
            crossing(29.0, 45.0, 0, 4),
            crossing(50.0, 22.0, 0, 5),
            crossing(60.0, 61.0, 0, 6),
        ]);
        assert_eq!(items(&lines.visible(20.0, 30.0, 500)), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
        assert_eq!(items(&lines.visible(200.0, 300.0, 500)), []);
    }

    #[test]
    fn neighbors_within_a_pixel_at_both_ends_are_joined_and_the_gravest_stands_for_them() {
        let lines = Crossings::new(vec![
            crossing(10.0, 20.0, 1, 0),
            crossing(10.1, 20.1, 5, 1),
            crossing(10.2, 20.2, 5, 2),
            crossing(10.3, 60.0, 0, 3),
        ]);
        let drawn = lines.visible(0.0, 100.0, 100);
        assert_eq!(drawn.iter().map(|drawn| drawn.count).sum::<u32>(), 4);
        assert!(drawn.iter().any(|drawn| (drawn.crossing.item, drawn.count) == (1, 2)), "{drawn:?}");
        assert_eq!(items(&drawn).first(), Some(&(3, 1)), "the gravest are drawn last");
        assert_eq!(items(&lines.visible(10.0, 11.0, 1000)).len(), 4);
    }

    #[test]
    fn there_are_never_more_lines_than_pixels_and_none_is_lost() {
        let mut random = fastrand::Rng::with_seed(3);
        let chaos: Vec<_> = (0..200_000)
            .map(|item| crossing(random.f64() * 1e4, random.f64() * 1e4, random.u8(0..4), item))
            .collect();
        let lines = Crossings::new(chaos);
        for (start, end, pixels) in [(0.0, 1e4, 1000), (5_000.0, 5_001.0, 800), (-1e9, 1e9, 300)] {
            let drawn = lines.visible(start, end, pixels);
            assert!(drawn.len() <= pixels, "{} of {pixels}", drawn.len());
            let seen = lines
                .all()
                .iter()
                .filter(|line| line.lower.min(line.upper) <= end && line.lower.max(line.upper) >= start);
            let n_drawn: usize = drawn.iter().map(|drawn| drawn.count as usize).sum();
            assert!(n_drawn >= seen.count(), "{start}..{end}");
        }
    }

    #[test]
    fn what_has_no_ends_and_a_view_without_width_draw_nothing() {
        let lines = Crossings::new(vec![crossing(f64::NAN, 1.0, 0, 0), crossing(1.0, f64::INFINITY, 0, 1)]);
        assert_eq!((lines.all().len(), lines.visible(0.0, 1.0, 10).len()), (0, 0));
        let one = Crossings::new(vec![crossing(1.0, 2.0, 0, 0)]);
        assert_eq!((one.visible(1.0, 1.0, 10).len(), one.visible(0.0, 9.0, 0).len()), (0, 0));
    }
}

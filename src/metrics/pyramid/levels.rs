//! Joined nodes over a sorted list, and searching with them.

use std::ops::Range;

use crate::metrics::time_axis::Columns;

/// A node stands for so many of the level below, as a power of two. The lower, the nearer a node comes to what is
/// wanted of one, and the more memory they take: a third of what is below.
const FAN_BITS: usize = 2;
/// Nodes of a level that one node of the next stands for.
const FAN: usize = 1 << FAN_BITS;

/// What begins or lies at a time.
pub(super) trait Timed {
    /// When.
    fn time(&self) -> f64;
}

/// Joined nodes of a list that is sorted by time, level upon level; the list itself is the level below them.
#[derive(Debug, Clone)]
pub(super) struct Levels<N> {
    levels: Vec<Level<N>>,
}

#[derive(Debug, Clone)]
struct Level<N> {
    nodes: Vec<N>,
    /// When each node begins. Apart from the nodes, so that a search reads neighbors and not the whole list.
    times: Vec<f64>,
}

impl<N: Copy> Levels<N> {
    pub(super) fn new(leaves: &[impl Timed], leaf: impl Fn(usize) -> N, join: impl Fn(N, N) -> N) -> Self {
        let mut levels: Vec<Level<N>> = Vec::new();
        let mut n_below = leaves.len();
        while n_below > 1 {
            let below = levels.last();
            let node = |index: usize| below.map_or_else(|| leaf(index), |below| below.nodes[index]);
            let begin = |index: usize| below.map_or_else(|| leaves[index].time(), |below| below.times[index]);
            let n_nodes = n_below.div_ceil(FAN);
            let joined = |block: usize| {
                let rest = (block * FAN + 1..n_below.min((block + 1) * FAN)).map(&node);
                rest.fold(node(block * FAN), &join)
            };
            let nodes = (0..n_nodes).map(joined).collect();
            let times = (0..n_nodes).map(|block| begin(block * FAN)).collect();
            levels.push(Level { nodes, times });
            n_below = n_nodes;
        }
        Self { levels }
    }

    /// The joined node of the leaves `from..to`; both must lie in the list.
    pub(super) fn over(
        &self,
        mut from: usize,
        mut to: usize,
        leaf: impl Fn(usize) -> N,
        join: impl Fn(N, N) -> N,
    ) -> Option<N> {
        let mut joined: Option<N> = None;
        let mut height = 0;
        while from < to {
            let node =
                |index: usize| if height == 0 { leaf(index) } else { self.levels[height - 1].nodes[index] };
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

    /// Goes through the leaves of a range, in order: by nodes as high as they may be while none takes longer than
    /// `secs`, else leaf by leaf. So what is joined by time costs what there is to see of it, and reads neighbors.
    /// `each` gets the leaves that a node stands for, when they begin, and the node.
    pub(super) fn visit(
        &self,
        range: Range<usize>,
        secs: f64,
        leaves: &[impl Timed],
        leaf: impl Fn(usize) -> N,
        mut each: impl FnMut(Range<usize>, f64, N),
    ) {
        // A node is whole and short; the last of a level has no end that is known.
        let fits = |height: usize, at: usize| {
            let (size, index) = (1 << (FAN_BITS * height), at >> (FAN_BITS * height));
            let times = self.levels.get(height - 1).map_or(&[][..], |level| &level.times);
            let lasts =
                || times.get(index + 1).zip(times.get(index)).is_some_and(|(end, start)| end - start <= secs);
            at.is_multiple_of(size) && at + size <= range.end && lasts()
        };
        let (mut at, mut height) = (range.start, 0);
        while at < range.end {
            while height > 0 && !fits(height, at) {
                height -= 1;
            }
            while height < self.levels.len() && fits(height + 1, at) {
                height += 1;
            }
            let end = at + (1 << (FAN_BITS * height));
            match height.checked_sub(1).map(|below| (&self.levels[below], at >> (FAN_BITS * height))) {
                Some((level, index)) => each(at..end, level.times[index], level.nodes[index]),
                None => each(at..end, leaves[at].time(), leaf(at)),
            }
            at = end;
        }
    }

    /// The first leaf at or after `from` that does not begin before `until`: up the levels while whole nodes lie
    /// before it, and down again. Near ones are cheap.
    pub(super) fn first_from(&self, from: usize, until: f64, leaves: &[impl Timed]) -> usize {
        let before = |height: usize, index: usize| match height {
            0 => leaves.get(index).is_some_and(|leaf| leaf.time() < until),
            _ => self.levels[height - 1].times.get(index).is_some_and(|time| *time < until),
        };
        let (mut height, mut index) = (0, from);
        loop {
            let next = index / FAN + 1;
            if index.is_multiple_of(FAN) && height < self.levels.len() && before(height + 1, next) {
                // The next node of the level above begins before it: this one lies before it as a whole.
                (height, index) = (height + 1, next);
            } else if before(height, index) {
                index += 1;
            } else if height == 0 {
                return index.min(leaves.len());
            } else {
                // The place is in the last node that begins before it.
                (height, index) = (height - 1, (index - 1) * FAN + 1);
            }
        }
    }
}

/// So many parts at each edge of what was drawn are gathered anew: they may have been joined of what was seen alone.
pub(super) const AT_EDGE: usize = 2;

/// Columns of which one is wider by this share only are equally wide: moving a view rounds.
const SAME_WIDTH: f64 = 1e-6;

/// How something was gathered: from where on, and in which columns.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gathered {
    /// Number of the first of what was seen.
    pub(super) first: usize,
    /// Axis seconds that a column was wide; 0 when nothing was gathered.
    width: f64,
}

impl Gathered {
    pub(super) fn new(first: usize, columns: &Columns<'_>) -> Self {
        Self { first, width: columns.width().unwrap_or_default() }
    }

    /// What can be drawn again in these columns: which parts, and of which leaves; nothing in columns of another width.
    /// The parts stood for so many leaves each, one after the other; `seen`: the leaves that are seen now.
    pub(super) fn still_seen(
        &self,
        columns: &Columns<'_>,
        counts: impl ExactSizeIterator<Item = usize>,
        seen: &Range<usize>,
    ) -> (Range<usize>, Range<usize>) {
        let inner = AT_EDGE..counts.len().saturating_sub(AT_EDGE);
        let (mut parts, mut leaves) = (0..0, seen.start..seen.start);
        if !columns.width().is_some_and(|width| (width - self.width).abs() <= width * SAME_WIDTH) {
            return (parts, leaves);
        }
        let mut end = self.first;
        for (index, count) in counts.enumerate() {
            let start = end;
            end += count;
            if inner.contains(&index) && start >= seen.start && end <= seen.end {
                if parts.is_empty() {
                    (parts.start, leaves.start) = (index, start);
                }
                (parts.end, leaves.end) = (index + 1, end);
            }
        }
        (parts, leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Timed for f64 {
        fn time(&self) -> f64 {
            *self
        }
    }

    #[test]
    fn a_place_is_found_from_wherever_the_search_begins() {
        for n in [0_u32, 1, 15, 16, 17, 255, 256, 257, 5_000] {
            // Some share a time.
            let times: Vec<f64> = (0..n).map(|at| f64::from(at / 3)).collect();
            let levels = Levels::new(&times, |_| (), |(), ()| ());
            for from in [0, 1, 7, 15, 16, 100, 256, 4_999].into_iter().filter(|from| *from <= times.len()) {
                for until in [-1.0, 0.0, 0.5, 5.0, 33.0, 85.0, 85.3, 1_000.0, 1e9] {
                    let expected = times.partition_point(|time| *time < until).max(from);
                    assert_eq!(
                        levels.first_from(from, until, &times),
                        expected,
                        "{until} from {from} of {n}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_visit_sees_every_leaf_once_in_nodes_that_are_short() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut at = 0.0;
        let gap =
            |random: &mut fastrand::Rng| if random.u8(0..200) == 0 { 50.0 } else { random.f64() * 0.02 };
        let next = |_| {
            at += gap(&mut random);
            at
        };
        let leaves: Vec<f64> = (0..5_000).map(next).collect();
        let levels = Levels::new(&leaves, |index| index, |a, b| a + b);
        for (range, secs, most) in
            [(0..5_000, 1.0, 2_000), (3..4_999, 1.0, 2_000), (17..40, 1e9, 23), (0..5_000, 0.0, 5_000)]
        {
            let (mut seen, mut n_visited) = (range.start, 0);
            levels.visit(
                range.clone(),
                secs,
                &leaves,
                |index| index,
                |part, begin, sum| {
                    assert_eq!((part.start, begin, sum), (seen, leaves[part.start], part.clone().sum()));
                    assert!(part.len() == 1 || leaves[part.end] - begin <= secs, "{part:?} is too long");
                    (seen, n_visited) = (part.end, n_visited + 1);
                },
            );
            assert_eq!(seen, range.end);
            assert!(n_visited <= most, "{n_visited} of {range:?} by {secs} s");
        }
    }

    #[test]
    fn every_range_is_joined_of_all_its_leaves() {
        let leaves: Vec<f64> = (0..1_000).map(f64::from).collect();
        let levels = Levels::new(&leaves, |index| index, |a, b| a + b);
        for (from, to) in [(0, 1_000), (0, 1), (3, 3), (5, 900), (16, 32), (15, 33), (255, 257), (999, 1_000)]
        {
            let expected = (from < to).then(|| (from..to).sum());
            assert_eq!(levels.over(from, to, |index| index, |a, b| a + b), expected, "{from}..{to}");
        }
    }
}

//! The axis that all views of time share: seconds since the session's origin, with long silences cut short.
//!
//! *Seconds* are those of the session, *axis seconds* those that are drawn. Without cuts they are the same.

use super::silences::Silence;

/// A cut takes at most this share of what is left of the session without silences.
const MOST_WIDTH: f64 = 0.03;
/// All cuts together take at most this share of it.
const MOST_WIDTHS: f64 = 0.25;
/// A session without silences is thought to be at least so long: two events with an hour between them, say.
const LEAST_REST_SECS: f64 = 10.0;
/// A cut is at most this share of its silence.
const MOST_OF_SILENCE: f64 = 0.5;

/// A silence that is drawn shorter than it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Where it begins, seconds.
    pub start: f64,
    /// Where it ends, seconds.
    pub end: f64,
    /// Where it begins, axis seconds.
    pub from: f64,
    /// Where it ends, axis seconds.
    pub to: f64,
}

/// The way from seconds to axis seconds and back. Both ways never turn around: of two times the earlier one stays the
/// earlier one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimeAxis {
    /// By time, none over another.
    cuts: Vec<Cut>,
}

/// The axis without cuts.
pub static PLAIN: TimeAxis = TimeAxis { cuts: Vec::new() };

impl TimeAxis {
    /// The axis of a session that ends at `last_secs`, with these silences cut short.
    #[must_use]
    pub fn without(silences: &[Silence], last_secs: f64) -> TimeAxis {
        let silent: f64 = silences.iter().map(Silence::secs).sum();
        let rest = (last_secs - silent).max(LEAST_REST_SECS);
        let widest = rest * MOST_WIDTH.min(MOST_WIDTHS / silences.len().max(1) as f64);
        let mut cuts: Vec<Cut> = Vec::with_capacity(silences.len());
        for Silence { start, end } in silences.iter().copied() {
            let (before, after) = cuts.last().map_or((0.0, 0.0), |cut| (cut.end, cut.to));
            let width = widest.min((end - start) * MOST_OF_SILENCE);
            if start >= before && width > 0.0 {
                let from = after + (start - before);
                cuts.push(Cut { start, end, from, to: from + width });
            }
        }
        TimeAxis { cuts }
    }

    /// True when nothing is cut.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.cuts.is_empty()
    }

    /// All cuts, by time.
    #[must_use]
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// The cuts that are touched by a range of axis seconds.
    #[must_use]
    pub fn cuts_within(&self, from: f64, to: f64) -> &[Cut] {
        let first = self.cuts.partition_point(|cut| cut.to <= from);
        let end = self.cuts.partition_point(|cut| cut.from < to);
        self.cuts.get(first..end).unwrap_or_default()
    }

    /// Where a time lies on the axis.
    #[must_use]
    pub fn to_axis(&self, secs: f64) -> f64 {
        let after = self.cuts.partition_point(|cut| cut.start < secs);
        match after.checked_sub(1).and_then(|at| self.cuts.get(at)) {
            Some(cut) if secs >= cut.end => cut.to + (secs - cut.end),
            Some(cut) => cut.from + (secs - cut.start) / (cut.end - cut.start) * (cut.to - cut.from),
            None => secs,
        }
    }

    /// The time at a place of the axis.
    #[must_use]
    pub fn to_secs(&self, axis: f64) -> f64 {
        let after = self.cuts.partition_point(|cut| cut.from < axis);
        match after.checked_sub(1).and_then(|at| self.cuts.get(at)) {
            Some(cut) if axis >= cut.to => cut.end + (axis - cut.to),
            Some(cut) => cut.start + (axis - cut.from) / (cut.to - cut.from) * (cut.end - cut.start),
            None => axis,
        }
    }
}

/// Equal parts of a range of the axis, as a picture has columns of pixels.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    axis: &'a TimeAxis,
    from: f64,
    to: f64,
    width: Option<f64>,
    n_columns: usize,
}

impl<'a> Columns<'a> {
    /// So many columns from one place of the axis to another; none where there is no such range.
    #[must_use]
    pub fn new(axis: &'a TimeAxis, from: f64, to: f64, n_columns: usize) -> Columns<'a> {
        let width = (to - from) / n_columns as f64;
        let width = (width.is_finite() && width > 0.0).then_some(width);
        Columns { axis, from, to, width, n_columns: if width.is_some() { n_columns } else { 0 } }
    }

    /// Columns of an axis without cuts.
    #[must_use]
    pub fn plain(start: f64, end: f64, n_columns: usize) -> Columns<'static> {
        Columns::new(&PLAIN, start, end, n_columns)
    }

    /// The same range in columns that are so many times as wide.
    #[must_use]
    pub fn in_groups(&self, of: usize) -> Columns<'a> {
        Columns::new(self.axis, self.from, self.to, self.n_columns / of.max(1))
    }

    /// Axis seconds that a column is wide; `None` where nothing can be drawn.
    #[must_use]
    pub const fn width(&self) -> Option<f64> {
        self.width
    }

    /// Number of columns.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.n_columns
    }

    /// True when nothing can be drawn.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.width.is_none()
    }

    /// The axis.
    #[must_use]
    pub const fn axis(&self) -> &'a TimeAxis {
        self.axis
    }

    /// The time at the left edge.
    #[must_use]
    pub fn start(&self) -> f64 {
        self.axis.to_secs(self.from)
    }

    /// The time at the right edge.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.axis.to_secs(self.to)
    }

    /// The stretches of time between the cuts, from left to right.
    #[must_use]
    pub fn stretches(&self) -> Vec<(f64, f64)> {
        let cuts = self.axis.cuts_within(self.from, self.to);
        let starts = std::iter::once(self.start()).chain(cuts.iter().map(|cut| cut.end));
        let ends = cuts.iter().map(|cut| cut.start).chain([self.end()]);
        starts.zip(ends).filter(|(start, end)| start <= end).collect()
    }

    /// The time at which the column after that of `time` begins.
    #[must_use]
    pub fn next(&self, time: f64) -> f64 {
        let Some(width) = self.width else { return f64::INFINITY };
        // A cast costs a tenth of `floor` where the processor need not know it.
        let column = ((self.axis.to_axis(time) - self.from) / width) as i64 as f64;
        self.edge(column + 1.0)
    }

    /// The time at which the column with this number begins.
    #[must_use]
    pub fn edge(&self, column: f64) -> f64 {
        self.axis.to_secs(self.from + column * self.width.unwrap_or(0.0))
    }

    /// Axis seconds from one time to another, each at most one range away from what is seen.
    #[must_use]
    pub fn extent(&self, start: f64, end: f64) -> f64 {
        let range = self.to - self.from;
        let near = |time| self.axis.to_axis(time).clamp(self.from - range, self.to + range);
        near(end) - near(start)
    }

    /// True when a stretch is at least as wide as a column.
    #[must_use]
    pub fn is_wide(&self, start: f64, end: f64) -> bool {
        let is_wide = |width| {
            // The axis never lengthens a stretch.
            end - start >= width && self.axis.to_axis(end) - self.axis.to_axis(start) >= width
        };
        self.width.is_some_and(is_wide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(start: f64, end: f64) -> Silence {
        Silence { start, end }
    }

    #[test]
    fn without_cuts_both_are_the_same_to_the_last_bit() {
        for secs in [-1e9, -0.02, 0.0, 0.1, 123.456, 1.7e12, f64::INFINITY] {
            assert_eq!((PLAIN.to_axis(secs), PLAIN.to_secs(secs)), (secs, secs));
        }
        assert!(PLAIN.to_axis(f64::NAN).is_nan());
    }

    #[test]
    fn a_silence_of_ten_minutes_becomes_a_small_part_of_the_axis() {
        let axis = TimeAxis::without(&[silence(100.0, 700.0)], 800.0);
        let [cut] = axis.cuts() else { panic!("one cut, not {:?}", axis.cuts()) };
        assert_eq!((cut.start, cut.end, cut.from), (100.0, 700.0, 100.0));
        assert!((cut.to - cut.from - 6.0).abs() < 1e-9, "3 % of the 200 s that are left");
        for (secs, expected) in [(0.0, 0.0), (100.0, 100.0), (400.0, 103.0), (700.0, 106.0), (800.0, 206.0)] {
            assert!((axis.to_axis(secs) - expected).abs() < 1e-9, "{secs}");
        }
        assert_eq!(axis.cuts_within(0.0, 100.0), []);
        assert_eq!(axis.cuts_within(0.0, 100.1).len(), 1);
        assert_eq!(axis.cuts_within(105.9, 300.0).len(), 1);
        assert_eq!(axis.cuts_within(106.0, 300.0), []);
    }

    #[test]
    fn both_ways_keep_the_order_and_lead_back() {
        let mut random = fastrand::Rng::with_seed(11);
        for round in 0..200 {
            let mut at = random.f64() * 50.0;
            let mut silences = Vec::new();
            for _ in 0..random.usize(0..60) {
                let end = at + 60.0 + random.f64() * 10_f64.powi(random.i32(1..7));
                silences.push(silence(at, end));
                // Some follow each other at once.
                at = if random.u8(0..4) == 0 { end } else { end + random.f64() * 1_000.0 };
            }
            let last = at + 10.0;
            let axis = TimeAxis::without(&silences, last);
            assert_eq!(axis.cuts().len(), silences.len());
            let mut times: Vec<f64> = (0..300).map(|_| (random.f64() * 1.2 - 0.1) * last).collect();
            times.extend(silences.iter().flat_map(|silence| [silence.start, silence.end]));
            times.sort_by(f64::total_cmp);
            let places: Vec<f64> = times.iter().map(|secs| axis.to_axis(*secs)).collect();
            assert!(places.is_sorted(), "round {round}");
            assert!(places.iter().map(|place| axis.to_secs(*place)).is_sorted(), "round {round}");
            for (secs, place) in times.iter().zip(&places) {
                let back = axis.to_secs(*place);
                assert!((back - secs).abs() <= 1e-6 * last.max(1.0), "round {round}: {secs} became {back}");
            }
            for pair in times.windows(2).zip(places.windows(2)) {
                let (secs, axis) = (pair.0[1] - pair.0[0], pair.1[1] - pair.1[0]);
                assert!(axis <= secs + 1e-6 && (secs == 0.0 || axis > 0.0), "round {round}: {pair:?}");
            }
        }
    }

    #[test]
    fn many_silences_leave_most_of_the_axis_to_the_rest() {
        let silences: Vec<_> =
            (0..100).map(|n| f64::from(n) * 1_010.0).map(|at| silence(at, at + 1_000.0)).collect();
        let axis = TimeAxis::without(&silences, 101_000.0);
        let cuts: f64 = axis.cuts().iter().map(|cut| cut.to - cut.from).sum();
        assert!((cuts - 250.0).abs() < 1e-6 && (axis.to_axis(101_000.0) - 1_250.0).abs() < 1e-6, "{cuts}");
    }

    #[test]
    fn columns_are_equal_parts_of_the_axis() {
        let axis = TimeAxis::without(&[silence(100.0, 700.0)], 800.0);
        let columns = Columns::new(&axis, 0.0, 206.0, 206);
        assert_eq!(columns.len(), 206);
        assert!((columns.start(), columns.next(0.5)) == (0.0, 1.0) && (columns.end() - 800.0).abs() < 1e-9);
        assert!((columns.next(150.0) - 200.0).abs() < 1e-9, "a sixth of the silence is a column");
        assert_eq!(columns.stretches().len(), 2);
        assert_eq!(columns.stretches()[0], (0.0, 100.0));
        assert_eq!(Columns::new(&axis, 103.0, 150.0, 9).stretches().len(), 1, "begins within the silence");
        assert_eq!(Columns::plain(1.0, 2.0, 9).stretches(), [(1.0, 2.0)]);
        assert!(columns.is_wide(100.0, 200.0) && !columns.is_wide(100.0, 199.0));
        for (from, to, n) in [(1.0, 1.0, 9), (0.0, f64::NAN, 9), (0.0, 1.0, 0)] {
            assert!(Columns::plain(from, to, n).is_empty());
        }
    }
}

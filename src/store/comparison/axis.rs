//! The common axis of two sessions: what belongs together stands at one place.

/// Anchors of one session lie at least so far apart, seconds: nearer ones could not be told apart when drawn.
const LEAST_STEP_SECS: f64 = 0.001;

/// The way from the seconds of a session to the common axis and back. Between anchors the time of a session is
/// stretched, before the first and after the last it goes on as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Warp {
    /// Seconds of the session and place on the axis, both rising; none: the axis is the session's own time.
    anchors: Vec<(f64, f64)>,
}

impl Warp {
    /// Where a time of the session lies on the axis.
    #[must_use]
    pub fn place(&self, secs: f64) -> f64 {
        between(&self.anchors, secs, |anchor| *anchor)
    }

    /// The time of the session at a place of the axis.
    #[must_use]
    pub fn secs(&self, place: f64) -> f64 {
        between(&self.anchors, place, |(secs, place)| (*place, *secs))
    }
}

/// The value of a line through points that rise, at a place.
fn between(points: &[(f64, f64)], at: f64, of: impl Fn(&(f64, f64)) -> (f64, f64)) -> f64 {
    let next = points.partition_point(|point| of(point).0 <= at);
    let before = next.checked_sub(1).and_then(|before| points.get(before)).map(&of);
    match (before, points.get(next).map(&of)) {
        (Some((from, low)), Some((to, high))) => low + (at - from) / (to - from) * (high - low),
        (Some((end, value)), None) | (None, Some((end, value))) => value + (at - end),
        (None, None) => at,
    }
}

/// The ways of two sessions to an axis on which each of these pairs of seconds is one place. A pair that would lead
/// back in one of the two sessions is left out. From pair to pair the axis is as long as the longer of the two.
#[must_use]
pub fn warps(pairs: &[(f64, f64)]) -> [Warp; 2] {
    let mut warps = [Warp::default(), Warp::default()];
    let mut last: Option<((f64, f64), f64)> = None;
    for (first, second) in rising(pairs) {
        let place = match last {
            None => first.max(second),
            Some(((one, other), place)) => {
                let steps = (first - one, second - other);
                if steps.0.min(steps.1) < LEAST_STEP_SECS {
                    continue;
                }
                place + steps.0.max(steps.1)
            }
        };
        warps[0].anchors.push((first, place));
        warps[1].anchors.push((second, place));
        last = Some(((first, second), place));
    }
    warps
}

/// The longest chain of pairs that rises on both sides.
fn rising(pairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, f64)> =
        pairs.iter().copied().filter(|(one, other)| one.is_finite() && other.is_finite()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    // The last pair of the best chain of each length, and the pair before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(sorted.len());
    for (at, pair) in sorted.iter().enumerate() {
        let length = ends.partition_point(|end| sorted[*end].1 < pair.1);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut chain: Vec<(f64, f64)> =
        std::iter::successors(ends.last().copied(), |at| before[*at]).map(|at| sorted[at]).collect();
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pairs: &[(f64, f64)], places: &[f64]) {
        let warps = warps(pairs);
        let found: Vec<f64> = warps[0].anchors.iter().map(|anchor| anchor.1).collect();
        assert_eq!(found, places, "{pairs:?}");
        assert!(warps[1].anchors.iter().map(|anchor| anchor.1).eq(found));
    }

    #[test]
    fn the_longer_of_two_stretches_keeps_its_length() {
        check(&[(0.0, 0.0), (10.0, 10.0), (20.0, 50.0), (30.0, 55.0)], &[0.0, 10.0, 50.0, 60.0]);
        check(&[(2.0, 5.0), (4.0, 6.0)], &[5.0, 7.0]);
        check(&[], &[]);
    }

    #[test]
    fn a_pair_that_leads_back_is_left_out() {
        check(&[(0.0, 0.0), (10.0, 40.0), (20.0, 12.0), (30.0, 20.0)], &[0.0, 20.0, 30.0]);
        check(&[(0.0, 0.0), (5.0, 5.0), (5.0, 9.0), (8.0, 12.0)], &[0.0, 5.0, 12.0]);
        check(&[(f64::NAN, 1.0), (3.0, 3.0)], &[3.0]);
    }

    #[test]
    fn times_and_places_are_inverse_and_go_on_beyond_the_ends() {
        let [first, second] = warps(&[(1.0, 1.0), (11.0, 1.5), (12.0, 31.5)]);
        for warp in [&first, &second, &Warp::default()] {
            for secs in [-3.0, 0.0, 1.0, 1.2, 5.0, 11.0, 11.7, 12.0, 31.5, 99.0] {
                assert!((warp.secs(warp.place(secs)) - secs).abs() < 1e-9, "{secs} {warp:?}");
            }
        }
        assert_eq!((first.place(6.0), first.place(11.5)), (6.0, 26.0));
        assert_eq!((second.place(1.25), second.place(33.5)), (6.0, 43.0));
        assert_eq!(Warp::default().place(7.5), 7.5);
    }
}

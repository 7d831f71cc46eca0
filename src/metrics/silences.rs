//! Stretches of a session in which nothing was sent.

/// A longer stretch without any event is a silence, seconds: the longest spacing of pings that is seen in correct
/// sessions is 50 s ([`crate::model::limits::DOWNLOADED_PING_INTERVAL_SECS`]).
pub const SILENCE_SECS: f64 = 60.0;

/// A silence that stands out is longer than so many times the median of all gaps between events.
const MEDIAN_GAPS: f64 = 8.0;

/// So many silences at most stand out: the longest.
const MOST_LONG: usize = 100;

/// A stretch without any event, seconds since the session's origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// When the last event before it happened.
    pub start: f64,
    /// When the first event after it happened.
    pub end: f64,
}

impl Silence {
    /// How long it lasts.
    #[must_use]
    pub fn secs(&self) -> f64 {
        self.end - self.start
    }
}

/// The silences between events at these times, in any order, that stand out among the gaps of this session: they may
/// be drawn shorter than they are. By time.
#[must_use]
pub fn long(times: &[f64]) -> Vec<Silence> {
    let sorted = || {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times
    };
    let sorted = if times.is_sorted() { None } else { Some(sorted()) };
    let times = sorted.as_deref().unwrap_or(times);
    let mut gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if !gaps.iter().any(|gap| *gap > SILENCE_SECS) {
        return Vec::new();
    }
    let middle = gaps.len() / 2;
    let median = *gaps.select_nth_unstable_by(middle, f64::total_cmp).1;
    let least = SILENCE_SECS.max(median * MEDIAN_GAPS);
    let silences = times.windows(2).map(|pair| Silence { start: pair[0], end: pair[1] });
    let mut long: Vec<Silence> = silences.filter(|silence| silence.secs() > least).collect();
    if long.len() > MOST_LONG {
        long.select_nth_unstable_by(MOST_LONG, |a, b| b.secs().total_cmp(&a.secs()));
        long.truncate(MOST_LONG);
        long.sort_by(|a, b| a.start.total_cmp(&b.start));
    }
    long
}

/// The silences between events at these times, as positions of the events that end them.
pub fn ends(times: &[f64]) -> impl DoubleEndedIterator<Item = usize> {
    let gaps = times.windows(2).enumerate();
    gaps.filter(|(_, gap)| matches!(gap, [start, end] if end - start > SILENCE_SECS)).map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(times: &[f64]) -> Vec<(f64, f64)> {
        long(times).iter().map(|silence| (silence.start, silence.end)).collect()
    }

    #[test]
    fn a_silence_that_stands_out_is_longer_than_a_minute_and_than_eight_usual_gaps() {
        let pings = |secs: f64| (0..20).map(move |n| f64::from(n) * secs);
        let then = |secs: f64, gap: f64| pings(secs).chain([19.0 * secs + gap]).collect::<Vec<_>>();
        assert_eq!(spans(&then(1.0, 59.0)), []);
        assert_eq!(spans(&then(1.0, 61.0)), [(19.0, 80.0)]);
        assert_eq!(spans(&then(10.0, 79.0)), []);
        assert_eq!(spans(&then(10.0, 81.0)), [(190.0, 271.0)]);
        assert_eq!(spans(&then(50.0, 399.0)), []);
        assert_eq!(spans(&[0.0, 3_600.0]), []);
        assert_eq!(spans(&[]), []);
    }

    #[test]
    fn silences_are_those_of_the_clock_whatever_the_order() {
        assert_eq!(spans(&[500.0, 0.0, 10.0, 20.0, 510.0, 5.0]), [(20.0, 500.0)]);
    }

    #[test]
    fn of_very_many_silences_the_longest_stand_out_by_time() {
        let mut times = Vec::new();
        let mut at = 0.0;
        for n in 0..300 {
            (0..4).for_each(|ping| times.push(at + f64::from(ping)));
            at += 1_000.0 + f64::from((n * 7) % 300);
        }
        let found = long(&times);
        assert_eq!(found.len(), MOST_LONG);
        assert!(found.is_sorted_by(|a, b| a.end <= b.start));
        assert!(found.iter().all(|silence| silence.secs() >= 1_196.0), "{found:?}");
    }

    #[test]
    fn a_silence_is_longer_than_any_spacing_of_pings() {
        let times = [0.0, 10.0, 60.0, 120.0, 180.1, 170.0, 500.0];
        assert_eq!(ends(&times).collect::<Vec<_>>(), [4, 6]);
        assert_eq!(ends(&[]).next(), None);
        assert_eq!(ends(&[5.0]).next(), None);
    }
}

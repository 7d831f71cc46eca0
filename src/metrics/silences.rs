//! Stretches of a session in which nothing was sent.

/// A longer stretch without any event is a silence, seconds: the longest spacing of pings that is seen in correct
/// sessions is 50 s ([`crate::model::limits::DOWNLOADED_PING_INTERVAL_SECS`]).
pub const SILENCE_SECS: f64 = 60.0;

/// The silences between events at these times, as positions of the events that end them.
pub fn ends(times: &[f64]) -> impl DoubleEndedIterator<Item = usize> {
    let gaps = times.windows(2).enumerate();
    gaps.filter(|(_, gap)| matches!(gap, [start, end] if end - start > SILENCE_SECS)).map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_is_longer_than_any_spacing_of_pings() {
        let times = [0.0, 10.0, 60.0, 120.0, 180.1, 170.0, 500.0];
        assert_eq!(ends(&times).collect::<Vec<_>>(), [4, 6]);
        assert_eq!(ends(&[]).next(), None);
        assert_eq!(ends(&[5.0]).next(), None);
    }
}

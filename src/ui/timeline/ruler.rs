//! Ticks of a time axis, and elapsed time in words: pure.

use crate::ui::axis_times::AxisTimes;

/// A tick of the ruler.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Seconds since the session's origin.
    pub secs: f64,
    /// What stands there; empty on a small tick.
    pub label: String,
}

/// Steps between labelled ticks, seconds, with the number of parts that small ticks divide them into.
const STEPS: [(f64, u32); 30] = [
    (0.001, 2),
    (0.002, 2),
    (0.005, 5),
    (0.01, 5),
    (0.02, 4),
    (0.05, 5),
    (0.1, 5),
    (0.2, 4),
    (0.5, 5),
    (1.0, 5),
    (2.0, 4),
    (5.0, 5),
    (10.0, 5),
    (15.0, 3),
    (30.0, 3),
    (60.0, 6),
    (120.0, 4),
    (300.0, 5),
    (600.0, 5),
    (1_800.0, 3),
    (3_600.0, 6),
    (7_200.0, 4),
    (21_600.0, 6),
    (43_200.0, 4),
    (86_400.0, 4),
    (172_800.0, 2),
    (604_800.0, 7),
    (1_209_600.0, 2),
    (2_419_200.0, 4),
    (7_257_600.0, 3),
];

/// The step between labelled ticks that lie at least `least_secs` apart, and its parts. Beyond weeks: tens of
/// days.
#[must_use]
pub fn step(least_secs: f64) -> (f64, u32) {
    let known = STEPS.iter().find(|(step, _)| *step >= least_secs).copied();
    known.unwrap_or_else(|| (864_000.0 * 10_f64.powf((least_secs / 864_000.0).log10().ceil()), 5))
}

/// The ticks between two times on so many pixels, labels at least `label_gap` pixels apart. They lie where the clock
/// that is shown has round times.
#[must_use]
pub fn ticks(start: f64, end: f64, pixels: f64, label_gap: f64, times: AxisTimes) -> Vec<Tick> {
    let secs = end - start;
    if !(secs.is_finite() && secs > 0.0 && pixels >= 1.0 && label_gap >= 1.0) {
        return Vec::new();
    }
    let (step, parts) = step(secs / pixels * label_gap);
    let small = step / f64::from(parts);
    // At most one tick per pixel, whatever the numbers are.
    let shift = times.shift_secs();
    let (first, last) = (((start + shift) / small).ceil(), ((end + shift) / small).floor());
    let n_ticks = (last - first + 1.0).clamp(0.0, pixels) as u32;
    let tick = |index: u32| {
        let number = first + f64::from(index);
        let secs = number * small - shift;
        let labelled = number.rem_euclid(f64::from(parts)) == 0.0;
        Tick { secs, label: if labelled { times.tick(secs, step) } else { String::new() } }
    };
    (0..n_ticks).map(tick).collect()
}

/// Elapsed time as on a player, as exact as ticks `step` seconds apart need: `05:30`, `1:05:30`, `00:05.25`,
/// `3 d 04:00`.
#[must_use]
pub fn elapsed(secs: f64, step: f64) -> String {
    let decimals = if step >= 1.0 { 0 } else { ((-step.log10()).ceil() as usize).clamp(1, 3) };
    let scale = 10_f64.powi(decimals as i32);
    let units = (secs.abs() * scale).round();
    let sign = if secs < 0.0 && units > 0.0 { "−" } else { "" };
    let whole = (units / scale).floor();
    let fraction = (units - whole * scale) as u32;
    let whole = whole as u64;
    let (days, hours, minutes, seconds) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    let fraction = if decimals > 0 { format!(".{fraction:0decimals$}") } else { String::new() };
    match (days, hours) {
        (0, 0) => format!("{sign}{minutes:02}:{seconds:02}{fraction}"),
        (0, _) => format!("{sign}{hours}:{minutes:02}:{seconds:02}{fraction}"),
        _ if step >= 86_400.0 => format!("{sign}{days} d"),
        _ if step >= 60.0 => format!("{sign}{days} d {hours:02}:{minutes:02}"),
        _ => format!("{sign}{days} d {hours:02}:{minutes:02}:{seconds:02}{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::clock::TsMillis;

    fn labels(start: f64, end: f64, pixels: f64) -> Vec<String> {
        let ticks = ticks(start, end, pixels, 80.0, AxisTimes::default());
        ticks.into_iter().map(|tick| tick.label).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn labels_adapt_to_the_zoom() {
        for (start, end, expected) in [
            (0.0, 60.0, vec!["00:00", "00:10", "00:20", "00:30", "00:40", "00:50", "01:00"]),
            (0.0, 7_000.0, vec!["00:00", "30:00", "1:00:00", "1:30:00"]),
            (
                65.2,
                65.9,
                vec!["01:05.2", "01:05.3", "01:05.4", "01:05.5", "01:05.6", "01:05.7", "01:05.8", "01:05.9"],
            ),
            (0.0, 0.02, vec!["00:00.000", "00:00.005", "00:00.010", "00:00.015", "00:00.020"]),
            (-2.0, 4.0, vec!["−00:02", "−00:01", "00:00", "00:01", "00:02", "00:03", "00:04"]),
            (0.0, 400_000.0, vec!["00:00", "1 d", "2 d", "3 d", "4 d"]),
            (0.0, 7_500_000.0, vec!["00:00", "14 d", "28 d", "42 d", "56 d", "70 d", "84 d"]),
        ] {
            assert_eq!(labels(start, end, 640.0), expected, "{start}..{end}");
        }
    }

    #[test]
    fn in_utc_the_ticks_lie_at_round_times_of_day() {
        // 12:00:03.200: the first full ten seconds are 6.8 s later.
        let times = AxisTimes::utc(TsMillis(1_704_196_803_200));
        let ticks = ticks(0.0, 60.0, 640.0, 80.0, times);
        let labelled: Vec<_> = ticks.iter().filter(|tick| !tick.label.is_empty()).collect();
        assert!((labelled[0].secs - 6.8).abs() < 1e-6, "{labelled:?}");
        assert_eq!(labelled[0].label, "12:00:10");
        assert_eq!(labelled[5].label, "12:01:00");
    }

    #[test]
    fn ticks_never_crowd_and_never_leave_the_view() {
        for end in [0.02, 0.3, 1.0, 59.0, 3_600.0, 1e5, 1e7, 1e11, 1e15] {
            for pixels in [1.0, 50.0, 333.0, 2_000.0] {
                let ticks = ticks(-0.1 * end, end, pixels, 70.0, AxisTimes::default());
                assert!(ticks.iter().all(|tick| tick.secs >= -0.1001 * end && tick.secs <= end * 1.0001));
                let labelled: Vec<f64> =
                    ticks.iter().filter(|tick| !tick.label.is_empty()).map(|tick| tick.secs).collect();
                let gap = 70.0 * 1.1 * end / pixels * 0.999;
                assert!(labelled.windows(2).all(|pair| pair[1] - pair[0] >= gap), "{end} on {pixels}");
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn_has_no_ticks() {
        for (start, end, pixels) in
            [(1.0, 1.0, 100.0), (f64::NAN, 1.0, 100.0), (0.0, f64::INFINITY, 100.0), (0.0, 1.0, 0.0)]
        {
            assert_eq!(ticks(start, end, pixels, 80.0, AxisTimes::default()), []);
        }
    }

    #[test]
    fn rounding_carries_into_minutes_and_no_zero_is_negative() {
        assert_eq!(elapsed(59.9996, 0.001), "01:00.000");
        assert_eq!(elapsed(-0.0001, 0.1), "00:00.0");
        assert_eq!(elapsed(90_061.0, 1.0), "1 d 01:01:01");
    }
}

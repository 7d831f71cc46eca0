//! Ticks of a time axis, and elapsed time in words: pure.

use crate::metrics::time_axis::Columns;
use crate::ui::axis_times::AxisTimes;

/// A tick of the ruler.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Seconds since the session's origin.
    pub secs: f64,
    /// What stands there; empty on a small tick.
    pub label: String,
    /// True when the day stands there.
    pub names_day: bool,
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

/// The ticks in so many columns of pixels, labels at least `label_gap` of them apart, but for cuts. They lie where the
/// clock that is shown has round times; where another day begins, the label says so. None lies in a cut.
#[must_use]
pub fn ticks(columns: &Columns<'_>, label_gap: f64, times: &AxisTimes) -> Vec<Tick> {
    let Some(width) = columns.width().filter(|_| label_gap >= 1.0) else { return Vec::new() };
    let (step, parts) = step(width * label_gap);
    let small = step / f64::from(parts);
    let mut ticks: Vec<Tick> = Vec::new();
    let mut day = None;
    for (start, end) in columns.stretches() {
        let shift = times.shift_secs(start);
        let (first, last) = (((start + shift) / small).ceil(), ((end + shift) / small).floor());
        // At most one tick per pixel, whatever the numbers are.
        let room = columns.len().saturating_sub(ticks.len());
        let n_ticks = (last - first + 1.0).clamp(0.0, room as f64) as u32;
        for index in 0..n_ticks {
            let number = first + f64::from(index);
            let secs = number * small - shift;
            if number.rem_euclid(f64::from(parts)) != 0.0 {
                ticks.push(Tick { secs, label: String::new(), names_day: false });
                continue;
            }
            let (today, label) = (times.day(secs), times.tick(secs, step));
            let is_other = day.is_some() && today != day;
            let names_day = is_other || today.as_ref() == Some(&label);
            let label = if is_other { times.tick_with_day(secs, step) } else { label };
            ticks.push(Tick { secs, label, names_day });
            day = today;
        }
    }
    ticks
}

/// A text that is wanted on the ruler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Its left edge.
    pub left: f32,
    /// Its right edge.
    pub right: f32,
    /// A greater one comes before a lesser one.
    pub rank: u8,
}

/// Free room between two texts.
const TEXT_GAP: f32 = 6.0;

/// Which of the texts have room: none over another, none beyond the edges. Of equal rank the left one comes first.
#[must_use]
pub fn with_room(texts: &[Wanted], left: f32, right: f32) -> Vec<bool> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by(|a, b| {
        let key = |index: &usize| texts.get(*index).map_or((0, 0.0), |text| (text.rank, -text.left));
        let (a, b) = (key(a), key(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let mut has_room = vec![false; texts.len()];
    let mut taken: Vec<Wanted> = Vec::new();
    for index in order {
        let text = texts[index];
        let is_free =
            |other: &Wanted| text.right + TEXT_GAP <= other.left || other.right + TEXT_GAP <= text.left;
        if text.left >= left && text.right <= right && taken.iter().all(is_free) {
            has_room[index] = true;
            taken.push(text);
        }
    }
    has_room
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
    use crate::metrics::silences::Silence;
    use crate::metrics::time_axis::TimeAxis;
    use crate::model::clock::TsMillis;

    fn labels(start: f64, end: f64, pixels: f64) -> Vec<String> {
        let columns = Columns::plain(start, end, pixels as usize);
        let ticks = ticks(&columns, 80.0, &AxisTimes::default());
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
        let ticks = ticks(&Columns::plain(0.0, 60.0, 640), 80.0, &times);
        let labelled: Vec<_> = ticks.iter().filter(|tick| !tick.label.is_empty()).collect();
        assert!((labelled[0].secs - 6.8).abs() < 1e-6, "{labelled:?}");
        assert_eq!(labelled[0].label, "12:00:10");
        assert_eq!(labelled[5].label, "12:01:00");
    }

    #[test]
    fn another_day_is_named_where_it_begins() {
        // 23:59:30.
        let times = AxisTimes::utc(TsMillis(1_704_239_970_000));
        let named = |columns: &Columns<'_>| {
            let ticks = ticks(columns, 80.0, &times);
            let labelled = ticks.into_iter().filter(|tick| !tick.label.is_empty());
            labelled.map(|tick| (tick.label, tick.names_day)).collect::<Vec<_>>()
        };
        let label = |label: &str, names_day| (label.to_owned(), names_day);
        assert_eq!(
            named(&Columns::plain(5.0, 50.0, 400)),
            [
                label("23:59:40", false),
                label("23:59:50", false),
                label("2024-01-03", true),
                label("00:00:10", false),
                label("00:00:20", false)
            ]
        );
        // A silence of six hours: the day begins in it.
        let silence = Silence { start: 5.0, end: 21_605.0 };
        let axis = TimeAxis::without(&[silence], 21_630.0);
        let found = named(&Columns::new(&axis, 0.0, axis.to_axis(21_625.0), 400));
        assert_eq!(found[0], label("23:59:30", false));
        assert_eq!(found[1], label("2024-01-03 05:59:40", true));
        assert!(
            found[2..].iter().all(|(label, names_day)| label.starts_with("05:59:") && !names_day),
            "{found:?}"
        );
    }

    #[test]
    fn no_tick_lies_in_a_cut_and_there_are_ticks_on_both_sides() {
        let axis = TimeAxis::without(&[Silence { start: 50.0, end: 1_050.0 }], 1_100.0);
        let ticks = ticks(&Columns::new(&axis, 0.0, axis.to_axis(1_100.0), 600), 80.0, &AxisTimes::default());
        let labels: Vec<_> =
            ticks.iter().map(|tick| tick.label.as_str()).filter(|label| !label.is_empty()).collect();
        assert_eq!(labels, ["00:00", "00:15", "00:30", "00:45", "17:30", "17:45", "18:00", "18:15"]);
        assert!(ticks.iter().all(|tick| tick.secs <= 50.0 || tick.secs >= 1_050.0));
    }

    #[test]
    fn texts_never_lie_over_each_other_and_the_graver_ones_come_first() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..200 {
            let mut text = || {
                let left = random.f32() * 1_000.0 - 50.0;
                Wanted { left, right: left + 10.0 + random.f32() * 120.0, rank: random.u8(0..4) }
            };
            let texts: Vec<Wanted> = (0..60).map(|_| text()).collect();
            let room = with_room(&texts, 0.0, 900.0);
            let placed: Vec<&Wanted> =
                texts.iter().zip(&room).filter(|(_, room)| **room).map(|(text, _)| text).collect();
            for (at, a) in placed.iter().enumerate() {
                assert!(a.left >= 0.0 && a.right <= 900.0);
                assert!(placed[at + 1..].iter().all(|b| a.right < b.left || b.right < a.left));
            }
            let gravest = texts
                .iter()
                .filter(|text| text.left >= 0.0 && text.right <= 900.0)
                .map(|text| text.rank)
                .max();
            assert_eq!(placed.iter().map(|text| text.rank).max(), gravest);
        }
    }

    #[test]
    fn ticks_never_crowd_and_never_leave_the_view() {
        for end in [0.02, 0.3, 1.0, 59.0, 3_600.0, 1e5, 1e7, 1e11, 1e15] {
            for pixels in [1.0, 50.0, 333.0, 2_000.0] {
                let columns = Columns::plain(-0.1 * end, end, pixels as usize);
                let ticks = ticks(&columns, 70.0, &AxisTimes::default());
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
            [(1.0, 1.0, 100), (f64::NAN, 1.0, 100), (0.0, f64::INFINITY, 100), (0.0, 1.0, 0)]
        {
            assert_eq!(ticks(&Columns::plain(start, end, pixels), 80.0, &AxisTimes::default()), []);
        }
    }

    #[test]
    fn rounding_carries_into_minutes_and_no_zero_is_negative() {
        assert_eq!(elapsed(59.9996, 0.001), "01:00.000");
        assert_eq!(elapsed(-0.0001, 0.1), "00:00.0");
        assert_eq!(elapsed(90_061.0, 1.0), "1 d 01:01:01");
    }
}

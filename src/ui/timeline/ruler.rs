//! Ticks of a time axis, and elapsed time in words.

use crate::metrics::time_axis::Columns;
use crate::ui::axis_times::AxisTimes;
use crate::ui::text::fill;

/// A tick of the ruler.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Seconds since the session's origin.
    pub secs: f64,
    /// What stands there; empty on a small tick.
    pub label: String,
    /// The day of what stands there; `None` on a small tick, and where times are elapsed.
    pub day: Option<String>,
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
/// clock that is shown has round times; none lies in a cut.
#[must_use]
pub fn ticks(columns: &Columns<'_>, label_gap: f64, times: &AxisTimes) -> Vec<Tick> {
    let Some(width) = columns.width().filter(|_| label_gap >= 1.0) else { return Vec::new() };
    let (step, parts) = step(width * label_gap);
    let small = step / f64::from(parts);
    let mut ticks: Vec<Tick> = Vec::new();
    for (start, end) in columns.stretches() {
        let shift = times.shift_secs(start);
        let (first, last) = (((start + shift) / small).ceil(), ((end + shift) / small).floor());
        // At most one tick per pixel, whatever the numbers are.
        let room = columns.len().saturating_sub(ticks.len());
        let n_ticks = (last - first + 1.0).clamp(0.0, room as f64) as u32;
        ticks.extend((0..n_ticks).map(|index| {
            let number = first + f64::from(index);
            let secs = number * small - shift;
            if number.rem_euclid(f64::from(parts)) == 0.0 {
                Tick { secs, label: times.tick(secs, step), day: times.day(secs) }
            } else {
                Tick { secs, label: String::new(), day: None }
            }
        }));
    }
    ticks
}

/// Free room between two texts.
const TEXT_GAP: f32 = 6.0;

/// The room that a text takes: left and right edge.
pub type Room = (f32, f32);

/// Takes a room, unless it lies over one that is taken or beyond the edges.
pub fn take(taken: &mut Vec<Room>, room: Room, edges: Room) -> bool {
    let is_inside = room.0 >= edges.0 && room.1 <= edges.1;
    let is_free = |other: &Room| room.1 + TEXT_GAP <= other.0 || other.1 + TEXT_GAP <= room.0;
    let has_room = is_inside && taken.iter().all(is_free);
    if has_room {
        taken.push(room);
    }
    has_room
}

/// What is written at ticks, by their index: none over another, none over what is `taken`, none beyond the edges. The
/// first text of another day than `day` says which day it is, and comes before the others.
#[must_use]
pub fn texts(
    ticks: &[Tick],
    x_of: impl Fn(f64) -> f32,
    width_of: impl Fn(&str) -> f32,
    day: Option<&str>,
    taken: &mut Vec<Room>,
    edges: Room,
) -> Vec<(usize, String)> {
    let mut has_room = |tick: &Tick, text: &str| {
        let (x, half) = (x_of(tick.secs), width_of(text) / 2.0);
        take(taken, (x - half, x + half), edges)
    };
    let labelled = || ticks.iter().enumerate().filter(|(_, tick)| !tick.label.is_empty());
    let mut texts: Vec<(usize, String)> = Vec::new();
    let mut named = day;
    for (index, tick) in labelled().filter(|(_, tick)| tick.day.is_some()) {
        if tick.day.as_deref() != named {
            let day = tick.day.clone().unwrap_or_default();
            let text = if day == tick.label { day } else { format!("{day} {}", tick.label) };
            if has_room(tick, &text) {
                texts.push((index, text));
                named = tick.day.as_deref();
            }
        }
    }
    let naming = texts.clone();
    let mut naming = naming.iter().map(|(index, _)| *index).peekable();
    let mut named = day;
    for (index, tick) in labelled() {
        if naming.next_if_eq(&index).is_some() {
            named = tick.day.as_deref();
        } else if tick.day.as_deref().is_none_or(|day| named == Some(day)) && has_room(tick, &tick.label) {
            texts.push((index, tick.label.clone()));
        }
    }
    texts
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
    let days_text = || fill("timeline.days", &[("n", days.to_string())]);
    match (days, hours) {
        (0, 0) => format!("{sign}{minutes:02}:{seconds:02}{fraction}"),
        (0, _) => format!("{sign}{hours}:{minutes:02}:{seconds:02}{fraction}"),
        _ if step >= 86_400.0 => format!("{sign}{}", days_text()),
        _ if step >= 60.0 => format!("{sign}{} {hours:02}:{minutes:02}", days_text()),
        _ => format!("{sign}{} {hours:02}:{minutes:02}:{seconds:02}{fraction}", days_text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::prefs::Language;
    use crate::metrics::silences::Silence;
    use crate::metrics::time_axis::TimeAxis;
    use crate::model::clock::TsMillis;
    use crate::ui::text::speak;

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

    /// What is written on 400 points, a letter being six wide.
    fn written(columns: &Columns<'_>, times: &AxisTimes, day: Option<&str>) -> Vec<String> {
        let ticks = ticks(columns, 80.0, times);
        let x_of = |secs| {
            ((columns.axis().to_axis(secs) - columns.axis().to_axis(columns.start()))
                / columns.width().unwrap_or(1.0)) as f32
        };
        let width_of = |text: &str| text.chars().count() as f32 * 6.0;
        let mut texts = texts(&ticks, x_of, width_of, day, &mut Vec::new(), (0.0, 400.0));
        texts.sort();
        texts.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn another_day_is_named_where_it_begins() {
        // 23:59:30.
        let times = AxisTimes::utc(TsMillis(1_704_239_970_000));
        let today = Some("2024-01-02");
        let columns = Columns::plain(5.0, 55.0, 400);
        assert_eq!(
            written(&columns, &times, today),
            ["23:59:40", "23:59:50", "2024-01-03", "00:00:10", "00:00:20"]
        );
        assert!(
            written(&columns, &times, None)[0].starts_with("2024-01-02 23:59:"),
            "nothing says the day so far"
        );
        // A silence of six hours: the day begins in it.
        let axis = TimeAxis::without(&[Silence { start: 5.0, end: 21_605.0 }], 21_660.0);
        let columns = Columns::new(&axis, 0.0, axis.to_axis(21_655.0), 400);
        assert_eq!(written(&columns, &times, today), ["2024-01-03 05:59:45", "06:00:00", "06:00:15"]);
        // Elapsed time knows no days.
        assert_eq!(written(&Columns::plain(5.0, 25.0, 400), &AxisTimes::default(), None)[0], "00:10");
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
    fn at_every_zoom_no_text_lies_over_another_and_no_day_is_left_unsaid() {
        let mut random = fastrand::Rng::with_seed(5);
        for round in 0..2_000 {
            let last = 10_f64.powf(random.f64() * 9.0 - 1.0);
            let mut silences = Vec::new();
            let mut at = last * random.f64() * 0.2;
            while round % 2 == 0 && silences.len() < 6 && at < last {
                let end = at + 60.0 + random.f64() * last;
                silences.push(Silence { start: at, end });
                at = end + random.f64() * last * 0.2;
            }
            let axis = TimeAxis::without(&silences, last.max(at));
            let whole = axis.to_axis(last.max(at));
            let from = random.f64() * 0.9 * whole;
            let columns = Columns::new(&axis, from, from + (whole - from) * random.f64().max(1e-3), 400);
            let times = AxisTimes::utc(TsMillis(1_704_239_970_000 + random.i64(0..1_000_000_000)));
            let ticks = ticks(&columns, 80.0, &times);
            let width = columns.width().unwrap_or(1.0);
            let x_of = |secs| ((axis.to_axis(secs) - from) / width) as f32;
            let width_of = |text: &str| text.chars().count() as f32 * 6.0;
            let day = times.day(columns.start());
            let fixed = (random.f32() * 300.0, 0.0);
            let mut taken: Vec<Room> = vec![(fixed.0, fixed.0 + 60.0)];
            let mut texts = texts(&ticks, x_of, width_of, day.as_deref(), &mut taken, (0.0, 400.0));
            assert_eq!(taken.len(), texts.len() + 1);
            for (at, a) in taken.iter().enumerate() {
                assert!(taken[at + 1..].iter().all(|b| a.1 < b.0 || b.1 < a.0), "{taken:?}");
            }
            texts.sort();
            let mut said = day.clone();
            for (index, text) in texts {
                if text.contains('-') {
                    said = Some(text[..10].to_owned());
                }
                assert_eq!(ticks[index].day, said, "{text}");
            }
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
        speak(Language::French);
        assert_eq!(elapsed(90_061.0, 60.0), "1\u{a0}j 01:01");
        speak(Language::English);
    }
}

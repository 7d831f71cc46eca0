//! Times as text. Every text says its clock by the place in which it stands; nothing here asks the time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::clock::TsMillis;

/// Seconds since the start of a session: `+1:02:03.456`, shorter where there are no hours.
#[must_use]
pub fn elapsed(secs: f64) -> String {
    if !secs.is_finite() {
        return "?".to_owned();
    }
    let millis = (secs.abs() * 1000.0).round().min(9e15) as u64;
    let (whole, rest) = (millis / 1000, millis % 1000);
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let sign = if secs < 0.0 && millis > 0 { '-' } else { '+' };
    if hours > 0 {
        format!("{sign}{hours}:{minutes:02}:{seconds:02}.{rest:03}")
    } else {
        format!("{sign}{minutes:02}:{seconds:02}.{rest:03}")
    }
}

/// A length: `90 s`, `1 h 02 min`, `3 min 05 s`.
#[must_use]
pub fn length(secs: f64) -> String {
    if !secs.is_finite() || secs < 0.0 {
        return "?".to_owned();
    }
    let whole = secs.round().min(9e15) as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// A difference of two stamps: `+10.000`, `-0.500`, seconds.
#[must_use]
pub fn gap(millis: i64) -> String {
    format!("{:+.3}", millis as f64 / 1000.0)
}

/// A playhead in seconds.
#[must_use]
pub fn playhead(secs: f64) -> String {
    format!("{secs:.3}")
}

/// A stamp in UTC: `2024-01-02 12:00:00.000`; the bare number where that is no date.
#[must_use]
pub fn utc(ts: TsMillis) -> String {
    format(ts, "%Y-%m-%d %H:%M:%S%.3f")
}

/// The time of day in UTC: `12:00:00.000`.
#[must_use]
pub fn utc_time(ts: TsMillis) -> String {
    format(ts, "%H:%M:%S%.3f")
}

/// Day and minute in UTC: `2024-01-02 12:00`.
#[must_use]
pub fn utc_minute(ts: TsMillis) -> String {
    format(ts, "%Y-%m-%d %H:%M")
}

/// The day in a zone: `2024-01-02`; the bare number where that is no date.
#[must_use]
pub fn day(ts: TsMillis, zone: &TimeZone) -> String {
    format_in(ts, zone, "%Y-%m-%d")
}

/// The time of day in a zone, as exact as steps of so many seconds need: `12:00`, `12:00:00`, `12:00:00.25`.
#[must_use]
pub fn time_of_day(ts: TsMillis, zone: &TimeZone, step_secs: f64) -> String {
    let pattern = match step_secs {
        step if step >= 60.0 => "%H:%M",
        step if step >= 1.0 => "%H:%M:%S",
        step if step >= 0.1 => "%H:%M:%S%.1f",
        step if step >= 0.01 => "%H:%M:%S%.2f",
        _ => "%H:%M:%S%.3f",
    };
    format_in(ts, zone, pattern)
}

/// How far the clocks of a zone are before UTC at a time; 0 where that is no date.
#[must_use]
pub fn offset_secs(ts: TsMillis, zone: &TimeZone) -> i32 {
    Timestamp::from_millisecond(ts.0).map_or(0, |stamp| zone.to_offset(stamp).seconds())
}

fn format(ts: TsMillis, pattern: &str) -> String {
    format_in(ts, &TimeZone::UTC, pattern)
}

fn format_in(ts: TsMillis, zone: &TimeZone, pattern: &str) -> String {
    match Timestamp::from_millisecond(ts.0) {
        Ok(stamp) => stamp.to_zoned(zone.clone()).strftime(pattern).to_string(),
        Err(_) => ts.0.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_read_them() {
        let table = [
            (elapsed(0.0), "+00:00.000"),
            (elapsed(61.5), "+01:01.500"),
            (elapsed(-0.25), "-00:00.250"),
            (elapsed(3723.456), "+1:02:03.456"),
            (elapsed(f64::NAN), "?"),
            (length(59.6), "1 min 00 s"),
            (length(7260.0), "2 h 01 min"),
            (gap(-500), "-0.500"),
            (utc(TsMillis(1_704_196_800_000)), "2024-01-02 12:00:00.000"),
            (utc_time(TsMillis(1_704_196_800_020)), "12:00:00.020"),
            (utc(TsMillis(i64::MAX)), "9223372036854775807"),
        ];
        for (written, expected) in table {
            assert_eq!(written, expected);
        }
    }
}

//! How the times of a session are written: one choice for ruler, plot, table and status bar.

use jiff::tz::TimeZone;

use super::cx::SessionCx;
use super::timeline::ruler;
use super::widgets::time_label;
use crate::app::prefs::AxisClock;
use crate::model::clock::TsMillis;

/// Writes seconds since the origin of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisTimes {
    clock: AxisClock,
    /// Second 0; `None`: times are written as elapsed.
    origin: Option<TsMillis>,
    /// Whose time of day is written.
    zone: TimeZone,
}

impl Default for AxisTimes {
    /// Elapsed.
    fn default() -> Self {
        AxisTimes { clock: AxisClock::Elapsed, origin: None, zone: TimeZone::UTC }
    }
}

impl AxisTimes {
    /// As chosen; elapsed where the session has no time of its own.
    #[must_use]
    pub fn of(cx: &SessionCx<'_>) -> AxisTimes {
        let state = cx.app.state;
        match (state.prefs.clock, cx.times().origin) {
            (AxisClock::Elapsed, _) | (_, None) => AxisTimes::default(),
            (AxisClock::Utc, Some(origin)) => AxisTimes::utc(origin),
            (AxisClock::Local, Some(origin)) => AxisTimes::local(origin, state.zone.0.clone()),
        }
    }

    /// In UTC, with this second 0.
    #[must_use]
    pub const fn utc(origin: TsMillis) -> AxisTimes {
        AxisTimes { clock: AxisClock::Utc, origin: Some(origin), zone: TimeZone::UTC }
    }

    /// In the time of a zone, with this second 0.
    #[must_use]
    pub const fn local(origin: TsMillis, zone: TimeZone) -> AxisTimes {
        AxisTimes { clock: AxisClock::Local, origin: Some(origin), zone }
    }

    /// How times are written.
    #[must_use]
    pub const fn clock(&self) -> AxisClock {
        self.clock
    }

    /// Seconds from where the clock shows a round time to second 0, as far as the zone has it at a time.
    #[must_use]
    pub fn shift_secs(&self, at_secs: f64) -> f64 {
        let Some(origin) = self.origin else { return 0.0 };
        let offset = self.ts(at_secs).map_or(0, |ts| time_label::offset_secs(ts, &self.zone));
        origin.0 as f64 / 1000.0 + f64::from(offset)
    }

    /// The day of a time; `None` where times are elapsed.
    #[must_use]
    pub fn day(&self, secs: f64) -> Option<String> {
        Some(time_label::day(self.ts(secs)?, &self.zone))
    }

    /// What stands at a tick, where ticks lie `step` seconds apart: at midnight the day.
    #[must_use]
    pub fn tick(&self, secs: f64, step: f64) -> String {
        let Some(ts) = self.ts(secs) else { return ruler::elapsed(secs, step) };
        let time = time_label::time_of_day(ts, &self.zone, step);
        let is_midnight = time.bytes().all(|letter| matches!(letter, b'0' | b':' | b'.'));
        if step >= 86_400.0 || is_midnight { time_label::day(ts, &self.zone) } else { time }
    }

    /// A time at the pointer, to a tenth of a second.
    #[must_use]
    pub fn tenths(&self, secs: f64) -> String {
        match self.ts(secs) {
            Some(ts) => time_label::time_of_day(ts, &self.zone, 0.1),
            None => ruler::elapsed(secs, 0.1),
        }
    }

    /// A time as exact as `ts` is.
    #[must_use]
    pub fn exact(&self, secs: f64) -> String {
        self.ts(secs)
            .map_or_else(|| time_label::elapsed(secs), |ts| time_label::time_of_day(ts, &self.zone, 0.001))
    }

    fn ts(&self, secs: f64) -> Option<TsMillis> {
        let origin = self.origin?;
        // Far outside of all dates stays outside: the number itself is written.
        Some(TsMillis(origin.0.saturating_add((secs * 1000.0).round() as i64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-02 12:00:00.250 UTC.
    const ORIGIN: TsMillis = TsMillis(1_704_196_800_250);
    const NOON: AxisTimes = AxisTimes::utc(ORIGIN);

    /// Five and a half hours before UTC, as in Mumbai.
    fn in_mumbai() -> AxisTimes {
        AxisTimes::local(
            ORIGIN,
            TimeZone::fixed(jiff::tz::offset(5).saturating_add(jiff::Span::new().minutes(30))),
        )
    }

    #[test]
    fn utc_is_as_exact_as_the_ticks_and_midnight_is_a_date() {
        for (secs, step, expected) in [
            (-0.25, 60.0, "12:00"),
            (4.75, 5.0, "12:00:05"),
            (0.0, 0.05, "12:00:00.25"),
            (0.0, 0.002, "12:00:00.250"),
            (43_199.75, 3_600.0, "2024-01-03"),
            (129_599.75, 86_400.0, "2024-01-04"),
        ] {
            assert_eq!(NOON.tick(secs, step), expected, "{secs} by {step}");
        }
        assert_eq!(AxisTimes::default().tick(65.0, 5.0), "01:05");
    }

    #[test]
    fn one_switch_changes_every_way_of_writing() {
        assert_eq!((NOON.tenths(61.5).as_str(), NOON.exact(61.5).as_str()), ("12:01:01.7", "12:01:01.750"));
        let elapsed = AxisTimes::default();
        assert_eq!((elapsed.tenths(61.5).as_str(), elapsed.exact(61.5).as_str()), ("01:01.5", "+01:01.500"));
        let local = in_mumbai();
        assert_eq!((local.tenths(61.5).as_str(), local.exact(61.5).as_str()), ("17:31:01.7", "17:31:01.750"));
        assert_eq!(local.day(7.0 * 3_600.0).as_deref(), Some("2024-01-03"));
        assert_eq!(elapsed.day(7.0), None);
    }

    #[test]
    fn round_times_of_a_zone_are_those_of_its_clock() {
        let local = in_mumbai();
        // 18:00 there.
        let secs = 1_799.75;
        assert_eq!(local.tick(secs, 3_600.0), "18:00");
        assert_eq!((secs + local.shift_secs(secs)).rem_euclid(3_600.0), 0.0);
    }

    #[test]
    fn what_is_no_date_is_written_without_failing() {
        for secs in [f64::NAN, f64::INFINITY, -1e300] {
            for times in [NOON, in_mumbai()] {
                assert!(!times.exact(secs).is_empty() && !times.tick(secs, 1.0).is_empty());
                assert!(times.shift_secs(secs).is_finite());
            }
        }
    }
}

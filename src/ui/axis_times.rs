//! How the times of a session are written: one choice for ruler, plot, table and status bar.

use super::cx::SessionCx;
use super::timeline::ruler;
use super::widgets::time_label;
use crate::app::prefs::AxisClock;
use crate::model::clock::TsMillis;

/// Writes seconds since the origin of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AxisTimes {
    /// Second 0, where times are written in UTC; `None`: they are written as elapsed.
    origin: Option<TsMillis>,
}

impl AxisTimes {
    /// As chosen; elapsed where the session has no time of its own.
    #[must_use]
    pub fn of(cx: &SessionCx<'_>) -> AxisTimes {
        match cx.app.state.prefs.clock {
            AxisClock::Elapsed => AxisTimes::default(),
            AxisClock::Utc => AxisTimes { origin: cx.times().origin },
        }
    }

    /// In UTC, with this second 0.
    #[must_use]
    pub const fn utc(origin: TsMillis) -> AxisTimes {
        AxisTimes { origin: Some(origin) }
    }

    /// True when times are written in UTC.
    #[must_use]
    pub const fn is_utc(self) -> bool {
        self.origin.is_some()
    }

    /// Seconds from where the clock shows a round time to second 0.
    #[must_use]
    pub fn shift_secs(self) -> f64 {
        self.origin.map_or(0.0, |origin| origin.0 as f64 / 1000.0)
    }

    /// What stands at a tick, where ticks lie `step` seconds apart.
    #[must_use]
    pub fn tick(self, secs: f64, step: f64) -> String {
        let Some(ts) = self.ts(secs) else { return ruler::elapsed(secs, step) };
        if step >= 86_400.0 || ts.0.rem_euclid(86_400_000) == 0 {
            time_label::utc_day(ts)
        } else if step >= 60.0 {
            time_label::utc_minute_of_day(ts)
        } else if step >= 1.0 {
            time_label::utc_second(ts)
        } else {
            time_label::utc_time(ts)
        }
    }

    /// A time at the pointer, to a tenth of a second.
    #[must_use]
    pub fn tenths(self, secs: f64) -> String {
        match self.ts(secs) {
            Some(ts) => time_label::utc_tenths(ts),
            None => ruler::elapsed(secs, 0.1),
        }
    }

    /// A time as exact as `ts` is.
    #[must_use]
    pub fn exact(self, secs: f64) -> String {
        self.ts(secs).map_or_else(|| time_label::elapsed(secs), time_label::utc_time)
    }

    fn ts(self, secs: f64) -> Option<TsMillis> {
        let origin = self.origin?;
        // Far outside of all dates stays outside: the number itself is written.
        Some(TsMillis(origin.0.saturating_add((secs * 1000.0).round() as i64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-02 12:00:00.250 UTC.
    const NOON: AxisTimes = AxisTimes::utc(TsMillis(1_704_196_800_250));

    #[test]
    fn utc_is_as_exact_as_the_ticks_and_midnight_is_a_date() {
        for (secs, step, expected) in [
            (-0.25, 60.0, "12:00"),
            (4.75, 5.0, "12:00:05"),
            (0.0, 0.05, "12:00:00.250"),
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
    }

    #[test]
    fn what_is_no_date_is_written_without_failing() {
        for secs in [f64::NAN, f64::INFINITY, -1e300] {
            assert!(!NOON.exact(secs).is_empty() && !NOON.tick(secs, 1.0).is_empty());
        }
    }
}

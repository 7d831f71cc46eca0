//! The three clocks, never mixed.
//!
//! *Received* is when the request reached us or the recorder, *ts* is the client's own
//! clock (`playerTime.ts`), *playhead* is the position in the media (`playerTime.playhead`).
//! Most bugs are disagreements between two of them.

use serde::{Deserialize, Serialize};

use super::limits::{YEAR_2000_MILLIS, YEAR_2100_MILLIS};

/// Which of the three clocks a value, an axis or a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Clock {
    /// When the request arrived, by the recorder's clock.
    Received,
    /// The client's clock in the event.
    Ts,
    /// The position in the media.
    Playhead,
}

/// The client's clock: milliseconds since 1970-01-01 UTC (`playerTime.ts`, integer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TsMillis(pub i64);

/// The unit in which a number is plausible as the time since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TsUnit {
    /// Seconds (T010).
    Seconds,
    /// Milliseconds, as asked, or nothing plausible.
    Millis,
    /// Microseconds or nanoseconds (T011).
    Finer,
}

impl TsMillis {
    /// The unit in which the number is plausible.
    #[must_use]
    pub const fn unit(self) -> TsUnit {
        if self.looks_like_seconds() {
            TsUnit::Seconds
        } else if self.looks_finer_than_millis() {
            TsUnit::Finer
        } else {
            TsUnit::Millis
        }
    }

    /// Milliseconds from `earlier` to `self`, negative when `self` is the earlier one.
    #[must_use]
    pub const fn millis_since(self, earlier: TsMillis) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Seconds from `earlier` to `self`, negative when `self` is the earlier one.
    #[must_use]
    pub fn secs_since(self, earlier: TsMillis) -> f64 {
        self.millis_since(earlier) as f64 / 1000.0
    }

    /// True when the number is plausible as seconds since 1970 (2000 to 2099), not as milliseconds.
    #[must_use]
    pub const fn looks_like_seconds(self) -> bool {
        self.0 >= YEAR_2000_MILLIS / 1000 && self.0 < YEAR_2100_MILLIS / 1000
    }

    /// True when the number is plausible as microseconds or nanoseconds since 1970 (2000 to 2099).
    #[must_use]
    pub const fn looks_finer_than_millis(self) -> bool {
        let micros = self.0 >= YEAR_2000_MILLIS * 1000 && self.0 < YEAR_2100_MILLIS * 1000;
        let nanos = self.0 >= YEAR_2000_MILLIS * 1_000_000 && self.0 < YEAR_2100_MILLIS * 1_000_000;
        micros || nanos
    }
}

/// The position in the media: seconds, fraction allowed (`playerTime.playhead`).
/// Recorded content counts from its start, live content is the second of the UTC day.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct PlayheadSecs(pub f64);

/// When a request arrived: microseconds since 1970-01-01 UTC, by the recorder's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReceivedAt(pub i64);

impl ReceivedAt {
    /// The instant `millis` milliseconds after 1970-01-01 UTC.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// Whole milliseconds since 1970-01-01 UTC, rounded down.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Seconds from `earlier` to `self`.
    #[must_use]
    pub fn secs_since(self, earlier: ReceivedAt) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / 1_000_000.0
    }
}

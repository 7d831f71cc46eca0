//! The time zone of where the window is: told by the outside, for nothing here asks for it.

use jiff::tz::TimeZone;

/// A time zone; UTC until another one is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(pub TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Zone(TimeZone::UTC)
    }
}

//! Quality over a session: where bitrate, dropped frames and time to start took another value.
//!
//! Players repeat the values on every ping or send them only when they changed; either way only changes are kept. A
//! value of the wrong type or below zero is no value (S005, S009).

use super::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::json;
use crate::model::policy::QoePlace;
use crate::model::session::Session;
use crate::model::table::EventFlags;

/// A value that differs from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Position of the event that carries it first.
    pub at: u32,
    /// The value.
    pub value: u64,
}

/// The changes of each value, by position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quality {
    /// `media.qoe.bitrate`, in the unit that was sent.
    pub bitrate: Vec<Change>,
    /// `media.qoe.droppedFrames`.
    pub dropped_frames: Vec<Change>,
    /// `media.qoe.timeToStart`, milliseconds as documented.
    pub time_to_start: Vec<Change>,
    /// Positions of the `bitrateChange`s that carry a bitrate, a new one or not.
    pub bitrate_changes: Vec<u32>,
}

impl Quality {
    /// Reads the events of a session that carry quality values; `place` says whether those in `params` count (D3).
    #[must_use]
    pub fn of(capture: &Capture, session: &Session, lanes: &Lanes, place: QoePlace) -> Quality {
        let members: &[&str] = match place {
            QoePlace::QoeDataOnly => &["qoeData"],
            QoePlace::AlsoParams => &["params", "qoeData"],
        };
        let mut quality = Quality::default();
        for (at, id) in (0..).zip(lanes.in_judged_order(session)) {
            let Some(event) = capture.event(id) else { continue };
            if !event.row().flags.has(EventFlags::QUALITY) {
                continue;
            }
            let mut values = Values::default();
            for member in members {
                event.each_member(member, |key, value| values.take(key, value));
            }
            quality.take(at, event.event_type(), &values);
        }
        quality
    }

    fn take(&mut self, at: u32, event_type: Option<EventType>, values: &Values) {
        if values.bitrate.is_some() && event_type == Some(EventType::BitrateChange) {
            self.bitrate_changes.push(at);
        }
        note(&mut self.bitrate, at, values.bitrate);
        note(&mut self.dropped_frames, at, values.dropped_frames);
        note(&mut self.time_to_start, at, values.time_to_start);
    }
}

/// The values of one event; of a key that is there twice the last counts.
#[derive(Debug, Default)]
struct Values {
    bitrate: Option<u64>,
    dropped_frames: Option<u64>,
    time_to_start: Option<u64>,
}

impl Values {
    fn take(&mut self, key: &[u8], value: &[u8]) {
        let place = match key {
            b"media.qoe.bitrate" => &mut self.bitrate,
            b"media.qoe.droppedFrames" => &mut self.dropped_frames,
            b"media.qoe.timeToStart" => &mut self.time_to_start,
            _ => return,
        };
        *place = whole(value);
    }
}

/// A whole number from 0 on, however it is written.
fn whole(value: &[u8]) -> Option<u64> {
    let plain = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
    plain.or_else(|| {
        let number = json::number(value).filter(|number| *number >= 0.0 && number.fract() == 0.0)?;
        Some(number as u64)
    })
}

fn note(changes: &mut Vec<Change>, at: u32, value: Option<u64>) {
    if let Some(value) = value
        && changes.last().is_none_or(|last| last.value != value)
    {
        changes.push(Change { at, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_kept_and_what_is_no_whole_number_is_none() {
        let mut quality = Quality::default();
        let rows = ["800", "800.0", "\"900\"", "-1", "2.5", "null", "1.2e3"];
        for (at, value) in (0..).zip(rows) {
            let mut values = Values::default();
            values.take(b"media.qoe.bitrate", value.as_bytes());
            quality.take(at, Some(EventType::BitrateChange), &values);
        }
        assert_eq!(quality.bitrate_changes, [0, 1, 6]);
        assert_eq!(quality.bitrate, [Change { at: 0, value: 800 }, Change { at: 6, value: 1200 }]);
        assert!(quality.dropped_frames.is_empty() && quality.time_to_start.is_empty());
    }
}

//! Where the playhead of a notation session stands by default, and the counters that parameters are filled from.

use crate::model::event_type::EventType;
use crate::model::limits::SECONDS_OF_DAY;

pub(super) const DAY_SECS: f64 = SECONDS_OF_DAY;

/// What is known when an event happens: enough to fill in its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// Position of the main content, seconds.
    pub playhead: f64,
    /// Number of the latest ad break, from 1.
    pub pod_index: u32,
    /// Number of the latest ad in its break, from 1.
    pub pod_position: u32,
    /// Number of the latest chapter, from 1.
    pub chapter_index: u32,
    /// Number of the latest bitrate change, from 1.
    pub bitrate_change: u32,
}

/// Walks over the events in the order in which they happen. The playhead moves while main content plays: not
/// before the first `play`, in a pause or buffer, in an ad or break, nor after the end.
#[derive(Debug)]
pub(super) struct Playback {
    now: Moment,
    offset: f64,
    rate: f64,
    wraps_at_midnight: bool,
    is_playing: bool,
    in_break: bool,
    in_ad: bool,
    is_over: bool,
}

impl Playback {
    pub fn new(playhead: f64, rate: f64, wraps_at_midnight: bool) -> Self {
        Self {
            now: Moment { playhead, pod_index: 0, pod_position: 0, chapter_index: 0, bitrate_change: 0 },
            offset: f64::NEG_INFINITY,
            rate,
            wraps_at_midnight,
            is_playing: false,
            in_break: false,
            in_ad: false,
            is_over: false,
        }
    }

    /// Goes on to the event at `offset`; `playhead` is what its line says of it.
    pub fn step(&mut self, offset: f64, event_type: Option<EventType>, playhead: Option<f64>) -> Moment {
        if self.is_playing && !self.in_break && !self.in_ad && !self.is_over {
            self.now.playhead += (offset - self.offset) * self.rate;
            if self.wraps_at_midnight {
                self.now.playhead = self.now.playhead.rem_euclid(DAY_SECS);
            }
        }
        self.offset = offset;
        if let Some(playhead) = playhead {
            self.now.playhead = playhead;
        }
        if let Some(event_type) = event_type {
            self.change(event_type);
        }
        self.moment()
    }

    /// What is known now; the playhead in whole milliseconds.
    pub fn moment(&self) -> Moment {
        Moment { playhead: (self.now.playhead * 1000.0).round() / 1000.0, ..self.now }
    }

    fn change(&mut self, event_type: EventType) {
        let in_ads = self.in_break || self.in_ad;
        match event_type {
            EventType::SessionStart => {
                self.is_playing = false;
                self.is_over = false;
            }
            // In a break these are about the ad: what the main content did before goes on afterwards.
            EventType::Play if !in_ads => self.is_playing = true,
            EventType::PauseStart | EventType::BufferStart if !in_ads => self.is_playing = false,
            EventType::AdBreakStart => {
                self.in_break = true;
                self.now.pod_index += 1;
                self.now.pod_position = 0;
            }
            EventType::AdBreakComplete => (self.in_break, self.in_ad) = (false, false),
            EventType::AdStart => {
                self.in_ad = true;
                self.now.pod_position += 1;
            }
            EventType::AdComplete | EventType::AdSkip => self.in_ad = false,
            EventType::ChapterStart => self.now.chapter_index += 1,
            EventType::BitrateChange => self.now.bitrate_change += 1,
            EventType::SessionComplete | EventType::SessionEnd => self.is_over = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EventType::{
        AdBreakComplete, AdBreakStart, AdComplete, AdStart, BufferStart, PauseStart, Ping, Play, SessionStart,
    };

    fn playheads(events: &[(f64, EventType)]) -> Vec<f64> {
        let mut playback = Playback::new(0.0, 1.0, false);
        events
            .iter()
            .map(|(offset, event_type)| playback.step(*offset, Some(*event_type), None).playhead)
            .collect()
    }

    #[test]
    fn the_playhead_follows_play_time() {
        // The first timeline of the documentation, shortened.
        let events = [
            (0.0, SessionStart),
            (0.0, AdBreakStart),
            (0.0, AdStart),
            (15.0, Ping),
            (22.0, AdComplete),
            (22.0, AdBreakComplete),
            (22.0, Play),
            (30.0, Ping),
            (33.0, BufferStart),
            (36.0, Play),
            (46.0, AdBreakStart),
            (54.0, AdBreakComplete),
            (60.0, Ping),
            (64.0, PauseStart),
            (74.0, Play),
            (88.0, Ping),
        ];
        let expected = [0., 0., 0., 0., 0., 0., 0., 8., 11., 11., 21., 21., 27., 31., 31., 45.];
        assert_eq!(playheads(&events), expected);
    }

    #[test]
    fn a_live_playhead_wraps_at_midnight() {
        let mut playback = Playback::new(86_395.0, 1.0, true);
        playback.step(0.0, Some(Play), None);
        assert_eq!(playback.step(10.0, Some(Ping), None).playhead, 5.0);
    }
}

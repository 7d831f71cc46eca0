//! The player at work: its clocks, its ping timer, and what it has sent.

use serde_json::{Map, Value};

use super::habits::{Habit, Habits};
use super::random::Random;
use super::viewing::PlayedEvent;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;

/// Milliseconds of a day.
pub(super) const DAY_MILLIS: i64 = 86_400_000;
/// From one ping to the next.
const PING_MILLIS: i64 = 10_000;
/// The same in a stored session of the mobile SDKs (N9).
const STORED_PING_MILLIS: i64 = 50_000;
/// The same in ads of players that report them by the second (N8).
const GRANULAR_PING_MILLIS: i64 = 1000;
/// The coarsest tick of an SDK's timer (N7).
const LONGEST_TICK_MILLIS: i64 = 750;

/// What the playhead counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// Seconds into recorded content, or into a broadcast of known length.
    FromZero,
    /// The second of the day, UTC. `frozen_in_ads`: it stands still in breaks all the same.
    SecondOfDay { frozen_in_ads: bool },
}

/// The playback state of content or ad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Playback {
    Starting,
    Playing,
    Paused,
    Buffering,
}

/// A chapter of the content.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chapter {
    pub params: Map<String, Value>,
    pub ends_at: i64,
}

/// What is reported of quality.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quality {
    pub bitrate: i64,
    pub dropped_frames: i64,
    pub frames_per_second: i64,
    pub time_to_start: i64,
}

/// A player with everything that it remembers.
pub(super) struct Stage {
    pub random: Random,
    /// Switched on.
    pub habits: Habits,
    /// Seen to have an effect.
    pub used: Habits,
    pub counting: Counting,
    pub downloaded: bool,
    /// The player's clock, milliseconds since 1970.
    pub now: i64,
    /// Milliseconds into the content.
    pub position: i64,
    /// The furthest it has been.
    pub furthest: i64,
    /// Steps in which the playhead is reported, milliseconds.
    pub grain: i64,
    pub playback: Playback,
    pub in_break: bool,
    pub in_ad: bool,
    /// The frozen playhead of a break, seconds.
    pub frozen: Option<f64>,
    /// `sessionStart` and what precedes the first `play` say 0 (N5).
    pub position_unknown: bool,
    /// When the session began, and when the next ping falls due.
    pub began: i64,
    pub next_ping: i64,
    pub chapter: Option<Chapter>,
    pub n_chapters: i64,
    pub n_breaks: i64,
    /// Index of the first break and position of the first ad.
    pub pods_from: i64,
    pub positions_from: i64,
    /// Lengths of a pre-roll: of its ads and of all together.
    pub pre_roll: Vec<i64>,
    pub states: Vec<&'static str>,
    /// The client has ended one session and opened another.
    pub restarted: bool,
    pub quality: Quality,
    /// Sent in the session that is open.
    pub events: Vec<PlayedEvent>,
}

impl Stage {
    pub fn has(&self, habit: Habit) -> bool {
        self.habits.has(habit)
    }

    /// Adds an event at this moment.
    pub fn send(&mut self, event_type: EventType) -> &mut PlayedEvent {
        let shares = self.events.last().is_some_and(|last| last.ts.0 >= self.now);
        if shares && self.has(Habit::TiedStamps) {
            self.used.add(Habit::TiedStamps);
        } else if shares {
            self.run(1);
        }
        if matches!(event_type, EventType::Play | EventType::PauseStart | EventType::BufferStart) {
            self.restart_pings();
        }
        let event = PlayedEvent {
            event_type,
            ts: TsMillis(self.now),
            playhead: self.playhead(),
            params: Map::new(),
            qoe_data: Map::new(),
            custom_metadata: Map::new(),
            received_at: self.now,
            status: if event_type == EventType::SessionStart { 201 } else { 204 },
            answered_after_millis: 0,
        };
        let index = self.events.len();
        self.events.push(event);
        &mut self.events[index]
    }

    /// The playhead as the player reports it now, seconds.
    pub fn playhead(&mut self) -> f64 {
        if self.position_unknown {
            return 0.0;
        }
        if let Some(frozen) = self.frozen {
            return frozen;
        }
        match self.counting {
            Counting::SecondOfDay { .. } => (self.now.rem_euclid(DAY_MILLIS) / 1000) as f64,
            Counting::FromZero => {
                let millis = self.position - self.position % self.grain;
                let odd = self.has(Habit::OddNumbers) && self.grain == 1 && millis > 0;
                if odd {
                    self.used.add(Habit::OddNumbers);
                }
                millis as f64 / 1000.0 + if odd { 0.000_725_713 } else { 0.0 }
            }
        }
    }

    /// Lets time pass, with the pings that fall due.
    pub fn pass(&mut self, millis: i64) {
        let end = self.now + millis;
        while self.next_ping <= end {
            self.run((self.next_ping - self.now).max(0));
            self.ping();
        }
        self.run((end - self.now).max(0));
    }

    /// Lets time pass without a ping: a moment.
    pub fn run(&mut self, millis: i64) {
        self.now += millis;
        if self.playback == Playback::Playing && !self.in_break {
            self.position += millis;
            self.furthest = self.furthest.max(self.position);
        }
    }

    fn ping(&mut self) {
        let quality = self.random.one_in(8) && self.playback == Playback::Playing && !self.in_break;
        let early = self.playback == Playback::Starting || (self.in_break && !self.in_ad);
        if early || self.playback == Playback::Paused {
            self.used.add(Habit::EarlyPings);
        }
        if self.downloaded && self.has(Habit::SlowStoredPings) {
            self.used.add(Habit::SlowStoredPings);
        } else if self.in_ad && self.has(Habit::SlowAdPings) {
            self.used.add(Habit::SlowAdPings);
        }
        let qoe_data = if quality { self.quality_now() } else { Map::new() };
        self.send(EventType::Ping).qoe_data = qoe_data;
        self.restart_pings();
    }

    /// Counts the ping interval from now on, or from where the session began.
    pub fn restart_pings(&mut self) {
        let granular = self.in_ad && !self.has(Habit::SlowAdPings);
        let interval = match (self.downloaded && self.has(Habit::SlowStoredPings), granular) {
            (true, _) => STORED_PING_MILLIS,
            (false, true) => GRANULAR_PING_MILLIS,
            (false, false) => PING_MILLIS,
        };
        if granular {
            self.next_ping = self.now + interval;
        } else if self.has(Habit::RestartingPings) {
            self.used.add(Habit::RestartingPings);
            self.next_ping = self.now + interval + self.random.between(0, LONGEST_TICK_MILLIS);
        } else {
            let passed = self.now - self.began;
            self.next_ping = self.began + passed - passed.rem_euclid(interval) + interval;
        }
    }

    /// `qoeData` with everything known.
    pub fn quality_now(&self) -> Map<String, Value> {
        let quality = self.quality;
        let mut all = Map::new();
        all.insert("media.qoe.bitrate".to_owned(), quality.bitrate.into());
        all.insert("media.qoe.droppedFrames".to_owned(), quality.dropped_frames.into());
        all.insert("media.qoe.framesPerSecond".to_owned(), quality.frames_per_second.into());
        all.insert("media.qoe.timeToStart".to_owned(), quality.time_to_start.into());
        all
    }
}

/// `params` from pairs.
pub(super) fn params<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

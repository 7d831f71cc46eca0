//! How a session begins: the stage as it is set, `sessionStart`, and the way to playing content.

use serde_json::json;

use super::habits::{Habit, Habits};
use super::identity::Identity;
use super::random::Random;
use super::stage::{Counting, DAY_MILLIS, Playback, Quality, Stage, params};
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;

/// The earliest viewing: 2026-01-05 08:00 UTC.
const EARLIEST: i64 = 1_767_600_000_000;

impl Stage {
    /// A player that nobody has touched yet.
    pub(super) fn set(seed: u64, begins_at: Option<TsMillis>) -> Stage {
        let mut random = Random::new(seed);
        let habits = Habits::drawn(&mut random);
        let frozen_in_ads = random.coin();
        let day_restart = habits.has(Habit::DayRestart);
        let counting = match day_restart || random.one_in(4) {
            true => Counting::SecondOfDay { frozen_in_ads },
            false => Counting::FromZero,
        };
        let grain = [1, 10, 250][random.between(0, 2) as usize];
        let day = EARLIEST - EARLIEST.rem_euclid(DAY_MILLIS) + DAY_MILLIS * random.between(0, 300);
        let time_of_day = match habits.has(Habit::MidnightWrap) {
            true => DAY_MILLIS - random.between(5000, 120_000),
            false => random.between(0, DAY_MILLIS / 2),
        };
        let (pods_from, positions_from) = (i64::from(habits.has(Habit::PodsFromOne)), random.between(0, 1));
        let quality = Quality {
            bitrate: 3200,
            dropped_frames: 0,
            frames_per_second: 25,
            time_to_start: random.between(80, 4000),
        };
        Stage {
            random,
            habits,
            used: Habits::default(),
            counting,
            downloaded: false,
            now: begins_at.map_or(day + time_of_day, |begins_at| begins_at.0),
            position: 0,
            furthest: 0,
            grain,
            playback: Playback::Starting,
            in_break: false,
            in_ad: false,
            frozen: None,
            position_unknown: false,
            began: 0,
            next_ping: 0,
            chapter: None,
            n_chapters: 0,
            n_breaks: 0,
            pods_from,
            positions_from,
            pre_roll: Vec::new(),
            states: Vec::new(),
            restarted: false,
            quality,
            events: Vec::new(),
        }
    }

    /// Sends `sessionStart`; the length is filled in when the content was watched.
    pub(super) fn open(&mut self, identity: &Identity, resumes: bool, legacy_batch: bool) {
        self.events.clear();
        self.playback = Playback::Starting;
        self.began = self.now;
        self.n_breaks = 0;
        let elsewhere = resumes || self.counting != Counting::FromZero;
        if elsewhere && self.has(Habit::PositionAtPlay) {
            self.used.add(Habit::PositionAtPlay);
            self.position_unknown = true;
        }
        let (about, metadata) = (identity.params(self, resumes, legacy_batch), identity.metadata());
        let event = self.send(EventType::SessionStart);
        event.params = about;
        event.custom_metadata = metadata;
        self.restart_pings();
    }

    /// From `sessionStart` to playing content.
    pub(super) fn begin(&mut self) {
        self.hesitate();
        match self.random.between(0, 3) {
            0 | 1 => {
                self.ad_break();
                self.after_break(true);
            }
            2 => {
                self.halt(Playback::Buffering);
                let millis = self.random.between(100, 6000);
                self.pass(millis);
                self.first_play();
            }
            _ => self.first_play(),
        }
        self.play_again();
    }

    fn hesitate(&mut self) {
        let long = self.has(Habit::EarlyPings) && self.random.one_in(3);
        let millis = if long { self.random.between(9000, 25_000) } else { self.random.between(0, 2500) };
        self.pass(millis);
    }

    /// The first `play`: it brings the position, unless that comes with the second (N2).
    pub(super) fn first_play(&mut self) {
        let later = self.position_unknown && self.has(Habit::PlayAgain) && self.random.one_in(3);
        self.position_unknown = later;
        self.resume();
    }

    /// `play` again when content has run for a second (N2).
    pub(super) fn play_again(&mut self) {
        if self.has(Habit::PlayAgain) {
            self.used.add(Habit::PlayAgain);
            let millis = self.random.between(1000, 1750);
            self.pass(millis);
            self.position_unknown = false;
            self.send(EventType::Play);
        }
    }

    /// What a session that carries another on says first: what is open and active.
    pub(super) fn say_what_is_open(&mut self) {
        if let Some(chapter) = self.chapter.clone() {
            self.send(EventType::ChapterStart).params = chapter.params;
        }
        for name in self.states.clone() {
            self.send(EventType::StateStart).params = params([("media.state.name", json!(name))]);
        }
    }
}

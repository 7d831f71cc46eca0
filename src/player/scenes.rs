//! What happens to a viewer: scenes that begin and end in playing content.

use serde_json::json;

use super::habits::Habit;
use super::stage::{Chapter, Counting, Playback, Stage, params};
use crate::model::event_type::EventType;

/// Player states, the standard ones first.
const STATES: [&str; 7] =
    ["fullScreen", "mute", "closedCaptioning", "pictureInPicture", "inFocus", "my.custom_state", "Kiosk1"];

impl Stage {
    /// One scene, after some seconds of content.
    pub(super) fn scene(&mut self) {
        let longest = if self.random.one_in(5) { 90_000 } else { 20_000 };
        let millis = self.random.between(500, longest);
        self.watch(millis);
        match self.random.between(0, 11) {
            0 | 1 => self.ad_break(),
            2 | 3 => self.chapter(),
            4 => self.pause(),
            5 => self.buffer(),
            6 | 7 => self.seek(),
            8 => self.player_state(),
            9 => self.states_update(),
            10 => {
                self.bitrate_change();
                // the full screen asks for another bitrate in the same tick
                if self.random.coin() {
                    self.player_state();
                }
            }
            _ => self.error(),
        }
    }

    /// Scenes until this moment, about fifty of them: between two the content runs for up to a twentieth of the time.
    pub(super) fn go_on_until(&mut self, end: i64) {
        let longest = ((end - self.now) / 20).max(20_000);
        while self.now < end {
            let millis = self.random.between(0, longest);
            self.watch(millis.min(end - self.now));
            self.scene();
        }
    }

    /// Plays content; a chapter that ends on the way is completed.
    pub(super) fn watch(&mut self, millis: i64) {
        let end = self.now + millis;
        if let Some(chapter) = &self.chapter {
            let rest = chapter.ends_at - self.position;
            if rest <= millis {
                self.pass(rest.max(0));
                self.chapter = None;
                self.send(EventType::ChapterComplete);
            }
        }
        self.pass((end - self.now).max(0));
    }

    /// A break with one to three ads where the content stands.
    pub(super) fn ad_break(&mut self) {
        if self.in_break {
            return;
        }
        let before = self.playback;
        let second = (self.playhead() as i64).max(0);
        let index = self.pods_from + self.n_breaks;
        let mut pod = params([("media.ad.podIndex", json!(index)), ("media.ad.podSecond", json!(second))]);
        if self.has(Habit::PodsFromOne) {
            self.used.add(Habit::PodsFromOne);
        } else {
            pod.insert("media.ad.podFriendlyName".to_owned(), json!(format!("break at {second}")));
        }
        self.n_breaks += 1;
        self.send(EventType::AdBreakStart).params = pod;
        self.in_break = true;
        let freezes = self.counting != Counting::SecondOfDay { frozen_in_ads: false };
        self.frozen = freezes.then(|| self.events.last().map(|last| last.playhead)).flatten();
        if self.has(Habit::EarlyPings) && self.random.one_in(4) {
            let millis = self.random.between(2000, 14_000);
            self.pass(millis);
        }
        let n_ads = self.random.between(1, 3);
        let lengths: Vec<i64> = (0..n_ads).map(|_| self.random.between(5, 30)).collect();
        for (position, length) in (self.positions_from..).zip(&lengths) {
            self.ad(position, *length);
            let millis = self.random.between(0, 120);
            self.run(millis);
        }
        if before == Playback::Starting {
            self.pre_roll = lengths.iter().copied().chain([lengths.iter().sum()]).collect();
        }
        self.in_break = false;
        // the last report of the break still has its playhead
        self.send(EventType::AdBreakComplete);
        self.frozen = None;
        self.playback = Playback::Playing;
        self.position_unknown = false;
    }

    fn ad(&mut self, position: i64, length: i64) {
        let id = self.random.between(1, 999);
        let mut about = params([
            ("media.ad.id", json!(format!("ad-{id}"))),
            ("media.ad.length", json!(length)),
            ("media.ad.podPosition", json!(position)),
            ("media.ad.playerName", json!("Garden player")),
        ]);
        if self.random.coin() {
            about.insert("media.ad.name".to_owned(), json!(format!("Spot {id}")));
            about.insert("media.ad.advertiser".to_owned(), json!("Acme"));
            about.insert("media.ad.creativeId".to_owned(), json!(format!("cr-{id}")));
        }
        let event = self.send(EventType::AdStart);
        event.params = about;
        if id % 3 == 0 {
            event.custom_metadata = params([("affiliate", json!("north"))]);
        }
        self.in_ad = true;
        self.playback = Playback::Playing;
        if self.has(Habit::StateSaidAgain) {
            self.used.add(Habit::StateSaidAgain);
            self.send(EventType::Play);
        } else {
            self.restart_pings();
        }
        let skipped = self.random.one_in(5);
        let shown = if skipped { self.random.between(1000, length * 900) } else { length * 1000 };
        if self.random.one_in(6) && shown > 3000 {
            let event_type = if self.random.coin() { EventType::PauseStart } else { EventType::BufferStart };
            self.pass(shown / 3);
            self.send(event_type);
            let millis = self.random.between(300, 12_000);
            self.pass(millis);
            self.send(EventType::Play);
            self.pass(shown - shown / 3);
        } else {
            self.pass(shown);
        }
        self.send(if skipped { EventType::AdSkip } else { EventType::AdComplete });
        self.in_ad = false;
        self.restart_pings();
    }

    /// Content goes on after a break.
    pub(super) fn after_break(&mut self, must_play: bool) {
        if self.has(Habit::StateSaidAgain) || must_play {
            self.send(EventType::Play);
        } else {
            self.restart_pings();
        }
    }

    fn chapter(&mut self) {
        if self.chapter.is_some() {
            self.chapter = None;
            self.send(EventType::ChapterComplete);
            return;
        }
        self.n_chapters += 1;
        let (index, length) = (self.n_chapters, self.random.between(8, 90));
        let offset = self.playhead();
        let mut about = params([
            ("media.chapter.index", json!(index)),
            ("media.chapter.length", json!(length)),
            ("media.chapter.offset", json!(offset)),
        ]);
        if self.random.coin() {
            about.insert("media.chapter.friendlyName".to_owned(), json!(format!("Chapter {index}")));
        }
        let event = self.send(EventType::ChapterStart);
        event.params = about.clone();
        if index % 2 == 0 {
            event.custom_metadata = params([("segmentType", json!("scene"))]);
        }
        self.chapter = Some(Chapter { params: about, ends_at: self.position + length * 1000 });
    }

    fn pause(&mut self) {
        self.halt(Playback::Paused);
        let millis = self.random.between(300, 45_000);
        self.pass(millis);
        if self.random.one_in(4) {
            self.halt(Playback::Buffering);
            let millis = self.random.between(200, 9000);
            self.pass(millis);
        }
        self.resume();
    }

    fn buffer(&mut self) {
        self.halt(Playback::Buffering);
        let millis = self.random.between(200, 25_000);
        self.pass(millis);
        self.resume();
    }

    /// Pauses or begins to buffer.
    pub(super) fn halt(&mut self, to: Playback) {
        let paused = to == Playback::Paused;
        self.send(if paused { EventType::PauseStart } else { EventType::BufferStart });
        self.playback = to;
    }

    /// `play` after a pause, a buffer, a seek.
    pub(super) fn resume(&mut self) {
        self.send(EventType::Play);
        self.playback = Playback::Playing;
    }

    fn seek(&mut self) {
        if !self.has(Habit::SeekAsPause) || self.counting != Counting::FromZero {
            return self.pause();
        }
        let by = match self.random.one_in(3) {
            true => -self.random.between(3000, 60_000).min(self.position),
            false => self.random.between(5000, 300_000),
        };
        self.seek_by(by);
    }

    /// A seek: the pause still has the old playhead, the `play` the new one.
    pub(super) fn seek_by(&mut self, millis: i64) {
        self.used.add(Habit::SeekAsPause);
        self.halt(Playback::Paused);
        let wait = self.random.between(50, 3000);
        self.pass(wait);
        self.position += millis;
        self.furthest = self.furthest.max(self.position);
        let left = self.chapter.as_ref().is_some_and(|chapter| millis < 0 || self.position > chapter.ends_at);
        if left {
            self.chapter = None;
            if self.has(Habit::ClosesWhatIsOpen) {
                self.used.add(Habit::ClosesWhatIsOpen);
                self.send(EventType::ChapterSkip);
                self.resume();
            } else {
                self.resume();
                self.send(EventType::ChapterSkip);
            }
        } else {
            self.resume();
        }
    }

    fn player_state(&mut self) {
        let often = if self.random.coin() { 1 } else { STATES.len() };
        let Some(name) = self.random.pick(&STATES[..often]).copied() else { return };
        let active = self.states.iter().position(|state| *state == name);
        let event_type = match active {
            Some(index) => {
                self.states.remove(index);
                EventType::StateEnd
            }
            None => {
                self.states.push(name);
                EventType::StateStart
            }
        };
        self.send(event_type).params = params([("media.state.name", json!(name))]);
    }

    /// Several states at once (N19).
    fn states_update(&mut self) {
        if !self.has(Habit::StatesUpdate) {
            return self.player_state();
        }
        self.used.add(Habit::StatesUpdate);
        let n = self.random.between(1, 3) as usize;
        let (ends, starts): (Vec<&'static str>, Vec<&'static str>) =
            STATES.iter().take(n).partition(|name| self.states.contains(name));
        self.states.retain(|name| !ends.contains(name));
        self.states.extend(&starts);
        let named = |names: &[&str]| -> Vec<_> {
            names.iter().map(|name| json!({"media.state.name": name})).collect()
        };
        let mut lists = params([]);
        if !starts.is_empty() {
            lists.insert("statesStart".to_owned(), named(&starts).into());
        }
        if !ends.is_empty() {
            lists.insert("statesEnd".to_owned(), named(&ends).into());
        }
        self.send(EventType::StatesUpdate).params = lists;
    }

    fn bitrate_change(&mut self) {
        self.quality.bitrate = match self.quality.bitrate {
            3200 => 5800,
            5800 => 1800,
            _ => 3200,
        };
        self.quality.dropped_frames += self.random.between(0, 9);
        let quality = self.quality_now();
        self.send(EventType::BitrateChange).qoe_data = quality;
    }

    fn error(&mut self) {
        let mut quality = self.quality_now();
        quality.insert("media.qoe.errorID".to_owned(), json!("decoder-17"));
        quality.insert("media.qoe.errorSource".to_owned(), json!("player"));
        self.send(EventType::Error).qoe_data = quality;
    }
}

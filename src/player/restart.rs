//! How a session ends, and how a client ends one by itself and opens the next.

use super::habits::Habit;
use super::identity::Identity;
use super::stage::{Counting, DAY_MILLIS, Playback, Stage};
use super::viewing::PlayedEvent;
use crate::model::event_type::EventType;

/// After so long in a pause the SDKs end the session.
const IDLE_MILLIS: i64 = 1_800_000;

impl Stage {
    /// 30 minutes of pause: the session ends (N15). Returns it, with the next one open.
    pub(super) fn idle_restart(&mut self, identity: &Identity, legacy_batch: bool) -> Vec<PlayedEvent> {
        self.used.add(Habit::IdleRestart);
        self.restarted = true;
        // the playhead has moved until now
        self.watch(2000);
        self.halt(Playback::Paused);
        self.pass(IDLE_MILLIS - 300);
        self.run(300);
        self.close_open_items();
        self.send(EventType::SessionEnd);
        let ended = self.events.clone();
        self.now += self.random.between(5000, 300_000);
        let resumes = self.random.coin();
        self.open(identity, resumes, legacy_batch);
        self.say_what_is_open();
        self.first_play();
        self.play_again();
        ended
    }

    /// 24 hours: the session ends (N16). Returns it, with the next one open at the same moment.
    pub(super) fn day_restart(&mut self, identity: &Identity) -> Vec<PlayedEvent> {
        self.used.add(Habit::DayRestart);
        let rest = self.began + DAY_MILLIS - self.now;
        self.watch(rest);
        let reopens = self.chapter.clone();
        self.close_open_items();
        self.send(EventType::SessionEnd);
        self.chapter = reopens;
        let ended = self.events.clone();
        self.open(identity, true, false);
        self.say_what_is_open();
        self.first_play();
        self.play_again();
        ended
    }

    /// The end of the viewing. Returns the length of the content, seconds.
    pub(super) fn end(&mut self) -> f64 {
        let of_day = self.counting != Counting::FromZero;
        match self.random.between(0, 9) {
            // a session that ended by itself must not have ended near the end of the content
            0..5 if !of_day && !self.restarted => {
                let length = self.play_to_the_end();
                self.complete();
                return length;
            }
            5 | 6 => self.leave_in_an_ad(),
            7 => {}
            _ => {
                self.close_open_items();
                self.send(EventType::SessionEnd);
            }
        }
        if of_day { DAY_MILLIS as f64 / 1000.0 } else { self.length_of_the_rest() }
    }

    /// Plays to where nobody has been, and not to the length of a pre-roll.
    fn play_to_the_end(&mut self) -> f64 {
        if self.position < self.furthest {
            self.seek_by(self.furthest - self.position + 2000);
        }
        self.watch(4000);
        while self.is_length_of_pre_roll(self.position) || self.position % 1000 == 0 {
            self.watch(2707);
        }
        if self.chapter.take().is_some() {
            self.send(EventType::ChapterComplete);
        }
        self.position as f64 / 1000.0
    }

    /// A length well beyond everything that was watched.
    fn length_of_the_rest(&mut self) -> f64 {
        let mut length = self.furthest * 3 / 2 + self.random.between(30_000, 600_000);
        while self.is_length_of_pre_roll(length) {
            length += 2707;
        }
        length as f64 / 1000.0
    }

    fn is_length_of_pre_roll(&self, millis: i64) -> bool {
        self.pre_roll.iter().any(|secs| (secs * 1000 - millis).abs() < 1500)
    }

    fn complete(&mut self) {
        let post_roll = self.random.one_in(3);
        let early = self.random.coin();
        if post_roll && !early {
            self.ad_break();
            self.after_break(false);
        }
        self.send(EventType::SessionComplete);
        if post_roll && early {
            self.ad_break();
        }
        if self.random.coin() {
            self.send(EventType::SessionEnd);
        }
    }

    fn leave_in_an_ad(&mut self) {
        self.ad_break();
        // back into the last ad
        let cut = self
            .events
            .iter()
            .rposition(|event| matches!(event.event_type, EventType::AdComplete | EventType::AdSkip));
        let Some(cut) = cut else { return };
        self.events.truncate(cut);
        self.now = self.events.last().map_or(self.now, |last| last.ts.0) + self.random.between(1, 900);
        self.in_break = true;
        self.in_ad = true;
        self.frozen = self.events.last().map(|last| last.playhead);
        self.close_open_items();
        self.send(EventType::SessionEnd);
    }

    /// A batch that lacks its end gets one with stamp and playhead of its last event (N14).
    pub(super) fn append_end(&mut self) {
        let Some(last) = self.events.last() else { return };
        let ends = matches!(last.event_type, EventType::SessionEnd | EventType::SessionComplete);
        if self.has(Habit::EndAppended) && !ends {
            self.used.add(Habit::EndAppended);
            let mut end = last.clone();
            end.event_type = EventType::SessionEnd;
            end.params.clear();
            end.qoe_data.clear();
            end.custom_metadata.clear();
            self.events.push(end);
        }
    }

    /// The SDK closes what is open by itself (N22).
    fn close_open_items(&mut self) {
        if self.has(Habit::ClosesWhatIsOpen) {
            if self.in_ad {
                self.used.add(Habit::ClosesWhatIsOpen);
                self.send(EventType::AdSkip);
                self.send(EventType::AdBreakComplete);
                self.in_break = false;
                self.frozen = None;
            }
            if self.chapter.is_some() {
                self.used.add(Habit::ClosesWhatIsOpen);
                self.send(EventType::ChapterSkip);
            }
        }
    }
}

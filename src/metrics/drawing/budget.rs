//! What a session used up of the time for which the back end waits: silences, and stretches with a still playhead.
//!
//! Counted as rules L004 and L005 do. Of a downloaded session nothing is drawn: its events arrive at once.

use super::Builder;
use crate::metrics::pyramid::Phase;
use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::event_type::EventType;
use crate::model::limits::YEAR_2000_MILLIS;
use crate::model::machine::Playback;
use crate::model::numbers::Numbers;
use crate::model::table::Event;

/// Bit of the kind of a stretch that came near its time-out (L013); the other bits are the percentage it used.
pub const NEAR: u8 = 0x80;
/// Kind of the part of a stretch that lies beyond its time-out.
pub const SPENT: u8 = u8::MAX;
/// What uses a smaller share is not drawn: every session does.
const LEAST_SHARE: f64 = 0.1;

/// The share of its budget that a stretch of this kind used, 0 to 1.
#[must_use]
pub fn used_share(kind: u8) -> f32 {
    f32::from((kind & !NEAR).min(100)) / 100.0
}

/// Where the playhead began to stand still.
struct Still {
    since_at: u32,
    since: TsMillis,
    playhead: PlayheadSecs,
    /// The last event at which it stood there.
    last: TsMillis,
}

impl Builder<'_> {
    /// Silences; item: the position of the event before.
    pub(super) fn silences(&self, numbers: &Numbers) -> Vec<Phase> {
        let mut budget = Budget::new(numbers.silence_timeout_mins, numbers);
        let mut last: Option<(u32, TsMillis)> = None;
        for (at, _, ts) in self.timed_events() {
            if let Some((before, since)) = last.replace((at, ts)) {
                budget.take(before, self.time(before), ts.secs_since(since));
            }
        }
        budget.phases
    }

    /// Stretches in which the playhead stood still; item: the position of the event that first had it.
    pub(super) fn still_playheads(&self, numbers: &Numbers) -> Vec<Phase> {
        let mut budget = Budget::new(numbers.still_playhead_timeout_mins, numbers);
        let own_end_secs = numbers.still_playhead_end_grace_mins * 60.0;
        let mut still: Option<Still> = None;
        let mut end = |still: &Still| {
            let secs = still.last.secs_since(still.since);
            budget.take(still.since_at, self.time(still.since_at), secs);
        };
        for (at, event, ts) in self.timed_events() {
            let Some(playhead) = event.playhead() else { continue };
            // Adobe's SDKs count from the pause (N15), and the playhead of an ad that plays need not move.
            let before = self.lanes.before(at);
            let begins_wait = match event.event_type() {
                Some(EventType::PauseStart) => before.playback() != Playback::Paused,
                Some(EventType::BufferStart) => before.playback() != Playback::Buffering,
                _ => false,
            };
            let ad_plays = before.in_ad() && before.playback() == Playback::Playing;
            let stands = |still: &&mut Still| {
                let counts = !begins_wait || ts.secs_since(still.since) > own_end_secs;
                still.playhead == playhead && counts && !ad_plays
            };
            match still.as_mut().filter(stands) {
                Some(still) => still.last = ts,
                None => {
                    still.iter().for_each(&mut end);
                    still = Some(Still { since_at: at, since: ts, playhead, last: ts });
                }
            }
        }
        still.iter().for_each(&mut end);
        budget.phases
    }

    /// The events whose `ts` says something of silence, until the session ends: none that is older than its session
    /// or stamped in another unit.
    fn timed_events(&self) -> impl Iterator<Item = (u32, Event<'_>, TsMillis)> {
        let is_live = !self.session.mode.is_downloaded();
        let stamped = (0..).zip(self.events).filter(move |_| is_live).filter_map(|(at, id)| {
            let event = self.capture.event(*id)?;
            Some((at, event, event.ts()?))
        });
        let has_unit = |ts: TsMillis| ts.0 >= YEAR_2000_MILLIS;
        let mut first = None;
        let usable = stamped.filter(move |(_, _, ts)| {
            let first = *first.get_or_insert(*ts);
            *ts >= first && !ts.looks_finer_than_millis() && has_unit(*ts) == has_unit(first)
        });
        usable.take_while(|(at, ..)| !self.lanes.before(*at).ended())
    }
}

/// Collects the stretches that used a budget; after the first that used it up the session is closed.
struct Budget {
    limit_secs: f64,
    near_percent: f64,
    is_spent: bool,
    phases: Vec<Phase>,
}

impl Budget {
    fn new(limit_mins: f64, numbers: &Numbers) -> Budget {
        let near_percent = numbers.timeout_near_percent;
        Budget { limit_secs: limit_mins * 60.0, near_percent, is_spent: false, phases: Vec::new() }
    }

    fn take(&mut self, item: u32, start: f64, secs: f64) {
        let share = secs / self.limit_secs;
        if self.is_spent || share < LEAST_SHARE {
            return;
        }
        let percent = (share * 100.0).min(100.0);
        let near = if percent > self.near_percent { NEAR } else { 0 };
        let used_until = start + secs.min(self.limit_secs);
        self.phases.push(Phase { start, end: used_until, kind: percent.round() as u8 | near, item });
        if share > 1.0 {
            self.phases.push(Phase { start: used_until, end: start + secs, kind: SPENT, item });
            self.is_spent = true;
        }
    }
}

//! How densely a session speaks: gaps between its events while it is open, and play without any ping.
//!
//! All seconds are of the client's clock (`ts`): an event that is late on the wire leaves no hole.

use crate::model::capture::Capture;
use crate::model::clock::{TsMillis, TsUnit};
use crate::model::event_type::{EventGroup, EventType};
use crate::model::machine::Context;
use crate::model::numbers::Numbers;
use crate::model::policy::{PingAnchor, Policy};
use crate::model::session::Session;

use super::lanes::Lanes;

/// The time between two events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// Position of the event that begins it.
    pub from: u32,
    /// Position of the event that ends it.
    pub to: u32,
    /// Its length by `ts`.
    pub secs: f64,
}

/// What the gaps of a session say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cadence {
    /// A longer gap is a hole: what pings need, and the timers of SDKs add (N7, N9).
    pub limit_secs: f64,
    /// Number of pings, and of events whose type cannot be read: they may be some.
    pub n_pings: u32,
    /// Gaps above the limit, in order.
    pub holes: Vec<Gap>,
    /// The first piece of main content that played on, without an event that restarts the ping timers of the SDKs,
    /// for longer than a player may without a ping.
    pub long_play: Option<Gap>,
    /// Gaps from ping to ping while main content is on …
    pub n_ping_gaps: u32,
    /// … and how many of them are shorter than pings need be apart.
    pub n_short_ping_gaps: u32,
    /// Events whose `ts` is no count of milliseconds of our age, by what it would be.
    pub odd_ts: OddTs,
}

/// Events whose `ts` looks like another unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OddTs {
    /// First position of seconds, and how many.
    pub seconds: Option<(u32, u32)>,
    /// First position of microseconds or nanoseconds, and how many.
    pub finer: Option<(u32, u32)>,
}

impl Cadence {
    /// Measures a session.
    #[must_use]
    pub fn of(
        capture: &Capture,
        session: &Session,
        lanes: &Lanes,
        policy: &Policy,
        numbers: &Numbers,
    ) -> Cadence {
        let downloaded = session.mode.is_downloaded();
        let (limit_secs, unpinged_secs) = if downloaded {
            (numbers.downloaded_ping_limit_secs, numbers.downloaded_unpinged_secs)
        } else {
            (numbers.ping_limit_secs, numbers.unpinged_secs)
        };
        let cadence = Cadence { limit_secs, ..Cadence::default() };
        let timer_runs_on = policy.ping_anchor == PingAnchor::SessionStart;
        let mut walk = Walk {
            cadence,
            unpinged_secs,
            short_gap_secs: numbers.ping_too_often_secs,
            timer_runs_on,
            open: None,
            opened: None,
            playing: None,
            played: None,
            last_ping: None,
            restarted: false,
        };
        for (at, id) in (0..).zip(lanes.in_judged_order(session)) {
            let Some(event) = capture.event(id) else { continue };
            let event_type = event.event_type();
            walk.cadence.n_pings += u32::from(event_type.is_none_or(|known| known == EventType::Ping));
            let Some(ts) = event.ts() else {
                // When it was sent is not known: the time around it is no hole.
                (walk.open, walk.playing, walk.last_ping) = (None, None, None);
                continue;
            };
            walk.cadence.odd_ts.take(at, ts);
            if at > 0 && event_type == Some(EventType::SessionStart) {
                walk.restart(downloaded);
            }
            walk.restarted &= event_type != Some(EventType::Play);
            let after = lanes.after(at);
            walk.take_gap(at, ts, after);
            walk.take_play(at, ts, after, event_type.is_some_and(restarts_ping_timer));
            walk.take_ping_gap(ts, after, event_type == Some(EventType::Ping));
        }
        walk.cadence
    }

    /// The piece of play that should have had pings in a session without any (T017).
    #[must_use]
    pub fn play_without_pings(&self) -> Option<Gap> {
        self.long_play.filter(|_| self.n_pings == 0)
    }

    /// False when some `ts` is in another unit: differences of `ts` then say nothing.
    #[must_use]
    pub fn ts_is_in_millis(&self) -> bool {
        self.odd_ts == OddTs::default()
    }
}

/// Walks over the events that have a `ts`.
struct Walk {
    cadence: Cadence,
    unpinged_secs: f64,
    short_gap_secs: f64,
    /// Nothing restarts the ping timer (D19).
    timer_runs_on: bool,
    /// The last event, while the session is open.
    open: Option<(u32, TsMillis)>,
    /// The first event of the session.
    opened: Option<TsMillis>,
    /// Where main content began to play on, or an event last restarted the ping timer.
    playing: Option<(u32, TsMillis)>,
    /// Where main content began to play and for how long it has played, where the timer runs on.
    played: Option<(u32, f64)>,
    /// The last ping, while main content is on.
    last_ping: Option<TsMillis>,
    /// Another `sessionStart` came (L002, B005) and no `play` since: whether anything plays is not known.
    restarted: bool,
}

impl Walk {
    /// Another `sessionStart`: in an array it begins another session, and what lies before it is no hole.
    fn restart(&mut self, downloaded: bool) {
        self.open = self.open.filter(|_| !downloaded);
        (self.playing, self.played, self.last_ping) = (None, None, None);
        self.restarted = true;
    }

    fn take_gap(&mut self, at: u32, ts: TsMillis, after: Context) {
        if let Some((from, since)) = self.open {
            let secs = ts.secs_since(since);
            if secs > self.cadence.limit_secs {
                self.cadence.holes.push(Gap { from, to: at, secs });
            }
        }
        let opened = *self.opened.get_or_insert(ts);
        if after.completed() || after.ended() {
            // After the end or the completion nothing need be sent.
            self.open = None;
        } else if ts >= opened {
            // An event from before the `sessionStart` (O005) begins no hole: nothing was open yet.
            self.open = Some((at, ts));
        }
    }

    fn take_play(&mut self, at: u32, ts: TsMillis, after: Context, restarts: bool) {
        if let Some((from, since)) = self.playing {
            let (from, before_secs) = self.played.unwrap_or((from, 0.0));
            let secs = before_secs + ts.secs_since(since);
            if secs > self.unpinged_secs && self.cadence.long_play.is_none() {
                self.cadence.long_play = Some(Gap { from, to: at, secs });
            }
            if self.timer_runs_on {
                self.played = Some((from, secs));
            }
        }
        if !after.plays_main() || self.restarted {
            self.playing = None;
        } else if restarts || self.timer_runs_on || self.playing.is_none() {
            self.playing = Some((at, ts));
        }
    }
}

impl Walk {
    fn take_ping_gap(&mut self, ts: TsMillis, after: Context, is_ping: bool) {
        let in_main = !after.in_break() && !after.in_stray_ad() && !after.completed() && !after.ended();
        if !in_main {
            self.last_ping = None;
        } else if is_ping && let Some(last) = self.last_ping.replace(ts) {
            self.cadence.n_ping_gaps += 1;
            self.cadence.n_short_ping_gaps += u32::from(ts.secs_since(last) < self.short_gap_secs);
        }
    }
}

impl OddTs {
    fn take(&mut self, at: u32, ts: TsMillis) {
        let tally = match ts.unit() {
            TsUnit::Seconds => &mut self.seconds,
            TsUnit::Finer => &mut self.finer,
            TsUnit::Millis => return,
        };
        let (first, count) = tally.unwrap_or((at, 0));
        *tally = Some((first, count.saturating_add(1)));
    }
}

/// Playback and ad events restart the ping timers of the SDKs (N7).
fn restarts_ping_timer(event_type: EventType) -> bool {
    matches!(event_type, EventType::Play | EventType::PauseStart | EventType::BufferStart)
        || event_type.group() == EventGroup::Ad
}

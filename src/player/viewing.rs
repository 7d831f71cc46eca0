//! The plain data of a viewing.

use serde_json::{Map, Value, json};

use super::capture;
use super::habits::{Habit, Habits};
use super::identity::Identity;
use super::sending::Route;
use super::stage::{Counting, Stage};
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;

/// What somebody watched: one session, or several where the player ended one by itself and opened the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewing {
    /// In the order in which they were opened.
    pub sessions: Vec<PlayedSession>,
    /// Habits that show in it.
    pub habits: Habits,
    /// How its JSON is written.
    pub style: Style,
}

/// What is asked of a viewing beside its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// It begins at this moment; otherwise on a day that the seed decides.
    pub begins_at: Option<TsMillis>,
    /// It lasts so long or a little longer, in one session; otherwise as long as the seed decides. Milliseconds.
    pub lasts_millis: Option<i64>,
    /// It is sent event by event; otherwise as the seed decides.
    pub online: bool,
}

/// How JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Slashes as `\/`, whole playheads without a point (N21).
    pub odd_numbers: bool,
    /// `playerTime` before `eventType`.
    pub time_first: bool,
    /// Preflights among the requests (N18).
    pub preflights: bool,
    /// Requests as an HTTP archive, with the times of the answers; otherwise as plain records.
    pub archive: bool,
}

/// One session.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedSession {
    /// The id that the API gave.
    pub sid: String,
    /// How it was sent.
    pub delivery: Delivery,
    /// In the order in which they happened.
    pub events: Vec<PlayedEvent>,
}

/// How a session was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A request per event.
    Online,
    /// One array, to the deprecated path when `legacy`.
    Batch {
        /// To `/api/v1/sessions`.
        legacy: bool,
        /// Its arrival, milliseconds since 1970.
        received_at: i64,
    },
    /// Events without requests.
    Bare,
}

/// One event as the player sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedEvent {
    /// Its type.
    pub event_type: EventType,
    /// The client's clock.
    pub ts: TsMillis,
    /// Seconds of media.
    pub playhead: f64,
    /// `params`, left out when empty.
    pub params: Map<String, Value>,
    /// `qoeData`, left out when empty.
    pub qoe_data: Map<String, Value>,
    /// `customMetadata`, left out when empty.
    pub custom_metadata: Map<String, Value>,
    /// Arrival of its request, milliseconds since 1970.
    pub received_at: i64,
    /// Status of the answer.
    pub status: u16,
    /// The answer came so long after the request.
    pub answered_after_millis: i64,
}

impl PlayedEvent {
    /// The body of its request, as text.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        capture::text(&self.body(style), style)
    }

    /// The body of its request.
    #[must_use]
    pub fn body(&self, style: Style) -> Value {
        let playhead = if style.odd_numbers && self.playhead.fract() == 0.0 && self.playhead.abs() < 1e15 {
            json!(self.playhead as i64)
        } else {
            json!(self.playhead)
        };
        let player_time = json!({"playhead": playhead, "ts": self.ts.0});
        let mut body = Map::new();
        if style.time_first {
            body.insert("playerTime".to_owned(), player_time.clone());
        }
        body.insert("eventType".to_owned(), json!(self.event_type.name()));
        // stays where it is when it was there before
        body.insert("playerTime".to_owned(), player_time);
        let members = [
            ("params", &self.params),
            ("qoeData", &self.qoe_data),
            ("customMetadata", &self.custom_metadata),
        ];
        for (name, member) in members {
            if !member.is_empty() {
                body.insert(name.to_owned(), Value::Object(member.clone()));
            }
        }
        Value::Object(body)
    }
}

impl Viewing {
    /// The viewing of a seed: correct, with everything mixed.
    #[must_use]
    pub fn of_seed(seed: u64) -> Viewing {
        Viewing::wished(seed, Wish::default())
    }

    /// The viewing of a seed, as wished. What does not depend on the clock is the same at any beginning: all but `ts`,
    /// the arrivals, and the playhead of live content, which is the second of the day.
    #[must_use]
    pub fn wished(seed: u64, wish: Wish) -> Viewing {
        let mut stage = Stage::set(seed, wish.begins_at);
        if wish.lasts_millis.is_some() {
            stage.habits.remove(Habit::DayRestart);
            stage.habits.remove(Habit::IdleRestart);
        }
        let mut delivery = delivery(&mut stage);
        if wish.online {
            (delivery, stage.downloaded) = (Delivery::Online, false);
        }
        let legacy = matches!(delivery, Delivery::Batch { legacy: true, .. });
        let identity = Identity::drawn(&mut stage);
        let route = Route::drawn(&mut stage.random);
        let resumes = stage.counting == Counting::FromZero && stage.random.one_in(4);
        if resumes {
            stage.position = stage.random.between(6000, 900_000);
            stage.furthest = stage.position;
        }
        let mut sessions = Vec::new();
        stage.open(&identity, resumes, legacy);
        stage.begin();
        let n_scenes = stage.random.between(0, 7);
        for _ in 0..n_scenes {
            stage.scene();
        }
        if let Some(lasts_millis) = wish.lasts_millis {
            stage.go_on_until(stage.began + lasts_millis);
        }
        if stage.has(Habit::DayRestart) && delivery == Delivery::Online {
            sessions.push(stage.day_restart(&identity));
        } else if stage.has(Habit::IdleRestart) {
            sessions.push(stage.idle_restart(&identity, legacy));
        }
        if !sessions.is_empty() {
            stage.scene();
        }
        stage.watch(3000);
        let length = stage.end();
        if matches!(delivery, Delivery::Batch { .. }) {
            stage.append_end();
        }
        sessions.push(std::mem::take(&mut stage.events));
        finish(stage, sessions, delivery, route, length)
    }
}

/// How the sessions are sent.
fn delivery(stage: &mut Stage) -> Delivery {
    let day = stage.has(Habit::DayRestart);
    match stage.random.between(0, 9) {
        8 | 9 if !day => Delivery::Bare,
        5..8 if !day => {
            stage.downloaded = true;
            let legacy = stage.has(Habit::LegacyBatch);
            if legacy {
                stage.used.add(Habit::LegacyBatch);
            }
            Delivery::Batch { legacy, received_at: 0 }
        }
        _ => Delivery::Online,
    }
}

/// Fills in what is known at the end only: the length, the arrivals, the ids.
fn finish(
    mut stage: Stage,
    sessions: Vec<Vec<PlayedEvent>>,
    delivery: Delivery,
    route: Route,
    length: f64,
) -> Viewing {
    let mut finished: Vec<PlayedSession> = Vec::new();
    for mut events in sessions {
        if let Some(start) = events.first_mut() {
            start.params.insert("media.length".to_owned(), json!(length));
        }
        let wraps =
            events.windows(2).any(|pair| matches!(pair, [a, b] if b.playhead < a.playhead - 80_000.0));
        if wraps && stage.has(Habit::MidnightWrap) {
            stage.used.add(Habit::MidnightWrap);
        }
        route.deliver(&mut events, &mut stage.random);
        let last = events.last().map_or(0, |last| last.ts.0);
        let delivery = match delivery {
            Delivery::Batch { legacy, .. } => {
                let wait = stage.random.between(2000, 30 * 86_400_000);
                Delivery::Batch { legacy, received_at: last + wait }
            }
            other => other,
        };
        let sid = (0..4).map(|_| format!("{:016x}", stage.random.bits())).collect();
        finished.push(PlayedSession { sid, delivery, events });
    }
    // the next session is opened before the old one is ended (N16)
    if stage.used.has(Habit::DayRestart)
        && let [old, next, ..] = finished.as_mut_slice()
        && let (Some(end), Some(start)) = (old.events.last_mut(), next.events.first())
    {
        end.received_at = end.received_at.max(start.received_at + 40);
    }
    let preflights = stage.has(Habit::Preflights) && delivery == Delivery::Online;
    if preflights {
        stage.used.add(Habit::Preflights);
    }
    let style = Style {
        odd_numbers: stage.has(Habit::OddNumbers),
        time_first: stage.random.coin(),
        preflights,
        archive: stage.random.one_in(3),
    };
    if style.odd_numbers {
        stage.used.add(Habit::OddNumbers);
    }
    Viewing { sessions: finished, habits: stage.used, style }
}

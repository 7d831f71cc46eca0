//! How a player goes on when its session is lost, and how it takes its leave. Pure.
//!
//! A session that the back end does not know or has closed (404, 410) is not coming back: the client opens another one
//! and says again what is open, in the order of Adobe's SDKs (`media-collection-api.md` sections 7.2 and 9).

use super::path::{SESSIONS, SendPath};
use super::plan::PlannedSend;
use crate::ingest;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::model::machine::{Input, Playback, State, step};
use crate::model::numbers::Numbers;
use crate::model::policy::StateSpelling;
use crate::model::table::Event;
use crate::model::watch::Unwatched;
use serde_json::{Value, json};

/// What a player has said in a session, and where it stands.
struct Said {
    events: Vec<Value>,
    state: State,
    /// Positions of the latest start of each.
    chapter: Option<usize>,
    ad_break: Option<usize>,
    ad: Option<usize>,
}

impl Said {
    /// From the last `sessionStart` on; `None` without one.
    fn of(sent: &[PlannedSend]) -> Option<Said> {
        let start = sent.iter().rposition(|send| send.opens_session)?;
        let is_event = |body: &&[u8]| body.starts_with(b"{") && serde_json::from_slice::<Value>(body).is_ok();
        let bodies: Vec<&[u8]> =
            sent.get(start..)?.iter().map(|send| send.body.as_slice()).filter(is_event).collect();
        let bytes = [b"[", bodies.join(&b","[..]).as_slice(), b"]"].concat();
        let capture = ingest::ingest("sent", bytes, &Unwatched);
        let mut said = Said {
            events: Vec::new(),
            state: State::new(StateSpelling::Exact, &Numbers::default(), false),
            chapter: None,
            ad_break: None,
            ad: None,
        };
        (0..).map_while(|row| capture.event(EventId(row))).for_each(|event| said.take(&event));
        let first = said.events.first()?;
        (event_type(first) == Some(EventType::SessionStart)).then_some(said)
    }

    fn take(&mut self, event: &Event<'_>) {
        let Some(json) = event.json() else { return };
        let at = self.events.len();
        match event.event_type() {
            Some(EventType::ChapterStart) => self.chapter = Some(at),
            Some(EventType::AdBreakStart) => self.ad_break = Some(at),
            Some(EventType::AdStart) => self.ad = Some(at),
            _ => {}
        }
        let input = Input {
            at: at as u32,
            event: event.id,
            event_type: event.event_type(),
            ts: event.ts(),
            playhead: event.playhead(),
            state_changes: &event.state_changes(),
            repeats: false,
            ends_broken_break: false,
        };
        step(&mut self.state, &input, &mut Vec::new());
        self.events.push(json);
    }

    /// Starts of what is open, in the order of the SDKs.
    fn open_starts(&self) -> Vec<Value> {
        let context = self.state.context();
        let open = [
            self.chapter.filter(|_| context.in_chapter()),
            self.ad_break.filter(|_| context.in_break()),
            self.ad.filter(|_| context.in_ad()),
        ];
        let mut starts: Vec<Value> =
            open.into_iter().flatten().filter_map(|at| self.events.get(at).cloned()).collect();
        let active = self.state.player_states().iter().filter(|state| state.active_since.is_some());
        starts.extend(active.map(|state| {
            json!({"eventType": "stateStart", "playerTime": {}, "params": {"media.state.name": state.name}})
        }));
        starts
    }

    /// The event that says how playback stands; between two ads nothing may say so.
    fn playback(&self) -> Option<Value> {
        let context = self.state.context();
        let event_type = match context.playback() {
            _ if context.in_break() && !context.in_ad() => return None,
            Playback::Starting => return None,
            Playback::Playing => "play",
            Playback::Paused => "pauseStart",
            Playback::Buffering => "bufferStart",
        };
        Some(json!({"eventType": event_type, "playerTime": {}}))
    }
}

/// What opens another session in place of the one that `next` was refused by, `sent` before it: a `sessionStart` that
/// resumes, what is open, how playback stands. `None` when there is nothing to go on with: the session was over, or
/// what was sent cannot be read.
#[must_use]
pub fn reopening(sent: &[PlannedSend], next: &PlannedSend) -> Option<Vec<PlannedSend>> {
    let said = Said::of(sent)?;
    let refused: Value = serde_json::from_slice(&next.body).ok()?;
    let refused_type = event_type(&refused)?;
    let context = said.state.context();
    if refused_type == EventType::SessionEnd || context.completed() || context.ended() {
        return None;
    }
    let mut start = said.events.first()?.clone();
    start.get_mut("params")?.as_object_mut()?.insert("media.resume".to_owned(), json!(true));
    let mut events = vec![start];
    events.extend(said.open_starts());
    let says_playback =
        matches!(refused_type, EventType::Play | EventType::PauseStart | EventType::BufferStart);
    events.extend(said.playback().filter(|_| !says_playback));
    // All of it is said at the moment of the event that was refused, each a millisecond after the one before.
    let (stamp, playhead) = (ts(&refused)?, refused["playerTime"]["playhead"].clone());
    let first = stamp - i64::try_from(events.len()).unwrap_or(0);
    let start_send = sent.iter().rfind(|send| send.opens_session)?;
    let sends = (first..).zip(events).map(|(stamp, mut event)| {
        event["playerTime"] = json!({"playhead": playhead, "ts": stamp});
        let opens_session = event_type(&event) == Some(EventType::SessionStart);
        let like = if opens_session { start_send } else { next };
        PlannedSend {
            at_millis: next.at_millis,
            body: event.to_string().into_bytes(),
            events: Vec::new(),
            ..like.clone()
        }
    });
    Some(sends.collect())
}

/// The `sessionEnd` of a player that is switched off so many milliseconds after what it `sent` last. `None` when the
/// session is over, or what was sent cannot be read.
#[must_use]
pub fn ending(sent: &[PlannedSend], after_millis: i64) -> Option<PlannedSend> {
    let said = Said::of(sent)?;
    let (last_send, last) = (sent.last()?, said.events.last()?);
    let context = said.state.context();
    if context.ended() {
        return None;
    }
    let mut playhead = last["playerTime"]["playhead"].clone();
    if let (true, Some(secs)) = (context.plays_main(), playhead.as_f64()) {
        playhead = json!(secs + after_millis as f64 / 1000.0);
    }
    let event = json!({
        "eventType": EventType::SessionEnd.name(),
        "playerTime": {"playhead": playhead, "ts": ts(last)?.saturating_add(after_millis)},
    });
    Some(PlannedSend {
        path: SendPath::WithSid { before: format!("{SESSIONS}/"), after: "/events".to_owned() },
        body: event.to_string().into_bytes(),
        events: Vec::new(),
        opens_session: false,
        ..last_send.clone()
    })
}

fn event_type(event: &Value) -> Option<EventType> {
    EventType::from_name(event.get("eventType")?.as_str()?)
}

fn ts(event: &Value) -> Option<i64> {
    event["playerTime"]["ts"].as_i64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::clock::TsMillis;
    use crate::outbox::part::{Role, parts};

    /// What a player sends that follows this script, at most `n` of it.
    fn sends(script: &str, n: usize) -> Vec<PlannedSend> {
        let parts = parts(&Role::Scripted(script.into()), TsMillis(1_790_000_000_000), None);
        let plan = parts[0].plan.clone().expect("it can be played");
        plan.sends.into_iter().take(n).collect()
    }

    /// Type, seconds and playhead of what is sent.
    fn told(sends: &[PlannedSend]) -> Vec<String> {
        let of = |send: &PlannedSend| {
            let event: Value = serde_json::from_slice(&send.body).expect("JSON");
            let millis = ts(&event).expect("a stamp") - 1_790_000_000_000;
            let time = &event["playerTime"];
            format!("{} {millis} {}", event["eventType"].as_str().expect("a type"), time["playhead"])
        };
        sends.iter().map(of).collect()
    }

    const SCRIPT: &str = "@vod length=600\n+0 sessionStart id=show\n+1 play\n+2 chapterStart\n+3 stateStart name=mute\n\
                          +4 stateStart name=fullScreen\n+5 stateEnd name=mute\n+11 ping\n+12 adBreakStart\n\
                          +12 adStart id=a1\n+20 ping\n+22 adComplete\n+22 adBreakComplete\n+25 pauseStart\n\
                          +30 ping\n+35 play\n+40 sessionEnd\n";

    #[test]
    fn another_session_says_again_what_is_open() {
        let sent = sends(SCRIPT, 9);
        let next = sends(SCRIPT, 10).pop().expect("a ping");
        let again = reopening(&sent, &next).expect("it goes on");
        assert_eq!(
            told(&again),
            [
                "sessionStart 19994 11",
                "chapterStart 19995 11",
                "adBreakStart 19996 11",
                "adStart 19997 11",
                "stateStart 19998 11",
                "play 19999 11"
            ]
        );
        let start: Value = serde_json::from_slice(&again[0].body).expect("JSON");
        assert_eq!(
            (&start["params"]["media.resume"], &start["params"]["media.id"]),
            (&json!(true), &json!("show"))
        );
        assert!(again[0].opens_session && again[1..].iter().all(|send| !send.opens_session));
        assert_eq!(again[1].path, next.path);
        let state: Value = serde_json::from_slice(&again[4].body).expect("JSON");
        assert_eq!(state["params"]["media.state.name"], "fullScreen");
    }

    #[test]
    fn playback_is_not_said_twice_nor_between_ads() {
        let refused = |n: usize| {
            let next = sends(SCRIPT, n + 1).pop().expect("one more");
            told(&reopening(&sends(SCRIPT, n), &next).expect("it goes on")).len()
        };
        assert_eq!(refused(1), 1, "starting: the play follows by itself");
        assert_eq!(refused(8), 4, "the adStart follows: start, chapter, break, state");
        assert_eq!(refused(14), 3, "the play that ends the pause follows");
        assert_eq!(refused(13), 4, "a ping in a pause: the pause is said");
    }

    #[test]
    fn what_is_over_is_not_opened_again() {
        let all = sends(SCRIPT, 99);
        let (end, sent) = all.split_last().expect("events");
        assert_eq!(reopening(sent, end), None, "the end of a lost session");
        assert_eq!(reopening(&all, &all[6]), None, "after the end");
        assert_eq!(ending(&all, 1000), None);
        assert_eq!(reopening(&[], end), None);
    }

    #[test]
    fn a_player_that_is_switched_off_ends_where_it_stands() {
        let told = |n: usize| told(&[ending(&sends(SCRIPT, n), 2500).expect("it is open")]);
        assert_eq!(told(7), ["sessionEnd 13500 12.5"], "playing");
        assert_eq!(told(10), ["sessionEnd 22500 11"], "in an ad");
        assert_eq!(told(14), ["sessionEnd 32500 14"], "paused");
        assert_eq!(
            ending(&sends(SCRIPT, 7), 0).expect("open").path.with_sid("x"),
            "/api/v1/sessions/x/events"
        );
    }
}

//! What correct means, told without the rules: a small player model that looks at the plain events only.
//!
//! It knows the documents' sequence, clocks and limits, not the rules' code. A mutation that it still takes for
//! correct is sorted out.

use std::collections::BTreeSet;

use playtrace::model::event_type::EventType::*;
use playtrace::player::viewing::{Delivery, PlayedEvent, PlayedSession, Viewing};

/// What content or ad does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Start,
    Play,
    Pause,
    Buffer,
}

/// Where a session stands before an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    pub does: Does,
    /// Index of the `adBreakStart`, `adStart`, `chapterStart` that is open.
    pub open_break: Option<usize>,
    pub ad: Option<usize>,
    pub chapter: Option<usize>,
    pub n_ads: usize,
    pub states: BTreeSet<String>,
    /// `play` came outside a break.
    pub played: bool,
    pub any_break: bool,
    pub completed: bool,
    pub ended: bool,
}

impl Now {
    pub fn plays_main(&self) -> bool {
        self.does == Does::Play && self.open_break.is_none() && !self.completed && !self.ended
    }

    pub fn is_quiet(&self) -> bool {
        self.plays_main() && self.chapter.is_none()
    }
}

/// Where the session stands before each event and after the last.
pub fn walk(events: &[PlayedEvent]) -> Vec<Now> {
    let mut now = Now {
        does: Does::Start,
        open_break: None,
        ad: None,
        chapter: None,
        n_ads: 0,
        states: BTreeSet::new(),
        played: false,
        any_break: false,
        completed: false,
        ended: false,
    };
    let mut all = vec![now.clone()];
    for (index, event) in events.iter().enumerate() {
        match event.event_type {
            Play => {
                now.does = Does::Play;
                now.played |= now.open_break.is_none();
            }
            PauseStart => now.does = Does::Pause,
            BufferStart => now.does = Does::Buffer,
            AdBreakStart => (now.open_break, now.n_ads, now.any_break) = (Some(index), 0, true),
            AdBreakComplete => {
                (now.open_break, now.ad) = (None, None);
                if !now.played {
                    now.does = Does::Start;
                }
            }
            AdStart => {
                (now.ad, now.n_ads) = (Some(index), now.n_ads + 1);
                if now.does == Does::Start {
                    now.does = Does::Play;
                }
            }
            AdComplete | AdSkip => now.ad = None,
            ChapterStart => now.chapter = Some(index),
            ChapterComplete | ChapterSkip => now.chapter = None,
            StateStart | StateEnd | StatesUpdate => {
                for (name, begins) in state_changes(event) {
                    if begins {
                        now.states.insert(name)
                    } else {
                        now.states.remove(&name)
                    };
                }
            }
            SessionComplete => now.completed = true,
            SessionEnd => now.ended = true,
            SessionStart | Ping | BitrateChange | Error => {}
        }
        all.push(now.clone());
    }
    all
}

/// Names of player states that an event begins or ends.
pub fn state_changes(event: &PlayedEvent) -> Vec<(String, bool)> {
    let name = |of: &serde_json::Value| of.as_str().unwrap_or_default().to_owned();
    match event.event_type {
        StateStart | StateEnd => event
            .params
            .get("media.state.name")
            .map(|value| (name(value), event.event_type == StateStart))
            .into_iter()
            .collect(),
        _ => [("statesEnd", false), ("statesStart", true)]
            .into_iter()
            .filter_map(|(key, begins)| Some((event.params.get(key)?.as_array()?, begins)))
            .flat_map(|(list, begins)| list.iter().map(move |item| (name(&item["media.state.name"]), begins)))
            .collect(),
    }
}

/// The first thing that is wrong with a viewing whose payloads are right.
pub fn fault(viewing: &Viewing) -> Option<String> {
    viewing.sessions.iter().find_map(session_fault)
}

/// True for the playhead that counts the seconds of the day.
pub fn of_day(session: &PlayedSession) -> bool {
    let content_type =
        session.events.first().and_then(|start| start.params.get("media.contentType")?.as_str());
    matches!(content_type, Some("live" | "linear"))
}

/// `media.length` of a session.
pub fn length(session: &PlayedSession) -> Option<f64> {
    session.events.first()?.params.get("media.length")?.as_f64()
}

fn session_fault(session: &PlayedSession) -> Option<String> {
    if session.events.first().map(|first| first.event_type) != Some(SessionStart) {
        return Some("the first event is no sessionStart".to_owned());
    }
    let events = sorted(session);
    let now = walk(&events);
    if events.iter().any(|event| !(1_000_000_000_000..10_000_000_000_000).contains(&event.ts.0)) {
        return Some("a stamp is not in milliseconds".to_owned());
    }
    if is_unpinged(session, &events, &now) {
        return Some("no pings at all".to_owned());
    }
    arrival_fault(session)
        .or_else(|| (1..events.len()).find_map(|at| sequence_fault(&events, &now[at], at)))
        .or_else(|| (1..events.len()).find_map(|at| clock_fault(session, &events, &now, at)))
        .or_else(|| stretch_fault(session, &events, &now))
        .or_else(|| quality_fault(&events))
        .or_else(|| end_fault(session, &events, now.last()?))
}

/// As the back end sorts them: by `ts`, ties by arrival, the start first.
fn sorted(session: &PlayedSession) -> Vec<PlayedEvent> {
    let mut events = session.events.clone();
    if session.delivery == Delivery::Online {
        events[1..].sort_by_key(|event| event.received_at);
    }
    events[1..].sort_by_key(|event| event.ts.0);
    events
}

/// Content plays for long with nothing that restarts the ping timer, in a session without a single ping.
fn is_unpinged(session: &PlayedSession, events: &[PlayedEvent], now: &[Now]) -> bool {
    let limit = if matches!(session.delivery, Delivery::Batch { .. }) { 60_000 } else { 30_000 };
    if events.iter().any(|event| event.event_type == Ping) {
        return false;
    }
    let mut from = 0;
    events.iter().zip(now).any(|(event, now)| {
        let long = now.plays_main() && event.ts.0 - from > limit;
        let restarts =
            matches!(event.event_type, Play | PauseStart | BufferStart | AdBreakStart | AdBreakComplete);
        if restarts {
            from = event.ts.0;
        }
        long && from > 0
    })
}

/// Order and delay of what arrived.
fn arrival_fault(session: &PlayedSession) -> Option<String> {
    let events = &session.events;
    if events.iter().any(|event| event.ts.0 < events[0].ts.0) {
        return Some("an event is older than its session".to_owned());
    }
    if let Delivery::Batch { received_at, .. } = session.delivery {
        let last = events.last()?.ts.0;
        let age_days = (received_at - last) / 86_400_000;
        if received_at < last - 5000 || age_days >= 92 {
            return Some("the batch is from the future or too old".to_owned());
        }
    }
    if session.delivery != Delivery::Online {
        let sorted = events.windows(2).all(|pair| pair[0].ts.0 <= pair[1].ts.0);
        return (!sorted).then(|| "the array is not in order".to_owned());
    }
    if let [start, queue @ ..] = events.as_slice()
        && let Some(queue @ [first, ..]) = queue.get(..3)
    {
        let wait = first.ts.0 - start.ts.0 - start.answered_after_millis;
        let tied = queue.iter().all(|event| event.ts == first.ts && event.playhead == first.playhead);
        if start.answered_after_millis > 1000 && tied && (0..=250).contains(&wait) {
            return Some("what waited for the answer is stamped with it".to_owned());
        }
    }
    let skews = || events.iter().map(|event| (event.received_at - event.ts.0) / 1000);
    if skews().any(|secs| secs.abs() > 60) {
        return Some("the clock is off".to_owned());
    }
    if skews().max()? - skews().min()? > 5 {
        return Some("events come late and late again".to_owned());
    }
    for event in &events[1..] {
        let overtaken = events[1..]
            .iter()
            .filter(|other| other.ts.0 > event.ts.0 && other.received_at < event.received_at);
        let arrivals: Vec<i64> = overtaken.map(|other| other.received_at).collect();
        let late = arrivals.iter().min().map_or(0, |first| event.received_at - first);
        if arrivals.len() > 10 || late > 1000 {
            return Some(format!("{} comes {late} ms late", event.event_type));
        }
    }
    None
}

/// Whether an event may come where it comes.
fn sequence_fault(events: &[PlayedEvent], now: &Now, at: usize) -> Option<String> {
    let event = &events[at];
    let (in_break, in_ad, in_chapter) = (now.open_break.is_some(), now.ad.is_some(), now.chapter.is_some());
    // the SDKs say the state again after these
    let said_again = matches!(events[at - 1].event_type, AdStart | AdBreakComplete);
    let wrong = match event.event_type {
        _ if now.ended => event.event_type != SessionEnd,
        Ping | SessionEnd | BitrateChange | Error => false,
        _ if now.completed && !in_break => event.event_type != AdBreakStart,
        SessionStart => true,
        Play => (in_break && !in_ad) || (now.does == Does::Play && is_false_start(events, at)),
        PauseStart => (in_break && !in_ad) || (now.does == Does::Pause && !said_again),
        BufferStart => (in_break && !in_ad) || (now.does == Does::Buffer && !said_again),
        AdBreakStart => in_break,
        AdStart => !in_break || in_ad,
        AdComplete | AdSkip => !in_ad,
        AdBreakComplete => !in_break || in_ad || now.n_ads == 0,
        ChapterStart => in_break || in_chapter,
        ChapterComplete | ChapterSkip => in_break || !in_chapter,
        StateStart | StateEnd | StatesUpdate => {
            state_changes(event).iter().any(|(name, begins)| now.states.contains(name) == *begins)
        }
        SessionComplete => in_break,
    };
    let false_start = event.event_type == Play && is_false_start(events, at);
    (wrong || false_start).then(|| format!("{} may not come at {at}", event.event_type))
}

/// A `play` that a pre-roll follows.
fn is_false_start(events: &[PlayedEvent], at: usize) -> bool {
    let is_break = |event: &&PlayedEvent| event.event_type == AdBreakStart;
    let first = events.iter().position(|event| is_break(&event));
    first.is_some_and(|first| first > at && events[first].playhead == 0.0 && events[at].playhead < 2.0)
}

/// Whether playhead and pings agree with the clock from the event before.
fn clock_fault(session: &PlayedSession, events: &[PlayedEvent], all: &[Now], at: usize) -> Option<String> {
    let (before, event, now) = (&events[at - 1], &events[at], &all[at]);
    let secs = (event.ts.0 - before.ts.0) as f64 / 1000.0;
    let moved = event.playhead - before.playhead;
    let ping_limit = if matches!(session.delivery, Delivery::Online) { 11.5 } else { 55.0 };
    let ping_limit = if session.delivery == Delivery::Bare { 11.5 } else { ping_limit };
    // before anything plays nothing but the ten minutes of silence counts
    let waits = now.does == Does::Start && now.open_break.is_none();
    let ping_limit = if waits { 600.0 } else { ping_limit };
    if secs > ping_limit && !now.completed && !now.ended {
        return Some(format!("{secs} s without an event before {at}"));
    }
    if now.open_break.is_some()
        && now.ad.is_none()
        && now.n_ads > 0
        && event.event_type == AdStart
        && secs > 0.25
    {
        return Some(format!("a gap of {secs} s between ads"));
    }
    let live = of_day(session);
    // a `play` inside a break that follows ends no pause of the content
    let here = events[at..].iter().take_while(|next| next.event_type != AdBreakStart);
    let is_seek = !live
        && matches!(now.does, Does::Pause | Does::Buffer)
        && here.take(3).any(|next| next.event_type == Play && next.ts.0 <= event.ts.0 + 250);
    let wraps = live && moved < -80_000.0;
    let is_unplayed = event.event_type != Play && is_unannounced(now) && !is_early(events, at);
    if is_unplayed && unannounced_secs(events, all, at) > 1.0 {
        return Some(format!("content without play after the pre-roll, at {at}"));
    }
    let reset = before.event_type == AdBreakComplete || !now.played || is_early(events, at);
    let off = event.playhead - event.ts.0.rem_euclid(86_400_000) as f64 / 1000.0;
    // what the client does not know yet is 0 (N5), no other time
    let is_no_time = now.open_break.is_none() && event.playhead >= 86_400.0;
    let is_off = now.played && now.open_break.is_none() && (60.0..86_340.0).contains(&off.abs());
    if live && event.playhead > 0.0 && (is_no_time || is_off) {
        return Some(format!("{off} s from the second of the day at {at}"));
    }
    let tolerance = 2.5 + 0.05 * secs;
    let wrong = match now.open_break {
        _ if wraps => false,
        Some(open) => !live && !is_seek && (event.playhead - events[open].playhead).abs() > 1.0,
        None if reset => false,
        None if now.does == Does::Play => (moved - secs).abs() > tolerance || moved < -1.0,
        None => !live && !is_seek && moved.abs() > 1.0,
    };
    wrong.then(|| format!("the playhead moves by {moved} s in {secs} s before {at}"))
}

/// Outside breaks after a pre-roll, and no `play` yet.
fn is_unannounced(now: &Now) -> bool {
    now.any_break && !now.played && now.open_break.is_none()
}

/// How far the content has gone on at the pace of the clock up to an event, without a `play`. A jump is the position at
/// which the viewer resumes, which the client may learn late (N5).
fn unannounced_secs(events: &[PlayedEvent], all: &[Now], at: usize) -> f64 {
    let steps = (1..=at).filter(|step| is_unannounced(&all[*step])).map(|step| {
        let (before, event) = (&events[step - 1], &events[step]);
        ((event.ts.0 - before.ts.0) as f64 / 1000.0, event.playhead - before.playhead)
    });
    steps.filter(|(secs, moved)| (0.5 * secs..=1.5 * secs).contains(moved)).map(|(_, moved)| moved).sum()
}

/// Up to a second `play` soon after the first, the position may still come.
fn is_early(events: &[PlayedEvent], at: usize) -> bool {
    let mut plays = events.iter().enumerate().filter(|(_, event)| event.event_type == Play);
    match (plays.next(), plays.next()) {
        (Some((_, first)), Some((second, again))) => at <= second && again.ts.0 - first.ts.0 <= 2500,
        _ => false,
    }
}

/// Long stretches: drift that adds up, a playhead that stands still, a session that is too old.
fn stretch_fault(session: &PlayedSession, events: &[PlayedEvent], now: &[Now]) -> Option<String> {
    let (mut since, mut moved_at) = (0, events[0].ts.0);
    for at in 1..events.len() {
        let (before, event) = (&events[at - 1], &events[at]);
        let secs = |from: i64| (event.ts.0 - from) as f64 / 1000.0;
        let plays = now[at].plays_main() && now[at].played && before.event_type != AdBreakComplete;
        let wraps = of_day(session) && event.playhead < before.playhead - 80_000.0;
        if !plays || wraps || is_early(events, at) {
            since = at;
        }
        let lasts = secs(events[since].ts.0);
        if (event.playhead - events[since].playhead - lasts).abs() > 2.5 + 0.05 * lasts {
            return Some(format!("the playhead drifts before {at}"));
        }
        if event.playhead != before.playhead {
            moved_at = event.ts.0;
        }
        let still = secs(moved_at);
        if still > 1860.0 || (still > 1800.0 && event.event_type != SessionEnd) {
            return Some(format!("the playhead stands for {still} s"));
        }
    }
    (events.last()?.ts.0 - events[0].ts.0 > 86_460_000).then(|| "longer than a day".to_owned())
}

/// The running total of dropped frames falls. What is stamped with one moment has no order.
fn quality_fault(events: &[PlayedEvent]) -> Option<String> {
    let total = |event: &PlayedEvent| event.qoe_data.get("media.qoe.droppedFrames")?.as_i64();
    let totals: Vec<(i64, i64)> =
        events.iter().filter_map(|event| Some((event.ts.0, total(event)?))).collect();
    let fall = totals.windows(2).find(|pair| pair[1].1 < pair[0].1 && pair[1].0 != pair[0].0)?;
    Some(format!("the total of dropped frames falls from {} to {}", fall[0].1, fall[1].1))
}

/// What the end of a session says of the whole.
fn end_fault(session: &PlayedSession, events: &[PlayedEvent], now: &Now) -> Option<String> {
    let furthest = events.iter().map(|event| event.playhead).fold(0.0, f64::max);
    let length = length(session).unwrap_or(0.0);
    let moved = events.windows(2).filter(|pair| pair[0].event_type != AdBreakComplete).any(|pair| {
        let moved = pair[1].playhead - pair[0].playhead;
        moved > 1.0
    });
    if !now.played && (moved || now.completed) {
        return Some("content that never played".to_owned());
    }
    if now.completed && now.chapter.is_some() {
        return Some("a chapter is open at the end".to_owned());
    }
    if now.open_break.is_some() && (now.ad.is_none() || now.completed) {
        return Some("a break is open at the end".to_owned());
    }
    let last = events.last()?.playhead;
    if !of_day(session) && now.ended && !now.completed && last >= 0.95 * length {
        return Some("played to the end without a completion".to_owned());
    }
    (!of_day(session) && furthest > length + 1.0).then(|| "the playhead passes the length".to_owned())
}

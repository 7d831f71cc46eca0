//! Faults of lifecycle and order (families L and O), and changes that leave a viewing correct.

use playtrace::model::event_type::EventType::{self, *};
use playtrace::player::viewing::{Delivery, Viewing};
use serde_json::json;

use super::mutation::{At, Draft, Mutation, breaks, keeps};
use super::oracle::{self, Does};

/// The faults of the families.
pub const TABLE: &[Mutation] = &[
    breaks("MC-L002", "a second start in a running session", |draft| {
        let place = draft
            .place(|at| at.online() && at.index > 0 && at.after().plays_main() && at.gap_after() > 10)?;
        let start = draft.event((place.0, 0)).clone();
        let event = draft.add(place, 1, SessionStart);
        event.params = start.params;
        Some(())
    }),
    breaks("MC-L003", "a ping after the end", |draft| {
        let place = draft.place(|at| at.is(SessionEnd) && at.later().is_empty())?;
        draft.add(place, 5000, Ping);
        Some(())
    }),
    breaks("MC-L003", "the player plays on after the end", |draft| {
        // tied with what goes on, it may have been overtaken (O011)
        let place = draft.place(|at| {
            at.index > 0 && at.after().is_quiet() && at.later().len() > 2 && at.gap_after() > 1
        })?;
        draft.add(place, 1, SessionEnd);
        Some(())
    }),
    breaks("MC-L004", "eleven minutes of silence", |draft| silence(draft, 660_000, |at| !at.batch())),
    breaks("MC-B007", "eleven minutes of silence in a batch", |draft| {
        silence(draft, 660_000, |at| at.batch())
    }),
    breaks("MC-L013", "nine minutes of silence", |draft| silence(draft, 540_000, |at| !at.batch())),
    breaks("MC-L005", "a pause of 33 minutes", |draft| {
        let place = draft.place(|at| {
            at.is(PauseStart)
                && at.before().plays_main()
                && !at.batch()
                && at.later().iter().any(|later| later.event_type == Play)
        })?;
        draft.shift((place.0, place.1 + 1), 1_980_000);
        for n in (1..198).rev() {
            draft.add(place, n * 10_000, Ping);
        }
        Some(())
    }),
    breaks("MC-L006", "no end, and the capture goes on", |draft| {
        let place = draft.place(|at| at.index == 0 && at.online() && at.later().len() > 6)?;
        let mut other = draft.viewing.sessions[place.0].clone();
        draft.events(place.0).retain(|event| !matches!(event.event_type, SessionEnd | SessionComplete));
        // two hours later something else is watched
        for event in &mut other.events {
            event.ts.0 += 7_200_000;
            event.received_at += 7_200_000;
        }
        other.events[0].params.insert("media.id".to_owned(), json!("another"));
        other.sid = other.sid.chars().rev().collect();
        draft.viewing.sessions.push(other);
        Some(())
    }),
    breaks("MC-L007", "the completion is forgotten", |draft| {
        let place = draft.place(|at| {
            at.is(SessionComplete)
                && !at.of_day()
                && at.later().iter().all(|later| later.event_type == SessionEnd)
        })?;
        if draft.events(place.0).len() > place.1 + 1 {
            draft.remove(place);
        } else {
            draft.event(place).event_type = SessionEnd;
        }
        Some(())
    }),
    breaks("MC-L008", "completed at a third", |draft| {
        let place = draft.place(|at| at.is(SessionComplete) && !at.of_day())?;
        let length = oracle::length(&draft.viewing.sessions[place.0])?;
        draft.set((place.0, 0), "media.length", length * 3.0);
        Some(())
    }),
    breaks("MC-L010", "a new session on return", |draft| {
        let place = draft.place(|at| {
            at.online()
                && at.is(Ping)
                && at.after().is_quiet()
                && at.after().states.is_empty()
                && at.later().len() > 3
                && at.index > 3
        })?;
        split(draft, place, 120_000)
    }),
    breaks("MC-L011", "no play at all", |draft| {
        let place = draft.place(|at| {
            at.index == 0
                && at.later().iter().any(|later| later.event_type == SessionComplete)
                && at.later().iter().all(|later| later.event_type != AdBreakStart)
        })?;
        draft.events(place.0).retain(|event| event.event_type != Play);
        Some(())
    }),
    breaks("MC-L012", "play after the completion", |draft| {
        let place =
            draft.place(|at| at.is(SessionComplete) && (at.later().is_empty() || at.gap_after() > 500))?;
        draft.add(place, 400, Play);
        Some(())
    }),
    breaks("MC-L012", "a ping timer that goes on after the completion", |draft| {
        let place = draft.place(|at| at.is(SessionComplete) && at.later().is_empty())?;
        for n in (1..5).rev() {
            draft.add(place, n * 10_000, Ping);
        }
        Some(())
    }),
    breaks("MC-L014", "a resume without its flag", |draft| {
        let place = draft.place(|at| {
            at.online()
                && !at.of_day()
                && at.is(Ping)
                && at.after().is_quiet()
                && at.event().playhead > 10.0
                && at.index > 3
                && at.later().len() > 3
        })?;
        split(draft, place, 2_400_000)
    }),
    breaks("MC-L015", "a resume from the beginning", |draft| {
        let place = draft.place(|at| {
            at.index == 0
                && !at.of_day()
                && at.event().playhead == 0.0
                && !at.event().params.contains_key("media.resume")
        })?;
        draft.set(place, "media.resume", true);
        Some(())
    }),
    breaks("MC-L016", "started twice", |draft| {
        let place = draft
            .place(|at| at.online() && at.index == 0 && at.gap_after() < 3500 && at.later().len() > 8)?;
        let mut twin = draft.viewing.sessions[place.0].clone();
        twin.events.truncate(2);
        twin.sid = twin.sid.chars().rev().collect();
        for event in &mut twin.events {
            event.ts.0 += 300;
            event.received_at += 300;
        }
        draft.viewing.sessions.push(twin);
        Some(())
    }),
    breaks("MC-O001", "one event overtakes another", |draft| {
        let place = draft.place(|at| {
            at.online()
                && in_order(at)
                && at.index > 1
                && at.gap_after() > 0
                && at
                    .later()
                    .first()
                    .is_some_and(|next| (1..700).contains(&(next.received_at - at.event().received_at)))
        })?;
        let next = draft.event((place.0, place.1 + 1)).received_at;
        draft.event(place).received_at = next + 1;
        Some(())
    }),
    breaks("MC-O002", "one event comes far too late", |draft| {
        let place = draft.place(|at| at.online() && at.index > 0 && at.gap_after() > 0)?;
        let events = draft.events(place.0);
        let ts = events[place.1].ts.0;
        let first = events.iter().filter(|event| event.ts.0 > ts).map(|event| event.received_at).min()?;
        events[place.1].received_at = first + 7000;
        Some(())
    }),
    breaks("MC-O003", "two events share a stamp", |draft| {
        let place = draft.place(|at| {
            (1..300).contains(&at.gap_after())
                && at.session.events.windows(2).all(|pair| pair[0].ts != pair[1].ts)
        })?;
        let ts = draft.event(place).ts;
        draft.event((place.0, place.1 + 1)).ts = ts;
        Some(())
    }),
    breaks("MC-O004", "two elements of a batch are swapped", |draft| {
        let place =
            draft.place(|at| at.batch() && at.index > 0 && at.gap_after() > 0 && !at.later().is_empty())?;
        draft.events(place.0).swap(place.1, place.1 + 1);
        Some(())
    }),
    breaks("MC-O004", "an element of a batch moves to the end", |draft| {
        let place =
            draft.place(|at| at.batch() && at.index > 0 && at.gap_before() > 0 && at.gap_after() > 0)?;
        let event = draft.remove(place);
        draft.events(place.0).push(event);
        Some(())
    }),
    breaks("MC-O005", "the start is stamped too late", |draft| {
        let place = draft.place(|at| at.online() && at.index == 0 && at.later().len() > 3)?;
        let second = draft.event((place.0, 1)).ts;
        draft.event(place).ts.0 = second.0 + 900;
        Some(())
    }),
    breaks("MC-O006", "a pause within a pause", |draft| {
        let place =
            draft.place(|at| at.is(PauseStart) && at.before().plays_main() && at.gap_after() > 400)?;
        draft.add(place, 300, PauseStart);
        Some(())
    }),
    breaks("MC-O007", "buffering within buffering", |draft| {
        let place =
            draft.place(|at| at.is(BufferStart) && at.before().plays_main() && at.gap_after() > 400)?;
        draft.add(place, 300, BufferStart);
        Some(())
    }),
    breaks("MC-O008", "play between two ads", |draft| {
        let place = draft.place(|at| {
            at.is_one_of(&[AdComplete, AdSkip]) && at.gap_after() > 1 && at.after().open_break.is_some()
        })?;
        draft.add(place, 1, Play);
        Some(())
    }),
    breaks("MC-O009", "play while playing", |draft| {
        let place = draft.place(|at| {
            at.is(Ping)
                && at.before().plays_main()
                && at.gap_after() > 6000
                && at.event().ts.0 - at.session.events[0].ts.0 > 60_000
        })?;
        draft.add(place, 4000, Play);
        Some(())
    }),
    breaks("MC-O010", "a pause that never ends", |draft| {
        let place = draft.place(|at| {
            let next =
                at.next_of(&[Play, BufferStart, PauseStart, SessionEnd, SessionComplete, AdBreakStart]);
            at.is(Play)
                && at.before().does == Does::Pause
                && at.before().open_break.is_none()
                && !at.of_day()
                && (at.event().playhead - at.session.events[at.index - 1].playhead).abs() < 0.5
                && next.is_some_and(|next| {
                    !matches!(at.session.events[next].event_type, Play | BufferStart)
                        && at.session.events[next].ts.0 - at.event().ts.0 > 12_000
                        && shows_pace_without(at, next)
                })
        })?;
        draft.remove(place);
        Some(())
    }),
    breaks("MC-O011", "tied events arrive in an illegal order", |draft| {
        let place = draft.place(|at| {
            at.online()
                && at.is(AdBreakStart)
                && at
                    .later()
                    .first()
                    .is_some_and(|next| next.event_type == AdStart && next.ts == at.event().ts)
        })?;
        let arrivals = (draft.event(place).received_at, draft.event((place.0, place.1 + 1)).received_at);
        (draft.event(place).received_at, draft.event((place.0, place.1 + 1)).received_at) =
            (arrivals.1 + 1, arrivals.0);
        Some(())
    }),
];

/// Changes that leave a viewing correct.
pub const CORRECT: &[Mutation] = &[
    keeps("everything happens a day later", |draft| {
        let day = 86_400_000;
        for session in &mut draft.viewing.sessions {
            for event in &mut session.events {
                event.ts.0 += day;
                event.received_at += day;
            }
            if let Delivery::Batch { received_at, .. } = &mut session.delivery {
                *received_at += day;
            }
        }
        Some(())
    }),
    keeps("two tied events change places", |draft| {
        let harmless = [StateStart, StateEnd, StatesUpdate, BitrateChange, Error, Ping];
        let place = draft.place(|at| {
            let next = at.later().first();
            let ties = next.is_some_and(|next| {
                next.ts == at.event().ts
                    && next.playhead == at.event().playhead
                    && harmless.contains(&next.event_type)
            });
            at.is_one_of(&harmless) && at.before().plays_main() && ties
        })?;
        let (a, b) = (draft.event(place).received_at, draft.event((place.0, place.1 + 1)).received_at);
        draft.events(place.0).swap(place.1, place.1 + 1);
        (draft.event(place).received_at, draft.event((place.0, place.1 + 1)).received_at) = (a, b);
        Some(())
    }),
    keeps("everything arrives a little later", |draft| {
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            event.received_at += 700;
        }
        Some(())
    }),
    keeps("an error is not reported", |draft| drop_one(draft, &[Error])),
    keeps("a bitrate is not reported", |draft| drop_one(draft, &[BitrateChange])),
    keeps("one ping more", |draft| {
        let place = draft.place(|at| {
            at.gap_after() > 2000
                && at.after().plays_main()
                && at.after().played
                && at.index > 0
                && !at.of_day()
        })?;
        let gap = draft.event((place.0, place.1 + 1)).ts.0 - draft.event(place).ts.0;
        draft.add(place, gap / 2, Ping);
        Some(())
    }),
    keeps("the state is not said again", |draft| {
        let place = draft
            .place(|at| at.is(Play) && at.before().does == Does::Play && at.before().open_break.is_some())?;
        draft.remove(place);
        Some(())
    }),
    keeps("nothing", |_| Some(())),
];

fn drop_one(draft: &mut Draft, types: &[EventType]) -> Option<()> {
    let place = draft.place(|at| at.is_one_of(types))?;
    draft.remove(place);
    Some(())
}

/// Without the event the playhead still goes on at the pace of the clock up to another one, by more than 3 s and 5 %. In
/// a hole of the pings nobody sees how it goes on, and what is spread over more time than was played is a seek.
fn shows_pace_without(at: At<'_>, until: usize) -> bool {
    let limit_secs = if at.batch() { 54.0 } else { 11.0 };
    let mut last = &at.session.events[at.index - 1];
    let (mut moved_secs, mut passed_secs) = (0.0, 0.0);
    for event in &at.session.events[at.index + 1..=until] {
        let (secs, moved) = ((event.ts.0 - last.ts.0) as f64 / 1000.0, event.playhead - last.playhead);
        if secs <= limit_secs && (0.5 * secs..=1.5 * secs).contains(&moved) {
            moved_secs += moved;
            passed_secs += secs;
        }
        last = event;
    }
    moved_secs > 3.0 + 0.05 * passed_secs
}

fn in_order(at: At<'_>) -> bool {
    at.session.events.windows(2).all(|pair| pair[0].received_at <= pair[1].received_at)
}

/// Nothing happens for so long while content plays or is paused.
fn silence(draft: &mut Draft, millis: i64, wanted: impl Fn(At<'_>) -> bool) -> Option<()> {
    // a client that ends the session after half an hour has its own limit
    if draft.viewing.sessions.len() > 1 {
        return None;
    }
    let place = draft.place(|at| {
        // a session without any ping is told as that
        let pinged = at.session.events.iter().any(|event| event.event_type == Ping);
        pinged
            && at.session.events.len() < 200
            && wanted(at)
            && at.before().open_break.is_none()
            && at.before().played
            && at.index > 1
            && !at.before().completed
            && !at.of_day()
            && !at.is(SessionEnd)
    })?;
    draft.shift(place, millis);
    Some(())
}

/// The session stops at an event; what follows goes to another one, so much later.
fn split(draft: &mut Draft, (session, index): (usize, usize), millis: i64) -> Option<()> {
    draft.shift((session, index + 1), millis);
    let Viewing { sessions, .. } = &mut draft.viewing;
    let mut next = sessions[session].clone();
    let old = &mut sessions[session].events;
    let mut start = old[0].clone();
    next.events.drain(..=index);
    old.truncate(index + 1);
    let (first, last) = (next.events.first()?, old.last()?);
    start.playhead = last.playhead;
    start.params.insert("media.resume".to_owned(), json!(false));
    start.ts.0 = first.ts.0 - 500;
    start.received_at = first.received_at - 500;
    let mut play = start.clone();
    (play.event_type, play.status, play.ts.0, play.received_at) =
        (Play, 204, play.ts.0 + 1, play.received_at + 1);
    play.params.clear();
    play.custom_metadata.clear();
    next.events.splice(0..0, [start, play]);
    next.sid = next.sid.chars().rev().collect();
    sessions.insert(session + 1, next);
    Some(())
}

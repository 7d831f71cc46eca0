//! Faults of clocks, playheads and pings (family T).

use playtrace::model::event_type::EventType::{self, *};
use playtrace::player::viewing::{Delivery, PlayedEvent};

use super::mutation::{At, Draft, Mutation, breaks};
use super::oracle::{self, Does, Now};

/// The faults of the family.
pub const TABLE: &[Mutation] = &[
    breaks("MC-T001", "content plays at 1.6 times its speed", |draft| {
        let (session, index) = stretch(draft, 4)?;
        let began = draft.event((session, index)).clone();
        let length = stretch_len(draft, (session, index));
        for at in index + 1..index + length {
            let event = draft.event((session, at));
            event.playhead += 0.6 * secs(&began, event);
        }
        let last = draft.event((session, index + length - 1)).clone();
        draft.move_playheads((session, index + length), 0.6 * secs(&began, &last));
        Some(())
    }),
    breaks("MC-T002", "the playhead goes on in a pause", |draft| goes_on(draft, PauseStart)),
    breaks("MC-T003", "the playhead goes on while buffering", |draft| goes_on(draft, BufferStart)),
    breaks("MC-T004", "the playhead of the ad is reported", |draft| {
        let place = draft.place(|at| at.is(AdBreakComplete) && !at.of_day() && at.before().n_ads > 0)?;
        let events = draft.events(place.0);
        let first = events[..place.1].iter().rposition(|event| event.event_type == AdBreakStart)?;
        let began = events[first].clone();
        for event in &mut events[first + 1..place.1] {
            event.playhead += secs(&began, event);
        }
        (events[place.1].ts.0 - began.ts.0 > 3000 && events[place.1 - 1].playhead - began.playhead > 2.0)
            .then_some(())
    }),
    breaks("MC-T005", "the content jumps forward", |draft| {
        let place = draft.place(|at| steady(at, false))?;
        draft.move_playheads(place, 100.0);
        Some(())
    }),
    breaks("MC-T005", "the content jumps back", |draft| {
        let place = draft.place(|at| {
            steady(at, false)
                && at.event().playhead > 120.0
                && at.later().iter().all(|later| later.playhead > 60.0)
        })?;
        draft.move_playheads(place, -50.0);
        Some(())
    }),
    breaks("MC-T006", "the playhead stands still", |draft| {
        let (session, index) = stretch(draft, 4)?;
        let playhead = draft.event((session, index)).playhead;
        for at in index + 1..index + 3 {
            draft.event((session, at)).playhead = playhead;
        }
        Some(())
    }),
    breaks("MC-T007", "the length is less than was played", |draft| {
        let place = draft.place(|at| {
            at.index == 0 && !at.of_day() && at.later().iter().any(|later| later.playhead > 40.0)
        })?;
        let pre_roll = draft
            .events(place.0)
            .iter()
            .filter(|event| event.event_type == AdStart)
            .filter_map(|event| event.params["media.ad.length"].as_f64());
        let of_ads: Vec<f64> = pre_roll.collect();
        let furthest = draft.events(place.0).iter().map(|event| event.playhead).fold(0.0, f64::max);
        let length = furthest - 20.3;
        if of_ads.len() > 1 || of_ads.iter().any(|ad| (ad - length).abs() < 2.0) {
            return None;
        }
        draft.set(place, "media.length", length);
        Some(())
    }),
    breaks("MC-T008", "all playheads are milliseconds", |draft| {
        if draft.viewing.sessions.iter().any(oracle::of_day) {
            return None;
        }
        let place = draft.place(|at| at.is(Ping) && at.event().playhead > 30.0 && at.after().plays_main())?;
        for session in &mut draft.viewing.sessions {
            session.events.iter_mut().for_each(|event| event.playhead *= 1000.0);
        }
        draft.event(place);
        Some(())
    }),
    breaks("MC-T009", "the live playhead is the time since 1970", |draft| {
        draft.place(|at| at.of_day() && at.after().plays_main())?;
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            event.playhead = (event.ts.0 / 1000) as f64;
        }
        Some(())
    }),
    breaks("MC-T010", "all stamps are seconds", |draft| {
        // in stamps of seconds events tie that were shuffled on the way
        let shuffled = |events: &[PlayedEvent]| {
            !events.windows(2).all(|pair| pair[0].received_at <= pair[1].received_at)
        };
        if draft.viewing.sessions.iter().any(|session| shuffled(&session.events)) {
            return None;
        }
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            event.ts.0 /= 1000;
        }
        Some(())
    }),
    breaks("MC-T011", "all stamps are microseconds", |draft| {
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            event.ts.0 *= 1000;
        }
        Some(())
    }),
    breaks("MC-T012", "the client's clock is an hour off", |draft| {
        draft.place(|at| at.online() && at.index > 3)?;
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            event.received_at += 3_600_000;
        }
        Some(())
    }),
    breaks("MC-T013", "the client's clock is set", |draft| {
        let place = draft.place(|at| {
            at.online()
                && at.index > 4
                && at.later().len() > 4
                && at.before().plays_main()
                && at.session.events[0].received_at + 3000 < at.session.events[at.index - 4].ts.0
                // what follows at once is a single late moment
                && at.later().last().is_some_and(|last| last.ts.0 > at.event().ts.0 + 3000)
        })?;
        for event in &mut draft.events(place.0)[place.1..] {
            event.ts.0 += 45_000;
        }
        Some(())
    }),
    breaks("MC-T014", "a ping is lost", |draft| {
        let place = draft.place(|at| {
            let hole = at.gap_before() + at.gap_after();
            let limit = if at.batch() { 54_000 } else { 11_000 };
            let n_pings = at.session.events.iter().filter(|event| event.event_type == Ping).count();
            n_pings > 1 && at.is(Ping) && !at.later().is_empty() && !at.before().completed && hole > limit
        })?;
        draft.remove(place);
        Some(())
    }),
    breaks("MC-T015", "pings every five seconds", |draft| {
        let pinged = |at: At<'_>| {
            at.is(Ping)
                && at.before().plays_main()
                && at.later().first().is_some_and(|next| next.event_type == Ping)
                && at.gap_after() > 9000
        };
        let first = draft.place(|at| {
            pinged(at) && at.session.events.iter().filter(|event| event.event_type == Ping).count() < 200
        })?;
        for index in (0..draft.events(first.0).len()).rev() {
            let all = oracle::walk(draft.events(first.0));
            let session = &draft.viewing.sessions[first.0];
            if pinged(At { session, all: &all, index }) {
                draft.add((first.0, index), 5000, Ping);
            }
        }
        Some(())
    }),
    breaks("MC-T016", "pings of both kinds in one ad", |draft| {
        let place = draft.place(|at| {
            let next = at.next_of(&[AdComplete, AdSkip]).unwrap_or(at.index);
            let pings = at.session.events.get(at.index + 1..next).unwrap_or_default();
            let all_pings = pings.iter().all(|event| event.event_type == Ping);
            at.is_one_of(&[AdStart, Play])
                && at.after().ad.is_some()
                && (2..4).contains(&pings.len())
                && all_pings
                && at.online()
                && at.gap_after() > 8000
        })?;
        for n in (1..7).rev() {
            draft.add(place, n * 1000, Ping);
        }
        Some(())
    }),
    breaks("MC-T017", "no pings at all", |draft| {
        if draft.viewing.sessions.len() > 1 {
            return None;
        }
        let place = draft.place(|at| {
            at.later().len() < 300
                && at.is(Ping)
                && at.before().plays_main()
                && longest_play(at) > if at.batch() { 65_000 } else { 35_000 }
        })?;
        draft.events(place.0).retain(|event| event.event_type != Ping);
        Some(())
    }),
    breaks("MC-T018", "no pings in a long pause", |draft| {
        let place = draft.place(|at| {
            at.is_one_of(&[PauseStart, BufferStart])
                && at.before().plays_main()
                && !at.of_day()
                && at.later().iter().any(|later| later.event_type == Play)
                && at
                    .next_of(&[SessionEnd])
                    .is_none_or(|end| at.next_of(&[Play]).is_some_and(|play| play < end))
        })?;
        let events = draft.events(place.0);
        let next = events[place.1 + 1..].iter().find(|event| event.event_type != Ping)?;
        if next.event_type != Play {
            return None;
        }
        while events.get(place.1 + 1).is_some_and(|next| next.event_type == Ping) {
            events.remove(place.1 + 1);
        }
        draft.shift((place.0, place.1 + 1), 70_000);
        Some(())
    }),
    breaks("MC-T019", "the viewer waits 45 seconds", |draft| {
        let place = draft.place(|at| at.index == 0)?;
        draft.shift((place.0, 1), 45_000);
        for n in (1..5).rev() {
            draft.add(place, n * 10_000, Ping);
        }
        Some(())
    }),
    breaks("MC-T020", "the length is in milliseconds", |draft| {
        let place = draft.place(|at| at.is(SessionComplete) && !at.of_day())?;
        let length = oracle::length(&draft.viewing.sessions[place.0])?;
        draft.set((place.0, 0), "media.length", (length * 1000.0).round());
        Some(())
    }),
    breaks("MC-T021", "the length is that of the pre-roll", |draft| {
        let place = draft.place(|at| {
            at.is(AdStart)
                && !at.before().played
                && at.before().n_ads == 0
                && !at.of_day()
                && at.next_of(&[Play]).is_some()
        })?;
        let length = draft.event(place).params["media.ad.length"].clone();
        draft.set((place.0, 0), "media.length", length);
        Some(())
    }),
    breaks("MC-T022", "the live playhead is local time", |draft| {
        draft.place(|at| {
            at.of_day()
                && at.all.iter().filter(|now| now.plays_main()).count() > 6
                && at.before().plays_main()
                && at.later().len() > 4
                && at.event().playhead > 0.0
        })?;
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            if event.playhead > 0.0 {
                event.playhead = (event.playhead + 7200.0) % 86_400.0;
            }
        }
        Some(())
    }),
    breaks("MC-T023", "the live playhead is the distance to the edge", |draft| {
        // five steps in a row show that it moves to and fro
        draft.place(|at| {
            let shown = at.session.events.get(at.index..at.index + 6).unwrap_or_default();
            at.of_day()
                && shown.len() == 6
                && at.all[at.index + 1..at.index + 7].iter().all(Now::plays_main)
                && shown.windows(2).all(|pair| pair[1].ts.0 - pair[0].ts.0 >= 1000)
        })?;
        for session in &mut draft.viewing.sessions {
            for (index, event) in session.events.iter_mut().enumerate() {
                event.playhead = 6.0 + [0.0, 0.4, -0.3, 0.5][index % 4];
            }
        }
        Some(())
    }),
    breaks("MC-T024", "play still has the old playhead after a seek", |draft| {
        let place = draft.place(|at| {
            let Some((before, next)) = at.session.events[..at.index].last().zip(at.later().first()) else {
                return false;
            };
            // a seek back by less than was played since then does not show as one
            let (moved, passed) = (next.playhead - before.playhead, secs(at.event(), next));
            at.is(Play)
                && at.before().does == Does::Pause
                && at.before().open_break.is_none()
                && at.index > 1
                && before.event_type == PauseStart
                && (at.event().playhead - before.playhead).abs() > 8.0
                && (moved < -2.0 || moved - passed > 3.0 + 0.05 * passed)
                && next.event_type == Ping
                && !at.of_day()
        })?;
        let playhead = draft.event((place.0, place.1 - 1)).playhead;
        draft.event(place).playhead = playhead;
        Some(())
    }),
];

fn secs(from: &PlayedEvent, to: &PlayedEvent) -> f64 {
    (to.ts.0 - from.ts.0) as f64 / 1000.0
}

/// Content has played for a while without a seek, and plays on.
fn steady(at: At<'_>, live: bool) -> bool {
    let recent = &at.session.events[at.index.saturating_sub(4)..at.index];
    at.is(Ping)
        && at.of_day() == live
        && at.before().plays_main()
        && at.before().played
        && recent.len() == 4
        && recent[3].event_type == Ping
        && recent
            .iter()
            .all(|event| !matches!(event.event_type, Play | PauseStart | BufferStart | AdBreakComplete))
        && at.gap_after() > 0
        && at.later().first().is_some_and(|next| next.event_type == Ping)
}

/// Events of a stretch of recorded content that plays undisturbed.
const STRETCH: [EventType; 7] = [Play, Ping, ChapterStart, StateStart, StateEnd, BitrateChange, Error];

/// So many events of a stretch that plays undisturbed, each several seconds from the next.
fn stretch(draft: &mut Draft, n: usize) -> Option<(usize, usize)> {
    draft.place(|at| {
        let events = at.session.events.get(at.index..at.index + n).unwrap_or_default();
        let calm = events.iter().skip(1).all(|event| event.event_type == Ping)
            && events.windows(2).all(|pair| secs(&pair[0], &pair[1]) > 8.0);
        events.len() == n
            && calm
            && !at.of_day()
            && at.is(Ping)
            && at.after().plays_main()
            && at.after().played
            && at.index > 3
            && at.session.events[at.index - 1].event_type == Ping
    })
}

/// Events from a place to the end of its stretch.
fn stretch_len(draft: &mut Draft, (session, index): (usize, usize)) -> usize {
    let events = &draft.events(session)[index..];
    events
        .iter()
        .take_while(|event| STRETCH.contains(&event.event_type) && (event.event_type != Play))
        .count()
}

/// The playhead goes on with the clock while it should stand.
fn goes_on(draft: &mut Draft, event_type: EventType) -> Option<()> {
    let place = draft.place(|at| {
        let play = at.next_of(&[Play, PauseStart, BufferStart, SessionEnd]);
        at.is(event_type)
            && at.before().plays_main()
            && !at.of_day()
            && play.is_some_and(|play| {
                let between = &at.session.events[at.index + 1..play];
                at.session.events[play].event_type == Play
                    && between.len() > 1
                    && between.iter().all(|event| event.event_type == Ping)
                    && (at.session.events[play].playhead - at.event().playhead).abs() < 0.5
            })
    })?;
    let began = draft.event(place).clone();
    let play =
        draft.events(place.0)[place.1 + 1..].iter().position(|event| event.event_type == Play)? + place.1 + 1;
    for at in place.1 + 1..play {
        let event = draft.event((place.0, at));
        event.playhead += secs(&began, event);
    }
    let play_event = draft.event((place.0, play)).clone();
    draft.move_playheads((place.0, play), secs(&began, &play_event));
    Some(())
}

/// Milliseconds of content that plays around a place with nothing but pings.
fn longest_play(at: At<'_>) -> i64 {
    let restarts = |event: &PlayedEvent| {
        !matches!(
            event.event_type,
            Ping | StateStart
                | StateEnd
                | StatesUpdate
                | BitrateChange
                | Error
                | ChapterStart
                | ChapterComplete
                | ChapterSkip
        )
    };
    let events = &at.session.events;
    let from = events[..at.index].iter().rposition(restarts).unwrap_or(0);
    let to = events[at.index..].iter().position(restarts).map_or(events.len() - 1, |to| at.index + to);
    if at.session.delivery == Delivery::Bare && at.of_day() && events[from].event_type != Play {
        return 0;
    }
    if events[from].event_type == Play { events[to].ts.0 - events[from].ts.0 } else { 0 }
}

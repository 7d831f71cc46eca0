//! Faults of what has a beginning and an end: breaks, ads, chapters, player states (families A, C, X).

use playtrace::model::event_type::EventType::*;
use playtrace::player::viewing::PlayedEvent;
use serde_json::{Value, json};

use super::mutation::{At, Draft, Mutation, breaks};
use super::oracle::{self, Does};

/// The faults of the families.
pub const TABLE: &[Mutation] = &[
    breaks("MC-A001", "no adBreakStart", |draft| drop(draft, |at| at.is(AdBreakStart) && has_ad(at))),
    breaks("MC-A001", "an ad on its own", |draft| {
        let place = draft.place(|at| quiet(at, 5000))?;
        draft.add(place, 3000, AdComplete);
        let ad = draft.add(place, 1000, AdStart);
        (ad.params, ad.playhead) = (ad_params(7), ad.playhead);
        Some(())
    }),
    breaks("MC-A002", "no adStart", |draft| {
        drop(draft, |at| {
            let end = at.next_of(&[AdComplete, AdSkip]);
            // so soon after the end of another ad, the end of this one is the copy of that (A017)
            let lasts = |end: usize| at.session.events[end].ts.0 - at.event().ts.0 > 1000;
            at.is(AdStart)
                && end.is_some_and(|end| lasts(end) && at.next_of(&[AdStart]).is_none_or(|next| next > end))
        })
    }),
    breaks("MC-A002", "adComplete once more", |draft| {
        let place =
            draft.place(|at| at.is_one_of(&[AdComplete, AdSkip]) && at.before().open_break.is_some())?;
        draft.shift((place.0, place.1 + 1), 1500);
        draft.add(place, 1200, AdComplete);
        Some(())
    }),
    breaks("MC-A003", "no adComplete", |draft| {
        drop(draft, |at| at.is_one_of(&[AdComplete, AdSkip]) && at.next_of(&[AdBreakComplete]).is_some())
    }),
    breaks("MC-A004", "no last adBreakComplete", |draft| {
        drop(draft, |at| {
            at.is(AdBreakComplete)
                && at.next_of(&[AdBreakStart]).is_none()
                && at.next_of(&[SessionEnd, SessionComplete]).is_some()
                && at.before().n_ads > 0
        })
    }),
    breaks("MC-A005", "adBreakComplete without a break", |draft| {
        let place = draft.place(|at| quiet(at, 3000))?;
        draft.add(place, 1500, AdBreakComplete);
        Some(())
    }),
    breaks("MC-A006", "no adBreakComplete before the next break", |draft| {
        drop(draft, |at| {
            at.is(AdBreakComplete) && at.next_of(&[AdBreakStart]).is_some() && at.before().n_ads > 0
        })
    }),
    breaks("MC-A007", "a break without ads", |draft| {
        let place = draft.place(|at| quiet(at, 3000))?;
        draft.add(place, 1000, Play);
        draft.add(place, 1000, AdBreakComplete);
        let start = draft.add(place, 999, AdBreakStart);
        let second = start.playhead.floor();
        start.params.insert("media.ad.podIndex".to_owned(), json!(9));
        start.params.insert("media.ad.podSecond".to_owned(), json!(second));
        Some(())
    }),
    breaks("MC-A008", "two seconds between two ads", |draft| {
        let place = draft.place(|at| at.is(AdStart) && at.before().n_ads > 0)?;
        draft.shift(place, 2000);
        Some(())
    }),
    breaks("MC-A009", "play before the pre-roll", |draft| {
        let place = draft.place(|at| {
            at.is(AdBreakStart)
                && !at.before().any_break
                && at.before().does == Does::Start
                && at.event().playhead == 0.0
                && at.gap_before() > 4
        })?;
        let gap = draft.event(place).ts.0 - draft.event((place.0, place.1 - 1)).ts.0;
        draft.add((place.0, place.1 - 1), gap / 2, Play);
        Some(())
    }),
    breaks("MC-A010", "no play after the pre-roll", |draft| {
        let place = draft.place(|at| {
            at.is(AdBreakComplete)
                && !at.before().played
                && !at.of_day()
                && at.later().iter().any(|later| later.event_type == PauseStart)
        })?;
        let events = draft.events(place.0);
        let until = events[place.1..].iter().position(|event| event.event_type == PauseStart)? + place.1;
        let again = |event: &PlayedEvent| event.event_type == Play;
        let plays: Vec<usize> = (place.1..until).filter(|index| again(&events[*index])).collect();
        if events[place.1..until]
            .iter()
            .any(|event| event.event_type == AdBreakStart || event.event_type == BufferStart)
        {
            return None;
        }
        for index in plays.into_iter().rev() {
            events.remove(index);
        }
        Some(())
    }),
    breaks("MC-A011", "a pod second a minute ahead", |draft| {
        let place = draft.place(|at| at.is(AdBreakStart) && !at.of_day() && at.before().played)?;
        let second = draft.event(place).playhead + 60.0;
        draft.set(place, "media.ad.podSecond", second.floor());
        Some(())
    }),
    breaks("MC-A012", "the second ad has the position of the first", |draft| {
        let place = draft.place(|at| at.is(AdStart) && at.before().n_ads == 1)?;
        let before =
            draft.events(place.0)[..place.1].iter().rposition(|event| event.event_type == AdStart)?;
        let position = draft.event((place.0, before)).params["media.ad.podPosition"].clone();
        draft.set(place, "media.ad.podPosition", position);
        Some(())
    }),
    breaks("MC-A013", "two breaks of one index", |draft| {
        let place = draft.place(|at| {
            let first = at.session.events.iter().find(|event| event.event_type == AdBreakStart);
            at.is(AdBreakStart)
                && first.is_some_and(|first| {
                    first.params["media.ad.podIndex"] == 1
                        && (first.playhead - at.event().playhead).abs() > 5.0
                })
        })?;
        draft.set(place, "media.ad.podIndex", 1);
        Some(())
    }),
    breaks("MC-A014", "an ad of thrice its length", |draft| {
        // with its pauses it may last as long as that
        let place = draft.place(|at| {
            let end = at.next_of(&[AdComplete, AdSkip]).map(|end| at.session.events[end].ts.0);
            let passed = end.map_or(0.0, |end| (end - at.event().ts.0) as f64 / 1000.0);
            let tripled =
                at.event().params.get("media.ad.length").and_then(Value::as_f64).map(|secs| secs * 3.0);
            at.is(AdStart)
                && is_completed(at)
                && tripled.is_some_and(|tripled| (tripled - passed).abs() > 2.5 + tripled / 10.0)
        })?;
        let length = draft.event(place).params["media.ad.length"].as_i64()?;
        draft.set(place, "media.ad.length", length * 3);
        Some(())
    }),
    breaks("MC-A015", "an ad without a name", |draft| {
        let place = draft.place(|at| at.is(AdStart))?;
        draft.set(place, "media.ad.id", "");
        Some(())
    }),
    breaks("MC-A016", "no adBreakStart: time is lost", |draft| {
        drop(draft, |at| at.is(AdBreakStart) && has_ad(at) && at.next_of(&[AdBreakComplete]).is_some())
    }),
    breaks("MC-A017", "adStart twice", |draft| {
        let place =
            draft.place(|at| at.is(AdStart) && at.before().open_break.is_some() && at.gap_after() > 400)?;
        let params = draft.event(place).params.clone();
        draft.add(place, 200, AdStart).params = params;
        Some(())
    }),
    breaks("MC-A017", "adBreakStart twice", |draft| {
        let place = draft.place(|at| at.is(AdBreakStart))?;
        let params = draft.event(place).params.clone();
        draft.add(place, 0, AdBreakStart).params = params;
        Some(())
    }),
    breaks("MC-A018", "no play in the ad of a pre-roll", |draft| {
        drop(draft, |at| {
            let end = at.next_of(&[AdComplete, AdSkip]).unwrap_or(at.index);
            at.is(Play)
                && at.before().ad == Some(at.index - 1)
                && !at.before().played
                && at.session.events[at.index + 1..end].iter().all(|event| event.event_type == Ping)
        })
    }),
    breaks("MC-A019", "a pod index below zero", |draft| {
        let place = draft.place(|at| at.is(AdBreakStart))?;
        draft.set(place, "media.ad.podIndex", -1);
        Some(())
    }),
    breaks("MC-A019", "a later pod with index 0", |draft| {
        // in the same place it is the first break again, watched twice
        let place = draft.place(|at| {
            let first = at.session.events.iter().find(|event| event.event_type == AdBreakStart);
            let is_elsewhere = |first: &PlayedEvent| (first.playhead - at.event().playhead).abs() > 5.0;
            at.is(AdBreakStart) && at.before().any_break && first.is_some_and(is_elsewhere)
        })?;
        draft.set(place, "media.ad.podIndex", 0);
        Some(())
    }),
    breaks("MC-A020", "an ad length in milliseconds", |draft| {
        let place = draft.place(|at| at.is(AdStart) && is_completed(at))?;
        let length = draft.event(place).params["media.ad.length"].as_i64()?;
        draft.set(place, "media.ad.length", length * 1000);
        Some(())
    }),
    breaks("MC-A020", "an ad length of 0", |draft| {
        let place = draft.place(|at| at.is(AdStart) && is_completed(at))?;
        draft.set(place, "media.ad.length", 0);
        Some(())
    }),
    breaks("MC-C001", "a chapter in a chapter", |draft| {
        let place = draft
            .place(|at| at.after().plays_main() && at.after().chapter.is_some() && at.gap_after() > 2000)?;
        draft.add(place, 1000, ChapterStart).params = chapter_params(40, 0.0);
        Some(())
    }),
    breaks("MC-C001", "no end of a chapter before the next", |draft| {
        drop(draft, |at| {
            at.is_one_of(&[ChapterComplete, ChapterSkip]) && at.next_of(&[ChapterStart]).is_some()
        })
    }),
    breaks("MC-C002", "no chapterStart", |draft| {
        drop(draft, |at| {
            let end = at.next_of(&[ChapterComplete, ChapterSkip]);
            at.is(ChapterStart)
                && end.is_some_and(|end| at.next_of(&[ChapterStart]).is_none_or(|next| next > end))
        })
    }),
    breaks("MC-C002", "chapterComplete on its own", |draft| {
        let place = draft.place(|at| quiet(at, 3000))?;
        draft.add(place, 1500, ChapterComplete);
        Some(())
    }),
    breaks("MC-C003", "no chapterComplete before the completion", |draft| {
        drop(draft, |at| {
            at.is_one_of(&[ChapterComplete, ChapterSkip])
                && at.next_of(&[ChapterStart]).is_none()
                && at.next_of(&[SessionComplete]).is_some()
        })
    }),
    breaks("MC-C004", "two chapters of one index", |draft| {
        let place = draft.place(|at| {
            let mut earlier = at.session.events[..at.index].iter();
            at.is(ChapterStart)
                && earlier.any(|event| {
                    event.event_type == ChapterStart
                        && event.params["media.chapter.offset"] != at.event().params["media.chapter.offset"]
                })
        })?;
        let first = draft.events(place.0).iter().find(|event| event.event_type == ChapterStart)?;
        let index = first.params["media.chapter.index"].clone();
        draft.set(place, "media.chapter.index", index);
        Some(())
    }),
    breaks("MC-C005", "a chapter offset half a minute away", |draft| {
        let place = draft.place(|at| at.is(ChapterStart) && !at.of_day())?;
        let offset = draft.event(place).playhead + 30.0;
        draft.set(place, "media.chapter.offset", offset);
        Some(())
    }),
    breaks("MC-C006", "a chapter begins in a break", |draft| {
        let place = draft.place(|at| {
            at.after().ad.is_some()
                && at.after().chapter.is_none()
                && at.gap_after() > 900
                && at.next_of(&[AdBreakComplete]).is_some()
                && at.next_of(&[ChapterStart]).is_none()
        })?;
        let end =
            draft.events(place.0)[place.1..].iter().position(|event| event.event_type == AdBreakComplete)?
                + place.1;
        draft.add((place.0, end), 0, ChapterComplete);
        draft.add(place, 500, ChapterStart).params = chapter_params(40, 0.0);
        Some(())
    }),
    breaks("MC-X001", "a state starts twice", |draft| {
        let place = draft.place(|at| at.is(StateStart) && at.gap_after() > 400)?;
        let params = draft.event(place).params.clone();
        draft.add(place, 300, StateStart).params = params;
        Some(())
    }),
    breaks("MC-X001", "no end of a state before it starts again", |draft| {
        drop(draft, |at| {
            at.is(StateEnd)
                && at
                    .later()
                    .iter()
                    .any(|later| later.event_type == StateStart && later.params == at.event().params)
        })
    }),
    breaks("MC-X002", "a state ends that never began", |draft| {
        let place = draft.place(|at| quiet(at, 3000))?;
        draft.add(place, 1000, StateEnd).params = state("neverStarted");
        Some(())
    }),
    breaks("MC-X002", "no start of a state", |draft| {
        drop(draft, |at| {
            at.is(StateStart)
                && at
                    .later()
                    .iter()
                    .any(|later| later.event_type == StateEnd && later.params == at.event().params)
                && at.session.events[..at.index]
                    .iter()
                    .all(|event| !matches!(event.event_type, StateStart | StatesUpdate))
                && at.later().iter().all(|event| event.event_type != StatesUpdate)
        })
    }),
    breaks("MC-X003", "eleven states", |draft| {
        let place = draft.place(|at| quiet(at, 3000))?;
        for n in 0..11 {
            draft.add(place, 1000, StateStart).params = state(&format!("state{n}"));
        }
        Some(())
    }),
    breaks("MC-X004", "a state name with a space", |draft| {
        let place = draft.place(|at| quiet(at, 3000))?;
        draft.add(place, 1000, StateStart).params = state("full screen");
        Some(())
    }),
    breaks("MC-X005", "two spellings of a state", |draft| {
        let place = draft.place(|at| quiet(at, 4000) && !speaks_of(at, "mute"))?;
        for (millis, event_type, name) in [
            (2500, StateEnd, "MUTE"),
            (2000, StateStart, "MUTE"),
            (1500, StateEnd, "mute"),
            (1000, StateStart, "mute"),
        ] {
            draft.add(place, millis, event_type).params = state(name);
        }
        Some(())
    }),
    breaks("MC-X006", "states are not said again in the next session", |draft| {
        let place = draft.place(|at| {
            at.index == 0 && matches!(at.later(), [first, ..] if first.event_type == StateStart)
        })?;
        let events = draft.events(place.0);
        let mut lost = Vec::new();
        while events[1].event_type == StateStart {
            lost.extend(oracle::state_changes(&events.remove(1)));
        }
        // one that ends later is told there (X002)
        let later: Vec<_> = events.iter().flat_map(oracle::state_changes).map(|(name, _)| name).collect();
        lost.iter().any(|(name, _)| !later.contains(name)).then_some(())
    }),
    breaks("MC-X007", "no end of a state", |draft| {
        let place =
            draft.place(|at| quiet(at, 3000) && at.next_of(&[SessionEnd, SessionComplete]).is_some())?;
        draft.add(place, 1000, StateStart).params = state("forever");
        Some(())
    }),
    breaks("MC-X008", "an unusual spelling of a state", |draft| {
        let place = draft.place(|at| quiet(at, 3000) && !speaks_of(at, "mute"))?;
        draft.add(place, 2000, StateEnd).params = state("Mute");
        draft.add(place, 1000, StateStart).params = state("Mute");
        Some(())
    }),
];

/// Plays content with nothing open, and nothing happens for so long.
fn quiet(at: At<'_>, millis: i64) -> bool {
    at.after().is_quiet()
        && at.after().played
        && at.gap_after() >= millis
        && at.index > 1
        && at.event().ts.0 - at.session.events[0].ts.0 > 6000
}

/// The ad is played to its end.
fn is_completed(at: At<'_>) -> bool {
    let end = at.next_of(&[AdComplete, AdSkip]);
    end.is_some_and(|end| at.session.events[end].event_type == AdComplete)
}

/// True when the session has the player state anywhere.
fn speaks_of(at: At<'_>, name: &str) -> bool {
    at.session.events.iter().flat_map(oracle::state_changes).any(|(known, _)| known == name)
}

fn has_ad(at: At<'_>) -> bool {
    at.next_of(&[AdStart]).is_some()
}

fn drop(draft: &mut Draft, wanted: impl Fn(At<'_>) -> bool) -> Option<()> {
    let place = draft.place(wanted)?;
    draft.remove(place);
    Some(())
}

fn state(name: &str) -> serde_json::Map<String, Value> {
    [("media.state.name".to_owned(), json!(name))].into_iter().collect()
}

fn ad_params(length: i64) -> serde_json::Map<String, Value> {
    let all = json!({"media.ad.id": "stray", "media.ad.length": length, "media.ad.podPosition": 1, "media.ad.playerName": "Garden player"});
    all.as_object().cloned().unwrap_or_default()
}

fn chapter_params(index: i64, offset: f64) -> serde_json::Map<String, Value> {
    let all =
        json!({"media.chapter.index": index, "media.chapter.length": 10, "media.chapter.offset": offset});
    all.as_object().cloned().unwrap_or_default()
}

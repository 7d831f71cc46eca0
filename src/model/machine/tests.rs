//! Tables of events and what is odd about them.

use EventType as T;

use super::*;

/// Runs the types one second apart and returns what was odd: (kind, at, related).
fn walk(types: &[EventType]) -> Vec<(OddityKind, u32, Option<u32>)> {
    let (mut state, mut odd) = (State::default(), Vec::new());
    for (at, event_type) in (0..).zip(types) {
        let input = Input {
            at,
            event: EventId(at),
            event_type: Some(*event_type),
            ts: Some(TsMillis(i64::from(at) * 1000)),
            playhead: Some(PlayheadSecs(f64::from(at))),
            state_changes: &[],
            repeats: false,
            ends_broken_break: false,
        };
        step(&mut state, &input, &mut odd);
    }
    finish(&state, &mut odd);
    odd.into_iter().map(|odd| (odd.kind, odd.at, odd.related)).collect()
}

#[test]
fn a_session_of_the_documents_has_nothing_odd() {
    let odd = walk(&[
        T::SessionStart,
        T::AdBreakStart,
        T::AdStart,
        T::Play,
        T::Ping,
        T::AdComplete,
        T::AdStart,
        T::AdSkip,
        T::AdBreakComplete,
        T::Play,
        T::ChapterStart,
        T::BufferStart,
        T::PauseStart,
        T::Ping,
        T::Play,
        T::ChapterComplete,
        T::SessionComplete,
        T::SessionEnd,
        T::SessionEnd,
    ]);
    assert_eq!(odd, []);
}

#[test]
fn each_fault_is_named_once() {
    use OddityKind as K;
    let start = T::SessionStart;
    for (types, expected) in [
        (vec![T::Play], vec![(K::FirstIsNoStart, 0, None)]),
        (vec![start, start], vec![(K::SecondStart, 1, Some(0))]),
        (vec![start, T::SessionEnd, T::Ping], vec![(K::AfterEnd, 2, Some(1))]),
        (vec![start, T::SessionComplete, T::Play], vec![(K::AfterComplete, 2, Some(1))]),
        (vec![start, T::AdStart, T::AdComplete, T::AdBreakComplete], vec![(K::AdOutsideBreak, 1, None)]),
        (vec![start, T::AdSkip], vec![(K::AdOutsideBreak, 1, None)]),
        (
            vec![start, T::AdBreakStart, T::AdComplete, T::AdStart, T::AdComplete, T::AdBreakComplete],
            vec![(K::AdEndWithoutStart, 2, None)],
        ),
        (
            vec![start, T::AdBreakStart, T::AdStart, T::AdStart, T::AdSkip, T::AdBreakComplete],
            vec![(K::AdLeftOpen, 3, Some(2))],
        ),
        (vec![start, T::AdBreakStart, T::AdStart, T::AdBreakComplete], vec![(K::AdLeftOpen, 3, Some(2))]),
        (vec![start, T::AdBreakStart, T::AdStart, T::AdComplete], vec![(K::BreakNeverCompleted, 1, None)]),
        (vec![start, T::AdBreakStart, T::AdStart], vec![]),
        (vec![start, T::AdBreakComplete], vec![(K::BreakCompleteWithoutStart, 1, None)]),
        (vec![start, T::AdBreakStart, T::AdBreakComplete], vec![(K::EmptyBreak, 2, Some(1))]),
        (
            vec![start, T::ChapterStart, T::ChapterStart, T::ChapterSkip],
            vec![(K::OverlappingChapters, 2, Some(1))],
        ),
        (vec![start, T::ChapterComplete], vec![(K::ChapterEndWithoutStart, 1, None)]),
        (vec![start, T::ChapterStart], vec![(K::ChapterLeftOpen, 1, None)]),
        (vec![start, T::PauseStart, T::PauseStart], vec![(K::PauseRepeated, 2, Some(1))]),
        // What follows from a fault is no second one.
        (
            vec![start, T::AdStart, T::AdBreakStart, T::AdComplete, T::AdBreakComplete],
            vec![(K::AdOutsideBreak, 1, None)],
        ),
        (vec![start, T::AdBreakStart, T::AdSkip, T::AdBreakComplete], vec![(K::AdEndWithoutStart, 2, None)]),
        (
            vec![
                start,
                T::AdBreakStart,
                T::AdStart,
                T::AdStart,
                T::AdComplete,
                T::AdComplete,
                T::AdBreakComplete,
            ],
            vec![(K::AdLeftOpen, 3, Some(2))],
        ),
        (
            vec![start, T::AdBreakStart, T::AdStart, T::AdBreakComplete, T::AdComplete],
            vec![(K::AdLeftOpen, 3, Some(2))],
        ),
        (
            vec![start, T::ChapterStart, T::ChapterStart, T::ChapterSkip, T::ChapterComplete],
            vec![(K::OverlappingChapters, 2, Some(1))],
        ),
        (
            vec![
                start,
                T::AdBreakStart,
                T::AdBreakStart,
                T::AdStart,
                T::AdSkip,
                T::AdBreakComplete,
                T::AdBreakComplete,
            ],
            vec![(K::NestedBreak, 2, Some(1))],
        ),
    ] {
        assert_eq!(walk(&types), expected, "{types:?}");
    }
}

/// Runs types at these milliseconds, all with the same params, and returns what was odd: (kind, at, related).
fn walk_equal(events: &[(EventType, i64)]) -> Vec<(OddityKind, u32, Option<u32>)> {
    let (mut state, mut odd) = (State::default(), Vec::new());
    for (at, (event_type, millis)) in (0..).zip(events) {
        let ts = TsMillis(YEAR_2000_MILLIS + millis);
        let input = Input {
            at,
            event: EventId(at),
            event_type: Some(*event_type),
            ts: Some(ts),
            playhead: Some(PlayheadSecs(0.0)),
            state_changes: &[],
            repeats: state.may_repeat(*event_type, ts).is_some(),
            ends_broken_break: false,
        };
        step(&mut state, &input, &mut odd);
    }
    finish(&state, &mut odd);
    odd.into_iter().map(|odd| (odd.kind, odd.at, odd.related)).collect()
}

#[test]
fn the_copy_of_an_ad_event_is_no_other_fault() {
    use OddityKind::{AdEndWithoutStart, AdEventDoubled, AdLeftOpen};
    let twice = |event_type| [(event_type, 100), (event_type, 1100)];
    let opening = [(T::SessionStart, 0), (T::AdBreakStart, 50)];
    let of = |events: &[&[(EventType, i64)]]| walk_equal(&events.concat());
    let end = [(T::AdComplete, 5000), (T::AdBreakComplete, 5100)];
    assert_eq!(of(&[&opening, &twice(T::AdStart), &end]), [(AdEventDoubled, 3, Some(2))]);
    let late = [(T::AdStart, 100), (T::AdStart, 1101)];
    assert_eq!(of(&[&opening, &late, &end]), [(AdLeftOpen, 3, Some(2))], "more than a second later");
    let ends = [(T::AdComplete, 5000), (T::AdComplete, 5001), (T::AdComplete, 5002)];
    let all = of(&[&opening, &[(T::AdStart, 100)], &ends, &[(T::AdBreakComplete, 5100)]]);
    assert_eq!(all, [(AdEventDoubled, 4, Some(3)), (AdEventDoubled, 5, Some(4))], "each copy once");
    let short_ads =
        [(T::AdStart, 100), (T::AdComplete, 200), (T::Play, 200), (T::AdStart, 1200), (T::AdComplete, 1200)];
    let all = of(&[&opening, &short_ads, &end[1..]]);
    assert!(all.iter().all(|(kind, ..)| *kind != AdEndWithoutStart && *kind != AdEventDoubled), "{all:?}");
}

#[test]
fn a_pre_roll_without_play_leaves_the_content_starting() {
    let mut state = State::default();
    let mut odd = Vec::new();
    for (at, event_type) in
        (0..).zip([T::SessionStart, T::AdBreakStart, T::AdStart, T::AdComplete, T::AdBreakComplete])
    {
        let input = Input {
            at,
            event: EventId(at),
            event_type: Some(event_type),
            ts: None,
            playhead: None,
            state_changes: &[],
            repeats: false,
            ends_broken_break: false,
        };
        step(&mut state, &input, &mut odd);
        let expected = if matches!(event_type, T::AdStart | T::AdComplete) {
            Playback::Playing
        } else {
            Playback::Starting
        };
        assert_eq!(state.context().playback(), expected, "after {event_type}");
    }
}

/// Takes these player states' starts (true) and ends, and returns what was odd.
fn states(mut state: State, changes: &[(&str, bool)]) -> Vec<(OddityKind, u32)> {
    let mut odd = Vec::new();
    for (at, (name, begins)) in (0..).zip(changes) {
        player_states::take(
            &mut state,
            &StateChange { name: (*name).to_owned(), begins: *begins },
            at,
            &mut odd,
        );
    }
    odd.into_iter().map(|odd| (odd.kind, odd.at)).collect()
}

#[test]
fn player_states_are_paired_by_name() {
    use OddityKind as K;
    let loose = || State::new(StateSpelling::CaseInsensitive, &Numbers::default(), false);
    let exact = || State::new(StateSpelling::Exact, &Numbers::default(), false);
    let both = [("fullscreen", true), ("fullScreen", true), ("fullScreen", false), ("fullscreen", false)];
    assert_eq!(states(loose(), &both), [(K::StateStartedTwice, 1)]);
    assert_eq!(states(exact(), &both), []);
    assert_eq!(states(loose(), &[("mute", false)]), [(K::StateEndedWhileInactive, 0)]);
    let late = State::new(StateSpelling::CaseInsensitive, &Numbers::default(), true);
    let twice = [("mute", false), ("mute", false)];
    assert_eq!(states(late, &twice), [(K::StateEndedWhileInactive, 1)], "the first may have begun before");
}

#[test]
fn each_state_beyond_the_tenth_is_named_once() {
    let names: Vec<String> = (0..12).map(|n| format!("s{n}")).collect();
    let mut changes: Vec<(&str, bool)> = names.iter().map(|name| (name.as_str(), true)).collect();
    changes.extend([("s10", false), ("s10", true), ("s3", false), ("s3", true)]);
    let state = State::new(StateSpelling::CaseInsensitive, &Numbers::default(), false);
    assert_eq!(states(state, &changes), [(OddityKind::TooManyStates, 10), (OddityKind::TooManyStates, 11)]);
}

#[test]
fn what_began_before_the_capture_may_end_in_it() {
    let mut state = State::new(StateSpelling::CaseInsensitive, &Numbers::default(), true);
    let mut odd = Vec::new();
    for (at, event_type) in
        (0..).zip([T::AdComplete, T::AdStart, T::AdComplete, T::AdBreakComplete, T::ChapterSkip])
    {
        let input = Input {
            at,
            event: EventId(at),
            event_type: Some(event_type),
            ts: None,
            playhead: None,
            state_changes: &[],
            repeats: false,
            ends_broken_break: false,
        };
        step(&mut state, &input, &mut odd);
    }
    let kinds: Vec<OddityKind> = odd.iter().map(|odd| odd.kind).collect();
    assert_eq!(kinds, [OddityKind::FirstIsNoStart]);
}

#[test]
fn silence_closes_a_session_but_a_wrong_stamp_does_not() {
    let start = 1_700_000_000_000;
    for (stamps, expected) in [
        (vec![start, start + 600_000], vec![]),
        (vec![start, start + 600_001, start + 1_300_000], vec![1]),
        (vec![start, 1_700_000_010, start + 20_000], vec![]),
        (vec![start, start - 700_000, start + 20_000], vec![]),
        (vec![0, 600_001], vec![1]),
    ] {
        let (mut state, mut odd) = (State::default(), Vec::new());
        for (at, ts) in (0..).zip(&stamps) {
            let input = Input {
                at,
                event: EventId(at),
                event_type: Some(if at == 0 { T::SessionStart } else { T::Ping }),
                ts: Some(TsMillis(*ts)),
                playhead: None,
                state_changes: &[],
                repeats: false,
                ends_broken_break: false,
            };
            step(&mut state, &input, &mut odd);
        }
        let silences = odd.iter().filter(|odd| odd.kind == OddityKind::AfterSilence).map(|odd| odd.at);
        assert_eq!(silences.collect::<Vec<_>>(), expected, "{stamps:?}");
    }
}

//! Orders of small sessions by hand, and of random ones by definition.

use super::*;
use crate::model::exchange::ExchangeRow;
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::session::{Content, Ending};
use crate::model::table::EventRow;

const BASE: i64 = 1_700_000_000_000;
const WINDOW: Window = Window { held_secs: 5.0, may_fail_secs: 1.0, n_held: 10 };

/// A session of pings in order of arrival: `ts` and arrival, both in milliseconds after the start, which comes first
/// at 0.
fn capture(mode: Mode, pings: &[(i64, i64)]) -> Capture {
    let mut capture = Capture::default();
    let all: Vec<(i64, i64)> = std::iter::once((0, 0)).chain(pings.iter().copied()).collect();
    for (row, (ts, arrival)) in (0..).zip(&all) {
        let received_at = (BASE + arrival) * 1000;
        capture.exchanges.push(ExchangeRow {
            received_at,
            first_event: row,
            n_events: 1,
            ..ExchangeRow::default()
        });
        let event_type = if row == 0 { EventType::SessionStart } else { EventType::Ping } as u8;
        capture.events.push(EventRow { ts: BASE + ts, exchange: row, event_type, ..EventRow::default() });
    }
    let mut order: Vec<u32> = (0..all.len() as u32).collect();
    order[1..].sort_by_key(|row| all[*row as usize].0);
    let rows = 0..all.len() as u32;
    capture.sessions.push(Session {
        id: SessionId(0),
        sid: None,
        mode,
        content: Content::default(),
        ending: Ending::CutOff,
        by_arrival: rows.clone().map(EventId).collect(),
        judged_order: (!order.is_sorted()).then_some(order),
        exchanges: rows.map(ExchangeId).collect(),
        attempts: 1,
        begins_late: false,
        guessed: false,
    });
    capture
}

fn reorder(mode: Mode, pings: &[(i64, i64)]) -> Reorder {
    let capture = capture(mode, pings);
    let session = &capture.sessions[0];
    let lanes = Lanes::of(&capture, session, &Policy::default(), &Numbers::default());
    Reorder::of(&capture, session, &lanes, &WINDOW)
}

#[test]
fn a_session_in_order_leaves_nothing() {
    assert_eq!(reorder(Mode::Online, &[(1000, 1000), (2000, 2000), (2000, 2001)]), Reorder::default());
}

#[test]
fn only_the_stretch_that_differs_is_kept() {
    let pings = [(1000, 1000), (3000, 3000), (2000, 3100), (4000, 4000), (9000, 9000), (8000, 9500)];
    let found = reorder(Mode::Online, &pings).stretches;
    let orders: Vec<_> = found.iter().map(|it| (it.first, it.judged.clone(), it.passed_on.clone())).collect();
    assert_eq!(orders, [(2, vec![3, 2], Some(vec![3, 2])), (5, vec![6, 5], Some(vec![6, 5]))]);
    let late: Vec<_> = found[0].late.iter().map(|late| (late.at, late.arrival, late.overtaken_by)).collect();
    assert_eq!(late, [(2, 3, 3)]);
}

#[test]
fn what_comes_after_five_seconds_is_passed_on_behind() {
    let order = |arrival: i64| {
        let found = reorder(Mode::Online, &[(3000, 3000), (2000, arrival), (20_000, 20_000)]);
        let stretch = &found.stretches[0];
        (stretch.passed_on.clone(), stretch.late[0].fate)
    };
    assert_eq!(order(3900), (Some(vec![2, 1]), Fate::Sorted));
    assert_eq!(order(8000), (Some(vec![2, 1]), Fate::MayFail));
    assert_eq!(order(8001), (Some(vec![1, 2]), Fate::Lost));
}

#[test]
fn more_than_ten_events_in_between_fill_the_window() {
    let order = |n: i64| {
        let early = (0..=n).map(|n| (3000 + n, 3000 + n));
        let pings: Vec<_> = early.chain([(2000, 3100)]).collect();
        let found = reorder(Mode::Online, &pings);
        let stretch = &found.stretches[0];
        (stretch.passed_on.as_ref().map(|order| order[0]), stretch.late[0].n_between, stretch.late[0].fate)
    };
    assert_eq!(order(10), (Some(12), 10, Fate::Sorted));
    assert_eq!(order(11), (Some(1), 11, Fate::Lost));
}

#[test]
fn an_array_is_taken_as_it_stands_and_without_arrival_nothing_is_said_of_the_window() {
    let pings = [(3000, 3000), (2000, 3000)];
    let stretch = |mode| reorder(mode, &pings).stretches.remove(0);
    let array = stretch(Mode::Downloaded);
    assert_eq!((array.judged, array.passed_on, array.late.len()), (vec![2, 1], Some(vec![1, 2]), 1));
    let bare = stretch(Mode::Unknown);
    assert_eq!((bare.judged, bare.passed_on, bare.late.len()), (vec![2, 1], None, 0));
}

#[test]
fn an_event_is_lost_exactly_if_a_later_stamped_one_is_passed_on_before_it_came() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..500 {
        let n = random.i64(2..60);
        let step = [20, 300, 2000][random.usize(..3)];
        let mut sent: Vec<(i64, i64)> =
            (1..=n).map(|n| (n * step, n * step + random.i64(0..=1) * random.i64(0..12 * step))).collect();
        sent.sort_by_key(|(_, arrival)| *arrival);
        let found = reorder(Mode::Online, &sent);
        let ts = |arrival: u32| sent[arrival as usize - 1].0;
        for stretch in &found.stretches {
            let order = stretch.passed_on.as_ref().expect("arrival is known");
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(stretch.first..stretch.first + order.len() as u32), "{sent:?}");
            for (place, arrival) in order.iter().enumerate() {
                let behind_later = order[..place].iter().any(|before| ts(*before) > ts(*arrival));
                let late = stretch.late.iter().find(|late| late.arrival == *arrival);
                let is_lost = late.is_some_and(|late| late.fate == Fate::Lost);
                assert_eq!(is_lost, behind_later, "{arrival} of {sent:?}");
            }
        }
    }
}

#[test]
fn the_window_follows_the_policy_and_the_numbers() {
    let numbers = Numbers { too_late_secs: 3.0, may_be_too_late_secs: 2.0, ..Numbers::default() };
    let more = Policy { reorder_count: ReorderCount::MoreThanTen, ..Policy::default() };
    let of = |policy: &Policy, numbers: &Numbers| {
        let window = Window::of(policy, numbers);
        (window.held_secs, window.may_fail_secs, window.n_held)
    };
    assert_eq!(of(&Policy::default(), &Numbers::default()), (5.0, 1.0, 10));
    assert_eq!(of(&more, &numbers), (3.0, 2.0, 11));
}

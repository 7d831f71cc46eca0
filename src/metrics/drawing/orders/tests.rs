//! Lines of small sessions, in numbers.

use super::*;
use crate::metrics::drawing::{Drawing, LaneKind};
use crate::model::event_type::EventType as T;
use crate::model::exchange::ExchangeRow;
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::numbers::Numbers;
use crate::model::policy::Policy;
use crate::model::session::{Content, Ending, Mode};
use crate::model::table::EventRow;

const BASE: i64 = 1_700_000_000_000;

/// A session of these events in order of arrival: type, `ts` and arrival in milliseconds after the origin. The
/// recorder's clock is 90 s ahead.
fn capture(mode: Mode, events: &[(T, i64, i64)]) -> Capture {
    let mut capture = Capture::default();
    for (row, (event_type, ts, arrival)) in (0..).zip(events) {
        let received_at = (BASE + arrival + 90_000) * 1000;
        capture.exchanges.push(ExchangeRow {
            received_at,
            first_event: row,
            n_events: 1,
            ..ExchangeRow::default()
        });
        let (ts, event_type) = (BASE + ts, *event_type as u8);
        capture.events.push(EventRow { ts, exchange: row, event_type, ..EventRow::default() });
    }
    let mut order: Vec<u32> = (0..events.len() as u32).collect();
    order.sort_by_key(|row| events[*row as usize].1);
    let rows = 0..events.len() as u32;
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
    if mode == Mode::Unknown {
        capture
            .exchanges
            .iter_mut()
            .for_each(|request| request.received_at = ExchangeRow::default().received_at);
    }
    capture
}

fn draw(mode: Mode, events: &[(T, i64, i64)]) -> Drawing {
    let capture = capture(mode, events);
    let session = &capture.sessions[0];
    let (policy, numbers) = (Policy::default(), Numbers::default());
    let lanes = Lanes::of(&capture, session, &policy, &numbers);
    Drawing::of(&capture, session, &lanes, Some(TsMillis(BASE)), &[], &policy, &numbers)
}

/// Lower end, upper end, outcome, position.
fn lines(drawing: &Drawing) -> Vec<(f64, f64, Outcome, u32)> {
    let lines = drawing.orders.crossings.all().iter();
    let round = |secs: f64| (secs * 1000.0).round() / 1000.0;
    lines
        .map(|it| (round(it.lower), round(it.upper), Outcome::of_kind(it.kind).expect("an outcome"), it.item))
        .collect()
}

const LATE: [(T, i64, i64); 8] = [
    (T::SessionStart, 0, 0),
    (T::Play, 1000, 1000),
    (T::PauseStart, 15_000, 15_000),
    (T::Ping, 12_000, 15_500),
    (T::Play, 20_000, 20_000),
    (T::Ping, 19_000, 22_000),
    (T::Ping, 30_000, 30_000),
    (T::Ping, 16_000, 31_000),
];

#[test]
fn a_line_goes_from_the_ts_to_the_arrival_by_the_clock_of_the_client() {
    let drawing = draw(Mode::Online, &LATE);
    assert!(drawing.orders.timed);
    assert_eq!(
        lines(&drawing),
        [
            (12.0, 15.5, Outcome::Sorted, 2),
            (15.0, 15.0, Outcome::InPlace, 3),
            (16.0, 31.0, Outcome::Lost, 4),
            (19.0, 22.0, Outcome::MayFail, 5),
            (20.0, 20.0, Outcome::InPlace, 6),
            (30.0, 30.0, Outcome::InPlace, 7),
        ]
    );
    let lane = drawing.lanes.last().expect("there are lanes");
    let phases: Vec<_> = lane.row.phases().iter().map(|it| (it.start, it.end, it.kind, it.item)).collect();
    assert_eq!(lane.kind, LaneKind::Reorder);
    assert_eq!(phases, [(12.0, 15.5, Outcome::Sorted as u8, 2), (16.0, 31.0, Outcome::Lost as u8, 4)]);
}

#[test]
fn what_is_known_of_a_line_is_found_by_its_position() {
    let orders = draw(Mode::Online, &LATE).orders;
    assert_eq!((orders.n_late(), orders.n_of(Outcome::Lost), orders.n_of(Outcome::Undecidable)), (3, 1, 0));
    let late = orders.late(4).expect("it is late");
    assert_eq!((late.overtaken_by, late.secs), (6, 11.0));
    assert!(orders.late(3).is_none() && orders.stretch(1).is_none() && orders.stretch(8).is_none());
}

#[test]
fn an_array_shows_the_order_only_and_is_taken_as_it_stands() {
    let events = [(T::SessionStart, 0, 0), (T::Play, 1000, 0), (T::Ping, 9000, 0), (T::PauseStart, 5000, 0)];
    let drawing = draw(Mode::Downloaded, &events);
    assert!(!drawing.orders.timed);
    assert_eq!(lines(&drawing), [(5.0, 9.0, Outcome::AsItStands, 2), (9.0, 5.0, Outcome::InPlace, 3)]);
}

#[test]
fn without_arrival_times_nobody_tells_what_the_window_does() {
    let events = [(T::SessionStart, 0, 0), (T::Play, 4000, 0), (T::Ping, 9000, 0), (T::PauseStart, 3000, 0)];
    let drawing = draw(Mode::Unknown, &events);
    let found: Vec<_> =
        lines(&drawing).into_iter().map(|(lower, upper, outcome, _)| (lower, upper, outcome)).collect();
    assert_eq!(
        found,
        [(3.0, 9.0, Outcome::Untold), (4.0, 3.0, Outcome::InPlace), (9.0, 4.0, Outcome::InPlace)]
    );
    assert_eq!(drawing.orders.n_late(), 1);
}

#[test]
fn a_tie_that_cannot_be_decided_is_one() {
    let drawing = draw(
        Mode::Online,
        &[
            (T::SessionStart, 0, 0),
            (T::AdStart, 2000, 2000),
            (T::AdBreakStart, 2000, 2100),
            (T::Ping, 5000, 5000),
        ],
    );
    assert_eq!(lines(&drawing), [(2.0, 2.1, Outcome::Undecidable, 1), (2.0, 2.0, Outcome::Undecidable, 2)]);
    assert_eq!(
        (drawing.orders.n_tied(1), drawing.orders.n_tied(2), drawing.orders.n_tied(3)),
        (Some(2), Some(2), None)
    );
    assert_eq!((drawing.orders.n_late(), drawing.orders.n_of(Outcome::Undecidable)), (0, 2));
}

#[test]
fn what_came_after_the_clock_was_set_back_is_not_late() {
    let before = (0..5).map(|n| (T::Ping, 10_000 * n, 10_000 * n));
    let set_back = (5..10).map(|n| (T::Ping, 10_000 * n - 25_000, 10_000 * n));
    let events: Vec<_> = std::iter::once((T::SessionStart, 0, 0)).chain(before).chain(set_back).collect();
    let orders = draw(Mode::Online, &events).orders;
    assert_eq!((orders.n_late(), orders.n_of(Outcome::AnotherClock)), (0, 2));
}

#[test]
fn a_session_in_order_has_no_such_lane() {
    let drawing =
        draw(Mode::Online, &[(T::SessionStart, 0, 0), (T::Play, 1000, 1000), (T::Ping, 1000, 4000)]);
    assert!(drawing.lane(&LaneKind::Reorder).is_none() && drawing.orders.window.is_none());
    assert!(drawing.lane(&LaneKind::Network).is_some());
}

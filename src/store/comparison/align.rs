//! Which events of two sessions stand side by side.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Align, Point, Row};

/// Events of one type stand side by side when they are so near to each other, seconds. Less than the gap between pings
/// in ads would part pings that a clock or a busy player has moved; more would join neighbors.
const NEAR_SECS: f64 = 2.0;
/// So many events are passed over to find one that fits: no more than a second of a busy player has.
const LOOK_AHEAD: usize = 32;

/// The events of both in rows.
pub(super) fn rows(sides: [&[Point]; 2], align: Align) -> Vec<Row> {
    match align {
        Align::State => by_state(sides),
        Align::Time => by_axis(sides, |point| point.secs),
        Align::Playhead => by_axis(sides, |point| point.playhead),
    }
}

fn row(first: Option<&Point>, second: Option<&Point>) -> Row {
    let by = |value: fn(&Point) -> Option<f64>| Some(value(second?)? - value(first?)?);
    Row {
        events: [first.map(|point| point.event), second.map(|point| point.event)],
        secs: [first.and_then(|point| point.secs), second.and_then(|point| point.secs)],
        farther_secs: by(|point| point.playhead),
    }
}

/// The longest common order of types and states.
fn by_state(sides: [&[Point]; 2]) -> Vec<Row> {
    let key = |point: &Point| {
        let event_type = point.event_type.map_or(u8::MAX, |event_type| event_type as u8);
        let state =
            point.state.map_or(u8::MAX, |(playback, in_break)| playback as u8 * 2 + u8::from(in_break));
        (event_type, state)
    };
    let [first, second] = sides;
    let keys: [Vec<(u8, u8)>; 2] = sides.map(|points| points.iter().map(key).collect());
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &keys[0], &keys[1]) {
        let (old, new) = (&first[op.old_range()], &second[op.new_range()]);
        if matches!(op, DiffOp::Equal { .. }) {
            rows.extend(old.iter().zip(new).map(|(one, other)| row(Some(one), Some(other))));
        } else {
            rows.extend(old.iter().map(|point| row(Some(point), None)));
            rows.extend(new.iter().map(|point| row(None, Some(point))));
        }
    }
    rows
}

type Axis = fn(&Point) -> Option<f64>;

/// By place on an axis; what has none comes last.
fn by_axis(sides: [&[Point]; 2], axis: Axis) -> Vec<Row> {
    let sorted = sides.map(|points| {
        let mut placed: Vec<(f64, &Point)> =
            points.iter().filter_map(|point| Some((axis(point)?, point))).collect();
        placed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        placed
    });
    let [first, second] = &sorted;
    let (mut left, mut right) = (0, 0);
    let mut rows = Vec::new();
    while let (Some(one), Some(other)) = (first.get(left), second.get(right)) {
        let past_second = partner(one, &second[right..]);
        let past_first = partner(other, &first[left..]);
        match (past_first, past_second) {
            // The way over fewer events.
            (by_first, Some(n)) if by_first.is_none_or(|by_first| n <= by_first) => {
                rows.extend(second[right..right + n].iter().map(|(_, point)| row(None, Some(point))));
                rows.push(row(Some(one.1), second.get(right + n).map(|(_, point)| *point)));
                (left, right) = (left + 1, right + n + 1);
            }
            (Some(n), _) => {
                rows.extend(first[left..left + n].iter().map(|(_, point)| row(Some(point), None)));
                rows.push(row(first.get(left + n).map(|(_, point)| *point), Some(other.1)));
                (left, right) = (left + n + 1, right + 1);
            }
            (None, _) if one.0 <= other.0 => {
                rows.push(row(Some(one.1), None));
                left += 1;
            }
            (None, _) => {
                rows.push(row(None, Some(other.1)));
                right += 1;
            }
        }
    }
    rows.extend(first[left..].iter().map(|(_, point)| row(Some(point), None)));
    rows.extend(second[right..].iter().map(|(_, point)| row(None, Some(point))));
    let unplaced = sides.map(|points| points.iter().filter(move |point| axis(point).is_none()));
    let [first, second] = unplaced;
    rows.extend(first.map(|point| row(Some(point), None)));
    rows.extend(second.map(|point| row(None, Some(point))));
    rows
}

/// How many events of the other session come before the one that fits to this one.
fn partner(one: &(f64, &Point), others: &[(f64, &Point)]) -> Option<usize> {
    let near = others.iter().take(LOOK_AHEAD).take_while(|(place, _)| *place <= one.0 + NEAR_SECS);
    near.enumerate()
        .find(|(_, (place, other))| *place >= one.0 - NEAR_SECS && other.event_type == one.1.event_type)
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event_type::EventType::{self, BufferStart, Ping, Play, SessionStart};
    use crate::model::id::EventId;
    use crate::model::machine::Playback;

    /// Events of these types, seconds and playheads.
    fn session(events: &[(EventType, f64, f64)]) -> Vec<Point> {
        let point = |(at, (event_type, secs, playhead)): (u32, &(EventType, f64, f64))| Point {
            event: EventId(at),
            event_type: Some(*event_type),
            state: Some((Playback::Playing, false)),
            secs: Some(*secs),
            playhead: Some(*playhead),
        };
        (0..).zip(events).map(point).collect()
    }

    #[track_caller]
    fn check(sides: [&[Point]; 2], align: Align, expected: &[(Option<u32>, Option<u32>)]) {
        let rows = rows(sides, align);
        let found: Vec<_> =
            rows.iter().map(|row| (row.events[0].map(|id| id.0), row.events[1].map(|id| id.0))).collect();
        assert_eq!(found, expected, "{align:?}");
    }

    #[test]
    fn a_pause_of_one_moves_time_but_neither_order_nor_playhead() {
        let one =
            session(&[(SessionStart, 0.0, 0.0), (Play, 1.0, 0.0), (Ping, 11.0, 10.0), (Ping, 21.0, 20.0)]);
        let other = session(&[
            (SessionStart, 0.0, 0.0),
            (Play, 1.5, 0.0),
            (BufferStart, 6.0, 4.5),
            (Play, 16.0, 4.5),
            (Ping, 21.5, 10.0),
            (Ping, 31.5, 20.0),
        ]);
        let both = [
            (Some(0), Some(0)),
            (Some(1), Some(1)),
            (None, Some(2)),
            (None, Some(3)),
            (Some(2), Some(4)),
            (Some(3), Some(5)),
        ];
        check([&one, &other], Align::Playhead, &both);
        let rows = rows([&one, &other], Align::Playhead);
        assert_eq!((rows[4].later_secs(), rows[4].farther_secs), (Some(10.5), Some(0.0)));
        check(
            [&one, &other],
            Align::Time,
            &[
                (Some(0), Some(0)),
                (Some(1), Some(1)),
                (None, Some(2)),
                (Some(2), None),
                (None, Some(3)),
                (Some(3), Some(4)),
                (None, Some(5)),
            ],
        );
        let by_state = super::rows([&one, &other], Align::State);
        assert_eq!(by_state.iter().filter(|row| !row.is_alone()).count(), 4);
    }

    #[test]
    fn by_state_a_ping_in_a_pause_is_none_in_play() {
        let one = session(&[(Play, 0.0, 0.0), (Ping, 10.0, 10.0)]);
        let mut other = one.clone();
        other[1].state = Some((Playback::Paused, false));
        check([&one, &other], Align::State, &[(Some(0), Some(0)), (Some(1), None), (None, Some(1))]);
        check([&one, &other], Align::Time, &[(Some(0), Some(0)), (Some(1), Some(1))]);
    }

    #[test]
    fn every_event_has_its_row_once_even_without_a_place() {
        let mut one =
            session(&[(Play, 0.0, 0.0), (Ping, 10.0, 10.0), (Ping, 10.5, 10.5), (Ping, 90.0, 20.0)]);
        one[1].secs = None;
        let other = session(&[(Ping, 10.2, 99.0), (Ping, 11.9, 98.0), (Play, 5.0, 0.0)]);
        for align in Align::ALL {
            let (one, other): (&[Point], &[Point]) = (&one, &other);
            for sides in [[one, other], [other, one], [one, &[]], [&[], other]] {
                let rows = rows(sides, align);
                for (side, points) in sides.iter().enumerate() {
                    let mut seen: Vec<u32> =
                        rows.iter().filter_map(|row| row.events[side]).map(|id| id.0).collect();
                    seen.sort_unstable();
                    assert!(seen.iter().copied().eq(0..points.len() as u32), "{align:?}: {seen:?}");
                }
            }
        }
    }
}

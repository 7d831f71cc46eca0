//! Where the playhead should be by the client's clock: pieces of a line with slope 1 while main content plays, and
//! flat otherwise.
//!
//! A piece begins at the playhead of the event that changes whether main content plays, since a viewer may seek in a
//! pause, and after a jump, so that one jump does not hide what follows. It goes on while the playhead merely
//! drifts: then both lines part, which is what the plot is to show.

use super::lanes::Lanes;

/// The playhead of a playing stretch may differ by so many seconds, whatever its length. Source: setting of T001.
pub const TOLERANCE_SECS: f64 = 2.5;
/// … and by this share of its length. Source: setting of T001.
pub const TOLERANCE_SHARE: f64 = 0.05;
/// While playing, a step forward is a jump when it is longer than twice the time that passed and the tolerance.
const JUMP_SPEED: f64 = 2.0;
/// While playing, a longer step back is a jump, seconds. Source: setting of T005.
const JUMP_BACK_SECS: f64 = 1.0;

/// A piece of the expected line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Where it begins, seconds since the session's origin.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// The playhead at its start.
    pub playhead: f64,
    /// True when main content plays.
    pub moves: bool,
}

impl Stretch {
    /// The expected playhead at a time of the piece.
    #[must_use]
    pub fn at(&self, time: f64) -> f64 {
        self.playhead + if self.moves { time - self.start } else { 0.0 }
    }

    /// How far from it the playhead may be at a time of the piece.
    #[must_use]
    pub fn tolerance(&self, time: f64) -> f64 {
        TOLERANCE_SECS + if self.moves { TOLERANCE_SHARE * (time - self.start) } else { 0.0 }
    }

    fn jumps(&self, last: (f64, f64), next: (f64, f64)) -> bool {
        let (secs, step) = (next.0 - last.0, next.1 - last.1);
        match self.moves {
            true => step > JUMP_SPEED * secs + TOLERANCE_SECS || step < -JUMP_BACK_SECS,
            false => step.abs() > TOLERANCE_SECS,
        }
    }
}

/// The pieces of a session, by time. `events` are (position, time, playhead) of those that have both clocks, in
/// the judged order; one that is earlier than that before it is left out.
#[must_use]
pub fn stretches(lanes: &Lanes, events: impl Iterator<Item = (u32, f64, f64)>) -> Vec<Stretch> {
    let mut done: Vec<Stretch> = Vec::new();
    let mut open: Option<(Stretch, (f64, f64))> = None;
    for (position, time, playhead) in events {
        if open.is_some_and(|(_, last)| time < last.0) {
            continue;
        }
        let moves = lanes.after(position).plays_main();
        let here = (time, playhead);
        let next = Stretch { start: time, end: time, playhead, moves };
        open = match open {
            Some((mut piece, last)) => {
                piece.end = time;
                if piece.jumps(last, here) {
                    // The piece ends with the last event that it explains; then it is not known what happened.
                    piece.end = last.0;
                    done.push(piece);
                    Some((next, here))
                } else if piece.moves != moves {
                    done.push(piece);
                    Some((next, here))
                } else {
                    Some((piece, here))
                }
            }
            None => Some((next, here)),
        };
    }
    done.extend(open.map(|(piece, _)| piece));
    done
}

/// The piece at a time.
#[must_use]
pub fn stretch_at(stretches: &[Stretch], time: f64) -> Option<&Stretch> {
    let after = stretches.partition_point(|piece| piece.start <= time);
    stretches.get(after.checked_sub(1)?).filter(|piece| time <= piece.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event_type::EventType as T;
    use crate::model::machine::{self, Input};

    /// The pieces of a session of (type, time, playhead).
    fn pieces(events: &[(T, f64, f64)]) -> Vec<(f64, f64, f64, bool)> {
        let mut lanes = Lanes::default();
        let mut state = machine::State::default();
        for (at, (event_type, ..)) in (0..).zip(events) {
            let input = Input {
                at,
                event_type: Some(*event_type),
                ts: None,
                playhead: None,
                state_changes: &[],
                ends_broken_break: false,
            };
            machine::step(&mut state, &input, &mut lanes.oddities);
            lanes.contexts.push(state.context());
        }
        let events = (0..).zip(events).map(|(at, (_, time, playhead))| (at, *time, *playhead));
        let stretches = stretches(&lanes, events);
        stretches.iter().map(|piece| (piece.start, piece.end, piece.playhead, piece.moves)).collect()
    }

    #[test]
    fn the_line_rises_while_main_content_plays_and_is_flat_otherwise() {
        let found = pieces(&[
            (T::SessionStart, 0.0, 0.0),
            (T::Play, 2.0, 0.0),
            (T::Ping, 12.0, 10.0),
            (T::PauseStart, 15.0, 13.0),
            (T::Play, 25.0, 13.0),
            (T::AdBreakStart, 30.0, 18.0),
            (T::AdStart, 30.0, 18.0),
            (T::AdComplete, 60.0, 18.0),
            (T::AdBreakComplete, 60.0, 18.0),
            (T::Ping, 70.0, 28.0),
        ]);
        assert_eq!(
            found,
            [
                (0.0, 2.0, 0.0, false),
                (2.0, 15.0, 0.0, true),
                (15.0, 25.0, 13.0, false),
                (25.0, 30.0, 13.0, true),
                (30.0, 60.0, 18.0, false),
                (60.0, 70.0, 18.0, true),
            ]
        );
    }

    #[test]
    fn a_jump_begins_a_new_piece_and_leaves_a_gap() {
        let found = pieces(&[
            (T::SessionStart, 0.0, 0.0),
            (T::Play, 0.0, 0.0),
            (T::Ping, 10.0, 10.0),
            (T::Ping, 20.0, 100.0),
            (T::Ping, 30.0, 90.0),
        ]);
        assert_eq!(found[1..], [(0.0, 10.0, 0.0, true), (20.0, 20.0, 100.0, true), (30.0, 30.0, 90.0, true)]);
    }

    #[test]
    fn drift_and_a_stuck_playhead_leave_the_line_whole() {
        for playheads in [[13.0, 26.0], [0.0, 0.0], [8.0, 16.0]] {
            let found = pieces(&[
                (T::SessionStart, 0.0, 0.0),
                (T::Play, 0.0, 0.0),
                (T::Ping, 10.0, playheads[0]),
                (T::Ping, 20.0, playheads[1]),
            ]);
            assert_eq!(found[1..], [(0.0, 20.0, 0.0, true)]);
        }
    }

    #[test]
    fn a_piece_is_found_by_its_time_and_tolerates_more_the_longer_it_is() {
        let piece = Stretch { start: 10.0, end: 110.0, playhead: 5.0, moves: true };
        assert_eq!((piece.at(60.0), piece.tolerance(60.0)), (55.0, 5.0));
        let list = [piece, Stretch { start: 120.0, end: 130.0, playhead: 0.0, moves: false }];
        assert_eq!(stretch_at(&list, 110.0), Some(&piece));
        assert_eq!(stretch_at(&list, 115.0), None);
        assert_eq!(
            stretch_at(&list, 125.0).map(|piece| (piece.at(125.0), piece.tolerance(125.0))),
            Some((0.0, 2.5))
        );
        assert_eq!(stretch_at(&list, 1.0), None);
    }
}

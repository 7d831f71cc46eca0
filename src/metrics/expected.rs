//! The expected line of the clock plot: [`Drift::series`](super::drift::Drift::series) gathered into straight
//! pieces, of which a session has few, however many events it has.

use super::drift::Tolerance;

/// A straight piece of the expected line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedPiece {
    /// Where it begins, seconds since the session's origin.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// The playhead at its start.
    pub playhead: f64,
    /// True when the playhead goes on with the clock, false when it stands.
    pub moves: bool,
}

/// Expected playheads that differ by less are the same.
const SAME_SECS: f64 = 1e-3;

impl ExpectedPiece {
    /// The expected playhead at a time of the piece.
    #[must_use]
    pub fn at(&self, time: f64) -> f64 {
        self.playhead + if self.moves { time - self.start } else { 0.0 }
    }

    /// How far from it the playhead may be at a time of the piece, seconds.
    #[must_use]
    pub fn tolerance(&self, time: f64, tolerance: Tolerance) -> f64 {
        tolerance.after(if self.moves { time - self.start } else { 0.0 })
    }

    fn point(time: f64, playhead: f64) -> Self {
        Self { start: time, end: time, playhead, moves: false }
    }

    /// The piece with `playhead` at `time`, if that lies on its line.
    fn extended(self, time: f64, playhead: f64) -> Option<Self> {
        let slopes = [self.moves, true, false];
        // Its first second point says whether it moves.
        let known = if self.end > self.start { &slopes[..1] } else { &slopes[1..] };
        let with = |moves: &bool| Self { moves: *moves, end: time, ..self };
        known.iter().map(with).find(|piece| (piece.at(time) - playhead).abs() < SAME_SECS)
    }
}

/// Gathers (time, playhead as sent, expected playhead) of the events of a session, in order, into pieces. A line that
/// begins anew begins at the playhead that was sent.
#[must_use]
pub fn pieces(points: impl Iterator<Item = (f64, f64, f64)>) -> Vec<ExpectedPiece> {
    let mut done: Vec<ExpectedPiece> = Vec::new();
    let mut open: Option<(ExpectedPiece, ExpectedPiece)> = None;
    for (time, playhead, expected) in points {
        let sent = ExpectedPiece::point(time, playhead);
        let piece = match open {
            // A clock that went back: the events before the start of their session.
            Some((piece, last)) if time < last.start => {
                done.push(piece);
                ExpectedPiece::point(time, expected)
            }
            Some((piece, last)) => piece.extended(time, expected).unwrap_or_else(|| {
                done.push(piece);
                last.extended(time, expected).unwrap_or(ExpectedPiece::point(time, expected))
            }),
            None => ExpectedPiece::point(time, expected),
        };
        open = Some((piece, sent));
    }
    done.extend(open.map(|(piece, _)| piece));
    done.retain(|piece| piece.end > piece.start);
    done.sort_by(|a, b| a.start.total_cmp(&b.start));
    done
}

/// The piece at a time: the last that begins at or before it, if it reaches so far.
#[must_use]
pub fn piece_at(pieces: &[ExpectedPiece], time: f64) -> Option<&ExpectedPiece> {
    let after = pieces.partition_point(|piece| piece.start <= time);
    pieces.get(after.checked_sub(1)?).filter(|piece| time <= piece.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: f64, end: f64, playhead: f64, moves: bool) -> ExpectedPiece {
        ExpectedPiece { start, end, playhead, moves }
    }

    #[test]
    fn events_on_one_line_make_one_piece() {
        // Starting, playing, a pause, playing on.
        let points = [
            (0.0, 0.0, 0.0),
            (2.0, 0.0, 0.0),
            (12.0, 10.0, 10.0),
            (15.0, 13.0, 13.0),
            (25.0, 13.0, 13.0),
            (30.0, 18.0, 18.0),
        ];
        assert_eq!(
            pieces(points.into_iter()),
            [
                piece(0.0, 2.0, 0.0, false),
                piece(2.0, 15.0, 0.0, true),
                piece(15.0, 25.0, 13.0, false),
                piece(25.0, 30.0, 13.0, true),
            ]
        );
    }

    #[test]
    fn a_line_goes_on_through_drift_and_begins_anew_after_a_jump() {
        let drifting = [(0.0, 0.0, 0.0), (10.0, 13.0, 10.0), (20.0, 26.0, 20.0)];
        assert_eq!(pieces(drifting.into_iter()), [piece(0.0, 20.0, 0.0, true)]);
        let jumping = [(0.0, 0.0, 0.0), (10.0, 10.0, 10.0), (20.0, 100.0, 20.0), (30.0, 110.0, 110.0)];
        assert_eq!(
            pieces(jumping.into_iter()),
            [piece(0.0, 20.0, 0.0, true), piece(20.0, 30.0, 100.0, true)]
        );
    }

    #[test]
    fn events_of_one_tick_and_a_clock_that_goes_back_do_no_harm() {
        let tick = [(0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 5.0, 5.0), (10.0, 15.0, 15.0)];
        assert_eq!(pieces(tick.into_iter()), [piece(0.0, 10.0, 5.0, true)]);
        let back = [(10.0, 0.0, 0.0), (5.0, 0.0, 0.0), (8.0, 3.0, 3.0)];
        assert_eq!(pieces(back.into_iter()), [piece(5.0, 8.0, 0.0, true)]);
        assert_eq!(pieces(std::iter::empty()), []);
    }

    #[test]
    fn a_piece_is_found_by_its_time_and_tolerates_more_the_longer_it_is() {
        let list = [piece(10.0, 110.0, 5.0, true), piece(120.0, 130.0, 0.0, false)];
        let at = |time| {
            piece_at(&list, time).map(|piece| (piece.at(time), piece.tolerance(time, Tolerance::default())))
        };
        assert_eq!(at(60.0), Some((55.0, 5.0)));
        assert_eq!(at(115.0), None);
        assert_eq!(at(125.0), Some((0.0, 2.5)));
        assert_eq!(at(1.0), None);
    }
}

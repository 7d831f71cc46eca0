//! The lanes of two sessions on their common axis, and where the two part.

use std::sync::Arc;

use super::axis::{Warp, warps};
use super::{Align, Row};
use crate::metrics::drawing::{Drawing, Lane, LaneKind};
use crate::metrics::pyramid::{Merge, Phase, PhaseRow};

/// Kind of a parting with events of the first session only.
pub const FIRST_ONLY: u8 = 0;
/// Kind of a parting with events of the second session only.
pub const SECOND_ONLY: u8 = 1;
/// Kind of a parting with events of both that do not belong together.
pub const BOTH: u8 = 2;

/// Rows after each other that only one of the two sessions has: there the two part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parting {
    /// The first of the rows, by number.
    pub row: u32,
    /// Number of events in them, of each session.
    pub n: [u32; 2],
}

impl Parting {
    /// [`FIRST_ONLY`], [`SECOND_ONLY`] or [`BOTH`].
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self.n {
            [_, 0] => FIRST_ONLY,
            [0, _] => SECOND_ONLY,
            _ => BOTH,
        }
    }

    /// Number of its rows.
    #[must_use]
    pub const fn n_rows(&self) -> u32 {
        self.n[0] + self.n[1]
    }
}

/// What is drawn of two sessions over one another.
#[derive(Debug)]
pub struct Picture {
    /// What is drawn of each by itself.
    pub drawings: [Arc<Drawing>; 2],
    /// The way of each to the common axis.
    pub warps: [Warp; 2],
    /// In turns a lane of the first session and the same of the second, empty where one has none; their phases lie on
    /// the axis.
    pub lanes: Vec<Lane>,
    /// The partings on the axis; item: their number.
    pub partings: PhaseRow,
    /// Where the axis ends.
    pub last: f64,
}

impl Picture {
    /// Of two drawn sessions whose rows are aligned so.
    pub(super) fn of(drawings: [Drawing; 2], align: Align, rows: &[Row], partings: &[Parting]) -> Picture {
        let pairs: Vec<(f64, f64)> = rows.iter().filter_map(|row| row.secs[0].zip(row.secs[1])).collect();
        // By time the axis is the time of both.
        let warps = if align == Align::Time { <[Warp; 2]>::default() } else { warps(&pairs) };
        let end = |side: usize| warps[side].place(drawings[side].last);
        let last = end(0).max(end(1));
        let partings =
            (0..).zip(partings).filter_map(|(number, parting)| phase(&warps, rows, number, parting));
        let partings = PhaseRow::new(partings.collect(), Merge::Highest);
        let lanes = lanes(&drawings, &warps);
        Picture { drawings: drawings.map(Arc::new), warps, lanes, partings, last }
    }

    /// Which session a lane is of, 0 or 1.
    #[must_use]
    pub const fn side(lane: usize) -> usize {
        lane % 2
    }
}

/// The rows that only one session has, those after each other as one.
pub(super) fn partings(rows: &[Row]) -> Vec<Parting> {
    let mut partings: Vec<Parting> = Vec::new();
    let mut goes_on = false;
    for (number, row) in (0..).zip(rows) {
        let is_alone = row.is_alone();
        if is_alone {
            if !goes_on {
                partings.push(Parting { row: number, n: [0; 2] });
            }
            if let Some(parting) = partings.last_mut() {
                for (n, event) in parting.n.iter_mut().zip(row.events) {
                    *n += u32::from(event.is_some());
                }
            }
        }
        goes_on = is_alone;
    }
    partings
}

fn phase(warps: &[Warp; 2], rows: &[Row], number: u32, parting: &Parting) -> Option<Phase> {
    let from = parting.row as usize;
    let rows = rows.get(from..from + parting.n_rows() as usize)?;
    let places = rows.iter().flat_map(|row| {
        warps.iter().zip(row.secs).filter_map(|(warp, secs)| secs.map(|secs| warp.place(secs)))
    });
    let (start, end) =
        places.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), place| (from.min(place), to.max(place)));
    (start <= end).then_some(Phase { start, end, kind: parting.kind(), item: number })
}

/// Lanes in turns. What is out of order is left out: its lines are of one session's own time.
fn lanes(drawings: &[Drawing; 2], warps: &[Warp; 2]) -> Vec<Lane> {
    let mut kinds: Vec<&LaneKind> = Vec::new();
    for lane in drawings.iter().flat_map(|drawing| &drawing.lanes) {
        if lane.kind != LaneKind::Reorder && !kinds.contains(&&lane.kind) {
            kinds.push(&lane.kind);
        }
    }
    kinds.sort_by_key(|kind| kind.place());
    let of = |kind: &LaneKind, side: usize| {
        let row = drawings[side].lane(kind).map(|lane| lane.row.moved(|secs| warps[side].place(secs)));
        Lane { kind: kind.clone(), row: row.unwrap_or_default() }
    };
    kinds.into_iter().flat_map(|kind| [of(kind, 0), of(kind, 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::EventId;
    use crate::model::machine::Playback;

    fn row(first: Option<f64>, second: Option<f64>) -> Row {
        let event = |secs: Option<f64>| secs.map(|_| EventId(0));
        Row { events: [event(first), event(second)], secs: [first, second], farther_secs: None }
    }

    /// A drawing that plays over this time and pings then.
    fn drawing(plays: (f64, f64), pings: &[f64]) -> Drawing {
        let phase = |(start, end), item| Phase { start, end, kind: Playback::Playing as u8, item };
        let lane = |kind, phases| Lane { kind, row: PhaseRow::new(phases, Merge::Longest) };
        let mut lanes = vec![lane(LaneKind::Playback, vec![phase(plays, 0)])];
        if !pings.is_empty() {
            let pings = (1..).zip(pings).map(|(item, at)| phase((*at, *at), item));
            lanes.push(lane(LaneKind::Pings, pings.collect()));
        }
        Drawing { lanes, last: plays.1, ..Drawing::default() }
    }

    /// The second waits from 10 to 40 and pings once more in that time.
    const ROWS: [(Option<f64>, Option<f64>); 4] =
        [(Some(0.0), Some(0.0)), (Some(10.0), Some(10.0)), (None, Some(25.0)), (Some(20.0), Some(50.0))];

    fn picture(align: Align) -> (Vec<Parting>, Picture) {
        let rows: Vec<Row> = ROWS.into_iter().map(|(first, second)| row(first, second)).collect();
        let partings = partings(&rows);
        let drawings = [drawing((0.0, 20.0), &[]), drawing((0.0, 50.0), &[25.0])];
        let picture = Picture::of(drawings, align, &rows, &partings);
        (partings, picture)
    }

    fn spans(row: &PhaseRow) -> Vec<(f64, f64)> {
        row.phases().iter().map(|phase| (phase.start, phase.end)).collect()
    }

    #[test]
    fn what_belongs_together_stands_at_one_place_of_the_axis() {
        let (_, picture) = picture(Align::State);
        assert_eq!(picture.last, 50.0);
        let kinds: Vec<_> = picture.lanes.iter().map(|lane| lane.kind.place()).collect();
        assert_eq!(kinds, [1, 1, 9, 9], "each lane of the first above the same of the second");
        assert_eq!(spans(&picture.lanes[0].row), [(0.0, 50.0)], "the first is stretched");
        assert_eq!(spans(&picture.lanes[1].row), [(0.0, 50.0)]);
        assert_eq!(spans(&picture.lanes[2].row), [], "it has none, but its place");
        assert_eq!(picture.warps[0].secs(30.0), 15.0);
        assert_eq!(picture.warps[1].secs(30.0), 30.0);
    }

    #[test]
    fn by_time_both_keep_their_time() {
        let (_, picture) = picture(Align::Time);
        assert_eq!(spans(&picture.lanes[0].row), [(0.0, 20.0)]);
        assert_eq!(spans(&picture.lanes[1].row), [(0.0, 50.0)]);
        assert_eq!((picture.last, picture.warps[0].place(7.0)), (50.0, 7.0));
    }

    #[test]
    fn where_the_two_part_is_marked_with_who_has_what() {
        let (partings, picture) = picture(Align::State);
        assert_eq!(partings, [Parting { row: 2, n: [0, 1] }]);
        assert_eq!(spans(&picture.partings), [(25.0, 25.0)]);
        assert_eq!(picture.partings.phases()[0].kind, SECOND_ONLY);
        let rows =
            [row(Some(0.0), None), row(None, Some(3.0)), row(Some(4.0), Some(4.0)), row(Some(9.0), None)];
        let found = super::partings(&rows);
        assert_eq!(found, [Parting { row: 0, n: [1, 1] }, Parting { row: 3, n: [1, 0] }]);
        assert_eq!(found.iter().map(Parting::kind).collect::<Vec<_>>(), [BOTH, FIRST_ONLY]);
        assert_eq!(super::partings(&[]), []);
    }
}

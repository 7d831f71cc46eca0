//! What the timeline draws and where: pure. Times in `f64`, places on the screen in `f32`.

use std::sync::Arc;

use crate::app::lane_prefs::ArrangedLane;
use crate::app::lane_tree::LaneRow;
use crate::metrics::drawing::{Drawing, Lane, LaneKind};
use crate::metrics::pyramid::{DrawnPhase, Gathered};
use crate::metrics::time_axis::{Columns, TimeAxis};

/// The visible range on so many points of screen width.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeScale {
    /// The axis.
    pub axis: Arc<TimeAxis>,
    /// The left edge, axis seconds.
    pub from: f64,
    /// The right edge, axis seconds.
    pub to: f64,
    /// The left edge on the screen.
    pub left: f32,
    /// Width on the screen.
    pub width: f32,
}

impl TimeScale {
    /// Where a time lies; beyond the edges at most one width away, so that no place is ever too far to be drawn.
    #[must_use]
    pub fn x(&self, secs: f64) -> f32 {
        self.x_on_axis(self.axis.to_axis(secs))
    }

    /// Where a place of the axis lies.
    #[must_use]
    pub fn x_on_axis(&self, at: f64) -> f32 {
        let share = ((at - self.from) / (self.to - self.from)).clamp(-1.0, 2.0);
        self.left + (share * f64::from(self.width)) as f32
    }

    /// The time at a place.
    #[must_use]
    pub fn secs(&self, x: f32) -> f64 {
        self.axis.to_secs(self.from + f64::from(x - self.left) * self.secs_per_point())
    }

    /// True when a time is seen.
    #[must_use]
    pub fn sees(&self, secs: f64) -> bool {
        (self.from..=self.to).contains(&self.axis.to_axis(secs))
    }

    /// True when some of a stretch of time is seen.
    #[must_use]
    pub fn touches(&self, start: f64, end: f64) -> bool {
        self.axis.to_axis(end) >= self.from && self.axis.to_axis(start) <= self.to
    }

    /// The visible range in so many columns.
    #[must_use]
    pub fn columns(&self, n_columns: usize) -> Columns<'_> {
        Columns::new(&self.axis, self.from, self.to, n_columns)
    }

    /// Axis seconds that a point of the screen stands for.
    #[must_use]
    pub fn secs_per_point(&self) -> f64 {
        (self.to - self.from) / f64::from(self.width.max(1.0))
    }

    /// The right edge on the screen.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.left + self.width
    }
}

/// A phase with its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhaseBox {
    /// Left edge, inside the lanes.
    pub left: f32,
    /// Right edge; at least [`LEAST_WIDTH`] after the left one.
    pub right: f32,
    /// What it shows.
    pub drawn: DrawnPhase,
}

impl PhaseBox {
    /// Room for a label, `None` where there is too little for one.
    #[must_use]
    pub fn label_width(&self) -> Option<f32> {
        let width = self.right - self.left - 2.0 * LABEL_MARGIN;
        (self.drawn.count == 1 && width >= LEAST_LABEL_WIDTH).then_some(width)
    }
}

/// One lane with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneBox {
    /// Its index among the lanes.
    pub lane: usize,
    /// It is drawn low, without names.
    pub is_collapsed: bool,
    /// Upper edge, relative to that of the lanes.
    pub top: f32,
    /// Height.
    pub height: f32,
    /// What it shows, from left to right.
    pub phases: Vec<PhaseBox>,
    /// How that was gathered.
    pub gathered: Gathered,
}

/// One row with its place: a lane, or a heading; with the strip of what is folded into it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowBox {
    /// What it is.
    pub place: ArrangedLane,
    /// Upper edge, relative to that of the lanes.
    pub top: f32,
    /// Height.
    pub height: f32,
}

/// Everything that is drawn of the lanes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// Rows from top to bottom.
    pub rows: Vec<RowBox>,
    /// Lanes from top to bottom; those in one strip lie over each other, the uppermost last.
    pub lanes: Vec<LaneBox>,
    /// Height of all lanes.
    pub height: f32,
}

/// Nothing is drawn narrower.
pub const LEAST_WIDTH: f32 = 1.0;
/// Room for the mark of a finding.
pub const MARK_WIDTH: f32 = 9.0;
/// Free room beside a label.
pub const LABEL_MARGIN: f32 = 4.0;
/// A label gets at least so much room: about three letters and the ellipsis.
const LEAST_LABEL_WIDTH: f32 = 26.0;
/// Free room between lanes.
const LANE_GAP: f32 = 3.0;
/// An instant answers to the pointer this far beside it.
pub const REACH: f32 = 5.0;

/// Height of a lane.
#[must_use]
pub const fn lane_height(kind: &LaneKind) -> f32 {
    match kind {
        LaneKind::Playback | LaneKind::AdBreaks | LaneKind::Ads | LaneKind::Chapters => 20.0,
        LaneKind::PlayerState(_) | LaneKind::OtherStates => 18.0,
        LaneKind::Bitrate | LaneKind::Silence | LaneKind::StillPlayhead => 18.0,
        LaneKind::Findings | LaneKind::Events | LaneKind::Pings | LaneKind::Network => 14.0,
        LaneKind::PingGaps => 10.0,
        LaneKind::Reorder => 40.0,
    }
}

/// Lanes may shrink to this share of their height before they have to be scrolled.
const LEAST_SHARE: f32 = 0.75;

/// The lane of crossing lines takes so much of the room that is left.
const MOST_SPARE: f32 = 60.0;

/// Height of these rows when they are drawn as low as they may be.
#[must_use]
pub fn least_height(shown: &[Lane], arranged: &[ArrangedLane]) -> f32 {
    (full_height(shown, arranged) * LEAST_SHARE).ceil()
}

/// Height of these rows.
#[must_use]
pub fn full_height(shown: &[Lane], arranged: &[ArrangedLane]) -> f32 {
    arranged.iter().map(|place| RowHeight::of(shown, place).full()).sum()
}

/// Height of a collapsed lane.
const COLLAPSED_HEIGHT: f32 = 6.0;
/// Height of a heading.
const HEADING_HEIGHT: f32 = 14.0;
/// Height of the strip under a lane into which others are folded.
const STRIP_HEIGHT: f32 = 7.0;

/// The parts of a row.
struct RowHeight {
    /// The lane itself, or the name of the heading.
    own: f32,
    /// The strip of what is folded in.
    strip: f32,
    /// Free room below.
    gap: f32,
}

impl RowHeight {
    fn of(shown: &[Lane], place: &ArrangedLane) -> RowHeight {
        let is_folded = place.is_folded();
        let lane = match place.row {
            LaneRow::Lane(lane) => shown.get(lane),
            LaneRow::Heading(_) => None,
        };
        let (own, strip) = match lane {
            None if is_folded => (0.0, HEADING_HEIGHT),
            None => (HEADING_HEIGHT, 0.0),
            Some(_) if place.is_low() => (COLLAPSED_HEIGHT, 0.0),
            Some(lane) => (lane_height(&lane.kind), if is_folded { STRIP_HEIGHT } else { 0.0 }),
        };
        // An ad lies close under its break, what is missing between pings close under the pings.
        let is_close = lane.is_none_or(|lane| matches!(lane.kind, LaneKind::AdBreaks | LaneKind::Pings));
        RowHeight { own, strip, gap: if is_close && !is_folded { 1.0 } else { LANE_GAP } }
    }

    fn full(&self) -> f32 {
        self.own + self.strip + self.gap
    }

    fn shrunk(&self, share: f32) -> RowHeight {
        let low = |height: f32| (height * share).floor();
        RowHeight { own: low(self.own), strip: low(self.strip), gap: low(self.gap).max(1.0) }
    }
}

/// Lays out all lanes as the drawing has them, none under another.
#[must_use]
pub fn lay_out(shown: &[Lane], scale: &TimeScale, room: f32) -> Layout {
    lay_out_arranged(shown, &as_drawn(shown), scale, room, &Layout::default())
}

fn as_drawn(shown: &[Lane]) -> Vec<ArrangedLane> {
    let in_place = |(at, lane): (usize, &Lane)| ArrangedLane {
        row: LaneRow::Lane(at),
        name: lane.kind.name().into_owned(),
        depth: 0,
        is_pinned: false,
        is_collapsed: false,
        below: Vec::new(),
    };
    shown.iter().enumerate().map(in_place).collect()
}

/// Lays out these lanes for the visible range. Where `room` is too low for them, they are drawn lower; where there is
/// more, crossing lines are drawn higher. `last`: a layout of the same lanes on the same axis, or an empty one; what is
/// still seen of it stays as it was, unless it was zoomed.
#[must_use]
pub fn lay_out_arranged(
    shown: &[Lane],
    arranged: &[ArrangedLane],
    scale: &TimeScale,
    room: f32,
    last: &Layout,
) -> Layout {
    let full = full_height(shown, arranged);
    let share = (room / full.max(1.0)).clamp(LEAST_SHARE, 1.0);
    let spare = (room - full).clamp(0.0, MOST_SPARE).floor();
    let mut layout = Layout::default();
    for place in arranged {
        let top = layout.height;
        let mut height = RowHeight::of(shown, place).shrunk(share);
        if let LaneRow::Lane(lane) = place.row {
            let is_of_lines = shown.get(lane).is_some_and(|lane| lane.kind == LaneKind::Reorder);
            height.own += if is_of_lines && !place.is_low() { spare } else { 0.0 };
            let drawn = lane_box(shown, lane, scale, (top, height.own), last);
            layout.lanes.extend(drawn.map(|drawn| LaneBox { is_collapsed: place.is_low(), ..drawn }));
        }
        if place.is_folded() {
            let rows = (top + height.own + 1.0, height.strip - 1.0);
            layout.lanes.extend(strip(shown, &place.below, scale, rows, last));
        }
        let full = height.own + height.strip;
        layout.rows.push(RowBox { place: place.clone(), top, height: full });
        layout.height = top + full + height.gap;
    }
    layout
}

/// Lanes over each other: what takes the most time lies below.
fn strip(
    shown: &[Lane],
    lanes: &[usize],
    scale: &TimeScale,
    rows: (f32, f32),
    last: &Layout,
) -> Vec<LaneBox> {
    let boxes = lanes.iter().filter_map(|lane| lane_box(shown, *lane, scale, rows, last));
    let mut boxes: Vec<_> = boxes.map(|lane| LaneBox { is_collapsed: true, ..lane }).collect();
    let width = |lane: &LaneBox| lane.phases.iter().map(|phase| phase.right - phase.left).sum::<f32>();
    boxes.sort_by(|a, b| width(b).total_cmp(&width(a)));
    boxes
}

fn lane_box(
    shown: &[Lane],
    lane: usize,
    scale: &TimeScale,
    (top, height): (f32, f32),
    last: &Layout,
) -> Option<LaneBox> {
    let drawn = shown.get(lane)?;
    // Marks are wider than a point of the screen: those that would hide each other are joined.
    let least = if drawn.kind == LaneKind::Findings { MARK_WIDTH } else { LEAST_WIDTH };
    let last = last.lanes.iter().find(|last| last.lane == lane);
    let (gathered, before) = last.map_or_else(Default::default, |last| (last.gathered, &last.phases[..]));
    let columns = scale.columns((scale.width.max(0.0) / least) as usize);
    let drawn = drawn.row.visible_again(&columns, gathered, before.iter().map(|before| before.drawn));
    let phases = drawn.phases.into_iter().map(|drawn| phase_box(scale, drawn)).collect();
    Some(LaneBox { lane, is_collapsed: false, top, height, phases, gathered: drawn.gathered })
}

fn phase_box(scale: &TimeScale, drawn: DrawnPhase) -> PhaseBox {
    let left = scale.x(drawn.phase.start).clamp(scale.left, scale.right() - LEAST_WIDTH);
    let right = scale.x(drawn.phase.end).min(scale.right()).max(left + LEAST_WIDTH);
    PhaseBox { left, right, drawn }
}

impl Layout {
    /// The lane at a height, relative to the upper edge of the lanes; of those in a strip the uppermost.
    #[must_use]
    pub fn lane_at(&self, y: f32) -> Option<&LaneBox> {
        self.lanes_at(y).next()
    }

    /// The lane and the phase at a place: the uppermost that holds it, else the uppermost within reach.
    #[must_use]
    pub fn phase_at(&self, x: f32, y: f32) -> Option<(&LaneBox, &PhaseBox)> {
        let near = || self.lanes_at(y).filter_map(|lane| Some((lane, lane.phase_at(x)?)));
        let holds = |(_, phase): &(&LaneBox, &PhaseBox)| (phase.left..=phase.right).contains(&x);
        near().find(holds).or_else(|| near().next())
    }

    fn lanes_at(&self, y: f32) -> impl Iterator<Item = &LaneBox> {
        self.lanes.iter().rev().filter(move |lane| y >= lane.top && y < lane.top + lane.height)
    }
}

impl LaneBox {
    /// The phase at a place: the one that holds it, else the nearest within reach.
    #[must_use]
    pub fn phase_at(&self, x: f32) -> Option<&PhaseBox> {
        let away = |phase: &PhaseBox| (phase.left - x).max(x - phase.right).max(0.0);
        let nearest = self.phases.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
        (away(nearest) <= REACH).then_some(nearest)
    }
}

/// `text`, or as much of its beginning as fits into `room` with an ellipsis; `None` when nothing of it does.
#[must_use]
pub fn fitting(text: &str, room: f32, width_of: impl Fn(&str) -> f32) -> Option<String> {
    if width_of(text) <= room {
        return Some(text.to_owned());
    }
    let cut = |n_chars: usize| text.chars().take(n_chars).chain(['…']).collect::<String>();
    // The longest cut that fits: halving, since width grows with length.
    let (mut fits, mut too_long) = (0, text.chars().count());
    while fits + 1 < too_long {
        let middle = fits.midpoint(too_long);
        if width_of(&cut(middle)) <= room { fits = middle } else { too_long = middle }
    }
    (fits > 0).then(|| cut(fits))
}

/// A column of the overview.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverviewColumn {
    /// Left edge.
    pub left: f32,
    /// Share of the full height, 0 to 1.
    pub share: f32,
}

/// Width of a column of the overview.
pub const OVERVIEW_COLUMN: f32 = 2.0;

/// Density of events over the whole range of `scale`, as columns; few events beside many stay visible.
#[must_use]
pub fn overview(drawing: &Drawing, scale: &TimeScale) -> Vec<OverviewColumn> {
    let n_columns = (scale.width.max(0.0) / OVERVIEW_COLUMN) as usize;
    let density = drawing.density(&scale.columns(n_columns));
    let most = density.iter().copied().max().unwrap_or(0).max(1) as f32;
    let columns = (0_u16..).zip(density).filter(|(_, count)| *count > 0);
    let column = |(index, count): (u16, u32)| OverviewColumn {
        left: scale.left + f32::from(index) * OVERVIEW_COLUMN,
        share: (count as f32 / most).sqrt(),
    };
    columns.map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::pyramid::{Merge, Phase, PhaseRow};

    fn scale() -> TimeScale {
        TimeScale { axis: Arc::default(), from: 100.0, to: 200.0, left: 50.0, width: 400.0 }
    }

    fn lanes(phases: &[(f64, f64)]) -> [Lane; 1] {
        let phases =
            (0..).zip(phases).map(|(item, (start, end))| Phase { start: *start, end: *end, kind: 0, item });
        let row = PhaseRow::new(phases.collect(), Merge::Longest);
        [Lane { kind: LaneKind::Playback, row }]
    }

    fn boxes(lanes: &[Lane], scale: &TimeScale) -> Vec<(f32, f32, u32)> {
        let layout = lay_out(lanes, scale, 100.0);
        layout.lanes[0].phases.iter().map(|phase| (phase.left, phase.right, phase.drawn.count)).collect()
    }

    #[test]
    fn phases_lie_where_their_time_is_and_never_outside() {
        for (phases, expected) in [
            (vec![(110.0, 120.0)], vec![(90.0, 130.0, 1)]),
            (vec![(0.0, 150.0)], vec![(50.0, 250.0, 1)]),
            (vec![(150.0, 1e12)], vec![(250.0, 450.0, 1)]),
            (vec![(0.0, 1e12)], vec![(50.0, 450.0, 1)]),
            (vec![(200.0, 200.0)], vec![(449.0, 450.0, 1)]),
            (vec![(100.0, 100.0)], vec![(50.0, 51.0, 1)]),
            (vec![(110.0, 110.0), (110.1, 110.1), (110.6, 110.6)], vec![(90.0, 91.0, 2), (92.4, 93.4, 1)]),
            (vec![(0.0, 99.0), (201.0, 300.0)], vec![]),
        ] {
            let found = boxes(&lanes(&phases), &scale());
            assert_eq!(found.len(), expected.len(), "{phases:?}: {found:?}");
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found.0 - expected.0).abs() < 0.51 && (found.1 - expected.1).abs() < 0.51,
                    "{found:?} {expected:?}"
                );
                assert_eq!(found.2, expected.2);
            }
        }
    }

    #[test]
    fn places_and_times_are_inverse() {
        for secs in [100.0, 123.456, 200.0] {
            assert!((scale().secs(scale().x(secs)) - secs).abs() < 1e-4);
        }
        assert!(scale().x(1e300).is_finite());
    }

    #[test]
    fn a_narrow_lane_or_view_draws_nothing_and_does_not_fail() {
        let lanes = lanes(&[(0.0, 150.0), (150.0, 160.0)]);
        for scale in [
            TimeScale { width: 0.0, ..scale() },
            TimeScale { to: 100.0, ..scale() },
            TimeScale { width: -5.0, ..scale() },
        ] {
            assert_eq!(boxes(&lanes, &scale), []);
            assert_eq!(overview(&Drawing::default(), &scale), []);
        }
    }

    #[test]
    fn labels_are_cut_to_fit_or_left_out() {
        let width_of = |text: &str| text.chars().count() as f32 * 10.0;
        for (text, room, expected) in [
            ("pre-roll", 80.0, Some("pre-roll")),
            ("pre-roll", 79.0, Some("pre-ro…")),
            ("pre-roll", 20.0, Some("p…")),
            ("pre-roll", 19.0, None),
            ("日本語の広告", 40.0, Some("日本語…")),
            ("", 0.0, Some("")),
        ] {
            assert_eq!(fitting(text, room, width_of).as_deref(), expected, "{text} in {room}");
        }
    }

    #[test]
    fn lanes_shrink_a_little_before_they_have_to_be_scrolled() {
        let lanes: Vec<Lane> =
            std::iter::repeat_with(|| lanes(&[(110.0, 120.0)])).take(10).flatten().collect();
        let full = full_height(&lanes, &as_drawn(&lanes));
        assert_eq!(lay_out(&lanes, &scale(), full + 50.0).height, full);
        assert!(lay_out(&lanes, &scale(), full * 0.9).height <= full * 0.9);
        let least = lay_out(&lanes, &scale(), 10.0);
        assert!(least.height > full * 0.7 && least.lanes.iter().all(|lane| lane.height >= 14.0));
    }

    #[test]
    fn a_collapsed_lane_is_low_and_others_keep_their_height() {
        let lanes: Vec<Lane> =
            std::iter::repeat_with(|| lanes(&[(110.0, 120.0)])).take(3).flatten().collect();
        let place =
            |lane: usize, is_collapsed| ArrangedLane { is_collapsed, ..as_drawn(&lanes).swap_remove(lane) };
        let layout =
            lay_out_arranged(&lanes, &[place(2, false), place(0, true)], &scale(), 200.0, &Layout::default());
        let found: Vec<_> = layout.lanes.iter().map(|lane| (lane.lane, lane.height)).collect();
        assert_eq!(found, [(2, 20.0), (0, COLLAPSED_HEIGHT)]);
    }

    #[test]
    fn crossing_lines_take_the_room_that_is_left() {
        let mut lanes = lanes(&[(110.0, 120.0)]).to_vec();
        lanes.push(Lane { kind: LaneKind::Reorder, row: PhaseRow::default() });
        let full = full_height(&lanes, &as_drawn(&lanes));
        let heights =
            |room| lay_out(&lanes, &scale(), room).lanes.iter().map(|lane| lane.height).collect::<Vec<_>>();
        assert_eq!(heights(full), [20.0, 40.0]);
        assert_eq!(heights(full + 30.0), [20.0, 70.0]);
        assert_eq!(heights(full + 500.0), [20.0, 100.0]);
        assert_eq!(heights(0.0), [15.0, 30.0]);
        assert!(lay_out(&lanes, &scale(), 0.0).height <= least_height(&lanes, &as_drawn(&lanes)));
    }

    #[test]
    fn an_instant_can_be_reached_from_beside_it() {
        let lanes = lanes(&[(110.0, 110.0), (150.0, 160.0)]);
        let layout = lay_out(&lanes, &scale(), 100.0);
        let lane = layout.lane_at(5.0).expect("the first lane begins at the top");
        let item_at = |x| lane.phase_at(x).map(|phase| phase.drawn.phase.item);
        assert_eq!(item_at(93.0), Some(0));
        assert_eq!(item_at(100.0), None);
        assert_eq!(item_at(270.0), Some(1));
        assert_eq!(layout.lane_at(1000.0), None);
    }

    #[test]
    fn what_is_folded_lies_in_one_strip_under_its_lane_and_the_longest_below() {
        let lane = |kind, phases: &[(f64, f64)]| Lane { kind, ..lanes(phases)[0].clone() };
        let lanes = [
            lane(LaneKind::Playback, &[(100.0, 200.0)]),
            lane(LaneKind::Ads, &[(120.0, 130.0)]),
            lane(LaneKind::Chapters, &[(100.0, 180.0)]),
        ];
        let folded =
            ArrangedLane { is_collapsed: true, below: vec![1, 2], ..as_drawn(&lanes).swap_remove(0) };
        let layout = lay_out_arranged(&lanes, &[folded], &scale(), 100.0, &Layout::default());
        let boxes: Vec<_> = layout.lanes.iter().map(|lane| (lane.lane, lane.top, lane.height)).collect();
        assert_eq!(boxes, [(0, 0.0, 20.0), (2, 21.0, 6.0), (1, 21.0, 6.0)]);
        assert_eq!((layout.rows.len(), layout.rows[0].height), (1, 27.0));
        let lane_at = |secs, y| layout.phase_at(scale().x(secs), y).map(|(lane, _)| lane.lane);
        for (secs, y, expected) in
            [(125.0, 5.0, Some(0)), (125.0, 24.0, Some(1)), (160.0, 24.0, Some(2)), (195.0, 24.0, None)]
        {
            assert_eq!(lane_at(secs, y), expected, "{secs} s, {y} points down");
        }
    }

    #[test]
    fn a_heading_has_a_low_row_and_shows_what_it_stands_over_only_when_it_is_folded() {
        use crate::app::lane_tree::Heading;
        let lanes: Vec<Lane> =
            std::iter::repeat_with(|| lanes(&[(110.0, 120.0)])).take(2).flatten().collect();
        let heading = |is_collapsed| ArrangedLane {
            row: LaneRow::Heading(Heading::Player),
            name: "player".to_owned(),
            is_collapsed,
            below: vec![0, 1],
            ..as_drawn(&lanes).swap_remove(0)
        };
        for (is_collapsed, n_lanes) in [(false, 0), (true, 2)] {
            let layout =
                lay_out_arranged(&lanes, &[heading(is_collapsed)], &scale(), 100.0, &Layout::default());
            assert_eq!((layout.rows[0].height, layout.lanes.len()), (HEADING_HEIGHT, n_lanes));
        }
    }
}

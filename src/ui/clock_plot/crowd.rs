//! Lines with so many points that they are a crowd: one mesh for all of them, instead of a shape for each piece.
//!
//! A piece is a strip that is as thick as the line across the axis it follows more: with two points for each point of
//! the screen nobody can tell that from a line with joints, and it costs less.

use std::ops::RangeInclusive;
use std::sync::Arc;

use eframe::egui::{Color32, Mesh, Pos2, Rangef, Rect, Shape, Ui, pos2, vec2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoint, PlotTransform};

use super::paint::run_color;
use super::series::Picture;
use crate::ui::theme::Tokens;
use crate::ui::widgets::kept::Kept;

/// Lines of more points than this are a crowd.
const MOST_POINTS: usize = 300;

/// True when lines of so many points together are drawn as a crowd.
#[must_use]
pub const fn is_crowd(n_points: usize) -> bool {
    n_points > MOST_POINTS
}

/// Half of the edge over which a flat piece fades out, points.
const FEATHER: f32 = 0.5;

/// Points that lie so near to each other, across, are drawn as one upright bar.
const BAR: f32 = 1.0;
/// A bar that is lower than this is not seen.
const LEAST_BAR: f32 = 0.5;

/// Adds a line to a mesh. Flat pieces fade out above and below, as a line's edges do; among steep ones it would not
/// be seen.
pub fn add_line(mesh: &mut Mesh, points: impl IntoIterator<Item = Pos2>, width: f32, color: Color32) {
    let mut points = points.into_iter();
    let Some(first) = points.next() else { return };
    let n_pieces = points.size_hint().0;
    // Half of them are joined to bars, or have no faded edges.
    mesh.reserve_vertices(4 * n_pieces);
    mesh.reserve_triangles(3 * n_pieces);
    let mut bar = Bar::new(first);
    for to in points {
        if (to.x - bar.start.x).abs() < BAR {
            bar.reach(to.y);
            bar.end = to;
            continue;
        }
        let (last, end) = (bar, bar.end);
        bar = Bar::new(to);
        last.add(mesh, width, color);
        let away = (to - end).abs();
        // Where the next bar touches the last one at worst.
        let touches = to.x + (BAR - width) / 2.0 <= last.middle() + width / 2.0;
        if last.is_seen() && touches && away.y >= away.x {
            bar.reach(end.y);
        } else {
            add_piece(mesh, if last.is_seen() { end } else { last.start }, to, width, color);
        }
    }
    bar.add(mesh, width, color);
    if !bar.is_seen() && bar.end.x > bar.start.x {
        add_piece(mesh, bar.start, bar.end, width, color);
    }
}

/// The points of a line that are drawn as one upright bar.
#[derive(Clone, Copy)]
struct Bar {
    /// The first of them.
    start: Pos2,
    /// The last of them.
    end: Pos2,
    /// From the highest to the lowest of them.
    rows: Rangef,
}

impl Bar {
    fn new(start: Pos2) -> Bar {
        Bar { start, end: start, rows: Rangef::point(start.y) }
    }

    fn reach(&mut self, y: f32) {
        self.rows = Rangef::new(self.rows.min.min(y), self.rows.max.max(y));
    }

    fn is_seen(&self) -> bool {
        self.rows.span() >= LEAST_BAR
    }

    fn middle(&self) -> f32 {
        self.start.x.midpoint(self.end.x)
    }

    /// Adds the bar to a mesh, if it is seen.
    fn add(&self, mesh: &mut Mesh, width: f32, color: Color32) {
        if self.is_seen() {
            let x = self.middle();
            add_piece(mesh, pos2(x, self.rows.min), pos2(x, self.rows.max), width, color);
        }
    }
}

/// Adds a piece of a line.
fn add_piece(mesh: &mut Mesh, from: Pos2, to: Pos2, width: f32, color: Color32) {
    let away = (to - from).abs();
    if away.y >= away.x {
        let half = vec2(width / 2.0, 0.0);
        add_strip(mesh, [(from - half, to - half, color), (from + half, to + half, color)]);
    } else {
        let (inner, outer) = (vec2(0.0, width / 2.0 - FEATHER), vec2(0.0, width / 2.0 + FEATHER));
        let (faded, edge) = (Color32::TRANSPARENT, |away, color| (from + away, to + away, color));
        let edges = [edge(-outer, faded), edge(-inner, color), edge(inner, color), edge(outer, faded)];
        add_strip(mesh, edges);
    }
}

/// Adds the strip between edges that lie side by side, each from one place to another.
fn add_strip<const N: usize>(mesh: &mut Mesh, edges: [(Pos2, Pos2, Color32); N]) {
    let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
    for (from, to, color) in edges {
        mesh.colored_vertex(from, color);
        mesh.colored_vertex(to, color);
    }
    for corner in (first..).step_by(2).take(N.saturating_sub(1)) {
        mesh.add_triangle(corner, corner + 1, corner + 2);
        mesh.add_triangle(corner + 1, corner + 2, corner + 3);
    }
}

/// The lines of one picture as they were drawn last: what lies below, and what lies above it.
pub type KeptLines = Kept<(Rect, PlotBounds, Tokens), [Arc<Mesh>; 2]>;

/// The tolerance, the expected line and the observed line of a picture as one item of the plot.
pub struct CrowdedLines<'a> {
    base: PlotItemBase,
    picture: &'a Picture,
    kept: &'a KeptLines,
    tokens: &'a Tokens,
}

impl<'a> CrowdedLines<'a> {
    /// The lines of a picture; `kept` is of that picture as well.
    #[must_use]
    pub fn new(picture: &'a Picture, kept: &'a KeptLines, tokens: &'a Tokens) -> CrowdedLines<'a> {
        CrowdedLines { base: PlotItemBase::new("lines".to_owned()), picture, kept, tokens }
    }

    fn meshes(&self, transform: &PlotTransform) -> [Arc<Mesh>; 2] {
        let place =
            |[time, playhead]: &[f64; 2]| transform.position_from_point(&PlotPoint::new(*time, *playhead));
        let (mut below, mut above) = (Mesh::default(), Mesh::default());
        let picture = self.picture;
        for band in &picture.bands {
            let (points, tolerances) = (&picture.expected[band.clone()], &picture.tolerances[band.clone()]);
            add_tolerance(&mut below, points, tolerances, transform, self.tokens.plot_tolerance);
            add_line(&mut above, points.iter().map(place), 1.0, self.tokens.plot_expected);
        }
        for run in &picture.runs {
            let points = &picture.observed[run.points.clone()];
            add_line(&mut above, points.iter().map(place), 2.0, run_color(self.tokens, run.kind));
        }
        [below, above].map(Arc::new)
    }
}

impl PlotItem for CrowdedLines<'_> {
    fn shapes(&self, _: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let of = (*transform.frame(), *transform.bounds(), *self.tokens);
        shapes.extend(self.kept.get(of, || self.meshes(transform)).map(Shape::mesh));
    }

    fn initialize(&mut self, _: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        self.tokens.plot_observed
    }

    /// Hovering is told by the read-out, which knows more than the plot does.
    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn allow_hover(&self) -> bool {
        false
    }

    /// The visible range has an owner of its own.
    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}

fn add_tolerance(
    mesh: &mut Mesh,
    points: &[[f64; 2]],
    tolerances: &[f64],
    transform: &PlotTransform,
    color: Color32,
) {
    let height = transform.dpos_dvalue_y().abs();
    let mut edges = points.iter().zip(tolerances).map(|([time, playhead], tolerance)| {
        let at = transform.position_from_point(&PlotPoint::new(*time, *playhead));
        (at, vec2(0.0, (tolerance * height) as f32))
    });
    let Some(mut before) = edges.next() else { return };
    for (at, half) in edges {
        let (from, from_half) = before;
        add_strip(mesh, [(from - from_half, at - half, color), (from + from_half, at + half, color)]);
        before = (at, half);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_as_thick_as_the_line_and_reaches_both_its_points() {
        let (mut mesh, width) = (Mesh::default(), 2.0);
        let points = [pos2(0.0, 0.0), pos2(11.0, 0.0), pos2(11.0, 40.0), pos2(11.0, 40.0)];
        add_line(&mut mesh, points, width, Color32::WHITE);
        assert!(mesh.is_valid());
        let solid = |at: usize| {
            let corners = mesh.vertices[at..].iter().take(4).filter(|corner| corner.color == Color32::WHITE);
            Rect::from_points(&corners.map(|corner| corner.pos).collect::<Vec<_>>())
        };
        // A flat piece fades by half a point to either side of its edges.
        assert_eq!(solid(2), Rect::from_min_max(pos2(0.0, -0.5), pos2(11.0, 0.5)));
        let faded: Vec<f32> = [0, 1, 6, 7].map(|at| mesh.vertices[at].pos.y).to_vec();
        assert_eq!(faded, [-1.5, -1.5, 1.5, 1.5]);
        assert_eq!(solid(8), Rect::from_min_max(pos2(10.0, 0.0), pos2(12.0, 40.0)));
        assert_eq!(mesh.indices.len(), 3 * 6 + 6);
    }

    #[test]
    fn points_side_by_side_are_one_bar_and_no_peak_is_lost() {
        let mut mesh = Mesh::default();
        // Two points in each column of the screen, and a peak in one of them.
        let zigzag = (0..100_u8).flat_map(|at| [(at, 0.0), (at, if at == 50 { 90.0 } else { 30.0 })]);
        let points = zigzag.enumerate().map(|(at, (_, y))| pos2(at as f32 * 0.5, y));
        add_line(&mut mesh, points, 2.0, Color32::WHITE);
        assert_eq!(mesh.calc_bounds(), Rect::from_min_max(pos2(-0.75, 0.0), pos2(100.25, 90.0)));
        assert_eq!(mesh.vertices.len(), 100 * 4, "a bar for each column");
        let mut flat = Mesh::default();
        add_line(&mut flat, (0..=400_u16).map(|at| pos2(f32::from(at) * 0.25, 7.0)), 2.0, Color32::WHITE);
        assert_eq!(flat.calc_bounds(), Rect::from_min_max(pos2(0.0, 5.5), pos2(100.0, 8.5)));
        assert_eq!(flat.vertices.len(), 100 * 8, "a piece for each column");
    }

    #[test]
    fn a_line_of_bars_and_flat_pieces_has_no_holes() {
        let mut random = fastrand::Rng::with_seed(9);
        for width in [1.0, 1.5, 2.0] {
            let mut x = 0.0;
            let next = |_| {
                x += random.f32();
                pos2(x, if random.u8(0..4) == 0 { random.f32() * 40.0 } else { 40.0 })
            };
            let points: Vec<Pos2> = (0..2_000).map(next).collect();
            let mut mesh = Mesh::default();
            add_line(&mut mesh, points.iter().copied(), width, Color32::WHITE);
            let triangles = mesh.indices.chunks(3).map(|corners| {
                let at = |corner: usize| mesh.vertices[corners[corner] as usize].pos;
                Rect::from_points(&[at(0), at(1), at(2)])
            });
            let mut spans: Vec<Rangef> = triangles.map(|triangle| triangle.x_range()).collect();
            spans.sort_by(|a, b| a.min.total_cmp(&b.min));
            let mut covered = points[0].x;
            for span in spans {
                assert!(span.min <= covered + 0.01, "a hole from {covered} to {} at {width}", span.min);
                covered = covered.max(span.max);
            }
            assert!(covered >= points[1_999].x);
        }
    }

    #[test]
    fn bars_reach_each_other() {
        let mut mesh = Mesh::default();
        // In each column the line rises by 20, and to the next one as well.
        let points = (0..100_u8).map(|at| pos2(f32::from(at) * 0.5, f32::from(at) * 20.0));
        add_line(&mut mesh, points, 2.0, Color32::WHITE);
        let bars = mesh.vertices.chunks(4);
        let rows: Vec<Rangef> =
            bars.map(|bar| Rect::from_points(&[bar[0].pos, bar[1].pos]).y_range()).collect();
        assert_eq!(rows.len(), 50);
        assert!(rows.windows(2).all(|pair| pair[0].max == pair[1].min), "{rows:?}");
    }

    #[test]
    fn a_line_without_points_or_with_one_is_nothing() {
        let mut mesh = Mesh::default();
        add_line(&mut mesh, [], 2.0, Color32::WHITE);
        add_line(&mut mesh, [pos2(1.0, 1.0)], 2.0, Color32::WHITE);
        assert!(mesh.is_empty());
    }
}

//! Lines with so many points that they are a crowd: one mesh for all of them, instead of a shape for each piece.
//!
//! A piece is a strip that is as thick as the line across the axis it follows more: with two points for each point of
//! the screen nobody can tell that from a line with joints, and it costs less.

use std::ops::RangeInclusive;
use std::sync::Arc;

use eframe::egui::{Color32, Mesh, Pos2, Rect, Shape, Ui, Vec2, vec2};
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

/// What lies so near to the last point, across and up, cannot be seen apart from it.
const UNSEEN: Vec2 = vec2(1.0, 0.5);

/// Adds a line to a mesh. Flat pieces fade out above and below, as a line's edges do; among steep ones it would not
/// be seen.
pub fn add_line(mesh: &mut Mesh, points: impl IntoIterator<Item = Pos2>, width: f32, color: Color32) {
    let mut points = points.into_iter().peekable();
    let Some(mut from) = points.next() else { return };
    let n_pieces = points.size_hint().0;
    // Half of them are left out, or have no faded edges.
    mesh.reserve_vertices(4 * n_pieces);
    mesh.reserve_triangles(3 * n_pieces);
    while let Some(to) = points.next() {
        let away = (to - from).abs();
        // The line reaches its end.
        if away.x < UNSEEN.x && away.y < UNSEEN.y && points.peek().is_some() {
            continue;
        }
        if away.y >= away.x {
            let half = vec2(width / 2.0, 0.0);
            add_strip(mesh, [(from - half, to - half, color), (from + half, to + half, color)]);
        } else {
            let (inner, outer) = (vec2(0.0, width / 2.0 - FEATHER), vec2(0.0, width / 2.0 + FEATHER));
            let (faded, edge) = (Color32::TRANSPARENT, |away, color| (from + away, to + away, color));
            let edges = [edge(-outer, faded), edge(-inner, color), edge(inner, color), edge(outer, faded)];
            add_strip(mesh, edges);
        }
        from = to;
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
    use eframe::egui::{Rect, pos2};

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
        assert_eq!(solid(12), Rect::from_min_max(pos2(10.0, 40.0), pos2(12.0, 40.0)));
        assert_eq!(mesh.indices.len(), 3 * 6 + 6 + 6);
    }

    #[test]
    fn what_nobody_can_see_apart_is_left_out_and_no_peak_is() {
        let mut mesh = Mesh::default();
        let flat = (0..=100_u8).map(|at| pos2(f32::from(at) * 0.25, 0.0));
        let peak = [pos2(25.1, 30.0), pos2(25.2, 0.0), pos2(25.3, 0.1)];
        add_line(&mut mesh, flat.chain(peak), 2.0, Color32::WHITE);
        let ends = mesh.calc_bounds();
        assert_eq!((ends.max.y, ends.left()), (30.0, 0.0), "the peak is drawn");
        assert!(ends.right() >= 25.3, "the line reaches its end");
        assert_eq!(
            mesh.vertices.len(),
            25 * 8 + 3 * 4,
            "a piece for each point of the screen, and the peak's"
        );
    }

    #[test]
    fn a_line_without_points_or_with_one_is_nothing() {
        let mut mesh = Mesh::default();
        add_line(&mut mesh, [], 2.0, Color32::WHITE);
        add_line(&mut mesh, [pos2(1.0, 1.0)], 2.0, Color32::WHITE);
        assert!(mesh.is_empty());
    }
}

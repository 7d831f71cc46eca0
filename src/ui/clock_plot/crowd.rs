//! Lines with so many points that they are a crowd: one mesh for all of them, instead of a shape for each piece.
//!
//! A piece is a quad that is as thick as the line along the axis it is steeper to: where there are two points for each
//! point of the screen nobody can tell that from a line with round joints, and it costs a tenth.

use std::ops::RangeInclusive;

use eframe::egui::{Color32, Mesh, Pos2, Shape, Ui, Vec2, vec2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoint, PlotTransform};

use super::paint::run_color;
use super::series::{Band, Picture};
use crate::ui::theme::Tokens;

/// Lines of more points than this are a crowd.
const MOST_POINTS: usize = 300;

/// True when lines of so many points together are drawn as a crowd.
#[must_use]
pub const fn is_crowd(n_points: usize) -> bool {
    n_points > MOST_POINTS
}

/// Adds a line to a mesh.
pub fn add_line(mesh: &mut Mesh, points: impl IntoIterator<Item = Pos2>, width: f32, color: Color32) {
    let mut points = points.into_iter();
    let Some(mut from) = points.next() else { return };
    for to in points {
        let away = to - from;
        let half = if away.y.abs() >= away.x.abs() { vec2(width / 2.0, 0.0) } else { vec2(0.0, width / 2.0) };
        add_quad(mesh, [from - half, to - half, from + half, to + half], color);
        from = to;
    }
}

/// Adds the quad between two edges: from the first corner to the second, and from the third to the fourth.
fn add_quad(mesh: &mut Mesh, corners: [Pos2; 4], color: Color32) {
    let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
    corners.into_iter().for_each(|corner| mesh.colored_vertex(corner, color));
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first + 1, first + 2, first + 3);
}

/// The tolerance, the expected line and the observed line of a picture as one item of the plot.
pub struct CrowdedLines<'a> {
    base: PlotItemBase,
    picture: &'a Picture,
    tokens: &'a Tokens,
}

impl<'a> CrowdedLines<'a> {
    /// The lines of a picture.
    #[must_use]
    pub fn new(picture: &'a Picture, tokens: &'a Tokens) -> CrowdedLines<'a> {
        CrowdedLines { base: PlotItemBase::new("lines".to_owned()), picture, tokens }
    }
}

impl PlotItem for CrowdedLines<'_> {
    fn shapes(&self, _: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let place =
            |[time, playhead]: &[f64; 2]| transform.position_from_point(&PlotPoint::new(*time, *playhead));
        let (mut below, mut above) = (Mesh::default(), Mesh::default());
        for band in &self.picture.expected {
            add_tolerance(&mut below, band, transform, self.tokens.plot_tolerance);
            add_line(&mut above, band.points.iter().map(place), 1.0, self.tokens.plot_expected);
        }
        for run in &self.picture.observed {
            add_line(&mut above, run.points.iter().map(place), 2.0, run_color(self.tokens, run.kind));
        }
        shapes.extend([Shape::mesh(below), Shape::mesh(above)]);
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

fn add_tolerance(mesh: &mut Mesh, band: &Band, transform: &PlotTransform, color: Color32) {
    let height = transform.dpos_dvalue_y().abs();
    let edges = band.points.iter().zip(&band.tolerances).map(|([time, playhead], tolerance)| {
        let half: Vec2 = vec2(0.0, (tolerance * height) as f32);
        (transform.position_from_point(&PlotPoint::new(*time, *playhead)), half)
    });
    let mut before: Option<(Pos2, Vec2)> = None;
    for (at, half) in edges {
        if let Some((from, from_half)) = before {
            add_quad(mesh, [from - from_half, at - half, from + from_half, at + half], color);
        }
        before = Some((at, half));
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Rect, pos2};

    use super::*;

    #[test]
    fn every_piece_is_as_thick_as_the_line_and_reaches_both_its_points() {
        let mut mesh = Mesh::default();
        let points = [pos2(0.0, 0.0), pos2(10.0, 2.0), pos2(11.0, 40.0), pos2(11.0, 40.0)];
        add_line(&mut mesh, points, 2.0, Color32::WHITE);
        assert!(mesh.is_valid());
        let pieces: Vec<Rect> = mesh
            .vertices
            .chunks(4)
            .map(|corners| Rect::from_points(&[0, 1, 2, 3].map(|at| corners[at].pos)))
            .collect();
        let expected = [
            Rect::from_min_max(pos2(0.0, -1.0), pos2(10.0, 3.0)),
            Rect::from_min_max(pos2(9.0, 2.0), pos2(12.0, 40.0)),
            Rect::from_min_max(pos2(10.0, 40.0), pos2(12.0, 40.0)),
        ];
        assert_eq!(pieces, expected);
        assert_eq!(mesh.indices.len(), 3 * 6);
    }

    #[test]
    fn a_line_without_points_or_with_one_is_nothing() {
        let mut mesh = Mesh::default();
        add_line(&mut mesh, [], 2.0, Color32::WHITE);
        add_line(&mut mesh, [pos2(1.0, 1.0)], 2.0, Color32::WHITE);
        assert!(mesh.is_empty());
    }
}

//! Paints the reorder lane and its legend. Not only by color: ties are dashed, graver lines are thicker, and a cross
//! stands where a lost event should have been.

use eframe::egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rangef, Rect, Sense, Shape, Stroke, Ui, pos2, vec2,
};

use super::layout::LaneBox;
use super::paint::label_font;
use super::reorder::{CrossingLine, LineEnd, edges, tie_labels};
use super::reorder_label::{about_lane, outcomes};
use crate::metrics::drawing::{Orders, Outcome};
use crate::ui::text::text;
use crate::ui::theme::Tokens;

/// Half the width of the cross on a lost event.
const CROSS: f32 = 3.0;
/// Radius of the dot where a line begins and ends.
const DOT: f32 = 1.75;
/// More lines than this are drawn without dots: they would hide the lines.
const MOST_DOTTED: usize = 200;
/// What a fan of lines covers shines through.
const FAN_OPACITY: f32 = 0.35;
/// Width of the light about the line of the selected event, and how faint it is.
const HALO: f32 = 8.0;
const HALO_OPACITY: f32 = 0.45;
/// Size of the sample of a line in the legend.
const SAMPLE: (f32, f32) = (26.0, 12.0);
/// Dashes of ties.
const DASH: (f32, f32) = (4.0, 3.0);

/// Paints the lines of the lane; `origin` is the upper edge of the lanes, `selected` the position of the event that is
/// selected.
pub fn lane(
    painter: &Painter,
    tokens: &Tokens,
    lane: &LaneBox,
    lines: &[CrossingLine],
    origin: f32,
    selected: Option<u32>,
) {
    let (lower, upper) = edges(lane);
    for phase in &lane.phases {
        let across = Rangef::new(phase.left - 2.0, phase.right + 2.0);
        let room =
            Rect::from_x_y_ranges(across, Rangef::new(origin + lane.top, origin + lane.top + lane.height));
        painter.rect_filled(room, 2, tokens.hovered);
        for edge in [lower, upper] {
            painter.hline(across, origin + edge, Stroke::new(1.0, tokens.border));
        }
    }
    fans(painter, tokens, lane, lines, origin);
    for line in lines {
        let is_selected = line.drawn.count == 1 && selected == Some(line.drawn.crossing.item);
        if let Some(ends) = line.ends {
            let dotted = lines.len() <= MOST_DOTTED;
            let places = ends.map(|end| pos2(end.x, origin + end.y));
            if is_selected {
                painter.line_segment(
                    places,
                    Stroke::new(HALO, tokens.selection_line.gamma_multiply(HALO_OPACITY)),
                );
            }
            segment(painter, tokens, line.outcome(), ends, places, dotted);
        }
    }
}

fn segment(
    painter: &Painter,
    tokens: &Tokens,
    outcome: Outcome,
    ends: [LineEnd; 2],
    places: [Pos2; 2],
    dotted: bool,
) {
    let stroke = stroke(tokens, outcome);
    if outcome == Outcome::Undecidable {
        painter.extend(Shape::dashed_line(&places, stroke, DASH.0, DASH.1));
    } else {
        painter.line_segment(places, stroke);
    }
    let is_lost = matches!(outcome, Outcome::Lost | Outcome::AsItStands);
    for (end, place) in ends.into_iter().zip(places) {
        if dotted && !end.cut {
            painter.circle_filled(place, DOT, stroke.color);
        }
    }
    if is_lost && !ends[0].cut {
        cross(painter, places[0], stroke.color);
    }
}

/// Where more lines lie than are drawn apart, the room that they take.
fn fans(painter: &Painter, tokens: &Tokens, lane: &LaneBox, lines: &[CrossingLine], origin: f32) {
    let (lower, upper) = edges(lane);
    let (lower, upper) = (origin + lower, origin + upper);
    let mut mesh = Mesh::default();
    for line in lines {
        let Some([lower_left, lower_right, upper_left, upper_right]) = line.fan else { continue };
        let color = outcome_color(tokens, line.outcome()).gamma_multiply(FAN_OPACITY);
        let corners = [(upper_left, upper), (upper_right, upper), (lower_right, lower), (lower_left, lower)];
        let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
        corners.iter().for_each(|(x, y)| mesh.colored_vertex(pos2(*x, *y), color));
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first, first + 2, first + 3);
    }
    painter.add(mesh);
}

fn cross(painter: &Painter, center: Pos2, color: Color32) {
    for way in [vec2(CROSS, CROSS), vec2(CROSS, -CROSS)] {
        painter.line_segment([center - way, center + way], Stroke::new(1.5, color));
    }
}

/// Paints the names of ties.
pub fn names(
    painter: &Painter,
    ui: &Ui,
    tokens: &Tokens,
    lane: &LaneBox,
    lines: &[CrossingLine],
    origin: f32,
) {
    for (left, middle) in tie_labels(lines, lane) {
        let place = pos2(left, origin + middle);
        painter.text(place, Align2::LEFT_CENTER, text("reorder.tie"), label_font(ui), tokens.reorder_tie);
    }
}

fn stroke(tokens: &Tokens, outcome: Outcome) -> Stroke {
    let width = match outcome {
        Outcome::InPlace | Outcome::AnotherClock => 1.0,
        Outcome::Sorted | Outcome::Untold | Outcome::Undecidable => 1.5,
        Outcome::MayFail => 2.0,
        Outcome::AsItStands | Outcome::Lost => 2.5,
    };
    Stroke::new(width, outcome_color(tokens, outcome))
}

/// The color of an outcome.
#[must_use]
pub fn outcome_color(tokens: &Tokens, outcome: Outcome) -> Color32 {
    match outcome {
        Outcome::InPlace | Outcome::AnotherClock => tokens.text_weak,
        Outcome::Sorted => tokens.good,
        Outcome::Untold => tokens.info,
        Outcome::Undecidable => tokens.reorder_tie,
        Outcome::MayFail => tokens.warn,
        Outcome::AsItStands | Outcome::Lost => tokens.error,
    }
}

/// Shows what the lane means, and each outcome that is there with a sample of its line.
pub fn legend(ui: &mut Ui, tokens: &Tokens, orders: &Orders) {
    for (index, line) in about_lane(orders).into_iter().enumerate() {
        if index == 0 {
            ui.strong(line)
        } else {
            ui.label(line)
        };
    }
    for (outcome, words) in outcomes(orders) {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(SAMPLE.0, SAMPLE.1), Sense::hover());
            let places = [rect.left_bottom() + vec2(4.0, -2.0), rect.right_top() + vec2(-4.0, 2.0)];
            let ends = places.map(|place| LineEnd { x: place.x, y: place.y, cut: false });
            segment(ui.painter(), tokens, outcome, ends, places, true);
            ui.label(words);
        });
    }
}

//! Silences that are cut short: a torn band over every view of time, with its length on the ruler.

use eframe::egui::{Painter, Pos2, Rangef, Rect, Response, Shape, Stroke, Tooltip, pos2};

use super::layout::TimeScale;
use crate::app::command::rows::commands;
use crate::metrics::time_axis::Cut;
use crate::ui::axis_times::AxisTimes;
use crate::ui::shortcuts::keys_text;
use crate::ui::text::fill;
use crate::ui::theme::Tokens;
use crate::ui::widgets::time_label;

/// A narrower cut is a thick line: no edges can be told apart.
const LEAST_BAND: f32 = 5.0;
/// How far the teeth of an edge reach.
const TOOTH_DEPTH: f32 = 3.0;
/// Height of a tooth.
const TOOTH_HEIGHT: f32 = 4.0;

/// Paints the cuts that are seen over a view of time.
pub fn paint(painter: &Painter, tokens: &Tokens, scale: &TimeScale, rect: Rect) {
    for cut in scale.axis.cuts_within(scale.from, scale.to) {
        let (left, right) = (scale.x_on_axis(cut.from), scale.x_on_axis(cut.to));
        if right - left < LEAST_BAND {
            painter.vline(left.midpoint(right), rect.y_range(), Stroke::new(2.0, tokens.text_weak));
            continue;
        }
        let band = Rect::from_x_y_ranges(Rangef::new(left, right), rect.y_range());
        painter.rect_filled(band, 0, tokens.panel.gamma_multiply(0.85));
        for edge in [left, right] {
            painter.add(Shape::line(zigzag(edge, rect.y_range()), Stroke::new(1.0, tokens.text_weak)));
        }
    }
}

/// A torn edge from top to bottom.
#[must_use]
pub fn zigzag(x: f32, rows: Rangef) -> Vec<Pos2> {
    let n_teeth = (rows.span().max(0.0) / TOOTH_HEIGHT).ceil() as u16;
    let tooth = |at: u16| {
        let side = if at.is_multiple_of(2) { -1.0 } else { 1.0 };
        let y = (rows.min + f32::from(at) * TOOTH_HEIGHT).min(rows.max);
        pos2(x + side * TOOTH_DEPTH / 2.0, y)
    };
    (0..=n_teeth).map(tooth).collect()
}

/// The length of a cut silence, as it stands on the ruler.
#[must_use]
pub fn length(cut: &Cut) -> String {
    time_label::length(cut.end - cut.start)
}

/// Where the middle of a cut lies.
#[must_use]
pub fn middle(cut: &Cut, scale: &TimeScale) -> f32 {
    scale.x_on_axis(cut.from.midpoint(cut.to))
}

/// What is said about a cut at the pointer.
#[must_use]
pub fn about(cut: &Cut, times: &AxisTimes) -> String {
    let (from, to) = (times.tenths(cut.start), times.tenths(cut.end));
    fill("timeline.cut", &[("length", &length(cut)), ("from", &from), ("to", &to)])
}

/// Says at the pointer what is cut there.
pub fn tooltip(response: &Response, scale: &TimeScale, times: &AxisTimes, x: f32) {
    let at = scale.axis.to_axis(scale.secs(x));
    let [cut] = scale.axis.cuts_within(at, at.next_up()) else { return };
    let said = about(cut, times);
    if x >= scale.left && !response.dragged() {
        Tooltip::for_enabled(response).at_pointer().gap(12.0).show(|ui| {
            ui.strong(said);
            let row = commands().find(|row| row.name == "cut-silences");
            if let Some(key) = row.and_then(|row| keys_text(ui, row)) {
                ui.label(fill("timeline.cut.key", &[("key", &key)]));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_edge_goes_from_top_to_bottom_and_no_further() {
        let edge = zigzag(50.0, Rangef::new(10.0, 31.0));
        assert_eq!(edge.first().map(|point| point.y), Some(10.0));
        assert_eq!(edge.last().map(|point| point.y), Some(31.0));
        assert!(edge.iter().all(|point| (point.x - 50.0).abs() <= TOOTH_DEPTH));
        assert!(edge.windows(2).all(|pair| pair[0].x != pair[1].x && pair[1].y >= pair[0].y));
        assert_eq!(zigzag(0.0, Rangef::new(5.0, 5.0)).len(), 1);
        assert_eq!(zigzag(0.0, Rangef::NOTHING).len(), 1);
    }
}

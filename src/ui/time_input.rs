//! Wheel and drag over a view of time: one behavior in timeline and plot, said as commands.

use eframe::egui::{PointerButton, Pos2, Response, Ui, Vec2};

use super::cx::SessionCx;
use super::timeline::layout::TimeScale;
use crate::app::command::Command;

/// How much nearer a point of scrolling comes: a notch of a usual wheel (some 40 points) about a fifth.
const ZOOM_PER_POINT: f64 = 0.005;

/// Zooms at the pointer, pans, and says where the pointer is; returns that place.
pub fn time_input(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) -> Option<Pos2> {
    let pans = response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle);
    let moved = f64::from(response.drag_delta().x);
    if pans && moved != 0.0 {
        cx.push(Command::Pan { by_secs: -moved * scale.secs_per_point() });
    }
    let pointer = response.hover_pos()?;
    let at = scale.secs(pointer.x);
    let (scroll, zoom) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
    let factor = f64::from(zoom) * (f64::from(scroll.y) * ZOOM_PER_POINT).exp();
    if factor != 1.0 {
        cx.push(Command::Zoom { factor, at });
    }
    // The toolkit turns Shift and wheel into scrolling sideways.
    if scroll.x != 0.0 {
        cx.push(Command::Pan { by_secs: f64::from(-scroll.x) * scale.secs_per_point() });
    }
    // What was used here must not move anything around it.
    ui.input_mut(|input| input.smooth_scroll_delta = Vec2::ZERO);
    Some(pointer)
}

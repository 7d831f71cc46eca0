//! Wheel and drag over a view of time: one behavior in timeline and plot, said as commands.

use eframe::egui::{CursorIcon, PointerButton, Pos2, Response, Ui, Vec2};

use super::cx::SessionCx;
use super::overlay;
use super::text::text;
use super::timeline::layout::TimeScale;
use super::timeline::zoom_to_instant;
use crate::app::command::Command;
use crate::app::command::marking::MarkingCommand;
use crate::app::marking::Cursor;
use crate::app::prefs::BottomTab;
use crate::model::clock::TsMillis;

/// How much nearer a point of scrolling comes: a notch of a usual wheel (some 40 points) about a fifth.
const ZOOM_PER_POINT: f64 = 0.005;
/// A cursor is taken this far beside its line, points.
const CURSOR_REACH: f32 = 4.0;

/// What a drag moves.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Drag {
    /// The visible range.
    #[default]
    View,
    /// An end of the measured range, which begins at this time.
    Range(f64),
    /// A cursor.
    Cursor(Cursor),
}

/// Zooms at the pointer, pans, measures, and says where the pointer is; returns that place.
pub fn time_input(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) -> Option<Pos2> {
    drag_input(ui, response, scale, cx);
    let pointer = wheel_input(ui, response, scale, cx)?;
    if !response.dragged() && cursor_at(cx, scale, pointer.x).is_some() {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    Some(pointer)
}

/// Zooms at the pointer and pans: what moves the visible range and measures nothing.
pub fn view_input(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) {
    if response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle) {
        pan(ui, response, scale, cx);
    }
    wheel_input(ui, response, scale, cx);
}

/// Follows the pointer with the visible range.
fn pan(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) {
    ui.set_cursor_icon(CursorIcon::Grabbing);
    let moved = f64::from(response.drag_delta().x);
    if moved != 0.0 {
        cx.push(Command::Pan { by_secs: -moved * scale.secs_per_point() });
    }
}

/// The wheel, and where the pointer is.
fn wheel_input(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) -> Option<Pos2> {
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

/// A click on the ruler puts cursor A there, with Shift cursor B; a double click shows all, or a mark large.
pub fn ruler_click(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) {
    if !response.dragged() {
        let pointer = response.hover_pos();
        let mark = pointer.and_then(|pointer| overlay::mark_at(cx, scale, pointer.x));
        let note = mark.map(|mark| mark.note.as_str()).filter(|note| !note.is_empty());
        response.clone().on_hover_text(note.unwrap_or(text("timeline.ruler.tip")));
    }
    let clicked = response.interact_pointer_pos().filter(|_| response.clicked());
    let Some(pointer) = clicked.filter(|pointer| pointer.x >= scale.left) else { return };
    if response.double_clicked() {
        let mark = overlay::mark_at(cx, scale, pointer.x).and_then(|mark| cx.times().secs(TsMillis(mark.ts)));
        cx.push(mark.map_or(Command::FitAll, |secs| zoom_to_instant(scale, secs)));
        return;
    }
    let cursor = if ui.input(|input| input.modifiers.shift) { Cursor::B } else { Cursor::A };
    cx.push(Command::Marking(MarkingCommand::SetCursor(cursor, seen(scale, pointer.x))));
}

fn drag_input(ui: &Ui, response: &Response, scale: &TimeScale, cx: &SessionCx<'_>) {
    let id = response.id.with("drag");
    if response.drag_started() {
        let (start, shift) = ui.input(|input| (input.pointer.press_origin(), input.modifiers.shift));
        let start = start.or_else(|| response.interact_pointer_pos()).unwrap_or_default();
        let is_primary = response.dragged_by(PointerButton::Primary);
        let drag = match cursor_at(cx, scale, start.x) {
            _ if !is_primary => Drag::View,
            _ if shift => Drag::Range(seen(scale, start.x)),
            Some(cursor) => Drag::Cursor(cursor),
            None => Drag::View,
        };
        ui.data_mut(|data| data.insert_temp(id, drag));
    }
    let drag = ui.data(|data| data.get_temp::<Drag>(id)).unwrap_or_default();
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove_temp::<Drag>(id));
        if matches!(drag, Drag::Range(_)) {
            cx.push(Command::ShowBottom(BottomTab::Measure));
        }
    }
    let moved = f64::from(response.drag_delta().x);
    let pans = response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle);
    let Some(pointer) = response.interact_pointer_pos().filter(|_| pans) else { return };
    let secs = seen(scale, pointer.x);
    match drag {
        Drag::View => pan(ui, response, scale, cx),
        Drag::Range(from) => {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
            if moved != 0.0 {
                cx.push(Command::Marking(MarkingCommand::SetRange { from, to: secs }));
            }
        }
        Drag::Cursor(cursor) => {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
            if moved != 0.0 {
                cx.push(Command::Marking(MarkingCommand::SetCursor(cursor, secs)));
            }
        }
    }
}

/// The time at a place, of a place beyond the edges that of the edge.
fn seen(scale: &TimeScale, x: f32) -> f64 {
    scale.secs(x.clamp(scale.left, scale.right().max(scale.left)))
}

/// The cursor whose line is at a place.
fn cursor_at(cx: &SessionCx<'_>, scale: &TimeScale, x: f32) -> Option<Cursor> {
    let is_near = |cursor: &Cursor| {
        let secs = cx.app.state.marking.cursor(*cursor);
        secs.is_some_and(|secs| (scale.x(secs) - x).abs() <= CURSOR_REACH)
    };
    // B is drawn over A.
    [Cursor::B, Cursor::A].into_iter().find(is_near)
}

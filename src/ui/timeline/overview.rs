//! The strip above the timeline: the whole session with its density and problems, and the visible range to move.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{
    CursorIcon, Mesh, Painter, Rangef, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
};

use super::cut;
use super::layout::{OVERVIEW_COLUMN, OverviewColumn, TimeScale, overview};
use super::paint::severity;
use crate::app::command::Command;
use crate::app::time_view::TimeView;
use crate::metrics::drawing::{Drawing, LaneKind};
use crate::metrics::pyramid::DrawnPhase;
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::SessionCx;
use crate::ui::overlay;
use crate::ui::text::fill;
use crate::ui::theme::Tokens;

/// Height of the strip.
pub const HEIGHT: f32 = 30.0;
/// Height of the problem marks in it.
const MARKS: f32 = 5.0;
/// An edge of the visible range answers this far beside it.
const EDGE_REACH: f32 = 5.0;
/// Width of a problem mark.
const MARK_WIDTH: f32 = 2.0;

/// The strip's own state: what is being dragged, and what was drawn last.
#[derive(Debug, Default)]
pub struct Overview {
    drag: Option<Drag>,
    picture: Option<Picture>,
}

/// What a drag moves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Drag {
    /// The left edge of the visible range.
    From,
    /// Its right edge.
    To,
    /// All of it.
    Range,
    /// A new range is drawn, from this time on.
    New(f64),
}

#[derive(Debug)]
struct Picture {
    drawing: Arc<Drawing>,
    scale: TimeScale,
    columns: Vec<OverviewColumn>,
    marks: Vec<DrawnPhase>,
}

impl Overview {
    /// Draws the strip into `rect`, its time axis from `left` to the right edge, and takes its input.
    pub fn ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>, drawing: &Arc<Drawing>, rect: Rect, left: f32) {
        let view = cx.time_view();
        let scale = cx.time_scale(left, rect.right() - left);
        let scale = TimeScale { from: view.full_from, to: view.full_to, ..scale };
        let strip = Rect::from_min_max(pos2(left, rect.top()), rect.max);
        let response = ui.interact(strip, ui.scope_id().with("overview"), Sense::click_and_drag());
        response.widget_info(|| {
            let times = AxisTimes::of(cx);
            let (from, to) = cx.app.state.seen_secs();
            let values = [("from", &*times.tenths(from)), ("to", &*times.tenths(to))];
            WidgetInfo::labeled(Role::ScrollBar, true, fill("overview.summary", &values))
        });
        self.input(ui, cx, &response, &scale, view);
        if self
            .picture
            .as_ref()
            .is_none_or(|last| !Arc::ptr_eq(&last.drawing, drawing) || last.scale != scale)
        {
            self.picture = Some(Picture::new(drawing, scale.clone()));
        }
        if let Some(picture) = &self.picture {
            let painter = ui.painter().with_clip_rect(strip);
            picture.paint(&painter, cx.app.tokens, strip, view);
            overlay::paint(&painter, cx, &scale, strip);
            overlay::flags(&painter, cx, &scale, strip);
            if let Some(secs) = cx.hovered_secs() {
                painter.vline(scale.x(secs), strip.y_range(), Stroke::new(1.0, cx.app.tokens.hover_line));
            }
        }
    }

    fn input(&mut self, ui: &Ui, cx: &SessionCx<'_>, response: &Response, scale: &TimeScale, view: TimeView) {
        if response.double_clicked() {
            cx.push(Command::FitAll);
            return;
        }
        let pointer = response.interact_pointer_pos().or_else(|| response.hover_pos());
        let Some(pointer) = pointer else { return };
        let secs = scale.secs(pointer.x);
        let (view_from, view_to) = cx.app.state.seen_secs();
        let (from, to) = (scale.x_on_axis(view.from), scale.x_on_axis(view.to));
        if response.hovered() || response.dragged() {
            let cursor = match self.drag.unwrap_or_else(|| part_at(pointer.x, from, to, secs)) {
                Drag::From | Drag::To => CursorIcon::ResizeHorizontal,
                Drag::Range => CursorIcon::Grab,
                Drag::New(_) => CursorIcon::Crosshair,
            };
            ui.set_cursor_icon(cursor);
        }
        if response.drag_started() {
            let start = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            self.drag = Some(part_at(start.x, from, to, scale.secs(start.x)));
        }
        match self.drag.filter(|_| response.dragged()) {
            Some(Drag::From) => cx.push(Command::ShowRange { from: secs.min(view_to), to: view_to }),
            Some(Drag::To) => cx.push(Command::ShowRange { from: view_from, to: secs.max(view_from) }),
            Some(Drag::Range) => {
                let moved = f64::from(response.drag_delta().x) * scale.secs_per_point();
                cx.push(Command::Pan { by_secs: moved });
            }
            Some(Drag::New(start)) => {
                cx.push(Command::ShowRange { from: start.min(secs), to: start.max(secs) });
            }
            None => {}
        }
        if response.drag_stopped() {
            self.drag = None;
        }
        // A click beside the range brings it there.
        let at = scale.axis.to_axis(secs);
        if response.clicked() && !(view.from..=view.to).contains(&at) {
            cx.push(Command::Pan { by_secs: at - (view.from + view.to) / 2.0 });
        }
    }
}

/// What a drag that begins at a place moves.
fn part_at(x: f32, from: f32, to: f32, secs: f64) -> Drag {
    if (x - from).abs() <= EDGE_REACH && (x - from).abs() <= (x - to).abs() {
        Drag::From
    } else if (x - to).abs() <= EDGE_REACH {
        Drag::To
    } else if x > from && x < to {
        Drag::Range
    } else {
        Drag::New(secs)
    }
}

impl Picture {
    fn new(drawing: &Arc<Drawing>, scale: TimeScale) -> Picture {
        let n_marks = (scale.width.max(0.0) / MARK_WIDTH) as usize;
        let findings = drawing.lane(&LaneKind::Findings);
        Picture {
            drawing: Arc::clone(drawing),
            columns: overview(drawing, &scale),
            marks: findings.map(|lane| lane.row.visible_on(&scale.columns(n_marks))).unwrap_or_default(),
            scale,
        }
    }

    fn paint(&self, painter: &Painter, tokens: &Tokens, rect: Rect, view: TimeView) {
        painter.rect_filled(rect, 0, tokens.background);
        let mut mesh = Mesh::default();
        let room = rect.height() - MARKS - 2.0;
        for column in &self.columns {
            let top = rect.bottom() - (column.share * room).max(1.0);
            let bar = Rect::from_min_max(
                pos2(column.left, top),
                pos2(column.left + OVERVIEW_COLUMN, rect.bottom()),
            );
            mesh.add_colored_rect(bar, tokens.mark_ping);
        }
        for mark in &self.marks {
            let left = self.scale.x(mark.phase.start);
            let bar = Rect::from_min_max(pos2(left - 1.0, rect.top()), pos2(left + 1.0, rect.top() + MARKS));
            mesh.add_colored_rect(bar, tokens.severity(severity(mark.phase.kind)));
        }
        // What is not seen lies in the shade.
        let (from, to) = (self.scale.x_on_axis(view.from), self.scale.x_on_axis(view.to));
        let shade = tokens.panel.gamma_multiply(0.75);
        mesh.add_colored_rect(Rect::from_x_y_ranges(Rangef::new(rect.left(), from), rect.y_range()), shade);
        mesh.add_colored_rect(Rect::from_x_y_ranges(Rangef::new(to, rect.right()), rect.y_range()), shade);
        painter.add(mesh);
        cut::paint(painter, tokens, &self.scale, rect);
        let window = Rect::from_x_y_ranges(Rangef::new(from, to.max(from + 2.0)), rect.y_range());
        painter.rect_stroke(window, 2, Stroke::new(1.5, tokens.accent), StrokeKind::Inside);
        painter.rect_stroke(rect, 0, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_moves_what_lies_under_its_beginning() {
        for (x, expected) in [
            (96.0, Drag::From),
            (104.0, Drag::From),
            (106.0, Drag::Range),
            (198.0, Drag::To),
            (205.0, Drag::To),
            (206.0, Drag::New(1.0)),
            (50.0, Drag::New(1.0)),
        ] {
            assert_eq!(part_at(x, 100.0, 200.0, 1.0), expected, "at {x}");
        }
        // A range of a few points: the nearer edge.
        assert_eq!(part_at(101.0, 100.0, 103.0, 1.0), Drag::From);
        assert_eq!(part_at(102.0, 100.0, 103.0, 1.0), Drag::To);
    }
}

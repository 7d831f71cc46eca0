//! Painted icons: the text fonts have none, and a shape says more than a color.

use eframe::egui::{
    Color32, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

/// What can be painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A cross in a disk.
    Error,
    /// An exclamation mark in a triangle.
    Warn,
    /// An i in a ring.
    Info,
    /// A check mark in a disk.
    Good,
    /// A ring that is not yet full.
    Pending,
    /// A cross.
    Close,
    /// A triangle to the right.
    Closed,
    /// A triangle downwards.
    Open,
    /// A triangle upwards.
    Up,
    /// An arrow to the left.
    Previous,
    /// An arrow to the right.
    Next,
    /// Plus.
    ZoomIn,
    /// Minus.
    ZoomOut,
    /// Two arrows that point apart.
    Fit,
}

/// Size of an icon beside text, points.
pub const ICON_SIZE: f32 = 14.0;

/// Paints an icon into a square. `behind` is the color that lies under it.
pub fn paint(painter: &Painter, icon: Icon, rect: Rect, color: Color32, behind: Color32) {
    let center = rect.center();
    let r = rect.width().min(rect.height()) / 2.0;
    let thin = Stroke::new((r * 0.24).max(1.2), color);
    let inner = Stroke::new((r * 0.26).max(1.4), behind);
    let at = |x: f32, y: f32| center + vec2(x * r, y * r);
    match icon {
        Icon::Error => {
            painter.circle_filled(center, r * 0.95, color);
            cross(painter, center, r * 0.38, inner);
        }
        Icon::Warn => {
            let corners = vec![at(0.0, -0.95), at(1.0, 0.85), at(-1.0, 0.85)];
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
            painter.line_segment([at(0.0, -0.35), at(0.0, 0.3)], inner);
            painter.circle_filled(at(0.0, 0.6), r * 0.14, behind);
        }
        Icon::Info => {
            painter.circle_stroke(center, r * 0.86, thin);
            painter.line_segment([at(0.0, -0.1), at(0.0, 0.5)], thin);
            painter.circle_filled(at(0.0, -0.44), r * 0.15, color);
        }
        Icon::Good => {
            painter.circle_filled(center, r * 0.95, color);
            painter.line_segment([at(-0.42, 0.05), at(-0.1, 0.38)], inner);
            painter.line_segment([at(-0.1, 0.38), at(0.45, -0.35)], inner);
        }
        Icon::Pending => {
            painter.circle_stroke(center, r * 0.8, thin);
            painter.line_segment([center, at(0.0, -0.5)], thin);
            painter.line_segment([center, at(0.35, 0.0)], thin);
        }
        Icon::Close => cross(painter, center, r * 0.5, thin),
        Icon::Closed => triangle(painter, [at(-0.35, -0.6), at(0.55, 0.0), at(-0.35, 0.6)], color),
        Icon::Open => triangle(painter, [at(-0.6, -0.35), at(0.6, -0.35), at(0.0, 0.55)], color),
        Icon::Up => triangle(painter, [at(-0.6, 0.35), at(0.0, -0.55), at(0.6, 0.35)], color),
        Icon::Previous => arrow(painter, at(0.7, 0.0), at(-0.75, 0.0), r, thin),
        Icon::Next => arrow(painter, at(-0.7, 0.0), at(0.75, 0.0), r, thin),
        Icon::ZoomIn => {
            painter.line_segment([at(-0.65, 0.0), at(0.65, 0.0)], thin);
            painter.line_segment([at(0.0, -0.65), at(0.0, 0.65)], thin);
        }
        Icon::ZoomOut => {
            painter.line_segment([at(-0.65, 0.0), at(0.65, 0.0)], thin);
        }
        Icon::Fit => {
            arrow(painter, center, at(-0.9, 0.0), r * 0.8, thin);
            arrow(painter, center, at(0.9, 0.0), r * 0.8, thin);
        }
    }
}

fn cross(painter: &Painter, center: Pos2, r: f32, stroke: Stroke) {
    painter.line_segment([center + vec2(-r, -r), center + vec2(r, r)], stroke);
    painter.line_segment([center + vec2(-r, r), center + vec2(r, -r)], stroke);
}

fn triangle(painter: &Painter, corners: [Pos2; 3], color: Color32) {
    painter.add(Shape::convex_polygon(corners.to_vec(), color, Stroke::NONE));
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, r: f32, stroke: Stroke) {
    let back = (from - to).normalized() * r * 0.5;
    painter.line_segment([from, to], stroke);
    painter.line_segment([to, to + back + back.rot90()], stroke);
    painter.line_segment([to, to + back - back.rot90()], stroke);
}

/// An icon in the flow of the text; `name` is what a screen reader says, empty for an ornament.
pub fn icon(ui: &mut Ui, icon: Icon, color: Color32, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ICON_SIZE, ICON_SIZE), Sense::hover());
    paint(ui.painter(), icon, rect, color, ui.visuals().panel_fill);
    if !name.is_empty() {
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    }
    response
}

/// The size of an [`icon_button`], points.
#[must_use]
pub fn icon_button_size(ui: &Ui) -> Vec2 {
    vec2(ui.spacing().interact_size.y + 2.0, ui.spacing().interact_size.y)
}

/// A button that shows an icon; `name` is its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, enabled: bool) -> Response {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(icon_button_size(ui), sense);
    if ui.is_rect_visible(rect) {
        let visuals = if enabled { ui.style().interact(&response) } else { ui.style().noninteractive() };
        ui.painter().rect(
            rect,
            visuals.corner_radius,
            visuals.weak_bg_fill,
            visuals.bg_stroke,
            StrokeKind::Inside,
        );
        let color = if enabled { visuals.text_color() } else { ui.visuals().weak_text_color() };
        let square = Rect::from_center_size(rect.center(), vec2(ICON_SIZE, ICON_SIZE));
        paint(ui.painter(), icon, square, color, visuals.weak_bg_fill);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response.on_hover_text(name)
}

/// A small cross without a frame that closes something.
pub fn close_button(ui: &mut Ui, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::click());
    let visuals = ui.style().interact(&response);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, visuals.corner_radius, visuals.weak_bg_fill);
    }
    let square = Rect::from_center_size(pos2(rect.center().x, rect.center().y), vec2(12.0, 12.0));
    paint(ui.painter(), Icon::Close, square, ui.visuals().weak_text_color(), visuals.weak_bg_fill);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response.on_hover_text(name)
}

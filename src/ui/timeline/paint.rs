//! Paints what the layout says. Phases of a lane go into one mesh.

use eframe::egui::{
    Align2, Color32, FontId, Mesh, Painter, Pos2, Rangef, Rect, Shape, Stroke, StrokeKind, TextStyle, Ui,
    pos2, vec2,
};

use super::cut;
use super::layout::{LABEL_MARGIN, LaneBox, Layout, TimeScale, fitting};
use super::reorder_paint::outcome_color;
use super::ruler::{Room, Tick, take, texts};
use crate::metrics::drawing::{
    ANSWERED, LATE, LEFT_OPEN, LaneKind, NEAR, Outcome, SKIPPED, SPENT, UNANSWERED, used_share,
};
use crate::model::event_type::EventGroup;
use crate::model::machine::Playback;
use crate::rules::finding::Severity;
use crate::ui::shortcuts;
use crate::ui::theme::{Tokens, sizes};

/// Half the width of the mark of a finding.
const MARK_RADIUS: f32 = 5.0;

/// Phases that are joined are the fainter the less of their time they take, down to this.
const LEAST_OPACITY: f32 = 0.3;

/// A bar is never lower than this share of its lane.
const LEAST_BAR: f32 = 0.15;

/// A text on a phase.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Left edge of the phase.
    pub left: f32,
    /// Middle of its height, relative to the upper edge of the lanes.
    pub middle: f32,
    /// What stands there, cut to fit.
    pub text: String,
}

/// The font of labels.
#[must_use]
pub fn label_font(ui: &Ui) -> FontId {
    TextStyle::Small.resolve(ui.style())
}

/// As much of a text as fits.
#[must_use]
pub fn fit(ui: &Ui, text: &str, room: f32) -> Option<String> {
    let font = label_font(ui);
    ui.fonts_mut(|fonts| {
        let fonts = std::cell::RefCell::new(fonts);
        let width_of = |text: &str| {
            text.chars().map(|letter| fonts.borrow_mut().glyph_width(&font, letter)).sum::<f32>()
        };
        fitting(text, room, width_of)
    })
}

/// Paints the names of lanes into the gutter, and thin lines between lanes.
pub fn gutter(
    painter: &Painter,
    ui: &Ui,
    tokens: &Tokens,
    layout: &Layout,
    names: &[String],
    area: Rect,
    gutter: f32,
) {
    for (lane, name) in layout.lanes.iter().zip(names) {
        let top = area.top() + lane.top;
        let place = pos2(area.left() + gutter - LABEL_MARGIN * 2.0, top + lane.height / 2.0);
        painter.text(place, Align2::RIGHT_CENTER, name, label_font(ui), tokens.text_weak);
        let line = Rangef::new(area.left() + gutter, area.right());
        painter.hline(line, top + lane.height + 1.0, Stroke::new(1.0, tokens.grid));
    }
}

/// Paints a lane. `origin`: the upper edge of the lanes.
pub fn lane(painter: &Painter, tokens: &Tokens, kind: &LaneKind, lane: &LaneBox, origin: f32) {
    if *kind == LaneKind::Findings {
        let middle = origin + lane.top + lane.height / 2.0;
        for phase in &lane.phases {
            let center = pos2(phase.left, middle);
            painter.extend(mark(tokens, severity(phase.drawn.phase.kind), center));
        }
    } else {
        painter.add(bars(tokens, kind, lane, origin));
        ends(painter, tokens, kind, lane, origin);
    }
}

/// The phases of a lane as one mesh.
#[must_use]
pub fn bars(tokens: &Tokens, kind: &LaneKind, lane: &LaneBox, origin: f32) -> Mesh {
    let bottom = origin + lane.top + lane.height;
    let instants = matches!(kind, LaneKind::Events | LaneKind::Pings | LaneKind::Network);
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(4 * lane.phases.len());
    mesh.reserve_triangles(2 * lane.phases.len());
    for phase in &lane.phases {
        // Phases that touch stay apart for the eye; an instant gets some width.
        let right = match phase.right - phase.left {
            width if width > 3.0 => phase.right - 1.0,
            _ if instants => phase.right.max(phase.left + 1.5),
            _ => phase.right,
        };
        let bar_top = bottom - lane.height * bar_share(kind, phase.drawn.phase.kind);
        let rect = Rect::from_min_max(pos2(phase.left, bar_top), pos2(right, bottom));
        let color = phase_color(tokens, kind, phase.drawn.phase.kind);
        mesh.add_colored_rect(rect, color.gamma_multiply(LEAST_OPACITY.max(phase.drawn.covered)));
    }
    mesh
}

/// Marks the phases that were left early or never ended: shape and not color alone says it.
pub fn ends(painter: &Painter, tokens: &Tokens, kind: &LaneKind, lane: &LaneBox, origin: f32) {
    let (top, bottom) = (origin + lane.top, origin + lane.top + lane.height);
    for phase in &lane.phases {
        let rect = Rect::from_min_max(pos2(phase.left, top), pos2(phase.right - 1.0, bottom));
        if rect.width() > 6.0 {
            match (kind, phase.drawn.phase.kind) {
                (LaneKind::Ads | LaneKind::Chapters, SKIPPED) => skipped_corner(painter, tokens, rect),
                (LaneKind::Ads | LaneKind::AdBreaks | LaneKind::Chapters, LEFT_OPEN)
                | (LaneKind::PlayerState(_) | LaneKind::OtherStates, LEFT_OPEN) => {
                    open_end(painter, tokens, rect);
                }
                _ => {}
            }
        }
    }
}

/// How much of the height of its lane a phase takes: a bar on the lanes that show how much.
fn bar_share(lane: &LaneKind, kind: u8) -> f32 {
    match lane {
        LaneKind::Bitrate => LEAST_BAR.max(f32::from(kind) / 100.0),
        LaneKind::Silence | LaneKind::StillPlayhead => LEAST_BAR.max(used_share(kind)),
        // Half a gap: its ping came after all.
        LaneKind::PingGaps if kind == LATE => 0.5,
        _ => 1.0,
    }
}

/// Paints the texts on phases.
pub fn labels(painter: &Painter, ui: &Ui, tokens: &Tokens, labels: &[Label], origin: f32) {
    for label in labels {
        let place = pos2(label.left + LABEL_MARGIN, origin + label.middle);
        painter.text(place, Align2::LEFT_CENTER, &label.text, label_font(ui), tokens.lane_text);
    }
}

/// Paints a frame around a phase.
pub fn frame(painter: &Painter, color: Color32, lane: &LaneBox, (left, right): (f32, f32), origin: f32) {
    let top = origin + lane.top;
    let rect = Rect::from_min_max(pos2(left, top), pos2(right, top + lane.height));
    painter.rect_stroke(rect.expand(1.0), 2, Stroke::new(2.0, color), StrokeKind::Middle);
}

/// Paints the dashed line of an event that explains the selected finding.
pub fn related_line(painter: &Painter, tokens: &Tokens, x: f32, lines: Rangef) {
    let edge = [pos2(x, lines.min), pos2(x, lines.max)];
    painter.extend(Shape::dashed_line(&edge, Stroke::new(1.5, tokens.accent), 5.0, 4.0));
}

/// Paints the frame of a painted view that has the keyboard; such a view leaves the space bar to the story.
pub fn view_focus(ui: &Ui, tokens: &Tokens, area: Rect) {
    shortcuts::leave_space(ui.ctx());
    focus(ui, tokens, area);
}

/// Paints the frame of what has the keyboard.
pub fn focus(ui: &Ui, tokens: &Tokens, area: Rect) {
    ui.painter().rect_stroke(area, 2, Stroke::new(1.5, tokens.accent), StrokeKind::Inside);
}

/// A text of the ruler may reach so far into the gutter.
const OVERHANG: f32 = 8.0;

/// Height of a labelled tick.
const TICK_HEIGHT: f32 = 6.0;

/// Paints the ruler: ticks below, and above them as many texts as have room. `day_at`: the day at a place; `None` where
/// times are elapsed.
pub fn ruler(
    painter: &Painter,
    ui: &Ui,
    tokens: &Tokens,
    ticks: &[Tick],
    day_at: &dyn Fn(f32) -> Option<String>,
    scale: &TimeScale,
    rect: Rect,
) {
    for tick in ticks {
        let height = if tick.label.is_empty() { 3.0 } else { TICK_HEIGHT };
        let rows = Rangef::new(rect.bottom() - height, rect.bottom());
        painter.vline(scale.x(tick.secs), rows, Stroke::new(1.0, tokens.border));
    }
    cut::paint(painter, tokens, scale, rect);
    let width_of = |text: &str| width(ui, text);
    let left_edge = (rect.left() - OVERHANG).max(painter.clip_rect().left());
    let (mut taken, edges): (Vec<Room>, Room) = (Vec::new(), (left_edge, rect.right()));
    let write = |text: String, left: f32| {
        let galley = painter.layout_no_wrap(text, label_font(ui), tokens.text_weak);
        let top = rect.bottom() - TICK_HEIGHT - galley.size().y;
        // The torn edges of cuts end where a text stands.
        let place = Rect::from_min_size(pos2(left, top), galley.size());
        painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2, tokens.background);
        painter.galley(place.min, galley, tokens.text_weak);
    };
    for cut in scale.axis.cuts_within(scale.from, scale.to) {
        let (length, middle) = (cut::length(cut), cut::middle(cut, scale));
        let left = middle - width_of(&length) / 2.0;
        if take(&mut taken, (left, left + width_of(&length)), edges) {
            write(length, left);
        }
    }
    // The day at the left edge, unless the ticks say nothing but days.
    let says_more = |tick: &Tick| tick.day.as_ref().is_some_and(|day| *day != tick.label);
    let day = day_at(scale.left).filter(|_| ticks.iter().any(says_more));
    let day = day.filter(|day| take(&mut taken, (rect.left(), rect.left() + width_of(day)), edges));
    let x_of = |secs| scale.x(secs);
    for (index, text) in texts(ticks, x_of, width_of, day.as_deref(), &mut taken, edges) {
        if let Some(tick) = ticks.get(index) {
            let left = scale.x(tick.secs) - width_of(&text) / 2.0;
            write(text, left);
        }
    }
    if let Some(day) = day {
        write(day, rect.left());
    }
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens.border));
}

/// How wide a label is.
#[must_use]
pub fn width(ui: &Ui, text: &str) -> f32 {
    let font = label_font(ui);
    ui.fonts_mut(|fonts| text.chars().map(|letter| fonts.glyph_width(&font, letter)).sum())
}

/// Paints faint lines at the large ticks.
pub fn grid(painter: &Painter, tokens: &Tokens, ticks: &[Tick], scale: &TimeScale, rect: Rect) {
    for tick in ticks.iter().filter(|tick| !tick.label.is_empty()) {
        painter.vline(scale.x(tick.secs), rect.y_range(), Stroke::new(1.0, tokens.grid));
    }
}

/// Paints the time at the pointer onto the ruler.
pub fn pointer_time(painter: &Painter, ui: &Ui, tokens: &Tokens, text: &str, x: f32, rect: Rect) {
    let galley = painter.layout_no_wrap(text.to_owned(), label_font(ui), tokens.text);
    let size = galley.size() + vec2(8.0, 2.0);
    let left = (x - size.x / 2.0).clamp(rect.left(), (rect.right() - size.x).max(rect.left()));
    let chip = Rect::from_min_size(pos2(left, rect.bottom() - size.y - 2.0), size);
    painter.rect_filled(chip, 3, tokens.raised);
    painter.galley(chip.min + vec2(4.0, 1.0), galley, tokens.text);
}

/// The mark of a finding: a diamond for an error, a triangle for a warning, a dot for a remark.
#[must_use]
pub fn mark(tokens: &Tokens, severity: Severity, center: Pos2) -> Vec<Shape> {
    let (radius, color) = (MARK_RADIUS, tokens.severity(severity));
    let outline = Stroke::new(1.0, tokens.background);
    let polygon = |points: &[(f32, f32)]| {
        let points = points.iter().map(|(x, y)| center + vec2(x * radius, y * radius)).collect();
        vec![Shape::convex_polygon(points, color, outline)]
    };
    match severity {
        Severity::Error => polygon(&[(0.0, -1.2), (1.1, 0.0), (0.0, 1.2), (-1.1, 0.0)]),
        Severity::Warn => polygon(&[(0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)]),
        Severity::Info => {
            vec![Shape::circle_filled(center, radius * 0.7, color)]
        }
    }
}

/// The severity with this number.
#[must_use]
pub fn severity(rank: u8) -> Severity {
    match rank {
        0 => Severity::Info,
        1 => Severity::Warn,
        _ => Severity::Error,
    }
}

/// The color of a phase.
#[must_use]
pub fn phase_color(tokens: &Tokens, lane: &LaneKind, kind: u8) -> Color32 {
    match lane {
        LaneKind::Findings => tokens.severity(severity(kind)),
        LaneKind::Playback => match kind {
            kind if kind == Playback::Playing as u8 => tokens.lane_playing,
            kind if kind == Playback::Paused as u8 => tokens.lane_paused,
            kind if kind == Playback::Buffering as u8 => tokens.lane_buffering,
            _ => tokens.lane_starting,
        },
        LaneKind::Events => match LaneKind::event_group(kind) {
            Some(EventGroup::Session) => tokens.accent,
            Some(EventGroup::Quality) => tokens.warn,
            Some(_) => tokens.mark_event,
            None => tokens.error,
        },
        LaneKind::AdBreaks => tokens.lane_break,
        LaneKind::Ads => tokens.lane_ad,
        LaneKind::Chapters => tokens.lane_chapter,
        LaneKind::PlayerState(_) | LaneKind::OtherStates => tokens.lane_state,
        LaneKind::Bitrate => tokens.lane_quality,
        LaneKind::Pings => tokens.mark_ping,
        LaneKind::PingGaps if kind == LATE => tokens.warn,
        LaneKind::PingGaps => tokens.error,
        LaneKind::Silence | LaneKind::StillPlayhead => match kind {
            SPENT => tokens.error,
            kind if kind & NEAR != 0 => tokens.lane_buffering,
            _ => tokens.lane_paused,
        },
        LaneKind::Network => match kind {
            ANSWERED => tokens.mark_request,
            UNANSWERED => tokens.warn,
            _ => tokens.error,
        },
        LaneKind::Reorder => outcome_color(tokens, Outcome::of_kind(kind).unwrap_or(Outcome::InPlace)),
    }
}

/// A bent corner: left early.
fn skipped_corner(painter: &Painter, tokens: &Tokens, rect: Rect) {
    let corner = rect.right_top();
    let points = vec![corner, corner + vec2(-6.0, 0.0), corner + vec2(0.0, 6.0)];
    painter.add(Shape::convex_polygon(points, tokens.lane_text, Stroke::NONE));
}

/// A dashed right edge: no end was sent.
fn open_end(painter: &Painter, tokens: &Tokens, rect: Rect) {
    let edge = [rect.right_top(), rect.right_bottom()];
    painter.extend(Shape::dashed_line(&edge, Stroke::new(2.0, tokens.error), 3.0, 2.0));
}

/// Height of the ruler.
#[must_use]
pub fn ruler_height() -> f32 {
    sizes().small + 12.0
}

//! What lies over every view of time: marks, the measured range and the cursors. Painted in one way everywhere.

use eframe::egui::{Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::cx::SessionCx;
use super::theme::Tokens;
use super::timeline::layout::TimeScale;
use super::timeline::paint::label_font;
use crate::app::marking::Cursor;
use crate::model::clock::TsMillis;
use crate::store::project::SavedMark;

/// Size of the flag of a mark.
pub const FLAG: f32 = 8.0;
/// Marks that lie closer are one to the eye, points.
const MARK_GAP: f32 = 1.0;

/// Paints marks, range and cursors into a view.
pub fn paint(painter: &Painter, cx: &SessionCx<'_>, scale: &TimeScale, rect: Rect) {
    let (marking, tokens) = (&cx.app.state.marking, cx.app.tokens);
    for (x, _) in marks_seen(cx, scale) {
        painter.vline(x, rect.y_range(), Stroke::new(1.0, tokens.text_weak));
    }
    if let Some(range) = marking.range.filter(|range| scale.touches(range.from, range.to)) {
        let (from, to) = (scale.x(range.from), scale.x(range.to));
        let fill = Rect::from_min_max(pos2(from, rect.top()), pos2(to.max(from + 1.0), rect.bottom()));
        painter.rect_filled(fill.intersect(rect), 0, tokens.range_fill);
        for edge in [from, to] {
            painter.vline(edge, rect.y_range(), Stroke::new(1.0, tokens.accent));
        }
    }
    for cursor in [Cursor::A, Cursor::B] {
        let Some(x) = place(cx, scale, cursor) else { continue };
        let stroke = Stroke::new(1.5, tokens.cursor);
        match cursor {
            Cursor::A => painter.vline(x, rect.y_range(), stroke),
            // The way of the line, and not only its letter, tells one from the other.
            Cursor::B => {
                let line = [pos2(x, rect.top()), pos2(x, rect.bottom())];
                painter.extend(Shape::dashed_line(&line, stroke, 6.0, 3.0));
                continue;
            }
        };
    }
}

/// Paints the flags of marks and, at its foot, the letters of the cursors into the ruler.
pub fn heads(painter: &Painter, ui: &Ui, cx: &SessionCx<'_>, scale: &TimeScale, rect: Rect) {
    flags(painter, cx, scale, rect);
    let tokens = cx.app.tokens;
    for (cursor, letter) in [(Cursor::A, "A"), (Cursor::B, "B")] {
        let Some(x) = place(cx, scale, cursor) else { continue };
        let galley = painter.layout_no_wrap(letter.to_owned(), label_font(ui), tokens.background);
        let size = galley.size() + vec2(6.0, 0.0);
        // A stands before its line and B after its own, so that both can be read where they meet.
        let left = if cursor == Cursor::A { x - size.x } else { x };
        let chip = Rect::from_min_size(pos2(left, rect.bottom() - size.y), size);
        painter.rect_filled(chip, 2, tokens.cursor);
        painter.galley(chip.min + vec2(3.0, 0.0), galley, tokens.background);
    }
}

/// The marks of the session that are seen, with their places; of those that would hide each other the first.
fn marks_seen<'a>(cx: &SessionCx<'a>, scale: &TimeScale) -> Vec<(f32, &'a SavedMark)> {
    let mut seen: Vec<(f32, &SavedMark)> = Vec::new();
    for mark in cx.app.state.marks() {
        let secs = cx.times().secs(TsMillis(mark.ts)).filter(|secs| scale.sees(*secs));
        let Some(x) = secs.map(|secs| scale.x(secs)) else { continue };
        if seen.last().is_none_or(|(last, _)| x - last >= MARK_GAP) {
            seen.push((x, mark));
        }
    }
    seen
}

/// Paints the flags of marks at the top of a view.
pub fn flags(painter: &Painter, cx: &SessionCx<'_>, scale: &TimeScale, rect: Rect) {
    for (x, _) in marks_seen(cx, scale) {
        flag(painter, cx.app.tokens, pos2(x, rect.top()));
    }
}

/// Paints the flag of a mark, its pole at the left.
pub fn flag(painter: &Painter, tokens: &Tokens, top: Pos2) {
    let points = vec![top, top + vec2(FLAG, FLAG / 2.0), top + vec2(0.0, FLAG)];
    painter.add(Shape::convex_polygon(points, tokens.text, Stroke::new(1.0, tokens.background)));
}

/// The mark whose flag is at a place.
#[must_use]
pub fn mark_at<'a>(cx: &SessionCx<'a>, scale: &TimeScale, x: f32) -> Option<&'a SavedMark> {
    let is_near = |(place, _): &(f32, _)| (-3.0..=FLAG + 1.0).contains(&(x - place));
    marks_seen(cx, scale).into_iter().find(is_near).map(|(_, mark)| mark)
}

fn place(cx: &SessionCx<'_>, scale: &TimeScale, cursor: Cursor) -> Option<f32> {
    let secs = cx.app.state.marking.cursor(cursor)?;
    scale.sees(secs).then(|| scale.x(secs))
}

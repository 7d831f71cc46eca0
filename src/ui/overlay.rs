//! What lies over every view of time: the measured range and the cursors. Painted in one way everywhere.

use eframe::egui::{Painter, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::cx::SessionCx;
use super::timeline::layout::TimeScale;
use super::timeline::paint::label_font;
use crate::app::marking::Cursor;

/// Paints range and cursors into a view.
pub fn paint(painter: &Painter, cx: &SessionCx<'_>, scale: &TimeScale, rect: Rect) {
    let (marking, tokens) = (&cx.app.state.marking, cx.app.tokens);
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

/// Paints the letters of the cursors at the foot of a view, the ruler.
pub fn heads(painter: &Painter, ui: &Ui, cx: &SessionCx<'_>, scale: &TimeScale, rect: Rect) {
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

fn place(cx: &SessionCx<'_>, scale: &TimeScale, cursor: Cursor) -> Option<f32> {
    let secs = cx.app.state.marking.cursor(cursor)?;
    scale.sees(secs).then(|| scale.x(secs))
}

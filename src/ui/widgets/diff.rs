//! A line of a difference between two texts.

use eframe::egui::{Label, RichText, Ui};

use crate::outbox::diff::{DiffLine, LineKind};
use crate::ui::theme::Tokens;

/// Draws one line with its sign.
pub fn line_ui(ui: &mut Ui, tokens: &Tokens, line: &DiffLine) {
    let (sign, color) = match line.kind {
        LineKind::Same => (' ', tokens.text_weak),
        LineKind::Removed => ('-', tokens.error),
        LineKind::Added => ('+', tokens.good),
    };
    let words = RichText::new(format!("{sign} {}", line.text)).monospace().color(color);
    ui.add(Label::new(words).truncate());
}

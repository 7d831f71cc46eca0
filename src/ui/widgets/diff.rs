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

/// Draws what stands on one side of a row, nothing where the other side stands alone.
pub fn side_ui(ui: &mut Ui, tokens: &Tokens, line: Option<&DiffLine>) {
    if let Some(line) = line {
        line_ui(ui, tokens, line);
    }
}

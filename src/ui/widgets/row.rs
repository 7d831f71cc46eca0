//! Rows that wrap.

use eframe::egui::{RichText, TextStyle, TextWrapMode, Ui, WidgetText};

/// In a row that wraps, begins another one where buttons with these words have no room beside each other: what is one
/// choice is not torn apart.
pub fn keep_together<'a>(ui: &mut Ui, words: impl IntoIterator<Item = &'a str>) {
    let padding = 2.0 * ui.spacing().button_padding.x + ui.spacing().item_spacing.x;
    let width = |words: &str| {
        let words = WidgetText::from(RichText::new(words));
        words.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Button).size().x + padding
    };
    let needed: f32 = words.into_iter().map(width).sum();
    if ui.available_size_before_wrap().x < needed {
        ui.end_row();
    }
}

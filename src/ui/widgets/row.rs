//! Rows that wrap.

use eframe::egui::{RichText, TextStyle, TextWrapMode, Ui, WidgetText};

/// The width of a line that parts a row, points: that of the toolkit.
const PARTING_WIDTH: f32 = 6.0;

/// In a row that wraps, parts what has been from what comes next, which is so wide: by a line, or by another row where
/// there is no room for it beside the line. So what is one choice is not torn apart, and no row ends with a line.
pub fn part(ui: &mut Ui, width: f32) {
    let needed = PARTING_WIDTH + ui.spacing().item_spacing.x + width;
    if ui.available_size_before_wrap().x < needed {
        ui.end_row();
        // Words at its beginning stand on one line with the buttons that follow, as in the first row.
        ui.set_row_height(ui.spacing().interact_size.y);
    } else {
        ui.separator();
    }
}

/// The width of buttons with these words beside each other, points.
pub fn buttons_width<'a>(ui: &Ui, words: impl IntoIterator<Item = &'a str>) -> f32 {
    let padding = 2.0 * ui.spacing().button_padding.x + ui.spacing().item_spacing.x;
    words.into_iter().map(|words| words_width(ui, words) + padding).sum()
}

/// The width of a box to be ticked with these words, points.
pub fn checkbox_width(ui: &Ui, words: &str) -> f32 {
    ui.spacing().icon_width + ui.spacing().icon_spacing + words_width(ui, words)
}

fn words_width(ui: &Ui, words: &str) -> f32 {
    let words = WidgetText::from(RichText::new(words));
    words.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Button).size().x
}

//! Characters for which no font here has a glyph: a box stands for them, and which they are is said where the pointer
//! rests.

use eframe::egui::{Response, TextStyle, Ui};

use crate::ui::text::counted;

/// So many are named.
const MAX_NAMED: usize = 8;

/// Says on hover which characters of a drawn text are boxes.
pub fn with_missing(ui: &Ui, response: Response, words: &str, style: TextStyle) -> Response {
    match hovered_missing(ui, &response, words, style) {
        Some(tip) => response.on_hover_text(tip),
        None => response,
    }
}

/// What to say of a text that the pointer is over; `None` when all of it is drawn.
#[must_use]
pub fn hovered_missing(ui: &Ui, response: &Response, words: &str, style: TextStyle) -> Option<String> {
    // Asking for fonts takes time: nobody asks for what nobody points at.
    if words.is_ascii() || !response.hovered() {
        return None;
    }
    let font = style.resolve(ui.style());
    let missing = ui.fonts_mut(|fonts| missing(words, |letter| fonts.has_glyph(&font, letter)));
    let n = missing.len() as u64;
    (n > 0).then(|| counted("glyphs.missing", n).replace("{codes}", &code_points(&missing)))
}

/// The characters that have no glyph, each once, in the order of the text.
fn missing(words: &str, mut has_glyph: impl FnMut(char) -> bool) -> Vec<char> {
    let mut missing = Vec::new();
    for letter in words.chars().filter(|letter| !letter.is_ascii() && !is_unseen(*letter)) {
        if !missing.contains(&letter) && !has_glyph(letter) {
            missing.push(letter);
        }
    }
    missing
}

/// True for what is never drawn by itself: controls, spaces, marks of direction, joiners and variation selectors.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// `U+4E2D, U+6587`, cut where they are many.
fn code_points(letters: &[char]) -> String {
    let named = letters.iter().take(MAX_NAMED).map(|letter| format!("U+{:04X}", u32::from(*letter)));
    let mut text = named.collect::<Vec<_>>().join(", ");
    if letters.len() > MAX_NAMED {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_without_a_glyph_is_found_once_in_the_order_of_the_text() {
        let has_glyph = |letter: char| letter == 'é';
        assert_eq!(missing("a中é文中 \u{200d}\u{fe0f}\u{a0}", has_glyph), ['中', '文']);
        assert!(missing("abc", |_| false).is_empty(), "every font has these");
    }

    #[test]
    fn code_points_have_four_digits_or_more_and_end_somewhere() {
        assert_eq!(code_points(&['¿', '中', '😀']), "U+00BF, U+4E2D, U+1F600");
        let many: Vec<char> = ('一'..).take(20).collect();
        assert!(code_points(&many).ends_with("U+4E07, …"), "{}", code_points(&many));
    }
}

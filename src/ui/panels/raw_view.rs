//! The raw text of an event, by lines, with line and column of the file. Nothing here is changed or repaired.

use eframe::egui::{Label, RichText, ScrollArea, TextStyle, Ui};

use crate::model::id::EventId;
use crate::model::table::{BodyKind, Event};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};

/// Lines are broken at no more than so many characters, whatever room there is.
const MAX_COLUMNS: usize = 1024;
/// More of an event is not shown, bytes.
const MAX_SHOWN: usize = 1 << 20;

/// More of a body is not shown beside its request, bytes.
const MAX_BODY: usize = 32 << 10;
/// Room for the number of a line, characters.
const GUTTER: usize = 8;

/// The lines of the event that was last shown.
#[derive(Debug, Default)]
pub struct RawView {
    /// Event with the numbering of its capture, and how many characters a line has.
    key: Option<(CaptureId, u32, EventId, usize)>,
    lines: Vec<Line>,
    cut: bool,
}

/// A line of text; `number` is `None` for the rest of a line that was broken.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    number: Option<u64>,
    text: String,
}

impl RawView {
    /// Draws the text.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, event: Event<'_>) {
        let key = (loaded.id, loaded.numbering(), event.id, columns(ui));
        if self.key != Some(key) {
            let bytes = event.text();
            let shown = &bytes[..bytes.len().min(MAX_SHOWN)];
            // Text that was unescaped or decoded has lines of its own.
            let first = match event.row().body.kind {
                BodyKind::Raw => event.place_of("").map_or(1, |place| place.line),
                BodyKind::Escaped | BodyKind::Decoded => 1,
            };
            self.lines = lines(shown, first, key.3);
            self.cut = shown.len() < bytes.len();
            self.key = Some(key);
        }
        let words = match event.place_of("") {
            Some(place) => fill(
                "raw.at",
                &[
                    ("line", &grouped(place.line)),
                    ("column", &grouped(place.column)),
                    ("name", loaded.short_name()),
                ],
            ),
            None => text("raw.no-place").to_owned(),
        };
        ui.horizontal(|ui| {
            if ui.button(text("raw.copy")).clicked() {
                ui.copy_text(String::from_utf8_lossy(&event.text()).into_owned());
            }
            ui.add(Label::new(RichText::new(words).weak()).truncate());
        });
        if event.row().body.kind != BodyKind::Raw {
            ui.weak(text("raw.unescaped"));
        }
        lines_ui(ui, cx, &self.lines, self.cut, "raw");
    }
}

/// How many characters fit into a line, the number of the line aside.
fn columns(ui: &Ui) -> usize {
    let font = TextStyle::Monospace.resolve(ui.style());
    let width = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0')).max(1.0);
    let room = (ui.available_width() / width) as usize;
    room.saturating_sub(GUTTER).clamp(16, MAX_COLUMNS)
}

fn lines_ui(ui: &mut Ui, cx: &AppCx<'_>, lines: &[Line], cut: bool, salt: &str) {
    let height = ui.text_style_height(&TextStyle::Monospace) + 3.0;
    let digits = lines.iter().rev().find_map(|line| line.number).unwrap_or(1).to_string().len();
    ui.spacing_mut().item_spacing.y = 0.0;
    let n_rows = lines.len() + usize::from(cut);
    ScrollArea::both().auto_shrink([false, true]).id_salt(salt).show_rows(ui, height, n_rows, |ui, range| {
        for at in range {
            ui.horizontal(|ui| match lines.get(at) {
                Some(line) => {
                    let number = line.number.map_or(String::new(), |number| number.to_string());
                    let number = RichText::new(format!("{number:>digits$}")).monospace();
                    ui.label(number.color(cx.tokens.text_weak));
                    let text = RichText::new(&line.text).monospace();
                    ui.add(Label::new(text).extend().selectable(true));
                }
                None => {
                    ui.weak(text("raw.cut"));
                }
            });
        }
    });
}

/// Draws a text that belongs to no event, by lines.
pub fn text_ui(ui: &mut Ui, cx: &AppCx<'_>, bytes: &[u8], salt: &str) {
    let shown = &bytes[..bytes.len().min(MAX_BODY)];
    lines_ui(ui, cx, &lines(shown, 1, columns(ui)), shown.len() < bytes.len(), salt);
}

/// Lines of at most `columns` characters; what is no UTF-8 and no printable character is replaced.
fn lines(bytes: &[u8], first: u64, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, line) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = printable(line.strip_suffix(b"\r").unwrap_or(line));
        let mut rest = line.as_str();
        let mut number = Some(number);
        loop {
            let end = rest.char_indices().nth(columns).map_or(rest.len(), |(at, _)| at);
            lines.push(Line { number: number.take(), text: rest[..end].to_owned() });
            rest = &rest[end..];
            if rest.is_empty() {
                break;
            }
        }
    }
    lines
}

fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => '·',
        c => c,
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_and_keep_one_number() {
        let text = format!("a\r\n{}\nb", "é".repeat(41));
        let numbers: Vec<_> = lines(text.as_bytes(), 7, 40).into_iter().map(|line| line.number).collect();
        assert_eq!(numbers, [Some(7), Some(8), None, Some(9)]);
    }

    #[test]
    fn control_characters_are_shown_as_dots() {
        assert_eq!(lines(b"a\x1b[0m\tb", 1, 40)[0].text, "a·[0m b");
    }
}

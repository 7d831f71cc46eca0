//! The raw text of an event, by lines, with line and column of the file. Nothing here is changed or repaired.
//!
//! The chosen field is lit in it, and a click on a place chooses the field that stands there.

use std::borrow::Cow;
use std::ops::Range;

use eframe::egui::{Label, RichText, ScrollArea, TextFormat, TextStyle, Ui, text::LayoutJob};

use super::field::FieldChoice;
use crate::model::id::EventId;
use crate::model::json::find_exact;

use crate::model::table::{BodyKind, Event};
use crate::redact::identifying;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::raw_places::pointer_at;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::widgets::glyphs::with_missing;
use crate::ui::widgets::identifying::signed;

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
    bytes: Vec<u8>,
    lines: Vec<Line>,
    identifying: Vec<Range<usize>>,
    cut: bool,
    /// The choice of a field that was last brought into view.
    scrolled_to: u64,
}

/// A line of text; `number` is `None` for the rest of a line that was broken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    number: Option<u64>,
    text: String,
    /// Where it stands in the whole text; of a line that is no UTF-8 every piece has the whole line.
    bytes: Range<usize>,
}

impl RawView {
    /// Draws the text.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &AppCx<'_>,
        loaded: &LoadedCapture,
        event: Event<'_>,
        field: &mut FieldChoice,
    ) {
        let key = (loaded.id, loaded.numbering(), event.id, columns(ui));
        if self.key != Some(key) {
            let bytes = event.text();
            self.bytes = bytes[..bytes.len().min(MAX_SHOWN)].to_vec();
            // Text that was unescaped or decoded has lines of its own.
            let first = match event.row().body.kind {
                BodyKind::Raw => event.place_of("").map_or(1, |place| place.line),
                BodyKind::Escaped | BodyKind::Decoded => 1,
            };
            self.lines = lines(&self.bytes, first, key.3);
            self.identifying = identifying(&self.bytes);
            self.cut = self.bytes.len() < bytes.len();
            self.key = Some(key);
        }
        ui.horizontal(|ui| {
            if ui.button(text("raw.copy")).clicked() {
                ui.copy_text(String::from_utf8_lossy(&event.text()).into_owned());
            }
            let words = place_words(loaded, event, field.pointer().unwrap_or_default());
            ui.add(Label::new(RichText::new(words).weak()).truncate());
        });
        if event.row().body.kind != BodyKind::Raw {
            ui.weak(text("raw.unescaped"));
        }
        let lit = field.pointer().filter(|pointer| !pointer.is_empty());
        let lit = lit.and_then(|pointer| find_exact(&self.bytes, pointer));
        let scroll = lit.is_some() && self.scrolled_to != field.revision();
        self.scrolled_to = field.revision();
        let (bytes, lines, identifying) = (&self.bytes, &self.lines, &self.identifying);
        let shown = Shown { bytes, lines, identifying, cut: self.cut, lit, scroll };
        if let Some(at) = lines_ui(ui, cx, &shown, "raw") {
            field.choose(pointer_at(&self.bytes, at));
            // It is in view already.
            self.scrolled_to = field.revision();
        }
    }
}

/// Line and column of a field in its file, in words.
pub(super) fn place_words(loaded: &LoadedCapture, event: Event<'_>, pointer: &str) -> String {
    match event.place_of(pointer) {
        Some(place) => fill(
            "raw.at",
            &[
                ("line", grouped(place.line).as_str()),
                ("column", &grouped(place.column)),
                ("name", loaded.short_name()),
            ],
        ),
        None => text("raw.no-place").to_owned(),
    }
}

/// How many characters fit into a line, the number of the line aside.
pub(super) fn columns(ui: &Ui) -> usize {
    let font = TextStyle::Monospace.resolve(ui.style());
    let width = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0')).max(1.0);
    let room = (ui.available_width() / width) as usize;
    room.saturating_sub(GUTTER).clamp(16, MAX_COLUMNS)
}

/// A text that is drawn by lines.
pub(super) struct Shown<'a> {
    /// The text.
    pub bytes: &'a [u8],
    /// Its lines.
    pub lines: &'a [Line],
    /// What of it tells who watched.
    pub identifying: &'a [Range<usize>],
    /// True when there is more of it.
    pub cut: bool,
    /// What of it is lit.
    pub lit: Option<Range<usize>>,
    /// True when what is lit is to be brought into view.
    pub scroll: bool,
}

/// Draws lines; returns the byte that was clicked.
pub(super) fn lines_ui(ui: &mut Ui, cx: &AppCx<'_>, shown: &Shown<'_>, salt: &str) -> Option<usize> {
    let height = ui.text_style_height(&TextStyle::Monospace) + 3.0;
    let digits = shown.lines.iter().rev().find_map(|line| line.number).unwrap_or(1).to_string().len();
    ui.spacing_mut().item_spacing.y = 0.0;
    let n_rows = shown.lines.len() + usize::from(shown.cut);
    let mut area = ScrollArea::both().auto_shrink([false, true]).min_scrolled_height(0.0).id_salt(salt);
    if let (Some(lit), true) = (&shown.lit, shown.scroll) {
        let row = shown.lines.partition_point(|line| line.bytes.end <= lit.start);
        let above = (ui.available_height() / height / 2.0).floor().min(2.0);
        area = area.vertical_scroll_offset((row as f32 - above).max(0.0) * height);
    }
    let mut clicked = None;
    area.show_rows(ui, height, n_rows, |ui, range| {
        for at in range {
            ui.horizontal(|ui| match shown.lines.get(at) {
                Some(line) => {
                    let number = line.number.map_or(String::new(), |number| number.to_string());
                    let number = RichText::new(format!("{number:>digits$}")).monospace();
                    ui.label(number.color(cx.tokens.text_weak));
                    clicked = line_ui(ui, cx, shown, line).or(clicked);
                }
                None => {
                    ui.weak(text("raw.cut"));
                }
            });
        }
    });
    clicked
}

/// Draws a line; returns the byte that was clicked.
fn line_ui(ui: &mut Ui, cx: &AppCx<'_>, shown: &Shown<'_>, line: &Line) -> Option<usize> {
    let lit = shown.lit.as_ref().map_or(0..0, |lit| line.columns_of(shown.bytes, lit));
    let font_id = TextStyle::Monospace.resolve(ui.style());
    let width = ui.fonts_mut(|fonts| fonts.glyph_width(&font_id, '0')).max(1.0);
    let byte = |column: usize| line.text.char_indices().nth(column).map_or(line.text.len(), |(at, _)| at);
    let plain = TextFormat { font_id, color: cx.tokens.text, ..TextFormat::default() };
    let marked = TextFormat { background: cx.tokens.selection, ..plain.clone() };
    let lit = byte(lit.start)..byte(lit.end);
    let identifying = shown.identifying.iter().map(|range| line.columns_of(shown.bytes, range));
    let identifying: Vec<_> = identifying.map(|it| byte(it.start)..byte(it.end)).collect();
    let mut cuts = vec![0, lit.start, lit.end, line.text.len()];
    cuts.extend(identifying.iter().flat_map(|range| [range.start, range.end]));
    cuts.sort_unstable();
    let mut job = LayoutJob::default();
    for piece in cuts.windows(2).map(|ends| ends[0]..ends[1]).filter(|piece| !piece.is_empty()) {
        let format = if lit.contains(&piece.start) { marked.clone() } else { plain.clone() };
        let hides = identifying.iter().any(|range| range.contains(&piece.start));
        job.append(&line.text[piece], 0.0, if hides { signed(format) } else { format });
    }
    let response = ui.add(Label::new(job).extend().selectable(true));
    let response = with_missing(ui, response, &line.text, TextStyle::Monospace);
    response.clicked().then(|| {
        let x = response.interact_pointer_pos().map_or(0.0, |at| (at.x - response.rect.left()).max(0.0));
        line.byte_at(shown.bytes, (x / width) as usize)
    })
}

/// Draws a text that belongs to no event, by lines.
pub fn text_ui(ui: &mut Ui, cx: &AppCx<'_>, bytes: &[u8], salt: &str) {
    let shown = &bytes[..bytes.len().min(MAX_BODY)];
    let lines = lines(shown, 1, columns(ui));
    let cut = shown.len() < bytes.len();
    let identifying = identifying(shown);
    let shown =
        Shown { bytes: shown, lines: &lines, identifying: &identifying, cut, lit: None, scroll: false };
    lines_ui(ui, cx, &shown, salt);
}

impl Line {
    /// The columns that a range of the whole text has in this line; of a line that is no UTF-8 all or none.
    fn columns_of(&self, bytes: &[u8], range: &Range<usize>) -> Range<usize> {
        let (from, to) = (range.start.max(self.bytes.start), range.end.min(self.bytes.end));
        if from >= to {
            return 0..0;
        }
        let n_chars =
            |range: Range<usize>| Some(std::str::from_utf8(bytes.get(range)?).ok()?.chars().count());
        match (n_chars(self.bytes.start..from), n_chars(from..to)) {
            (Some(before), Some(inside)) => before..before + inside,
            _ => 0..self.text.chars().count(),
        }
    }

    /// The byte of the whole text that stands in a column; the first one of a line that is no UTF-8.
    fn byte_at(&self, bytes: &[u8], column: usize) -> usize {
        let own = bytes.get(self.bytes.clone()).and_then(|own| std::str::from_utf8(own).ok());
        let within = own.map_or(0, |own| own.char_indices().nth(column).map_or(own.len(), |(at, _)| at));
        self.bytes.start + within
    }
}

/// Lines of at most `columns` characters; what is no UTF-8 and no printable character is replaced.
pub(super) fn lines(bytes: &[u8], first: u64, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (number, whole) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = whole.strip_suffix(b"\r").unwrap_or(whole);
        let decoded = String::from_utf8_lossy(line);
        let is_exact = matches!(decoded, Cow::Borrowed(_));
        let mut rest = decoded.as_ref();
        let mut number = Some(number);
        let mut at = start;
        loop {
            let end = rest.char_indices().nth(columns).map_or(rest.len(), |(at, _)| at);
            let len = if is_exact { end } else { line.len() };
            lines.push(Line { number: number.take(), text: printable(&rest[..end]), bytes: at..at + len });
            at += if is_exact { end } else { 0 };
            rest = &rest[end..];
            if rest.is_empty() {
                break;
            }
        }
        start += whole.len() + 1;
    }
    lines
}

fn printable(text: &str) -> String {
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

    #[test]
    fn a_range_of_the_text_is_lit_in_each_line_that_it_touches_and_a_column_leads_back() {
        let text = "é\u{1}ab\r\ncdéf";
        let lines = lines(text.as_bytes(), 1, 3);
        let pieces: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(pieces, ["é·a", "b", "cdé", "f"]);
        let lit = text.find("ab").expect("it is there")..text.find("éf").expect("it is there");
        let columns: Vec<_> = lines.iter().map(|line| line.columns_of(text.as_bytes(), &lit)).collect();
        assert_eq!(columns, [2..3, 0..1, 0..2, 0..0]);
        assert_eq!(lines[0].byte_at(text.as_bytes(), 2), 3);
        assert_eq!(lines[2].byte_at(text.as_bytes(), 99), text.len() - 1, "right of the end is the end");
    }

    #[test]
    fn a_line_that_is_no_utf_8_is_lit_whole() {
        let text = b"ab\xffcd\nef";
        let lines = lines(text, 1, 40);
        assert_eq!(lines[0].columns_of(text, &(3..4)), 0..5);
        assert_eq!(lines[0].byte_at(text, 4), 0);
        assert_eq!(lines[1].columns_of(text, &(3..4)), 0..0);
    }
}

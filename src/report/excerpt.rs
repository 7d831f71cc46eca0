//! The lines around a place, with the place underlined: of the file where it lies there, else of the event's own
//! JSON. Costs what is shown: of a line of any length only a window is looked at.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use super::place;
use crate::model::capture::Capture;
use crate::model::json;
use crate::model::table::Event;
use crate::redact::{Hidden, Known, Redactor};
use crate::rules::finding::Finding;

/// Lines are cut to so many columns.
const MAX_COLUMNS: usize = 120;
/// Of a line that is cut, so many columns are shown before the place.
const COLUMNS_BEFORE: usize = 40;
/// No more bytes than these are looked at to either side for line breaks.
const REACH: usize = 2048;
/// No more bytes than these are read to either side as characters: more than a line of columns can have.
const CHAR_REACH: usize = 512;
/// So many bytes before the first line are looked at for the key that a value belongs to.
const KEY_REACH: usize = 16 * 1024;
/// So many bytes after the last line are looked at for the end of a value.
const VALUE_REACH: usize = 1024;
/// Of an event that is shown pretty-printed, so many lines tell what it is.
const PRETTY_LINES: usize = 5;
/// Columns that a tab takes.
const TAB: &str = "    ";

/// One line of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file; `None` in an event's own JSON.
    pub number: Option<u64>,
    /// What is shown of it: no control characters, `…` where it is cut.
    pub text: String,
    /// Where the place begins in it, in columns, and how wide it is.
    pub mark: Option<(usize, usize)>,
}

/// Some bytes and a place in them.
struct Spot<'a> {
    bytes: &'a [u8],
    place: Range<usize>,
    /// The number of the line where the place begins.
    line: Option<u64>,
}

/// The lines around the place of a finding, with `context` lines on either side.
#[must_use]
pub fn of_finding(
    capture: &Capture,
    finding: &Finding,
    context: usize,
    redactor: &mut Redactor,
    known: &Known,
) -> Vec<Line> {
    if let Some(range) = place::range(capture, finding) {
        return of_source(capture, range, context, redactor, known);
    }
    let event = finding.event.and_then(|event| capture.event(event));
    event.map(|event| of_event(&event, place::pointer(finding), context, redactor, known)).unwrap_or_default()
}

/// The lines around the value at a JSON pointer in an event.
#[must_use]
pub fn of_event(
    event: &Event<'_>,
    pointer: &str,
    context: usize,
    redactor: &mut Redactor,
    known: &Known,
) -> Vec<Line> {
    if let Some(range) = place::event_range(event, pointer) {
        return of_source(event.capture, range, context, redactor, known);
    }
    let pretty = event.json().and_then(|json| serde_json::to_vec_pretty(&json).ok());
    let pretty = pretty.unwrap_or_else(|| event.text().into_owned());
    let place = json::find(&pretty, pointer);
    let context = if pointer.is_empty() { PRETTY_LINES } else { context.max(1) };
    lines(&Spot { bytes: &pretty, place, line: None }, context, redactor, known)
}

fn of_source(
    capture: &Capture,
    range: Range<u64>,
    context: usize,
    redactor: &mut Redactor,
    known: &Known,
) -> Vec<Line> {
    let bytes = capture.source.bytes();
    let cut = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let line = Some(capture.source.place(range.start).line);
    lines(&Spot { bytes, place: cut(range.start)..cut(range.end), line }, context, redactor, known)
}

fn lines(spot: &Spot<'_>, context: usize, redactor: &mut Redactor, known: &Known) -> Vec<Line> {
    let bytes = spot.bytes;
    let own = line_around(bytes, spot.place.start);
    let before = lines_before(bytes, own.start, context);
    let after = lines_after(bytes, own.end, context);
    let first = before.last().map_or(own.start, |line| line.start);
    let last = after.last().map_or(own.end, |line| line.end);
    // Where a value began that is masked may lie before what is shown.
    let from = first.saturating_sub(KEY_REACH);
    let to = (last + VALUE_REACH).min(bytes.len());
    let mut hidden = redactor.hidden(&bytes[from..to], first - from..last - from, known);
    for hidden in &mut hidden {
        hidden.range = hidden.range.start + from..hidden.range.end + from;
    }
    let number = |up: usize, down: usize| Some((spot.line? + down as u64).saturating_sub(up as u64));
    let shown = |line: &Range<usize>, number| {
        let (text, _) = cut_line(bytes, line.clone(), None, &hidden);
        Line { number, text, mark: None }
    };
    let mut lines: Vec<Line> =
        before.iter().enumerate().rev().map(|(up, line)| shown(line, number(up + 1, 0))).collect();
    let (text, mark) = cut_line(bytes, own, Some(&spot.place), &hidden);
    lines.push(Line { number: spot.line, text, mark });
    lines.extend(after.iter().enumerate().map(|(down, line)| shown(line, number(0, down + 1))));
    lines
}

/// The line around `at`, without its line break, as far as it is in reach.
fn line_around(bytes: &[u8], at: usize) -> Range<usize> {
    start_of_line(bytes, at)..end_of_line(bytes, at)
}

fn start_of_line(bytes: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(REACH);
    memchr::memrchr(b'\n', &bytes[from..at]).map_or(from, |found| from + found + 1)
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    let to = (at + REACH).min(bytes.len());
    memchr::memchr(b'\n', &bytes[at..to]).map_or(to, |found| at + found)
}

/// Up to `n` lines before the one that begins at `start`, nearest first; none behind a line that is out of reach.
fn lines_before(bytes: &[u8], start: usize, n: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = start;
    while found.len() < n && start > 0 && bytes[start - 1] == b'\n' {
        let end = start - 1;
        start = start_of_line(bytes, end);
        if start > 0 && bytes[start - 1] != b'\n' {
            break;
        }
        found.push(start..end);
    }
    found
}

/// Up to `n` lines after the one that ends at `end`.
fn lines_after(bytes: &[u8], end: usize, n: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut end = end;
    // What follows the last line break is a line only if there is something in it.
    while found.len() < n && bytes.get(end) == Some(&b'\n') && end + 1 < bytes.len() {
        let start = end + 1;
        end = end_of_line(bytes, start);
        found.push(start..end);
    }
    found
}

/// One thing that is shown: a character, or the mask of a value.
struct Cell<'h> {
    bytes: Range<usize>,
    text: CellText<'h>,
    width: usize,
}

enum CellText<'h> {
    Char(char),
    Text(&'h str),
}

/// What is shown of a line, and where `place` is in it.
fn cut_line(
    bytes: &[u8],
    line: Range<usize>,
    place: Option<&Range<usize>>,
    hidden: &[Hidden],
) -> (String, Option<(usize, usize)>) {
    let around = place.map_or(line.start, |place| place.start);
    let near = line.start.max(around.saturating_sub(CHAR_REACH))..line.end.min(around + CHAR_REACH);
    let cells = cells(bytes, near.clone(), hidden);
    let at = place.map_or(0, |place| cells.partition_point(|cell| cell.bytes.end <= place.start));
    let starts_late = near.start > 0 && bytes[near.start - 1] != b'\n';
    let ends_early = bytes.get(near.end).is_some_and(|byte| *byte != b'\n');
    let is_whole = width(&cells) <= MAX_COLUMNS && !starts_late && !ends_early;
    let window = if is_whole { 0..cells.len() } else { window(&cells, at) };
    let mut text = String::new();
    if starts_late || window.start > 0 {
        text.push('…');
    }
    let column = usize::from(!text.is_empty()) + width(&cells[window.start..at]);
    for cell in &cells[window.clone()] {
        match cell.text {
            CellText::Char(char) => text.push(char),
            CellText::Text(mask) => text.push_str(mask),
        }
    }
    if ends_early || window.end < cells.len() {
        text.push('…');
    }
    let mark = place.map(|place| {
        let shown = &cells[at..window.end];
        let n_marked = shown.iter().take_while(|cell| cell.bytes.start < place.end).count();
        (column, width(&shown[..n_marked]).max(1))
    });
    (text.trim_end().to_owned(), mark)
}

fn width(cells: &[Cell<'_>]) -> usize {
    cells.iter().map(|cell| cell.width).sum()
}

/// The cells around number `at` that fit.
fn window(cells: &[Cell<'_>], at: usize) -> Range<usize> {
    let room = MAX_COLUMNS - 2;
    let fits = |cells: &mut dyn Iterator<Item = &Cell<'_>>, room: usize| {
        let mut used = 0;
        cells
            .take_while(|cell| {
                used += cell.width;
                used <= room
            })
            .count()
    };
    let before = fits(&mut cells[..at].iter().rev(), COLUMNS_BEFORE);
    let start = at - before;
    let after = fits(&mut cells[at..].iter(), room - width(&cells[start..at]));
    // Near the end of a line there is room for more of what comes before.
    let more = fits(&mut cells[..start].iter().rev(), room - width(&cells[start..at + after]));
    start - more..at + after
}

fn cells<'h>(bytes: &[u8], range: Range<usize>, hidden: &'h [Hidden]) -> Vec<Cell<'h>> {
    let mut cells = Vec::with_capacity(range.len());
    let mut at = range.start;
    let mut hidden = hidden[hidden.partition_point(|hidden| hidden.range.end <= at)..].iter().peekable();
    while at < range.end {
        let end = match hidden.peek() {
            Some(masked) if masked.range.start <= at => {
                let end = masked.range.end.min(range.end);
                let text = CellText::Text(&masked.mask);
                cells.push(Cell { bytes: at..end, width: masked.mask.len(), text });
                hidden.next();
                end
            }
            next => {
                let end = next.map_or(range.end, |masked| masked.range.start.min(range.end));
                add_plain(bytes, at..end, &mut cells);
                end
            }
        };
        at = end;
    }
    cells
}

/// Adds the characters of a range; what is no UTF-8, and what could drive a terminal, is replaced.
fn add_plain(bytes: &[u8], range: Range<usize>, cells: &mut Vec<Cell<'_>>) {
    let mut at = range.start;
    let mut add = |char: char, len: usize| {
        let (text, width) = match char {
            '\t' => (CellText::Text(TAB), TAB.len()),
            // Of CR LF.
            '\r' => (CellText::Text(""), 0),
            char => {
                let char = place::printable_char(char);
                (CellText::Char(char), char.width().unwrap_or(1))
            }
        };
        cells.push(Cell { bytes: at..at + len, text, width });
        at += len;
    };
    for chunk in bytes[range].utf8_chunks() {
        chunk.valid().chars().for_each(|char| add(char, char.len_utf8()));
        if !chunk.invalid().is_empty() {
            add(char::REPLACEMENT_CHARACTER, chunk.invalid().len());
        }
    }
}

/// The lines with their numbers before them and the place underlined, each without a line break; `width` is that of
/// the largest number.
#[must_use]
pub fn drawn(lines: &[Line], width: usize, underline: char) -> Vec<String> {
    let mut drawn = Vec::with_capacity(lines.len() + 1);
    for line in lines {
        let number = line.number.map(|number| number.to_string()).unwrap_or_default();
        drawn.push(format!("{number:>width$} | {}", line.text).trim_end().to_owned());
        if let Some((column, len)) = line.mark {
            let (blank, mark) = (" ".repeat(column), String::from(underline).repeat(len));
            drawn.push(format!("{:width$} | {blank}{mark}", ""));
        }
    }
    drawn
}

/// How many digits the largest number of these lines has.
#[must_use]
pub fn number_width(lines: &[Line]) -> usize {
    lines.iter().filter_map(|line| line.number).max().map_or(1, |number| number.to_string().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Redaction;

    #[track_caller]
    fn excerpt(bytes: &[u8], place: Range<usize>, context: usize) -> String {
        let spot = Spot { bytes, place, line: Some(10) };
        let lines = lines(&spot, context, &mut Redactor::new(Redaction::Values), &Known::default());
        drawn(&lines, number_width(&lines), '^').join("\n")
    }

    #[test]
    fn the_place_is_underlined_among_its_lines() {
        let shown = excerpt(b"one\ntwo\nthree\nfour\n", 10..12, 1);
        assert_eq!(shown, " 9 | two\n10 | three\n   |   ^^\n11 | four");
        assert_eq!(excerpt(b"one", 0..3, 2), "10 | one\n   | ^^^");
        assert_eq!(excerpt(b"", 0..0, 2), "10 |\n   | ^");
        assert_eq!(excerpt(b"a\r\nb\r\n", 3..4, 2), " 9 | a\n10 | b\n   | ^");
    }

    #[test]
    fn a_place_that_goes_on_over_lines_is_underlined_to_the_end_of_its_first() {
        assert_eq!(excerpt(b"a {\n b\n}", 2..8, 0), "10 | a {\n   |   ^");
    }

    #[test]
    fn of_an_enormous_line_a_window_is_shown() {
        let mut bytes = vec![b'x'; 1_000_000];
        bytes[500_000..500_004].copy_from_slice(b"HERE");
        let shown = excerpt(&bytes, 500_000..500_004, 2);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].chars().count(), "10 | ".len() + MAX_COLUMNS);
        assert!(lines[0].starts_with("10 | …xxx") && lines[0].ends_with("xxx…"));
        assert_eq!(lines[0].find("HERE").map(|at| at - '…'.len_utf8() + 1), lines[1].find("^^^^"));
        let end = excerpt(&bytes, 999_999..1_000_000, 0);
        assert!(
            end.lines().next().is_some_and(|line| line.starts_with("10 | …") && line.ends_with('x')),
            "{end}"
        );
        assert!(end.lines().all(|line| line.chars().count() <= "10 | ".len() + MAX_COLUMNS), "{end}");
    }

    #[test]
    fn a_place_longer_than_the_window_is_underlined_as_far_as_it_is_shown() {
        let shown = excerpt(&[b'x'; 4000], 0..4000, 0);
        let mark = shown.lines().nth(1).expect("a mark");
        assert_eq!(mark.matches('^').count(), MAX_COLUMNS - 2);
    }

    #[test]
    fn wide_characters_tabs_and_bytes_that_are_no_text_keep_the_mark_below_its_place() {
        assert_eq!(excerpt("\t日本 x".as_bytes(), 8..9, 0), "10 |     日本 x\n   |          ^");
        assert_eq!(
            excerpt(b"\x1b[31m\xff\xfe x", 8..9, 0),
            "10 | \u{fffd}[31m\u{fffd}\u{fffd} x\n   |         ^"
        );
        assert_eq!(excerpt("a\u{202e}b".as_bytes(), 4..5, 0), "10 | a\u{fffd}b\n   |   ^");
    }

    #[test]
    fn values_of_identifying_parameters_are_masked_and_the_mark_follows() {
        let text = br#"{"visitor.aid": "0123456789", "x": 1}"#;
        let shown = excerpt(text, 16..28, 0);
        assert_eq!(
            shown,
            "10 | {\"visitor.aid\": \"visitor-1\", \"x\": 1}\n   |                 ^^^^^^^^^^^"
        );
    }

    #[test]
    fn a_value_whose_key_stands_before_the_lines_that_are_shown_is_masked() {
        let text = b"\"visitor.ids\": {\n\n\n\n\"id\":\n\"secret\"\n}\nx";
        assert_eq!(excerpt(text, 26..34, 0), "10 | \"visitor-1\"\n   | ^^^^^^^^^^^");
    }

    #[test]
    fn any_place_in_any_bytes_can_be_shown() {
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..2000 {
            let len = rng.usize(0..400);
            let bytes: Vec<u8> =
                (0..len).map(|_| b"ab\n\xff\xe6\x97\xa5\t\"visitor.:"[rng.usize(0..18)]).collect();
            let start = rng.usize(0..=len);
            let shown = excerpt(&bytes, start..rng.usize(start..=len), rng.usize(0..3));
            assert!(!shown.chars().any(|char| char.is_control() && char != '\n'), "{bytes:?}");
        }
    }
}

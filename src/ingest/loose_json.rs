//! Reads JSON as people write it: unquoted keys, other quotes, comments, commas too many or too few, `...` for
//! what is left out, literals of other languages.
//!
//! The result is strict JSON in which everything that was strict already is byte for byte the same, with the way
//! back to the source, and a list of what was changed. Time is linear in the text; nesting has a limit.

mod scalar;
mod string;
mod writer;

use std::borrow::Cow;
use std::ops::Range;

use crate::model::limits::MAX_JSON_DEPTH;

use writer::{Saved, Writer};

/// A remark about a place of the text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Offset in the text that was read.
    pub at: usize,
    /// Offset in the strict text.
    pub at_strict: usize,
    /// In words, without a full stop.
    pub words: Cow<'static, str>,
}

/// One value, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loose {
    /// The value as strict JSON.
    pub strict: Vec<u8>,
    /// From offsets in `strict` to offsets in the text that was read, as `Arena::add` wants it.
    pub map: Vec<(u32, u64)>,
    /// Where the value ends in the text that was read.
    pub end: usize,
    /// What was changed, in order.
    pub repairs: Vec<Remark>,
    /// Where the text leaves something out, in order.
    pub elisions: Vec<Remark>,
    /// The text ends before the value does. Of the outermost array all whole elements are there; of an object
    /// without one all whole members.
    pub is_cut: bool,
    /// The element of the outermost array that the end of the text cuts.
    pub cut_element: Option<usize>,
    /// Elements of the outermost array that could not be read, in order.
    pub damaged: Vec<Range<usize>>,
}

impl Loose {
    /// True when the value was strict JSON already: it may be read in place.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.repairs.is_empty() && self.elisions.is_empty() && self.damaged.is_empty() && !self.is_cut
    }
}

/// What could not be read: no object or array, one nested too deeply, or something else in brackets (program
/// code, prose).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no JSON of any known kind at byte {at}")]
pub struct NotJson {
    /// Offset of the byte that fits nowhere.
    pub at: usize,
}

/// Reads the object or array that begins at `at`. Each byte that is read in vain is taken from `budget`; when it is
/// used up, what follows a damaged element is not looked for.
///
/// # Errors
/// When there is none. That the text ends inside it is no error.
pub fn read(text: &[u8], at: usize, budget: &mut usize) -> Result<Loose, NotJson> {
    let out = Writer::default();
    let mut reader = Reader { text, at, budget, out, open: Vec::new(), found: Found::default() };
    match reader.peek() {
        Some(b'{' | b'[') => {}
        _ => return Err(NotJson { at }),
    }
    let Ok(got) = reader.container() else {
        let furthest = reader.found.furthest.max(reader.at);
        reader.spend(furthest - at);
        return Err(NotJson { at: furthest });
    };
    let (strict, map) = reader.out.finish();
    let Found { repairs, elisions, cut_element, damaged, .. } = reader.found;
    let is_cut = got == Got::ClosedByCut;
    Ok(Loose { strict, map, end: reader.at, repairs, elisions, is_cut, cut_element, damaged })
}

/// What reading a value came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Got {
    Whole,
    /// The text says that something is left out here; nothing was written.
    Elided,
    /// The text ended, what is open was closed.
    ClosedByCut,
}

/// Why a value could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The text ends inside it.
    Cut,
    /// It is no JSON of any kind that is known here, or nested too deeply.
    NotJson,
}

/// What stands between two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Element,
    /// A comma of the text, and where it was written.
    Comma {
        at: usize,
        written: usize,
    },
}

/// Remarks, so that they can be taken back with what they are about.
#[derive(Debug, Default)]
struct Found {
    repairs: Vec<Remark>,
    elisions: Vec<Remark>,
    cut_element: Option<usize>,
    damaged: Vec<Range<usize>>,
    n_garbage: usize,
    /// How far the text was looked at when something was no JSON.
    furthest: usize,
}

/// More bytes than this that fit nowhere: it is something else.
const MAX_GARBAGE: usize = 8;
/// So far behind the start of a damaged element the next one is looked for, bytes.
const MAX_DAMAGED: usize = 64 << 10;

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    budget: &'a mut usize,
    out: Writer,
    /// The closing brackets that are missing yet.
    open: Vec<u8>,
    found: Found,
}

struct SavedState {
    out: Saved,
    n_repairs: usize,
    n_elisions: usize,
}

/// One container while it is read.
struct Container {
    close: u8,
    /// Lies in an array; an object: lies in anything.
    is_inner: bool,
    opened_at: usize,
    before: Before,
    /// Something was left out since the last element or comma.
    elided: bool,
    n_elements: usize,
    n_elisions: usize,
    /// Number of repairs before its first comment; its comments are all repairs after that if it holds nothing.
    n_repairs: usize,
}

impl Reader<'_> {
    fn spend(&mut self, n_bytes: usize) {
        *self.budget = self.budget.saturating_sub(n_bytes + 1);
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn copy(&mut self, len: usize) {
        let end = (self.at + len).min(self.text.len());
        self.out.copy(self.text, self.at..end);
        self.at = end;
    }

    fn repair(&mut self, at: usize, words: impl Into<Cow<'static, str>>) {
        self.found.repairs.push(Remark { at, at_strict: self.out.len(), words: words.into() });
    }

    fn elision(&mut self, at: usize, words: impl Into<Cow<'static, str>>) {
        self.found.elisions.push(Remark { at, at_strict: self.out.len(), words: words.into() });
    }

    fn save(&self) -> SavedState {
        let Found { repairs, elisions, .. } = &self.found;
        SavedState { out: self.out.save(), n_repairs: repairs.len(), n_elisions: elisions.len() }
    }

    fn restore(&mut self, saved: &SavedState) {
        self.out.restore(saved.out);
        self.found.repairs.truncate(saved.n_repairs);
        self.found.elisions.truncate(saved.n_elisions);
    }

    /// Passes what means nothing: white space is kept, comments are left out.
    fn trivia(&mut self) -> Result<(), Stop> {
        loop {
            let start = self.at;
            match self.rest() {
                [b' ' | b'\t' | b'\r' | b'\n', ..] => self.space(),
                [b'/', b'/', ..] | [b'#', ..] => {
                    self.skip_line();
                    self.repair(start, "a comment was left out");
                }
                [b'/', b'*', rest @ ..] => {
                    let end = memchr::memmem::find(rest, b"*/").ok_or(Stop::Cut)?;
                    self.at += end + 4;
                    self.repair(start, "a comment was left out");
                }
                [b'>', ..] if self.begins_line() => {
                    self.at += 1;
                    self.repair(start, "a quotation mark > at the start of the line was left out");
                }
                rest => match odd_space(rest) {
                    0 => return Ok(()),
                    len => {
                        self.at += len;
                        self.out.insert(b" ", start);
                        self.repair(start, "an unusual white space was replaced by a plain one");
                    }
                },
            }
        }
    }

    fn space(&mut self) {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let len = self.rest().iter().take_while(|byte| is_space(byte)).count();
        self.copy(len);
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    /// True when only spaces lie between here and the line's start. Looks at few bytes only.
    fn begins_line(&self) -> bool {
        let before = &self.text[self.at.saturating_sub(8)..self.at];
        before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'>')) == Some(&b'\n')
    }

    /// An object or array; its opening bracket comes next.
    fn container(&mut self) -> Result<Got, Stop> {
        if self.open.len() == MAX_JSON_DEPTH {
            return Err(Stop::NotJson);
        }
        let close = if self.peek() == Some(b'{') { b'}' } else { b']' };
        let is_inner = if close == b'}' { !self.open.is_empty() } else { self.open.contains(&b']') };
        self.open.push(close);
        let mut container = Container {
            close,
            is_inner,
            opened_at: self.at,
            before: Before::Nothing,
            elided: false,
            n_elements: 0,
            n_elisions: 0,
            n_repairs: self.found.repairs.len(),
        };
        self.copy(1);
        let got = self.inside(&mut container);
        self.open.pop();
        got
    }

    fn inside(&mut self, container: &mut Container) -> Result<Got, Stop> {
        loop {
            match self.step(container) {
                Ok(None) => {}
                Ok(Some(got)) => return Ok(got),
                Err(Stop::Cut) => return self.close_cut(container, None),
                Err(Stop::NotJson) => return Err(Stop::NotJson),
            }
        }
    }

    /// One element, separator or bracket; `Some` when the container is closed.
    fn step(&mut self, container: &mut Container) -> Result<Option<Got>, Stop> {
        self.trivia()?;
        match self.peek().ok_or(Stop::Cut)? {
            b',' => self.comma(container),
            byte @ (b'}' | b']') => return Ok(self.bracket(container, byte)),
            b'.' if dots(self.rest()) > 0 => self.dots(container),
            0xe2 if dots(self.rest()) > 0 => self.dots(container),
            _ => return self.element(container),
        }
        Ok(None)
    }

    fn comma(&mut self, container: &mut Container) {
        if container.before == Before::Element {
            container.before = Before::Comma { at: self.at, written: self.out.len() };
            self.copy(1);
        } else {
            if !container.elided {
                self.repair(self.at, "a comma too many was left out");
            }
            self.at += 1;
        }
        container.elided = false;
    }

    fn bracket(&mut self, container: &mut Container, byte: u8) -> Option<Got> {
        let outer = &self.open[..self.open.len() - 1];
        if byte == container.close {
            self.drop_last_comma(container);
            self.note_hollow(container);
            self.copy(1);
        } else if outer.contains(&byte) {
            self.drop_last_comma(container);
            self.repair(self.at, format!("a missing {} was put in", char::from(container.close)));
            self.out.insert(&[container.close], self.at);
        } else {
            self.repair(self.at, format!("a {} that closes nothing was left out", char::from(byte)));
            self.at += 1;
            return None;
        }
        Some(Got::Whole)
    }

    /// A comma before the closing bracket becomes a space.
    fn drop_last_comma(&mut self, container: &Container) {
        if let Before::Comma { at, written } = container.before {
            self.out.blank(written);
            if !container.elided {
                self.repair(at, "the comma before the closing bracket was left out");
            }
        }
    }

    /// An object that holds nothing but a comment leaves its content out.
    fn note_hollow(&mut self, container: &Container) {
        let has_comment = self.found.repairs.len() > container.n_repairs;
        if container.n_elements + container.n_elisions == 0 && has_comment {
            self.found.repairs.truncate(container.n_repairs);
            self.elision(container.opened_at, "nothing but a comment stands in these brackets");
        }
    }

    /// `...`, also with a name behind it.
    fn dots(&mut self, container: &mut Container) {
        let start = self.at;
        self.at += dots(self.rest());
        self.at += scalar::name_len(self.rest());
        self.elision(start, "... stands for something that is left out");
        container.elided = true;
        container.n_elisions += 1;
    }

    fn element(&mut self, container: &mut Container) -> Result<Option<Got>, Stop> {
        let saved = self.save();
        let start = self.at;
        if container.before == Before::Element {
            if !container.elided {
                self.repair(start, "a missing comma was put in");
            }
            self.out.insert(b",", start);
        }
        let got = match self.member(container.close == b'}') {
            Ok(got) => got,
            Err(stop) => {
                self.found.furthest = self.found.furthest.max(self.at);
                let near_end = self.text.len() - self.at < "...".len();
                self.restore(&saved);
                self.at = start;
                if (stop == Stop::NotJson && self.garbage()) || self.pass_damaged(container, start, stop) {
                    return Ok(None);
                }
                // The last bytes may be the start of a mark of several.
                if stop == Stop::Cut || near_end {
                    return self.close_cut(container, Some(start)).map(Some);
                }
                return Err(stop);
            }
        };
        if got == Got::Elided {
            let elisions = self.found.elisions.split_off(saved.n_elisions);
            let repairs = self.found.repairs.split_off(saved.n_repairs);
            self.restore(&saved);
            self.found.elisions.extend(elisions);
            self.found.repairs.extend(repairs.into_iter().filter(|repair| repair.words == scalar::UNDEFINED));
            container.elided = true;
            container.n_elisions += 1;
            return Ok(None);
        }
        container.before = Before::Element;
        container.elided = false;
        container.n_elements += 1;
        if got == Got::ClosedByCut {
            self.out.insert(&[container.close], self.at);
            return Ok(Some(got));
        }
        Ok(None)
    }

    /// Goes on behind the damaged element at `start`, if it stands in the outermost array: at the next event, or,
    /// where whole elements were read before, at the closing bracket.
    fn pass_damaged(&mut self, container: &Container, start: usize, stop: Stop) -> bool {
        if container.close != b']' || container.is_inner || *self.budget == 0 {
            return false;
        }
        let limit = self.text.len().min(start.saturating_add(MAX_DAMAGED));
        let near = &self.text[..limit];
        let furthest = self.found.furthest.min(limit);
        let next = event_start(near, start + 1).or_else(|| {
            let closes = stop == Stop::NotJson && container.n_elements > 0;
            closes.then(|| memchr::memchr(b']', &near[furthest..]).map_or(limit, |step| furthest + step))
        });
        self.spend(self.found.furthest.max(next.unwrap_or(limit)) - start);
        let Some(next) = next else { return false };
        self.found.damaged.push(start..next);
        self.at = next;
        true
    }

    /// Leaves out a byte that fits nowhere. False for others, and when there were many: that is no JSON.
    fn garbage(&mut self) -> bool {
        let fits_nowhere = matches!(self.peek(), Some(b';' | b'\\' | b')' | b'*' | b'`'));
        if !fits_nowhere || self.found.n_garbage == MAX_GARBAGE {
            return false;
        }
        self.found.n_garbage += 1;
        self.repair(self.at, "a character that belongs to nothing was left out");
        self.at += 1;
        true
    }

    /// The end of the text: closes the outermost array, or an outermost object without one.
    fn close_cut(&mut self, container: &mut Container, element: Option<usize>) -> Result<Got, Stop> {
        if container.is_inner {
            return Err(Stop::Cut);
        }
        self.at = self.text.len();
        if container.close == b']' {
            self.found.cut_element = element;
        }
        if let Before::Comma { written, .. } = container.before {
            self.out.blank(written);
        }
        self.out.insert(&[container.close], self.at);
        Ok(Got::ClosedByCut)
    }

    /// An element of an array, or a key with its value.
    fn member(&mut self, in_object: bool) -> Result<Got, Stop> {
        if !in_object {
            return self.value(false);
        }
        let start = self.at;
        self.key()?;
        self.trivia()?;
        match self.rest() {
            [b':', ..] => self.copy(1),
            [b'=', b'>', ..] => self.colon_for(2, "=> between key and value became a colon"),
            [b'=', ..] => self.colon_for(1, "= between key and value became a colon"),
            [b',' | b'}', ..] => {
                self.elision(start, "a key without its value");
                return Ok(Got::Elided);
            }
            [] => return Err(Stop::Cut),
            _ => return Err(Stop::NotJson),
        }
        self.trivia()?;
        if matches!(self.peek(), Some(b',' | b'}')) {
            self.elision(start, "a key without its value");
            return Ok(Got::Elided);
        }
        self.value(true)
    }

    fn colon_for(&mut self, len: usize, words: &'static str) {
        self.repair(self.at, words);
        self.out.insert(b":", self.at);
        self.at += len;
    }

    fn key(&mut self) -> Result<(), Stop> {
        if string::quote(self.rest()).is_some() {
            return self.string();
        }
        let len = scalar::name_len(self.rest());
        if len == 0 {
            return Err(Stop::NotJson);
        }
        let start = self.at;
        let name = String::from_utf8_lossy(&self.text[start..start + len]).into_owned();
        self.repair(start, format!("the key {name} was put in quotes"));
        self.quoted(start..start + len);
        Ok(())
    }

    /// Writes a stretch of the text as a string and passes it.
    fn quoted(&mut self, range: std::ops::Range<usize>) {
        self.out.insert(b"\"", range.start);
        self.string_content(range.clone(), None);
        self.out.insert(b"\"", range.end);
        self.at = range.end;
    }

    fn value(&mut self, in_object: bool) -> Result<Got, Stop> {
        match self.rest() {
            [] => Err(Stop::Cut),
            [b'{' | b'[', ..] => self.container(),
            rest if dots(rest) > 0 => {
                let start = self.at;
                self.at += dots(rest);
                self.at += scalar::name_len(self.rest());
                self.elision(start, "... stands for something that is left out");
                Ok(Got::Elided)
            }
            rest if string::quote(rest).is_some() => self.string().map(|()| Got::Whole),
            _ => self.scalar(in_object),
        }
    }
}

/// Finds `{` at or after `from` that follows a comma, a bracket or a line end and begins with a member of an event.
fn event_start(text: &[u8], from: usize) -> Option<usize> {
    const MEMBERS: [&[u8]; 5] = [b"eventType", b"playerTime", b"params", b"customMetadata", b"qoeData"];
    memchr::memchr_iter(b'{', text.get(from..).unwrap_or_default()).map(|at| from + at).find(|at| {
        let inside = text[at + 1..].trim_ascii_start();
        let inside = inside.strip_prefix(b"\"").or(inside.strip_prefix(b"'")).unwrap_or(inside);
        let before = text[..*at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        let separated = matches!(before, Some(b',' | b'[' | b'\n' | b'}'));
        separated && MEMBERS.iter().any(|name| inside.starts_with(name))
    })
}

/// Length of `...` (two dots or more) or `…` at the start.
fn dots(rest: &[u8]) -> usize {
    if rest.starts_with("…".as_bytes()) {
        return "…".len();
    }
    let n = rest.iter().take_while(|byte| **byte == b'.').count();
    if n >= 2 { n } else { 0 }
}

/// Length of a white space that JSON does not know, or of a byte order mark, at the start.
fn odd_space(rest: &[u8]) -> usize {
    const ODD: [&str; 8] =
        ["\u{a0}", "\u{feff}", "\u{200b}", "\u{2009}", "\u{202f}", "\u{3000}", "\u{b}", "\u{c}"];
    ODD.iter().find(|space| rest.starts_with(space.as_bytes())).map_or(0, |space| space.len())
}

#[cfg(test)]
mod tests;

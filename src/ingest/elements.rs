//! Walking over the elements of a JSON array, also of a damaged one.

use std::ops::Range;

use crate::model::json::{Broken, Cursor};

/// What comes next in an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An element; its brackets match, what is in it was not looked at.
    Element(Range<usize>),
    /// A comma too many or too few, or a bracket in place of one.
    Comma(Range<usize>),
    /// Text that is no element, up to the next one that could be found, or to the end.
    Broken {
        /// The text.
        range: Range<usize>,
        /// What was wrong, in words.
        what: &'static str,
    },
}

/// The start of what comes next in an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// An element starts here.
    At(usize),
    /// A comma too many or too few, or a bracket in place of one.
    Comma(Range<usize>),
}

impl Step {
    /// The same step with all offsets moved up.
    #[must_use]
    pub fn moved(self, by: usize) -> Self {
        let up = |range: Range<usize>| range.start + by..range.end + by;
        match self {
            Step::Element(range) => Step::Element(up(range)),
            Step::Comma(range) => Step::Comma(up(range)),
            Step::Broken { range, what } => Step::Broken { range: up(range), what },
        }
    }
}

/// Finds what looks like the start of an element at or after an offset.
pub type FindStart<'a> = &'a (dyn Fn(&[u8], usize) -> Option<usize> + Sync);

/// Stands in an array.
#[derive(Clone)]
pub struct Elements<'a> {
    text: &'a [u8],
    at: usize,
    needs_comma: bool,
    ended: bool,
    /// A closing bracket with an object behind it is damage.
    doubts_ends: bool,
    find_start: FindStart<'a>,
    budget: usize,
}

/// Looking for ends that are not there may cost so many passes over the text in all.
const MAX_WASTED_PASSES: usize = 32;

impl<'a> Elements<'a> {
    /// Stands at byte `at` of `text`: the start of an element, or the closing bracket.
    #[must_use]
    pub fn inside(text: &'a [u8], at: usize, find_start: FindStart<'a>) -> Self {
        let budget = text.len().saturating_mul(MAX_WASTED_PASSES);
        Self { text, at, needs_comma: false, ended: false, doubts_ends: false, find_start, budget }
    }

    /// Takes a closing bracket with an object behind it for damage: nothing but an element can stand there.
    #[must_use]
    pub fn doubting_ends(mut self, doubts_ends: bool) -> Self {
        self.doubts_ends = doubts_ends;
        self
    }

    /// Where it stands: after white space and comma, so at the start of the next element.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// True after the closing bracket, or when there is nothing more to find.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// True when no comma is expected before the next element.
    #[must_use]
    pub fn stands_at_start(&self) -> bool {
        !self.needs_comma
    }

    /// Goes on where another one over the same text stands.
    pub fn continue_at(&mut self, other: &Elements<'_>) {
        self.at = other.at;
        self.needs_comma = other.needs_comma;
        self.ended = other.ended;
    }

    /// The next step, if it begins before `limit`.
    pub fn next_before(&mut self, limit: usize) -> Option<Step> {
        Some(match self.start_before(limit)? {
            Start::Comma(range) => Step::Comma(range),
            Start::At(at) => match Cursor::new(self.text, at).value() {
                Ok(range) => {
                    self.pass(range.end);
                    Step::Element(range)
                }
                Err(fault) => {
                    let (range, what) = self.broken(fault);
                    Step::Broken { range, what }
                }
            },
        })
    }

    /// The start of the next element, if it lies before `limit`. The caller must find its end, and say so
    /// with [`Self::pass`] or [`Self::broken`].
    pub fn start_before(&mut self, limit: usize) -> Option<Start> {
        if self.ended {
            return None;
        }
        let mut cursor = Cursor::new(self.text, self.at);
        let before = self.at;
        let commas = self.commas(&mut cursor);
        let closed = cursor.peek() == Some(b']');
        let at = cursor.at();
        let wrong =
            if closed { commas > 0 } else { at < self.text.len() && (commas == 1) != self.needs_comma };
        self.at = at;
        self.needs_comma = false;
        if wrong {
            return Some(Start::Comma(before..at));
        }
        if closed && let Some(next) = self.object_behind(at + 1) {
            self.at = next;
            return Some(Start::Comma(before..next));
        }
        if closed {
            self.ended = true;
            self.at += 1;
            return None;
        }
        (at < limit).then_some(Start::At(at))
    }

    /// The element that was started ends here.
    pub fn pass(&mut self, end: usize) {
        self.at = end;
        self.needs_comma = true;
    }

    /// The element that was started is broken. Goes on at the next start that can be found behind its own and
    /// returns what is left out, with the reason.
    pub fn broken(&mut self, fault: Broken) -> (Range<usize>, &'static str) {
        let start = self.at;
        self.budget = self.budget.saturating_sub(fault.at.saturating_sub(start));
        let next = if self.budget == 0 { None } else { (self.find_start)(self.text, start + 1) };
        self.ended = next.is_none();
        self.at = next.unwrap_or(self.text.len());
        let what = if start >= self.text.len() { "the text ends before the array does" } else { fault.what };
        (start..self.at, what)
    }

    /// Where an object starts behind a closing bracket, if that is damage.
    fn object_behind(&self, bracket: usize) -> Option<usize> {
        let mut cursor = Cursor::new(self.text, bracket);
        self.commas(&mut cursor);
        (self.doubts_ends && cursor.peek() == Some(b'{')).then(|| cursor.at())
    }

    fn commas(&self, cursor: &mut Cursor<'_>) -> usize {
        let mut commas = 0;
        while cursor.eat(b',') {
            commas += 1;
        }
        commas
    }
}

/// The offset of the first byte of `text` that is no white space.
#[must_use]
pub fn skip_space(text: &[u8], at: usize) -> usize {
    let mut cursor = Cursor::new(text, at);
    cursor.peek();
    cursor.at()
}

/// `range` without white space at its end.
#[must_use]
pub fn trim_end(text: &[u8], range: Range<usize>) -> Range<usize> {
    let kept = text[range.clone()].trim_ascii_end().len();
    range.start..range.start + kept
}

/// The names of an event's members.
const MEMBERS: [&[u8]; 5] =
    [b"\"eventType\"", b"\"playerTime\"", b"\"params\"", b"\"customMetadata\"", b"\"qoeData\""];

/// Finds `{` at or after `from` that begins with a member of an event and follows a comma or a bracket.
#[must_use]
pub fn event_start(text: &[u8], from: usize) -> Option<usize> {
    let from = from.min(text.len());
    memchr::memchr_iter(b'{', &text[from..]).map(|at| from + at).find(|at| {
        let inside = &text[skip_space(text, at + 1)..];
        MEMBERS.iter().any(|name| inside.starts_with(name)) && follows_separator(text, *at)
    })
}

/// Finds the start of an object that has the member `key` (with its quotes) at or after `from`.
#[must_use]
pub fn object_with(text: &[u8], from: usize, key: &[u8]) -> Option<usize> {
    let from = from.min(text.len());
    let is_start = |at: &usize| follows_separator(text, *at);
    memchr::memmem::find_iter(&text[from..], key).find_map(|found| {
        let before = &text[from..from + found];
        memchr::memrchr_iter(b'{', before).take(MAX_BRACES_BACK).map(|at| from + at).find(is_start)
    })
}

/// So many opening braces lie at most between the start of an entry and the key that it is known by.
const MAX_BRACES_BACK: usize = 64;

fn follows_separator(text: &[u8], at: usize) -> bool {
    matches!(text[..at].trim_ascii_end().last(), None | Some(b',' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<(&'static str, &str)> {
        let mut elements = Elements::inside(text.as_bytes(), 1, &event_start);
        std::iter::from_fn(|| elements.next_before(usize::MAX))
            .map(|step| match step {
                Step::Element(range) => ("element", &text[range]),
                Step::Comma(range) => ("comma", &text[range]),
                Step::Broken { range, .. } => ("broken", &text[range]),
            })
            .collect()
    }

    #[test]
    fn a_sound_array_is_split() {
        assert_eq!(
            steps("[ {\"a\":[1,2]} , 5,\"]\"]"),
            [("element", "{\"a\":[1,2]}"), ("element", "5"), ("element", "\"]\"")]
        );
        assert_eq!(steps("[]"), []);
    }

    #[test]
    fn commas_too_many_and_too_few_are_told() {
        assert_eq!(steps("[1,,2]"), [("element", "1"), ("comma", ",,"), ("element", "2")]);
        assert_eq!(steps("[{}{}]"), [("element", "{}"), ("comma", ""), ("element", "{}")]);
        assert_eq!(steps("[1,]"), [("element", "1"), ("comma", ",")]);
    }

    #[test]
    fn a_bracket_in_place_of_a_comma_does_not_end_an_array_of_objects() {
        for (text, n_elements) in [
            ("[{}]{},{}]", 3),
            ("[{},] {}]", 2),
            ("[{}],{}]", 2),
            ("[{}],\"a\":1}", 1),
            ("[{}]}", 1),
            ("[{}] [{}]", 1),
        ] {
            let elements = || Elements::inside(text.as_bytes(), 1, &event_start);
            let count = |mut elements: Elements<'_>| {
                std::iter::from_fn(|| elements.next_before(usize::MAX))
                    .filter(|step| matches!(step, Step::Element(_)))
                    .count()
            };
            assert_eq!(count(elements().doubting_ends(true)), n_elements, "{text}");
            assert_eq!(count(elements()), 1, "{text}: one array");
        }
    }

    #[test]
    fn after_damage_the_next_event_is_found() {
        let text = r#"[{"eventType":"a"},{"eventType":"b]},{"eventType":"c"}, {"eventType":"#;
        let found = steps(text);
        assert_eq!(found[0], ("element", r#"{"eventType":"a"}"#));
        assert_eq!(found[1].0, "broken");
        assert_eq!(found[2], ("element", r#"{"eventType":"c"}"#));
        assert_eq!(found[3], ("broken", r#"{"eventType":"#));
        assert_eq!(found.len(), 4);
    }
}

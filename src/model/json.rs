//! A cursor over JSON text that knows where it stands: splitting containers into spans without
//! building a tree, and finding the place of a JSON pointer.
//!
//! It is as strict as it must be to know where values end, and no stricter: numbers and literals are
//! not checked. What a value holds is read by `serde_json`.

use std::borrow::Cow;

use super::limits::MAX_JSON_DEPTH;

/// Stands before a value, member or separator of a JSON text.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

/// Where and why the text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct Broken {
    /// Offset of the byte at fault.
    pub at: usize,
    /// What was expected or found, in words.
    pub what: &'static str,
}

/// One member of an object or element of an array, as byte ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Inside of the key's string literal, still escaped; empty range for an array element.
    pub key: std::ops::Range<usize>,
    /// The value, without white space around it.
    pub value: std::ops::Range<usize>,
}

impl<'a> Cursor<'a> {
    /// Stands at byte `at` of `text`.
    #[must_use]
    pub fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at }
    }

    /// Where it stands.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is no white space, without passing it.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Passes `byte` if it comes next.
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Passes `byte`.
    ///
    /// # Errors
    /// `what`, when another byte comes.
    pub fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Broken> {
        if self.eat(byte) { Ok(()) } else { Err(self.broken(what)) }
    }

    fn broken(&self, what: &'static str) -> Broken {
        Broken { at: self.at.min(self.text.len()), what }
    }

    /// Passes a string literal and returns the range of its inside, still escaped.
    ///
    /// # Errors
    /// When no string comes or it does not end.
    pub fn string(&mut self) -> Result<std::ops::Range<usize>, Broken> {
        self.expect(b'"', "expected a string")?;
        let start = self.at;
        self.end_of_string()?;
        Ok(start..self.at - 1)
    }

    /// Stands inside a string literal: passes its closing quote.
    fn end_of_string(&mut self) -> Result<(), Broken> {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(step) = quote_or_backslash(rest) else {
                self.at = self.text.len();
                return Err(self.broken("the string does not end"));
            };
            if rest[step] == b'"' {
                self.at += step + 1;
                return Ok(());
            }
            self.at += step + 2;
        }
    }

    /// Passes a whole value and returns its range.
    ///
    /// # Errors
    /// When the text ends inside it, brackets do not match, or nesting is deeper than
    /// [`MAX_JSON_DEPTH`].
    pub fn value(&mut self) -> Result<std::ops::Range<usize>, Broken> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'"') => self.string().map(|_| start..self.at),
            Some(b'{' | b'[') => self.container().map(|()| start..self.at),
            Some(b'}' | b']' | b',' | b':') | None => Err(self.broken("expected a value")),
            Some(_) => {
                self.scalar();
                // A control character is none.
                if self.at == start { Err(self.broken("expected a value")) } else { Ok(start..self.at) }
            }
        }
    }

    fn scalar(&mut self) {
        let rest = &self.text[self.at..];
        let ends =
            |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':' | b'"' | b'{' | b'[') || *byte <= b' ';
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
    }

    /// Passes a bracketed value: only brackets and strings matter for where it ends.
    fn container(&mut self) -> Result<(), Broken> {
        let mut open = [0_u8; MAX_JSON_DEPTH];
        let mut depth = 0;
        loop {
            let rest = &self.text[self.at.min(self.text.len())..];
            let Some(step) = rest.iter().position(|byte| IS_STRUCTURE[usize::from(*byte)]) else {
                self.at = self.text.len();
                return Err(self.broken("the text ends inside a value"));
            };
            self.at += step + 1;
            match rest[step] {
                b'"' => {
                    self.end_of_string()?;
                    continue;
                }
                byte @ (b'{' | b'[') => {
                    if depth == MAX_JSON_DEPTH {
                        self.at -= 1;
                        return Err(self.broken("nested too deeply"));
                    }
                    open[depth] = byte;
                    depth += 1;
                }
                byte => {
                    // '{' + 2 == '}' and '[' + 2 == ']'
                    if open[depth - 1] + 2 != byte {
                        self.at -= 1;
                        return Err(self.broken("brackets do not match"));
                    }
                    depth -= 1;
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Stands inside an object or array (after its opening bracket, or after a part): the next
    /// member or element, `None` after the closing bracket, which is passed.
    ///
    /// # Errors
    /// When the text is broken there; the cursor then stands at the fault.
    pub fn part(&mut self, object: bool) -> Result<Option<Part>, Broken> {
        let close = if object { b'}' } else { b']' };
        self.eat(b',');
        if self.eat(close) {
            return Ok(None);
        }
        let key = if object { self.key()? } else { self.at..self.at };
        Ok(Some(Part { key, value: self.value()? }))
    }

    /// Passes a key and its colon.
    ///
    /// # Errors
    /// When no key comes.
    pub fn key(&mut self) -> Result<std::ops::Range<usize>, Broken> {
        let key = self.string()?;
        self.expect(b':', "expected a colon after the key")?;
        Ok(key)
    }
}

/// The bytes by which a value's end is found.
const IS_STRUCTURE: [bool; 256] = {
    let mut table = [false; 256];
    let mut index = 0;
    while index < 5 {
        table[b"\"{[}]"[index] as usize] = true;
        index += 1;
    }
    table
};

/// The offset of the first quote or backslash. Eight bytes at a time: strings are short here, and escapes lie
/// close together, so that a search with wider registers spends more on starting than on searching.
#[must_use]
pub(super) fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ every_byte(b'"')) | zero_bytes(word ^ every_byte(b'\\'));
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(words.len() * 8 + at)
}

const fn every_byte(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is zero; bits above the lowest one set may be wrong.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(every_byte(1)) & !word & every_byte(0x80)
}

/// The parts of the object or array that `text` holds, up to the first fault.
pub fn parts(text: &[u8]) -> impl Iterator<Item = Part> {
    let mut cursor = Cursor::new(text, 0);
    let object = cursor.peek() == Some(b'{');
    let mut open = object || cursor.peek() == Some(b'[');
    cursor.at += usize::from(open);
    std::iter::from_fn(move || {
        let part = if open { cursor.part(object).ok().flatten() } else { None };
        open = part.is_some();
        part
    })
}

/// The range of the value at a JSON pointer (RFC 6901) in `text`; of the deepest part of the
/// pointer that is there when the rest is not.
#[must_use]
pub fn find(text: &[u8], pointer: &str) -> std::ops::Range<usize> {
    let mut range = 0..text.len();
    for token in pointer.split('/').skip(1) {
        let Some(inner) = step(&text[range.clone()], token) else { break };
        range = range.start + inner.start..range.start + inner.end;
    }
    range
}

/// As [`find`], but `None` when a part of the pointer is not there.
#[must_use]
pub fn find_exact(text: &[u8], pointer: &str) -> Option<std::ops::Range<usize>> {
    pointer.split('/').skip(1).try_fold(0..text.len(), |range, token| {
        let inner = step(&text[range.clone()], token)?;
        Some(range.start + inner.start..range.start + inner.end)
    })
}

/// The range of one member or element of `text`, named by a still escaped step of a pointer.
fn step(text: &[u8], token: &str) -> Option<std::ops::Range<usize>> {
    let token = if token.contains('~') { Cow::Owned(unescaped(token)) } else { Cow::Borrowed(token) };
    let object = Cursor::new(text, 0).peek() == Some(b'{');
    let is_wanted = |(index, part): &(usize, Part)| {
        if object { key_is(&text[part.key.clone()], &token) } else { token.parse() == Ok(*index) }
    };
    // Of a key that is there twice most readers take the last.
    parts(text).enumerate().filter(is_wanted).last().map(|(_, part)| part.value)
}

/// Where the value of the first member `name` of the object that `text` is begins.
#[must_use]
pub fn first_member(text: &[u8], name: &str) -> Option<usize> {
    let mut cursor = Cursor::new(text, 0);
    if !cursor.eat(b'{') {
        return None;
    }
    loop {
        let key = cursor.key().ok()?;
        cursor.peek()?;
        if key_is(&text[key], name) {
            return Some(cursor.at());
        }
        cursor.value().ok()?;
        if !cursor.eat(b',') {
            return None;
        }
    }
}

/// True when the still escaped `key` is `name`.
#[must_use]
pub fn key_is(key: &[u8], name: &str) -> bool {
    // An escape is longer than what it stands for.
    if key.len() < name.len() {
        return false;
    }
    if memchr::memchr(b'\\', key).is_none() {
        return key == name.as_bytes();
    }
    let mut plain = Vec::with_capacity(key.len());
    super::escape::unescape(key, &mut plain);
    plain == name.as_bytes()
}

/// The number that a value's text is, `None` when it is anything else.
#[must_use]
pub fn number(value: &[u8]) -> Option<f64> {
    serde_json::from_slice(value).ok()
}

/// The text that a value's text is, unescaped; `None` when it is anything else.
#[must_use]
pub fn string(value: &[u8]) -> Option<String> {
    serde_json::from_slice(value).ok()
}

/// The steps of a JSON pointer, unescaped (RFC 6901).
#[must_use]
pub fn pointer_tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(unescaped).collect()
}

/// One step of a JSON pointer, as [`pointer_token`] was given it.
#[must_use]
pub fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// One step of a JSON pointer, escaped (RFC 6901).
#[must_use]
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(text: &'a str, pointer: &str) -> &'a str {
        &text[find(text.as_bytes(), pointer)]
    }

    #[test]
    fn a_pointer_leads_to_its_value() {
        let text = r#" {"a/b": {"c": [1, {"d": "}"}, 3]}, "" : 5, "k\u0061": 6} "#;
        assert_eq!(found(text, "/a~1b/c/1/d"), r#""}""#);
        assert_eq!(found(text, "/a~1b/c/2"), "3");
        assert_eq!(found(text, "/ka"), "6");
        assert_eq!(found(text, "/"), "5");
    }

    #[test]
    fn a_pointer_to_nothing_leads_to_the_parent() {
        assert_eq!(found(r#"{"playerTime": {"ts": 1}}"#, "/playerTime/playhead"), r#"{"ts": 1}"#);
    }

    #[test]
    fn the_first_member_of_a_name_is_found_without_those_behind_it() {
        let member = |text: &str, name| first_member(text.as_bytes(), name).map(|at| text[at..].to_owned());
        assert_eq!(
            member(r#" { "a" : {"b":1} , "\u0062" : 2, "b":3} "#, "b").as_deref(),
            Some("2, \"b\":3} ")
        );
        for (text, name) in
            [(r#"{"a":1}"#, "b"), ("{}", "a"), (r#"["a"]"#, "a"), (r#"{"a":"#, "a"), ("", "a")]
        {
            assert_eq!(member(text, name), None, "{text}");
        }
    }

    #[test]
    fn parts_end_at_the_first_fault() {
        let texts: Vec<_> = parts(br#"[{"a":1}, [2], "x" , {"b":"#).map(|part| part.value).collect();
        assert_eq!(texts, [1..8, 10..13, 15..18]);
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        let text = "[".repeat(100_000);
        let fault = Cursor::new(text.as_bytes(), 0).value().expect_err("too deep");
        assert_eq!(fault.what, "nested too deeply");
    }

    #[test]
    fn the_first_quote_or_backslash_is_found_wherever_it_stands() {
        for len in 0..40 {
            for at in 0..len {
                let mut text = vec![0x80 | b'"'; len];
                assert_eq!(quote_or_backslash(&text), None);
                text[at..].fill(b'"');
                assert_eq!(quote_or_backslash(&text), Some(at));
                text[at] = b'\\';
                assert_eq!(quote_or_backslash(&text), Some(at));
            }
        }
    }

    #[test]
    fn mismatched_brackets_are_a_fault() {
        assert!(Cursor::new(b"{]", 0).value().is_err());
        assert!(Cursor::new(b"\"abc", 0).value().is_err());
        assert!(Cursor::new(b"", 0).value().is_err());
        assert!(Cursor::new(b"\0", 0).value().is_err());
    }
}

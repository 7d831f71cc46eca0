//! Strings in any quotes.

use std::ops::Range;

use super::{Reader, Stop};

/// Opening quotes with what closes them.
const QUOTES: [(&str, &[&str]); 7] = [
    ("\"", &["\""]),
    ("'", &["'"]),
    ("`", &["`"]),
    ("“", &["”", "“"]),
    ("”", &["”"]),
    ("‘", &["’", "‘"]),
    ("’", &["’"]),
];

/// The opening quote at the start, and what closes it.
pub(super) fn quote(rest: &[u8]) -> Option<(&'static str, &'static [&'static str])> {
    QUOTES.into_iter().find(|(open, _)| rest.starts_with(open.as_bytes()))
}

impl Reader<'_> {
    /// A string; its opening quote comes next.
    pub(super) fn string(&mut self) -> Result<(), Stop> {
        let (open, closers) = quote(self.rest()).ok_or(Stop::NotJson)?;
        let start = self.at;
        let inside = start + open.len();
        let (end, close_len) = string_end(self.text, inside, closers).ok_or(Stop::Cut)?;
        if open == "\"" && is_strict(&self.text[inside..end]) {
            self.copy(end + close_len - start);
            return Ok(());
        }
        if open != "\"" {
            self.repair(start, "a string in other quotes was put in double quotes");
        }
        self.out.insert(b"\"", start);
        self.string_content(inside..end, Some(start));
        self.out.insert(b"\"", end);
        self.at = end + close_len;
        Ok(())
    }

    /// Writes the inside of a string, with what JSON wants escaped. Says what was changed once, as a repair of
    /// the string at `of`.
    pub(super) fn string_content(&mut self, range: Range<usize>, of: Option<usize>) {
        let mut at = range.start;
        let mut changed = None;
        while at < range.end {
            let inside = &self.text[at..range.end];
            let plain =
                inside.iter().take_while(|byte| !matches!(byte, b'\\' | b'"' | 0..0x20 | 0x80..)).count();
            self.out.copy(self.text, at..at + plain);
            at += plain;
            let Some((len, written, words)) = special(&self.text[at..range.end]) else { continue };
            match written {
                Written::AsItIs => self.out.copy(self.text, at..at + len),
                Written::Other(text) => {
                    self.out.insert(text.as_bytes(), at);
                    changed = changed.or(words);
                }
            }
            at += len;
        }
        if let (Some(of), Some(words)) = (of, changed) {
            self.repair(of, words);
        }
    }
}

/// The end of the inside of a string that begins at `at`, and the length of its closing quote.
fn string_end(text: &[u8], mut at: usize, closers: &[&str]) -> Option<(usize, usize)> {
    let mut firsts = closers.iter().map(|closer| closer.as_bytes()[0]);
    let first = firsts.next()?;
    loop {
        let rest = text.get(at..)?;
        at += memchr::memchr2(b'\\', first, rest)?;
        if text[at] == b'\\' {
            at += 2;
            continue;
        }
        if let Some(closer) = closers.iter().find(|closer| text[at..].starts_with(closer.as_bytes())) {
            return Some((at, closer.len()));
        }
        at += 1;
    }
}

/// True when the inside of a double-quoted string needs no change.
fn is_strict(inside: &[u8]) -> bool {
    if std::str::from_utf8(inside).is_err() || inside.iter().any(|byte| *byte < 0x20) {
        return false;
    }
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        rest = &rest[at..];
        match special(rest) {
            Some((len, Written::AsItIs, _)) => rest = &rest[len..],
            _ => return false,
        }
    }
    true
}

enum Written {
    AsItIs,
    Other(String),
}

/// What stands at the start of `rest`, which is no plain character: its length, how it is written, and what that
/// changes.
fn special(rest: &[u8]) -> Option<(usize, Written, Option<&'static str>)> {
    let other = |text: &str| Written::Other(text.to_owned());
    Some(match *rest {
        [] => return None,
        [b'"', ..] => (1, other("\\\""), None),
        [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => (2, Written::AsItIs, None),
        [b'\\', b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(u8::is_ascii_hexdigit) => {
            (6, Written::AsItIs, None)
        }
        [b'\\', b'x', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            let text = format!("\\u00{}{}", char::from(a), char::from(b));
            (4, Written::Other(text), Some("an escape that JSON does not know was rewritten"))
        }
        [b'\\', b'\r', b'\n', ..] => (3, other(""), Some("a string over several lines was joined")),
        [b'\\', b'\n', ..] => (2, other(""), Some("a string over several lines was joined")),
        [b'\\', quote @ (b'\'' | b'`'), ..] => (
            2,
            Written::Other(char::from(quote).into()),
            Some("an escape that JSON does not know was rewritten"),
        ),
        [b'\\', ..] => (1, other("\\\\"), Some("a backslash was escaped")),
        [b'\n', ..] => (1, other("\\n"), Some("a line end inside a string was escaped")),
        [b'\r', ..] => (1, other("\\r"), Some("a line end inside a string was escaped")),
        [b'\t', ..] => (1, other("\\t"), Some("a control character inside a string was escaped")),
        [byte @ 0..0x20, ..] => {
            let text = format!("\\u{byte:04x}");
            (1, Written::Other(text), Some("a control character inside a string was escaped"))
        }
        _ => return Some(char_or_broken(rest)),
    })
}

/// A character beyond ASCII, or bytes that are none.
fn char_or_broken(rest: &[u8]) -> (usize, Written, Option<&'static str>) {
    let Some(chunk) = rest[..rest.len().min(4)].utf8_chunks().next() else {
        return (1, Written::AsItIs, None);
    };
    match chunk.valid().chars().next() {
        Some(char) => (char.len_utf8(), Written::AsItIs, None),
        None => {
            let len = chunk.invalid().len().max(1);
            (len, Written::Other("\u{fffd}".to_owned()), Some("bytes that are no UTF-8 were replaced"))
        }
    }
}

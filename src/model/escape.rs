//! JSON string escapes: undoing them, and finding the way back.

/// Appends the text of the inside of a JSON string literal to `out`. Never fails: a broken escape
/// stays as it is, a lone surrogate becomes U+FFFD.
pub fn unescape(escaped: &[u8], out: &mut Vec<u8>) {
    out.reserve(escaped.len());
    let mut rest = escaped;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let taken = unescape_one(&rest[at..], out);
        rest = &rest[at + taken..];
    }
    out.extend_from_slice(rest);
}

/// Undoes the escape at the start of `rest` and returns how many bytes it took.
fn unescape_one(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let plain = match rest.get(1) {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'u') => return unescape_unicode(rest, out),
        _ => {
            out.push(b'\\');
            return 1;
        }
    };
    out.push(plain);
    2
}

/// `\uXXXX`, with its second half where it is one of a pair.
fn unescape_unicode(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(first) = hex4(rest, 2) else {
        out.push(b'\\');
        return 1;
    };
    let (code, taken) = match (first, hex4_after_escape(rest, 6)) {
        (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) => {
            (0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), 12)
        }
        _ => (first, 6),
    };
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    taken
}

fn hex4_after_escape(rest: &[u8], at: usize) -> Option<u32> {
    (rest.get(at..at + 2) == Some(b"\\u")).then(|| hex4(rest, at + 2)).flatten()
}

fn hex4(rest: &[u8], at: usize) -> Option<u32> {
    let digits = rest.get(at..at + 4)?;
    digits.iter().try_fold(0, |code, digit| Some(code * 16 + char::from(*digit).to_digit(16)?))
}

/// Leads from offsets in the unescaped text back to offsets in the escaped one.
///
/// Ask with rising offsets: the walk goes on where it stopped, so that all questions together cost one pass.
#[derive(Debug)]
pub struct WayBack<'a> {
    escaped: &'a [u8],
    at_escaped: usize,
    at_text: usize,
    scratch: Vec<u8>,
}

impl<'a> WayBack<'a> {
    /// Stands at the start of the inside of a JSON string literal.
    #[must_use]
    pub fn new(escaped: &'a [u8]) -> Self {
        Self { escaped, at_escaped: 0, at_text: 0, scratch: Vec::new() }
    }

    /// The offset in the escaped text of the character that yields the byte at `text_offset`.
    /// Offsets must not fall from call to call; what lies beyond the end is the end.
    pub fn escaped_offset(&mut self, text_offset: usize) -> usize {
        loop {
            let rest = &self.escaped[self.at_escaped..];
            let wanted = text_offset.saturating_sub(self.at_text);
            let escape = memchr::memchr(b'\\', &rest[..rest.len().min(wanted + 1)]);
            let step = escape.unwrap_or(wanted).min(rest.len());
            self.at_escaped += step;
            self.at_text += step;
            if step == wanted || escape.is_none() {
                return self.at_escaped;
            }
            self.scratch.clear();
            let taken = unescape_one(&self.escaped[self.at_escaped..], &mut self.scratch);
            if self.at_text + self.scratch.len() > text_offset {
                return self.at_escaped;
            }
            self.at_escaped += taken;
            self.at_text += self.scratch.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(escaped: &str) -> String {
        let mut out = Vec::new();
        unescape(escaped.as_bytes(), &mut out);
        String::from_utf8(out).expect("escapes yield UTF-8")
    }

    #[test]
    fn every_escape_is_undone() {
        assert_eq!(
            text(r#"{\"a\":\"x\/y\\\n\t\r\b\f\u00e9\ud83d\ude00\"}"#),
            "{\"a\":\"x/y\\\n\t\r\u{8}\u{c}é😀\"}"
        );
    }

    #[test]
    fn broken_escapes_never_fail() {
        assert_eq!(text(r"\u12"), r"\u12");
        assert_eq!(text(r"\q"), r"\q");
        assert_eq!(text("\\"), "\\");
        assert_eq!(text(r"\ud800x"), "\u{fffd}x");
    }

    #[test]
    fn the_way_back_finds_each_character() {
        let escaped = r#"{\"a\":\"\u00e9\ud83d\ude00b\"}"#;
        let plain = text(escaped);
        let mut back = WayBack::new(escaped.as_bytes());
        for (offset, char) in plain.char_indices() {
            let at = back.escaped_offset(offset);
            let one = &escaped[at..];
            assert!(text(one).starts_with(char), "{char} at {offset} leads to {one}");
        }
        assert_eq!(back.escaped_offset(plain.len()), escaped.len());
    }
}

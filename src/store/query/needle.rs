//! A text that is looked for, ASCII letter case aside.

/// A text that is looked for in many others: which of its bytes is looked for first is decided once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    text: String,
    rarest: Option<Rarest>,
}

/// The byte of a needle that is met least in other texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rarest {
    /// Its place in the needle.
    at: usize,
    lower: u8,
    upper: u8,
}

impl Needle {
    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it first stands in `text`, ASCII letter case aside.
    #[must_use]
    pub fn find_in(&self, text: &[u8]) -> Option<usize> {
        let Some(Rarest { at, lower, upper }) = self.rarest else { return Some(0) };
        let needle = self.text.as_bytes();
        let stands = |start: &usize| {
            text.get(*start..*start + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle))
        };
        memchr::memchr2_iter(lower, upper, text).filter_map(|found| found.checked_sub(at)).find(stands)
    }

    /// True when it stands in `text`, ASCII letter case aside.
    #[must_use]
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.find_in(text).is_some()
    }
}

impl<T: Into<String>> From<T> for Needle {
    fn from(text: T) -> Needle {
        let text = text.into();
        // In JSON of this API vowels, dots and quotes stand everywhere.
        let commonness = |byte: &u8| match byte.to_ascii_lowercase() {
            b'e' | b'a' | b'i' | b't' | b'd' | b'm' | b'.' | b'"' | b':' | b',' => 2,
            b'o' | b'n' | b'r' | b's' | b'l' | b'p' | b'y' | b'0' | b'1' | b' ' => 1,
            _ => 0,
        };
        let rarest = text.bytes().enumerate().min_by_key(|(_, byte)| commonness(byte));
        let rarest = rarest.map(|(at, byte)| Rarest {
            at,
            lower: byte.to_ascii_lowercase(),
            upper: byte.to_ascii_uppercase(),
        });
        Needle { text, rarest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_found_whatever_its_letter_case() {
        let find = |text: &str, needle: &str| Needle::from(needle).find_in(text.as_bytes());
        assert_eq!(find(r#"{"media.Ad.id":"X1"}"#, "media.ad.ID"), Some(2));
        assert_eq!(find("aab", "AB"), Some(1));
        assert_eq!(find("xabx", "bX"), Some(2));
        assert_eq!(find("aab", "abc"), None);
        assert_eq!(find("b", "ab"), None);
        assert_eq!(find("ba", "ab"), None);
        assert_eq!(find("", ""), Some(0));
    }
}

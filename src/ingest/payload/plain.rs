//! Plain numbers and texts, as nearly all values are: told without the scanner.

use crate::model::placeholder::is_placeholder;
use crate::model::table::EventFlags;

/// A number without sign and exponent, of at most fifteen digits, as nearly all are.
#[derive(Debug, Clone, Copy)]
pub struct PlainNumber {
    /// Number of bytes of its text.
    pub len: usize,
    /// Its digits, without the point.
    pub(super) digits: i64,
    /// So many of them stand behind the point.
    pub(super) decimals: usize,
}

/// So many digits are exact as a float.
const EXACT_DIGITS: usize = 15;
const POWERS_OF_TEN: [f64; EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

impl PlainNumber {
    /// The one that `text` begins with, if that is all of a number.
    #[must_use]
    pub fn at(text: &[u8]) -> Option<Self> {
        let mut digits = 0_i64;
        let mut pass = |from: usize| {
            let rest = text.get(from..).unwrap_or_default().iter().take(EXACT_DIGITS + 1);
            rest.take_while(|byte| byte.is_ascii_digit())
                // What overflows has too many digits, and is not kept.
                .map(|byte| digits = digits.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')))
                .count()
        };
        let whole = pass(0);
        let has_decimals = text.get(whole) == Some(&b'.');
        let decimals = if has_decimals { pass(whole + 1) } else { 0 };
        let len = whole + usize::from(has_decimals) + decimals;
        let is_number = whole > 0 && !(whole > 1 && text[0] == b'0') && (decimals > 0 || !has_decimals);
        let is_plain = whole + decimals <= EXACT_DIGITS && !matches!(text.get(len), Some(b'e' | b'E'));
        (is_number && is_plain).then_some(Self { len, digits, decimals })
    }

    /// Its value, rounded once: small powers of ten are exact as floats, and so are the digits.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.digits as f64 / POWERS_OF_TEN[self.decimals]
    }

    /// True without a fraction, as for the schemas: `1.0` is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.decimals == 0 || self.value().fract() == 0.0
    }
}

/// The number of bytes of the plain text that `text` begins with and that a quote ends: printable ASCII without any
/// escape, of which no rule wants to know.
#[must_use]
pub fn plain_text(text: &[u8]) -> Option<usize> {
    let len = plain_len(text);
    (text.get(len) == Some(&b'"') && flag_of(&text[..len]).is_none()).then_some(len)
}

/// What rules want to know of a text.
pub(super) fn flag_of(text: &[u8]) -> Option<EventFlags> {
    if looks_like_object(text) {
        Some(EventFlags::OBJECT_AS_TEXT)
    } else {
        std::str::from_utf8(text).is_ok_and(is_placeholder).then_some(EventFlags::PLACEHOLDER)
    }
}

/// Number of bytes before the first that is a quote, a backslash, a control character or not ASCII.
pub(super) fn plain_len(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ every_byte(b'"'))
            | zero_bytes(word ^ every_byte(b'\\'))
            | (word.wrapping_sub(every_byte(0x20)) & !word & every_byte(0x80))
            | (word & every_byte(0x80));
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x80..);
    words.len() * 8 + rest.iter().position(is_special).unwrap_or(rest.len())
}

const fn every_byte(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is zero; bits above the lowest one set may be wrong.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(every_byte(1)) & !word & every_byte(0x80)
}

/// An object that was turned into text: `{"a": …}` or the printed map `{a=…}`. Source: field problem 59.
fn looks_like_object(text: &[u8]) -> bool {
    text.starts_with(b"{")
        && (memchr::memchr(b'=', text).is_some() || memchr::memmem::find(text, b"\":").is_some())
}

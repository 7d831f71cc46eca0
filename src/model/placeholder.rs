//! Words that players send in place of an id or a name that they do not know.

/// Words that stand for "nothing", in lower case.
const PLACEHOLDERS: [&str; 18] = [
    "n/a",
    "not available",
    "not set",
    "unknown",
    "undefined",
    "unspecified",
    "null",
    "(null)",
    "nil",
    "none",
    "nan",
    "test",
    "todo",
    "tbd",
    "placeholder",
    "-",
    "?",
    "[object object]",
];

/// The longest of them has so many bytes.
const LONGEST: usize = 15;

/// True when a text is one of them, letter case and white space around it aside.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    // Most texts are longer than any of the words.
    text.len() <= LONGEST && PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_known_in_any_case_and_with_space_around_it() {
        for word in PLACEHOLDERS {
            assert!(is_placeholder(&format!(" {}\t", word.to_uppercase())), "{word}");
        }
        for text in ["", "unknown title", "n/a 2", "test card"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}

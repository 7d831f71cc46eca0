//! Every text of the window, by key. English; another language is another column of this table.

/// The text of a key; a visible mark for a key that has none (a test keeps the table whole).
#[must_use]
pub fn text(key: &str) -> &'static str {
    TEXTS.binary_search_by(|(known, _)| (*known).cmp(key)).map_or("(no text)", |at| TEXTS[at].1)
}

/// The text of a key with `{name}` replaced by values.
#[must_use]
pub fn fill(key: &str, values: &[(&str, &str)]) -> String {
    let mut filled = text(key).to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// The text for a number of things: `KEY.one` for 1, else `KEY.many`, with `{n}` replaced by the number.
#[must_use]
pub fn counted(key: &str, n: u64) -> String {
    let form = if n == 1 { "one" } else { "many" };
    fill(&format!("{key}.{form}"), &[("n", &grouped(n))])
}

/// A whole number with its digits in groups of three.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Sorted by key.
static TEXTS: &[(&str, &str)] = &[("app.name", "Playtrace")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_key_once() {
        for pair in TEXTS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let table = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        for (n, text) in table {
            assert_eq!(grouped(n), text);
        }
    }
}

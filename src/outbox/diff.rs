//! The difference that an edit makes to an event, line by line, for people.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::repair::Change;

/// So many lines that stay are shown around what changes.
const CONTEXT_LINES: usize = 1;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// It stays.
    Same,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What becomes of it.
    pub kind: LineKind,
    /// The line, without its end.
    pub text: String,
}

/// The lines that differ between an event before and after, each with a line around it. JSON is laid out, so that a
/// line holds one member.
#[must_use]
pub fn lines(change: &Change) -> Vec<DiffLine> {
    let before = change.before.as_deref().map(laid_out).unwrap_or_default();
    let after = change.after.as_deref().map(laid_out).unwrap_or_default();
    let diff = TextDiff::from_lines(&before, &after);
    let groups = diff.grouped_ops(CONTEXT_LINES);
    let changes = groups.iter().flatten().flat_map(|op| diff.iter_changes(op));
    changes
        .map(|change| {
            let kind = match change.tag() {
                ChangeTag::Equal => LineKind::Same,
                ChangeTag::Delete => LineKind::Removed,
                ChangeTag::Insert => LineKind::Added,
            };
            DiffLine { kind, text: change.value().trim_end_matches('\n').to_owned() }
        })
        .collect()
}

/// JSON with a line for each member; other text as it is.
fn laid_out(text: &str) -> String {
    let pretty = serde_json::from_str::<Value>(text).and_then(|value| serde_json::to_string_pretty(&value));
    // A comma more or less at the end of a line is no change of it.
    let lines = pretty.unwrap_or_else(|_| text.to_owned());
    lines.lines().map(|line| format!("{}\n", line.strip_suffix(',').unwrap_or(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: Option<&str>, after: Option<&str>, expected: &[&str]) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let change = Change { event: 0, before: owned(before), after: owned(after) };
        let shown: Vec<String> = lines(&change)
            .into_iter()
            .map(|line| {
                let sign = match line.kind {
                    LineKind::Same => ' ',
                    LineKind::Removed => '-',
                    LineKind::Added => '+',
                };
                format!("{sign}{}", line.text)
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn only_what_changes_is_shown_with_a_line_around_it() {
        check(
            Some(r#"{"a":1,"b":{"c":"5","d":2},"e":3}"#),
            Some(r#"{"a":1,"b":{"c":5,"d":2},"e":3}"#),
            &["   \"b\": {", "-    \"c\": \"5\"", "+    \"c\": 5", "     \"d\": 2"],
        );
        check(Some(r#"{"a":1,"b":2}"#), Some(r#"{"a":1}"#), &["   \"a\": 1", "-  \"b\": 2", " }"]);
    }

    #[test]
    fn a_new_event_and_one_that_goes_are_shown_whole() {
        check(None, Some(r#"{"a":1}"#), &["+{", "+  \"a\": 1", "+}"]);
        check(Some("no json"), None, &["-no json"]);
    }
}

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
    let laid_out = |text: &Option<String>| text.as_deref().map(laid_out).unwrap_or_default();
    let (before, after) = (laid_out(&change.before), laid_out(&change.after));
    let diff = TextDiff::from_lines(&before, &after);
    let groups = diff.grouped_ops(CONTEXT_LINES);
    groups.iter().flatten().flat_map(|op| diff.iter_changes(op)).map(line).collect()
}

/// All lines of an event before and after, laid out as [`lines`] are.
#[must_use]
pub fn all_lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (before, after) = (laid_out(before), laid_out(after));
    TextDiff::from_lines(&before, &after).iter_all_changes().map(line).collect()
}

fn line(change: similar::Change<&str>) -> DiffLine {
    let kind = match change.tag() {
        ChangeTag::Equal => LineKind::Same,
        ChangeTag::Delete => LineKind::Removed,
        ChangeTag::Insert => LineKind::Added,
    };
    DiffLine { kind, text: change.value().trim_end_matches('\n').to_owned() }
}

/// What stands side by side in a row: a line that stays twice, one that goes left, one that comes right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Before.
    pub left: Option<DiffLine>,
    /// After.
    pub right: Option<DiffLine>,
}

impl Pair {
    /// True when both sides are the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.left.as_ref().is_some_and(|line| line.kind == LineKind::Same)
    }
}

/// Lines in rows: what goes stands beside what comes in its place.
#[must_use]
pub fn side_by_side(lines: Vec<DiffLine>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::with_capacity(lines.len());
    // The first row that an added line may still be put beside.
    let mut free = 0;
    for line in lines {
        match line.kind {
            LineKind::Same => {
                pairs.push(Pair { left: Some(line.clone()), right: Some(line) });
                free = pairs.len();
            }
            LineKind::Removed => pairs.push(Pair { left: Some(line), right: None }),
            LineKind::Added => {
                match pairs.get_mut(free) {
                    Some(pair) => pair.right = Some(line),
                    None => pairs.push(Pair { left: None, right: Some(line) }),
                }
                free += 1;
            }
        }
    }
    pairs
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
    fn what_comes_stands_beside_what_goes() {
        let rows = |before: &str, after: &str| -> Vec<(String, String)> {
            let text = |line: Option<DiffLine>| line.map_or_else(|| "·".to_owned(), |line| line.text);
            let pairs = side_by_side(all_lines(before, after));
            pairs.into_iter().map(|pair| (text(pair.left), text(pair.right))).collect()
        };
        let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned());
        assert_eq!(
            rows(r#"{"a":1,"b":2,"c":3}"#, r#"{"a":1,"b":9,"d":4,"c":3}"#),
            [
                pair("{", "{"),
                pair("  \"a\": 1", "  \"a\": 1"),
                pair("  \"b\": 2", "  \"b\": 9"),
                pair("·", "  \"d\": 4"),
                pair("  \"c\": 3", "  \"c\": 3"),
                pair("}", "}"),
            ]
        );
        assert_eq!(rows("a\nb", ""), [pair("a", "·"), pair("b", "·")]);
        let same = side_by_side(all_lines("a", "a"));
        assert!(same.iter().all(Pair::is_same) && same.len() == 1);
        assert!(!side_by_side(all_lines("a", "b"))[0].is_same());
    }

    #[test]
    fn a_new_event_and_one_that_goes_are_shown_whole() {
        check(None, Some(r#"{"a":1}"#), &["+{", "+  \"a\": 1", "+}"]);
        check(Some("no json"), None, &["-no json"]);
    }
}

//! The words of one line of the notation: names with their values, and the comment at the end.

use std::ops::Range;

use serde_json::Value;

use crate::model::json::Cursor;

/// One line, taken apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    /// Its words in order.
    pub words: Vec<Word>,
    /// The text after `#`.
    pub comment: Option<String>,
    /// The bytes of its words, without the white space around them and without the comment.
    pub range: Range<usize>,
}

/// One word: `name`, `-name` or `name=value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// All of it before the `=`; all of it when there is none.
    pub name: String,
    /// What follows the `=`.
    pub value: Option<Value>,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// The bytes of its value in the text, quotes included.
    pub value_range: Range<usize>,
}

impl Word {
    /// The value as text: a string as it is, anything else as JSON.
    pub fn text(&self) -> String {
        match &self.value {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    /// The value as a finite number of seconds.
    pub fn seconds(&self) -> Option<f64> {
        match &self.value {
            Some(Value::Number(number)) => number.as_f64().filter(|secs| is_sane(*secs)),
            Some(Value::String(text)) => text.strip_prefix('+').and_then(seconds),
            _ => None,
        }
    }
}

/// A number of seconds no further from zero than a thousand years: the sums stay finite.
pub(super) fn seconds(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|secs| is_sane(*secs))
}

fn is_sane(secs: f64) -> bool {
    secs.abs() < 3.2e10
}

/// A fault in a line: where, and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Offset in the text.
    pub at: usize,
    /// In words.
    pub expected: String,
}

impl Fault {
    pub fn new(at: usize, expected: impl Into<String>) -> Self {
        Self { at, expected: expected.into() }
    }
}

/// The lines of `text`, each with the offset of its first byte, without line ends.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line.trim_end_matches(['\n', '\r']))
    })
}

/// Takes the line at `start` of the text apart. A fault leaves what was read before it, and the comment.
pub(super) fn split(line: &str, start: usize) -> (Line, Option<Fault>) {
    let mut out = Line::default();
    let mut fault = None;
    let mut at = skip_space(line, 0);
    out.range = start + at..start + at;
    while at < line.len() {
        if line.as_bytes()[at] == b'#' {
            out.comment = Some(line[at + 1..].trim().to_owned());
            break;
        }
        match word(line, at, start) {
            Ok((word, end)) => {
                out.range.end = start + end;
                out.words.push(word);
                at = skip_space(line, end);
            }
            Err(found) => {
                // The rest cannot be told apart, but an expectation at the end can.
                out.comment = line[at..].rfind(" #").map(|hash| line[at + hash + 2..].trim().to_owned());
                fault = Some(found);
                break;
            }
        }
    }
    (out, fault)
}

fn skip_space(line: &str, at: usize) -> usize {
    line[at..].find(|char: char| !char.is_whitespace()).map_or(line.len(), |step| at + step)
}

/// Reads the word at `at` and returns it with the offset of its end in the line.
fn word(line: &str, at: usize, start: usize) -> Result<(Word, usize), Fault> {
    let rest = &line[at..];
    let name_len = rest.find(|char: char| char == '=' || char.is_whitespace()).unwrap_or(rest.len());
    let name = rest[..name_len].to_owned();
    let bare_end = at + name_len;
    if !rest[name_len..].starts_with('=') {
        let range = start + at..start + bare_end;
        return Ok((Word { name, value: None, value_range: range.end..range.end, range }, bare_end));
    }
    let (value, end) = value(line, bare_end + 1).map_err(|expected| Fault::new(start + at, expected))?;
    if line[end..].chars().next().is_some_and(|char| !char.is_whitespace()) {
        return Err(Fault::new(start + end, "expected a space after the value"));
    }
    let value_range = start + bare_end + 1..start + end;
    Ok((Word { name, value: Some(value), range: start + at..start + end, value_range }, end))
}

/// Reads the value at `at`: JSON, a text in single quotes, or a bare word.
fn value(line: &str, at: usize) -> Result<(Value, usize), String> {
    let rest = &line[at..];
    match rest.as_bytes().first() {
        Some(b'\'') => {
            let end = rest[1..].find('\'').ok_or("expected a closing ' on the same line")?;
            Ok((Value::String(rest[1..1 + end].to_owned()), at + end + 2))
        }
        Some(b'"' | b'{' | b'[') => {
            let mut cursor = Cursor::new(line.as_bytes(), at);
            let range = cursor.value().map_err(|broken| format!("expected a JSON value, but {broken}"))?;
            let value = serde_json::from_str(&line[range.clone()])
                .map_err(|error| format!("expected a JSON value, but {error}"))?;
            Ok((value, range.end))
        }
        _ => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let word = &rest[..end];
            Ok((serde_json::from_str(word).unwrap_or_else(|_| Value::String(word.to_owned())), at + end))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(line: &str) -> Vec<(String, Option<Value>)> {
        let (line, fault) = split(line, 0);
        assert_eq!(fault, None);
        line.words.into_iter().map(|word| (word.name, word.value)).collect()
    }

    #[test]
    fn values_are_json_if_they_can_be_and_text_otherwise() {
        let read = values(r##"+1 a=1 b=x c="x y # z" d={"k": [1, "} "]} e='it "is" #' f=true g= -h i="1""##);
        let expected = [
            ("+1", None),
            ("a", Some(json!(1))),
            ("b", Some(json!("x"))),
            ("c", Some(json!("x y # z"))),
            ("d", Some(json!({"k": [1, "} "]}))),
            ("e", Some(json!("it \"is\" #"))),
            ("f", Some(json!(true))),
            ("g", Some(json!(""))),
            ("-h", None),
            ("i", Some(json!("1"))),
        ];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn a_fault_names_its_place_and_keeps_the_comment() {
        let (line, fault) = split(r#"+1 ping a="x # error: name"#, 100);
        assert_eq!(line.words.len(), 2);
        assert_eq!(line.comment.as_deref(), Some("error: name"));
        assert_eq!(fault.map(|fault| fault.at), Some(108));
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = "ab  c=\"d\"  # e";
        let (line, _) = split(text, 10);
        assert_eq!(line.range, 10..19);
        assert_eq!(line.words[1].range, 14..19);
        assert_eq!(line.words[1].value_range, 16..19);
    }
}

//! What the comments of a notation text expect: `# error: name`, `# warn: name`, `# info: name`.

use super::line;

/// The severity that a comment expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpectedSeverity {
    /// `# info: name`
    Info,
    /// `# warn: name`
    Warn,
    /// `# error: name`
    Error,
}

impl ExpectedSeverity {
    /// The word of the comment and of the reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ExpectedSeverity::Info => "info",
            ExpectedSeverity::Warn => "warn",
            ExpectedSeverity::Error => "error",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Info, Self::Warn, Self::Error].into_iter().find(|severity| severity.name() == name)
    }
}

/// One finding that a comment expects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expectation {
    /// Line of the comment, from 1.
    pub line: u64,
    /// True when the comment stands behind an event: the finding is on that line. False for a comment on
    /// a header line or on a line of its own: the finding is one of the session, or of the file.
    pub on_event: bool,
    /// Position of the session in the text, from 0; `None` above the first header.
    pub session: Option<usize>,
    /// The severity.
    pub severity: ExpectedSeverity,
    /// Name of the rule.
    pub rule: String,
}

/// All expectations of a notation text, in order.
#[must_use]
pub fn expectations(text: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    let mut session = None;
    for (number, (start, line)) in (1..).zip(line::lines(text)) {
        let (line, _) = line::split(line, start);
        let first = line.words.first().map(|word| word.name.as_str());
        let is_header = first.is_some_and(|name| name.starts_with('@'));
        if is_header {
            session = Some(session.map_or(0, |session: usize| session + 1));
        }
        let on_event = first.is_some() && !is_header;
        let comment = line.comment.unwrap_or_default();
        found.extend(names(&comment).into_iter().map(|(severity, rule)| Expectation {
            line: number,
            on_event,
            session,
            severity,
            rule,
        }));
    }
    found
}

/// `error: a, b, info: c; prose` in pairs. A comment that begins with no severity is prose.
fn names(comment: &str) -> Vec<(ExpectedSeverity, String)> {
    let list = comment.split(';').next().unwrap_or_default();
    let mut severity = None;
    let mut found = Vec::new();
    for part in list.split(',') {
        let name = match part.split_once(':') {
            Some((word, name)) => {
                severity = ExpectedSeverity::from_name(word.trim());
                name
            }
            None => part,
        };
        let Some(severity) = severity else { break };
        found.push((severity, name.trim().to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_expectations_of_the_line_the_session_or_the_file() {
        let text = "# info: json-repaired\n@vod\n# warn: x, y, info: z; since nothing else\n\n+1 ping  # error: a\n\
                    # just prose: with a colon\n@live # info: b\n+0 play path=/a#b\n";
        let found: Vec<_> = expectations(text)
            .into_iter()
            .map(|e| (e.line, e.on_event, e.session, e.severity.name(), e.rule))
            .collect();
        let expected = [
            (1, false, None, "info", "json-repaired"),
            (3, false, Some(0), "warn", "x"),
            (3, false, Some(0), "warn", "y"),
            (3, false, Some(0), "info", "z"),
            (5, true, Some(0), "error", "a"),
            (7, false, Some(1), "info", "b"),
        ];
        assert_eq!(found, expected.map(|(l, o, s, v, r)| (l, o, s, v, r.to_owned())));
    }
}

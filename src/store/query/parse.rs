//! Text → [`Query`], or what is wrong with it and where.

use std::ops::Range;

use super::{Comparison, FindingWord, MEMBERS, Moment, Query, StatusWord, Term, Test, TypeWord, ValueTest};
use crate::ingest::time::received_at;
use crate::model::event_type::EventType;
use crate::model::spelling::nearest;
use crate::rules::finding::Severity;
use crate::rules::registry;
use crate::rules::rule::Family;

/// The keys that stand before an operator, with the operator that is offered for them.
pub const KEYS: [(&str, &str); 6] =
    [("type", ":"), ("finding", ":"), ("status", ":"), ("ts", ">"), ("playhead", ">"), ("gap", ">")];

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The bytes of the text that are at fault.
    pub at: Range<usize>,
    /// What is wrong: the window's table has the words, as `query.KEY`.
    pub key: &'static str,
    /// What was written there.
    pub word: String,
    /// What may have been meant.
    pub meant: Option<String>,
}

/// Reads a query.
///
/// # Errors
/// The first word that means nothing.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    let mut reader = Reader { text, at: 0 };
    let mut terms = Vec::new();
    while let Some(term) = reader.term()? {
        terms.push(term);
    }
    Ok(Query { terms })
}

/// An operator, as written.
const OPERATORS: [&str; 8] = ["!=", "<=", ">=", ":", "=", "<", ">", "≠"];

/// A word with its place and whether it was in quotes.
#[derive(Debug)]
struct Word {
    text: String,
    at: Range<usize>,
    is_quoted: bool,
}

impl Word {
    fn fault(&self, key: &'static str, meant: Option<&str>) -> QueryError {
        QueryError { at: self.at.clone(), key, word: self.text.clone(), meant: meant.map(str::to_owned) }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let found = words.iter().find(|word| self.rest().starts_with(**word))?;
        self.at += found.len();
        Some(found)
    }

    fn term(&mut self) -> Result<Option<Term>, QueryError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
        if self.peek().is_none() {
            return Ok(None);
        }
        let follows = self.rest().chars().nth(1).is_some_and(|next| !next.is_whitespace());
        let is_negated = follows && self.eat(&["-"]).is_some();
        let key = self.key()?;
        let operator = if key.is_quoted { None } else { self.eat(&OPERATORS) };
        let test = match operator {
            Some(operator) => self.valued(&key, operator)?,
            None => member_of(&key).map_or_else(
                || Test::Text(key.text.as_str().into()),
                |(member, key)| Test::Member { member, key, value: ValueTest::IsThere },
            ),
        };
        Ok(Some(Term { is_negated, test }))
    }

    /// Up to an operator or white space; quotes may stand at the beginning, or after a dot.
    fn key(&mut self) -> Result<Word, QueryError> {
        let start = self.at;
        if matches!(self.peek(), Some('"' | '\'')) {
            let text = self.quoted()?;
            return Ok(Word { text, at: start..self.at, is_quoted: true });
        }
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if matches!(next, '"' | '\'') && text.ends_with('.') {
                text.push_str(&self.quoted()?);
                continue;
            }
            if next.is_whitespace() || OPERATORS.iter().any(|operator| self.rest().starts_with(operator)) {
                break;
            }
            text.push(next);
            self.next();
        }
        Ok(Word { text, at: start..self.at, is_quoted: false })
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => {
                    let at = start..self.text.len();
                    let word = self.text.get(at.clone()).unwrap_or_default().to_owned();
                    return Err(QueryError { at, key: "open-quote", word, meant: None });
                }
                end if end == quote => return Ok(text),
                Some('\\') => text.extend(self.next()),
                Some(plain) => text.push(plain),
            }
        }
    }

    /// The values after an operator, with commas between them.
    fn values(&mut self) -> Result<Vec<Word>, QueryError> {
        let mut values = Vec::new();
        loop {
            let start = self.at;
            let is_quoted = matches!(self.peek(), Some('"' | '\''));
            let mut text = String::new();
            if is_quoted {
                text = self.quoted()?;
            } else {
                while let Some(plain) = self.peek().filter(|next| !next.is_whitespace() && *next != ',') {
                    text.push(plain);
                    self.next();
                }
            }
            values.push(Word { text, at: start..self.at, is_quoted });
            if self.eat(&[","]).is_none() {
                return Ok(values);
            }
        }
    }

    fn valued(&mut self, key: &Word, operator: &'static str) -> Result<Test, QueryError> {
        let operator_at = self.at - operator.len()..self.at;
        let values = self.values()?;
        if let Some(empty) = values.iter().find(|value| value.text.is_empty() && !value.is_quoted) {
            let at = key.at.start..empty.at.end;
            return Err(QueryError { at, key: "no-value", word: key.text.clone(), meant: None });
        }
        let several = || QueryError {
            at: operator_at.clone(),
            key: "operator",
            word: operator.to_owned(),
            meant: None,
        };
        let single = |values: &[Word]| match values {
            [one] => Ok(Word { text: one.text.clone(), at: one.at.clone(), is_quoted: one.is_quoted }),
            _ => Err(several()),
        };
        let comparison = comparison(operator);
        let is_words = matches!(operator, ":" | "=");
        if let Some((member, name)) = member_of(key) {
            // A comma belongs to the value here.
            let at = values[0].at.start..self.at;
            let whole = match values.as_slice() {
                [_] => single(&values)?,
                _ => Word { text: self.text[at.clone()].to_owned(), at, is_quoted: false },
            };
            return Ok(Test::Member { member, key: name, value: value_test(operator, comparison, whole)? });
        }
        match key.text.as_str() {
            "type" if is_words => all(&values, type_word).map(Test::Type),
            "finding" if is_words => all(&values, finding_word).map(Test::Finding),
            "status" if is_words => all(&values, status_word).map(Test::Status),
            "type" | "finding" => Err(several()),
            "status" => Ok(Test::StatusIs(comparison, number(&single(&values)?)?)),
            "ts" => Ok(Test::Ts(comparison, moment(&single(&values)?)?)),
            "playhead" => Ok(Test::Playhead(comparison, number(&single(&values)?)?)),
            "gap" => Ok(Test::Gap(comparison, number(&single(&values)?)?)),
            other => {
                let keys = KEYS.iter().map(|(known, _)| *known).chain(MEMBERS);
                Err(key.fault("unknown-key", nearest(other, keys)))
            }
        }
    }
}

fn all<T>(values: &[Word], read: fn(&Word) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
    values.iter().map(read).collect()
}

/// `params.media.id` → `params`, `media.id`.
fn member_of(key: &Word) -> Option<(&'static str, String)> {
    let (member, name) = key.text.split_once('.').filter(|_| !key.is_quoted)?;
    let member = MEMBERS.into_iter().find(|known| *known == member)?;
    (!name.is_empty()).then(|| (member, name.to_owned()))
}

fn comparison(operator: &str) -> Comparison {
    match operator {
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "!=" | "≠" => Comparison::NotEqual,
        _ => Comparison::Equal,
    }
}

fn value_test(operator: &str, comparison: Comparison, value: Word) -> Result<ValueTest, QueryError> {
    Ok(match operator {
        ":" => ValueTest::Holds(value.text.into()),
        "=" => ValueTest::Is(value.text),
        "!=" | "≠" => ValueTest::IsNot(value.text),
        _ => ValueTest::Compares(comparison, number(&value)?),
    })
}

fn type_word(word: &Word) -> Result<TypeWord, QueryError> {
    let known = EventType::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(&word.text));
    match known {
        Some(known) => Ok(TypeWord::Known(known)),
        None if word.is_quoted => Ok(TypeWord::Spelled(word.text.clone())),
        None if word.text == "unknown" => Ok(TypeWord::Unknown),
        None => {
            let names = EventType::ALL.into_iter().map(EventType::name);
            Err(word.fault("unknown-type", nearest(&word.text, names)))
        }
    }
}

fn finding_word(word: &Word) -> Result<FindingWord, QueryError> {
    let severities = [Severity::Error, Severity::Warn, Severity::Info];
    if word.text == "any" {
        return Ok(FindingWord::Any);
    }
    if let Some(severity) = severities.into_iter().find(|known| known.name() == word.text) {
        return Ok(FindingWord::Severity(severity));
    }
    let mut letters = word.text.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && let Some(family) = Family::from_letter(letter.to_ascii_uppercase())
    {
        return Ok(FindingWord::Family(family));
    }
    let words = severities.into_iter().map(Severity::name).chain(["any"]);
    let meant = || nearest(&word.text, words).or_else(|| registry::suggest(&word.text));
    let rule = registry::find(&word.text).ok_or_else(|| word.fault("unknown-finding", meant()))?;
    Ok(FindingWord::Rule(rule.meta.code))
}

fn status_word(word: &Word) -> Result<StatusWord, QueryError> {
    let text = word.text.to_ascii_lowercase();
    if text == "none" {
        return Ok(StatusWord::None);
    }
    let class = text.strip_suffix("xx").and_then(|class| class.parse().ok());
    let class = class.filter(|class| (1..=5).contains(class)).map(StatusWord::Class);
    let exactly = || text.parse().ok().map(StatusWord::Exactly);
    class.or_else(exactly).ok_or_else(|| word.fault("no-status", None))
}

fn number(word: &Word) -> Result<f64, QueryError> {
    let number = word.text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| word.fault("no-number", None))
}

fn moment(word: &Word) -> Result<Moment, QueryError> {
    let text = word.text.as_str();
    let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let since = || text.starts_with('+').then(|| finite(text)).flatten().map(Moment::Since);
    let millis = || finite(text).map(Moment::Millis);
    let date = || received_at(text).map(|at| Moment::Millis(at.millis() as f64));
    let of_day = || received_at(&format!("1970-01-01T{text}Z")).map(|at| Moment::OfDay(at.millis() as f64));
    let found = since().or_else(millis).or_else(date).or_else(of_day);
    found.ok_or_else(|| word.fault("no-time", None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn test(text: &str) -> Test {
        let mut query = parse(text).expect("a query");
        assert_eq!(query.terms.len(), 1, "{text}");
        query.terms.remove(0).test
    }

    #[test]
    fn each_kind_of_term_is_read() {
        assert_eq!(test("news"), Test::Text("news".into()));
        assert_eq!(test(r#""two \"words\"""#), Test::Text("two \"words\"".into()));
        assert_eq!(test("'a:\"b\"'"), Test::Text("a:\"b\"".into()));
        assert_eq!(
            test("type:PING,adstart"),
            Test::Type(vec![TypeWord::Known(EventType::Ping), TypeWord::Known(EventType::AdStart)])
        );
        assert_eq!(test("type:\"mediaStart\""), Test::Type(vec![TypeWord::Spelled("mediaStart".into())]));
        assert_eq!(test("finding:error"), Test::Finding(vec![FindingWord::Severity(Severity::Error)]));
        assert_eq!(test("finding:T"), Test::Finding(vec![FindingWord::Family(Family::Time)]));
        assert_eq!(test("finding:T021"), Test::Finding(vec![FindingWord::Rule("MC-T021")]));
        assert_eq!(test("finding:ping-late"), test(&format!("finding:{}", code("ping-late"))));
        assert_eq!(test("status:400"), Test::Status(vec![StatusWord::Exactly(400)]));
        assert_eq!(test("status:4xx,none"), Test::Status(vec![StatusWord::Class(4), StatusWord::None]));
        assert_eq!(test("status>=400"), Test::StatusIs(Comparison::GreaterOrEqual, 400.0));
        assert_eq!(test("playhead<60"), Test::Playhead(Comparison::Less, 60.0));
        assert_eq!(test("gap>5"), Test::Gap(Comparison::Greater, 5.0));
    }

    #[track_caller]
    fn code(name: &str) -> &'static str {
        registry::find(name).expect("a rule").meta.code
    }

    #[test]
    fn a_moment_is_a_number_a_date_a_time_of_day_or_seconds_since_the_start() {
        for (text, moment) in [
            ("ts>1704196800000", Moment::Millis(1_704_196_800_000.0)),
            ("ts>2024-01-02T12:00:00Z", Moment::Millis(1_704_196_800_000.0)),
            ("ts>+1.5", Moment::Since(1.5)),
            ("ts>00:00:01.5", Moment::OfDay(1500.0)),
        ] {
            assert_eq!(test(text), Test::Ts(Comparison::Greater, moment), "{text}");
        }
    }

    #[test]
    fn members_are_asked_for_with_or_without_quotes() {
        let member = |key: &str, value| Test::Member { member: "params", key: key.into(), value };
        let is = |text: &str| ValueTest::Is(text.into());
        assert_eq!(test(r#"params."media.id"="x y""#), member("media.id", is("x y")));
        assert_eq!(test("params.media.id=x,y"), member("media.id", is("x,y")));
        assert_eq!(test("params.media.id:x"), member("media.id", ValueTest::Holds("x".into())));
        assert_eq!(test("params.media.id!=x"), member("media.id", ValueTest::IsNot("x".into())));
        assert_eq!(
            test("params.media.length>60"),
            member("media.length", ValueTest::Compares(Comparison::Greater, 60.0))
        );
        assert_eq!(test("params.media.id"), member("media.id", ValueTest::IsThere));
    }

    #[test]
    fn terms_stand_side_by_side_and_a_minus_turns_one_around() {
        let query = parse("  type:ping  -status:204 -a - ").expect("a query");
        let negated: Vec<bool> = query.terms.iter().map(|term| term.is_negated).collect();
        assert_eq!(negated, [false, true, true, false]);
        assert_eq!(query.terms[3].test, Test::Text("-".into()));
        assert!(parse(" \t").expect("a query").is_empty());
    }

    #[test]
    fn a_fault_names_its_place_its_word_and_what_may_be_meant() {
        for (text, at, key, word, meant) in [
            ("a tpye:ping", 2..6, "unknown-key", "tpye", Some("type")),
            ("type:pnig", 5..9, "unknown-type", "pnig", Some("ping")),
            ("finding:ping-lat", 8..16, "unknown-finding", "ping-lat", Some("ping-late")),
            ("finding:eror", 8..12, "unknown-finding", "eror", Some("error")),
            ("-status:ok", 8..10, "no-status", "ok", None),
            ("gap>é", 4..6, "no-number", "é", None),
            ("ts<noon", 3..7, "no-time", "noon", None),
            ("x type:", 2..7, "no-value", "type", None),
            ("type>ping", 4..5, "operator", ">", None),
            ("gap>1,2", 3..4, "operator", ">", None),
            ("a \"b c", 2..6, "open-quote", "\"b c", None),
            ("=x", 0..0, "unknown-key", "", None),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!((error.at, error.key, error.word.as_str()), (at, key, word), "{text}");
            assert_eq!(error.meant.as_deref(), meant, "{text}");
        }
    }
}

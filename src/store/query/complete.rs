//! What may be typed next in the filter.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::MEMBERS;
use super::parse::KEYS;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::model::parameter::{PARAMETERS, Section};

/// No more than so many are offered at once.
pub const MAX_OFFERS: usize = 10;
/// So many shapes of a capture are looked at for their keys.
const MAX_SHAPES: usize = 512;

/// The keys that a capture and the API know: `params.media.id`, `customMetadata.show`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    keys: Vec<String>,
}

/// What is offered in place of a part of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the text that an offer replaces.
    pub replaces: Range<usize>,
    /// The offers, the nearest first.
    pub offers: Vec<Offer>,
}

/// One offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What it puts into the text.
    pub text: String,
    /// What it means: the summary of a rule, the meaning of a parameter (English).
    pub meaning: Option<&'static str>,
}

impl Vocabulary {
    /// The keys of the API, and those of the events of a capture; of a capture with many shapes only the first.
    #[must_use]
    pub fn of(capture: &Capture) -> Vocabulary {
        let mut keys: BTreeSet<String> = PARAMETERS
            .iter()
            .filter_map(|known| Some(format!("{}.{}", known.section.member()?, known.key)))
            .collect();
        for shape in capture.shapes.shapes().iter().take(MAX_SHAPES) {
            let Some(json) = capture.event(EventId(shape.first_event)).and_then(|event| event.json()) else {
                continue;
            };
            for member in MEMBERS {
                let object = json.get(member).and_then(Value::as_object).into_iter().flatten();
                keys.extend(object.map(|(key, _)| format!("{member}.{key}")));
            }
        }
        Vocabulary { keys: keys.into_iter().collect() }
    }
}

/// What may stand at `cursor` (in bytes) in place of the word that is being typed there.
#[must_use]
pub fn complete(text: &str, cursor: usize, vocabulary: &Vocabulary) -> Completion {
    let before = text.get(..cursor).unwrap_or(text);
    let Some(term) = open_term(before) else { return Completion::default() };
    let typed = &before[term..];
    let minus = usize::from(typed.starts_with('-'));
    let typed = &typed[minus..];
    let words = match typed.find([':', '=', '<', '>']) {
        None => return Completion { replaces: term + minus..before.len(), offers: keys(typed, vocabulary) },
        Some(at) => &typed[..=at],
    };
    // After a comma comes another value of the same kind.
    let value = typed.rfind([':', '=', ',']).map_or(0, |at| at + 1);
    let replaces = term + minus + value..before.len();
    let offers = match words {
        "type:" | "type=" => types(&typed[value..]),
        "finding:" | "finding=" => findings(&typed[value..]),
        "status:" | "status=" => {
            plain(["204", "201", "400", "404", "410", "4xx", "5xx", "none"], &typed[value..])
        }
        _ => Vec::new(),
    };
    Completion { replaces, offers }
}

/// Where the term begins that the text ends in; `None` inside quotes.
fn open_term(text: &str) -> Option<usize> {
    let (mut start, mut quote, mut is_escaped, mut before) = (0, None, false, ' ');
    for (at, letter) in text.char_indices() {
        if std::mem::take(&mut is_escaped) {
            continue;
        }
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => is_escaped = letter == '\\',
            None if matches!(letter, '"' | '\'')
                && (before.is_whitespace() || matches!(before, '-' | '.' | ':' | '=' | '<' | '>' | ',')) =>
            {
                quote = Some(letter);
            }
            None if letter.is_whitespace() => start = at + letter.len_utf8(),
            None => {}
        }
        before = letter;
    }
    quote.is_none().then_some(start)
}

fn keys(typed: &str, vocabulary: &Vocabulary) -> Vec<Offer> {
    if typed.is_empty() {
        let members = MEMBERS.iter().map(|member| Offer { text: format!("{member}."), meaning: None });
        let plain =
            KEYS.iter().map(|(key, operator)| Offer { text: format!("{key}{operator}"), meaning: None });
        return plain.chain(members).collect();
    }
    let own = KEYS.iter().map(|(key, operator)| (format!("{key}{operator}"), None));
    let types = EventType::ALL.into_iter().map(|known| (format!("type:{}", known.name()), None));
    let known = vocabulary.keys.iter().map(|key| {
        let (member, name) = key.split_once('.').unwrap_or_default();
        let section = [Section::Params, Section::QoeData, Section::PlayerTime]
            .into_iter()
            .find(|section| section.member() == Some(member));
        let parameter = section.and_then(|section| crate::model::parameter::Parameter::find(section, name));
        (format!("{member}.{}=", quoted(name)), parameter.map(|parameter| parameter.meaning))
    });
    ranked(own.chain(types).chain(known), typed)
}

/// A key as the parser reads it back.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-'));
    if is_plain {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn types(typed: &str) -> Vec<Offer> {
    let names = EventType::ALL.into_iter().map(|known| (known.name().to_owned(), None));
    ranked(names.chain([("unknown".to_owned(), None)]), typed)
}

fn findings(typed: &str) -> Vec<Offer> {
    let words = ["error", "warn", "info", "any"].into_iter().map(|word| (word.to_owned(), None));
    let rules = crate::rules::all();
    let coded = rules.clone().filter(|rule| {
        let code = rule.meta.code.trim_start_matches("MC-");
        !typed.is_empty() && code.to_ascii_lowercase().starts_with(&typed.to_ascii_lowercase())
    });
    let coded = coded.map(|rule| Offer {
        text: rule.meta.code.trim_start_matches("MC-").to_owned(),
        meaning: Some(rule.meta.summary),
    });
    let names = rules.map(|rule| (rule.meta.name.to_owned(), Some(rule.meta.summary)));
    let mut offers = ranked(words.chain(names), typed);
    offers.extend(coded);
    offers.truncate(MAX_OFFERS);
    offers
}

fn plain<const N: usize>(words: [&str; N], typed: &str) -> Vec<Offer> {
    ranked(words.into_iter().map(|word| (word.to_owned(), None)), typed)
}

/// Those that begin with what was typed, then those that hold it; what is typed in full is not offered.
fn ranked(all: impl Iterator<Item = (String, Option<&'static str>)>, typed: &str) -> Vec<Offer> {
    let typed = typed.to_lowercase();
    let mut found: Vec<(usize, Offer)> = all
        .filter_map(|(text, meaning)| {
            let at = text.to_lowercase().find(&typed).filter(|_| text.to_lowercase() != typed)?;
            Some((usize::from(at > 0), Offer { text, meaning }))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MAX_OFFERS);
    found.into_iter().map(|(_, offer)| offer).collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn offers(text: &str) -> Vec<String> {
        let vocabulary = Vocabulary { keys: vec!["customMetadata.my show".into(), "params.media.id".into()] };
        complete(text, text.len(), &vocabulary).offers.into_iter().map(|offer| offer.text).collect()
    }

    #[test]
    fn keys_types_rules_and_parameters_are_offered() {
        assert_eq!(offers("")[..3], ["type:", "finding:", "status:"]);
        assert_eq!(offers("a ty")[0], "type:");
        assert_eq!(offers("-type:pi"), ["ping"]);
        assert_eq!(offers("type:ping,adSt"), ["adStart"]);
        assert_eq!(offers("finding:ping-l"), ["ping-late"]);
        assert_eq!(offers("finding:t021"), ["T021"]);
        assert_eq!(offers("media.id"), ["params.media.id="]);
        assert_eq!(offers("params.med"), ["params.media.id="]);
        assert_eq!(offers("my sho"), ["customMetadata.\"my show\"="]);
        assert!(offers("zzz").is_empty());
        assert_eq!(offers("custom"), ["customMetadata.\"my show\"="]);
        assert!(offers("\"typ").is_empty() && offers("gap>1").is_empty() && offers("type:ping").is_empty());
    }

    #[test]
    fn an_offer_takes_the_place_of_the_word_at_the_cursor() {
        let completion = complete("x -type:pi y", 10, &Vocabulary::default());
        assert_eq!(completion.replaces, 8..10);
        assert_eq!(complete("x ty", 4, &Vocabulary::default()).replaces, 2..4);
    }

    #[test]
    fn what_is_offered_can_be_read() {
        for start in ["t", "f", "s", "p", "type:", "finding:", "status:", "type:ping,", "cust", "params."] {
            for offer in offers(start) {
                let value = if offer.ends_with([':', '=', '>', '.']) { "1" } else { "" };
                let from = start.rfind([':', ',']).map_or(0, |at| at + 1);
                let text = format!("{}{offer}{value}", &start[..from]);
                let error = parse(&text).err().filter(|error| error.word != "1");
                assert_eq!(error, None, "{text}");
            }
        }
    }
}

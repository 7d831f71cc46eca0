//! Every text of the window, by key, in English and French; the texts themselves are the lines of `table`.
//!
//! | Function | Gives |
//! |---|---|
//! | [`text`] | the text of a key |
//! | [`fill`] | the same with values in it |
//! | [`counted`] | a number of things, in the singular or plural of the language |
//! | [`of_parameter`] | what the table of parameters says |
//! | [`of_refusal`] | why nothing is sent |
//! | [`of_not_offered`] | why a fix is not offered |
//! | [`of_reason`] | any other reason |
//! | [`speak`], [`language`] | which language these use |

mod meanings;
mod table;

use std::cell::Cell;

use crate::app::prefs::Language;
use crate::model::reason::Reason;
use crate::outbox::refusal::Refusal;
use crate::outbox::repair::NotOffered;
use crate::store::demo::Demo;

/// A line of the table: key, English, French.
pub type Row = (&'static str, &'static str, &'static str);

thread_local! {
    // Every text that is drawn would otherwise have to be handed the language. The window says it before it draws,
    // and it draws on one thread.
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::English) };
}

/// From now on texts are given in this language, on this thread.
pub fn speak(language: Language) {
    LANGUAGE.set(language);
}

/// The language in which texts are given on this thread; English until another one is chosen.
#[must_use]
pub fn language() -> Language {
    LANGUAGE.get()
}

/// The whole table, sorted by key.
#[must_use]
pub fn rows() -> &'static [Row] {
    table::TEXTS
}

/// The text of a key in a language, `None` for a key that the table has not.
#[must_use]
pub fn text_in(language: Language, key: &str) -> Option<&'static str> {
    let at = rows().binary_search_by(|(known, ..)| (*known).cmp(key)).ok()?;
    let (_, english, french) = rows()[at];
    Some(match language {
        Language::English => english,
        Language::French => french,
    })
}

/// The text of a key; a visible mark for a key that has none (a test keeps the table whole).
#[must_use]
pub fn text(key: &str) -> &'static str {
    text_in(language(), key).unwrap_or("(no text)")
}

/// What the table of parameters says in English, in the language of the window; other words as they are.
#[must_use]
pub fn of_parameter(words: &'static str) -> &'static str {
    let french = || meanings::FRENCH.iter().find(|(english, _)| *english == words).map(|(_, french)| *french);
    match language() {
        Language::English => words,
        Language::French => french().unwrap_or(words),
    }
}

/// Why nothing of a draft is sent. What a parser or the system says is left to logs and the command line.
#[must_use]
pub fn of_refusal(refusal: &Refusal) -> String {
    let with = |key, name, value: &str| fill(key, &[(name, value)]);
    match refusal {
        Refusal::NoTarget => text("refusal.no-target").to_owned(),
        Refusal::BadTarget { address, .. } => with("refusal.bad-target", "address", address),
        Refusal::NotHttp { scheme } => with("refusal.not-http", "scheme", scheme),
        Refusal::Credentials => text("refusal.credentials").to_owned(),
        Refusal::HostNotAllowed { host } => with("refusal.host-not-allowed", "host", host),
        Refusal::Empty => text("refusal.empty").to_owned(),
        Refusal::BodyMissing { request } => with("refusal.body-missing", "n", &grouped(*request as u64)),
        Refusal::NotJson { request } => with("refusal.not-json", "n", &grouped(*request as u64)),
        Refusal::NoSessionStart => text("refusal.no-session-start").to_owned(),
        Refusal::NoTs => text("refusal.no-ts").to_owned(),
        Refusal::EditsDoNotFit(_) => text("refusal.edits-do-not-fit").to_owned(),
        Refusal::ModeUnknown => text("refusal.mode-unknown").to_owned(),
        Refusal::Inside(why) => with("refusal.inside", "why", why),
    }
}

/// Why a fix is not offered. Which event or place is missing is left to the command line.
#[must_use]
pub fn of_not_offered(why: &NotOffered) -> String {
    match why {
        NotOffered::DoesNotFit(_) => text("fix.does-not-fit").to_owned(),
        NotOffered::Unreadable => text("fix.unreadable").to_owned(),
        NotOffered::StillThere(code) => fill("fix.still-there", &[("code", code)]),
        NotOffered::Worse(code) => fill("fix.worse", &[("code", code)]),
    }
}

/// A reason in words.
#[must_use]
pub fn of_reason(why: &Reason) -> String {
    fill(why.key, &why.values)
}

/// What a demo session shows, in one line.
#[must_use]
pub fn demo_summary(demo: &Demo) -> &'static str {
    let name = demo.name.rsplit('/').next().unwrap_or(demo.name);
    text(&format!("demo.{}", name.trim_end_matches(".session")))
}

/// The text of a key with `{name}` replaced by values.
#[must_use]
pub fn fill(key: &str, values: &[(&str, impl AsRef<str>)]) -> String {
    let mut filled = text(key).to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value.as_ref());
    }
    filled
}

/// The text for a number of things: `KEY.one` for one of them (in French for none as well), else `KEY.many`, with `{n}`
/// replaced by the number.
#[must_use]
pub fn counted(key: &str, n: u64) -> String {
    let is_singular = match language() {
        Language::English => n == 1,
        Language::French => n <= 1,
    };
    let form = if is_singular { "one" } else { "many" };
    fill(&format!("{key}.{form}"), &[("n", &grouped(n))])
}

/// A whole number with its digits in groups of three, parted as the language does.
#[must_use]
pub fn grouped(n: u64) -> String {
    let parting = match language() {
        Language::English => ',',
        Language::French => '\u{a0}',
    };
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(parting);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::capture::Format;
    use crate::model::session::{Ending, Mode};
    use crate::outbox::edit::EditError;
    use crate::rules::verdict::Verdict;
    use crate::store::demo::DEMOS;

    /// The names in braces, sorted; a name that stands twice is there twice.
    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .filter(|name| !name.is_empty())
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn the_table_is_sorted_and_has_each_key_once() {
        for pair in rows().windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_values() {
        for (key, english, french) in rows() {
            assert!(!english.trim().is_empty() && !french.trim().is_empty(), "{key} is empty");
            assert_eq!(placeholders(english), placeholders(french), "{key}");
            let ends = |text: &str| text.chars().next_back().filter(|c| ".…?:!".contains(*c));
            assert_eq!(ends(english), ends(french), "{key} ends otherwise");
        }
    }

    #[test]
    fn what_can_be_counted_has_singular_and_plural() {
        for (key, ..) in rows() {
            for (form, other) in [(".one", ".many"), (".many", ".one")] {
                let stem = key.strip_suffix(form);
                let is_whole =
                    stem.is_none_or(|stem| text_in(Language::French, &format!("{stem}{other}")).is_some());
                assert!(is_whole, "{key} has no {other}");
            }
        }
    }

    #[test]
    fn what_follows_a_number_that_may_be_one_has_a_singular() {
        /// What numbers, and phrases with one, are called in texts.
        const NUMBERS: [&str; 19] = [
            "n", "all", "done", "good", "both", "first", "second", "foreign", "changed", "many", "before",
            "after", "events", "requests", "fixes", "lanes", "findings", "points", "sessions",
        ];
        /// Numbers that are never one: limits and speeds.
        const MANY: [&str; 5] = [
            "capture.demo.runs",
            "capture.demo.tip",
            "context.not-near",
            "notice.copy-too-many",
            "reorder.window",
        ];
        const NO_PLURALS: [&str; 7] = ["is", "as", "was", "ms", "des", "dans", "sous"];
        const PLURALS: [&str; 10] =
            ["are", "have", "were", "become", "more", "come", "sont", "ont", "deviennent", "soient"];
        let is_plural = |word: &str| {
            PLURALS.contains(&word) || word.len() > 1 && word.ends_with('s') && !NO_PLURALS.contains(&word)
        };
        for (key, english, french) in rows() {
            if key.ends_with(".one") || key.ends_with(".many") || MANY.contains(key) {
                continue;
            }
            for text in [english, french] {
                for (name, rest) in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
                    let rest = rest.trim_start_matches([' ', '\u{a0}']);
                    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
                    assert!(
                        !NUMBERS.contains(&name) || !is_plural(&word),
                        "{key}: {{{name}}} {word} may be one"
                    );
                }
            }
        }
    }

    #[test]
    fn french_is_set_as_french_is() {
        for (key, _, french) in rows() {
            // What stands in backticks is code.
            for part in french.split('`').step_by(2) {
                assert!(!part.contains('\''), "{key}: an apostrophe is ’");
                let pairs = part.chars().zip(part.chars().skip(1));
                for (before, after) in pairs {
                    let parted = |c: char| matches!(c, '\u{a0}' | '\u{202f}');
                    assert!(
                        !matches!(after, '!' | '?' | ';' | '»') || parted(before),
                        "{key}: {before}{after}"
                    );
                    assert!(!(after == ':' && before == ' '), "{key}: no plain space before a colon");
                    assert!(before != '«' || parted(after), "{key}: {before}{after}");
                }
            }
        }
    }

    #[test]
    fn words_that_the_command_line_has_too_are_the_same_in_english() {
        for demo in DEMOS {
            assert_eq!(demo_summary(demo), demo.summary);
        }
        for verdict in [Verdict::Accepted, Verdict::Degraded, Verdict::Rejected] {
            assert_eq!(text(&format!("verdict.{}.words", verdict.name())), verdict.in_words());
        }
        let modes = [Mode::Online, Mode::Downloaded, Mode::LegacyDownloaded, Mode::Unknown];
        for mode in modes {
            assert_eq!(text(&format!("mode.{}", mode.name())), mode.name());
        }
        let formats = [
            Format::Event,
            Format::EventArray,
            Format::Requests,
            Format::Ndjson,
            Format::Har,
            Format::Journal,
            Format::RawHttp,
            Format::LooseJson,
            Format::Notation,
            Format::SearchedJson,
            Format::Unknown,
        ];
        for format in formats {
            assert_eq!(text(&format!("format.{}", format.name())), format.name());
        }
        let endings = [Ending::Completed, Ending::Ended, Ending::TimedOut, Ending::Open, Ending::CutOff];
        for ending in endings {
            assert_eq!(text(&format!("ending.{}", ending.name())), ending.name());
        }
    }

    #[test]
    fn every_refusal_has_words_in_both_languages_that_name_what_is_at_fault() {
        let value = || "zzz".to_owned();
        let refusals = [
            Refusal::NoTarget,
            Refusal::BadTarget { address: value(), why: "relative".to_owned() },
            Refusal::NotHttp { scheme: value() },
            Refusal::Credentials,
            Refusal::HostNotAllowed { host: value() },
            Refusal::Empty,
            Refusal::BodyMissing { request: 55 },
            Refusal::NotJson { request: 55 },
            Refusal::NoSessionStart,
            Refusal::NoTs,
            Refusal::EditsDoNotFit("no such field".to_owned()),
            Refusal::ModeUnknown,
            Refusal::Inside(value()),
        ];
        for refusal in refusals {
            let both = [Language::English, Language::French].map(|language| {
                speak(language);
                of_refusal(&refusal)
            });
            speak(Language::English);
            assert_ne!(both[0], both[1], "{refusal}");
            for words in both {
                assert!(words != "(no text)" && !words.contains('{'), "{refusal}: {words}");
                for named in ["zzz", "55"] {
                    assert_eq!(words.contains(named), format!("{refusal:?}").contains(named), "{words}");
                }
            }
        }
    }

    #[test]
    fn every_reason_why_a_fix_is_not_offered_has_words_in_both_languages() {
        let reasons = [
            NotOffered::DoesNotFit(EditError::NoEvent(3)),
            NotOffered::Unreadable,
            NotOffered::StillThere("MC-S005"),
            NotOffered::Worse("MC-S005"),
        ];
        for why in reasons {
            let both = [Language::English, Language::French].map(|language| {
                speak(language);
                of_not_offered(&why)
            });
            speak(Language::English);
            assert_ne!(both[0], both[1], "{why}");
            for words in both {
                assert!(words != "(no text)" && !words.contains('{'), "{why}: {words}");
                assert_eq!(words.contains("MC-S005"), why.to_string().contains("MC-S005"), "{words}");
            }
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let table = [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1,000", "1\u{a0}000"),
            (1_234_567, "1,234,567", "1\u{a0}234\u{a0}567"),
        ];
        for (n, english, french) in table {
            assert_eq!(grouped(n), english);
            speak(Language::French);
            assert_eq!(grouped(n), french);
            speak(Language::English);
        }
    }

    #[test]
    fn none_is_plural_in_english_and_singular_in_french() {
        let table = [
            (0, "0 events", "0 événement"),
            (1, "1 event", "1 événement"),
            (2, "2 events", "2 événements"),
            (1500, "1,500 events", "1\u{a0}500 événements"),
        ];
        for (n, english, french) in table {
            assert_eq!(counted("count.events", n), english);
            speak(Language::French);
            assert_eq!(counted("count.events", n), french);
            speak(Language::English);
        }
    }
}

//! No words are drawn that the table of texts has not: every string literal under `src/ui/` and `src/app/` is looked at.

use playtrace::app::command::rows::commands;
use playtrace::app::prefs::Language;
use playtrace::ui::text::{rows, text_in};

use crate::architecture::{files, hold};

/// What stands before a literal that is drawn.
const DRAWS: &[&str] = &[
    "label(",
    "weak(",
    "strong(",
    "heading(",
    "monospace(",
    "button(",
    "Button::new(",
    "link(",
    "RichText::new(",
    "Label::new(",
    "hover_text(",
    "hint_text(",
    "selectable_label(",
    "text_edit(",
    "selected_text(",
    "colored_label(",
    "menu_button(",
    "with_title(",
    "on_disabled_hover_text(",
];

/// What stands before a literal that names something for the program or its makers, and is never drawn.
const NAMES: &[&str] = &[
    "Id::unique(",
    "Id::new(",
    "id_salt(",
    "id_salt((",
    ".with(",
    ".with((",
    "Panel::top(",
    "Panel::bottom(",
    "Panel::left(",
    "Panel::right(",
    "Grid::new(",
    "Plot::new(",
    "Line::new(",
    "Points::new(",
    "FilledArea::new(",
    "#[error(",
    "reason =",
    "must_use =",
    "env!(",
    "name_edge(ui,",
    // Names of keys, in the toolkit's words.
    "key(",
    "shift(",
    "ctrl(",
    "alt(",
];

/// Files that are the tables themselves, hold values of tokens or the marks of a format, or name keys in the toolkit's words.
const NO_WORDS: &[&str] = &[
    "ui/text/mod.rs",
    "ui/text/table.rs",
    "ui/text/meanings.rs",
    "ui/theme.rs",
    "ui/picture/svg.rs",
    "app/command/shortcut.rs",
];

/// Units and other marks that are the same in both languages.
const MARKS: &[&str] = &["UTC", "min", "h", "s", "ms"];

/// The string literals of Rust code without comments, each with the code that stands before it on its line.
fn literals(code: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = code;
    let mut line_start = 0;
    let mut is_comment = false;
    while let Some(c) = rest.chars().next() {
        let at = code.len() - rest.len();
        let mut length = c.len_utf8();
        match c {
            '\n' => (line_start, is_comment) = (at + 1, false),
            _ if is_comment => {}
            '/' if rest.starts_with("//") => is_comment = true,
            // A character; a lifetime has no second quote.
            '\'' if rest.starts_with("'\\") => {
                length = 2 + rest[2..].find('\'').map_or(0, |end| end + 1).max(2)
            }
            '\'' => {
                let inner = rest[1..].chars().next().map_or(0, char::len_utf8);
                if rest[1 + inner..].starts_with('\'') {
                    length = inner + 2;
                }
            }
            '"' => {
                let text = &rest[1..];
                let mut escaped = false;
                let end = text.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                let end = end.expect("a literal ends");
                found.push((before(code, line_start, at), &text[..end]));
                length = end + 2;
            }
            _ => {}
        }
        rest = &rest[length..];
    }
    found
}

/// The code before a literal, from the line before where its own line begins with it.
fn before(code: &str, line_start: usize, at: usize) -> &str {
    let own = code[line_start..at].trim();
    if own.is_empty() {
        code[..line_start].trim_end().rsplit('\n').next().unwrap_or_default().trim()
    } else {
        own
    }
}

/// The literal with `*` in the place of what is filled in.
fn pattern(literal: &str) -> String {
    let mut pattern = String::new();
    let mut depth = 0;
    for c in literal.chars() {
        match c {
            '{' if depth == 0 => {
                pattern.push('*');
                depth = 1;
            }
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            c if depth == 0 => pattern.push(c),
            _ => {}
        }
    }
    pattern
}

/// True where `*` of the pattern stands for some part of the text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).any(|at| text.is_char_boundary(at) && matches(rest, &text[at..]))
        }),
    }
}

/// True for the key of a text, or what keys are made of.
fn is_key(literal: &str) -> bool {
    let pattern = pattern(literal);
    let stems = ["*.one", "*.tip", "*.do"].map(|form| form.replace('*', &pattern));
    pattern != "*"
        && rows()
            .iter()
            .any(|(key, ..)| matches(&pattern, key) || stems.iter().any(|stem| matches(stem, key)))
}

/// True for words that nobody translated.
fn is_words(before: &str, literal: &str) -> bool {
    let pattern = pattern(literal);
    let has_words = |text: &str| {
        let words = text.split(|c: char| !c.is_alphabetic());
        words.into_iter().any(|word| word.chars().count() > 1 && !MARKS.contains(&word))
    };
    if !has_words(&pattern.replace("\\n", " ")) || is_key(literal) {
        return false;
    }
    if DRAWS.iter().any(|call| before.ends_with(call)) {
        return true;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/:*".contains(c);
    let is_one_name = pattern.chars().all(is_name) && !pattern.starts_with(|c: char| c.is_uppercase());
    !is_one_name && !NAMES.iter().any(|call| before.ends_with(call))
}

#[test]
fn no_words_are_drawn_that_are_not_in_the_table() {
    let mut broken = Vec::new();
    let mut n_literals = 0;
    for file in files() {
        let is_drawn = file.path.starts_with("ui/") || file.path.starts_with("app/");
        if !is_drawn || NO_WORDS.contains(&file.path.as_str()) {
            continue;
        }
        for (before, literal) in literals(&file.code) {
            n_literals += 1;
            if is_words(before, literal) {
                broken.push(format!("{}: {before} {literal:?}", file.path));
            }
        }
    }
    assert!(n_literals > 500, "literals were found");
    hold("words that the window shows are lines of ui/text/table.rs, in English and French", broken);
}

#[test]
fn words_outside_the_table_are_found_and_names_are_not_taken_for_words() {
    let code = r#"
        ui.label("Some words");
        ui.label(
            "oneword",
        );
        let c = '"'; let d = '\''; fn f<'a>(x: &'a str) {}
        painter.text(at, "A \"quoted\" word", font);
        let words = format!("{} of {n} events", 1); // "a comment"
        ui.label(text("events.none")); fill(&format!("notice.{}", key)); counted("count.events", 2);
        Panel::top("the panel"); values.push(("name", value)); format!("{} UTC", at); format!("{minutes} min");
    "#;
    let found: Vec<&str> = literals(code)
        .into_iter()
        .filter(|(before, literal)| is_words(before, literal))
        .map(|(_, l)| l)
        .collect();
    assert_eq!(found, ["Some words", "oneword", r#"A \"quoted\" word"#, "{} of {n} events"]);
}

/// What the keys of reasons begin with, which are given below the window.
const REASONS: &str = "why.";

#[test]
fn every_reason_has_a_text_and_gives_what_that_names() {
    let mut n_reasons = 0;
    let mut broken = Vec::new();
    for file in files().iter().filter(|file| !file.path.starts_with("ui/")) {
        let literals = literals(&file.code);
        for (_, key) in literals.iter().filter(|(_, literal)| literal.starts_with(REASONS)) {
            n_reasons += 1;
            let Some(words) = text_in(Language::French, key) else {
                broken.push(format!("{}: {key} has no text", file.path));
                continue;
            };
            for name in words.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
                if !literals.iter().any(|(_, literal)| *literal == name.0) {
                    broken.push(format!("{}: {key} names {}, which nothing here gives", file.path, name.0));
                }
            }
        }
    }
    assert!(n_reasons > 50, "reasons were found");
    hold("whatever cannot be is told in the language of the window", broken);
}

#[test]
fn every_text_of_the_table_is_asked_for() {
    let files = files();
    let asking: Vec<_> = files.iter().filter(|file| !file.path.starts_with("ui/text/table")).collect();
    let asked: Vec<String> = asking
        .iter()
        .flat_map(|file| {
            let is_of_window = ["ui/", "app/", "store/"].iter().any(|row| file.path.starts_with(row));
            let asked = literals(&file.code).into_iter().map(|(_, literal)| pattern(literal));
            asked.filter(move |pattern| is_of_window || pattern.starts_with(REASONS))
        })
        .filter(|pattern| pattern.chars().any(char::is_alphabetic))
        .collect();
    let is_asked = |key: &str| asked.iter().any(|pattern| pattern != "*" && matches(pattern, key));
    let mut unused = Vec::new();
    for (key, ..) in rows() {
        let stem = key.strip_suffix(".one").or(key.strip_suffix(".many")).unwrap_or(key);
        let of_command = commands().any(|row| {
            stem.strip_prefix("command.")
                .is_some_and(|rest| rest.strip_suffix(".tip").unwrap_or(rest) == row.name)
        });
        let by_parts = stem.rsplit_once('.').is_some_and(|(start, end)| end == "tip" && is_asked(start));
        let of_notice =
            stem.strip_prefix("notice.").is_some_and(|rest| is_asked(rest.trim_end_matches(".do")));
        if !(of_command || by_parts || of_notice || is_asked(stem)) {
            unused.push((*key).to_owned());
        }
    }
    hold("no text is in the table that nothing asks for", unused);
}

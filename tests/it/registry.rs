//! The registry of rules: what a list that is kept by hand must hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use playtrace::rules::registry::{find, suggest};
use playtrace::rules::rule::{Check, Rule};
use playtrace::rules::{self, rule::Family};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Letter and number of a code.
fn parts(rule: &Rule) -> Option<(char, u32)> {
    let rest = rule.meta.code.strip_prefix("MC-")?;
    let letter = rest.chars().next()?;
    let digits = rest.get(letter.len_utf8()..)?;
    (digits.len() == 3).then_some((letter, digits.parse().ok()?))
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let (mut codes, mut names) = (BTreeSet::new(), BTreeSet::new());
    for rule in rules::all() {
        let meta = &rule.meta;
        let (letter, _) = parts(rule).expect("MC-, a letter, three digits");
        assert_eq!(letter, meta.family.letter(), "{}", meta.code);
        assert!(codes.insert(meta.code), "{} stands twice", meta.code);
        assert!(names.insert(meta.name), "{} stands twice", meta.name);
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(meta.name.chars().all(kebab), "{} is not kebab-case", meta.name);
        assert!(
            !meta.summary.ends_with('.') && !meta.summary.contains('\n'),
            "{}: {}",
            meta.code,
            meta.summary
        );
    }
}

#[test]
fn names_say_what_is_wrong_not_what_to_do() {
    const FORBIDDEN: [&str; 12] = [
        "use", "check", "checks", "require", "requires", "should", "must", "no-more", "prefer", "avoid",
        "validate", "rule",
    ];
    for rule in rules::all() {
        let words: Vec<&str> = rule.meta.name.split('-').collect();
        let found = FORBIDDEN.iter().find(|word| words.contains(word));
        assert_eq!(found, None, "{}", rule.meta.name);
    }
}

#[test]
fn each_rule_has_a_file_and_a_static_of_its_name_in_the_folder_of_its_family() {
    for rule in rules::all() {
        let meta = &rule.meta;
        let snake = meta.name.replace('-', "_");
        let file = format!("src/rules/{}/{snake}.rs", meta.family.name());
        assert_eq!(meta.file.replace('\\', "/"), file, "{}", meta.name);
        let text = std::fs::read_to_string(root().join(&file)).expect("the file is there");
        let declared = format!("pub static {} = {{", snake.to_uppercase());
        assert!(text.contains(&declared), "{file} does not declare {}", snake.to_uppercase());
        assert!(text.starts_with(&format!("//! {}.", meta.code)), "{file} does not begin with its code");
    }
}

#[test]
fn every_rule_file_is_in_the_list() {
    let listed: BTreeSet<String> = rules::all().map(|rule| rule.meta.file.replace('\\', "/")).collect();
    for family in Family::ALL {
        let folder = root().join("src/rules").join(family.name());
        let Ok(files) = std::fs::read_dir(&folder) else { continue };
        for file in files {
            let path = file.expect("can be listed").path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let listed_as = format!("src/rules/{}/{name}", family.name());
            assert_eq!(text.contains("declare_rule! {"), listed.contains(&listed_as), "{listed_as}");
        }
    }
}

#[test]
fn families_stand_in_the_order_of_the_catalogue_and_rules_by_code() {
    let order = |rule: &Rule| (rule.meta.family, parts(rule));
    let all: Vec<&Rule> = rules::all().collect();
    assert!(all.is_sorted_by_key(|rule| order(rule)), "{all:?}");
    for family in rules::ALL {
        let letters: BTreeSet<char> = family.iter().map(|rule| rule.meta.family.letter()).collect();
        assert!(letters.len() <= 1, "one list holds rules of {letters:?}");
    }
}

#[test]
fn only_what_is_not_the_players_fault_has_no_certainty() {
    for rule in rules::all() {
        let is_capture = rule.meta.family == Family::Capture;
        assert_eq!(rule.meta.certainty.is_none(), is_capture, "{}", rule.meta.name);
    }
}

#[test]
fn companions_are_other_rules() {
    for rule in rules::all() {
        for companion in rule.meta.companions {
            let known = find(companion).filter(|other| other.meta.name == *companion);
            assert!(known.is_some(), "{}: no rule {companion}", rule.meta.name);
            assert_ne!(*companion, rule.meta.name);
        }
    }
}

#[test]
fn every_oddity_rule_names_what_it_wants() {
    for rule in rules::all() {
        if let Check::Oddity(kinds, _) = &rule.check {
            assert!(!kinds.is_empty(), "{}", rule.meta.name);
        }
    }
}

#[test]
fn rules_are_found_by_code_and_name_and_near_misses_are_suggested() {
    for rule in rules::all() {
        let bare = rule.meta.code.trim_start_matches("MC-").to_lowercase();
        for word in [rule.meta.code, rule.meta.name, &bare] {
            let found = find(word).map(|found| found.meta.code);
            assert_eq!(found, Some(rule.meta.code), "{word}");
        }
    }
    assert_eq!(suggest("ad-outside-brake"), Some("ad-outside-break"));
}

#[test]
fn every_rule_has_a_fixture_file_and_every_fixture_file_a_rule() {
    let rules: BTreeSet<String> = rules::all().map(|rule| format!("{}.md", rule.meta.name)).collect();
    let files = std::fs::read_dir(crate::rules::folder()).expect("the fixtures are there");
    let files: BTreeSet<String> =
        files.map(|file| file.expect("can be listed").file_name().to_string_lossy().into_owned()).collect();
    let missing: Vec<_> = rules.difference(&files).collect();
    let astray: Vec<_> = files.difference(&rules).collect();
    assert!(
        missing.is_empty() && astray.is_empty(),
        "rules without a file: {missing:?}; files without a rule: {astray:?}"
    );
}

const BEGIN: &str = "<!-- rules:start -->";
const END: &str = "<!-- rules:end -->";

/// The table of the README.
fn table() -> String {
    let mut out = String::from("| Code | Name | Level | What it finds |\n|---|---|---|---|\n");
    for rule in rules::all() {
        let meta = &rule.meta;
        let level = format!("{:?}", meta.level).to_lowercase();
        out.push_str(&format!(
            "| {} | `{}` | {level} | {} |\n",
            meta.code,
            meta.name,
            meta.summary.replace('|', "\\|")
        ));
    }
    out
}

/// The README with a new table, `None` when it has no place for one.
fn with_table(readme: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}{END}{after}", table()))
}

#[test]
fn the_readme_lists_the_rules() {
    let path: &Path = &root().join("README.md");
    let readme = std::fs::read_to_string(path).expect("there is a README");
    let expected = with_table(&readme).expect("it has the two markers of the table");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, &expected).expect("can be written");
        return;
    }
    assert!(readme == expected, "the table is old: run the tests once with UPDATE_README=1");
}

//! What a configuration may say, and what is told of a broken one.

use super::*;
use crate::model::policy::{AfterClose, EqualTs};
use crate::rules::registry;
use crate::rules::rule::Level;
use crate::rules::selection::ChosenBy;

/// The configuration; own schemas are what `files` says.
fn finished(text: &str, files: &[(&str, &str)]) -> Result<Config, Vec<ConfigError>> {
    let unfinished = read(text.as_bytes());
    let file = |wanted: &str| {
        let known = files.iter().find(|(name, _)| *name == wanted);
        known.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| "cannot be read: not found".to_owned())
    };
    let files: Vec<_> = unfinished.wanted().map(file).collect();
    unfinished.finish(&files)
}

#[track_caller]
fn config(text: &str) -> Config {
    finished(text, &[]).expect("nothing is wrong with it")
}

#[track_caller]
fn errors(text: &str) -> Vec<String> {
    let errors = finished(text, &[]).expect_err("something is wrong with it");
    errors.iter().map(ToString::to_string).collect()
}

/// Exactly one error, with this place and these words.
#[track_caller]
fn assert_error(text: &str, place: &str, words: &str) {
    let errors = errors(text);
    let fits = errors.len() == 1 && errors[0].starts_with(&format!("{place}: ")) && errors[0].contains(words);
    assert!(fits, "{errors:?} instead of {place}: … {words} …\n{text}");
}

#[test]
fn an_empty_file_changes_nothing() {
    let (settings, selection) = config("\u{feff}# nothing\n").judging(None);
    assert_eq!(settings.policy, Profile::Default.policy());
    assert_eq!(selection, RuleSelection::default());
    assert!(settings.user.is_none());
}

#[test]
fn profile_set_policy_numbers_and_levels_are_taken_over() {
    let text = r#"
        profile = "strict"
        schema-set = "published-2018"
        ignore = ["A001", "K"]
        [rules.ping-late]
        level = "info"
        limit-secs = 12
        downloaded-limit-secs = 60.5
        [policy]
        after-close = "silent-drop"
    "#;
    let (settings, selection) = config(text).judging(None);
    assert_eq!((settings.profile, settings.policy.schema_set), (Profile::Strict, SchemaSet::Published2018));
    assert_eq!(settings.policy.after_close, AfterClose::SilentDrop);
    assert_eq!(settings.policy.equal_ts, EqualTs::Forbidden, "the rest is the profile's");
    assert_eq!((settings.numbers.ping_limit_secs, settings.numbers.downloaded_ping_limit_secs), (12.0, 60.5));
    let rule = |name: &str| registry::find(name).expect("a rule");
    assert_eq!(selection.grade(rule("ping-late"), None), Level::Info);
    assert_eq!(selection.chosen_by(rule("ping-late")), ChosenBy::ConfigFile);
    assert!(selection.is_off(rule("ad-outside-break")) && selection.is_off(rule("starts-mid-session")));
    assert!(!selection.is_off(rule("nested-break")));
}

#[test]
fn another_profile_beats_that_of_the_file_and_leaves_the_rest() {
    let config = config("profile = \"strict\"\n[policy]\nafter-close = \"silent-drop\"");
    let (settings, selection) = config.judging(Some(Profile::Lenient));
    assert_eq!((settings.profile, selection.profile()), (Profile::Lenient, Profile::Lenient));
    assert_eq!((settings.policy.schema_set, settings.policy.equal_ts), (SchemaSet::Open, EqualTs::Tolerated));
    assert_eq!(settings.policy.after_close, AfterClose::SilentDrop);
}

#[test]
fn every_unknown_name_is_told_with_its_place_and_what_was_meant() {
    assert_error("profil = \"strict\"", "1:1", "did you mean `profile`?");
    assert_error("\n  profile = \"strikt\"", "2:13", "there is no profile `strikt`, did you mean `strict`?");
    assert_error("schema-set = \"all\"", "1:14", "`documented`, `published-2018`, `open`");
    assert_error("[rules.ping-lat]", "1:8", "there is no rule `ping-lat`, did you mean `ping-late`?");
    assert_error("[rules.MC-T014]", "1:8", "write `ping-late` for MC-T014");
    assert_error("[rules.ping-late]\nlimit-sec = 1", "2:1", "did you mean `limit-secs`?");
    assert_error("[rules.ping-late]\nlevel = \"warning\"", "2:9", "there is no level `warning`");
    assert_error("select = [\"A\", \"ping-lat\"]", "1:16", "did you mean `ping-late`?");
    assert_error("ignore = [\"A999\"]", "1:11", "there is no rule `A999`");
    assert_error(
        "[policy]\nequal-tss = \"forbidden\"",
        "2:1",
        "there is no switch `equal-tss`, did you mean `equal-ts`?",
    );
    assert_error("[policy]\nequal-ts = \"forbiden\"", "2:12", "did you mean `forbidden`?");
    assert_error("[schemas]\nsesionStart = \"a\"", "2:1", "did you mean `sessionStart`?");
    assert_error("[tracking-plan.pign.params]", "1:16", "did you mean `ping`?");
    assert_error("[tracking-plan.sessionStart.parms]", "1:29", "did you mean `params`?");
}

#[test]
fn columns_count_characters_and_values_of_the_wrong_type_are_told() {
    assert_error("\"é\" = 1", "1:1", "there is no key `é`");
    let found = errors("rules = { \"é\" = 1, \"ü\" = 1 }");
    assert_eq!(found, ["1:11: there is no rule `é`", "1:20: there is no rule `ü`"]);
    assert_error("profile = 1", "1:11", "profile must be a string, not an integer");
    assert_error("rules = []", "1:9", "`rules` must be a table, not a list");
    assert_error("select = \"A\"", "1:10", "`select` must be a list");
}

#[test]
fn numbers_out_of_their_range_are_refused() {
    let limit = |value: &str| format!("[rules.ping-late]\nlimit-secs = {value}");
    assert_error(&limit("601"), "2:14", "`limit-secs` of `ping-late` is 601, it must be from 0 to 600");
    assert_error(&limit("-0.5"), "2:14", "is -0.5");
    for value in ["nan", "inf", "9223372036854775808", "1e999"] {
        assert_error(&limit(value), "2:14", "");
    }
    for (value, secs) in [("0", 0.0), ("600", 600.0), ("1_0.5", 10.5), ("0x10", 16.0), ("1_00", 100.0)] {
        assert_eq!(config(&limit(value)).judging(None).0.numbers.ping_limit_secs, secs, "{value}");
    }
}

#[test]
fn all_errors_are_told_in_order_and_those_of_the_notation_alone() {
    let text =
        "[policy]\nno = 1\n[schemas]\nping = \"gone.json\"\n[rules]\nno = 1\n[tracking-plan]\nno = 1\n";
    let found = errors(text);
    let places: Vec<&str> = found.iter().map(|error| &error[..3]).collect();
    assert_eq!(places, ["2:1", "4:8", "6:1", "8:1"], "{found:?}");
    let found = errors("profil = 1\nselect = [\n[policy\nx = = 2\n");
    assert!(found.len() >= 2 && found.iter().all(|error| !error.contains("profil`")), "{found:?}");
    assert!(errors("a = 1\na = 2")[0].starts_with("2:1: "));
}

#[test]
fn a_file_that_is_no_text_says_where() {
    let errors = read(b"# a\n# \xff").finish(&[]).expect_err("no text");
    assert_eq!(errors[0].to_string(), "2:3: the file is no UTF-8 text");
}

#[test]
fn no_bytes_break_the_reader() {
    let full = include_bytes!("../../tests/fixtures/config/full.toml");
    for end in 0..full.len() {
        drop(read(&full[..end]).finish(&[]));
        let mut bytes = full.to_vec();
        bytes[end] = bytes[end].wrapping_mul(31).wrapping_add(7);
        drop(read(&bytes).finish(&[]));
    }
}

#[test]
fn own_schemas_of_every_draft_are_compiled() {
    let drafts = [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ];
    for draft in drafts {
        let schema = format!(
            r##"{{"$schema": "{draft}", "$ref": "#/definitions/a", "definitions": {{"a": {{"type": "object"}}}}}}"##
        );
        let found = finished("[schemas]\nall = \"a.json\"", &[("a.json", &schema)]);
        assert!(found.is_ok_and(|config| config.judging(None).0.user.is_some()), "{draft}");
    }
}

#[test]
fn a_schema_that_is_broken_or_lies_elsewhere_is_told_at_its_name() {
    let error = |schema: &str| {
        let text = "[schemas]\nping = \"a.json\"";
        finished(text, &[("a.json", schema)]).expect_err("refused")[0].to_string()
    };
    for (schema, words) in [
        ("{", "it is no JSON"),
        (r#"{"type": "strin"}"#, "it is no valid JSON Schema"),
        (r#"{"$ref": "https://example.com/a.json"}"#, "`https://example.com/a.json`, another document"),
        (r#"{"$ref": "other.json"}"#, "another document"),
        (r#"{"$schema": "https://example.com/own"}"#, "https://example.com/own"),
        (r##"{"$ref": "#/gone"}"##, "/gone"),
    ] {
        let said = error(schema);
        assert!(said.starts_with("2:8: the schema a.json: ") && said.contains(words), "{said}");
    }
    assert_error("[schemas]\nping = \"gone.json\"", "2:8", "the schema gone.json: cannot be read");
}

#[test]
fn a_tracking_plan_that_contradicts_itself_or_the_api_is_refused() {
    let start = |line: &str| format!("[tracking-plan.sessionStart.params]\n{line}");
    assert_error(&start("media.show = \"required\""), "2:1", "must be quoted");
    assert_error(&start("\"media.shwo\" = \"required\""), "2:1", "did you mean `media.show`?");
    assert_error(&start("\"media.show\" = \"requird\""), "2:16", "did you mean `required`?");
    assert_error(&start("\"media.show\" = { require = true }"), "2:18", "did you mean `required`?");
    assert_error(&start("\"media.show\" = { required = 1 }"), "2:29", "true or false");
    assert_error(&start("\"media.show\" = { forbidden = true, values = [\"a\"] }"), "2:1", "nothing else");
    assert_error(
        &start("\"media.show\" = { values = [\"a\"], pattern = \"a\" }"),
        "2:1",
        "values and a pattern",
    );
    assert_error(&start("\"media.show\" = { values = [1] }"), "2:28", "a string");
    assert_error(&start("\"media.show\" = { values = [] }"), "2:27", "`forbidden`");
    assert_error(&start("\"media.show\" = { pattern = \"(\" }"), "2:28", "unclosed group");
    assert_error(&start("\"media.length\" = { pattern = \"1\" }"), "2:30", "a pattern is for strings");
    assert_error(
        "[tracking-plan.ping.params]\n\"media.show\" = \"required\"",
        "2:1",
        "goes with `sessionStart`",
    );
    assert_error("[tracking-plan.ping.metadata]\na = \"required\"", "2:1", "carries no custom metadata");
}

#[test]
fn the_file_lies_beside_the_capture_or_in_the_current_folder() {
    assert_eq!(beside(Some(Path::new("a/b.har"))), Path::new("a/playtrace.toml"));
    assert_eq!(beside(Some(Path::new("b.har"))), Path::new("playtrace.toml"));
    assert_eq!(beside(None), Path::new("playtrace.toml"));
}

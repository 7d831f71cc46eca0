//! The command line as scripts see it: standard output, standard error, exit codes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A session that nothing is wrong with.
const CLEAN: &str =
    "@vod length=60\n+0 sessionStart\n+0 play\n+10..+50/10 ping\n+60 sessionComplete\n+60.1 sessionEnd\n";
/// A session with an ad outside a break.
const STRAY_AD: &str =
    "@vod length=60\n+0 sessionStart\n+0 play\n+5 adStart\n+9 adComplete\n+10 ping\n+12 sessionEnd\n";

fn playtrace() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playtrace"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

fn run(args: &[&str]) -> Output {
    playtrace().args(args).output().expect("playtrace runs")
}

#[track_caller]
fn run_with_stdin(args: &[&str], stdin: &[u8]) -> Output {
    let mut command = playtrace();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("playtrace starts");
    child.stdin.take().expect("a pipe").write_all(stdin).expect("playtrace reads its input");
    child.wait_with_output().expect("playtrace ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let mut files: Vec<PathBuf> = ["clients", "documents", "sdk-tests"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("the fixtures are there"))
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "md"))
        .collect();
    files.sort();
    assert!(files.len() > 20, "the captures are there");
    files
}

#[test]
fn a_clean_session_exits_with_0_and_an_error_with_1() {
    assert_eq!(run_with_stdin(&["check", "-"], CLEAN.as_bytes()).status.code(), Some(0));
    let output = run_with_stdin(&["check", "-"], STRAY_AD.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("-:4:1: error MC-A001 ad-outside-break: `adStart` at 00:05.0"));
}

#[test]
fn fail_on_moves_the_limit_and_never_lifts_it() {
    let fails =
        |limit: &str| run_with_stdin(&["check", "-", "--fail-on", limit], STRAY_AD.as_bytes()).status.code();
    assert_eq!([fails("error"), fails("info"), fails("never")], [Some(1), Some(1), Some(0)]);
    let ignoring = &["check", "-", "--ignore", "A001"];
    assert_eq!(run_with_stdin(ignoring, STRAY_AD.as_bytes()).status.code(), Some(0));
}

#[test]
fn what_holds_nothing_of_the_api_exits_with_3_and_is_reported_all_the_same() {
    let output = run_with_stdin(&["check", "-", "--format", "json"], b"just a letter\n");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(json(&output)["inputs"][0]["events"], 0);
    assert!(!output.stderr.is_empty(), "standard error says why");
    let missing = run(&["check", "no/such/file.har", "--format", "json"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stderr).contains("no/such/file.har"));
    assert_eq!(json(&missing)["inputs"][0]["path"], "no/such/file.har");
}

#[test]
fn of_several_inputs_all_are_reported_and_the_highest_code_wins() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("clean.session");
    std::fs::write(&file, CLEAN).expect("the file is written");
    let path = file.to_str().expect("a UTF-8 path");
    let output = run(&["check", path, "no/such/file.har", path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    let report = json(&output);
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["sessions"][1]["id"], 2);
    assert_eq!(report["sessions"][1]["input"], 3);
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_was_meant() {
    assert_eq!(run(&["check", "-", "--format", "xml"]).status.code(), Some(2));
    let output = run(&["check", "-", "--select", "ad-outside-brake"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean `ad-outside-break`"), "{}", text(&output.stderr));
    assert_eq!(run(&["explain", "A999"]).status.code(), Some(2));
}

#[test]
fn of_a_project_its_captures_are_checked_and_what_is_missing_is_an_input_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in [("clean.session", CLEAN), ("stray.session", STRAY_AD)] {
        std::fs::write(folder.path().join(name), content).expect("the file is written");
    }
    let part = |name: &str| format!(r#"{{"version":1,"capture":{{"path":"{name}","bytes":1,"xxh3":"0"}}}}"#);
    let project = |version: u32, names: &[&str]| {
        let parts: Vec<String> = names.iter().map(|name| part(name)).collect();
        let path = folder.path().join("both.playtrace.json");
        let content = format!(r#"{{"version":{version},"captures":[{}]}}"#, parts.join(","));
        std::fs::write(&path, content).expect("the file is written");
        run(&["check", path.to_str().expect("a UTF-8 path"), "--format", "json"])
    };
    let output = project(1, &["clean.session", "stray.session"]);
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    let ends =
        |at: usize, name: &str| report["inputs"][at]["path"].as_str().is_some_and(|it| it.ends_with(name));
    assert!(ends(0, "clean.session") && ends(1, "stray.session"), "{report}");
    assert_eq!(report["summary"]["sessions"], 2);
    let output = project(1, &["clean.session", "gone.session"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("gone.session"));
    let output = project(9, &["clean.session"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("version 9 of the format"), "{}", text(&output.stderr));
}

/// A folder with a session that an ad strays in and a configuration.
fn folder_with(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("stray.session"), STRAY_AD).expect("written");
    std::fs::write(folder.path().join("playtrace.toml"), config).expect("written");
    folder
}

/// Runs `check` in a folder.
#[track_caller]
fn check_in(folder: &Path, args: &[&str], stdin: &str) -> Output {
    let mut command = playtrace();
    command.current_dir(folder).arg("check").args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("playtrace starts");
    child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()).ok();
    child.wait_with_output().expect("playtrace ends")
}

#[test]
fn the_configuration_beside_a_capture_or_in_the_current_folder_is_used_and_named() {
    let folder = folder_with("ignore = [\"A001\"]");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let session = folder.path().join("stray.session");
    let session = session.to_str().expect("UTF-8");
    let beside = check_in(elsewhere.path(), &[session], "");
    assert_eq!(beside.status.code(), Some(0));
    assert_eq!(
        text(&beside.stderr).trim_end(),
        format!("configuration: {}", folder.path().join("playtrace.toml").display())
    );
    assert_eq!(check_in(folder.path(), &["-"], STRAY_AD).status.code(), Some(0));
    let none = check_in(elsewhere.path(), &["-"], STRAY_AD);
    assert_eq!((none.status.code(), text(&none.stderr)), (Some(1), String::new()));
    let given = folder.path().join("playtrace.toml");
    let given = ["-", "--config", given.to_str().expect("UTF-8")];
    assert_eq!(check_in(elsewhere.path(), &given, STRAY_AD).status.code(), Some(0));
}

#[test]
fn the_command_line_beats_the_configuration() {
    let folder = folder_with("profile = \"lenient\"\nignore = [\"A001\"]");
    let code = |args: &[&str]| check_in(folder.path(), args, "").status.code();
    assert_eq!(code(&["stray.session"]), Some(0));
    assert_eq!(code(&["stray.session", "--select", "A001"]), Some(1), "its `ignore` is taken back");
    let session = "@vod\n+0 sessionStart\n+1 play\n+5 bitrateChange\n+5 pauseStart\n+6 sessionEnd\n";
    let strict = ["-", "--profile", "strict", "--fail-on", "warn"];
    assert_eq!(check_in(folder.path(), &strict, session).status.code(), Some(1));
    assert_eq!(check_in(folder.path(), &["-", "--fail-on", "warn"], session).status.code(), Some(0));
}

#[test]
fn a_broken_configuration_exits_with_2_tells_all_errors_and_checks_nothing() {
    let folder = folder_with("profil = 1\n[rules.ping-lat]\n[schemas]\nping = \"gone.json\"");
    let output = check_in(folder.path(), &["stray.session"], "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let said = text(&output.stderr);
    for line in [
        "error: playtrace.toml:1:1: there is no key `profil`, did you mean `profile`?",
        "error: playtrace.toml:2:8: there is no rule `ping-lat`, did you mean `ping-late`?",
        "error: playtrace.toml:4:8: the schema gone.json: cannot be read",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let missing = check_in(folder.path(), &["stray.session", "--config", "no.toml"], "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("no.toml: cannot be read"), "{}", text(&missing.stderr));
}

#[test]
fn own_schemas_lie_relative_to_the_configuration() {
    let folder = folder_with("[schemas]\nadStart = \"own/ad.json\"");
    std::fs::create_dir(folder.path().join("own")).expect("made");
    let schema = r#"{"properties": {"params": {"required": ["media.ad.campaignId"]}}}"#;
    std::fs::write(folder.path().join("own/ad.json"), schema).expect("written");
    let session = folder.path().join("stray.session");
    let args = ["check", session.to_str().expect("UTF-8"), "--select", "S014"];
    let found = text(&run(&args).stdout);
    assert!(found.contains("MC-S014 user-schema-violation: own/ad.json refuses `params`"), "{found}");
}

#[test]
fn every_capture_is_checked_without_internal_error_and_its_report_fits_the_schema() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report-v1.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    for file in fixtures() {
        let path = file.to_str().expect("a UTF-8 path");
        let output = run(&["check", path, "--format", "json"]);
        let code = output.status.code().expect("an exit code");
        assert!(code < 2, "{path}: exit code {code}: {}", text(&output.stderr));
        let report = json(&output);
        let faults: Vec<String> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{path}: {faults:?}");
        assert_counts_are_sums(&report, path);
    }
}

#[track_caller]
fn assert_counts_are_sums(report: &Value, path: &str) {
    for severity in ["error", "warn", "info"] {
        let findings = report["findings"].as_array().expect("findings");
        let of_severity = findings.iter().filter(|finding| finding["severity"] == severity);
        let sum: u64 = of_severity.map(|finding| finding["count"].as_u64().expect("a count")).sum();
        assert_eq!(report["summary"][severity], sum, "{path}: {severity}");
    }
}

#[test]
fn the_same_capture_gives_the_same_bytes_wherever_and_whenever_it_is_checked() {
    for file in fixtures() {
        let in_place = |zone: &str, locale: &str| {
            let mut command = playtrace();
            command.args(["check", "--format", "json"]).arg(&file);
            command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale);
            command.output().expect("playtrace runs").stdout
        };
        assert_eq!(in_place("UTC", "C"), in_place("Asia/Kathmandu", "de_DE.UTF-8"), "{}", file.display());
    }
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let mut command = playtrace();
    command.args(["rules"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("playtrace starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("playtrace ends");
    assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
}

#[test]
fn explain_and_rules_show_the_catalogue_as_text_and_json() {
    let page = text(&run(&["explain", "a001"]).stdout);
    assert!(page.starts_with("# MC-A001 ad-outside-break\n"), "{page}");
    assert!(page.contains("## Why it matters"));
    assert_eq!(json(&run(&["explain", "ad-outside-break", "--format", "json"]))["code"], "MC-A001");
    let listed = json(&run(&["rules", "--format", "json"]));
    assert_eq!(listed.as_array().map(Vec::len), Some(playtrace::rules::all().count()));
}

#[test]
fn explain_shows_the_page_of_a_policy_switch_and_what_it_moves() {
    for word in ["D10", "d10", "state-spelling"] {
        let page = text(&run(&["explain", word]).stdout);
        assert!(page.starts_with("# D10 state-spelling\n"), "{page}");
        for line in [
            "- `exact` (profile strict): ",
            "    state-spelling = \"exact\"",
            "MC-X001 `state-started-twice`",
        ] {
            assert!(page.contains(line), "{line} is missing:\n{page}");
        }
    }
    let both = text(&run(&["explain", "equal-ts"]).stdout);
    let (rule, switch) = (both.find("# MC-O003 equal-ts"), both.find("# D14 equal-ts"));
    assert!(rule == Some(0) && switch.is_some(), "the rule, then the switch of the same name:\n{both}");
    let page = text(&run(&["explain", "ping-late"]).stdout);
    assert!(page.contains("- `limit-secs` (default 11.5): "), "{page}");
    let switch = json(&run(&["explain", "D14", "--format", "json"]));
    assert_eq!((&switch["name"], &switch["readings"][0]["name"]), (&"equal-ts".into(), &"tolerated".into()));
    assert_eq!(switch["readings"][1]["profiles"], serde_json::json!(["strict"]));
    let rule = json(&run(&["explain", "O003", "--format", "json"]));
    assert_eq!((&rule["code"], &rule["switches"][0]["number"]), (&"MC-O003".into(), &"D14".into()));
    let unknown = run(&["explain", "state-speling"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `state-spelling`?"), "{}", text(&unknown.stderr));
}

#[test]
fn help_states_exit_codes_limits_and_the_notation() {
    let help = text(&run(&["check", "--help"]).stdout);
    for stated in [
        "Exit code 0",
        "8 GiB",
        "128 deep",
        "SARIF 2.1.0",
        "--no-redact",
        "The session notation",
        "+10..+50/10 ping",
    ] {
        assert!(help.contains(stated), "{stated} is missing:\n{help}");
    }
}

#[test]
fn min_severity_hides_and_output_goes_to_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("report.json");
    let path = file.to_str().expect("a UTF-8 path");
    let args = ["check", "-", "--format", "json", "--min-severity", "error", "-o", path];
    let output = run_with_stdin(&args, STRAY_AD.as_bytes());
    assert!(output.stdout.is_empty());
    let report: Value = serde_json::from_slice(&std::fs::read(&file).expect("the report")).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["severity"] == "error") && !findings.is_empty());
}

#[test]
fn every_format_is_written_to_a_file_and_says_the_same_by_its_exit_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for format in ["concise", "full", "json", "junit", "sarif", "markdown"] {
        let file = folder.path().join(format);
        let path = file.to_str().expect("a UTF-8 path");
        let output = run_with_stdin(&["check", "-", "--format", format, "-o", path], STRAY_AD.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{format}");
        let report = std::fs::read_to_string(&file).expect("the report");
        assert!(report.contains("MC-A001") && report.ends_with('\n'), "{format}:\n{report}");
    }
}

#[test]
fn markdown_masks_session_ids_unasked_and_the_others_when_asked() {
    let shows_sid = |args: &[&str]| {
        let output = run_with_stdin(&[&["check", "-"], args].concat(), STRAY_AD.as_bytes());
        text(&output.stdout).contains("5e55104e00000001")
    };
    assert!(shows_sid(&[]) && !shows_sid(&["--redact"]));
    assert!(!shows_sid(&["--format", "markdown"]) && shows_sid(&["--format", "markdown", "--no-redact"]));
    assert_eq!(run(&["check", "-", "--redact", "--no-redact"]).status.code(), Some(2));
}

#[test]
fn control_characters_of_a_payload_do_not_reach_the_terminal() {
    let event = r#"{"eventType":"sess\u001b[31mion","playerTime":{"playhead":0,"ts":1600000000000}}"#;
    let output = run_with_stdin(&["check", "-"], event.as_bytes());
    assert!(!output.stdout.contains(&0x1b), "{}", text(&output.stdout));
}

#[test]
fn the_demo_says_its_verdicts_where_no_window_can_open() {
    let output = run(&["demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("rejected"), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr).trim_end().lines().count(), 1, "one sentence: {}", text(&output.stderr));
}

#[test]
fn the_demo_sessions_can_be_written_and_opened_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_str().expect("a UTF-8 path");
    assert_eq!(run(&["demo", "--write", path]).status.code(), Some(0));
    let written: Vec<_> = std::fs::read_dir(path).expect("the folder").collect();
    assert!(written.len() >= 3);
    for entry in written {
        let file = entry.expect("an entry").path();
        let output = run(&["check", file.to_str().expect("UTF-8")]);
        assert!(output.status.code() < Some(2), "{}", text(&output.stderr));
    }
}

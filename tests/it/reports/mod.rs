//! Reports: one snapshot per format from one fixed small report, and what holds for any payload.

mod build_server;

use playtrace::ingest::ingest;
use playtrace::model::watch::Unwatched;
use playtrace::redact::Redaction;
use playtrace::report::{Input, Judged, Report, concise, full, json, junit, markdown, sarif};
use playtrace::rules::context::Settings;
use playtrace::rules::finding::Severity;
use playtrace::rules::fix::of_findings;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;

/// The fixed report is about these rules alone, so that a new rule does not change it.
const RULES: [&str; 6] = ["A001", "T014", "L003", "S005", "S010", "B010"];

type Writer = fn(&Report, &mut dyn std::io::Write) -> std::io::Result<()>;

/// Every format, with its name.
const FORMATS: [(&str, Writer); 6] = [
    ("concise", concise::write),
    ("full", full::write),
    ("json", json::write),
    ("junit", junit::write),
    ("markdown", markdown::write),
    ("sarif", sarif::write),
];

fn input(path: &str, bytes: &[u8], rules: &[&str]) -> Input {
    let settings = Settings::default();
    let mut selection = RuleSelection::default();
    let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
    selection.command_line().select(&rules).expect("the rules are known");
    let capture = ingest(path, bytes.to_vec(), &Unwatched);
    let judgement = judge(&capture, &settings, &selection, &Unwatched);
    let fixes = of_findings(&capture, &judgement, &settings, |_| true);
    Input { path: path.to_owned(), outcome: Ok(Judged { capture, judgement, fixes }) }
}

fn of_bytes(path: &str, bytes: &[u8]) -> Report {
    Report { inputs: vec![input(path, bytes, &[])], ..Report::default() }
}

fn fixed() -> Report {
    let fixture = |path: &str| {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        input(path, &std::fs::read(file).expect("the fixture"), &RULES)
    };
    let missing = Input { path: "no/such.har".to_owned(), outcome: Err("there is no such file".to_owned()) };
    Report {
        inputs: vec![
            fixture("tests/fixtures/reports/online.session"),
            missing,
            fixture("tests/fixtures/reports/packed batch.har"),
        ],
        ..Report::default()
    }
}

fn text(report: &Report, write: Writer) -> String {
    let mut out = Vec::new();
    write(report, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("reports are UTF-8")
}

#[track_caller]
fn assert_snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("report-{name}"), shown));
}

/// Without what changes by itself: the version, and the pages of the rules.
fn settled(format: &str, shown: String) -> String {
    if format != "sarif" {
        return shown;
    }
    let mut log: serde_json::Value = serde_json::from_str(&shown).expect("SARIF is JSON");
    let driver = &mut log["runs"][0]["tool"]["driver"];
    driver["version"] = "VERSION".into();
    driver["semanticVersion"] = "VERSION".into();
    for rule in driver["rules"].as_array_mut().expect("rules") {
        rule["help"] = "PAGE".into();
        rule["fullDescription"] = "WHAT IT CHECKS".into();
    }
    serde_json::to_string_pretty(&log).expect("JSON")
}

#[test]
fn each_format_of_the_fixed_report_is_as_it_was() {
    for (name, write) in FORMATS {
        let mut report = fixed();
        if name == "markdown" {
            report.redaction = Redaction::All;
        }
        assert_snapshot(name, &settled(name, text(&report, write)));
    }
}

/// A batch in loose text, JSON, a HAR or the notation whose start carries identifying values.
fn identifying_captures() -> Vec<(&'static str, String)> {
    let event = r#"{"eventType":"sessionStart","playerTime":{"playhead":"0","ts":1790000000000},"params":{"visitor.marketingCloudUserId":"Secret-0123","visitor.customerIDs":{"crm":{"id":"Secret-4567"}},"analytics.aid":"Secret-89","appInstallationId":"Secret-ab","analytics.visitorId":98765432101}}"#;
    let har = serde_json::json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{
        "startedDateTime": "2026-09-21T14:13:40.000Z", "time": 5,
        "request": {"method": "POST", "url": "https://media.example.test/api/v1/sessions", "headers": [
            {"name": "Cookie", "value": "s_vi=Secret-cookie"}, {"name": "authorization", "value": "Secret-token"}],
            "postData": {"mimeType": "application/json", "text": event}},
        "response": {"status": 400, "headers": [], "content": {"text": "{\"message\":\"Secret-0123 is no id\"}"}},
    }]}});
    let pretty = serde_json::to_string_pretty(&har).expect("JSON");
    let indented: serde_json::Value = serde_json::from_str(event).expect("JSON");
    let indented = serde_json::to_string_pretty(&indented).expect("JSON");
    let loose = format!("POST /api/v1/sessions HTTP/1.1\nCookie: Secret-cookie\n\n{event}\n")
        .replace("\"params\"", "params");
    vec![
        ("event", event.to_owned()),
        ("pretty event", indented),
        ("one-line har", har.to_string()),
        ("pretty har", pretty),
        ("raw http", loose),
        ("notation", "@vod length=60\n+0 sessionStart visitor.aid=\"Secret-01\" appInstallationId=\"Secret-02\"\n+5 adStart\n".to_owned()),
    ]
}

#[test]
fn no_format_quotes_the_value_of_an_identifying_parameter() {
    for (name, capture) in identifying_captures() {
        let report = of_bytes(name, capture.as_bytes());
        assert!(report.counts().error > 0, "{name}: something is found");
        for (format, write) in FORMATS {
            let shown = text(&report, write);
            assert!(
                !shown.contains("Secret") && !shown.contains("98765432101"),
                "{name} as {format}:\n{shown}"
            );
        }
        let open = Report { redaction: Redaction::Nothing, ..of_bytes(name, capture.as_bytes()) };
        let shown = text(&open, markdown::write);
        assert!(shown.contains("Secret"), "{name}: nothing is masked when asked:\n{shown}");
    }
}

#[test]
fn of_a_packed_body_the_json_of_the_event_is_shown_and_no_line() {
    let json = text(&fixed(), json::write);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let findings = json["findings"].as_array().expect("findings");
    let packed = findings.iter().filter(|finding| finding["input"] == 3).collect::<Vec<_>>();
    assert!(packed.len() == 3 && packed.iter().all(|finding| finding["line"].is_null()), "{packed:#?}");
    let shown = text(&fixed(), full::write);
    assert!(shown.contains("  |     \"playhead\": \"20\",\n  |                 ^^^^\n"), "{shown}");
}

#[test]
fn session_ids_are_masked_in_every_format_when_asked() {
    let sid = "5e55104e00000001";
    for (format, write) in FORMATS {
        assert!(text(&fixed(), write).contains(sid), "{format} shows the session id");
        let masked = Report { redaction: Redaction::All, ..fixed() };
        let shown = text(&masked, write);
        assert!(!shown.contains(sid), "{format}:\n{shown}");
        assert!(shown.contains("sid-1"), "{format}:\n{shown}");
    }
}

#[test]
fn no_control_character_reaches_a_terminal_and_no_direction_is_turned() {
    let event = "{\"eventType\":\"se\u{1b}[31m\u{202e}s\\u001b[0m\\u202e\",\"playerTime\":{\"playhead\":0,\"ts\":1}}\u{7}\u{9b}\n";
    for bytes in [event.as_bytes().to_vec(), [event.as_bytes(), b"\xff\xfe\xc3("].concat()] {
        let report = of_bytes("a\u{1b}[2Jb.json", &bytes);
        for (format, write) in FORMATS.into_iter().filter(|(format, _)| !["json", "sarif"].contains(format)) {
            let shown = text(&report, write);
            let is_bad = |char: char| char.is_control() && char != '\n' || char == '\u{202e}';
            assert!(!shown.contains(is_bad), "{format}: {shown:?}");
        }
    }
}

#[test]
fn of_a_file_on_one_enormous_line_only_a_window_is_shown() {
    let mut events: Vec<String> = (0..4000)
        .map(|n| {
            format!(
                r#"{{"eventType":"ping","playerTime":{{"playhead":{n},"ts":{}}}}}"#,
                1_790_000_000_000_i64 + n * 1000
            )
        })
        .collect();
    events[2000] = events[2000].replace("\"playhead\":2000", "\"playhead\":\"日本 2000\"");
    let report = Report {
        inputs: vec![input("one-line.json", format!("[{}]", events.join(",")).as_bytes(), &["S005"])],
        ..Report::default()
    };
    let shown = text(&report, full::write);
    let line = shown.lines().find(|line| line.starts_with("1 | ")).expect("the line");
    assert!(line.starts_with("1 | …") && line.ends_with('…') && line.contains("日本"), "{shown}");
    assert!(line.chars().count() <= 130, "{shown}");
}

#[test]
fn a_fence_in_the_evidence_does_not_end_the_block_of_a_ticket() {
    let event = "{\"eventType\":\"sessionStart\",\"playerTime\":{\"playhead\":0,\"ts\":1},\n```\n````\n\"x\":\"```` <script> | \"}";
    let shown = text(&of_bytes("a.json", event.as_bytes()), markdown::write);
    let mut open: Option<String> = None;
    for line in shown.lines().map(str::trim_start) {
        let fence: String = line.chars().take_while(|char| *char == '`').collect();
        match &open {
            Some(opened) if fence.len() >= opened.len() && line == fence => open = None,
            Some(_) => {}
            None if fence.len() >= 3 && line[fence.len()..] == *"text" => open = Some(fence),
            None => {
                let has_tag = line.contains("<script>") && !line.contains('`');
                assert!(!has_tag, "outside a block: {line}");
            }
        }
    }
    assert_eq!(open, None, "{shown}");
}

#[test]
fn min_severity_hides_findings_in_every_format_and_leaves_the_verdict() {
    let report = Report { min_severity: Some(Severity::Error), ..fixed() };
    for (format, write) in FORMATS {
        let shown = text(&report, write);
        assert!(!shown.contains("ping-late") && shown.contains("ad-outside-break"), "{format}:\n{shown}");
        assert!(shown.contains("rejected"), "{format}:\n{shown}");
    }
}

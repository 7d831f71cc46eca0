//! JUnit and SARIF: valid by their schemas for every capture, and the same in every run.

use std::path::Path;

use playtrace::report::{Input, Report, junit, sarif};
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use serde_json::Value;

use super::{fixed, input, of_bytes, text};

/// Reports of every sample, and of some that hold nothing.
fn reports() -> Vec<(String, Report)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let mut reports = Vec::new();
    for folder in ["clients", "documents", "sdk-tests"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the samples are there") {
            let file = entry.expect("a folder entry").path();
            let path = format!("{folder}/{}", file.file_name().expect("a name").to_string_lossy());
            let bytes = std::fs::read(&file).expect("the sample");
            // A cut and a bent copy have findings that the whole one has not.
            let cut = bytes[..bytes.len() * 2 / 3].to_vec();
            let bent = String::from_utf8_lossy(&bytes)
                .replace("\"ts", "\"tz")
                .replace("pauseStart", "pause<]]>Start");
            for (name, bytes) in [("", bytes), (" cut", cut), (" bent", bent.into_bytes())] {
                reports.push((format!("{path}{name}"), of_bytes(&format!("{path}{name}"), &bytes)));
            }
        }
    }
    let missing = Input { path: "a|b <c>.har".to_owned(), outcome: Err("it is \u{1b}gone".to_owned()) };
    let nothing = input("-", b"just a letter", &[]);
    reports.push(("nothing".to_owned(), Report { inputs: vec![missing, nothing], ..Report::default() }));
    reports.push(("no input".to_owned(), Report::default()));
    reports.push(("fixed".to_owned(), fixed()));
    assert!(reports.len() > 60, "the samples are there");
    reports
}

fn as_sarif(report: &Report) -> Value {
    serde_json::from_str(&text(report, sarif::write)).expect("SARIF is JSON")
}

#[track_caller]
fn assert_all_pass(schema: &Value, of_what: &str) {
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(schema).expect("the schema compiles");
    for (name, report) in reports() {
        let log = as_sarif(&report);
        let faults: Vec<String> =
            validator.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{name} by {of_what}: {faults:#?}");
    }
}

#[test]
fn sarif_has_the_members_that_the_standard_names_and_no_others() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schemas/sarif-used.json");
    let schema = serde_json::from_slice(&std::fs::read(file).expect("the schema")).expect("JSON");
    assert_all_pass(&schema, "what we use of it");
}

#[test]
fn sarif_is_valid_by_the_schema_of_the_standard() {
    if std::env::var("PLAYTRACE_TESTS").is_ok_and(|form| form == "full") {
        let file = std::env::var("PLAYTRACE_SARIF_SCHEMA").expect(
            "PLAYTRACE_SARIF_SCHEMA names a file with OASIS' sarif-2.1/schema/sarif-schema-2.1.0.json \
             (repository oasis-tcs/sarif-spec)",
        );
        let schema = serde_json::from_slice(&std::fs::read(file).expect("the schema")).expect("JSON");
        assert_all_pass(&schema, "the schema of OASIS");
    }
}

#[test]
fn the_fixed_report_says_in_sarif_what_it_says_in_json() {
    let log = as_sarif(&fixed());
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 6);
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().is_some_and(|page| page.starts_with("## What it checks")));
    }
    let late = results.iter().find(|result| result["ruleId"] == "MC-T014").expect("the late ping");
    assert_eq!(late["level"], "warning");
    let place = &late["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tests/fixtures/reports/online.session");
    assert_eq!(
        place["region"],
        serde_json::json!({"startLine": 8, "startColumn": 1, "endLine": 8, "endColumn": 12})
    );
    assert_eq!(late["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 7);
    assert_eq!(late["relatedLocations"][0]["message"]["text"], "the hole begins here");
    let packed = results.iter().find(|result| result["ruleId"] == "MC-S005").expect("the wrong type");
    let place = &packed["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tests/fixtures/reports/packed%20batch.har");
    assert_eq!(place["region"], Value::Null, "packed bytes have no place");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false, "an input is missing");
    assert_eq!(run["properties"]["sessions"][1]["verdict"], "rejected");
}

#[test]
fn columns_of_sarif_count_code_points() {
    let event =
        "{\"x\":\"日本😀\",\"eventType\":\"ping\",\"playerTime\":{\"playhead\":\"1\",\"ts\":1790000000000}}";
    let log =
        as_sarif(&Report { inputs: vec![input("a.json", event.as_bytes(), &["S005"])], ..Report::default() });
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    let column = event.chars().take_while(|char| *char != '1').count();
    assert_eq!(region["startColumn"], column as u64, "of the quotation mark before the 1, from 1");
}

/// The line with what the only fix of a SARIF report does to it.
#[track_caller]
fn replaced(log: &Value, line: &str) -> String {
    let results = log["runs"][0]["results"].as_array().expect("results");
    let fixes: Vec<&Value> = results.iter().filter_map(|result| result.get("fixes")).collect();
    assert_eq!(fixes.len(), 1, "{results:#?}");
    let change = &fixes[0][0]["artifactChanges"][0]["replacements"][0];
    let column = |name: &str| {
        let column = change["deletedRegion"][name].as_u64().expect("a column") as usize - 1;
        line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
    };
    let text = change["insertedContent"]["text"].as_str().expect("a text");
    format!("{}{text}{}", &line[..column("startColumn")], &line[column("endColumn")..])
}

#[test]
fn a_fix_of_sarif_replaces_a_value_of_the_file_as_it_lies_there() {
    let event = |playhead: &str, name: &str| {
        format!(
            r#"{{"eventType":"ping","playerTime":{{"playhead":{playhead},"ts":1790000000000}},"params":{{}},"customMetadata":{{"a":"é","b":{name}}}}}"#
        )
    };
    let bare = event("\"1\"", "\"x\"");
    let report = |name: &str, text: &str, rule: &str| Report {
        inputs: vec![input(name, text.as_bytes(), &[rule])],
        ..Report::default()
    };
    assert_eq!(replaced(&as_sarif(&report("a.json", &bare, "S005")), &bare), event("1", "\"x\""));
    // In a HAR the body is text in text.
    let har = |body: &str| {
        let body = Value::from(body);
        format!(
            r#"{{"log":{{"version":"1.2","creator":{{"name":"x","version":"1"}},"entries":[{{"startedDateTime":"2026-09-21T14:13:20.000Z","time":1,"request":{{"method":"POST","url":"https://e.hb-api.omtrdc.net/api/v1/sessions/s1/events","headers":[],"postData":{{"mimeType":"application/json","text":{body}}}}},"response":{{"status":204,"headers":[],"content":{{"size":0}}}}}}]}}}}"#
        )
    };
    let (wrong, right) = (har(&event("1", "2")), har(&event("1", "\"2\"")));
    assert_eq!(replaced(&as_sarif(&report("a.har", &wrong, "S011")), &wrong), right);
}

#[test]
fn fingerprints_stay_the_same_over_runs_and_tell_findings_apart() {
    let prints = |report: &Report| -> Vec<String> {
        let log = as_sarif(report);
        let results = log["runs"][0]["results"].as_array().expect("results");
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect()
    };
    let session = "@vod length=60\n+0 sessionStart\n+0 play\n+5 adStart\n+9 adComplete\n+10 play\n+11 adStart\n+20 sessionEnd\n";
    let first = of_bytes("a.session", session.as_bytes());
    let shifted = session.replace("+11 adStart", "+11.5 adStart");
    let (first, again) = (prints(&first), prints(&of_bytes("b.session", shifted.as_bytes())));
    assert_eq!(first, again, "other times and another name of the file are the same findings");
    let mut unique = first.clone();
    unique.sort();
    unique.dedup();
    assert!(first.len() > 1 && unique.len() == first.len(), "{first:?}");
}

/// An element of `junit-10.xsd` of Jenkins' xUnit plugin, as far as we write it.
struct Element {
    name: &'static str,
    /// Attributes that must be there.
    must: &'static [&'static str],
    /// Others that may.
    may: &'static [&'static str],
    /// What may be inside.
    inside: &'static [&'static str],
}

const JUNIT: [Element; 6] = [
    Element {
        name: "testsuites",
        must: &[],
        may: &["name", "tests", "failures", "errors"],
        inside: &["testsuite"],
    },
    Element {
        name: "testsuite",
        must: &["name", "tests", "failures", "errors"],
        may: &["skipped"],
        inside: &["testcase"],
    },
    Element {
        name: "testcase",
        must: &["name"],
        may: &["classname"],
        inside: &["failure", "error", "system-out"],
    },
    Element { name: "failure", must: &[], may: &["type", "message"], inside: &[] },
    Element { name: "error", must: &[], may: &["type", "message"], inside: &[] },
    Element { name: "system-out", must: &[], may: &[], inside: &[] },
];

/// Checks that the text is XML and has only what the table names, where it may be; gives the number of cases,
/// failures and errors.
#[track_caller]
fn check_junit(xml: &str) -> (usize, usize, usize) {
    let is_allowed =
        |char: char| matches!(char, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(is_allowed), "a character that XML has not");
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    loop {
        let (element, is_empty) = match reader.read_event().expect("it is XML") {
            Xml::Eof => break,
            Xml::End(_) => {
                open.pop();
                continue;
            }
            Xml::Text(text) => {
                let inside = open.last().map_or("", String::as_str);
                let may = ["failure", "error", "system-out"].contains(&inside);
                assert!(may || text.iter().all(u8::is_ascii_whitespace), "text inside {inside}");
                continue;
            }
            Xml::Start(element) => (element, false),
            Xml::Empty(element) => (element, true),
            _ => continue,
        };
        let name = String::from_utf8(element.name().as_ref().to_vec()).expect("a name");
        let Element { must, may, .. } =
            JUNIT.iter().find(|known| known.name == name).expect("an element that is known");
        let parent = open.last().and_then(|parent| JUNIT.iter().find(|known| known.name == parent));
        let is_in_place =
            parent.map_or(name == "testsuites", |parent| parent.inside.contains(&name.as_str()));
        assert!(is_in_place, "{name} inside {open:?}");
        let keys: Vec<String> = element
            .attributes()
            .map(|attribute| {
                String::from_utf8(attribute.expect("an attribute").key.as_ref().to_vec()).expect("a name")
            })
            .collect();
        assert!(
            must.iter().all(|key| keys.iter().any(|has| has == key)),
            "{name} lacks one of {must:?}: {keys:?}"
        );
        let known = |key: &String| must.contains(&key.as_str()) || may.contains(&key.as_str());
        assert!(keys.iter().all(known), "{name} has {keys:?}");
        seen.push(name.clone());
        if !is_empty {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are open");
    let count = |name: &str| seen.iter().filter(|seen| *seen == name).count();
    (count("testcase"), count("failure"), count("error"))
}

#[test]
fn junit_is_valid_for_every_capture_and_counts_what_it_has() {
    for (name, report) in reports() {
        let xml = text(&report, junit::write);
        let (n_cases, n_failures, n_errors) = check_junit(&xml);
        let totals = format!("tests=\"{n_cases}\" failures=\"{n_failures}\" errors=\"{n_errors}\">");
        let head = xml.lines().nth(1).unwrap_or_default().replace("/>", ">");
        assert!(head.ends_with(&totals), "{name}: {head}, but {totals}");
        let n_sessions: usize = report.judged().map(|input| input.judged.capture.sessions.len()).sum();
        assert_eq!(
            n_cases,
            n_sessions + report.inputs.len(),
            "{name}: a case per session, and one per input"
        );
    }
}

#[test]
fn a_case_fails_by_an_error_or_a_rejected_session_and_not_by_a_warning() {
    let failing = |bytes: &str, rules: &[&str]| {
        let report = Report { inputs: vec![input("a", bytes.as_bytes(), rules)], ..Report::default() };
        check_junit(&text(&report, junit::write)).1
    };
    let late = "@vod length=60\n+0 sessionStart\n+0 play\n+40 ping\n+41 sessionEnd\n";
    assert_eq!(failing(late, &["T014"]), 0, "a warning");
    let stray = late.replace("+40 ping", "+9 adStart");
    assert_eq!(failing(&stray, &["A001"]), 1, "an error");
    let refused = "{\"eventType\":\"sessionStart\",\"playerTime\":{\"playhead\":0,\"ts\":1790000000000}}";
    assert_eq!(failing(refused, &["T014"]), 1, "rejected, although no rule that was selected says so");
}

#[test]
fn no_payload_breaks_out_of_its_element() {
    let title = "]]> </failure> & \"quoted\" 'so' <b>\u{0}\u{b}\u{fffe}\u{85}\u{1b}";
    let start = serde_json::json!({
        "eventType": "sessionStart", "playerTime": { "playhead": 0, "ts": 1_790_000_000_000_i64 },
        "params": { "media.name": title },
    });
    let odd =
        serde_json::json!({"eventType": title, "playerTime": {"playhead": 0, "ts": 1_790_000_000_000_i64}});
    let xml = text(&of_bytes("a \"<>&'\u{1}.json", format!("{start}\n{odd}\n").as_bytes()), junit::write);
    assert_eq!(check_junit(&xml).1, xml.matches("<failure ").count());
    let escaped = "]]&gt; &lt;/failure&gt; &amp; ";
    assert!(xml.matches(escaped).count() >= 2, "in the name of a case and in a message: {xml}");
}

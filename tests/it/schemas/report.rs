//! The schema of the JSON report, version 1.

use serde_json::{Value, json};

use super::{file, without};

fn report() -> Value {
    json!({
        "version": 1,
        "inputs": [{
            "id": 1, "path": "a.har", "format": "har", "bytes": 10, "exchanges": 1, "events": 1, "sessions": 1,
            "notes": [{ "code": "repaired", "message": "m", "line": 1, "column": null }],
        }],
        "sessions": [{
            "id": 1, "input": 1, "sid": null, "mode": "unknown", "events": 1, "first_ts": null, "last_ts": null,
            "ending": "cut-off", "verdict": "accepted", "findings": { "error": 0, "warn": 0, "info": 1 },
        }],
        "findings": [{
            "code": "MC-A001", "name": "ad-outside-break", "severity": "info", "input": 1, "session": null,
            "exchange": null, "event": null, "event_type": null, "pointer": null, "message": "m", "line": null,
            "column": null, "related": [{ "session": 1, "event": 0, "message": "m" }], "count": 1, "fix": null,
        }],
        "summary": { "sessions": 1, "events": 1, "error": 0, "warn": 0, "info": 1, "rejected_sessions": 0 },
    })
}

fn passes(report: &Value) -> bool {
    let schema = file("schemas/report-v1.json");
    jsonschema::draft202012::new(&schema).expect("the file is a draft 2020-12 schema").is_valid(report)
}

/// Pointers to every member of every object in the value.
fn members(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                found.push(format!("{at}/{key}"));
                members(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                members(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_report_with_every_member_passes_and_may_have_more() {
    assert!(passes(&report()));
    let mut more = report();
    more["findings"][0]["later"] = json!(true);
    assert!(passes(&more));
    assert!(passes(&json!({
        "version": 1, "inputs": [], "sessions": [], "findings": [],
        "summary": { "sessions": 0, "events": 0, "error": 0, "warn": 0, "info": 0, "rejected_sessions": 0 },
    })));
}

#[test]
fn a_report_that_lacks_any_one_member_is_refused() {
    let mut all = Vec::new();
    members(&report(), "", &mut all);
    assert_eq!(all.len(), 5 + 8 + 4 + 10 + 3 + 15 + 3 + 6, "the members of version 1");
    for pointer in all {
        assert!(!passes(&without(report(), &pointer)), "without {pointer}");
    }
}

#[test]
fn a_report_with_another_version_or_an_unknown_word_is_refused() {
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/sessions/0/verdict", json!("fine")),
        ("/sessions/0/ending", json!("timedout")),
        ("/sessions/0/mode", json!(null)),
        ("/findings/0/severity", json!("warning")),
        ("/findings/0/code", json!("A001")),
        ("/findings/0/line", json!(0)),
        ("/inputs/0/id", json!(0)),
    ] {
        let mut wrong = report();
        *wrong.pointer_mut(pointer).expect("the member is there") = value;
        assert!(!passes(&wrong), "{pointer}");
    }
}

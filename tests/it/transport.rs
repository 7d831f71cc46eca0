//! Rules of family H on what browsers and SDKs recorded, whole and with one thing changed.

use playtrace::model::policy::Profile;
use playtrace::rules::finding::Severity;
use playtrace::rules::rule::Family;
use serde_json::Value;

use crate::support::examples::{Judged, judged};

/// A recorded archive, as JSON.
#[track_caller]
fn archive(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/captures/clients/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_slice(&bytes).expect("an archive is JSON")
}

fn judge(archive: &Value) -> Judged {
    judged("changed.har", archive.to_string().as_bytes(), Profile::Default)
}

/// Names of the rules of the family that found something, once each.
fn names(archive: &Value, least: Severity) -> Vec<&'static str> {
    let judged = judge(archive);
    let of_family = judged
        .judgement
        .findings
        .iter()
        .filter(|finding| finding.rule.meta.family == Family::Transport && finding.severity >= least);
    let mut names: Vec<_> = of_family.map(|finding| finding.rule.meta.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn entries(archive: &mut Value) -> &mut Vec<Value> {
    archive["log"]["entries"].as_array_mut().expect("entries")
}

fn is(entry: &Value, method: &str) -> bool {
    entry["request"]["method"] == method
}

fn is_of_api(entry: &Value) -> bool {
    entry["request"]["url"].as_str().is_some_and(|url| url.contains("/api/v1/"))
}

/// Recordings of browsers that show preflights.
const WITH_PREFLIGHTS: [&str; 3] =
    ["chromium-js310.chrome-har.har", "firefox-js310.firefox.har", "mitm-js310.mitmproxy.har"];

#[test]
fn browsers_and_their_preflights_are_no_fault() {
    for name in WITH_PREFLIGHTS.into_iter().chain(["chromium-js310.playwright.har", "cc303-vod.har"]) {
        let found = names(&archive(name), Severity::Info);
        assert!(found.iter().all(|name| *name == "overlapping-requests"), "{name}: {found:?}");
    }
}

#[test]
fn preflights_without_cors_headers_are_refused() {
    for name in WITH_PREFLIGHTS {
        let mut archive = archive(name);
        entries(&mut archive).retain(|entry| !(is_of_api(entry) && is(entry, "POST")));
        for entry in entries(&mut archive).iter_mut().filter(|entry| is(entry, "OPTIONS")) {
            let headers = entry["response"]["headers"].as_array_mut().expect("headers");
            headers.retain(|header| {
                !header["name"]
                    .as_str()
                    .is_some_and(|name| name.eq_ignore_ascii_case("access-control-allow-origin"))
            });
        }
        assert_eq!(names(&archive, Severity::Info), ["preflight-refused"], "{name}");
    }
}

#[test]
fn a_preflight_after_which_the_recording_shows_nothing_is_a_beacon() {
    for name in WITH_PREFLIGHTS {
        let mut archive = archive(name);
        let preflights =
            entries(&mut archive).iter().filter(|entry| is_of_api(entry) && is(entry, "OPTIONS"));
        let last = preflights.cloned().next_back();
        let mut last = last.expect("a preflight");
        // a minute after everything else
        let time = |entry: &Value| entry["startedDateTime"].as_str().map(str::to_owned).expect("a time");
        let latest = entries(&mut archive).iter().map(time).max().expect("entries");
        let (minute, rest) = (latest[14..16].parse::<u32>().expect("minutes"), &latest[16..]);
        let (hour, minute) =
            (latest[11..13].parse::<u32>().expect("hours") + (minute + 1) / 60, (minute + 1) % 60);
        last["startedDateTime"] = format!("{}{hour:02}:{minute:02}{rest}", &latest[..11]).into();
        entries(&mut archive).push(last);
        let found = names(&archive, Severity::Warn);
        assert_eq!(found, ["beacon-never-left"], "{name}");
    }
}

#[test]
fn requests_that_a_proxy_sent_twice_are_told_once_per_session() {
    let mut archive = archive("js310-vod-full-virt.har");
    let twice: Vec<Value> =
        entries(&mut archive).iter().flat_map(|entry| [entry.clone(), entry.clone()]).collect();
    *entries(&mut archive) = twice;
    let judged = judge(&archive);
    let of_rule =
        judged.judgement.findings.iter().filter(|finding| finding.rule.meta.name == "repeated-request");
    let counts: Vec<u32> = of_rule.map(|finding| finding.count).collect();
    assert_eq!(counts.len(), 2, "its start, and its events: {counts:?}");
    assert!(counts.iter().any(|count| *count > 5), "{counts:?}");
}

#[test]
fn an_answer_of_zero_is_no_answer() {
    let mut archive = archive("js310-vod-full-virt.har");
    entries(&mut archive)[5]["response"]["status"] = 0.into();
    assert_eq!(names(&archive, Severity::Info), ["server-error"]);
}

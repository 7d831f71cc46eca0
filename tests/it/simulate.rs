//! `playtrace simulate` as a process: against `playtrace collect`, and against servers that answer badly.

use crate::clients::setup::{Setup, Way};
use crate::support::answers::{Answers, Asked};
use crate::support::network::{CollectProcess, playtrace, playtrace_stopped_when, running_collector};
use playtrace::ingest::ingest;
use playtrace::model::watch::Unwatched;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::time::Instant;
use tempfile::TempDir;

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
}

#[track_caller]
fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Plays against a collector of its own: the result, and the file with what arrived.
#[track_caller]
fn played(folder: &TempDir, name: &str, arguments: &[&str]) -> (Output, String) {
    let record = folder.path().join(name);
    let collect = CollectProcess::start(&["--journal", text(&record)]);
    let output = playtrace(&[&["simulate", "--to", &collect.base], arguments].concat());
    assert_code(&collect.terminate(), 0);
    (output, text(&record).to_owned())
}

fn script(folder: &TempDir, script: &str) -> String {
    let path = folder.path().join("script.session");
    std::fs::write(&path, script).expect("written");
    text(&path).to_owned()
}

#[test]
fn random_sessions_at_full_speed_arrive_whole_with_nothing_above_info() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&["--seed", "1"][..], &["--seed", "40", "--browser"]] {
        let arguments = [&["--sessions", "3", "--speed", "max", "--format", "json"], arguments].concat();
        let (output, record) = played(&folder, &format!("{}.jsonl", arguments.len()), &arguments);
        assert_code(&output, 0);
        let report = json_of(&output);
        assert_eq!(report["summary"]["accepted"], report["summary"]["requests"], "{report:#}");
        let check = playtrace(&["check", &record, "--format", "json", "--fail-on", "warn"]);
        assert_code(&check, 0);
        let checked = json_of(&check);
        assert_eq!(checked["summary"]["sessions"], report["summary"]["sessions"]);
        assert_eq!(checked["summary"]["warn"], 0);
    }
}

/// A request that arrived.
struct Recorded {
    url: String,
    location_sid: String,
    body: String,
}

/// What a collector kept.
#[track_caller]
fn recorded(record: &str) -> Vec<Recorded> {
    let capture = ingest("got", std::fs::read(record).expect("a recording"), &Unwatched);
    let requests = capture.all_exchanges().map(|exchange| Recorded {
        url: exchange.url(),
        location_sid: exchange.location_sid().unwrap_or_default().to_owned(),
        body: String::from_utf8(exchange.body_text().unwrap_or_default().into_owned()).expect("text"),
    });
    requests.collect()
}

/// Bodies by session (in the order in which these were opened), without `ts`.
#[track_caller]
fn bodies(record: &str) -> Vec<Vec<String>> {
    let mut of_session: BTreeMap<String, usize> = BTreeMap::new();
    let mut sessions: Vec<Vec<String>> = Vec::new();
    for request in recorded(record) {
        let Recorded { url, location_sid, body } = request;
        let sid =
            url.split_once("/api/v1/sessions/").map_or(location_sid, |(_, rest)| rest.replace("/events", ""));
        let index = *of_session.entry(sid).or_insert(sessions.len());
        if index == sessions.len() {
            sessions.push(Vec::new());
        }
        let mut parts = body.split("\"ts\":");
        let mut kept = parts.next().unwrap_or_default().to_owned();
        parts.for_each(|part| kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit())));
        sessions[index].push(kept);
    }
    sessions
}

#[test]
fn equal_seeds_send_equal_bodies_but_for_ts() {
    let folder = tempfile::tempdir().expect("a folder");
    // One after the other, so that sessions come in the same order; the content of these seeds is not live.
    let arguments = |seed| ["--seed", seed, "--sessions", "2", "--speed", "max", "--at-once", "1"];
    let [first, again, other] = [("a", "2"), ("b", "2"), ("c", "3")]
        .map(|(name, seed)| bodies(&played(&folder, name, &arguments(seed)).1));
    assert_eq!((first.len(), first[0].len()), (2, 44));
    assert!(first == again, "seeds decide the bodies");
    assert!(first != other && first[1] == other[0], "the second session has the next seed");
}

#[test]
fn a_script_is_sent_as_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = script(
        &folder,
        "@vod length=60\n+0 sessionStart\n+0.5 play type=text/plain\n+1 ping raw='no JSON'\n+2 sessionEnd\n\
         @batch\n+0 sessionStart\n+1 sessionEnd\n",
    );
    let started = Instant::now();
    let (output, record) = played(&folder, "got.json", &["--script", &script, "--speed", "4"]);
    assert_code(&output, 1);
    assert!(started.elapsed().as_millis() >= 500, "two seconds, four times faster");
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(told.contains("session 1.1  online  4 requests, 3 accepted, 1 refused  "), "{told}");
    assert!(told.contains("\n  /api/v1/sessions/{sid}/events  400  "), "{told}");
    assert!(told.contains("session 1.2  downloaded  1 request, 1 accepted"), "{told}");
    let sent: Vec<String> = recorded(&record).into_iter().map(|request| request.body).collect();
    assert_eq!(sent.len(), 5);
    assert!(sent.contains(&"no JSON".to_owned()), "{sent:?}");
}

/// A short session, as it is played against a server that answers badly.
const SHORT: &str = "@vod length=600\n+0 sessionStart\n+1 play\n+11 ping\n+21 ping\n+22 sessionEnd\n";

/// The API as it answers when all goes well: each start gets another id.
fn well(asked: &Asked, number: usize) -> Option<String> {
    let opens = asked.path.ends_with("/sessions") && asked.method == "POST";
    Some(match opens {
        true => format!("201 Created\r\nLocation: /api/v1/sessions/s{number}"),
        false => "204 No Content".to_owned(),
    })
}

/// Plays [`SHORT`] against these answers: the result, and what was asked.
#[track_caller]
fn answered(
    arguments: &[&str],
    answer: impl Fn(usize, &Asked) -> Option<String> + Send + 'static,
) -> (Output, Vec<Asked>) {
    let folder = tempfile::tempdir().expect("a folder");
    let script = script(&folder, SHORT);
    let server = Answers::start(answer);
    let common =
        ["simulate", "--to", &server.base, "--script", &script, "--speed", "max", "--format", "json"];
    let output = playtrace(&[&common, arguments].concat());
    (output, server.asked())
}

fn types(asked: &[Asked]) -> Vec<String> {
    asked.iter().map(Asked::event_type).collect()
}

#[test]
fn a_start_that_brings_no_session_is_tried_three_times() {
    let faults = [Some("500 No"), Some("201 Created"), None];
    for fault in faults {
        let answer = move |number: usize, asked: &Asked| match number {
            0 | 1 => fault.map(str::to_owned),
            _ => well(asked, number),
        };
        let (output, asked) = answered(&[], answer);
        let all = ["sessionStart", "sessionStart", "sessionStart", "play", "ping", "ping", "sessionEnd"];
        assert_eq!(types(&asked), all);
        assert_code(&output, if fault == Some("201 Created") { 0 } else { 1 });
        let (output, asked) = answered(&[], move |_, _| fault.map(str::to_owned));
        assert_eq!(types(&asked), ["sessionStart"; 3]);
        assert_eq!(json_of(&output)["sessions"][0]["not_sent"], 4);
        assert_code(&output, 1);
    }
    let (_, asked) = answered(&[], |_, _| Some("400 Bad".to_owned()));
    assert_eq!(types(&asked), ["sessionStart"], "what is wrong stays wrong");
}

#[test]
fn a_lost_session_is_followed_by_another_that_says_what_is_open() {
    for status in ["404 Not Found", "410 Gone"] {
        let answer = move |number: usize, asked: &Asked| match number {
            2 => Some(status.to_owned()),
            _ => well(asked, number),
        };
        let (output, asked) = answered(&[], answer);
        assert_code(&output, 1);
        let all = ["sessionStart", "play", "ping", "sessionStart", "play", "ping", "ping", "sessionEnd"];
        assert_eq!(types(&asked), all);
        assert_eq!(asked[3].event()["params"]["media.resume"], true);
        assert_eq!(asked[5].body, asked[2].body);
        let paths: Vec<&str> = asked[4..].iter().map(|asked| asked.path.as_str()).collect();
        assert_eq!(paths, ["/api/v1/sessions/s3/events"; 4]);
        assert_eq!(json_of(&output)["sessions"][0]["sids"], serde_json::json!(["s0", "s3"]));
    }
    let answer = |number: usize, asked: &Asked| match number {
        4 => Some("410 Gone".to_owned()),
        _ => well(asked, number),
    };
    assert_eq!(answered(&[], answer).1.len(), 5, "the end of a lost session opens nothing");
    let answer = |number: usize, asked: &Asked| match asked.path.ends_with("/events") {
        true => Some("410 Gone".to_owned()),
        false => well(asked, number),
    };
    let (output, asked) = answered(&[], answer);
    assert_eq!(types(&asked).iter().filter(|kind| *kind == "sessionStart").count(), 6, "not for ever");
    assert_eq!(json_of(&output)["sessions"][0]["not_sent"], 3);
}

#[test]
fn an_event_that_is_refused_or_gets_no_answer_is_dropped() {
    for fault in [Some("400 Bad"), Some("500 No"), Some("302 Found\r\nLocation: http://other.example/"), None]
    {
        let answer = move |number: usize, asked: &Asked| match number {
            2 => fault.map(str::to_owned),
            _ => well(asked, number),
        };
        let (output, asked) = answered(&[], answer);
        assert_code(&output, 1);
        assert_eq!(types(&asked), ["sessionStart", "play", "ping", "ping", "sessionEnd"]);
        let told = &json_of(&output)["sessions"][0];
        assert_eq!((&told["accepted"], &told["troubles"][0]["what"]), (&4.into(), &"ping".into()));
    }
}

#[test]
fn a_browser_asks_first_and_sends_nothing_that_was_not_allowed() {
    let (output, asked) = answered(&["--browser"], |number, asked| well(asked, number));
    assert_code(&output, 0);
    assert_eq!(types(&asked), ["OPTIONS", "sessionStart", "OPTIONS", "play", "ping", "ping", "sessionEnd"]);
    assert!(asked[0].headers.contains("access-control-request-headers: content-type\r\n"), "{asked:?}");
    assert!(asked.iter().all(|asked| asked.headers.contains("origin: https://player.example\r\n")));
    let (output, asked) = answered(&["--browser"], |number, asked| match asked.method.as_str() {
        "OPTIONS" => Some("405 No".to_owned()),
        _ => well(asked, number),
    });
    assert_code(&output, 1);
    assert_eq!(types(&asked), ["OPTIONS"; 3], "asked for each try, and nothing sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_that_is_stopped_ends_its_sessions_unless_it_vanishes() {
    for (arguments, last) in [(&[][..], "sessionEnd"), (&["--vanish"], "play")] {
        let folder = tempfile::tempdir().expect("a folder");
        let script = script(&folder, "@vod length=600\n+0 sessionStart\n+0 play\n+10..+60/10 ping\n");
        let (collector, recording) = running_collector().await;
        let common = ["simulate", "--to", &collector.base_url(), "--script", &script];
        let mut events = Vec::new();
        let output = playtrace_stopped_when(&[&common, arguments].concat(), || {
            events.extend(recording.take().into_iter().map(|recorded| recorded.arrived.body));
            events.len() == 2
        });
        assert_code(&output.output, 0);
        assert!(output.took.as_secs_f64() < 2.0, "{:?}", output.took);
        events.extend(recording.take().into_iter().map(|recorded| recorded.arrived.body));
        let event: Value = serde_json::from_slice(events.last().expect("events")).expect("JSON");
        assert_eq!(event["eventType"], last);
        let told = String::from_utf8(output.output.stdout).expect("text");
        assert!(told.contains(", 6 not sent, stopped  "), "{told}");
        collector.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_with_its_own_certificate_is_trusted_when_that_is_given() {
    let setup = Setup::start(Way::Tls).await;
    let ca = text(&setup.authority);
    let play = ["simulate", "--to", &setup.base, "--seed", "5", "--speed", "max"];
    let distrusted = playtrace(&play);
    assert_code(&distrusted, 1);
    assert!(String::from_utf8_lossy(&distrusted.stdout).contains("no connection: "), "{distrusted:?}");
    assert_code(&playtrace(&[&play[..], &["--ca", ca]].concat()), 0);
    let folder = tempfile::tempdir().expect("a folder");
    let script = script(&folder, SHORT);
    let resend = ["resend", &script, "--to", &setup.base, "--speed", "max"];
    assert_code(&playtrace(&[&resend[..], &["--ca", ca]].concat()), 0);
    assert_code(&playtrace(&[&resend[..], &["--ca", &script]].concat()), 2);
    setup.stop().await;
}

#[test]
fn what_may_not_be_sent_and_what_is_no_script_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = playtrace(&["simulate", "--to", "http://elsewhere.example"]);
    assert_code(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("was not allowed"), "{output:?}");
    let json = script(&folder, "{}");
    let output = playtrace(&["simulate", "--to", "http://127.0.0.1:9", "--script", &json]);
    assert_code(&output, 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not in the session notation"), "{output:?}");
    let mistyped = script(&folder, "@vod\n+0 sessionStart\n5 play\n");
    let output = playtrace(&["simulate", "--to", "http://127.0.0.1:9", "--script", &mistyped]);
    assert_code(&output, 3);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("line 3 of the notation: expected"),
        "{output:?}"
    );
    let empty = script(&folder, "@vod\n");
    assert_code(&playtrace(&["simulate", "--to", "http://127.0.0.1:9", "--script", &empty]), 3);
    let lacking = script(&folder, "@vod\n+0 sessionStart\n+1 play body=none\n");
    let output = playtrace(&["simulate", "--to", "http://127.0.0.1:9", "--script", &lacking]);
    assert_code(&output, 2);
    assert!(String::from_utf8_lossy(&output.stdout).contains("lacks the body of request 2"), "{output:?}");
}

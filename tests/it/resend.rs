//! `playtrace resend` as a process, against `playtrace collect`.

use crate::support::journal::{self, Journaled};
use crate::support::network::{
    CollectProcess, START, event, playtrace, playtrace_interrupted, playtrace_with, running_collector,
};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// A folder with captures to send.
struct Captures(TempDir);

impl Captures {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes request records: path, body, arrival in seconds. A start is answered with the id `old`.
    fn write(&self, name: &str, requests: &[(&str, &str, i64)]) -> String {
        let answered: Vec<_> =
            requests.iter().map(|(path, body, secs)| (*path, *body, *secs, "old")).collect();
        self.write_answered(name, &answered)
    }

    /// The same, with the id that each start is answered with.
    fn write_answered(&self, name: &str, requests: &[(&str, &str, i64, &str)]) -> String {
        let record = |(seq, (path, body, secs, sid)): (usize, &(&str, &str, i64, &str))| {
            let opens = path.ends_with("/sessions");
            let location = format!("/api/v1/sessions/{sid}");
            let headers = if opens { json!({ "Location": location }) } else { json!({}) };
            json!({
                "seq": seq, "arrivalMs": 1_792_002_609_000_i64 + secs * 1000, "method": "POST",
                "url": format!("http://old.example{path}"), "path": path, "httpVersion": "HTTP/1.1",
                "headers": [{ "name": "Content-Type", "value": "application/json" }], "body": body,
                "response": { "status": if opens { 201 } else { 204 }, "headers": headers, "body": "" },
            })
        };
        let records: Vec<Value> = requests.iter().enumerate().map(record).collect();
        std::fs::write(self.path(name), serde_json::to_vec(&records).expect("JSON")).expect("written");
        text(&self.path(name)).to_owned()
    }

    fn online(&self, last_secs: i64) -> String {
        let events = "/api/v1/sessions/old/events";
        let (play, end) = (event("play", 1), event("sessionEnd", 2));
        self.write(
            "online.json",
            &[("/api/v1/sessions", START, 0), (events, &play, 0), (events, &end, last_secs)],
        )
    }

    fn batch(&self, third: &str) -> String {
        let body = format!("[ {START},\n{} , {third} ]", event("play", 1));
        self.write("batch.json", &[("/api/v1/downloaded", &body, 0)])
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[track_caller]
fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[track_caller]
fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
}

#[test]
fn a_recorded_session_is_sent_again_and_arrives_as_planned() {
    let captures = Captures::new();
    let record = captures.path("got.jsonl");
    let collect = CollectProcess::start(&["--journal", text(&record)]);
    let online = captures.online(0);
    let output = playtrace(&["resend", &online, "--to", &collect.base, "--format", "json"]);
    assert_code(&output, 0);
    assert_code(&collect.terminate(), 0);
    let report = json_of(&output);
    assert_eq!(report["summary"]["accepted"], 3);
    let sid = report["sessions"][0]["requests"][0]["sid"].as_str().expect("the new id");
    let recorded = journal::requests(std::path::Path::new(&record));
    let arrived = |index: usize| (Some(recorded[index].target()), recorded[index].body());
    let events = format!("/api/v1/sessions/{sid}/events");
    assert_eq!(arrived(0), (Some("/api/v1/sessions"), Some(START)));
    assert_eq!(arrived(1), (Some(&*events), Some(&*event("play", 1))));
    assert_eq!(arrived(2), (Some(&*events), Some(&*event("sessionEnd", 2))));

    // What the collector recorded is itself a capture that can be sent.
    let again = CollectProcess::start(&[]);
    let output = playtrace(&["resend", text(&record), "--to", &again.base, "--speed", "max"]);
    assert_code(&output, 0);
    assert_eq!(stdout(&output).lines().count(), 3);
}

#[test]
fn sessions_side_by_side_keep_their_own_ids_and_their_order() {
    let captures = Captures::new();
    let record = captures.path("got.jsonl");
    let collect = CollectProcess::start(&["--journal", text(&record)]);
    let sids: Vec<String> = (0..20).map(|n| format!("old{n}")).collect();
    let starts: Vec<String> = sids.iter().map(|sid| START.replace("\"m\"", &format!("\"{sid}\""))).collect();
    let bodies: Vec<String> = (1..=5).map(|secs| event("ping", secs)).collect();
    let paths: Vec<String> = sids.iter().map(|sid| format!("/api/v1/sessions/{sid}/events")).collect();
    let mut requests: Vec<(&str, &str, i64, &str)> = Vec::new();
    for (sid, start) in sids.iter().zip(&starts) {
        requests.push(("/api/v1/sessions", start, 0, sid));
    }
    for body in &bodies {
        requests.extend(paths.iter().map(|path| (path.as_str(), body.as_str(), 1, "")));
    }
    let many = captures.write_answered("many.json", &requests);
    let output = playtrace(&["resend", &many, "--to", &collect.base, "--speed", "max", "--format", "json"]);
    assert_code(&output, 0);
    let only = playtrace(&["resend", &many, "--to", &collect.base, "--speed", "max", "--session", "3"]);
    assert_eq!(stdout(&only).lines().filter(|line| line.starts_with("session 3 ")).count(), 6);
    assert_eq!(stdout(&only).lines().count(), 6);
    assert_code(&collect.terminate(), 0);

    let recorded = journal::requests(std::path::Path::new(&record));
    assert_eq!(recorded.len(), 21 * 6);
    let report = json_of(&output);
    for (session, start) in report["sessions"].as_array().expect("an array").iter().zip(&starts) {
        let sid = session["requests"][0]["sid"].as_str().expect("an id");
        let of_session = |one: &&Journaled| {
            one.target().contains(sid)
                || one.answer_header("Location").is_some_and(|place| place.ends_with(sid))
        };
        let arrived: Vec<&str> = recorded.iter().filter(of_session).filter_map(Journaled::body).collect();
        let mut sent = vec![start.as_str()];
        sent.extend(bodies.iter().map(String::as_str));
        assert_eq!(arrived, sent);
    }
}

#[test]
fn a_damaged_batch_is_refused_and_the_event_is_named() {
    let captures = Captures::new();
    let collect = CollectProcess::start(&[]);
    let batch = captures.batch(&event("sessionEnd", 2));
    assert_code(&playtrace(&["resend", &batch, "--to", &collect.base]), 0);
    let damaged = captures.batch(&event("ping", 2).replace("3000", "\"3000\""));
    let output = playtrace(&["resend", &damaged, "--to", &collect.base]);
    assert_code(&output, 1);
    let line = stdout(&output);
    assert!(line.contains("  event 2 (ping)  /2/playerTime/ts: must be an integer"), "{line}");
    let output = playtrace(&["resend", &damaged, "--to", &collect.base, "--format", "json"]);
    let request = &json_of(&output)["sessions"][0]["requests"][0];
    assert_eq!((&request["status"], &request["event_at_fault"]), (&json!(400), &json!(2)));
}

#[test]
fn nothing_is_sent_to_a_host_that_was_not_allowed() {
    let captures = Captures::new();
    let online = captures.online(0);
    for address in ["http://collector.example", "http://localhost.evil.com:1", "http://192.0.2.7"] {
        let output = playtrace(&["resend", &online, "--to", address, "--allow-host", "other.example"]);
        assert_code(&output, 2);
        assert!(String::from_utf8_lossy(&output.stderr).contains("was not allowed"), "{output:?}");
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn a_dry_run_shows_every_request_and_sends_none() {
    let captures = Captures::new();
    let online = captures.online(7);
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    nobody.set_nonblocking(true).expect("a socket of ours");
    let base = format!("http://{}", nobody.local_addr().expect("an address"));
    let output = playtrace(&["resend", &online, "--to", &base, "--dry-run"]);
    assert_code(&output, 0);
    let size = START.len();
    let expected = format!(
        "session 1  +0.000 s  POST {base}/api/v1/sessions  sessionStart, {size} bytes\n\
         session 1  +0.000 s  POST {base}/api/v1/sessions/{{sid}}/events  play, {} bytes\n\
         session 1  +7.000 s  POST {base}/api/v1/sessions/{{sid}}/events  sessionEnd, {} bytes\n",
        event("play", 1).len(),
        event("sessionEnd", 2).len()
    );
    assert_eq!(stdout(&output), expected);
    let arguments = ["resend", &online, "--to", &base, "--dry-run", "--format", "json", "--header", "X-A: b"];
    let request = json_of(&playtrace(&arguments))["sessions"][0]["requests"][0].clone();
    assert_eq!((&request["body"], &request["status"]), (&json!(START), &Value::Null));
    assert_eq!(request["headers"][1], json!({ "name": "X-A", "value": "b" }));
    assert!(nobody.accept().is_err(), "nobody has connected");
}

#[tokio::test]
async fn variables_of_the_environment_lead_nothing_elsewhere() {
    let (collector, recording) = running_collector().await;
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    proxy.set_nonblocking(true).expect("a socket of ours");
    let address = format!("http://{}", proxy.local_addr().expect("an address"));
    let captures = Captures::new();
    let online = captures.online(0);
    let base = collector.base_url();
    let sending = tokio::task::spawn_blocking(move || {
        let names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"];
        let mut variables = names.map(|name| (name, address.as_str())).to_vec();
        // A machine without root certificates: plain HTTP needs none.
        variables.extend([("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")]);
        playtrace_with(&["resend", &online, "--to", &base], &variables)
    });
    assert_code(&sending.await.expect("it was run"), 0);
    assert_eq!(recording.take().len(), 3);
    assert!(proxy.accept().is_err(), "nobody has asked the proxy");
    collector.stop().await;
}

#[test]
fn without_root_certificates_an_https_target_is_refused_in_words() {
    let captures = Captures::new();
    let variables = [("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")];
    let output = playtrace_with(&["resend", &captures.online(0), "--to", "https://127.0.0.1:1"], &variables);
    assert_code(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("certificates"), "{output:?}");
}

#[test]
fn ctrl_c_stops_between_two_requests() {
    let captures = Captures::new();
    let collect = CollectProcess::start(&[]);
    let online = captures.online(3600);
    let output = playtrace_interrupted(&["resend", &online, "--to", &collect.base], 2);
    assert_code(&output, 1);
    assert!(stdout(&output).ends_with("sessionEnd  not sent: cancelled\n"), "{output:?}");
}

#[test]
fn options_reach_the_plan() {
    let captures = Captures::new();
    let (online, base) = (captures.online(8), "http://127.0.0.1:1");
    let requests = |options: &[&str]| {
        let arguments =
            [&["resend", &online, "--to", base, "--dry-run", "--format", "json"], options].concat();
        json_of(&playtrace(&arguments))["sessions"][0]["requests"].clone()
    };
    assert_eq!(requests(&["--speed", "4"])[2]["at_ms"], 2000);
    assert_eq!(requests(&["--max-gap", "0.5"])[2]["at_ms"], 500);
    assert_eq!(requests(&["--speed", "max"])[2]["at_ms"], 0);
    let downloaded = requests(&["--mode", "downloaded", "--ts", "ends-now"]);
    assert_eq!((&downloaded[0]["events"], &downloaded[1]), (&json!([0, 1, 2]), &Value::Null));
    let stamps = |requests: &Value| -> Vec<i64> {
        let body: Value = serde_json::from_str(requests[0]["body"].as_str().expect("text")).expect("JSON");
        body.as_array().expect("a batch").iter().filter_map(|e| e["playerTime"]["ts"].as_i64()).collect()
    };
    let moved = stamps(&downloaded);
    assert_eq!((moved[1] - moved[0], moved[2] - moved[1]), (1000, 1000), "gaps are kept");
    assert!(moved[2] > 1_700_000_000_000, "the last one is about now: {moved:?}");
}

#[test]
fn what_cannot_be_read_or_chosen_has_its_own_exit_code() {
    let captures = Captures::new();
    let online = captures.online(0);
    let resend = |arguments: &[&str]| {
        playtrace(&[&["resend", "--to", "http://127.0.0.1:1", "--dry-run"], arguments].concat())
    };
    assert_code(&resend(&["/nowhere/capture.har"]), 3);
    assert_code(&resend(&[&online, "--session", "2"]), 2);
    assert_code(&resend(&[&online, "--session", "0"]), 2);
    assert_code(&resend(&[&online, "--speed", "-1"]), 2);
    assert_code(&resend(&[&online, "--header", "none"]), 2);
    assert_code(&resend(&[&online, "--session", "1"]), 0);
    let nothing = captures.path("nothing.txt");
    std::fs::write(&nothing, "no traffic in here").expect("written");
    assert_code(&resend(&[text(&nothing)]), 3);
}

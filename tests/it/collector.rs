//! The collector on real sockets, and `playtrace collect` as a process.

use crate::support::journal;
use crate::support::network::{CollectProcess, DEADLINE, START, client, event, playtrace, running_collector};
use playtrace::collector::limits::Limits;
use playtrace::collector::recorder::Recording;
use playtrace::collector::stand_in::CORS_HEADERS;
use playtrace::collector::{Collector, CollectorConfig};
use playtrace::model::policy::Policy;
use reqwest::Method;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn ask(method: Method, url: &str, body: impl Into<reqwest::Body>) -> reqwest::Response {
    client().request(method, url).body(body).send().await.expect("an answer")
}

fn header<'a>(response: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().expect("text"))
}

#[track_caller]
fn assert_cors(response: &reqwest::Response) {
    for (name, value) in CORS_HEADERS {
        assert_eq!(header(response, name), Some(value), "{} {name}", response.url());
    }
}

#[tokio::test]
async fn a_session_is_opened_fed_and_closed_over_http() {
    let (collector, recording) = running_collector().await;
    let base = format!("{}/va/api/v1/sessions", collector.base_url());
    let start = ask(Method::POST, &base, START).await;
    assert_cors(&start);
    assert_eq!((start.status().as_u16(), header(&start, "content-length")), (201, Some("0")));
    let sid = header(&start, "location").expect("a Location").rsplit('/').next().expect("an id").to_owned();
    let events = format!("{base}/{sid}/events");
    for (body, status) in [
        (event("play", 0), 204),
        (event("ping", 1).replace("2000", "\"2000\""), 400),
        (event("sessionEnd", 2), 204),
        (event("ping", 3), 410),
    ] {
        let answer = ask(Method::POST, &events, body).await;
        assert_cors(&answer);
        assert_eq!(answer.status().as_u16(), status);
        if status == 400 {
            let body = answer.bytes().await.expect("a body");
            let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            assert_eq!(body["message"], "/playerTime/ts: must be an integer");
        }
    }
    assert_eq!(ask(Method::POST, &events.replace(&sid, "x"), event("ping", 3)).await.status(), 404);
    let recorded = recording.take();
    let statuses: Vec<u16> = recorded.iter().filter_map(|one| one.answered.status).collect();
    assert_eq!(statuses, [201, 204, 400, 204, 410, 404]);
    assert_eq!(
        (recorded[0].arrived.target.as_str(), recorded[0].arrived.method.as_str()),
        ("/va/api/v1/sessions", "POST")
    );
    assert_eq!((&recorded[0].arrived.body[..], recorded[0].answered.n_events), (START.as_bytes(), 1));
    collector.stop().await;
}

#[tokio::test]
async fn preflights_and_schemas_are_answered_with_cors_headers() {
    let (collector, _) = running_collector().await;
    let base = collector.base_url();
    for (method, path, status) in [
        (Method::OPTIONS, "/api/v1/sessions", 204),
        (Method::OPTIONS, "/api/v1/sessions/abc/events", 204),
        (Method::GET, "/api/v1/schemas/adStart", 200),
        (Method::GET, "/api/v1/schemas/nothing", 404),
        (Method::DELETE, "/api/v1/sessions", 405),
        (Method::GET, "/favicon.ico", 404),
    ] {
        let answer = ask(method, &format!("{base}{path}"), "").await;
        assert_cors(&answer);
        assert_eq!(answer.status().as_u16(), status, "{path}");
        if status == 200 {
            assert_eq!(header(&answer, "content-type"), Some("application/json"));
            assert!(answer.text().await.expect("a body").contains("draft-04"));
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_answered_413_and_recorded_as_cut() {
    let recording = Arc::new(Recording::default());
    let config = CollectorConfig {
        limits: Limits { body_bytes: 1000, ..Limits::default() },
        ..CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default())
    };
    let collector = Collector::start(config, recording.clone()).await.expect("a free port");
    let answer =
        ask(Method::POST, &format!("{}/api/v1/downloaded", collector.base_url()), vec![b' '; 3_000_000])
            .await;
    assert_cors(&answer);
    assert_eq!(answer.status(), 413);
    assert!(answer.text().await.expect("a body").contains("1000 bytes"));
    let recorded = recording.take();
    assert_eq!(
        (recorded.len(), recorded[0].arrived.body.len(), recorded[0].arrived.body_cut),
        (1, 1000, true)
    );
    collector.stop().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_recorded_as_cut() {
    let (collector, recording) = running_collector().await;
    let address = collector.address();
    let mut socket = TcpStream::connect(address).expect("a connection");
    socket
        .write_all(b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{\"even")
        .expect("sent");
    drop(socket);
    let recorded = wait_for(|| recording.take().pop()).await;
    assert_eq!((&recorded.arrived.body[..], recorded.arrived.body_cut), (&b"{\"even"[..], true));
    collector.stop().await;
}

/// Asks again and again until there is something.
async fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "it did not happen in time");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn stopping_frees_the_port_even_with_open_connections() {
    let (collector, _) = running_collector().await;
    let address = collector.address();
    let idle = TcpStream::connect(address).expect("a connection");
    let mut half = TcpStream::connect(address).expect("a connection");
    half.write_all(b"POST /api/v1/sessions HTTP/1.1\r\nContent-Length: 99\r\nHost: x\r\n\r\n[")
        .expect("sent");
    // Connections are taken in order: with this answer the two above are open on the other side.
    let later = ask(Method::OPTIONS, &format!("{}/", collector.base_url()), "").await;
    assert_eq!(later.status(), 204);
    let began = Instant::now();
    collector.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    drop((idle, half));
}

#[tokio::test]
async fn the_command_prints_its_address_answers_records_and_stops_on_term() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("got.jsonl");
    let process = CollectProcess::start(&["--journal", file.to_str().expect("UTF-8")]);
    let address: SocketAddr =
        process.base.strip_prefix("http://").expect("a base address").parse().expect("address and port");
    assert!(address.ip().is_loopback() && address.port() != 0);
    let start = ask(Method::POST, &format!("{}/api/v1/sessions?x=1", process.base), START).await;
    assert_eq!(start.status(), 201);
    let broken = ask(Method::POST, &format!("{}/api/v1/downloaded", process.base), &b"[\xff]"[..]).await;
    assert_eq!(broken.status(), 400);
    let began = Instant::now();
    let output = process.terminate();
    assert_eq!(output.status.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(TcpListener::bind(address).is_ok(), "the port is free");

    let log = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], "POST /api/v1/sessions?x=1 201, 1 event");
    assert!(lines[1].starts_with("POST /api/v1/downloaded 400, the body: is not JSON"), "{log}");
    assert_eq!(output.stdout, b"", "one line and nothing else");

    let recorded = journal::requests(&file);
    assert_eq!(recorded.len(), 2);
    let first = &recorded[0];
    assert_eq!((first.body(), first.target()), (Some(START), "/api/v1/sessions?x=1"));
    assert_eq!(first.answer["status"], 201);
    let location = first.answer_header("Location").expect("a Location");
    assert_eq!(location.len(), "/api/v1/sessions/".len() + 64);
    let at: jiff::Timestamp = first.request["at"].as_str().expect("text").parse().expect("ISO 8601");
    let answered: jiff::Timestamp = first.answer["at"].as_str().expect("text").parse().expect("ISO 8601");
    assert!(at <= answered);
    assert_eq!(recorded[1].request["body64"], "W/9d");
}

#[tokio::test]
async fn a_log_that_nobody_reads_neither_delays_answers_nor_the_stop() {
    let process = CollectProcess::start(&[]);
    let url = format!("{}/api/v1/sessions/{}/events", process.base, "x".repeat(2000));
    // Far more than a pipe and the waiting lines hold together.
    for _ in 0..1200 {
        assert_eq!(ask(Method::POST, &url, "{}").await.status(), 404);
    }
    assert_eq!(process.terminate_unread().status.code(), Some(0));
}

#[test]
fn an_address_in_use_is_an_error_of_usage() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = playtrace(&["collect", "--listen", &address]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot listen on 127.0.0.1"));
}

/// A collector that other machines could reach, if any knew its port.
const EXPOSED: [&str; 5] = ["collect", "--listen", "0.0.0.0:0", "--journal", "/dev/null/none"];

#[test]
fn an_address_that_others_can_reach_is_taken_without_a_question_where_nobody_can_answer() {
    let output = playtrace(&EXPOSED);
    let said = String::from_utf8(output.stderr).expect("text");
    let (warning, error) = said.split_once('\n').expect("two lines");
    assert!(warning.starts_with("warning: other machines can reach a collector at 0.0.0.0:0"), "{said}");
    assert!(error.starts_with("error: "), "it went on, and the journal cannot be written: {said}");
    assert!(!said.contains('\x1b') && !said.contains("[y/N]"), "{said}");
    let help = String::from_utf8(playtrace(&["collect", "--help"]).stdout).expect("text");
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("where standard input or standard error is no terminal, naming it is the answer"));
}

/// `script` of util-linux gives the program a terminal.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_is_red_and_asked_about_once() {
    let full = std::env::var_os("PLAYTRACE_TESTS").is_some_and(|form| form == "full");
    for (answers, goes_on) in [("n\n", false), ("y\n", true), ("\n", false)] {
        let command = format!("{} {}", env!("CARGO_BIN_EXE_playtrace"), EXPOSED.join(" "));
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &command, "/dev/null"]).env_remove("NO_COLOR").stdin(Stdio::piped());
        let mut script = match script.stdout(Stdio::piped()).spawn() {
            Ok(script) => script,
            Err(why) => {
                assert!(!full, "`script` is needed for the full form of the tests: {why}");
                return;
            }
        };
        let mut input = script.stdin.take().expect("piped");
        input.write_all(answers.as_bytes()).expect("it listens");
        let output = script.wait_with_output().expect("its end");
        drop(input);
        let said = String::from_utf8(output.stdout).expect("text");
        assert!(said.contains("\x1b[1;31mwarning: other machines can reach"), "{said:?}");
        assert_eq!(said.matches("Listen there? [y/N] ").count(), 1, "{said:?}");
        assert_eq!(said.contains("error: "), goes_on, "the journal is tried after a yes alone: {said:?}");
        assert_eq!(said.contains("nothing is collected"), !goes_on, "{said:?}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn what_is_no_request_is_told_with_its_first_bytes_and_is_not_in_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    let process = CollectProcess::start(&["--journal", path.to_str().expect("UTF-8")]);
    let address = process.base.strip_prefix("http://").expect("plain");
    for (bytes, answer) in [(&b"\x01no HTTP \x1b[31m\r\n\r\n"[..], "HTTP/1.1 400 "), (b"\x16\x03\x01", "")] {
        let mut socket = TcpStream::connect(address).expect("a connection");
        socket.set_read_timeout(Some(DEADLINE)).expect("a time");
        socket.write_all(bytes).expect("sent");
        let mut heard = Vec::new();
        // Bytes that nobody reads make the end a reset.
        drop(socket.read_to_end(&mut heard));
        assert_eq!(heard.get(..answer.len()), Some(answer.as_bytes()), "{}", String::from_utf8_lossy(&heard));
    }
    let output = process.terminate();
    let said = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<&str> =
        said.lines().filter(|line| line.starts_with("no request from 127.0.0.1 at 20")).collect();
    assert_eq!(lines.len(), 2, "{said}");
    for end in [
        r#": invalid HTTP method parsed; it begins "\x01no HTTP \x1b[31m\r\n\r\n""#,
        r#": it is TLS, which is not spoken here; it begins "\x16""#,
    ] {
        assert!(lines.iter().any(|line| line.ends_with(end)), "{end}: {said}");
    }
    assert_eq!(journal::requests(&path).len(), 0);
}

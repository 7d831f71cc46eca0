//! Clients of the collector, in every way that it is reached: what was sent is what was recorded, byte for byte.
//!
//! The short form speaks by raw sockets, in the words that the real clients use; `PLAYTRACE_TESTS=full` runs the real ones
//! (`curl`, Python `requests`, Node `fetch`, a page under headless Chromium) and fails, naming it, when one is absent.

mod browser;
mod raw;
pub mod setup;
mod tools;

use crate::support::network::{START, event};
use playtrace::collector::recorder::{Arrived, Recorded};
use setup::{Setup, Way};
use std::io::Write as _;

/// One request of a visit.
#[derive(Debug, Clone)]
struct Job {
    /// `{sid}` stands for the id of the session that was opened last.
    path: &'static str,
    content_type: &'static str,
    /// `Content-Encoding`.
    encoding: Option<&'static str>,
    body: Vec<u8>,
    /// What the stand-in answers.
    status: u16,
}

const SESSIONS: &str = "/va/api/v1/sessions";
const EVENTS: &str = "/va/api/v1/sessions/{sid}/events";
const JSON: &str = "application/json";

/// A visit with bodies of every kind.
fn visit() -> Vec<Job> {
    let job =
        |path, content_type, body: Vec<u8>, status| Job { path, content_type, encoding: None, body, status };
    let spaced = "\r\n{ \"eventType\" :\t\"play\",\n \"playerTime\":{\"ts\":2000,\"playhead\":1.0e0},\
                  \"qoeData\":{\"media.qoe.errorID\":\"\\u00fcber \\/ 草🌱\"}}\n\n";
    let filler = "草 ".repeat(60_000);
    let large = START.replace("\"media.id\"", &format!("\"media.show\":\"{filler}\",\"media.id\""));
    vec![
        job(SESSIONS, JSON, START.into(), 201),
        job(EVENTS, JSON, spaced.into(), 204),
        job(EVENTS, "text/plain;charset=UTF-8", event("ping", 2).into(), 204),
        Job { encoding: Some("gzip"), ..job(EVENTS, JSON, gzip(event("ping", 3).as_bytes()), 204) },
        job(
            EVENTS,
            "application/octet-stream",
            b"\xff\xfe{\x00\r\n\r\nPOST / HTTP/1.1\r\n\r\n".to_vec(),
            400,
        ),
        job(SESSIONS, JSON, large.into(), 201),
        job(EVENTS, "application/x-www-form-urlencoded", event("sessionEnd", 4).into(), 204),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("writes to memory");
    packer.finish().expect("writes to memory")
}

fn header<'a>(arrived: &'a Arrived, name: &str) -> Option<&'a [u8]> {
    let named = arrived.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_slice())
}

/// The id in the answer that opened a session.
fn sid(recorded: &Recorded) -> Option<String> {
    let location =
        recorded.answered.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
    Some(String::from_utf8_lossy(&location.1).rsplit('/').next()?.to_owned())
}

/// Holds when the jobs, and nothing else but preflights, were recorded as they were sent.
#[track_caller]
fn assert_recorded(who: &str, jobs: &[Job], recorded: &[Recorded]) {
    let sent: Vec<&Recorded> =
        recorded.iter().filter(|recorded| recorded.arrived.method != "OPTIONS").collect();
    let mut open = String::new();
    for (number, (job, recorded)) in jobs.iter().zip(&sent).enumerate() {
        let Recorded { arrived, answered } = recorded;
        let place = format!("{who}, request {number}");
        assert_eq!(arrived.method, "POST", "{place}");
        let path = job.path.replace("{sid}", &open);
        assert!(arrived.target == path || arrived.target.ends_with(&path), "{place}: {}", arrived.target);
        let (got, wanted) = (arrived.body.as_ref(), job.body.as_slice());
        assert!(
            got == wanted,
            "{place}: {} of {} bytes, {:?}",
            got.len(),
            wanted.len(),
            arrived.body.get(..200)
        );
        assert!(!arrived.body_cut, "{place}");
        assert_eq!(header(arrived, "content-type"), Some(job.content_type.as_bytes()), "{place}");
        assert_eq!(header(arrived, "content-encoding"), job.encoding.map(str::as_bytes), "{place}");
        assert_eq!(answered.status, Some(job.status), "{place}: {:?}", answered.body);
        if answered.status == Some(201) {
            open = sid(recorded).expect("an id");
        }
    }
    assert_eq!(jobs.len(), sent.len(), "{who}: requests");
}

/// Holds when the jobs were recorded, also by the server that the collector passed them on to.
#[track_caller]
fn assert_arrived(who: &str, jobs: &[Job], setup: &Setup) {
    let who = format!("{who}, {:?}", setup.way);
    assert_recorded(&who, jobs, &setup.recorded());
    if let Some(passed_on) = setup.passed_on() {
        assert_recorded(&format!("{who}, passed on"), jobs, &passed_on);
    }
}

/// True for the long form of the tests.
fn full() -> bool {
    std::env::var_os("PLAYTRACE_TESTS").is_some_and(|form| form == "full")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_write_is_recorded_byte_for_byte() {
    for way in Way::ALL {
        for shape in raw::Shape::ALL {
            let setup = Setup::start(way).await;
            let jobs = visit();
            raw::send(&setup, shape, &jobs).await;
            assert_arrived(&format!("{shape:?}"), &jobs, &setup);
            setup.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_headers_of_a_request_are_recorded_in_their_order() {
    for way in Way::ALL {
        let setup = Setup::start(way).await;
        // Those of one name stand together: so the library hands them out.
        let head = "x-b: 1\r\nx-b: \u{fc}\r\nX-A:  two \r\nEmpty:\r\n";
        raw::send_once(&setup, head, b"{}").await;
        let recorded = setup.recorded();
        let kept =
            recorded[0].arrived.headers.iter().map(|(name, value)| (name.to_lowercase(), value.as_slice()));
        let kept: Vec<(String, &[u8])> = kept.filter(|(name, _)| name.starts_with(['x', 'e'])).collect();
        let wanted = [("x-b", "1"), ("x-b", "\u{fc}"), ("x-a", "two"), ("empty", "")];
        assert_eq!(kept, wanted.map(|(name, value)| (name.to_owned(), value.as_bytes())), "{way:?}");
        setup.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_real_tools_send_is_recorded_byte_for_byte() {
    if !full() {
        return;
    }
    for way in Way::ALL {
        for tool in tools::Tool::ALL {
            let setup = Setup::start(way).await;
            let jobs = visit();
            tools::send(&setup, tool, &jobs);
            assert_arrived(&format!("{tool:?}"), &jobs, &setup);
            setup.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_in_a_browser_sends_is_recorded_byte_for_byte() {
    if !full() {
        return;
    }
    for way in Way::ALL {
        for how in browser::How::ALL {
            let setup = Setup::start(way).await;
            // A page may set no other header than `Content-Type`.
            let mut jobs: Vec<Job> = visit().into_iter().filter(|job| job.encoding.is_none()).collect();
            how.adapt(&mut jobs);
            browser::send(&setup, how, &jobs);
            let preflights =
                setup.recorded().iter().filter(|recorded| recorded.arrived.method == "OPTIONS").count();
            assert_eq!(preflights > 0, how.asks(), "{how:?}, {way:?}");
            assert_arrived(&format!("{how:?}"), &jobs, &setup);
            setup.stop().await;
        }
    }
}

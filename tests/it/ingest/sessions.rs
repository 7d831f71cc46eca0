//! Which requests and events belong together.

use super::{Capture, event, note_codes, read, start, summary};

/// A capture that is written request by request.
#[derive(Default)]
struct Recording {
    records: Vec<serde_json::Value>,
}

impl Recording {
    fn request(mut self, millis: i64, path: &str, body: &str, status: i32, location: Option<&str>) -> Self {
        let headers =
            location.map_or(serde_json::json!({}), |location| serde_json::json!({ "Location": location }));
        self.records.push(serde_json::json!({
            "arrivalMs": 1_700_000_000_000_i64 + millis, "method": "POST", "url": format!("https://h{path}"),
            "body": body, "response": { "status": status, "headers": headers },
        }));
        self
    }

    fn open(self, millis: i64, sid: &str) -> Self {
        let location = format!("/api/v1/sessions/{sid}");
        self.request(millis, "/api/v1/sessions", &start(millis, ""), 201, Some(&location))
    }

    fn send(self, millis: i64, sid: &str, kind: &str) -> Self {
        self.request(millis, &format!("/api/v1/sessions/{sid}/events"), &event(kind, millis, 0.0), 204, None)
    }

    #[track_caller]
    fn check(self, expected: &str) -> Capture {
        let capture = read(serde_json::Value::from(self.records).to_string());
        assert_eq!(summary(&capture), expected);
        capture
    }
}

#[test]
fn interleaved_sessions_are_told_apart_by_id() {
    let capture = Recording::default()
        .open(0, "a")
        .open(10, "b")
        .send(20, "b", "play")
        .send(30, "a", "play")
        .send(40, "a", "sessionEnd")
        .send(50, "b", "sessionComplete")
        .check("requests 6/6 | online ended 3 a | online completed 3 b");
    assert_eq!(capture.sessions[1].by_arrival.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 5]);
    assert_eq!(note_codes(&capture), [""; 0]);
}

#[test]
fn a_new_start_before_the_old_end_mixes_nothing() {
    Recording::default()
        .open(0, "a")
        .open(10, "b")
        .send(10, "a", "sessionEnd")
        .send(20, "b", "sessionEnd")
        .check("requests 4/4 | online ended 2 a | online ended 2 b");
}

#[test]
fn equal_starts_until_a_201_are_attempts_at_one_session() {
    let body = start(1, "");
    let attempt = |recording: Recording, millis, status, location| {
        recording.request(millis, "/api/v1/sessions", &body, status, location)
    };
    let recording = attempt(Recording::default(), 0, 500, None);
    let recording = attempt(recording, 10, 0, None);
    let recording = attempt(recording, 20, 201, Some("/api/v1/sessions/a"));
    let capture = recording.send(30, "a", "sessionEnd").check("requests 4/4 | online ended 2 a 3 attempts");
    assert_eq!(capture.sessions[0].exchanges.len(), 4);
    assert!(capture.exchanges.iter().all(|row| row.session == 0));
}

#[test]
fn equal_starts_that_each_got_a_201_are_two_sessions() {
    let body = start(1, "");
    Recording::default()
        .request(0, "/api/v1/sessions", &body, 201, Some("/api/v1/sessions/a"))
        .request(9, "/api/v1/sessions", &body, 201, Some("/api/v1/sessions/b"))
        .check("requests 2/2 | online cut-off 1 a | online cut-off 1 b");
}

#[test]
fn events_of_an_id_that_nothing_opened_are_a_session_that_begins_late() {
    let capture = Recording::default()
        .send(0, "x", "play")
        .send(10, "x", "sessionEnd")
        .check("requests 2/2 | online ended 2 x late");
    assert_eq!(note_codes(&capture), ["MC-K001"]);
}

#[test]
fn without_a_location_the_id_is_guessed() {
    let capture = Recording::default()
        .request(0, "/api/v1/sessions", &start(0, ""), 201, None)
        .send(10, "x", "play")
        .send(20, "x", "sessionEnd")
        .check("requests 3/3 | online ended 3 x guessed");
    assert_eq!(note_codes(&capture), [""; 0]);
}

#[test]
fn a_refused_start_gets_no_guessed_events() {
    Recording::default()
        .request(0, "/api/v1/sessions", &start(0, ""), 400, None)
        .send(10, "x", "sessionEnd")
        .check("requests 2/2 | online cut-off 1 - | online ended 1 x late");
}

#[test]
fn a_batch_is_one_session_also_with_several_starts() {
    let body = format!("[{},{},{}]", start(1, ""), event("play", 2, 0.0), start(3, ""));
    let batch = |path| Recording::default().request(0, path, &body, 201, Some("/api/v1/sessions/a"));
    batch("/api/v1/downloaded").check("requests 1/3 | downloaded open 3 -");
    batch("/api/v1/sessions").check("requests 1/3 | legacy-downloaded open 3 -");
}

#[test]
fn an_id_that_is_given_twice_opens_two_sessions() {
    Recording::default()
        .open(0, "a")
        .send(10, "a", "sessionEnd")
        .open(20, "a")
        .send(30, "a", "sessionComplete")
        .check("requests 4/4 | online ended 2 a | online completed 2 a");
}

#[test]
fn endings_tell_silence_from_a_capture_that_stops() {
    let minutes = |minutes: i64| minutes * 60_000;
    Recording::default().open(0, "a").send(10, "a", "ping").check("requests 2/2 | online cut-off 2 a");
    Recording::default()
        .open(0, "a")
        .open(minutes(11), "b")
        .check("requests 2/2 | online open 1 a | online cut-off 1 b");
    Recording::default()
        .open(0, "a")
        .send(minutes(11), "a", "ping")
        .check("requests 2/2 | online timed-out 2 a");
    let mut still = Recording::default().open(0, "a");
    for minute in 1..=31 {
        still = still.send(minutes(minute), "a", "ping");
    }
    still.check("requests 32/32 | online timed-out 32 a");
}

#[test]
fn sessions_are_judged_by_ts_with_the_start_first() {
    let text = format!(
        "[{},{},{},{},{}]",
        start(100, ""),
        event("ping", 50, 0.0),
        r#"{"eventType":"error"}"#,
        event("play", 20, 0.0),
        event("ping", 50, 1.0)
    );
    let capture = read(text);
    assert_eq!(capture.sessions[0].judged_order.as_deref(), Some([0, 3, 1, 2, 4].as_slice()));
    let ordered =
        read(format!("[{},{},{}]", start(100, ""), event("ping", 100, 0.0), event("play", 101, 0.0)));
    assert_eq!(ordered.sessions[0].judged_order, None);
}

#[test]
fn what_the_start_says_of_the_content_is_kept() {
    let content = |more: &str| read(start(1, more)).sessions[0].content.clone();
    assert!(content(",\"media.contentType\":\"LIVE\"").live);
    assert!(content(",\"media.contentType\":\"Linear\"").live);
    assert!(content(",\"media.length\":86400").live);
    let vod = content(
        ",\"media.contentType\":\"vod\",\"media.length\":60.5,\"media.resume\":true,\"media.name\":\"n\"",
    );
    assert!(!vod.live);
    assert_eq!((vod.media_id.as_deref(), vod.media_name.as_deref()), (Some("m"), Some("n")));
    assert_eq!((vod.length_secs, vod.resume, vod.downloaded), (Some(60.5), Some(true), None));
}

#[test]
fn a_placeholder_is_no_id_that_a_session_could_have() {
    Recording::default()
        .request(0, "/api/v1/sessions", &start(0, ""), 201, None)
        .send(10, "undefined", "play")
        .send(20, "x", "sessionEnd")
        .check("requests 3/3 | online ended 2 x guessed | online cut-off 1 undefi late");
}

#[test]
fn events_without_an_id_open_no_sessions() {
    let play = |millis| event("play", millis, 0.0);
    Recording::default()
        .open(0, "a")
        .request(10, "/api/v1/sessions//events", &play(10), 404, None)
        .request(20, "/api/v1/sessions//events", &play(20), 404, None)
        .send(30, "a", "sessionEnd")
        .check("requests 4/4 | online ended 2 a | online cut-off 2 - late");
}

#[test]
fn a_start_that_was_redirected_to_another_host_is_one_session() {
    let mut recording = Recording::default()
        .request(0, "/api/v1/sessions", &start(0, ""), 308, None)
        .request(10, "/api/v1/sessions", &start(0, ""), 201, Some("/api/v1/sessions/a"));
    recording.records[0]["url"] = "http://other/api/v1/sessions".into();
    let capture = recording.send(20, "a", "sessionEnd").check("requests 3/3 | online ended 2 a 2 attempts");
    assert_eq!(capture.sessions[0].attempts, 2);
}

//! Formats are recognized by content; byte order marks, line ends and white space do not matter.

use super::{event, events, note_codes, read, sample, start, summary};

#[test]
fn one_event_is_one() {
    assert_eq!(summary(&read(start(1, ""))), "event 0/1 | unknown cut-off 1 -");
}

#[test]
fn an_array_of_events_begins_a_session_at_each_start() {
    let text = format!(
        "[{},{},{},{}]",
        start(1, ""),
        event("sessionEnd", 2, 1.0),
        start(3, ",\"media.downloaded\":true"),
        event("play", 4, 0.0)
    );
    assert_eq!(summary(&read(text)), "events 0/4 | unknown ended 2 - | downloaded cut-off 2 -");
}

#[test]
fn lines_of_events_and_arrays_are_read() {
    let text = format!(
        "{}\r\n\r\n{}\n[{},{}]\n",
        start(1, ""),
        event("play", 2, 0.0),
        event("ping", 3, 1.0),
        event("ping", 4, 2.0)
    );
    assert_eq!(summary(&read(text)), "ndjson 0/4 | unknown cut-off 2 - | unknown cut-off 2 - late");
    let text = format!("[{}]\n[{},{}]\n", start(1, ""), start(2, ""), event("sessionEnd", 3, 1.0));
    assert_eq!(summary(&read(text)), "ndjson 0/3 | unknown cut-off 1 - | unknown ended 2 -");
}

#[test]
fn a_line_that_is_no_event_is_told_with_its_place() {
    let capture = read(format!("{}\noops\n{}\n", start(1, ""), event("sessionEnd", 2, 1.0)));
    assert_eq!(capture.events.len(), 2);
    assert_eq!(note_codes(&capture), ["MC-K004"]);
    let place = capture.source.place(capture.notes[0].offset.expect("it has a place"));
    assert_eq!((place.line, place.column), (2, 1));
}

#[test]
fn lines_of_requests_are_read() {
    let record = |path: &str, body: &str, answer: &str| {
        let body = serde_json::to_string(body).expect("text");
        format!(r#"{{"url":"https://h{path}","body":{body},"response":{answer}}}"#)
    };
    let text = [
        record(
            "/api/v1/sessions",
            &start(1, ""),
            r#"{"status":201,"headers":{"location":"/api/v1/sessions/abc"}}"#,
        ),
        record("/api/v1/sessions/abc/events", &event("sessionEnd", 2, 1.0), r#"{"status":204}"#),
    ];
    assert_eq!(summary(&read(text.join("\n"))), "requests 2/2 | online ended 2 abc");
    assert_eq!(summary(&read(format!("[{}]", text.join(" ,\n")))), "requests 2/2 | online ended 2 abc");
}

#[test]
fn a_record_needs_no_more_than_url_and_body() {
    let capture = read(format!(r#"[{{"url":"/api/v1/downloaded","body":[{}]}}]"#, start(1, "")));
    assert_eq!(summary(&capture), "requests 1/1 | downloaded open 1 -");
    assert_eq!(note_codes(&capture), ["MC-K006"]);
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    for name in
        ["clients/js310-vod-full-virt.har", "clients/android312-dlfull.json", "sdk-tests/wire-fixtures.json"]
    {
        let bytes = sample(name);
        let plain = read(bytes.clone());
        let crlf = String::from_utf8(bytes.clone()).expect("UTF-8").replace('\n', "\r\n");
        for other in [[b"\xEF\xBB\xBF".as_slice(), &bytes].concat(), crlf.into_bytes()] {
            let other = read(other);
            assert_eq!(summary(&other), summary(&plain), "{name}");
            assert!(events(&other).map(|event| event.json()).eq(events(&plain).map(|event| event.json())));
        }
    }
}

#[test]
fn a_long_array_is_read_in_order_on_all_cores() {
    // Longer than a piece, with arrays of objects inside that look like starts of events.
    let states = r#","params":{"statesStart":[{"media.state.name":"a"},{"params":1},{"eventType":"x","playerTime":2}]}"#;
    let one =
        |n: i64| format!(r#"{{"eventType":"statesUpdate","playerTime":{{"ts":{n},"playhead":0}}{states}}}"#);
    let n_events = 20_000;
    let text = format!("[{}]", (0..n_events).map(one).collect::<Vec<_>>().join(","));
    assert!(text.len() > 2 << 20, "it spans several pieces");
    let capture = read(text);
    assert!(events(&capture).map(|event| event.row().ts).eq(0..n_events));
    assert_eq!(capture.shapes.shapes().len(), 1);
    assert_eq!(note_codes(&capture), ["MC-K001", "MC-K002"]);
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    for open in ["[", "{\"a\":", "[{\"eventType\":"] {
        assert_eq!(read(open.repeat(50_000)).events.len(), 0);
    }
    let deep = format!(
        "[{},{{\"eventType\":{}1{}}},{}]",
        start(1, ""),
        "[".repeat(500),
        "]".repeat(500),
        event("play", 2, 0.0)
    );
    let capture = read(deep);
    assert_eq!(events(&capture).filter(|event| event.json().is_some()).count(), 2);
    assert!(note_codes(&capture).contains(&"MC-K004"));
}

#[test]
fn an_event_that_is_not_utf8_is_kept_as_unreadable() {
    let mut text = format!("[{},", start(1, "")).into_bytes();
    text.extend_from_slice(b"{\"eventType\":\"p\xFFlay\"}]");
    let capture = read(text);
    assert_eq!(capture.events.len(), 2);
    assert_eq!(events(&capture).filter(|event| event.json().is_none()).count(), 1);
}

#[test]
fn of_a_key_that_stands_twice_the_last_value_counts_in_each_of_many_like_events() {
    let event = |ts: u32| {
        format!(
            r#"{{"eventType":"ping","playerTime":{{"playhead":{ts},"ts":{ts},"playhead":1e1,"ts":7e0}}}}"#
        )
    };
    let texts: Vec<_> = (1..4).map(event).collect();
    let capture = read(format!("[{}]", texts.join(",")));
    let found: Vec<_> = capture.events.iter().map(|row| (row.ts, row.playhead)).collect();
    assert_eq!(found, [(7, 10.0); 3]);
}

#[test]
fn nothing_recognized_says_what_was_tried() {
    for text in ["", " \n", "hello", "{\"a\":1}", "[1,2]", "{\"log\":{\"entries\":[]}}"] {
        let capture = read(text);
        assert_eq!((capture.events.len(), capture.sessions.len()), (0, 0), "{text}");
        println!("{text:?} {} {:?}", summary(&capture), capture.notes);
    }
    assert_eq!(read("hello").notes.len(), 1);
    assert!(read("").notes[0].message.contains("empty"));
}

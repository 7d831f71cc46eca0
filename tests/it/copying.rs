//! Events as text for the clipboard: what is written as JSON, curl and notation is read again as what it was.

use playtrace::convert::copying::{Copied, CopyForm, copied};
use playtrace::ingest::ingest;
use playtrace::model::capture::{Capture, Format};
use playtrace::model::id::EventId;
use playtrace::model::note::NoteKind;
use playtrace::model::session::{Mode, Session};
use playtrace::model::watch::Unwatched;
use playtrace::redact::Redaction;
use serde_json::Value;

use crate::convert::captures;

fn read(bytes: &[u8]) -> Capture {
    ingest("capture", bytes.to_vec(), &Unwatched)
}

fn copy(capture: &Capture, session: &Session, form: CopyForm) -> Copied {
    copied(capture, session, &session.by_arrival, form, Redaction::Nothing)
}

/// The trees of events; what is no JSON as its text.
fn trees(capture: &Capture, events: impl IntoIterator<Item = EventId>) -> Vec<Value> {
    let events = events.into_iter().filter_map(|id| capture.event(id));
    events
        .map(|event| {
            event.json().unwrap_or_else(|| String::from_utf8_lossy(&event.text()).into_owned().into())
        })
        .collect()
}

fn all(capture: &Capture) -> Vec<Value> {
    trees(capture, capture.sessions.iter().flat_map(|session| session.by_arrival.iter().copied()))
}

/// What the reader of the notation could not take.
fn not_understood(capture: &Capture) -> Vec<&str> {
    let skipped = capture.notes.iter().filter(|note| note.kind == NoteKind::EntrySkipped);
    skipped.map(|note| note.message.as_str()).collect()
}

#[test]
fn the_notation_of_every_capture_reads_back_as_equal_events() {
    let mut n_sessions = 0;
    for (name, bytes) in captures() {
        let capture = read(&bytes);
        for session in &capture.sessions {
            let copied = copy(&capture, session, CopyForm::Notation);
            let wanted = trees(&capture, session.by_arrival.iter().copied());
            let again = read(copied.text.as_bytes());
            let number = session.id.index();
            assert_eq!(copied.n_left_out, 0, "{name} {number}");
            if wanted.is_empty() {
                continue;
            }
            n_sessions += 1;
            assert_eq!(again.format, Format::Notation, "{name} {number}\n{}", copied.text);
            let notes = not_understood(&again);
            assert!(notes.is_empty(), "{name} {number}: {notes:?}\n{}", copied.text);
            assert_eq!(trees(&again, (0..again.events.len() as u32).map(EventId)), wanted, "{name} {number}");
            same_requests(&name, &capture, session, &again);
        }
    }
    assert!(n_sessions > 30, "{n_sessions}");
}

/// What the notation says of requests is what they were.
#[track_caller]
fn same_requests(name: &str, capture: &Capture, session: &Session, again: &Capture) {
    if session.mode == Mode::Unknown {
        return;
    }
    let of = |capture: &Capture, id: EventId| {
        let exchange = capture.event(id)?.exchange()?;
        let shape = (exchange.endpoint(), exchange.method().to_owned(), exchange.url());
        Some((shape, exchange.status(), exchange.received_at(), exchange.location_sid().map(str::to_owned)))
    };
    for (number, id) in (0..).zip(&session.by_arrival) {
        let (Some(was), Some(is)) = (of(capture, *id), of(again, EventId(number))) else { continue };
        assert_eq!(is.0.1, was.0.1, "{name}: method of event {number}");
        assert_eq!(is.0.0, was.0.0, "{name}: endpoint of event {number}");
        assert_eq!((is.1, is.3), (was.1, was.3), "{name}: answer of event {number}");
        let moved = is.2.zip(was.2).map(|(is, was)| (is.0 - was.0).abs());
        assert!(moved.is_none_or(|micros| micros <= 1), "{name}: arrival of event {number} by {moved:?}");
    }
}

#[test]
fn what_the_notation_has_no_words_for_is_written_all_the_same() {
    let events = [
        r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1704196800000},"params":{}}"#,
        r#"{"eventType":"adStart","playerTime":{"playhead":0.1,"ts":"+5"}}"#,
        r#"{"eventType":"POST","playerTime":{"ts":1}}"#,
        r#"{"eventType":"my type # = x","playerTime":null,"params":[1,{"a":"b c"}],"qoeData":"text"}"#,
        r#"{"eventType":7,"playerTime":{"playhead":1,"ts":2,"more":true}}"#,
        r#"{"eventType":"ping","playerTime":{"playhead":1e300,"ts":-9223372036854775808},"a/b~c":{"$ts":"$ph"}}"#,
        r#"{"eventType":"stateStart","playerTime":{"playhead":1,"ts":2},"params":{"a b":1,"c=d":"\n\u2028'\"","":3}}"#,
        r#"{"eventType":"ping","eventType":"play","playerTime":{"playhead":1,"ts":3},"params":{"x":"$ts"}}"#,
        r##"{"eventType":"play","playerTime":{"playhead":1,"ts":4},"customMetadata":{"type":"a","status":"400","-x":"#"},"my key":1}"##,
        r#"{"eventType":"bitrateChange","playerTime":{"playhead":1,"ts":5},"params":{"media.qoe.bitrate":5}}"#,
        r#"{"eventType":"ping","playerTime":{"playhead":0.30000000000000004,"ts":6},"params":{"n":0.1234567890123456789}}"#,
    ];
    let capture = read(format!("[{}]", events.join(",")).as_bytes());
    let written: Vec<String> =
        capture.sessions.iter().map(|session| copy(&capture, session, CopyForm::Notation).text).collect();
    let again = read(written.join("\n").as_bytes());
    let notes = not_understood(&again);
    assert!(notes.is_empty(), "{notes:?}\n{}", written.join("\n"));
    assert_eq!(all(&again), all(&capture), "{}", written.join("\n"));
}

#[test]
fn a_number_with_more_digits_than_a_float_keeps_stands_in_the_notation_as_it_was_sent() {
    let id = "60527231337442986113254188072231110981";
    let event = r#"[{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1704196800000},"params":{"media.id":ID}}]"#;
    let capture = read(event.replace("ID", id).as_bytes());
    let written = copy(&capture, &capture.sessions[0], CopyForm::Notation).text;
    let again = read(written.as_bytes());
    let first = again.event(EventId(0)).expect("an event");
    assert!(String::from_utf8_lossy(&first.text()).contains(id), "{written}");
}

#[test]
fn some_events_of_a_session_say_that_it_begins_late_and_is_open() {
    let text = "@vod\n+0 sessionStart\n+0.5 play\n+10.5 ping\n+60 sessionComplete\n";
    let capture = read(text.as_bytes());
    let session = &capture.sessions[0];
    let middle = &session.by_arrival[1..3];
    let copied = copied(&capture, session, middle, CopyForm::Notation, Redaction::Nothing);
    assert!(copied.text.starts_with("@vod @starts-late @open base="), "{}", copied.text);
    let again = read(copied.text.as_bytes());
    assert!(again.sessions[0].begins_late);
    assert_eq!(all(&again), trees(&capture, middle.iter().copied()));
}

#[test]
fn one_event_is_copied_as_it_stands_there_and_several_as_one_array() {
    for (name, bytes) in captures() {
        let capture = read(&bytes);
        for session in &capture.sessions {
            let wanted = trees(&capture, session.by_arrival.iter().copied());
            let several = copy(&capture, session, CopyForm::Json);
            let array: Vec<Value> = serde_json::from_str(&several.text).unwrap_or_else(|_| {
                assert_eq!(wanted.len(), 1, "{name}: only one event alone is no array");
                wanted.clone()
            });
            let readable: Vec<&Value> = wanted.iter().filter(|tree| !tree.is_string()).collect();
            if wanted.len() > 1 {
                assert_eq!(array.iter().collect::<Vec<_>>(), readable, "{name}");
            }
            let Some(event) = session.by_arrival.first().and_then(|id| capture.event(*id)) else { continue };
            let one = copied(&capture, session, &[event.id], CopyForm::Json, Redaction::Nothing);
            assert_eq!(one.text, String::from_utf8_lossy(&event.text()), "{name}");
        }
    }
}

/// Takes a shell command apart as a shell does, for what these commands hold.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            _ if quoted => word.get_or_insert_default().push(c),
            '\\' => match rest.next() {
                Some('\n') => {}
                other => word.get_or_insert_default().extend(other),
            },
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    assert!(!quoted, "a quote is open: {command}");
    words.extend(word);
    words
}

#[test]
fn a_curl_command_sends_what_was_sent() {
    let mut n_commands = 0;
    for (name, bytes) in captures() {
        let capture = read(&bytes);
        for session in &capture.sessions {
            for id in &session.by_arrival {
                let event = capture.event(*id).expect("it is there");
                let one = copied(&capture, session, &[*id], CopyForm::Curl, Redaction::Nothing);
                let words = words(&one.text);
                assert_eq!(words[..2], ["curl", "-g"], "{name}");
                let after = |option: &str| {
                    let at = words.iter().position(|word| word == option);
                    at.and_then(|at| words.get(at + 1)).cloned()
                };
                assert!(after("--url").is_some_and(|url| url.starts_with("http")), "{name}: {}", one.text);
                let body = after("--data-raw").expect("there is a body");
                let sent = event.exchange().and_then(|exchange| exchange.body_text());
                let sent = sent.unwrap_or_else(|| event.text());
                assert_eq!(body, String::from_utf8_lossy(&sent), "{name}");
                n_commands += 1;
            }
        }
    }
    assert!(n_commands > 100, "{n_commands}");
}

#[test]
fn what_identifies_is_masked_in_curl_when_asked_and_requests_are_sent_once() {
    let har = r#"{"log":{"version":"1.2","entries":[{"startedDateTime":"2024-01-02T12:00:00Z","time":5,
"request":{"method":"POST","url":"https://c.example.com/api/v1/downloaded","headers":[
{"name":"Cookie","value":"s=secret-cookie"},{"name":"Content-Type","value":"application/json"},
{"name":"Content-Length","value":"9"},{"name":"Content-Encoding","value":"gzip"},{"name":"@/etc/passwd","value":"x"}],
"postData":{"mimeType":"application/json","text":"[{\"eventType\":\"sessionStart\",\"playerTime\":{\"playhead\":0,\"ts\":1704196800000},\"params\":{\"visitor.marketingCloudUserId\":\"4711471147114711\",\"media.downloaded\":true}},{\"eventType\":\"play\",\"playerTime\":{\"playhead\":0,\"ts\":1704196800500}}]"}},
"response":{"status":201,"headers":[],"content":{}}}]}}"#;
    let capture = read(har.as_bytes());
    let session = &capture.sessions[0];
    let as_asked = |redaction| copied(&capture, session, &session.by_arrival, CopyForm::Curl, redaction);
    let plain = as_asked(Redaction::Nothing);
    assert_eq!(plain.n, 1, "both events went in one request");
    assert!(plain.text.contains("4711471147114711") && plain.text.contains("secret-cookie"));
    assert!(!plain.text.contains("gzip"), "the body is sent unpacked");
    let turned: Vec<_> = [0, 1, 0, 1].map(|at| session.by_arrival[at]).to_vec();
    assert_eq!(copied(&capture, session, &turned, CopyForm::Curl, Redaction::Nothing).text, plain.text);
    let untyped = har.replace(r#"{"name":"Content-Type","value":"application/json"},"#, "");
    let capture_untyped = read(untyped.as_bytes());
    let of_untyped = &capture_untyped.sessions[0];
    let untyped =
        copied(&capture_untyped, of_untyped, &of_untyped.by_arrival, CopyForm::Curl, Redaction::Nothing);
    assert!(untyped.text.contains("-H 'Content-Type:'"), "{}", untyped.text);
    assert!(!plain.text.contains("Content-Length") && !plain.text.contains("passwd"), "{}", plain.text);
    let masked = as_asked(Redaction::All);
    assert!(!masked.text.contains("4711471147114711") && !masked.text.contains("secret-cookie"));
    assert!(masked.text.contains("visitor-1") && masked.text.contains("c.example.com"), "{}", masked.text);
}

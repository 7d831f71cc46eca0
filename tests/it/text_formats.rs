//! Texts of every kind through `ingest`: the samples of the documentation, Markdown, raw HTTP, logs, the notation.

use playtrace::ingest::ingest;
use playtrace::model::capture::{Capture, Format};
use playtrace::model::note::{IngestNote, NoteKind};
use playtrace::model::session::{Ending, Mode, Session};
use playtrace::model::table::EventFlags;
use playtrace::model::watch::Unwatched;

const DOWNLOADED: &str = include_str!("../fixtures/captures/documents/downloaded.txt");
const LEGACY: &str = include_str!("../fixtures/captures/documents/downloaded-legacy.txt");
const ONLINE_START: &str = include_str!("../fixtures/captures/documents/online-start.txt");

fn read(text: impl AsRef<[u8]>) -> Capture {
    ingest("text", text.as_ref().to_vec(), &Unwatched)
}

#[track_caller]
fn only_session(capture: &Capture) -> &Session {
    let [session] = capture.sessions.as_slice() else {
        panic!("{} sessions; {:#?}", capture.sessions.len(), capture.notes)
    };
    session
}

/// Type and playhead of the session's events, in order.
fn events(capture: &Capture, session: &Session) -> Vec<(String, f64)> {
    let events = session.by_arrival.iter().filter_map(|event| capture.event(*event));
    events.map(|event| (event.type_name().into_owned(), event.playhead().map_or(f64::NAN, |p| p.0))).collect()
}

fn notes(capture: &Capture, kind: NoteKind) -> Vec<&IngestNote> {
    capture.notes.iter().filter(|note| note.kind == kind).collect()
}

/// Line and column of the notes of a kind.
fn places(capture: &Capture, kind: NoteKind) -> Vec<(u64, u64)> {
    let offsets = notes(capture, kind).into_iter().filter_map(|note| note.offset);
    let places = offsets.map(|offset| capture.source.place(offset));
    places.map(|place| (place.line, place.column)).collect()
}

fn documented_six() -> Vec<(String, f64)> {
    [
        ("sessionStart", 0.0),
        ("play", 0.0),
        ("ping", 10.0),
        ("ping", 20.0),
        ("ping", 30.0),
        ("sessionComplete", 35.0),
    ]
    .map(|(name, playhead)| (name.to_owned(), playhead))
    .to_vec()
}

#[test]
fn the_downloaded_samples_are_one_session_of_six_events() {
    for (text, mode) in [(DOWNLOADED, Mode::Downloaded), (LEGACY, Mode::LegacyDownloaded)] {
        let capture = read(text);
        assert_eq!(capture.format, Format::RawHttp);
        let session = only_session(&capture);
        assert_eq!(session.mode, mode);
        assert_eq!(session.ending, Ending::Completed);
        assert_eq!(events(&capture, session), documented_six());
        assert_eq!(notes(&capture, NoteKind::EntrySkipped), Vec::<&IngestNote>::new());
        let elided: Vec<_> = capture.events.iter().map(|row| row.flags.has(EventFlags::ELIDED)).collect();
        assert_eq!(elided, [true, false, false, false, false, false]);
        assert!(capture.events.iter().all(|row| row.flags.has(EventFlags::REPAIRED)));
    }
}

#[test]
fn repairs_and_elisions_have_their_place() {
    let capture = read(DOWNLOADED);
    assert_eq!(places(&capture, NoteKind::ContentElided), [(6, 14)]);
    let repairs = places(&capture, NoteKind::JsonRepaired);
    let keys_of_the_start = [(4, 5), (5, 5), (5, 19), (5, 32), (6, 5), (7, 5), (8, 5)];
    assert_eq!(repairs[..7], keys_of_the_start);
    assert!(repairs.contains(&(13, 79)), "the comma too many: {repairs:?}");
    assert_eq!(repairs.len(), 7 + 5 * 4 + 1);
    let event = capture.all_exchanges().next().and_then(|e| e.events().nth(2)).expect("a third event");
    let event = capture.event(event).expect("it has a row");
    let place = |pointer| event.place_of(pointer).map(|place| (place.line, place.column));
    assert_eq!(place(""), Some((11, 3)));
    assert_eq!(place("/playerTime/ts"), Some((11, 65)));
    assert_eq!(event.note_kinds(&capture), [NoteKind::JsonRepaired; 4]);
}

/// The kinds of notes about one event.
trait NoteKinds {
    fn note_kinds(&self, capture: &Capture) -> Vec<NoteKind>;
}

impl NoteKinds for playtrace::model::table::Event<'_> {
    fn note_kinds(&self, capture: &Capture) -> Vec<NoteKind> {
        capture.notes.iter().filter(|note| note.event == Some(self.id)).map(|note| note.kind).collect()
    }
}

#[test]
fn the_online_sample_opens_a_session() {
    let capture = read(ONLINE_START);
    let session = only_session(&capture);
    assert_eq!(session.mode, Mode::Online);
    assert_eq!(events(&capture, session), [("sessionStart".to_owned(), 0.0)]);
    assert_eq!(places(&capture, NoteKind::ContentElided), [(8, 11), (9, 19), (10, 12)]);
    assert!(capture.events.iter().all(|row| row.flags.has(EventFlags::ELIDED)));
}

#[test]
fn samples_inside_markdown_are_found_in_order() {
    let text = format!(
        "# Downloaded content\n\nDon't send `{{eventType}}` alone; see [the page](http://x/) and {{sid}}.\n\n```http\n{DOWNLOADED}```\n\n\
         It's the same as before:\n\n```\n{LEGACY}\n```\n\nOnline:\n\n~~~\n{ONLINE_START}~~~\n\nA ping: `{{\"eventType\": \"ping\", \
         \"playerTime\": {{\"playhead\": 1, \"ts\": 5}}}}`.\n"
    );
    let capture = read(&text);
    let modes: Vec<_> = capture.sessions.iter().map(|session| session.mode).collect();
    assert_eq!(modes, [Mode::Downloaded, Mode::LegacyDownloaded, Mode::Online, Mode::Unknown]);
    assert_eq!(events(&capture, &capture.sessions[0]), documented_six());
    assert_eq!(events(&capture, &capture.sessions[1]), documented_six());
    assert_eq!(events(&capture, &capture.sessions[3]), [("ping".to_owned(), 1.0)]);
    assert_eq!(notes(&capture, NoteKind::EntrySkipped), Vec::<&IngestNote>::new());
}

#[test]
fn a_code_block_under_its_request_line_is_its_body() {
    let text = "POST https://x.test/api/v1/downloaded\n\n```js\n[{eventType: 'sessionStart', playerTime: {playhead: 0, ts: 1}}]\n```\n";
    let capture = read(text);
    assert_eq!(only_session(&capture).mode, Mode::Downloaded);
}

const CONVERSATION: &str = "> POST /api/v1/sessions HTTP/1.1\r\n> Host: x.test\r\n> Content-Type: application/json\r\n> Content-Length: 999\r\n>\r\n\
{\"eventType\":\"sessionStart\",\"playerTime\":{\"playhead\":0,\"ts\":1000},\"params\":{}}\r\n\
< HTTP/1.1 201 Created\r\n< Location: /api/v1/sessions/abc\r\n<\r\n\r\n\
POST /api/v1/sessions/abc/events HTTP/1.1\r\nHost: x.test\r\n\r\n\
{\"eventType\":\"play\",\"playerTime\":{\"playhead\":0,\"ts\":2000}}\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\
POST /api/v1/sessions/abc/events HTTP/1.1\r\nHost: x.test\r\n\r\n\
{\"eventType\":\"ping\",\"playerTime\":{\"playhead\":9,\"ts\":11000}}\r\n\
HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{\"error\": {\"key\": \"ping\"}}\r\n\
GET /favicon.ico HTTP/1.1\r\nHost: x.test\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n";

#[test]
fn requests_keep_their_answers() {
    let capture = read(CONVERSATION);
    let session = only_session(&capture);
    assert_eq!((session.sid.as_deref(), session.begins_late), (Some("abc"), false));
    let expected = [("sessionStart", 0.0), ("play", 0.0), ("ping", 9.0)];
    assert_eq!(events(&capture, session), expected.map(|(name, playhead)| (name.to_owned(), playhead)));
    let exchanges: Vec<_> = capture.all_exchanges().collect();
    let statuses: Vec<_> = exchanges.iter().map(|exchange| exchange.status()).collect();
    assert_eq!(statuses, [Some(201), Some(204), Some(400), Some(404)]);
    assert_eq!(exchanges[0].url(), "/api/v1/sessions");
    assert_eq!(
        (exchanges[0].host(), exchanges[0].content_type()),
        (Some("x.test"), Some("application/json"))
    );
    assert_eq!(exchanges[0].request_headers().len(), 3);
    assert_eq!(exchanges[2].answer_body(), "{\"error\": {\"key\": \"ping\"}}");
    assert!(String::from_utf8_lossy(exchanges[1].entry_bytes()).ends_with("204 No Content\r\n"));
    assert_eq!(capture.n_foreign, 1);
    assert_eq!(notes(&capture, NoteKind::JsonRepaired), Vec::<&IngestNote>::new());
}

#[test]
fn strict_bodies_are_read_in_place() {
    let capture = read(CONVERSATION);
    for row in capture.events.iter() {
        assert_eq!(row.body.kind, playtrace::model::table::BodyKind::Raw);
    }
    assert_eq!(capture.arena.bytes(), b"");
}

#[test]
fn a_body_that_is_no_json_is_still_the_body() {
    let text = "POST /api/v1/sessions HTTP/1.1\nContent-Length: 5\n\nhello\n\nPOST /api/v1/sessions HTTP/1.1\n\n{ return; }\n\nprose\n\
                POST /api/v1/sessions/s/events HTTP/1.1\n\nnothing here\n";
    let capture = read(text);
    let bodies: Vec<_> = capture
        .all_exchanges()
        .map(|exchange| exchange.body_text().map(|text| String::from_utf8_lossy(&text).into_owned()))
        .collect();
    assert_eq!(bodies, [Some("hello".to_owned()), Some("{ return; }".to_owned()), None]);
    assert_eq!(notes(&capture, NoteKind::BodyMissing).len(), 1);
}

#[test]
fn events_in_log_lines_are_found_plain_and_escaped() {
    let text = "[INFO] 10:00:00 player: sending {\"eventType\":\"sessionStart\",\"playerTime\":{\"playhead\":0,\"ts\":1}} {}\n\
                [INFO] 10:00:01 don't {panic}\n\
                D/Media(12): body=\"{\\\"eventType\\\":\\\"play\\\",\\\"playerTime\\\":{\\\"playhead\\\":0,\\\"ts\\\":2}}\" ok\n\
                {\"level\":\"debug\",\"msg\":\"{\\\"eventType\\\":\\\"ping\\\",\\\"playerTime\\\":{\\\"playhead\\\":5,\\\"ts\\\":3}}\"}\n\
                10:00:09 sent {eventType=pauseStart, playerTime={playhead=6.0, ts=4}}\n\
                10:00:10 sent {\"eventType\":\"play\",\"playerTime\":{\"playhe\n\
                10:00:11 sent {'eventType': 'sessionEnd', 'playerTime': {'playhead': 7, 'ts': 5}}\n";
    let capture = read(text);
    let session = only_session(&capture);
    let expected =
        [("sessionStart", 0.0), ("play", 0.0), ("ping", 5.0), ("pauseStart", 6.0), ("sessionEnd", 7.0)];
    assert_eq!(events(&capture, session), expected.map(|(name, playhead)| (name.to_owned(), playhead)));
    assert_eq!(places(&capture, NoteKind::EntrySkipped), [(6, 15)], "the cut line is not dropped silently");
    let ping = capture.event(session.by_arrival[2]).expect("it has a row");
    let place = ping.place_of("/playerTime").expect("it has a place");
    assert_eq!((place.line, place.column), (4, 64));
}

#[test]
fn the_body_of_a_curl_command_is_found() {
    let text = "$ curl -X POST https://x.test/api/v1/sessions \\\n  -H 'Content-Type: application/json' \\\n  -d '{\n\
                \"eventType\": \"sessionStart\", \"playerTime\": {\"playhead\": 0, \"ts\": 1}, // soon\n}'\n";
    let capture = read(text);
    assert_eq!(events(&capture, only_session(&capture)), [("sessionStart".to_owned(), 0.0)]);
}

#[test]
fn bare_loose_json_is_read() {
    let capture = read(
        "// my session\n[\n  {eventType: 'sessionStart', playerTime: {playhead: 0, ts: 1}},\n  {eventType: 'play', playerTime: {playhead: 0, ts: 2}},\n]\n",
    );
    assert_eq!(capture.format, Format::LooseJson);
    assert_eq!(only_session(&capture).len(), 2);
}

#[test]
fn text_without_traffic_is_unknown() {
    for text in [
        "",
        "hello",
        "POST your eventType to us",
        "{\"a\": 1}",
        "eventType: {",
        "# Title\n\n```\n{ x: 1 }\n```\n",
    ] {
        let capture = read(text);
        assert_eq!((capture.format, capture.events.len()), (Format::Unknown, 0), "{text}");
    }
}

#[test]
fn a_cut_sample_keeps_its_whole_events() {
    for text in [DOWNLOADED, LEGACY, ONLINE_START, CONVERSATION] {
        let whole = read(text);
        let ends: Vec<_> =
            whole.events.iter().enumerate().map(|(row, _)| end_of(&whole, row as u32)).collect();
        for cut in 0..text.len() {
            let capture = read(&text.as_bytes()[..cut]);
            let n_whole = ends.iter().filter(|end| **end <= cut as u64).count();
            let n_read = capture.events.len();
            assert!(n_read == n_whole, "{n_read} of {n_whole} events, cut at {cut}: {:?}", &text[..cut]);
            for row in 0..n_read as u32 {
                let (one, other) = (json_of(&capture, row), json_of(&whole, row));
                assert_eq!(one, other, "event {row}, cut at {cut}");
            }
        }
    }
}

fn json_of(capture: &Capture, row: u32) -> Option<serde_json::Value> {
    capture.event(playtrace::model::id::EventId(row))?.json()
}

/// The byte of the source after the event's last one.
fn end_of(capture: &Capture, row: u32) -> u64 {
    let event = capture.event(playtrace::model::id::EventId(row)).expect("it has a row");
    let last = event.text().len() - 1;
    capture.source_offset(event.row().body, last).expect("it has a place") + 1
}

#[test]
fn damaged_text_never_panics() {
    let notation = "@vod length=60\n+0 sessionStart\n+0..+50/10 ping meta.a='b' # error: x\n@batch status=400\n+1 play loose='{a: 1}'\n";
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    for text in [DOWNLOADED, LEGACY, ONLINE_START, CONVERSATION, notation] {
        for round in 0..150 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..random.usize(1..12) {
                let at = random.usize(..bytes.len());
                match random.u8(..4) {
                    0 => bytes[at] = random.u8(..),
                    1 if bytes.len() > 1 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, *random.choice(b"{}[],:\"'\n\\/*").unwrap_or(&b'{')),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let capture = read(&bytes);
            for event in (0..).map_while(|row| capture.event(playtrace::model::id::EventId(row))) {
                assert!(event.place_of("/playerTime/ts").is_some(), "seed {seed}, round {round}");
            }
        }
    }
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..random.usize(..200)).map(|_| random.u8(..)).collect();
        drop(read(&bytes));
    }
}

#[test]
fn a_long_text_of_brackets_takes_linear_time() {
    let mut text = "{a: [".repeat(40_000);
    text.push_str("eventType");
    let capture = read(&text);
    assert_eq!(capture.format, Format::Unknown);
    let log = "x {\"a\": {\"b\": \"'\", eventType }\n".repeat(20_000);
    assert_eq!(read(&log).events.len(), 0);
}

#[test]
fn the_notation_becomes_a_capture() {
    let text =
        "# a comment\n@vod length=60 sid=abc\n+0 sessionStart\n+0 play\n+10 ping meta.x=1\n+20 sessionEnd\n";
    let capture = read(text);
    assert_eq!(capture.format, Format::Notation);
    let session = only_session(&capture);
    assert_eq!((session.sid.as_deref(), session.mode), (Some("abc"), Mode::Online));
    assert_eq!(session.content.length_secs, Some(60.0));
    assert_eq!(capture.notes, []);
    let ping = capture.event(session.by_arrival[2]).expect("it has a row");
    assert_eq!(ping.place_of("/customMetadata/x").map(|place| place.line), Some(5));
    let exchange = ping.exchange().expect("it has a request");
    assert_eq!(exchange.url(), "https://example.hb-api.omtrdc.net/api/v1/sessions/abc/events");
    assert_eq!((exchange.status(), exchange.method()), (Some(204), "POST"));
    assert_eq!(exchange.request_headers(), [("Content-Type".to_owned(), "application/json".to_owned())]);
    let shown = String::from_utf8_lossy(exchange.entry_bytes());
    assert!(
        shown.starts_with("POST https://") && shown.contains("\"x\":1") && shown.contains("HTTP/1.1 204"),
        "{shown}"
    );
}

#[test]
fn the_notation_says_what_the_recording_holds() {
    let facts = |text: &str| {
        let capture = read(text);
        let session = only_session(&capture);
        (session.begins_late, session.ending)
    };
    assert_eq!(facts("@vod\n+0 sessionStart\n+0 play\n"), (false, Ending::Open));
    assert_eq!(facts("@vod @open\n+0 sessionStart\n+0 play\n"), (false, Ending::CutOff));
    assert_eq!(facts("@vod @starts-late\n+0 play\n"), (true, Ending::Open));
    assert_eq!(facts("@vod\n+0 play\n"), (false, Ending::Open));
    assert_eq!(facts("@bare\n+0 play\n"), (false, Ending::Open));
    assert_eq!(facts("@bare @open @starts-late\n+0 play\n"), (true, Ending::CutOff));
}

#[test]
fn every_delivery_of_the_notation_is_its_mode() {
    for (header, mode) in [
        ("@vod", Mode::Online),
        ("@batch", Mode::Downloaded),
        ("@legacy", Mode::LegacyDownloaded),
        ("@bare", Mode::Unknown),
    ] {
        let capture = read(format!("{header}\n+0 sessionStart\n+1 play\n+2 sessionEnd\n"));
        let session = only_session(&capture);
        assert_eq!((session.mode, session.len()), (mode, 3), "{header}");
        let lines: Vec<_> = session
            .by_arrival
            .iter()
            .filter_map(|event| capture.event(*event)?.place_of("/playerTime"))
            .map(|place| place.line)
            .collect();
        assert_eq!(lines, [2, 3, 4], "{header}");
    }
}

#[test]
fn the_notation_can_say_what_is_wrong_with_a_recording() {
    let text = "@vod\n+0 sessionStart\n+1 play body=none\n+2 ping status=none\n+3 ping status=unreadable\n\
                +4 ping loose='{eventType: \"ping\", playerTime: {playhead: $ph, ts: $ts}, params: {...}}'\n+5 ping raw='x'\nwhat\n+6 sessionEnd\n";
    let capture = read(text);
    let found: Vec<_> = capture
        .notes
        .iter()
        .map(|note| (note.kind, note.offset.map(|at| capture.source.place(at).line)))
        .collect();
    for expected in [
        (NoteKind::BodyMissing, Some(3)),
        (NoteKind::NoAnswer, Some(4)),
        (NoteKind::AnswerUnreadable, Some(5)),
        (NoteKind::JsonRepaired, Some(6)),
        (NoteKind::ContentElided, Some(6)),
        (NoteKind::EntrySkipped, Some(8)),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let flags: Vec<_> = capture.events.iter().map(|row| row.flags).collect();
    assert!(flags[3].has(EventFlags::ELIDED) && flags[3].has(EventFlags::REPAIRED));
    assert!(flags[4].has(EventFlags::UNREADABLE));
}

#[test]
fn an_empty_batch_of_the_notation_is_sent() {
    let capture = read("@batch\n");
    let exchange = capture.all_exchanges().next().expect("the request is there");
    assert_eq!(exchange.body_text().as_deref(), Some(b"[]".as_slice()));
}

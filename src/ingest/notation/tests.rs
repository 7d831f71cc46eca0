//! Notation in, sendings out.

use serde_json::{Value, json};

use super::*;

/// The events of the text's sessions in order of arrival.
#[track_caller]
fn events(text: &str) -> Vec<Value> {
    let read = read(text);
    assert_eq!(read.skipped, [], "{text}");
    let pieces = read.sessions.iter().flat_map(|session| &session.sendings).flat_map(|s| &s.pieces);
    pieces.map(|piece| serde_json::from_str(&piece.text).expect("the events are JSON")).collect()
}

#[track_caller]
fn requests(text: &str) -> Vec<Request> {
    let read = read(text);
    assert_eq!(read.skipped, [], "{text}");
    let sendings = read.sessions.into_iter().flat_map(|session| session.sendings);
    sendings.filter_map(|sending| sending.request).collect()
}

fn playheads(events: &[Value]) -> Vec<f64> {
    events.iter().filter_map(|event| event["playerTime"]["playhead"].as_f64()).collect()
}

#[test]
fn the_sample_of_the_documentation_is_read() {
    let events = events(
        "@vod length=60\n+0     sessionStart\n+0.5   play\n+10.5  ping\n+12    adStart  media.ad.id=\"a1\"     # error: ad-outside-break\n",
    );
    assert_eq!(playheads(&events), [0.0, 0.0, 10.0, 11.5]);
    assert_eq!(events[0]["params"]["media.length"], 60);
    assert_eq!(
        events[1],
        json!({"eventType": "play", "playerTime": {"playhead": 0, "ts": 1_704_196_800_500_i64}})
    );
    assert_eq!(
        events[3]["params"],
        json!({"media.ad.id": "a1", "media.ad.length": 15, "media.ad.podPosition": 1, "media.ad.playerName": "example-player"})
    );
}

#[test]
fn an_online_session_gets_its_requests_and_answers() {
    let requests = requests(
        "@vod sid=abc\n+0 sessionStart\n+0 play\n+10 ping status=404 answer='gone' header:X=1 -type\n",
    );
    let urls: Vec<_> = requests
        .iter()
        .map(|request| request.url.trim_start_matches("https://example.hb-api.omtrdc.net"))
        .collect();
    assert_eq!(urls, ["/api/v1/sessions", "/api/v1/sessions/abc/events", "/api/v1/sessions/abc/events"]);
    let location = vec![("Location".to_owned(), "/api/v1/sessions/abc".to_owned())];
    let answer = |status, headers, body: &str| Answer::Given {
        status,
        headers,
        body: body.to_owned(),
        after_millis: 20,
    };
    assert_eq!(requests[0].answer, answer(201, location, ""));
    assert_eq!(requests[1].answer, answer(204, Vec::new(), ""));
    assert_eq!(requests[2].answer, answer(404, Vec::new(), "gone"));
    assert_eq!(requests[2].headers, [("X".to_owned(), "1".to_owned())]);
    let micros: Vec<_> =
        requests.iter().filter_map(|r| r.received_micros).map(|m| m - 1_704_196_800_000_000).collect();
    assert_eq!(micros, [0, 1000, 10_000_000], "events of one moment arrive one after the other");
}

#[test]
fn a_method_in_place_of_an_event_is_a_request_without_a_body() {
    let text = "@vod\n+0 OPTIONS to=sessions -answer:Access-Control-Allow-Origin answer:Vary=Origin\n\
                +0 sessionStart\n+1 GET to=events status=405\n";
    let read = read(text);
    assert_eq!(read.skipped, []);
    let sendings = &read.sessions[0].sendings;
    assert_eq!(sendings.iter().map(|sending| sending.pieces.len()).collect::<Vec<_>>(), [0, 1, 0]);
    let requests = requests(text);
    let preflight = &requests[0];
    assert!(preflight.method == "OPTIONS" && preflight.url.ends_with("/api/v1/sessions"));
    assert!(preflight.headers.iter().any(|(name, _)| name == "Origin"));
    let Answer::Given { status: 200, headers, .. } = &preflight.answer else { panic!("{preflight:?}") };
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let allowed = ["Access-Control-Allow-Methods", "Access-Control-Allow-Headers"];
    assert_eq!(names, [allowed[0], allowed[1], "Access-Control-Expose-Headers", "Vary"]);
    assert!(requests[2].method == "GET" && requests[2].headers.is_empty());
}

#[test]
fn a_method_stands_only_in_a_session_of_single_requests_and_without_words_about_an_event() {
    for text in
        ["@batch\n+0 OPTIONS\n", "@bare\n+0 GET\n", "@vod\n+0 OPTIONS ph=5\n", "@vod\n+0 ping body=x\n"]
    {
        assert_eq!(read(text).skipped.len(), 1, "{text}");
    }
}

#[test]
fn a_single_event_can_be_sent_in_an_array() {
    let read = read("@vod\n+0 ping body=array\n");
    let [sending] = read.sessions[0].sendings.as_slice() else { panic!("one request") };
    assert!(sending.in_array && sending.pieces.len() == 1);
}

#[test]
fn arrival_is_the_order_of_the_lines_and_the_playhead_that_of_the_times() {
    let text =
        "@vod\n+0 sessionStart\n+0 play\n+12 pauseStart\n+10 ping\n+13 play recv=+20\n+14 ping recv=none\n";
    assert_eq!(playheads(&events(text)), [0.0, 0.0, 12.0, 10.0, 12.0, 13.0]);
    let micros: Vec<_> =
        requests(text).iter().map(|r| r.received_micros.map(|m| m - 1_704_196_800_000_000)).collect();
    let expected = [Some(0), Some(1000), Some(12_000_000), Some(12_001_000), Some(20_000_000), None];
    assert_eq!(micros, expected);
}

#[test]
fn batches_carry_all_events_in_one_array() {
    for (header, path) in [("@batch", "downloaded"), ("@vod @legacy", "sessions")] {
        let read =
            read(&format!("{header} status=400 recv=+99\n+0 sessionStart\n+1 play\n+5 sessionComplete\n"));
        assert_eq!(read.skipped, []);
        let [sending] = read.sessions[0].sendings.as_slice() else { panic!("one request") };
        let request = sending.request.as_ref().expect("a batch has a request");
        assert!(request.url.ends_with(path), "{}", request.url);
        assert_eq!(request.received_micros, Some(1_704_196_899_000_000));
        assert!(matches!(&request.answer, Answer::Given { status: 400, headers, .. } if headers.is_empty()));
        assert_eq!(sending.pieces.len(), 3);
        assert!(sending.pieces[0].text.contains(r#""media.downloaded":true"#));
    }
}

#[test]
fn parameters_are_counted_and_lengths_taken_from_the_text() {
    let events = events(
        "@vod\n+0 sessionStart\n+0 adBreakStart\n+0 adStart\n+15 adComplete\n+15 adStart\n+20 adSkip\n+20 adBreakComplete\n\
         +20 play\n+20 chapterStart\n+30 ping\n+32 adBreakStart\n+32 adStart\n+40 adComplete\n+40 adBreakComplete\n\
         +50 chapterComplete\n+50 chapterStart\n+51 stateStart name=fullScreen\n+52 bitrateChange bitrate=5\n+52 error\n",
    );
    let params = |index: usize, key: &str| events[index]["params"][key].clone();
    assert_eq!((params(1, "media.ad.podIndex"), params(1, "media.ad.podSecond")), (json!(1), json!(0)));
    assert_eq!((params(2, "media.ad.length"), params(4, "media.ad.podPosition")), (json!(15), json!(2)));
    assert_eq!((params(10, "media.ad.podIndex"), params(10, "media.ad.podSecond")), (json!(2), json!(12)));
    assert_eq!((params(11, "media.ad.length"), params(11, "media.ad.id")), (json!(8), json!("ad-2-1")));
    assert_eq!((params(8, "media.chapter.length"), params(8, "media.chapter.offset")), (json!(22), json!(0)));
    assert_eq!(
        (params(15, "media.chapter.index"), params(15, "media.chapter.offset")),
        (json!(2), json!(22))
    );
    assert_eq!(params(16, "media.state.name"), json!("fullScreen"));
    assert_eq!(events[17]["qoeData"], json!({"media.qoe.bitrate": 5}));
    assert_eq!(events[18]["qoeData"]["media.qoe.errorID"], json!("E-1"));
}

#[test]
fn the_times_can_be_set_to_anything() {
    let events = events(
        "@vod skew=+2 base=1000\n+0 sessionStart ph=20\n+0 play ts=+5\n+3 ping ts=17 ph=\"x\"\n+4 ping -ts\n+5 ping ts=\"late\"\n",
    );
    let times: Vec<_> = events.iter().map(|event| event["playerTime"].clone()).collect();
    let expected = [
        json!({"playhead": 20, "ts": 3000}),
        json!({"playhead": 20, "ts": 8000}),
        json!({"playhead": "x", "ts": 17}),
        json!({"playhead": 24}),
        json!({"playhead": 25, "ts": "late"}),
    ];
    assert_eq!(times, expected);
}

#[test]
fn bodies_can_be_anything() {
    let read = read(
        "@bare\n+0 ping raw='[1,$ts,$ph'\n+1 ping loose='{eventType: \"ping\"}'\n+2 x json:=5\n+3..+5/1 ping json:/a~1b=[1] -playerTime\n",
    );
    assert_eq!(read.skipped, []);
    let pieces: Vec<_> =
        read.sessions[0].sendings.iter().map(|s| (s.pieces[0].text.as_str(), s.pieces[0].is_loose)).collect();
    let last = (r#"{"eventType":"ping","a/b":[1]}"#, false);
    let expected =
        [("[1,1704196800000,0", false), ("{eventType: \"ping\"}", true), ("5", false), last, last, last];
    assert_eq!(pieces, expected);
}

#[test]
fn live_content_counts_the_second_of_the_day() {
    let events = events("@live\n+0 sessionStart\n+1 play\n+11 ping\n");
    assert_eq!(playheads(&events), [43_200.0, 43_200.0, 43_210.0]);
    assert_eq!(events[0]["params"]["media.length"], 86_400);
}

#[test]
fn each_header_begins_a_session_of_its_own() {
    let read =
        read("@vod\n+0 sessionStart\n@live @open @starts-late\n+0 ping\n@audio at=+5\n+0 sessionStart\n");
    assert_eq!(read.skipped, []);
    let starts: Vec<_> = read
        .sessions
        .iter()
        .map(|s| s.sendings[0].request.as_ref().and_then(|r| r.received_micros))
        .collect();
    let base = 1_704_196_800_000_000;
    assert_eq!(starts, [base, base + 3_600_000_000, base + 5_000_000].map(Some));
    assert!(read.sessions[1].is_open && read.sessions[1].starts_late && !read.sessions[0].is_open);
    let urls: Vec<_> =
        read.sessions.iter().map(|s| s.sendings[0].request.as_ref().map(|r| r.url.clone())).collect();
    assert!(urls[1].as_deref().is_some_and(|url| url.ends_with("/5e55104e00000002/events")), "{urls:?}");
}

#[test]
fn wrong_lines_are_skipped_and_say_what_is_expected() {
    let table = [
        ("ping", 1, "+SECONDS"),
        ("@vod\nping", 2, "+SECONDS"),
        ("+1 ping", 1, "a header such as @vod"),
        ("@vod\n+1", 2, "event type"),
        ("@vod @what", 1, "@starts-late"),
        ("@vod\n+1..+2 ping", 2, "+FROM..+TO/STEP"),
        ("@vod\n+0..+9e9/0.001 ping", 2, "no more than"),
        ("@vod\n+1 ping status=x", 2, "status=CODE"),
        ("@batch\n+1 ping status=200", 2, "header line"),
        ("@bare\n+1 ping path=/x", 2, "no words about requests"),
        ("@vod\n+1 ping a", 2, "name=value"),
        ("@vod\n+1 ping a=\"x", 2, "JSON value"),
        ("@vod\n+1 ping json:/playerTime/ts/x=1", 2, "a place that the event has"),
        ("@vod skew=soon", 1, "seconds"),
    ];
    for (text, line, expected) in table {
        let skipped = read(text).skipped;
        let [skipped] = skipped.as_slice() else { panic!("{text}: {skipped:?}") };
        assert!(skipped.message.starts_with(&format!("line {line} ")), "{text}: {}", skipped.message);
        assert!(skipped.message.contains(expected), "{text}: {}", skipped.message);
    }
}

#[test]
fn only_a_text_that_begins_with_a_header_is_notation() {
    assert!(is_notation(b"\n # comment\r\n  @live length=5\n") && is_notation(b"@starts-late"));
    for other in ["", "@everyone hello", "{\"a\": 1}", "POST /x\n@vod", "@vodka"] {
        assert!(!is_notation(other.as_bytes()), "{other}");
    }
}

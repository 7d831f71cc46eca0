//! What producers of HTTP archives do differently.

use playtrace::model::exchange::{Endpoint, ExchangeFlags};
use serde_json::{Value, json};

use super::{event, events, note_codes, read, sample, start, summary};

/// An entry with this request and answer.
fn entry(at: &str, request: Value, response: Value) -> Value {
    json!({ "startedDateTime": at, "time": 12.5, "request": request, "response": response })
}

fn post(path: &str, post_data: Value) -> Value {
    json!({ "method": "POST", "url": format!("https://h{path}"), "headers": [], "postData": post_data })
}

fn archive(entries: &[Value]) -> String {
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

fn created() -> Value {
    json!({ "status": 201, "headers": [{ "name": "LOCATION", "value": "https://h/api/v1/sessions/abc" }] })
}

fn with_start(post_data: Value) -> super::Capture {
    read(archive(&[entry("2026-01-01T00:00:00Z", post("/api/v1/sessions", post_data), created())]))
}

#[test]
fn the_order_of_entries_does_not_matter() {
    let bytes = sample("clients/js310-vod-full-virt.har");
    let plain = read(bytes.clone());
    let mut log: Value = serde_json::from_slice(&bytes).expect("JSON");
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let entries = log["log"]["entries"].as_array_mut().expect("entries");
    // Entries of one instant keep the order of the file, so only whole instants are shuffled.
    let mut instants: Vec<Vec<Value>> = Vec::new();
    for entry in entries.drain(..) {
        match instants.last_mut() {
            Some(last) if last[0]["startedDateTime"] == entry["startedDateTime"] => last.push(entry),
            _ => instants.push(vec![entry]),
        }
    }
    fastrand::Rng::with_seed(seed).shuffle(&mut instants);
    *entries = instants.into_iter().flatten().collect();
    let shuffled = read(log.to_string());
    let in_order = |capture: &super::Capture| -> Vec<Value> {
        let session = &capture.sessions[0];
        session.by_arrival.iter().filter_map(|id| capture.event(*id)?.json()).collect()
    };
    assert_eq!(in_order(&shuffled), in_order(&plain));
    assert_eq!(summary(&shuffled), summary(&plain));
}

#[test]
fn bodies_in_base64_are_decoded() {
    use base64::Engine as _;
    let text = base64::prelude::BASE64_STANDARD.encode(start(1, ""));
    let capture = with_start(json!({ "text": text, "encoding": "base64" }));
    assert_eq!(summary(&capture), "har 1/1 | online cut-off 1 abc");
    assert_eq!(
        events(&capture).next().and_then(|event| event.json()),
        serde_json::from_str(&start(1, "")).ok()
    );
    let broken = with_start(json!({ "text": "!!", "encoding": "base64" }));
    assert_eq!(note_codes(&broken), ["MC-K003"]);
}

#[test]
fn codings_in_two_headers_are_undone_in_their_order() {
    use base64::Engine as _;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&compress_to_vec(start(1, "").as_bytes(), CompressionLevel::Fastest)).expect("memory");
    let packed = packer.finish().expect("writes to memory");
    let text = base64::prelude::BASE64_STANDARD.encode(packed);
    let mut request = post("/api/v1/sessions", json!({ "text": text, "encoding": "base64" }));
    request["headers"] = json!([
        { "name": "Content-Encoding", "value": "zstd" },
        { "name": "content-encoding", "value": "gzip" },
    ]);
    let capture = read(archive(&[entry("2026-01-01T00:00:00Z", request, created())]));
    assert_eq!(summary(&capture), "har 1/1 | online cut-off 1 abc");
}

#[test]
fn params_are_put_together_again() {
    let capture = with_start(json!({ "params": [
        { "name": "eventType", "value": "sessionStart" },
        { "name": "playerTime", "value": { "ts": 5, "playhead": 0 } },
    ] }));
    let found = events(&capture).next().expect("an event");
    assert_eq!(
        found.json(),
        Some(json!({ "eventType": "sessionStart", "playerTime": { "ts": 5, "playhead": 0 } }))
    );
    let at = found.offset_of("/playerTime/ts").expect("a place") as usize;
    assert_eq!(capture.source.bytes()[at], b'5');

    let batch = json!({ "params": [
        { "name": "0", "value": { "eventType": "sessionStart" } },
        { "name": "1", "value": { "eventType": "play" } },
    ] });
    let batch = entry(
        "2026-01-01T00:00:00Z",
        post("/api/v1/downloaded", batch),
        json!({ "status": 201, "headers": [] }),
    );
    assert_eq!(summary(&read(archive(&[batch]))), "har 1/2 | downloaded open 2 -");
}

#[test]
fn the_content_type_is_not_asked() {
    for mime in ["text/plain;charset=UTF-8", "", "application/x-www-form-urlencoded"] {
        assert_eq!(with_start(json!({ "mimeType": mime, "text": start(1, "") })).events.len(), 1, "{mime}");
    }
}

#[test]
fn a_post_without_its_body_is_reported_never_skipped() {
    for lost in [json!(null), json!({}), json!({ "text": "" }), json!({ "text": null, "params": [] })] {
        let capture = with_start(lost.clone());
        assert_eq!((capture.exchanges.len(), capture.events.len()), (1, 0), "{lost}");
        assert_eq!(note_codes(&capture), ["MC-K003"], "{lost}");
    }
}

#[test]
fn of_a_body_that_was_cut_the_whole_events_stay() {
    let body = format!("[{},{},{}", start(1, ""), event("play", 2, 0.0), "{\"eventType\":\"pi");
    let mut request = post("/api/v1/downloaded", json!({ "text": body }));
    request["headers"] = json!([{ "name": "content-length", "value": "9000" }]);
    let cut = entry("2026-01-01T00:00:00Z", request.clone(), json!({ "status": 201, "headers": [] }));
    let capture = read(archive(&[cut]));
    assert_eq!(capture.events.len(), 2);
    assert_eq!(note_codes(&capture), ["MC-K003"]);
    // Without a declared length the sender is taken at its word: the rest is an event that nobody can read.
    request["headers"] = json!([]);
    let sent_so = entry("2026-01-01T00:00:00Z", request, json!({ "status": 400, "headers": [] }));
    let capture = read(archive(&[sent_so]));
    assert_eq!(capture.events.len(), 3);
    assert_eq!(events(&capture).filter(|event| event.json().is_none()).count(), 1);
}

#[test]
fn other_traffic_is_counted_and_its_bodies_are_left_alone() {
    let foreign = entry(
        "2026-01-01T00:00:00Z",
        post("/login", json!({ "text": "{\"a\":1}" })),
        json!({ "status": 200 }),
    );
    let preflight = json!({ "method": "OPTIONS", "url": "https://h/api/v1/sessions", "headers": [] });
    let preflight = entry("2026-01-01T00:00:00Z", preflight, json!({ "status": 200 }));
    let capture = read(archive(&[foreign, preflight]));
    assert_eq!((capture.exchanges.len(), capture.n_foreign, capture.events.len()), (2, 1, 0));
    assert_eq!(capture.notes, []);
}

#[test]
fn an_event_on_another_path_is_a_near_miss() {
    let missed = entry(
        "2026-01-01T00:00:00Z",
        post("/collect", json!({ "text": start(1, "") })),
        json!({ "status": 404, "headers": [] }),
    );
    let capture = read(archive(&[missed]));
    let exchange = capture.all_exchanges().next().expect("a request");
    assert_eq!(exchange.endpoint(), Endpoint::NearMiss);
    assert_eq!(capture.sessions.len(), 1);
}

#[test]
fn a_failed_request_has_no_answer() {
    let failed = |status: i32| {
        let request = post("/api/v1/sessions", json!({ "text": start(1, "") }));
        read(archive(&[entry("2026-01-01T00:00:00Z", request, json!({ "status": status, "headers": [] }))]))
    };
    for status in [0, -1] {
        let capture = failed(status);
        let exchange = capture.all_exchanges().next().expect("a request");
        assert_eq!((exchange.status(), exchange.row().status), (None, -1));
        assert!(!note_codes(&capture).contains(&"MC-K006"), "the recorder did say something");
    }
}

#[test]
fn what_an_answer_allows_a_browser_is_kept() {
    let flagged = |origin: &str, headers: &str| {
        let request = json!({ "method": "OPTIONS", "url": "https://h/api/v1/sessions", "headers": [] });
        let answer = json!({ "status": 200, "headers": [
            { "name": "access-control-allow-ORIGIN", "value": origin },
            { "name": "Access-Control-Allow-Headers", "value": headers },
        ] });
        let capture = read(archive(&[entry("2026-01-01T00:00:00Z", request, answer)]));
        capture.all_exchanges().any(|exchange| exchange.row().flags.has(ExchangeFlags::CORS_ALLOWED))
    };
    assert!(flagged("*", "X-Other, content-type"));
    assert!(flagged("https://player.example.com", "*"));
    assert!(!flagged("*", "X-Content-Type"));
    assert!(!flagged("", "Content-Type"));
}

#[test]
fn a_get_lacks_no_body() {
    let request = json!({ "method": "GET", "url": "https://h/api/v1/sessions", "headers": [] });
    let capture = read(archive(&[entry("2026-01-01T00:00:00Z", request, json!({ "status": 405 }))]));
    assert_eq!(capture.notes, []);
}

#[test]
fn a_redirect_url_stands_in_for_a_missing_location() {
    let request = post("/api/v1/sessions", json!({ "text": start(1, "") }));
    let answer = json!({ "status": 201, "headers": [], "redirectURL": "/api/v1/sessions/xyz" });
    assert_eq!(
        summary(&read(archive(&[entry("2026-01-01T00:00:00Z", request, answer)]))),
        "har 1/1 | online cut-off 1 xyz"
    );
}

//! Every sample, by a golden table, and what must hold for all of them.

use playtrace::model::table::BodyKind;
use serde_json::Value;

use super::{events, read, sample, samples, summary};

/// What each sample of one or a few sessions is read as.
const GOLDEN: [(&str, &str); 25] = [
    ("clients/android312-audio.har", "har 13/13 | online completed 13 4f7915"),
    ("clients/android312-dlfull.json", "requests 1/33 | legacy-downloaded completed 33 -"),
    ("clients/android312-dlshort.har", "har 1/6 | legacy-downloaded completed 6 -"),
    ("clients/android312-full.har", "har 39/39 | online completed 39 e4fd12"),
    ("clients/android312-netdrop.har", "har 16/16 | online completed 16 bc28e6"),
    ("clients/android312-start400.har", "har 3/3 | online cut-off 1 - 3 attempts"),
    ("clients/cc303-vod.har", "har 19/19 | online completed 19 57e357"),
    ("clients/chromium-js310.chrome-har.har", "har 24/15 | online completed 15 dffead"),
    ("clients/chromium-js310.playwright.har", "har 17/15 | online completed 15 dffead"),
    ("clients/firefox-js310.firefox.har", "har 24/15 | online completed 15 200383"),
    ("clients/js300-vod-full-rt.har", "har 59/59 | online completed 59 1a91e3"),
    ("clients/js302-vod-full-virt.har", "har 38/38 | online completed 38 e5902d"),
    ("clients/js310-abandon-virt.har", "har 5/5 | online cut-off 5 895fba"),
    ("clients/js310-expire404-virt.har", "har 7/7 | online ended 7 2977e5"),
    ("clients/js310-live-audio-virt.har", "har 10/10 | online ended 10 b6f848"),
    ("clients/js310-resume-granular-virt.har", "har 17/17 | online ended 17 c301a5"),
    ("clients/js310-vod-full-virt.har", "har 38/38 | online completed 38 e5902d"),
    ("clients/js310-vod-full-virt.json", "requests 38/38 | online completed 38 e5902d"),
    ("clients/mitm-js310.mitmproxy.har", "har 21/15 | online completed 15 528147"),
    ("clients/theo-b035ef3-predur.har", "har 15/15 | online completed 15 1e1189"),
    ("clients/theo-lag.har", "har 7/7 | online cut-off 2 6afa74 | online completed 5 ef5525"),
    ("clients/theo-vod.har", "har 13/13 | online completed 13 6e8040"),
    ("documents/downloaded-legacy.txt", "raw-http 1/6 | legacy-downloaded completed 6 -"),
    ("documents/downloaded.txt", "raw-http 1/6 | downloaded completed 6 -"),
    ("documents/online-start.txt", "raw-http 1/1 | online cut-off 1 -"),
];

#[test]
fn every_recording_gives_its_sessions() {
    let found = GOLDEN.map(|(name, _)| (name, summary(&read(sample(name)))));
    let found: Vec<_> = found.iter().map(|(name, summary)| (*name, summary.as_str())).collect();
    assert_eq!(found, GOLDEN);
}

#[test]
fn the_table_names_every_recording() {
    let names = samples().into_iter().map(|(name, _)| name).filter(|name| !name.starts_with("sdk-tests/"));
    assert_eq!(names.collect::<Vec<_>>(), GOLDEN.map(|(name, _)| name));
}

#[test]
fn an_array_of_events_in_other_json_is_a_session_and_a_lone_event_too() {
    let scenarios = read(sample("sdk-tests/scenario-sessions-wire.json"));
    assert_eq!(scenarios.format.name(), "json-search");
    let listed: Value = serde_json::from_slice(scenarios.source.bytes()).expect("it is JSON");
    let listed = listed.as_array().expect("a list of scenarios");
    assert_eq!(scenarios.sessions.len(), listed.len());
    for (session, listed) in scenarios.sessions.iter().zip(listed) {
        assert_eq!(session.len(), listed["events"].as_array().map_or(0, Vec::len), "{}", listed["name"]);
        let mode = if listed["downloaded"] == true { "downloaded" } else { "unknown" };
        assert_eq!(session.mode.name(), mode, "{}", listed["name"]);
        assert_eq!(session.exchanges, []);
    }
    let single = read(sample("sdk-tests/wire-fixtures.json"));
    assert_eq!((single.events.len(), single.sessions.len()), (28, 28));
}

#[test]
fn one_session_recorded_by_four_writers_gives_the_same_events() {
    let recorded = |name: &str| -> Vec<Value> {
        let capture = read(sample(name));
        let session = &capture.sessions[0];
        session
            .by_arrival
            .iter()
            .map(|id| capture.event(*id).and_then(|event| event.json()).expect("JSON"))
            .collect()
    };
    let playwright = recorded("clients/chromium-js310.playwright.har");
    assert_eq!(playwright.len(), 15);
    assert_eq!(
        playwright,
        recorded("clients/chromium-js310.chrome-har.har"),
        "two writers beside one browser"
    );
    // The page was played once more for each of the others: the clocks differ, nothing else.
    let without_clocks = |events: Vec<Value>| -> Vec<Value> {
        let without = events.into_iter().map(|mut event| {
            event["playerTime"] = Value::Null;
            event
        });
        without.collect()
    };
    let expected = without_clocks(playwright);
    for name in ["clients/firefox-js310.firefox.har", "clients/mitm-js310.mitmproxy.har"] {
        assert_eq!(without_clocks(recorded(name)), expected, "{name}");
    }
}

#[test]
fn the_text_of_every_event_leads_back_to_its_bytes() {
    for (name, _) in samples() {
        let capture = read(sample(&name));
        for event in events(&capture) {
            let body = event.row().body;
            let text = event.text();
            let bytes = capture.source.bytes();
            for (offset, byte) in text.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()) {
                let at = capture.source_offset(body, offset).expect("it has a place") as usize;
                // Letters stand for themselves in every form; an escape begins with its backslash.
                assert!(matches!(bytes[at], found if found == *byte || found == b'\\'), "{name} at {at}");
            }
            if body.kind == BodyKind::Raw {
                let start = body.start as usize;
                assert_eq!(&bytes[start..start + text.len()], &*text);
            }
        }
    }
}

#[test]
fn requests_keep_what_was_recorded() {
    let capture = read(sample("clients/js310-vod-full-virt.har"));
    let start = capture.all_exchanges().next().expect("it has requests");
    assert_eq!(start.url(), "http://127.0.0.1:43653/api/v1/sessions");
    assert_eq!((start.method(), start.status()), ("POST", Some(201)));
    assert_eq!(start.host(), Some("127.0.0.1:43653"));
    assert_eq!(start.content_type(), Some("application/json"));
    assert_eq!(start.request_headers().len(), 9);
    assert!(start.answer_headers().iter().any(|(name, _)| name == "Location"));
    assert_eq!(start.received_at().map(|at| at.millis()), Some(1_792_002_609_062));
    let records = read(sample("clients/js310-vod-full-virt.json"));
    for (har, record) in capture.all_exchanges().zip(records.all_exchanges()) {
        assert_eq!(har.url(), record.url());
        assert_eq!(har.received_at(), record.received_at());
        assert_eq!(har.request_headers(), record.request_headers());
        assert_eq!(har.body_text(), record.body_text());
        assert_eq!((har.path_sid(), har.location_sid()), (record.path_sid(), record.location_sid()));
    }
}

//! What must stay silent above info: the samples of the documents, and the sessions of Adobe's own clients.

use playtrace::model::policy::Profile;
use playtrace::rules::finding::{Finding, Severity};
use playtrace::rules::rule::Family;

use crate::support::examples::{Judged, describe, judged};

/// Everything above info that is not excepted by name.
fn above_info(judged: &Judged, excepted: &[&str]) -> Vec<String> {
    let speaks =
        |finding: &&Finding| finding.severity > Severity::Info && !excepted.contains(&finding.rule.meta.name);
    let findings = judged.judgement.findings.iter().filter(speaks);
    findings.map(|finding| describe(&judged.capture, finding)).collect()
}

/// Runs a sample of the documents, in session notation.
#[track_caller]
fn assert_silent(notation: &str, excepted: &[&str]) {
    let judged = judged("sample", notation.as_bytes(), Profile::Default);
    assert!(!judged.capture.sessions.is_empty(), "nothing was read: {:?}", judged.capture.notes);
    let unread: Vec<_> =
        judged.capture.notes.iter().filter(|note| note.message.contains("notation")).collect();
    assert!(unread.is_empty(), "{unread:?}");
    assert_eq!(above_info(&judged, excepted), Vec::<String>::new());
}

#[test]
fn the_downloaded_sample_of_the_documents_is_silent() {
    assert_silent(
        "@vod @batch length=35 base=1529997923478
+0      sessionStart
+4.696  play
+14.025 ping ph=10
+24.055 ping ph=20
+34.067 ping ph=30
+37.081 sessionComplete ph=35
",
        &[],
    );
}

#[test]
fn the_first_timeline_of_the_documents_is_silent_but_for_what_is_known() {
    assert_silent(
        r#"@vod length=60.333
+0  sessionStart
+0  adBreakStart podIndex=0 podSecond=0
+0  adStart id="001" length=15 podPosition=1 meta.campaign="spring"
+1..+14/1 ping
+15 adComplete
+15 adStart id="002" length=7 podPosition=1
+20 ping
+22 adComplete
+22 adBreakComplete
+22 play
+30 ping ph=8
+33 bufferStart ph=11
+36 play ph=11
+40 ping ph=15
+46 adBreakStart podIndex=1 podSecond=21 ph=21
+46 adStart id="003" length=8 podPosition=2
+50 ping
+54 adComplete
+54 adBreakComplete
+60 ping ph=27
+64 pauseStart ph=31
+70 ping ph=31
+74 play ph=31
+80 ping ph=37
+88 sessionComplete ph=45
"#,
        &["pod-position-not-rising", "completed-far-from-the-end"],
    );
}

#[test]
fn the_pre_roll_of_the_sdks_is_silent() {
    assert_silent(
        "@vod length=15
+0  sessionStart
+0  adBreakStart
+0  adStart
+0  play
+10 ping
+15 adComplete
+15 adBreakComplete
+15 play ph=0
+16 play ph=1
+26 ping ph=11
+30 sessionComplete ph=15
",
        &[],
    );
}

#[test]
fn the_idle_session_of_the_sdks_is_silent() {
    assert_silent(
        "@vod length=60
+0  sessionStart
+0  play
+1  play
+3  pauseStart
+13..+1793/10 ping
+1803 sessionEnd
",
        &[],
    );
}

#[test]
fn the_long_session_of_the_sdks_is_silent() {
    assert_silent(
        "@vod length=172801
+0  sessionStart
+0  play
+1  play
+11..+86391/10 ping
+86400 sessionEnd

@vod length=172801 at=+86400 ph=86400 media.resume=true
+0  sessionStart
+0  play
+1  play
+11 ping
+20 sessionEnd
",
        &[],
    );
}

#[test]
fn the_timelines_of_the_sibling_api_are_silent() {
    assert_silent(
        "@vod length=60
+0  sessionStart
+1  bufferStart ph=1
+4  play
+10 ping ph=7
+15 pauseStart ph=12
+20 ping
+24 play
+29 sessionEnd ph=17
",
        &[],
    );
    assert_silent(
        "@vod length=60
+0  sessionStart
+0  play
+1  chapterStart
+10 ping
+15 chapterComplete
+15 adBreakStart
+15 adStart
+20 ping
+30 ping
+31 adComplete
+31 adStart
+40 ping
+43 adComplete
+43 adBreakComplete
+43 chapterStart
+50 ping ph=22
+54 chapterComplete ph=26
+55 sessionComplete ph=26
",
        &["completed-far-from-the-end"],
    );
}

#[test]
fn every_whole_session_of_the_sdk_tests_is_silent() {
    let bytes = capture("sdk-tests/scenario-sessions-wire.json");
    let listed: serde_json::Value = serde_json::from_slice(&bytes).expect("the file is JSON");
    let listed = listed.as_array().expect("a list of sessions");
    let judged = judged("scenario-sessions-wire.json", &bytes, Profile::Default);
    assert_eq!(judged.capture.sessions.len(), listed.len());
    let is_whole = |finding: &Finding| match finding.session {
        Some(session) => listed[session.index()]["sparse"] != true,
        None => true,
    };
    let whole = |finding: &&Finding| finding.severity > Severity::Info && is_whole(finding);
    let found: Vec<_> = judged
        .judgement
        .findings
        .iter()
        .filter(whole)
        .map(|finding| describe(&judged.capture, finding))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

/// The bytes of a capture.
#[track_caller]
pub fn capture(path: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/captures/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs captures, and fails with everything above info in any of them.
#[track_caller]
fn assert_captures_silent(paths: &[&str], excepted: &[&str]) {
    let mut found = Vec::new();
    for path in paths {
        let judged = judged(path, &capture(path), Profile::Default);
        assert!(!judged.capture.sessions.is_empty(), "{path}: nothing was read");
        found.extend(above_info(&judged, excepted).into_iter().map(|line| format!("{path} {line}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn accepted_captures_are_silent() {
    assert_captures_silent(
        &[
            "clients/js310-vod-full-virt.har",
            "clients/js310-vod-full-virt.json",
            "clients/js310-live-audio-virt.har",
            "clients/js310-resume-granular-virt.har",
            "clients/js310-abandon-virt.har",
            "clients/js302-vod-full-virt.har",
            "clients/android312-full.har",
            "clients/android312-audio.har",
            "clients/android312-dlfull.json",
            "clients/android312-dlshort.har",
            "documents/downloaded.txt",
            "documents/downloaded-legacy.txt",
            "documents/online-start.txt",
        ],
        &[],
    );
}

#[test]
fn captures_with_one_known_fault_show_no_other() {
    assert_captures_silent(&["clients/js300-vod-full-rt.har"], &["wrong-content-type"]);
    assert_captures_silent(&["clients/android312-netdrop.har"], &["delivered-late"]);
}

#[test]
fn no_client_is_blamed_for_its_ads_chapters_states_or_lifecycle() {
    let paths = [
        "clients/cc303-vod.har",
        "clients/chromium-js310.chrome-har.har",
        "clients/chromium-js310.playwright.har",
        "clients/firefox-js310.firefox.har",
        "clients/mitm-js310.mitmproxy.har",
        "clients/theo-vod.har",
    ];
    const FAMILIES: [Family; 5] =
        [Family::Lifecycle, Family::Ordering, Family::Ads, Family::Chapters, Family::States];
    let mut found = Vec::new();
    for path in paths {
        let judged = judged(path, &capture(path), Profile::Default);
        let of_families = judged.judgement.findings.iter().filter(|finding| {
            finding.severity > Severity::Info && FAMILIES.contains(&finding.rule.meta.family)
        });
        found.extend(of_families.map(|finding| format!("{path} {}", describe(&judged.capture, finding))));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Codes of families Q and P from `least` on, each with the place of its event in the recording.
fn of_quality_and_params(path: &str, least: Severity) -> Vec<String> {
    let judged = judged(path, &capture(path), Profile::Default);
    let ours = judged.judgement.findings.iter().filter(|finding| {
        finding.severity >= least && matches!(finding.rule.meta.family, Family::Quality | Family::Params)
    });
    let place = |finding: &Finding| finding.event.map_or(u32::MAX, |event| event.0);
    let mut found: Vec<String> =
        ours.map(|finding| format!("{} {}", finding.rule.meta.code, place(finding))).collect();
    found.dedup();
    found
}

#[test]
fn captures_show_what_their_page_says_of_quality_and_parameters() {
    let table: [(&str, &[&str]); 4] = [
        ("clients/cc303-vod.har", &["MC-P001 0"]),
        ("clients/theo-vod.har", &["MC-P002 0", "MC-P014 0", "MC-Q005 3"]),
        ("clients/theo-lag.har", &["MC-P002 0", "MC-P014 0", "MC-P002 1", "MC-P014 1"]),
        ("clients/theo-b035ef3-predur.har", &["MC-P001 0", "MC-P002 0", "MC-P014 0"]),
    ];
    for (path, expected) in table {
        assert_eq!(of_quality_and_params(path, Severity::Warn), expected, "{path}");
    }
}

#[test]
fn no_session_of_the_sdk_tests_is_blamed_for_its_quality_or_parameters() {
    // the single events of the other file have stand-ins for ids (`org_id`), and some lack them
    let found = of_quality_and_params("sdk-tests/scenario-sessions-wire.json", Severity::Warn);
    assert_eq!(found, Vec::<String>::new());
}

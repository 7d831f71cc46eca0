//! Rules of family T on the captures, on generated sessions, and at their limits.

use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::policy::Profile;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::Severity;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;

/// A finding of family T: session, rule, severity, `eventType` and playhead of its event.
type Found = (u32, &'static str, Severity, String, f64);

fn findings_of(capture: &Capture, profile: Profile) -> Vec<Found> {
    let settings = Settings { policy: profile.policy(), profile };
    let judgement = judge(capture, &settings, &RuleSelection::of_profile(profile), &Unwatched);
    assert_eq!(judgement.internal, Vec::<String>::new());
    let of_family =
        judgement.findings.into_iter().filter(|finding| finding.rule.meta.code.starts_with("MC-T"));
    of_family
        .map(|finding| {
            let event = finding.event.and_then(|event| capture.event(event));
            let playhead = event.and_then(|event| event.playhead()).map_or(f64::NAN, |playhead| playhead.0);
            let type_name = event.map_or_else(String::new, |event| event.type_name().into_owned());
            let session = finding.session.map_or(u32::MAX, |session| session.0);
            (session, finding.rule.meta.name, finding.severity, type_name, playhead)
        })
        .collect()
}

fn captured(path: &str) -> Capture {
    let path = format!("{}/tests/fixtures/captures/{path}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("the fixture is there");
    ingest(&path, bytes, &Unwatched)
}

/// `rule severity eventType playhead` of each finding of a capture.
fn lines(path: &str) -> Vec<String> {
    let found = findings_of(&captured(path), Profile::Default).into_iter();
    found
        .map(|(_, rule, severity, type_name, playhead)| {
            format!("{rule} {} {type_name} {playhead:.3}", severity.name())
        })
        .collect()
}

#[test]
fn captures_show_what_their_page_says_of_time() {
    let silent = [
        "clients/js310-vod-full-virt.har",
        "clients/js310-vod-full-virt.json",
        "clients/js302-vod-full-virt.har",
        "clients/js300-vod-full-rt.har",
        "clients/js310-live-audio-virt.har",
        "clients/js310-resume-granular-virt.har",
        "clients/js310-abandon-virt.har",
        "clients/js310-expire404-virt.har",
        "clients/android312-full.har",
        "clients/android312-audio.har",
        "clients/android312-netdrop.har",
        "clients/android312-dlfull.json",
        "clients/android312-start400.har",
        "clients/theo-vod.har",
        "clients/theo-lag.har",
        "sdk-tests/wire-fixtures.json",
    ];
    for path in silent {
        assert_eq!(lines(path), Vec::<String>::new(), "{path}");
    }
    let late_seek = "seek-position-late warn pauseStart 46.000";
    for (path, expected) in [
        ("clients/cc303-vod.har", "seek-position-late warn error 52.800"),
        ("clients/chromium-js310.playwright.har", late_seek),
        ("clients/chromium-js310.chrome-har.har", late_seek),
        ("clients/firefox-js310.firefox.har", late_seek),
        ("clients/mitm-js310.mitmproxy.har", late_seek),
        ("clients/android312-dlshort.har", "playhead-past-length info ping 101.000"),
        ("clients/theo-b035ef3-predur.har", "playhead-moves-in-ad warn ping 1.264"),
    ] {
        assert_eq!(lines(path), [expected], "{path}");
    }
}

/// Numbers of the sessions of `scenario-sessions-wire.json` that are excerpts of longer ones (`sparse`).
const SPARSE: std::ops::Range<u32> = 32..42;

#[test]
fn whole_sessions_of_the_sdk_tests_have_nothing_above_info() {
    let capture = captured("sdk-tests/scenario-sessions-wire.json");
    assert_eq!(capture.sessions.len(), 42);
    let found = findings_of(&capture, Profile::Default);
    let above: Vec<_> =
        found.iter().filter(|found| !SPARSE.contains(&found.0) && found.2 > Severity::Info).collect();
    assert!(above.is_empty(), "{above:?}");
}

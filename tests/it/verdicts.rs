//! Verdicts: of the recorded sessions, of each reason for a rejection, and what a selection cannot change.

use std::path::PathBuf;

use playtrace::ingest::ingest;
use playtrace::model::id::SessionId;
use playtrace::model::policy::{DownloadedFlag, Policy, SchemaSet};
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::{Finding, Severity};
use playtrace::rules::rule::Family;
use playtrace::rules::run::{Judgement, judge};
use playtrace::rules::selection::RuleSelection;
use playtrace::rules::verdict::Verdict::{self, Accepted, Degraded, Rejected};

fn capture_bytes(file: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    std::fs::read(folder.join(file)).expect("the capture is there")
}

fn judged(bytes: &[u8], policy: &Policy, selection: &RuleSelection) -> Judgement {
    let capture = ingest("capture", bytes.to_vec(), &Unwatched);
    let settings = Settings { policy: policy.clone(), ..Settings::default() };
    let judgement = judge(&capture, &settings, selection, &Unwatched);
    assert_eq!(judgement.internal, Vec::<String>::new(), "a rule failed inside");
    judgement
}

fn by_default(bytes: &[u8]) -> Judgement {
    judged(bytes, &Policy::default(), &RuleSelection::default())
}

fn policy(schema_set: SchemaSet) -> Policy {
    Policy { schema_set, ..Policy::default() }
}

/// A selection without any rule.
fn nothing_selected() -> RuleSelection {
    let mut selection = RuleSelection::default();
    let families: Vec<String> = Family::ALL.iter().map(|family| family.letter().to_string()).collect();
    selection.command_line().ignore(&families).expect("letters of families");
    selection
}

fn codes(judgement: &Judgement, least: Severity) -> Vec<&'static str> {
    let loud = judgement.findings.iter().filter(|finding| finding.severity >= least);
    let mut codes: Vec<_> = loud.map(|finding| finding.rule.meta.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The recorded sessions, with what the S, B, H and K rules say of them from `info` on.
const RECORDED: &[(&str, &[Verdict], &[&str])] = &[
    ("clients/js310-vod-full-virt.har", &[Accepted], &[]),
    ("clients/js310-vod-full-virt.json", &[Accepted], &[]),
    ("clients/js310-live-audio-virt.har", &[Accepted], &[]),
    ("clients/js310-resume-granular-virt.har", &[Accepted], &[]),
    ("clients/js310-abandon-virt.har", &[Accepted], &["MC-K002"]),
    ("clients/js310-expire404-virt.har", &[Degraded], &["MC-H009"]),
    ("clients/js302-vod-full-virt.har", &[Accepted], &[]),
    ("clients/js300-vod-full-rt.har", &[Accepted], &["MC-H003"]),
    ("clients/android312-full.har", &[Accepted], &[]),
    ("clients/android312-audio.har", &[Accepted], &[]),
    ("clients/android312-netdrop.har", &[Accepted], &["MC-H021"]),
    ("clients/android312-dlfull.json", &[Accepted], &["MC-B004", "MC-B013"]),
    ("clients/android312-dlshort.har", &[Accepted], &["MC-B004", "MC-B013"]),
    ("clients/android312-start400.har", &[Rejected], &["MC-H007", "MC-H010", "MC-H024"]),
    ("clients/theo-b035ef3-predur.har", &[Degraded], &["MC-H010", "MC-S005"]),
    ("documents/downloaded.txt", &[Accepted], &["MC-B013", "MC-K005", "MC-K008"]),
    ("documents/downloaded-legacy.txt", &[Accepted], &["MC-B004", "MC-B013", "MC-K005", "MC-K008"]),
];

#[test]
fn the_recorded_sessions_have_the_verdicts_that_their_page_states() {
    for (file, verdicts, codes_of_it) in RECORDED {
        let judgement = by_default(&capture_bytes(file));
        assert_eq!(judgement.verdicts, *verdicts, "{file}: {:#?}", messages(&judgement.findings));
        let ours =
            |code: &&str| matches!(code.as_bytes()[3], b'S' | b'B' | b'H' | b'K') && *code != "MC-K006";
        let found: Vec<_> = codes(&judgement, Severity::Info).into_iter().filter(ours).collect();
        assert_eq!(found, *codes_of_it, "{file}: {:#?}", messages(&judgement.findings));
    }
}

fn messages(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.rule.meta.code, finding.message)).collect()
}

#[test]
fn the_whole_sessions_of_the_sdk_tests_are_accepted() {
    let judgement = by_default(&capture_bytes("sdk-tests/scenario-sessions-wire.json"));
    assert_eq!(judgement.verdicts.len(), 42);
    // the last ten are excerpts of longer sessions
    assert!(judgement.verdicts[..32].iter().all(|verdict| *verdict == Accepted), "{:?}", judgement.verdicts);
    assert!(!judgement.verdicts.contains(&Rejected), "{:?}", judgement.verdicts);
}

#[test]
fn single_events_of_the_sdk_tests_are_valid_but_for_the_starts_that_lack_parameters() {
    let judgement = by_default(&capture_bytes("sdk-tests/wire-fixtures.json"));
    assert_eq!(judgement.verdicts.iter().filter(|verdict| **verdict == Rejected).count(), 4);
    let of_schema = judgement.findings.iter().filter(|finding| finding.rule.meta.family == Family::Schema);
    let mut errors: Vec<_> = of_schema
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| (finding.rule.meta.code, finding.session.map(|session| session.0)))
        .collect();
    errors.dedup();
    // the plain and the channel variant of two test suites
    assert_eq!(errors, [0, 1, 13, 14].map(|session| ("MC-S004", Some(session))));
}

/// Name, notation, and the verdicts by `documented`, `published-2018` and `open`.
type Case = (&'static str, &'static str, [Verdict; 3]);

const CASES: &[Case] = &[
    ("a good session", "@vod\n+0 sessionStart\n+1 play\n+9 sessionEnd", [Accepted; 3]),
    (
        "a start that lacks a parameter, though the recorded answer is 201",
        "@vod\n+0 sessionStart -media.id\n+1 play\n+9 sessionEnd",
        [Rejected, Rejected, Degraded],
    ),
    ("a start answered 400", "@vod\n+0 sessionStart status=400", [Rejected; 3]),
    (
        "a second attempt that went well",
        "@vod\n+0 sessionStart status=400\n+5 sessionStart ts=+0 ph=0\n+6 play\n+9 sessionEnd",
        [Degraded; 3],
    ),
    ("a start that is no JSON", "@vod\n+0 sessionStart raw='{' status=400", [Rejected; 3]),
    ("a start that was not answered", "@vod\n+0 sessionStart status=500", [Accepted; 3]),
    (
        "a bad event online",
        "@vod\n+0 sessionStart\n+1 play\n+5 ping ph=\"5\"\n+9 sessionEnd",
        [Degraded, Degraded, Degraded],
    ),
    (
        "a bad event in a batch",
        "@batch\n+0 sessionStart\n+1 play\n+5 ping ph=\"5\"\n+9 sessionEnd",
        [Rejected, Rejected, Degraded],
    ),
    ("a batch answered 400", "@batch status=400\n+0 sessionStart\n+1 play\n+9 sessionEnd", [Rejected; 3]),
    ("a batch without its start", "@batch\n+1 play\n+9 sessionEnd", [Rejected, Rejected, Degraded]),
    (
        "a legacy batch without the flag",
        "@legacy\n+0 sessionStart -media.downloaded\n+1 play\n+9 sessionEnd",
        [Rejected, Rejected, Degraded],
    ),
    (
        "the flag on a live session",
        "@vod\n+0 sessionStart media.downloaded=true\n+1 play\n+9 sessionEnd",
        [Rejected, Rejected, Degraded],
    ),
    (
        "a single object to the batch endpoint",
        "@vod\n+0 sessionStart to=downloaded",
        [Rejected, Rejected, Degraded],
    ),
    (
        "a chapter online, which the sample of 2018 does not know",
        "@vod\n+0 sessionStart\n+1 play\n+2 chapterStart\n+9 chapterComplete\n+9 sessionEnd",
        [Accepted, Degraded, Accepted],
    ),
    (
        "a frame rate with a fraction in a batch",
        "@batch\n+0 sessionStart -media.streamType -media.downloaded\n+1 play\n\
         +5 bitrateChange qoe.media.qoe.framesPerSecond=23.5\n+9 sessionEnd",
        [Degraded, Rejected, Degraded],
    ),
    (
        "parameters on a ping",
        "@vod\n+0 sessionStart\n+1 play\n+5 ping params.foo=1\n+9 sessionEnd",
        [Degraded; 3],
    ),
    (
        "advice alone",
        "@vod\n+0 sessionStart media.length=-5\n+1 play\n+9 sessionEnd",
        [Accepted, Accepted, Accepted],
    ),
    (
        "transport alone",
        "@vod type=text/plain\n+0 sessionStart\n+1 play\n+9 sessionEnd",
        [Accepted, Accepted, Accepted],
    ),
    (
        "what the recording lacks",
        "@vod\n+0 sessionStart\n+1 play\n+5 ping body=none\n+9 sessionEnd",
        [Accepted, Accepted, Accepted],
    ),
    (
        "events lost after 404",
        "@vod\n+0 sessionStart\n+1 play\n+5 ping status=404\n+9 sessionEnd status=404",
        [Degraded; 3],
    ),
];

/// Keys that only the later documents have would be refused by the sample of 2018 whatever the case is about.
fn without_later_keys(notation: &str) -> String {
    notation.replace("sessionStart", "sessionStart -media.streamType")
}

#[test]
fn every_reason_for_a_verdict_by_each_schema_set() {
    for (name, notation, verdicts) in CASES {
        let sets = [SchemaSet::Documented, SchemaSet::Published2018, SchemaSet::Open];
        for (set, expected) in sets.into_iter().zip(verdicts) {
            let notation = match set {
                SchemaSet::Published2018
                    if !notation.contains("media.downloaded") && !notation.starts_with("@batch") =>
                {
                    without_later_keys(notation)
                }
                _ => (*notation).to_owned(),
            };
            let judgement = judged(notation.as_bytes(), &policy(set), &RuleSelection::default());
            let said = messages(&judgement.findings);
            assert_eq!(judgement.verdicts, [*expected], "{name}, by {set:?}: {said:#?}");
        }
    }
}

#[test]
fn no_selection_lifts_a_rejection_and_none_makes_one() {
    for (name, notation, _) in CASES {
        let loud = by_default(notation.as_bytes()).verdicts;
        let silent = judged(notation.as_bytes(), &Policy::default(), &nothing_selected());
        assert!(silent.findings.is_empty(), "{name}: {:?}", messages(&silent.findings));
        let is_rejected = |verdicts: &[Verdict]| verdicts.contains(&Rejected);
        assert_eq!(is_rejected(&loud), is_rejected(&silent.verdicts), "{name}");
    }
}

#[test]
fn what_degrades_by_its_finding_alone_follows_the_selection_and_a_refused_event_does_not() {
    let lost = "@vod\n+0 sessionStart\n+1 play\n+5 ping status=404\n+9 sessionEnd status=404";
    let refused = "@vod\n+0 sessionStart\n+1 play\n+5 ping ph=\"5\"\n+9 sessionEnd";
    for (notation, expected) in [(lost, Accepted), (refused, Degraded)] {
        let silent = judged(notation.as_bytes(), &Policy::default(), &nothing_selected());
        assert_eq!(silent.verdicts, [expected], "{notation}");
    }
}

#[test]
fn the_flag_is_needed_on_the_new_endpoint_where_the_policy_says_so() {
    let required = Policy { downloaded_flag: DownloadedFlag::Required, ..Policy::default() };
    for (flag, expected) in [("=true", Accepted), ("=false", Rejected)] {
        let notation = format!("@batch\n+0 sessionStart media.downloaded{flag}\n+1 play\n+9 sessionEnd");
        let judgement = judged(notation.as_bytes(), &required, &RuleSelection::default());
        assert_eq!(judgement.verdicts, [expected], "{flag}");
        assert_eq!(by_default(notation.as_bytes()).verdicts, [Accepted], "{flag}");
    }
}

#[test]
fn what_a_sample_leaves_out_is_held_against_nobody() {
    let text = "POST /api/v1/sessions HTTP/1.1\n\n[{eventType: \"sessionStart\", playerTime: {playhead: 0, \
                ts: 1529997923478}, params: {...}}, {eventType: \"sessionEnd\", playerTime: {...}}]\n";
    let judgement = by_default(text.as_bytes());
    assert_eq!(judgement.verdicts, [Accepted], "{:#?}", messages(&judgement.findings));
    assert!(codes(&judgement, Severity::Info).contains(&"MC-K008"));
}

#[test]
fn a_file_that_was_cut_blames_the_recording_and_not_the_player() {
    for file in [
        "clients/js310-expire404-virt.har",
        "clients/js310-vod-full-virt.json",
        "clients/android312-dlfull.json",
    ] {
        let whole = capture_bytes(file);
        for cut in (1..40).map(|part| whole.len() * part / 40) {
            let judgement = by_default(&whole[..cut]);
            let codes = codes(&judgement, Severity::Info);
            assert!(!codes.contains(&"MC-S001"), "{file} cut at {cut}: {:#?}", messages(&judgement.findings));
            assert!(
                !judgement.verdicts.contains(&Rejected),
                "{file} cut at {cut}: {:#?}",
                messages(&judgement.findings)
            );
        }
    }
}

#[test]
fn whoever_is_not_accepted_is_told_why() {
    let fixtures: serde_json::Value =
        serde_json::from_slice(&capture_bytes("sdk-tests/wire-fixtures.json")).expect("JSON");
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    for fixture in fixtures.as_array().expect("a list") {
        let text = serde_json::to_vec(&fixture["event"]).expect("JSON is written");
        for _ in 0..40 {
            let mut bytes = text.clone();
            let at = random.usize(..bytes.len());
            bytes[at] = *random.choice(b"\"{}[],:01e.-x\\ \n\xff").expect("a byte");
            let judgement = by_default(&bytes);
            for (session, verdict) in (0..).map(SessionId).zip(&judgement.verdicts) {
                let of_session = judgement.findings.iter().filter(|finding| finding.session == Some(session));
                let told = of_session.filter(|finding| finding.severity > Severity::Info).count();
                assert!(
                    *verdict == Accepted || told > 0,
                    "{}: {verdict:?} without a word",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}

//! Rules that compare sessions, and the numbers of the lifecycle and ordering rules.

use playtrace::metrics::reorder::{Reorder, Stretch, Window};
use playtrace::model::policy::Profile;
use playtrace::rules::context::Settings;

use crate::support::examples::{Judged, judged, judged_with};

/// Names of the rules that found something, with the number of the session.
fn found(judged: &Judged) -> Vec<(&'static str, Option<usize>)> {
    let findings = judged.judgement.findings.iter();
    findings.map(|finding| (finding.rule.meta.name, finding.session.map(|session| session.index()))).collect()
}

#[test]
fn the_start_that_was_not_awaited_shows_as_one_view_with_two_sessions() {
    let path = format!("{}/tests/fixtures/captures/clients/theo-lag.har", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("the capture is there");
    let judged = judged("theo-lag.har", &bytes, Profile::Default);
    let twice = (judged.judgement.findings.iter())
        .find(|finding| finding.rule.meta.name == "session-started-twice")
        .expect("two starts 0.265 s apart");
    assert_eq!(twice.session.map(|session| session.index()), Some(0), "the nearly empty one");
    let went_to_both = twice.related.iter().filter(|related| related.message.contains("both sessions"));
    assert_eq!(went_to_both.count(), 1, "the pauseStart: {:?}", twice.related);
    let found = found(&judged);
    assert!(found.contains(&("before-session-start", Some(1))), "{found:?}");
    let other = ["session-restarted-on-return", "never-played", "resume-flag-missing"];
    assert!(!found.iter().any(|(name, _)| other.contains(name)), "one cause, one finding: {found:?}");
}

/// Runs a session with one number set, and says whether the rule speaks.
#[track_caller]
fn fires(rule: &str, owner: &str, key: &str, value: f64, notation: &str) -> bool {
    let mut settings = Settings::default();
    *settings.numbers.get_mut(owner, key).expect("the number is in the table") = value;
    let judged = judged_with(key, notation.as_bytes(), &settings);
    found(&judged).iter().any(|(name, _)| *name == rule)
}

#[test]
fn the_numbers_of_lifecycle_and_ordering_rules_can_be_set() {
    let paused = "@vod length=3600\n+0 sessionStart\n+0 play\n+10 ping\n+15 pauseStart\n+25..+115/10 ping\n\
                  +120 play\n+130 sessionEnd\n";
    let late = "@vod\n+0 sessionStart\n+0 play\n+10 ping\n+14 bitrateChange recv=+17\n+15 ping recv=+15\n\
                +20 ping\n+25 sessionEnd\n";
    let twice =
        "@vod\n+0 sessionStart\n+1 play\n\n@vod at=+3\n+0 sessionStart\n+0 play\n+10 ping\n+11 sessionEnd\n";
    let back =
        "@vod\n+0 sessionStart\n+0 play\n+5 ping\n\n@vod at=+65\n+0 sessionStart\n+0 play\n+5 sessionEnd\n";
    let again = "@vod length=600\n+0 sessionStart\n+0 play\n+5 sessionEnd\n\n\
                 @vod length=600 ph=8\n+0 sessionStart\n+0 play\n+5 sessionEnd\n";
    let left = "@vod length=100\n+0 sessionStart\n+0 play\n+10..+80/10 ping\n+90 sessionEnd\n";
    let complete = "@vod length=100\n+0 sessionStart\n+0 play\n+10..+80/10 ping\n+85 sessionComplete\n";
    let trailing = "@vod length=10\n+0 sessionStart\n+0 play\n+10 sessionComplete\n+20..+40/10 ping\n";
    let unplayed = "@vod\n+0 sessionStart\n+10 ping ph=3\n+15 sessionEnd ph=3\n";
    let unresumed = "@vod\n+0 sessionStart\n+0 play\n+5 pauseStart\n+15 ping ph=12\n+20 sessionEnd ph=12\n";
    let slow = "@vod\n+0 sessionStart answered=2\n+2 play\n+2 bitrateChange\n+2 ping\n+9 sessionEnd\n";
    // Rule, owner and key of the number, a value with which it fires, one with which it does not.
    let table = [
        ("event-after-silence-timeout", "", "timeout-mins", 0.1, 1.0, paused),
        ("event-after-still-playhead-timeout", "", "timeout-mins", 1.5, 2.0, paused),
        ("timeout-near", "", "at-percent", 5.0, 80.0, paused),
        ("too-late-to-reorder", "", "warn-from-secs", 2.0, 2.5, late),
        ("session-started-twice", "", "within-secs", 3.0, 2.9, twice),
        ("session-restarted-on-return", "", "within-mins", 1.0, 0.9, back),
        ("resume-flag-missing", "", "playhead-secs", 7.9, 8.0, again),
        ("ended-at-the-end-without-complete", "", "within-percent", 10.0, 9.9, left),
        ("completed-far-from-the-end", "", "at-least-percent", 86.0, 85.0, complete),
        ("event-after-session-complete", "", "warn-from-ping", 3.0, 4.0, trailing),
        ("never-resumed", "", "tolerance-secs", 6.0, 7.0, unresumed),
        ("stamped-when-sent", "", "answer-secs", 1.9, 2.0, slow),
        (
            "play-repeated",
            "playhead-drift",
            "second-play-secs",
            0.5,
            1.0,
            "@vod\n+0 sessionStart\n+0 play\n+1 play\n",
        ),
    ];
    for (rule, owner, key, on, off, notation) in table {
        let owner = if owner.is_empty() { rule } else { owner };
        assert!(fires(rule, owner, key, on, notation), "{rule} {key} = {on}");
        assert!(!fires(rule, owner, key, off, notation), "{rule} {key} = {off}");
    }
    let severity = |secs: f64| {
        let mut settings = Settings::default();
        settings.numbers.never_played_move_secs = secs;
        let judged = judged_with("never-played", unplayed.as_bytes(), &settings);
        let mut of_rule = judged.judgement.findings.iter();
        let it = of_rule.find(|finding| finding.rule.meta.name == "never-played").expect("it never played");
        it.severity.name()
    };
    assert_eq!((severity(2.9), severity(3.0)), ("warn", "info"));
}

#[test]
fn a_tie_that_nobody_can_decide_is_a_stretch_of_its_own() {
    let text = "@vod length=60\n+0 sessionStart\n+0.1 adBreakStart\n+0.2 adStart\n+8 adStart\n+8 adComplete\n\
                +16 adComplete\n+16.1 adBreakComplete\n+16.2 play\n+20 sessionEnd\n";
    let judged = judged("tie", text.as_bytes(), Profile::Default);
    let (session, lanes) = (&judged.capture.sessions[0], &judged.judgement.lanes[0]);
    let settings = Settings::default();
    let window = Window::of(&settings.policy, &settings.numbers);
    let found = Reorder::of(&judged.capture, session, lanes, &window).stretches;
    let expected = Stretch {
        first: 3,
        judged: vec![4, 3],
        passed_on: Some(vec![3, 4]),
        late: Vec::new(),
        undecidable: std::iter::once(3..5).collect(),
    };
    assert_eq!(found, [expected]);
}

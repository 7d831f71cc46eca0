//! Rules of family T on the captures, on generated sessions, and at their limits.

use playtrace::ingest::ingest;
use playtrace::metrics::cadence::Cadence;
use playtrace::metrics::drift::{Drift, JumpKind};
use playtrace::metrics::lanes::Lanes;
use playtrace::model::capture::Capture;
use playtrace::model::policy::{AdPing, PingAnchor, Policy, Profile};
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::Severity;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;

/// A finding of family T: session, rule, severity, `eventType` and playhead of its event.
type Found = (u32, &'static str, Severity, String, f64);

fn findings_of(capture: &Capture, profile: Profile) -> Vec<Found> {
    let settings = Settings::of_profile(profile);
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
    ] {
        assert_eq!(lines(path), [expected], "{path}");
    }
    let pre_roll = ["length-of-the-pre-roll warn sessionStart 0.000", "playhead-moves-in-ad warn ping 1.264"];
    assert_eq!(lines("clients/theo-b035ef3-predur.har"), pre_roll);
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

/// A session as an array of events: seconds, type, playhead. `ts` counts from `base` milliseconds.
fn bare(base: i64, length: f64, events: &[(f64, &str, f64)]) -> Capture {
    let text = events_json(base, length, events);
    ingest("bare", text.into_bytes(), &Unwatched)
}

fn events_json(base: i64, length: f64, events: &[(f64, &str, f64)]) -> String {
    let events: Vec<String> = events
        .iter()
        .map(|(secs, event_type, playhead)| {
            let ts = base + (secs * 1000.0).round() as i64;
            let params = match *event_type {
                "sessionStart" => format!(
                    r#","params":{{"media.id":"a","media.length":{length},"media.contentType":"vod",
                    "media.playerName":"p","media.channel":"c","analytics.trackingServer":"t",
                    "analytics.reportSuite":"r","visitor.marketingCloudOrgId":"o"}}"#
                ),
                "adBreakStart" => r#","params":{"media.ad.podIndex":1,"media.ad.podSecond":0}"#.to_owned(),
                "adStart" => {
                    r#","params":{"media.ad.id":"x","media.ad.podPosition":1,"media.ad.length":20,"media.ad.playerName":"p"}"#
                        .to_owned()
                }
                _ => String::new(),
            };
            format!(r#"{{"playerTime":{{"playhead":{playhead},"ts":{ts}}},"eventType":"{event_type}"{params}}}"#)
        })
        .collect();
    format!("[{}]", events.join(",\n"))
}

/// Rules found in a session of (seconds, type, playhead), with the position of the event.
fn rules_in(events: &[(f64, &str, f64)]) -> Vec<&'static str> {
    let found = findings_of(&bare(BASE, 3600.0, events), Profile::Default);
    found.into_iter().filter(|found| found.2 > Severity::Info).map(|found| found.1).collect()
}

/// 2020-09-13 UTC.
const BASE: i64 = 1_600_000_000_000;

/// A small generator of numbers: the same seed gives the same numbers everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        // Steele, Lea, Flood: SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least `low`, below `high`.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }
}

/// A player that does everything right, with the habits of the SDKs: rounded and stale playheads, timers that
/// tick late, several events in one tick, `play` repeated for each asset.
struct Player {
    numbers: Numbers,
    events: Vec<(f64, &'static str, f64)>,
    now: f64,
    playhead: f64,
}

impl Player {
    fn send(&mut self, event_type: &'static str) {
        // Players round the playhead, or give that of their last tick.
        let stale = self.numbers.between(0.0, 0.25).min(self.playhead);
        self.events.push((self.now, event_type, ((self.playhead - stale) * 1000.0).round() / 1000.0));
    }

    /// Time passes with pings, while the playhead moves or not.
    fn pass(&mut self, secs: f64, moves: bool, with_other_events: bool) {
        let end = self.now + secs;
        while end - self.now > 10.8 {
            let step = self.numbers.between(9.9, 10.8);
            self.now += step;
            self.playhead += if moves { step } else { 0.0 };
            if with_other_events && self.numbers.one_in(3) {
                self.send("bitrateChange");
            }
            self.send("ping");
        }
        let rest = end - self.now;
        self.now = end;
        self.playhead += if moves { rest } else { 0.0 };
    }

    fn session(seed: u64) -> Vec<(f64, &'static str, f64)> {
        let mut player = Player { numbers: Numbers(seed), events: Vec::new(), now: 0.0, playhead: 0.0 };
        player.send("sessionStart");
        player.now = player.numbers.between(0.0, 3.0);
        if player.numbers.one_in(3) {
            player.ad_break();
        }
        player.send("play");
        for _ in 0..player.numbers.between(1.0, 12.0) as u32 {
            let secs = player.numbers.between(1.0, 70.0);
            player.pass(secs, true, true);
            match player.numbers.next() % 4 {
                0 => player.wait("pauseStart", false),
                1 => player.wait("bufferStart", false),
                2 => player.wait("pauseStart", true),
                _ => {
                    player.ad_break();
                    player.send("play");
                }
            }
        }
        let secs = player.numbers.between(1.0, 30.0);
        player.pass(secs, true, false);
        player.send("sessionEnd");
        player.events
    }

    fn wait(&mut self, event_type: &'static str, seeks: bool) {
        self.send(event_type);
        let secs = self.numbers.between(0.1, 50.0);
        self.pass(secs, false, false);
        if seeks {
            self.playhead = self.numbers.between(1.0, 3000.0);
        }
        self.send("play");
    }

    fn ad_break(&mut self) {
        self.send("adBreakStart");
        self.send("adStart");
        self.send("play");
        let secs = self.numbers.between(5.0, 40.0);
        self.pass(secs, false, false);
        self.send("adComplete");
        self.send("adBreakComplete");
    }
}

/// Sessions that each property is tried on.
fn seeds() -> std::ops::Range<u64> {
    if std::env::var_os("PLAYTRACE_TESTS").is_some_and(|tests| tests == "full") { 0..20_000 } else { 0..256 }
}

#[test]
fn a_correct_player_has_nothing_above_info() {
    for seed in seeds() {
        let events = Player::session(seed);
        assert_eq!(rules_in(&events), Vec::<&str>::new(), "seed {seed}: {events:?}");
    }
}

/// Sessions that are not correct any more: some playheads and times changed.
fn damaged(seed: u64) -> Vec<(f64, &'static str, f64)> {
    let mut events = Player::session(seed);
    let mut numbers = Numbers(!seed);
    for _ in 0..3 {
        let index = (numbers.next() % events.len() as u64) as usize;
        events[index].2 += numbers.between(-20.0, 400.0).max(-events[index].2);
        let removed = (numbers.next() % events.len() as u64) as usize;
        if removed > 1 {
            events.remove(removed);
        }
    }
    events
}

#[test]
fn another_start_of_the_clock_changes_nothing() {
    let mut n_findings = 0;
    for seed in seeds() {
        let events = damaged(seed);
        let here = findings_of(&bare(BASE, 3600.0, &events), Profile::Default);
        let there = findings_of(&bare(BASE + 98_765_432_123, 3600.0, &events), Profile::Default);
        assert_eq!(format!("{here:?}"), format!("{there:?}"), "seed {seed}");
        n_findings += here.len();
    }
    assert!(n_findings > 100, "the damage shows: {n_findings}");
}

/// Request records of an online session; each event arrives at `arrival` of its time.
fn online(events: &[(f64, &'static str, f64)], arrival: impl Fn(f64) -> f64) -> Capture {
    let bodies: Vec<serde_json::Value> =
        serde_json::from_str(&events_json(BASE, 3600.0, events)).expect("the bodies are JSON");
    let records = bodies.iter().zip(events).map(|(body, (secs, event_type, _))| {
        let is_start = *event_type == "sessionStart";
        let (path, status) = if is_start { ("", 201) } else { ("/5e55104e/events", 204) };
        serde_json::json!({
            "method": "POST",
            "url": format!("https://example.hb-api.omtrdc.net/api/v1/sessions{path}"),
            "arrivalMs": BASE as f64 + arrival(*secs) * 1000.0,
            "headers": {"Content-Type": "application/json"},
            "body": body.to_string(),
            "response": {"status": status, "headers": {"Location": "/api/v1/sessions/5e55104e"}, "body": ""},
        })
    });
    let text = serde_json::Value::Array(records.collect()).to_string();
    ingest("online", text.into_bytes(), &Unwatched)
}

#[test]
fn arrival_changes_nothing() {
    for seed in seeds().take(64) {
        let events = damaged(seed);
        let at_once = online(&events, |secs| secs);
        assert_eq!((at_once.sessions.len(), at_once.events.len()), (1, events.len()));
        let here = findings_of(&at_once, Profile::Default);
        let late = findings_of(&online(&events, |secs| 5.0 + 1.3 * secs), Profile::Default);
        assert_eq!(format!("{here:?}"), format!("{late:?}"), "seed {seed}");
    }
}

#[test]
fn the_tolerance_of_a_stretch_is_two_and_a_half_seconds_and_five_percent() {
    // Twelve steps of 10 s, slower or faster by a constant: 120 s tolerate 8.5 s.
    let stretch = |drift: f64| {
        let mut events = vec![(0.0, "sessionStart", 0.0), (0.0, "play", 0.0)];
        let pings = (1..=12).map(|n| (10.0 * f64::from(n), "ping", (10.0 + drift / 12.0) * f64::from(n)));
        events.extend(pings);
        rules_in(&events)
    };
    for inside in [8.4, -8.4, 0.0] {
        assert_eq!(stretch(inside), Vec::<&str>::new(), "{inside}");
    }
    for outside in [8.6, -8.6] {
        assert_eq!(stretch(outside), ["playhead-drift"], "{outside}");
    }
}

#[test]
fn the_tolerance_of_a_step_decides_between_jump_lag_and_nothing() {
    let step = |drift: f64| {
        rules_in(&[
            (0.0, "sessionStart", 0.0),
            (0.0, "play", 0.0),
            (10.0, "ping", 10.0),
            (20.0, "ping", 20.0 + drift),
            (30.0, "ping", 30.0 + drift),
            (40.0, "ping", 40.0 + drift),
            (50.0, "ping", 50.0 + drift),
        ])
    };
    assert_eq!(step(2.95), Vec::<&str>::new());
    assert_eq!(step(3.05), ["jump-without-seek"]);
    assert_eq!(step(-2.95), Vec::<&str>::new());
    assert_eq!(step(-3.05), ["playhead-drift"]);
    assert_eq!(
        step(-10.9),
        ["playhead-drift"],
        "a fall of less than a second is no jump, but the stretch is late"
    );
    assert_eq!(step(-11.1), ["jump-without-seek"]);
}

#[test]
fn a_playhead_that_stands_and_catches_up_is_stuck_but_neither_drift_nor_jump() {
    let mut events = vec![(0.0, "sessionStart", 0.0), (0.0, "play", 0.0), (10.0, "ping", 10.0)];
    events.extend([(20.0, "ping", 10.0), (30.0, "ping", 10.0), (40.0, "ping", 40.0), (50.0, "ping", 50.0)]);
    assert_eq!(rules_in(&events), ["playhead-stuck"]);
}

#[test]
fn the_length_of_a_pre_roll_is_told_by_its_own_rule() {
    let events = [
        (0.0, "sessionStart", 0.0),
        (0.0, "adBreakStart", 0.0),
        (0.0, "adStart", 0.0),
        (10.0, "ping", 0.0),
        (20.0, "adComplete", 0.0),
        (20.0, "adBreakComplete", 0.0),
        (20.0, "play", 0.0),
        (30.0, "ping", 10.0),
        (40.0, "ping", 20.0),
        (50.0, "ping", 30.0),
    ];
    let found = |length: f64| {
        let found = findings_of(&bare(BASE, length, &events), Profile::Default).into_iter();
        found.map(|found| found.1).collect::<Vec<_>>()
    };
    // The ad of the pre-roll lasts 20 s.
    assert_eq!(found(20.4), ["length-of-the-pre-roll"]);
    assert_eq!(found(18.0), ["playhead-past-length"]);
}

#[test]
fn the_strict_reading_does_not_let_the_playhead_reach_the_length() {
    let events = [(0.0, "sessionStart", 0.0), (0.0, "play", 0.0), (10.0, "ping", 10.0)];
    let found = |profile| {
        let found = findings_of(&bare(BASE, 10.0, &events), profile).into_iter();
        found.map(|found| found.1).collect::<Vec<_>>()
    };
    assert_eq!(found(Profile::Default), Vec::<&str>::new());
    assert_eq!(found(Profile::Strict), ["playhead-past-length"]);
}

/// Findings of one rule, as severity and `eventType`, in a session in notation.
fn found_in(notation: &str, rule: &str, settings: &Settings) -> Vec<(Severity, String)> {
    let capture = ingest("notation", notation.as_bytes().to_vec(), &Unwatched);
    let selection = RuleSelection::of_profile(settings.profile);
    let found = judge(&capture, settings, &selection, &Unwatched).findings.into_iter();
    let of_rule = found.filter(|finding| finding.rule.meta.name == rule);
    of_rule
        .map(|finding| {
            let event = finding.event.and_then(|event| capture.event(event));
            (finding.severity, event.map_or_else(String::new, |event| event.type_name().into_owned()))
        })
        .collect()
}

#[test]
fn play_in_short_pieces_needs_pings_where_they_are_counted_from_the_start_of_the_session() {
    let pieces = "@vod length=600\n+0 sessionStart\n+0 play\n+12 pauseStart\n+14 play\n+26 pauseStart\n\
                  +28 play\n+35 sessionEnd\n";
    let n = |ping_anchor| {
        let policy = Policy { ping_anchor, ..Policy::default() };
        found_in(pieces, "no-pings", &Settings { policy, ..Settings::default() }).len()
    };
    assert_eq!([PingAnchor::Either, PingAnchor::Playback, PingAnchor::SessionStart].map(n), [0, 0, 1]);
    let short = pieces.replace("+35 sessionEnd", "+34 sessionEnd");
    let policy = Policy { ping_anchor: PingAnchor::SessionStart, ..Policy::default() };
    let settings = Settings { policy, ..Settings::default() };
    assert_eq!(found_in(&short, "no-pings", &settings), [], "30 s of play in all");
}

#[test]
fn ads_are_pinged_as_the_policy_says() {
    let session = |pings: &str| {
        format!(
            "@vod length=600\n+0 sessionStart\n+1 adBreakStart\n+1 adStart\n{pings}+21 adComplete\n\
             +21 adBreakComplete\n+21 play\n+31 ping\n+35 sessionEnd\n"
        )
    };
    let n = |ad_ping, pings: &str| {
        let policy = Policy { ad_ping, ..Policy::default() };
        let settings = Settings { policy, ..Settings::default() };
        found_in(&session(pings), "ad-ping-cadence-mixed", &settings).len()
    };
    let (dense, wide, mixed) = ("+2..+20/1 ping\n", "+11 ping\n", "+2..+5/1 ping\n+15 ping\n");
    assert_eq!([dense, wide, mixed].map(|pings| n(AdPing::OneToTenSecs, pings)), [0, 0, 1]);
    assert_eq!([dense, wide, mixed].map(|pings| n(AdPing::OneSec, pings)), [0, 1, 1]);
    let mut settings = Settings::default();
    *settings.numbers.get_mut("ping-too-often", "median-below-secs").expect("in the table") = 30.0;
    let found = found_in(&session(mixed), "ad-ping-cadence-mixed", &settings);
    assert_eq!(found.len(), 1, "the number of another rule");
}

#[test]
fn the_numbers_of_time_can_be_set() {
    let pieces = |limit: &str| {
        format!(
            "@vod length=600\n+0 sessionStart\n+0 play\n+10 ping\n+15 pauseStart\n+{limit} play\n\
             +90 sessionEnd\n"
        )
    };
    let paused = pieces("60");
    let stuck = "@vod length=600\n+0 sessionStart\n+0 play\n+2 ping ph=0\n+4 ping ph=0\n+6 sessionEnd\n";
    let late = "@vod length=600 skew=-30\n+0 sessionStart\n+0 play\n+10 ping\n+20 sessionEnd\n";
    let delayed = "@vod length=600\n+0 sessionStart\n+10 play\n+15 sessionEnd\n";
    for (rule, key, value, session) in [
        ("no-pings-in-pause", "limit-secs", 40.0, paused.as_str()),
        ("playhead-stuck", "at-least-secs", 4.0, stuck),
        ("ts-far-from-arrival", "tolerance-secs", 20.0, late),
        ("content-start-delayed", "limit-secs", 5.0, delayed),
    ] {
        let mut settings = Settings::default();
        assert_eq!(found_in(session, rule, &settings), [], "{rule}");
        *settings.numbers.get_mut(rule, key).expect("the number is there") = value;
        assert_eq!(found_in(session, rule, &settings).len(), 1, "{rule}");
    }
}

#[test]
fn a_silence_in_a_batch_is_told_once_whatever_its_limit_is() {
    let session = "@batch length=3600\n+0 sessionStart\n+1 play\n+50 ping\n+700 ping\n+710 sessionEnd\n";
    for (limit_mins, silences, holes) in [(5.0, 1, 0), (10.0, 1, 0), (15.0, 0, 1)] {
        let mut settings = Settings::default();
        settings.numbers.batch_silence_mins = limit_mins;
        let found = |rule| found_in(session, rule, &settings).len();
        assert_eq!((found("long-silence-in-batch"), found("ping-late")), (silences, holes), "{limit_mins}");
    }
}

#[test]
fn the_second_timeline_of_the_documents_jumps_where_it_does_not_add_up() {
    // Abandoned in a mid-roll. The ping at 40 s says 28 where 23 is expected.
    let session = "@vod length=60.333\n+0 sessionStart\n+0 adBreakStart podIndex=0 podSecond=0\n\
                   +0 adStart id=\"002\" length=7 podPosition=1\n+1 ping\n+12 adComplete\n\
                   +12 adBreakComplete\n+12 play\n+20 ping ph=8\n+30 ping ph=18\n+32 error ph=20\n\
                   +37 play ph=20\n+40 ping ph=28\n+45 adBreakStart podIndex=1 podSecond=33 ph=33\n\
                   +45 adStart id=\"002\" length=8 podPosition=1\n+48 sessionEnd\n";
    let capture = ingest("T2", session.as_bytes().to_vec(), &Unwatched);
    let found = findings_of(&capture, Profile::Default).into_iter().map(|found| (found.1, found.3));
    assert_eq!(found.collect::<Vec<_>>(), [("jump-without-seek", "ping".to_owned())]);
}

/// Positions at which the line of expectation breaks, and why; where nothing breaks, it must pass through all.
#[track_caller]
fn breaks(events: &[(f64, &str, f64)]) -> Vec<(u32, JumpKind)> {
    let capture = bare(BASE, 3600.0, events);
    let session = &capture.sessions[0];
    let numbers = Settings::default().numbers;
    let lanes = Lanes::of(&capture, session, &Profile::Default.policy(), &numbers);
    let cadence = Cadence::of(&capture, session, &lanes, &Policy::default(), &numbers);
    let drift = Drift::of(&capture, session, &lanes, &cadence, &numbers);
    let points: Vec<_> = drift.series(&capture, session, &lanes).collect();
    assert_eq!(points.len(), events.len());
    let whole = points.iter().all(|point| point.jump.is_none());
    assert!(!whole || points.iter().all(|point| point.drift_secs().abs() < 1.0), "{points:?}");
    points.iter().filter_map(|point| Some((point.at, point.jump?))).collect()
}

#[test]
fn the_series_of_the_clock_plot_names_what_breaks_the_line() {
    let healthy = breaks(&[
        (0.0, "sessionStart", 0.0),
        (1.0, "play", 0.0),
        (2.0, "play", 271.0),
        (12.0, "ping", 281.0),
        (15.0, "adBreakStart", 284.0),
        (15.0, "adStart", 284.0),
        (35.0, "adComplete", 284.0),
        (35.0, "adBreakComplete", 284.0),
        (36.0, "ping", 285.0),
        (40.0, "pauseStart", 289.0),
        (50.0, "ping", 289.0),
        (52.0, "play", 289.0),
    ]);
    assert_eq!(healthy, []);
    let broken = breaks(&[
        (0.0, "sessionStart", 0.0),
        (0.0, "play", 0.0),
        (10.0, "ping", 10.0),
        (20.0, "ping", 100.0),
        (30.0, "ping", 110.0),
        (31.0, "ping", 0.0),
        (41.0, "ping", 10.0),
        (51.0, "ping", 10.0),
        (61.0, "ping", 10.0),
        (71.0, "ping", 20.0),
        (121.0, "ping", 40.0),
        (131.0, "ping", 45.0),
        (140.0, "pauseStart", 54.0),
        (150.0, "play", 300.0),
    ]);
    let expected = [
        (3, JumpKind::Seek),
        (5, JumpKind::Reset),
        (8, JumpKind::Stuck),
        (10, JumpKind::Hole),
        (11, JumpKind::Drift),
        (13, JumpKind::Seek),
    ];
    assert_eq!(broken, expected);
}

#[test]
fn samples_of_the_documents_and_sdks_are_silent() {
    let downloaded = [
        (0.0, "sessionStart", 0.0),
        (4.696, "play", 0.0),
        (14.025, "ping", 10.0),
        (24.055, "ping", 20.0),
        (34.067, "ping", 30.0),
        (37.081, "sessionComplete", 35.0),
    ];
    assert_eq!(rules_in(&downloaded), Vec::<&str>::new(), "D");
    let mut first = vec![(0.0, "sessionStart", 0.0), (0.0, "adBreakStart", 0.0), (0.0, "adStart", 0.0)];
    first.extend((1..15).map(|n| (f64::from(n), "ping", 0.0)));
    first.extend([(15.0, "adComplete", 0.0), (15.0, "adStart", 0.0), (20.0, "ping", 0.0)]);
    first.extend([(22.0, "adComplete", 0.0), (22.0, "adBreakComplete", 0.0), (22.0, "play", 0.0)]);
    first.extend([
        (30.0, "ping", 8.0),
        (33.0, "bufferStart", 11.0),
        (36.0, "play", 11.0),
        (40.0, "ping", 15.0),
    ]);
    first.extend([(46.0, "adBreakStart", 21.0), (46.0, "adStart", 21.0), (50.0, "ping", 21.0)]);
    first.extend([(54.0, "adComplete", 21.0), (54.0, "adBreakComplete", 21.0), (60.0, "ping", 27.0)]);
    first.extend([
        (64.0, "pauseStart", 31.0),
        (70.0, "ping", 31.0),
        (74.0, "play", 31.0),
        (80.0, "ping", 37.0),
    ]);
    first.push((88.0, "sessionComplete", 45.0));
    assert_eq!(rules_in(&first), Vec::<&str>::new(), "T1");
    let mut idle = vec![(0.0, "sessionStart", 0.0), (0.0, "play", 0.0), (1.0, "play", 1.0)];
    idle.push((3.0, "pauseStart", 3.0));
    idle.extend((1..180).map(|n| (3.0 + 10.0 * f64::from(n), "ping", 3.0)));
    idle.push((1803.0, "sessionEnd", 3.0));
    assert_eq!(rules_in(&idle), Vec::<&str>::new(), "S2");
    let mut long = vec![(0.0, "sessionStart", 0.0), (0.0, "play", 0.0)];
    long.extend((1..8640).map(|n| (10.0 * f64::from(n), "ping", 10.0 * f64::from(n))));
    long.push((86_400.0, "sessionEnd", 86_400.0));
    let found = findings_of(&bare(BASE, 90_000.0, &long), Profile::Default);
    assert!(found.is_empty(), "S3: {found:?}");
}

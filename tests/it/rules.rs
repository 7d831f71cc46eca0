//! Edge cases of the rules: what must fire, and near misses that must stay silent.

use std::collections::BTreeMap;
use std::path::PathBuf;

use playtrace::model::event_type::EventType;
use playtrace::model::policy::{AfterClose, AfterComplete, EqualTs, Policy, ReorderCount};
use playtrace::rules;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::Severity;
use playtrace::rules::rule::Rule;

use crate::support::examples::{Block, assert_none, blocks, judged_with, run};

/// Folder of the edge cases: one Markdown file per rule.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules")
}

/// The blocks of all fixture files, by rule.
pub fn fixtures() -> BTreeMap<String, Vec<Block>> {
    let files = std::fs::read_dir(folder()).expect("the fixtures are there");
    let paths = files.map(|file| file.expect("can be listed").path());
    paths
        .map(|path| {
            let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let blocks = blocks(&format!("{name}.md"), &text);
            (name, blocks)
        })
        .collect()
}

#[test]
fn every_fixture_shows_what_its_comments_say_and_nothing_else_above_info() {
    let outcomes: Vec<_> = fixtures().values().flatten().map(run).collect();
    assert_none(&outcomes);
}

#[test]
fn every_rule_fires_in_a_fixture_alone_or_beside_its_companions() {
    let fixtures = fixtures();
    let fires_alone = |rule: &&Rule| {
        let may_come =
            |other: &String| other == rule.meta.name || rule.meta.companions.contains(&other.as_str());
        let alone = |block: &Block| {
            let outcome = run(block);
            outcome.met.iter().any(|met| met == rule.meta.name) && outcome.above_info.iter().all(may_come)
        };
        fixtures.get(rule.meta.name).is_some_and(|blocks| blocks.iter().any(alone))
    };
    let others: Vec<_> = rules::all().filter(|rule| !fires_alone(rule)).map(|rule| rule.meta.name).collect();
    assert!(others.is_empty(), "no fixture shows these alone or beside their companions: {others:?}");
}

/// Severities and messages of one rule under a policy.
#[track_caller]
fn under(policy: Policy, rule: &str, notation: &str) -> Vec<(Severity, String)> {
    let settings = Settings { policy, ..Settings::default() };
    let judged = judged_with("policy", notation.as_bytes(), &settings);
    let of_rule = judged.judgement.findings.into_iter().filter(|finding| finding.rule.meta.name == rule);
    of_rule.map(|finding| (finding.severity, finding.message)).collect()
}

#[test]
fn the_message_about_events_after_the_end_follows_the_policy() {
    let session = "@vod\n+0 sessionStart\n+1 play\n+5 sessionEnd\n+6 ping\n";
    let gone = under(Policy::default(), "event-after-session-end", session);
    let dropped = Policy { after_close: AfterClose::SilentDrop, ..Policy::default() };
    let dropped = under(dropped, "event-after-session-end", session);
    assert!(gone.len() == 1 && gone[0].1.contains("410"), "{gone:?}");
    assert!(dropped.len() == 1 && dropped[0].1.contains("without a word"), "{dropped:?}");
}

#[test]
fn events_after_the_completion_are_warnings_when_it_closes_the_session() {
    let session = "@vod length=5\n+0 sessionStart\n+1 play\n+5 sessionComplete\n+6 pauseStart\n";
    let closes = Policy { after_complete: AfterComplete::Closes, ..Policy::default() };
    let severity = |policy| under(policy, "event-after-session-complete", session)[0].0;
    assert_eq!((severity(Policy::default()), severity(closes)), (Severity::Info, Severity::Warn));
}

#[test]
fn equal_ts_is_a_warning_where_the_policy_forbids_it() {
    let session = "@vod\n+0 sessionStart\n+1 play\n+5 bitrateChange\n+5 pauseStart\n+6 sessionEnd\n";
    let forbidden = Policy { equal_ts: EqualTs::Forbidden, ..Policy::default() };
    let severity = |policy| under(policy, "equal-ts", session)[0].0;
    assert_eq!((severity(Policy::default()), severity(forbidden)), (Severity::Info, Severity::Warn));
}

#[test]
fn the_reorder_window_holds_as_many_events_as_the_policy_says() {
    // `pauseStart` comes after one event that it should precede and eleven more.
    let before = (10..22).map(|n| format!("+2.{n} bitrateChange recv=+5.{n}\n")).collect::<String>();
    let session =
        format!("@vod\n+0 sessionStart\n+1 play\n{before}+1.9 pauseStart recv=+5.5\n+6 sessionEnd\n");
    let ten = under(Policy::default(), "too-late-to-reorder", &session);
    let more = Policy { reorder_count: ReorderCount::MoreThanTen, ..Policy::default() };
    let more = under(more, "too-late-to-reorder", &session);
    assert!(ten.len() == 1 && ten[0].0 == Severity::Error, "{ten:?}");
    assert_eq!(more, []);
}

/// A session of random events, some of one tick, some delivered late or stamped early.
fn random_session(random: &mut fastrand::Rng) -> String {
    let delivery = ["", " @batch", " @bare", " @starts-late", " @open"][random.usize(..5)];
    let content = ["@vod", "@live"][random.usize(..2)];
    let mut text = format!("{content}{delivery}\n+0 sessionStart\n");
    let mut secs = 0.0;
    for _ in 0..random.usize(1..40) {
        secs += [0.0, 0.0, 0.3, 5.0, 700.0][random.usize(..5)];
        let event_type = EventType::ALL[random.usize(1..EventType::ALL.len())];
        let word = ["", "", "", "ph=3", "ts=+1", "name=fullScreen", "-params"][random.usize(..7)];
        text.push_str(&format!("+{secs} {event_type} {word}\n"));
    }
    text
}

#[test]
fn no_sequence_of_events_breaks_a_rule() {
    let mut random = fastrand::Rng::with_seed(2);
    for _ in 0..256 {
        let text = random_session(&mut random);
        let settings = Settings::default();
        let judged = judged_with(&text, text.as_bytes(), &settings);
        for (session, lanes) in judged.capture.sessions.iter().zip(&judged.judgement.lanes) {
            let mut events: Vec<_> = lanes.in_judged_order(session).collect();
            assert_eq!(lanes.contexts.len(), session.len(), "{text}");
            events.sort();
            let mut arrived = session.by_arrival.clone();
            arrived.sort();
            assert_eq!(events, arrived, "each event is judged once: {text}");
        }
    }
}

//! Edge cases of the rules: what must fire, and near misses that must stay silent.

use std::collections::BTreeMap;
use std::path::PathBuf;

use playtrace::model::event_type::EventType;
use playtrace::model::numbers::Numbers;
use playtrace::model::policy::{
    AfterClose, AfterComplete, BitrateUnit, EqualTs, ErrorId, MetadataTypes, Policy, QoePlace, ReorderCount,
    SchemaSet, StreamType,
};
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
fn a_pause_of_the_content_is_none_of_the_ad_unless_restated() {
    let session = |word: &str| {
        format!(
            "@vod length=600\n+0 sessionStart\n+1 play\n+10 pauseStart\n+12 adBreakStart\n+12.1 adStart length=20\n\
             {word}+22.1 adComplete\n+22.2 adBreakComplete\n+22.3 play\n+30 sessionEnd\n"
        )
    };
    let found = |word| under(Policy::default(), "ad-duration-mismatch", &session(word));
    assert!(found("")[0].1.contains("ran 10 s"), "{:?}", found(""));
    assert!(found("+12.2 pauseStart\n")[0].1.contains("ran 0.1 s"), "{:?}", found("+12.2 pauseStart\n"));
}

#[test]
fn a_session_that_restarts_beside_the_last_event_says_on_which_side() {
    let first = "@vod length=300\n+0 sessionStart\n+1 play\n+10 ping\n+20 ping\n";
    for (start, expected) in [(17.5, "starts 2.5 s before the last"), (22.5, "starts 2.5 s after the last")] {
        let session = format!(
            "{first}@vod length=300 at=+{start}\n+0 sessionStart\n+1 play\n+10 ping\n+15 sessionEnd\n"
        );
        let found = under(Policy::default(), "session-restarted-on-return", &session);
        assert!(found.len() == 1 && found[0].1.contains(expected), "{found:?}");
    }
}

#[test]
fn no_answer_is_promised_to_what_follows_the_end_in_a_downloaded_array() {
    let session = "@batch\n+0 sessionStart\n+1 play\n+5 sessionEnd\n+6 ping\n";
    let found = under(Policy::default(), "event-after-session-end", session);
    assert!(found.len() == 1 && !found[0].1.contains("410"), "{found:?}");
}

#[test]
fn one_other_bad_element_of_a_batch_is_told_in_the_singular() {
    let session = "@batch\n+0 sessionStart\n+1 play foo=1\n+2 ping qoe.x=1\n+5 sessionEnd\n";
    let found = under(Policy::default(), "all-events-discarded", session);
    assert!(found.len() == 1 && found[0].1.contains(", as is element 2:"), "{found:?}");
}

#[test]
fn infos_do_not_repeat_what_another_rule_says_of_the_event() {
    let single = "@vod\n+0 sessionStart to=downloaded\n";
    let between = "@vod\n+0 sessionStart\n+1 play\n+5 adBreakStart\n+5.1 play\n+5.2 adStart\n\
                   +8 adComplete\n+8 adBreakComplete\n+9 sessionEnd\n";
    let unstamped = "@vod\n+0 sessionStart\n+1 play\n+8 play json:-/playerTime/ts\n+9 sessionEnd\n";
    for (rule, session) in
        [("batch-without-end", single), ("play-repeated", between), ("play-repeated", unstamped)]
    {
        assert_eq!(under(Policy::default(), rule, session), [], "{rule}: {session}");
    }
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

#[test]
fn the_unit_of_the_bitrate_follows_the_policy() {
    let of = |bitrate: u32| {
        format!("@vod\n+0 sessionStart\n+1 play\n+5 bitrateChange bitrate={bitrate}\n+6 sessionEnd\n")
    };
    let bits = Policy { bitrate_unit: BitrateUnit::Bits, ..Policy::default() };
    for (bitrate, as_kilobits, as_bits) in [
        (3400, None, Some("kbit/s")),
        (64_000, None, None),
        (3_400_000, Some("bit/s"), None),
        (4, Some("Mbit/s"), Some("kbit/s")),
    ] {
        for (policy, expected) in [(Policy::default(), as_kilobits), (bits.clone(), as_bits)] {
            let said = under(policy, "bitrate-unit-suspect", &of(bitrate));
            let meant = expected.map(|unit| format!("as if {unit} were meant"));
            let told = said.first().map(|(_, message)| message.as_str());
            assert_eq!(told.is_some(), meant.is_some(), "{bitrate}: {said:?}");
            assert!(
                told.zip(meant).is_none_or(|(told, meant)| told.ends_with(&meant)),
                "{bitrate}: {said:?}"
            );
        }
    }
}

#[test]
fn quality_values_in_params_count_where_the_policy_takes_them_there() {
    let session = "@vod\n+0 sessionStart\n+1 play params.media.qoe.droppedFrames=9\n\
                   +5 bitrateChange -qoeData params.media.qoe.bitrate=900 params.media.qoe.droppedFrames=2\n+6 error -qoeData params.media.qoe.errorID=E1\n+7 sessionEnd\n";
    let also = Policy { qoe_place: QoePlace::AlsoParams, ..Policy::default() };
    let n = |policy: &Policy, rule| under(policy.clone(), rule, session).len();
    assert_eq!((n(&Policy::default(), "qoe-in-params"), n(&also, "qoe-in-params")), (3, 0));
    assert_eq!((n(&Policy::default(), "dropped-frames-fell"), n(&also, "dropped-frames-fell")), (0, 1));
    for rule in ["parameter-on-wrong-event", "bitrate-change-without-bitrate", "error-without-id"] {
        assert_eq!((n(&Policy::default(), rule), n(&also, rule)), (0, 0), "{rule}");
    }
}

#[test]
fn quality_values_on_a_ping_are_parameters_on_it_where_the_policy_takes_them_in_params() {
    let session = "@vod\n+0 sessionStart\n+1 play\n+5 ping params.media.qoe.bitrate=900\n+6 sessionEnd\n";
    let also = Policy { qoe_place: QoePlace::AlsoParams, ..Policy::default() };
    assert_eq!(under(Policy::default(), "params-on-ping", session), []);
    assert_eq!(under(also, "params-on-ping", session).len(), 1);
}

#[test]
fn an_error_id_in_params_alone_is_a_warning_where_only_that_in_qoe_data_counts() {
    let session =
        "@vod\n+0 sessionStart\n+1 play\n+5 error -qoeData params.media.errorId=E1\n+6 sessionEnd\n";
    let severities =
        |policy| under(policy, "error-without-id", session).into_iter().map(|found| found.0).collect();
    let found: [Vec<Severity>; 3] = [
        severities(Policy::default()),
        severities(Policy { error_id: ErrorId::QoeData, ..Policy::default() }),
        severities(Policy { schema_set: SchemaSet::Published2018, ..Policy::default() }),
    ];
    assert_eq!(found, [vec![Severity::Info], vec![Severity::Warn], vec![]]);
}

#[test]
fn a_missing_stream_type_is_an_error_where_the_policy_requires_it() {
    let session = "@vod\n+0 sessionStart -media.streamType\n+1 play\n+6 sessionEnd\n";
    let severities =
        |policy| under(policy, "stream-type-missing", session).into_iter().map(|found| found.0).collect();
    let found: [Vec<Severity>; 3] = [
        severities(Policy::default()),
        severities(Policy { stream_type: StreamType::Required, ..Policy::default() }),
        severities(Policy { schema_set: SchemaSet::Published2018, ..Policy::default() }),
    ];
    assert_eq!(found, [vec![Severity::Warn], vec![Severity::Error], vec![]]);
}

#[test]
fn metadata_of_the_session_is_out_of_place_where_only_ads_and_chapters_carry_it() {
    let session = "@vod\n+0 sessionStart meta.a.b=x\n+1 play\n+6 sessionEnd\n";
    let events_only = Policy { metadata_types: MetadataTypes::EventsOnly, ..Policy::default() };
    let n = |policy: &Policy, rule| under(policy.clone(), rule, session).len();
    assert_eq!(n(&Policy::default(), "metadata-on-other-event"), 0);
    assert_eq!(n(&events_only, "metadata-on-other-event"), 1);
    // one cause, one finding
    assert_eq!(n(&Policy::default(), "reserved-metadata-prefix"), 1);
    assert_eq!(n(&events_only, "reserved-metadata-prefix"), 0);
}

#[test]
fn the_limits_of_batches_can_be_set() {
    let of = |received: f64| {
        format!(
            "@batch recv=+{received}\n+0 sessionStart\n+1 play\n+20 pauseStart\n+680 play\n+690 sessionEnd\n"
        )
    };
    let n = |numbers: Numbers, rule: &str, session: &str| {
        let settings = Settings { numbers, ..Settings::default() };
        let findings = judged_with("numbers", session.as_bytes(), &settings).judgement.findings;
        findings.iter().filter(|finding| finding.rule.meta.name == rule).count()
    };
    for (rule, key, value, received, by_default) in [
        ("long-silence-in-batch", "limit-mins", 11.1, 700.0, 1),
        ("batch-very-old", "limit-days", 1.0, 100_000.0, 0),
        ("batch-from-the-future", "tolerance-secs", 1.9, 688.0, 0),
    ] {
        let mut set = Numbers::default();
        *set.get_mut(rule, key).expect("the rule has the number") = value;
        let session = of(received);
        assert_eq!(n(Numbers::default(), rule, &session), by_default, "{rule}");
        assert_eq!(n(set, rule, &session), 1 - by_default, "{rule}");
    }
}

#[test]
fn what_looks_like_personal_data_is_never_quoted() {
    let session = "@vod\n+0 sessionStart meta.who=viewer@example.com meta.tel=\"+49 30 5550 0100\" \
                   analytics.visitorId=viewer@example.com\n+1 play\n+6 sessionEnd\n";
    let said = under(Policy::default(), "personal-data-suspected", session);
    assert_eq!(said.len(), 3, "{said:?}");
    for (severity, message) in said {
        assert_eq!(severity, Severity::Info);
        assert!(!message.contains("viewer") && !message.contains("5550"), "{message}");
    }
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

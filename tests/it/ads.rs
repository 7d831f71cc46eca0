//! What the rules about ads, chapters and player states say of captures and samples, and what policy and numbers move.

use playtrace::model::numbers::Numbers;
use playtrace::model::policy::{IndexBase, Policy, Profile, StateSpelling};
use playtrace::rules::context::Settings;
use playtrace::rules::rule::Family;

use crate::support::examples::{Judged, judged, judged_with};

/// Messages of one rule under a policy.
#[track_caller]
fn under(policy: Policy, rule: &str, notation: &str) -> Vec<String> {
    let settings = Settings { policy, ..Settings::default() };
    let findings = judged_with("policy", notation.as_bytes(), &settings).judgement.findings;
    findings
        .into_iter()
        .filter(|finding| finding.rule.meta.name == rule)
        .map(|finding| finding.message)
        .collect()
}

/// Code and severity of what the families A, C and X say, in order.
fn ads_chapters_states(judged: &Judged) -> Vec<String> {
    const FAMILIES: [Family; 3] = [Family::Ads, Family::Chapters, Family::States];
    let findings = judged.judgement.findings.iter();
    let of_families = findings.filter(|finding| FAMILIES.contains(&finding.rule.meta.family));
    of_families.map(|finding| format!("{} {}", finding.rule.meta.code, finding.severity.name())).collect()
}

/// Reads and judges a capture.
#[track_caller]
fn capture(path: &str) -> Judged {
    let bytes = std::fs::read(format!("{}/tests/fixtures/captures/{path}", env!("CARGO_MANIFEST_DIR")));
    judged(path, &bytes.expect("the capture is there"), Profile::Default)
}

#[test]
fn captures_show_what_their_page_says_of_ads_chapters_and_states() {
    let table: [(&str, &[&str]); 4] = [
        ("clients/theo-b035ef3-predur.har", &["MC-A011 warn"]),
        ("clients/theo-vod.har", &["MC-C005 info"]),
        ("clients/theo-lag.har", &[]),
        ("clients/js310-vod-full-virt.har", &["MC-X008 info"]),
    ];
    for (path, expected) in table {
        assert_eq!(ads_chapters_states(&capture(path)), expected, "{path}");
    }
}

#[test]
fn a_pod_second_that_holds_the_length_of_the_break_is_told_as_such() {
    let judged = capture("clients/theo-b035ef3-predur.har");
    let of_rule = |finding: &&playtrace::rules::finding::Finding| finding.rule.meta.code == "MC-A011";
    let message = judged.judgement.findings.iter().find(of_rule).map(|finding| finding.message.as_str());
    assert_eq!(
        message,
        Some(
            "`media.ad.podSecond` of the break at 00:00.1 is 15, 15 s ahead of the playhead 0, it looks like the \
             length of the break; the tolerance is 2 s"
        )
    );
}

#[test]
fn the_first_timeline_of_the_documents_repeats_a_position_and_sends_no_play_in_its_ads() {
    let timeline = "@vod length=60.333
+0  sessionStart
+0  adBreakStart podIndex=0 podSecond=0
+0  adStart id=001 length=15 podPosition=1
+10 ping
+15 adComplete
+15 adStart id=002 length=7 podPosition=1
+22 adComplete
+22 adBreakComplete
+22 play
+30 ping ph=8
+40 ping ph=18
+46 adBreakStart podIndex=1 podSecond=24
+46 adStart id=003 length=8 podPosition=2
+54 adComplete
+54 adBreakComplete
+60 ping ph=30
+70 sessionEnd ph=40
";
    let judged = judged("T1", timeline.as_bytes(), Profile::Default);
    assert_eq!(ads_chapters_states(&judged), ["MC-A018 info", "MC-A012 warn", "MC-A018 info"]);
}

/// One break before the content and one in it, counted from 0 or 1.
fn two_breaks(base: u32) -> String {
    let position = format!("podPosition={base}");
    let (first, second) = (base, base + 1);
    format!(
        "@vod\n+0 sessionStart\n+0 adBreakStart podIndex={first}\n+0.1 adStart {position}\n+0.2 play\n\
         +8 adComplete\n+8.1 adBreakComplete\n+8.2 play\n+18 adBreakStart podIndex={second}\n\
         +18.1 adStart {position}\n+25 adComplete\n+25.1 adBreakComplete\n+30 sessionEnd\n"
    )
}

#[test]
fn breaks_and_ads_count_from_where_the_policy_says() {
    let of = |base| Policy { pod_index_base: base, pod_position_base: base, ..Policy::default() };
    let n = |base, rule, first| under(of(base), rule, &two_breaks(first)).len();
    for rule in ["pod-index-implausible", "pod-position-not-rising"] {
        let found = [IndexBase::Either, IndexBase::Zero, IndexBase::One]
            .map(|base| (n(base, rule, 0), n(base, rule, 1)));
        assert_eq!(found, [(0, 0), (0, 1), (1, 0)], "{rule}");
    }
}

#[test]
fn the_message_about_mixed_spellings_follows_the_policy() {
    let session =
        "@vod\n+0 sessionStart\n+1 play\n+2 stateStart name=mute\n+3 stateEnd name=Mute\n+5 sessionEnd\n";
    let exact = || Policy { state_spelling: StateSpelling::Exact, ..Policy::default() };
    let message = |policy| under(policy, "state-spelling-mixed", session)[0].clone();
    assert!(message(Policy::default()).contains("one state"), "{}", message(Policy::default()));
    assert!(message(exact()).contains("two states"), "{}", message(exact()));
    for other in ["state-ended-while-inactive", "state-never-ended", "state-spelling-unusual"] {
        assert_eq!(under(exact(), other, session), Vec::<String>::new(), "one cause: {other}");
    }
}

#[test]
fn the_numbers_of_the_ad_rules_can_be_set() {
    let session = "@vod\n+0 sessionStart\n+0 play\n+10 adBreakStart podSecond=13\n+10.1 adStart length=30\n\
                   +18 adComplete\n+18.3 adStart\n+26 adComplete\n+26.1 adBreakComplete\n\
                   +27 chapterStart offset=20\n+30 sessionEnd\n";
    let wide = Numbers {
        gap_between_ads_millis: 300.0,
        pod_second_secs: 3.0,
        ad_duration_secs: 30.0,
        chapter_offset_secs: 10.0,
        ..Numbers::default()
    };
    let names = ["gap-between-ads", "pod-second-mismatch", "ad-duration-mismatch", "chapter-offset-mismatch"];
    let found = |numbers: &Numbers| {
        let settings = Settings { numbers: numbers.clone(), ..Settings::default() };
        let findings = judged_with("numbers", session.as_bytes(), &settings).judgement.findings;
        names.map(|name| findings.iter().filter(|finding| finding.rule.meta.name == name).count())
    };
    assert_eq!((found(&Numbers::default()), found(&wide)), ([1; 4], [0; 4]));
}

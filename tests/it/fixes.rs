//! Fixes: each repairs an example of its rule, makes nothing worse, and never touches the capture.

use playtrace::model::id::SessionId;
use playtrace::model::policy::Profile;
use playtrace::model::watch::Unwatched;
use playtrace::outbox::draft::Draft;
use playtrace::outbox::from_capture::session_for_sending;
use playtrace::outbox::repair::{Judge, Mended, NotOffered, Offer, fix_all_safe, offer, session_fixes};
use playtrace::rules;
use playtrace::rules::context::Settings;
use playtrace::rules::fix::{Applicability, Fix};
use playtrace::rules::selection::RuleSelection;

use crate::rules::fixtures;
use crate::support::examples::{Block, Judged, blocks, judged};

/// What is asked of the draft of a session.
fn with_judge<T>(profile: Profile, act: impl FnOnce(Judge<'_>, &Settings) -> T) -> T {
    let (settings, selection) = (Settings::of_profile(profile), RuleSelection::of_profile(profile));
    act(Judge { settings: &settings, selection: &selection, watch: &Unwatched }, &settings)
}

fn draft(judged: &Judged, session: SessionId) -> Draft {
    let session = judged.capture.session(session).expect("it is there");
    Draft::new(session_for_sending(&judged.capture, session))
}

/// A fix of a finding, and what becomes of it when it is tried.
struct Tried {
    rule: &'static str,
    fix: Fix,
    outcome: Result<Offer, NotOffered>,
}

/// The fixes of a capture that are `wanted` by rule and number of all fixes, tried.
fn tried(text: &str, profile: Profile, wanted: impl Fn(&str, usize) -> bool) -> Vec<Tried> {
    let judged = judged("fix", text.as_bytes(), profile);
    let bytes = judged.capture.source.bytes().to_vec();
    let mut tried = Vec::new();
    with_judge(profile, |judge, settings| {
        let known =
            judged.capture.sessions.iter().map(|session| session.id).map(|session| {
                (session, session_fixes(&judged.capture, session, &judged.judgement, settings))
            });
        let known: Vec<_> = known.collect();
        let n_fixes = known.iter().map(|(_, fixes)| fixes.len()).sum();
        for (session, fixes) in known {
            let draft = draft(&judged, session);
            for (number, fix) in fixes {
                let meta = &judged.judgement.findings[number].rule.meta;
                if wanted(meta.name, n_fixes) {
                    let outcome = offer(&draft, meta.code, &fix, judge);
                    tried.push(Tried { rule: meta.name, fix, outcome });
                }
            }
        }
    });
    assert_eq!(judged.capture.source.bytes(), bytes, "the capture stays as it is");
    tried
}

fn fix_all(text: &str) -> Mended {
    let judged = judged("fix", text.as_bytes(), Profile::Default);
    with_judge(Profile::Default, |judge, _| {
        fix_all_safe(&draft(&judged, SessionId(0)), judge).expect("can be judged")
    })
}

#[test]
fn every_rule_that_has_a_fix_shows_an_example_that_it_repairs() {
    let fixtures = fixtures();
    let mut useless = Vec::new();
    for rule in rules::all().filter(|rule| rule.fix.is_some()) {
        let name = rule.meta.name;
        let mut examples: Vec<Block> = blocks(name, rule.meta.docs);
        examples.extend(fixtures.get(name).into_iter().flatten().cloned());
        let mut refused = Vec::new();
        let repairs = |block: &Block| {
            let of_rule = tried(&block.text, block.profile, |rule, _| rule == name);
            refused
                .extend(of_rule.iter().filter_map(|tried| Some(tried.outcome.as_ref().err()?.to_string())));
            of_rule.iter().any(|tried| tried.outcome.is_ok())
        };
        if !examples.iter().any(repairs) {
            useless.push(format!("{name}: none of its fixes works: {refused:?}"));
        }
    }
    assert!(useless.is_empty(), "{useless:#?}");
}

#[test]
fn a_fix_in_a_fixture_is_refused_only_where_something_else_is_wrong_too() {
    for (name, blocks) in fixtures() {
        for block in blocks {
            for tried in tried(&block.text, block.profile, |rule, n_fixes| rule == name && n_fixes == 1) {
                let (title, place) = (&tried.fix.title, &block.place);
                assert!(!title.is_empty() && !title.ends_with('.'), "{place}: {title}");
                if let Err(error @ (NotOffered::DoesNotFit(_) | NotOffered::StillThere(_))) = tried.outcome {
                    panic!("{place}: {} {title}: {error}", tried.rule);
                }
            }
        }
    }
}

#[test]
fn all_safe_fixes_are_taken_together_and_what_they_uncover_too() {
    let mended = fix_all(
        "@vod @batch length=60\n+0 sessionStart media.length=\"60\"\n+0 play\n+20 pauseStart\n+10 ping media.x=1\n\
         +25 play\n+40 sessionEnd\n",
    );
    let codes: Vec<&str> = mended.taken.iter().map(|(code, _)| *code).collect();
    for code in ["MC-S005", "MC-O004", "MC-S010"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert_eq!((mended.after.error, mended.after.warn), (0, 0), "{mended:?}");
    assert!(mended.before.error > 0);
    assert!(mended.taken.iter().all(|(_, fix)| fix.applicability == Applicability::Safe));
}

#[test]
fn nothing_is_taken_where_nothing_is_safe() {
    let mended = fix_all("@vod\n+0 sessionStart\n+0 adStart\n+5 adComplete\n+5 play\n+9 sessionEnd\n");
    assert!(mended.taken.is_empty() && mended.after == mended.before, "{mended:?}");
}

//! Fixes: each repairs an example of its rule, makes nothing worse, and never touches the capture.

use playtrace::model::id::SessionId;
use playtrace::model::policy::Profile;
use playtrace::model::watch::Unwatched;
use playtrace::outbox::draft::{Draft, DraftRequest};
use playtrace::outbox::from_capture::session_for_sending;
use playtrace::outbox::repair::{Judge, Mended, NotOffered, Offer, fix_all_safe, offer};
use playtrace::rules;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::Finding;
use playtrace::rules::fix::{Applicability, Fix, of_findings};
use playtrace::rules::selection::RuleSelection;

use crate::rules::fixtures;
use crate::silent::capture;
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

/// The fixes that the rules know for the findings of a session: index of the finding, and fix.
fn session_fixes(judged: &Judged, session: SessionId, settings: &Settings) -> Vec<(usize, Fix)> {
    let of_session = |finding: &Finding| finding.session == Some(session);
    let fixes = of_findings(&judged.capture, &judged.judgement, settings, of_session);
    fixes.into_iter().enumerate().filter_map(|(number, fix)| Some((number, fix?))).collect()
}

/// The fixes of a capture that are `wanted` by rule and number of all fixes, tried.
fn tried(text: &str, profile: Profile, wanted: impl Fn(&str, usize) -> bool) -> Vec<Tried> {
    let judged = judged("fix", text.as_bytes(), profile);
    let bytes = judged.capture.source.bytes().to_vec();
    let mut tried = Vec::new();
    with_judge(profile, |judge, settings| {
        let known = judged
            .capture
            .sessions
            .iter()
            .map(|session| session.id)
            .map(|session| (session, session_fixes(&judged, session, settings)));
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

/// The requests of the session after the only fix that `rule` has in the text: method, path and types.
#[track_caller]
fn repaired(text: &str, rule: &str) -> Vec<String> {
    let tried = tried(text, Profile::Default, |name, _| name == rule);
    let [Tried { outcome: Ok(offer), .. }] = &tried[..] else {
        let outcomes: Vec<_> = tried.iter().map(|tried| tried.outcome.as_ref().map(drop)).collect();
        panic!("{rule}: {outcomes:?}");
    };
    let of_request = |request: &DraftRequest| {
        let events = request.events.iter().map(|event| event.places.event_type.as_deref().unwrap_or("?"));
        let types: Vec<&str> = events.collect();
        let path = request.path_and_query.replace(offer.draft.sid.as_deref().unwrap_or("-"), "SID");
        format!("{} {path}: {}", request.method, types.join(", "))
    };
    offer.draft.requests.iter().map(of_request).collect()
}

const STARTS: &str = "POST /api/v1/sessions: ";
const EVENTS: &str = "POST /api/v1/sessions/SID/events: ";
const BATCH: &str = "POST /api/v1/downloaded: ";

/// The same events as a session online, as a batch, and bare: what a fix of `rule` makes of their order.
#[track_caller]
fn assert_repaired(events: &str, rule: &str, expected: &str) {
    let types: Vec<&str> = expected.split(' ').collect();
    let mut online: Vec<String> = types.iter().map(|name| format!("{EVENTS}{name}")).collect();
    online[0] = format!("{STARTS}sessionStart");
    assert_eq!(repaired(&format!("@vod length=60\n{events}"), rule), online, "online");
    let batch = [format!("{BATCH}{}", types.join(", "))];
    assert_eq!(repaired(&format!("@vod @batch length=60\n{events}"), rule), batch, "as a batch");
    let bare: Vec<String> = types.iter().map(|name| format!("POST : {name}")).collect();
    assert_eq!(repaired(&bare_array(events), rule), bare, "bare");
}

/// The events of a notation as a JSON array without requests.
fn bare_array(events: &str) -> String {
    let judged = judged("bare", format!("@vod length=60\n{events}").as_bytes(), Profile::Default);
    let all = judged.capture.sessions[0].by_arrival.iter();
    let texts = all.filter_map(|id| Some(judged.capture.event(*id)?.text().into_owned()));
    let texts: Vec<String> = texts.map(|text| String::from_utf8(text).expect("UTF-8")).collect();
    format!("[{}]", texts.join(","))
}

#[test]
fn events_are_inserted_removed_and_moved_in_sessions_of_every_form() {
    assert_repaired(
        "+0 sessionStart\n+0.1 adStart\n+8 adComplete\n+8.1 play ph=0\n+18 ping\n+20 sessionEnd\n",
        "ad-outside-break",
        "sessionStart adBreakStart adStart adComplete adBreakComplete play ping sessionEnd",
    );
    assert_repaired(
        "+0 sessionStart\n+0.1 play\n+10 ping\n+12 chapterComplete\n+20 ping\n+25 sessionEnd\n",
        "chapter-end-without-start",
        "sessionStart play ping ping sessionEnd",
    );
    assert_repaired(
        "+0 sessionStart\n+0.1 play\n+0.2 chapterStart\n+10 adBreakStart\n+10.1 adStart\n+12 chapterComplete\n\
         +18 adComplete\n+18.1 adBreakComplete\n+18.2 play\n+25 sessionEnd\n",
        "chapter-event-in-break",
        "sessionStart play chapterStart chapterComplete adBreakStart adStart adComplete adBreakComplete play sessionEnd",
    );
}

#[test]
fn an_inserted_event_lies_between_its_neighbors() {
    let text = "@vod length=60\n+0 sessionStart\n+0.001 adStart\n+8 adComplete\n+8 play ph=0\n+18 ping\n+20 sessionEnd\n";
    let tried = tried(text, Profile::Default, |name, _| name == "ad-outside-break");
    let offer = tried[0].outcome.as_ref().expect("it can be repaired");
    let added = offer.changes.iter().filter(|change| change.before.is_none());
    let added: Vec<&str> = added.filter_map(|change| change.after.as_deref()).collect();
    assert_eq!(added.len(), 2, "{added:?}");
    let stamps: Vec<i64> =
        offer.draft.events().filter_map(|(event, _)| Some(event.places.ts.as_ref()?.value)).collect();
    assert!(stamps.is_sorted(), "{stamps:?}");
}

#[test]
fn requests_are_sent_elsewhere_and_taken_apart() {
    let online = |events: &str| format!("@vod length=60 sid=5e55104e\n{events}+5 ping\n+12 sessionEnd\n");
    let rest = |types: &[&str]| -> Vec<String> {
        let start = format!("{STARTS}sessionStart");
        std::iter::once(start).chain(types.iter().map(|name| format!("{EVENTS}{name}"))).collect()
    };
    let expected = rest(&["play", "ping", "sessionEnd"]);
    for (rule, events) in [
        ("wrong-method", "+0 sessionStart\n+0.5 play method=PUT status=405\n"),
        ("unknown-path", "+0 sessionStart\n+0.5 play path=/api/v1/5e55104e/events status=404\n"),
        ("array-on-events", "+0 sessionStart\n+0.5 play body=array status=400\n"),
    ] {
        assert_eq!(repaired(&online(events), rule), expected, "{rule}");
    }
    let two = "@batch\n+0 sessionStart\n+0.1 play\n+20 sessionEnd\n+30 sessionStart ph=0\n+30.1 play\n+50 sessionEnd\n";
    let each = format!("{BATCH}sessionStart, play, sessionEnd");
    assert_eq!(repaired(two, "several-sessions-in-a-batch"), [each.clone(), each]);
    let alone = "@vod length=60\n+0 sessionStart to=downloaded status=400\n";
    assert_eq!(repaired(alone, "object-on-downloaded"), [format!("{BATCH}sessionStart")]);
    let legacy = "@legacy\n+0 sessionStart\n+0.1 play\n+20 sessionEnd\n";
    let batch = format!("{BATCH}sessionStart, play, sessionEnd");
    assert_eq!(repaired(legacy, "legacy-downloaded-endpoint"), [batch]);
}

#[test]
fn a_name_that_differs_by_case_alone_is_set_right_without_asking() {
    let mended = fix_all(
        "@vod length=60\n+0 sessionStart\n+0 play\n+5 stateStart name=mute\n+8 stateEnd name=Mute\n+10 Ping\n\
         +12 sessionEnd\n",
    );
    let codes: Vec<&str> = mended.taken.iter().map(|(code, _)| *code).collect();
    assert!(codes.contains(&"MC-S002") && codes.contains(&"MC-X005"), "{codes:?}");
}

#[test]
fn every_fix_for_a_recorded_client_works_and_makes_nothing_worse() {
    for path in [
        "clients/android312-dlfull.json",
        "clients/android312-netdrop.har",
        "clients/android312-start400.har",
        "clients/cc303-vod.har",
        "clients/js300-vod-full-rt.har",
        "clients/js310-expire404-virt.har",
        "clients/mitm-js310.mitmproxy.har",
        "clients/theo-b035ef3-predur.har",
        "clients/theo-lag.har",
        "clients/theo-vod.har",
    ] {
        let bytes = capture(path);
        let judged = judged(path, &bytes, Profile::Default);
        with_judge(Profile::Default, |judge, settings| {
            for session in judged.capture.sessions.iter().map(|session| session.id) {
                let draft = draft(&judged, session);
                for (number, fix) in session_fixes(&judged, session, settings) {
                    let code = judged.judgement.findings[number].rule.meta.code;
                    let outcome = offer(&draft, code, &fix, judge).map(drop);
                    assert_eq!(outcome, Ok(()), "{path} {code} {}", fix.title);
                }
                let mended = fix_all_safe(&draft, judge).expect("can be judged");
                assert!(mended.after.error <= mended.before.error, "{path}");
            }
        });
    }
}

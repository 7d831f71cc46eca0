//! What is done about findings: ignoring, fixes, drafts, profiles; without window and outside.

use std::path::PathBuf;
use std::sync::Arc;

use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::item::Item;
use playtrace::app::mending::{FixAnswer, Ignore};
use playtrace::app::sending::SendForm;
use playtrace::app::update::Update;
use playtrace::model::id::SessionId;
use playtrace::model::policy::Profile;
use playtrace::outbox::plan::SendMode;
use playtrace::rules::finding::Severity;
use playtrace::store::loaded::CaptureId;
use playtrace::store::project::ProjectError;

use crate::playbook::{names, selected_finding};
use crate::support::window::{Desk, event, faulty_session, read, session_start};

/// The desk with the first finding of a rule selected.
fn desk_at(rule: &str) -> (Desk, CaptureId, u32) {
    let mut desk = Desk::with_faulty_session();
    let id = desk.state.captures[0].id;
    let number = finding_of(&desk.state, rule).expect("the faulty session has it");
    desk.wants(Command::Select(Item::Finding(id, number)));
    (desk, id, number)
}

fn finding_of(state: &State, rule: &str) -> Option<u32> {
    let judged = state.captures[0].judged.as_ref()?;
    let at = judged.findings().iter().position(|finding| finding.rule.meta.name == rule)?;
    u32::try_from(at).ok()
}

#[test]
fn a_finding_that_is_ignored_is_gone_until_it_is_to_be_heard_of_again() {
    let (mut desk, capture, finding) = desk_at("wrong-json-type");
    let before = desk.state.captures[0].judged.as_ref().expect("judged").total();
    let reason = " our old ad server ".to_owned();
    desk.wants(Command::Ignore { capture, what: Ignore::Finding(finding), reason });
    assert_eq!(finding_of(&desk.state, "wrong-json-type"), None);
    let after = desk.state.captures[0].judged.as_ref().expect("judged").total();
    assert_eq!((after.error, after.warn, after.info), (before.error - 1, before.warn, before.info));
    let ignored = &desk.state.projects[&capture].ignored;
    assert_eq!(ignored[0].reason, "our old ad server");
    desk.wants(Command::HearAgain { capture, number: 0 });
    assert!(finding_of(&desk.state, "wrong-json-type").is_some());
}

#[test]
fn a_session_or_a_rule_is_ignored_as_a_whole() {
    let (mut desk, capture, finding) = desk_at("ad-outside-break");
    let reason = String::new;
    desk.wants(Command::Ignore { capture, what: Ignore::RuleOf(finding), reason: reason() });
    assert_eq!(finding_of(&desk.state, "ad-outside-break"), None);
    assert!(finding_of(&desk.state, "wrong-json-type").is_some());
    desk.wants(Command::Ignore { capture, what: Ignore::Session(SessionId(0)), reason: reason() });
    let judged = desk.state.captures[0].judged.as_ref().expect("judged");
    assert!(judged.findings().iter().all(|finding| finding.session.is_none()));
}

#[test]
fn judging_anew_keeps_the_finding_that_is_selected() {
    let (mut desk, capture, _) = desk_at("wrong-json-type");
    let message = |desk: &Desk| {
        let number = selected_finding(&desk.state);
        let judged = desk.state.captures[0].judged.as_ref().expect("judged");
        judged.finding(number).expect("it is there").message.clone()
    };
    let before = message(&desk);
    let other = finding_of(&desk.state, "ad-outside-break").expect("it is there");
    desk.wants(Command::Ignore { capture, what: Ignore::RuleOf(other), reason: String::new() });
    assert_eq!(message(&desk), before);
}

#[test]
fn another_profile_judges_all_captures_at_once() {
    let mut desk = Desk::default();
    let same_tick = [session_start("Ties"), event("play", 500, 0.0, ""), event("pauseStart", 500, 0.0, "")];
    let text = format!("[{}]", same_tick.join(","));
    desk.wants(Command::OpenText { name: "ties.json".to_owned(), bytes: text.into_bytes() });
    let severity = |desk: &Desk| {
        let number = finding_of(&desk.state, "equal-ts").expect("they are equal");
        desk.state.captures[0].judged.as_ref().expect("judged").findings()[number as usize].severity
    };
    assert_eq!(severity(&desk), Severity::Info);
    desk.wants(Command::SetProfile(Some(Profile::Strict)));
    assert_eq!(severity(&desk), Severity::Warn);
    desk.wants(Command::SetProfile(None));
    assert_eq!(severity(&desk), Severity::Info);
}

#[test]
fn a_judgement_that_is_outdated_is_told_to_stop_and_not_waited_for() {
    let mut state = State::default();
    let (capture, places) = read("a.json", faulty_session());
    drop(state.apply(Command::Open(vec![PathBuf::from("a.json")])));
    let job = state.jobs[0].id;
    drop(names(state.absorb(Update::Opened { job, capture, places, project: None, config: Ok(None) })));
    let first = state.jobs[0].id;
    let asked = names(state.apply(Command::SetProfile(Some(Profile::Lenient))));
    assert_eq!(asked, ["cancel", "judge"]);
    drop(names(state.absorb(Update::Judged { job: first, judged: Arc::default() })));
    assert!(state.captures[0].judged.is_none(), "the answer to the older wish is dropped");
}

#[test]
fn a_fix_is_shown_with_its_changes_before_it_is_taken_into_the_draft() {
    let (mut desk, capture, finding) = desk_at("wrong-json-type");
    let session = SessionId(0);
    desk.wants(Command::ShowFix(capture, finding));
    let view = desk.state.mending.fix.as_ref().expect("it is shown");
    let Some(FixAnswer::Offer(offer)) = &view.answer else { panic!("it helps: {view:?}") };
    assert_eq!(offer.changes.len(), 1);
    let change = &offer.changes[0];
    assert!(change.before.as_ref().is_some_and(|text| text.contains(r#""media.ad.id":77"#)), "{change:?}");
    assert!(change.after.as_ref().is_some_and(|text| text.contains(r#""media.ad.id":"77""#)), "{change:?}");
    assert!(desk.state.projects.get(&capture).is_none_or(|project| project.draft(session).is_none()));
    let bytes = desk.state.captures[0].capture.source.bytes().to_vec();
    desk.wants(Command::TakeFix);
    assert_eq!(desk.state.projects[&capture].edits(session).len(), 1);
    assert_eq!(desk.state.captures[0].capture.source.bytes(), bytes, "the original stays");
    assert!(desk.state.mending.fix.is_none());
    let notice = desk.state.notices.last().expect("it is said");
    assert_eq!(notice.key, "fix-taken");
    let values = [("code", "MC-S005".to_owned()), ("title", "Send media.ad.id as text".to_owned())];
    assert_eq!(notice.values, values);
    // What is sent again is the draft.
    desk.wants(Command::EditSending(SendForm { mode: SendMode::Online, ..SendForm::default() }));
    desk.wants(Command::DryRun);
    let plan = desk.state.sending.plan.as_ref().expect("it can be planned");
    let bodies: Vec<_> = plan.sends.iter().map(|send| String::from_utf8_lossy(&send.body)).collect();
    assert!(bodies.iter().any(|body| body.contains(r#""media.ad.id":"77""#)), "{bodies:?}");
    desk.wants(Command::TakeBack { all: false });
    assert!(desk.state.projects[&capture].draft(session).is_none());
}

#[test]
fn a_fix_that_the_draft_has_is_called_taken() {
    let (mut desk, capture, finding) = desk_at("wrong-json-type");
    let answer = |desk: &Desk| desk.state.mending.fix.as_ref().and_then(|view| view.answer.clone());
    for all in [false, true] {
        desk.wants(Command::ShowFix(capture, finding));
        assert!(matches!(answer(&desk), Some(FixAnswer::Offer(_))), "{:?}", answer(&desk));
        desk.wants(if all { Command::FixAllSafe } else { Command::TakeFix });
        desk.wants(Command::ShowFix(capture, finding));
        assert!(matches!(answer(&desk), Some(FixAnswer::Taken(_))), "{:?}", answer(&desk));
        desk.wants(Command::TakeBack { all });
    }
}

#[test]
fn all_safe_fixes_of_the_shown_session_go_into_its_draft() {
    let mut desk = Desk::with_faulty_session();
    let capture = desk.state.captures[0].id;
    desk.wants(Command::FixAllSafe);
    let draft = desk.state.projects[&capture].draft(SessionId(0)).expect("something was safe");
    assert!(draft.fixes.iter().any(|taken| taken.code == "MC-S005"), "{draft:?}");
    assert!(desk.state.mending.pending.is_none());
    assert_eq!(desk.state.notices[0].key, "fixed-all-safe");
    desk.wants(Command::FixAllSafe);
    assert_eq!(desk.state.notices.last().map(|notice| notice.key), Some("nothing-safe"));
}

#[test]
fn what_is_decided_about_a_file_is_saved_at_once_and_about_pasted_text_never() {
    let (capture, places) = read("a.json", faulty_session());
    let mut state = State::default();
    drop(state.apply(Command::Open(vec![PathBuf::from("a.json")])));
    let job = state.jobs[0].id;
    drop(names(state.absorb(Update::Opened { job, capture, places, project: None, config: Ok(None) })));
    let ignore = |state: &State| {
        let capture = state.captures[0].id;
        Command::Ignore { capture, what: Ignore::Session(SessionId(0)), reason: String::new() }
    };
    let wish = ignore(&state);
    assert_eq!(names(state.apply(wish)), ["save-project", "cancel", "judge"]);
    let mut desk = Desk::with_faulty_session();
    let wish = ignore(&desk.state);
    assert!(!names(desk.state.apply(wish)).contains(&"save-project"));
}

#[test]
fn a_project_file_of_no_use_is_said_and_nothing_of_it_is_taken() {
    let mut state = State::default();
    let (capture, places) = read("a.json", faulty_session());
    drop(state.apply(Command::Open(vec![PathBuf::from("a.json")])));
    let job = state.jobs[0].id;
    let project = Some(Err(Box::new(ProjectError::TooNew(9).reason())));
    drop(names(state.absorb(Update::Opened { job, capture, places, project, config: Ok(None) })));
    let notice = &state.notices[0];
    assert_eq!(notice.key, "project-not-used");
    assert!(notice.values.contains(&("reason", "why.project-too-new".to_owned())), "{notice:?}");
    assert!(notice.values.contains(&("version", "9".to_owned())), "{notice:?}");
    assert!(state.projects.is_empty());
}

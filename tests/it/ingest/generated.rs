//! The captures that the benchmarks measure: correct, the same for the same seed, of the size asked for.

use playtrace::model::event_type::EventType;
use playtrace::model::id::SessionId;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::Severity;
use playtrace::rules::run::judge;
use playtrace::rules::selection::RuleSelection;

use super::{Capture, events, read};

#[path = "../../bench/generate.rs"]
mod generate;

fn batch(n_events: usize, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    generate::batch(n_events, seed, &mut bytes).expect("writes to memory");
    bytes
}

fn har(n_events: usize, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    generate::har(n_events, seed, &mut bytes).expect("writes to memory");
    bytes
}

#[track_caller]
fn check_correct(capture: &Capture, besides: &[&str]) {
    assert_eq!(capture.notes, []);
    let judgement = judge(capture, &Settings::default(), &RuleSelection::default(), &Unwatched);
    let loud = judgement.findings.iter().filter(|finding| finding.severity > Severity::Info);
    let loud: Vec<_> = loud.filter(|finding| !besides.contains(&finding.rule.meta.code)).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn a_generated_batch_is_one_correct_session_with_everything_in_it() {
    let capture = read(batch(20_000, 3));
    assert_eq!((capture.events.len(), capture.sessions.len()), (20_000, 1));
    assert_eq!(capture.sessions[0].mode.name(), "downloaded");
    check_correct(&capture, &["MC-L009"]);
    let ends = [EventType::SessionEnd, EventType::StatesUpdate];
    for kind in
        EventType::ALL.into_iter().filter(|kind| !ends.contains(kind) && *kind != EventType::ChapterSkip)
    {
        assert!(events(&capture).any(|event| event.event_type() == Some(kind)), "{kind}");
    }
}

#[test]
fn a_generated_journal_holds_the_sessions_of_the_archive() {
    let mut bytes = Vec::new();
    generate::journal(4_000, 3, &mut bytes).expect("writes to memory");
    let (journal, archive) = (read(bytes), read(har(4_000, 3)));
    assert_eq!((journal.format.name(), archive.format.name()), ("journal", "har"));
    let of = |capture: &Capture| -> Vec<_> {
        let sids = capture.sessions.iter().map(|session| session.sid.clone());
        sids.zip(capture.sessions.iter().map(|session| session.by_arrival.clone())).collect()
    };
    assert_eq!(of(&journal), of(&archive));
    assert!(events(&journal).map(|event| event.json()).eq(events(&archive).map(|event| event.json())));
    check_correct(&journal, &[]);
}

#[test]
fn a_generated_archive_interleaves_correct_sessions() {
    let capture = read(har(4_000, 3));
    assert_eq!((capture.exchanges.len(), capture.events.len()), (4_000, 4_000));
    assert_eq!(capture.sessions.len(), 4_000 / generate::SESSION_EVENTS);
    assert!(capture.sessions.iter().all(|session| session.len() == generate::SESSION_EVENTS));
    check_correct(&capture, &[]);
    let sessions = events(&capture).map(|event| event.session()).collect::<Vec<_>>();
    let changes = sessions.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes > 1_000, "they are interleaved");
    assert!(sessions.contains(&Some(SessionId(9))));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(batch(500, 1), batch(500, 1));
    assert_ne!(batch(500, 1), batch(500, 2));
    assert_eq!(har(900, 1), har(900, 1));
    for n_events in [1, 2, 3, 61, 62, 401] {
        assert_eq!(read(batch(n_events, 1)).events.len(), n_events);
        assert_eq!(read(har(n_events, 1)).events.len(), n_events);
    }
}

//! A run of the collector as it grows: the same as the whole file in the end, bounded in size, honest meanwhile.

use playtrace::ingest::ingest;
use playtrace::model::session::Ending;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::run;
use playtrace::rules::selection::RuleSelection;
use playtrace::rules::verdict::Verdict;
use playtrace::store::growing::{Grown, MAX_HELD_BYTES};

use crate::support::run::{Follower, JournalText, now};
use crate::support::window::{event, session_start};

/// So many sessions side by side, with so many pings each; every third has an ad outside a break, every second
/// is ended.
fn traffic(journal: &mut JournalText, n_sessions: usize, n_pings: usize) {
    for session in 0..n_sessions {
        journal.open(0.0, &sid(session), &session_start(&sid(session)));
        journal.event(0.5, &sid(session), &event("play", 500, 0.0, ""));
    }
    for ping in 1..=n_pings {
        for session in 0..n_sessions {
            let secs = ping as f64 * 10.0;
            journal.event(secs, &sid(session), &event("ping", (secs * 1000.0) as i64 + 500, secs, ""));
        }
    }
    let end = n_pings as f64 * 10.0 + 1.0;
    for session in 0..n_sessions {
        let millis = (end * 1000.0) as i64;
        if session % 3 == 0 {
            let ad = r#""params":{"media.ad.id":"a","media.ad.length":15,"media.ad.podPosition":1,"media.ad.playerName":"p"}"#;
            journal.event(end, &sid(session), &event("adStart", millis, end - 1.0, ad));
        }
        if session % 2 == 0 {
            journal.event(end + 1.0, &sid(session), &event("sessionEnd", millis + 1000, end - 1.0, ""));
        }
    }
}

fn sid(session: usize) -> String {
    format!("sid-{session}")
}

/// Code, session, event and message of all findings.
fn findings(grown: &Grown) -> Vec<(&'static str, Option<u32>, Option<u32>, String)> {
    let found = grown.judged.findings().iter();
    found
        .map(|found| {
            let (session, event) = (found.session.map(|it| it.0), found.event.map(|it| it.0));
            (found.rule.meta.code, session, event, found.message.clone())
        })
        .collect()
}

#[test]
fn a_run_that_grew_line_by_line_says_in_the_end_what_its_journal_says() {
    let mut journal = JournalText::default();
    let mut whole = JournalText::new();
    traffic(&mut whole, 4, 12);
    let mut follower = Follower::new(MAX_HELD_BYTES);
    for (n, line) in whole.text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        journal.text.extend_from_slice(line);
        if n % 7 == 0 {
            follower.look(&journal, 125.0);
        }
    }
    let grown = follower.end(&journal, 125.0);
    let read = ingest("run", whole.text.clone(), &Unwatched);
    let judged = run::judge(&read, &Settings::default(), &RuleSelection::default(), &Unwatched);
    assert!(grown.capture.source.bytes() == whole.text, "the working set is the journal");
    assert_eq!(grown.capture.sessions, read.sessions);
    let of_file: Vec<_> = judged
        .findings
        .iter()
        .map(|found| {
            let (session, event) = (found.session.map(|it| it.0), found.event.map(|it| it.0));
            (found.rule.meta.code, session, event, found.message.clone())
        })
        .collect();
    assert!(of_file.iter().any(|(code, ..)| *code == "MC-A001") && !of_file.is_empty(), "{of_file:?}");
    assert_eq!(findings(&grown), of_file);
    let tally = grown.growth.tally;
    assert_eq!((tally.requests, tally.events, tally.sessions), (60, 60, 4));
}

#[test]
fn an_open_session_is_judged_so_far_and_its_silence_is_noticed_without_a_request() {
    let mut journal = JournalText::new();
    journal.open(0.0, "a", &session_start("a"));
    journal.event(0.5, "a", &event("play", 500, 0.0, ""));
    journal.event(10.0, "a", &event("ping", 10_500, 10.0, ""));
    let mut follower = Follower::new(MAX_HELD_BYTES);
    let codes = |grown: &Grown| -> Vec<&str> { findings(grown).iter().map(|(code, ..)| *code).collect() };
    let grown = follower.look(&journal, 12.0);
    assert!(grown.capture.is_so_far(&grown.capture.sessions[0]));
    let at_the_end = ["MC-K002", "MC-L006"];
    assert!(!codes(&grown).iter().any(|code| at_the_end.contains(code)), "{:?}", codes(&grown));
    assert!(!follower.growing.is_due(now(609.0)), "nothing came and the silence has not lasted");
    assert!(follower.growing.is_due(now(610.0)));
    let grown = follower.look(&journal, 610.0);
    assert!(!grown.capture.is_so_far(&grown.capture.sessions[0]));
    assert_eq!(grown.capture.sessions[0].ending, Ending::Open);
    assert!(codes(&grown).contains(&"MC-L006"), "{:?}", codes(&grown));
    assert!(!follower.growing.is_due(now(99_999.0)), "said once");
}

#[test]
fn a_request_whose_answer_is_under_way_is_no_finding_until_nothing_more_can_come() {
    let mut journal = JournalText::new();
    let number = journal.request(0.0, "/api/v1/sessions", &session_start("a"));
    let mut follower = Follower::new(MAX_HELD_BYTES);
    let has_k006 = |grown: &Grown| findings(grown).iter().any(|(code, ..)| *code == "MC-K006");
    assert!(!has_k006(&follower.look(&journal, 1.0)));
    assert!(has_k006(&follower.end(&journal, 1.0)));
    journal.answer(number, 2.0, 201, Some("/api/v1/sessions/a"));
    let grown = follower.look(&journal, 2.0);
    assert_eq!(grown.capture.sessions[0].sid.as_deref(), Some("a"), "the answer is joined to its request");
}

#[test]
fn a_full_working_set_sets_sessions_aside_and_keeps_their_verdicts() {
    let mut journal = JournalText::new();
    traffic(&mut journal, 12, 30);
    let limit = journal.text.len() / 3;
    let mut follower = Follower::new(limit);
    // The third is looked at: it is never set aside.
    let third = 5;
    follower.growing.keep(third);
    follower.read(&journal);
    let grown = follower.look(&journal, 310.0);
    follower.catch_up(&journal, 310.0);
    let growth = &grown.growth;
    assert!(grown.capture.source.bytes().len() <= limit, "the working set has a limit");
    assert!(!growth.aside.is_empty() && growth.keys.contains(&third), "{:?}", growth.keys);
    assert_eq!(growth.aside.len() + growth.keys.len(), 12);
    assert_eq!(growth.tally.events, 12 * 32 + 4 + 6);
    // Who is over goes first.
    let open_ones_went = growth.aside.iter().any(|aside| aside.so_far);
    let over = |key: &u64| {
        growth
            .session(*key)
            .and_then(|id| grown.capture.session(id))
            .is_some_and(|it| !grown.capture.is_so_far(it))
    };
    let ended_ones_stay = growth.keys.iter().any(|key| *key != third && over(key));
    assert!(!(open_ones_went && ended_ones_stay), "{:?}", growth.keys);
    let read = ingest("run", journal.text.clone(), &Unwatched);
    let judged = run::judge(&read, &Settings::default(), &RuleSelection::default(), &Unwatched);
    for aside in &growth.aside {
        let session = read.sessions.iter().find(|it| it.sid == aside.sid).expect("it is in the journal");
        assert_eq!(aside.n_events as usize, session.len());
        assert_eq!(aside.verdict, judged.verdicts.get(session.id.index()).copied(), "{aside:?}");
    }
    assert!(growth.aside.iter().any(|aside| aside.verdict != Some(Verdict::Accepted)));
}

#[test]
fn a_session_set_aside_goes_on_is_judged_again_and_comes_back_whole() {
    let mut journal = JournalText::new();
    traffic(&mut journal, 6, 30);
    let mut follower = Follower::new(journal.text.len() / 2);
    let grown = follower.look(&journal, 310.0);
    let aside = grown.growth.aside.iter().find(|aside| aside.sid.as_deref() == Some("sid-1"));
    let aside =
        aside.or(grown.growth.aside.iter().find(|aside| aside.so_far)).expect("an open one went").clone();
    let sid = aside.sid.clone().expect("it has an id");
    // An event that has nothing to do there.
    journal.event(320.0, &sid, &event("adBreakComplete", 320_000, 301.0, ""));
    follower.read(&journal);
    let grown = follower.growing.recounted().expect("the counts have changed");
    let row =
        |grown: &Grown| grown.growth.aside.iter().find(|it| it.key == aside.key).expect("aside").clone();
    assert_eq!((row(&grown).n_events, row(&grown).is_behind), (aside.n_events + 1, true));
    assert!(!follower.growing.is_due(now(320.0)), "the working set has not changed");
    assert_eq!(follower.catch_up(&journal, 320.0), 1);
    let grown = follower.growing.recounted().expect("it was judged");
    assert!(!row(&grown).is_behind && row(&grown).counts != aside.counts, "{:?}", row(&grown));
    assert!(follower.bring_back(&journal, aside.key));
    let back = follower.look(&journal, 321.0);
    let id = back.growth.session(aside.key).expect("it is held again");
    let session = back.capture.session(id).expect("it is held again");
    assert_eq!(session.len() as u64, aside.n_events + 1);
    assert_eq!(back.judged.counts(id), row(&grown).counts);
    assert!(back.growth.numbering > grown.growth.numbering, "rows have other numbers");
    assert!(!follower.bring_back(&journal, aside.key), "it is there");
}

#[test]
fn the_silence_of_a_session_set_aside_is_noticed() {
    let mut journal = JournalText::new();
    traffic(&mut journal, 6, 30);
    let mut follower = Follower::new(journal.text.len() / 4);
    let grown = follower.look(&journal, 310.0);
    assert!(grown.growth.aside.iter().any(|aside| aside.so_far), "an open one went");
    assert!(!follower.growing.is_behind(now(310.0)));
    assert!(follower.catch_up(&journal, 1000.0) > 0);
    let grown = follower.growing.recounted().expect("something was judged");
    assert!(grown.growth.aside.iter().all(|aside| !aside.so_far), "{:?}", grown.growth.aside);
}

#[test]
fn the_end_of_the_run_ends_the_so_far_of_sessions_set_aside_too() {
    let mut journal = JournalText::new();
    traffic(&mut journal, 6, 30);
    let mut follower = Follower::new(journal.text.len() / 4);
    let grown = follower.look(&journal, 310.0);
    let n_open = grown.growth.aside.iter().filter(|aside| aside.so_far).count();
    assert!(n_open > 0, "an open one went");
    follower.end(&journal, 311.0);
    assert_eq!(follower.end_aside(&journal, 311.0), n_open);
    let grown = follower.growing.recounted().expect("something was judged");
    let read = ingest("run", journal.text.clone(), &Unwatched);
    let judged = run::judge(&read, &Settings::default(), &RuleSelection::default(), &Unwatched);
    for aside in &grown.growth.aside {
        assert!(!aside.so_far, "{aside:?}");
        let session = read.sessions.iter().find(|it| it.sid == aside.sid).expect("it is in the journal");
        assert_eq!(aside.verdict, judged.verdicts.get(session.id.index()).copied(), "{aside:?}");
    }
}

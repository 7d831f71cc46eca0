//! Properties of generated viewings: correct ones have nothing above info, one fault is told as that fault.
//!
//! The short form runs in every test; `PLAYTRACE_TESTS=full` tries 10,000 cases of each. A failure prints its
//! seed; `PLAYTRACE_SEED=<number>` begins there, `PLAYTRACE_CASES=<number>` tries so many.

mod ads;
mod mutation;
mod mutations;
mod oracle;
mod order;
mod quality;
mod schema;
mod time;
mod transport;

use playtrace::model::clock::TsMillis;
use playtrace::model::policy::Profile;
use playtrace::player::capture::PlayedCapture;
use playtrace::player::habits::{Habit, Habits};
use playtrace::player::viewing::{Viewing, Wish};
use playtrace::rules::finding::Severity;
use playtrace::rules::verdict::Verdict;
use rayon::prelude::*;

use crate::support::apart::apart;
use crate::support::examples::{Judged, describe, judged};

/// True for the long form of the tests.
fn full() -> bool {
    std::env::var_os("PLAYTRACE_TESTS").is_some_and(|form| form == "full")
}

/// True when somebody looks at seeds of his own choice: these need not show everything.
fn chosen() -> bool {
    ["PLAYTRACE_SEED", "PLAYTRACE_CASES"].iter().any(|name| std::env::var_os(name).is_some())
}

/// The seeds that are tried: from `PLAYTRACE_SEED` on, or from 0.
fn seeds(n_short: u64, n_full: u64) -> impl Iterator<Item = u64> {
    let first = std::env::var("PLAYTRACE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0_u64);
    let wanted = std::env::var("PLAYTRACE_CASES").ok().and_then(|cases| cases.parse().ok());
    let n = wanted.unwrap_or(if full() { n_full } else { n_short });
    (0..n).map(move |n| first.wrapping_add(n))
}

/// Everything above info in a capture.
fn above_info(judged: &Judged) -> Vec<String> {
    let speaks = judged.judgement.findings.iter().filter(|finding| finding.severity > Severity::Info);
    speaks.map(|finding| describe(&judged.capture, finding)).collect()
}

/// A viewing in words: how to see it again, and its events with the seconds since the first.
fn told(seed: u64, viewing: &Viewing) -> String {
    let mut lines = vec![format!("PLAYTRACE_SEED={seed}")];
    for session in &viewing.sessions {
        let began = session.events.first().map_or(0, |start| start.ts.0);
        lines.push(format!("{:?}", session.delivery));
        let n_left_out = session.events.len().saturating_sub(150);
        lines.extend(session.events.iter().skip(n_left_out).map(|event| {
            let (secs, late) = ((event.ts.0 - began) as f64 / 1000.0, event.received_at - event.ts.0);
            format!("+{secs} {} ph={} late={late}ms {:?}", event.event_type, event.playhead, event.params)
        }));
    }
    lines.join("\n  ")
}

/// The habits of a viewing, and what is said of it although it is correct.
fn try_correct(seed: u64, wish: Wish) -> (Habits, Option<String>) {
    let viewing = Viewing::wished(seed, wish);
    let bytes = PlayedCapture::of(&viewing).write(viewing.style);
    let judged = judged("viewing", &bytes, Profile::Default);
    let mut wrong = above_info(&judged);
    wrong.extend(oracle::fault(&viewing).map(|fault| format!("oracle: {fault}")));
    let n_events: usize = viewing.sessions.iter().map(|session| session.events.len()).sum();
    let (events, sessions) = (judged.capture.events.len(), judged.capture.sessions.len());
    if (events, sessions) != (n_events, viewing.sessions.len()) {
        wrong.push(format!("{events} of {n_events} events in {sessions} sessions"));
    }
    let refused = judged.judgement.verdicts.iter().filter(|verdict| **verdict != Verdict::Accepted);
    wrong.extend(refused.map(|verdict| format!("verdict {}", verdict.name())));
    let failure = (!wrong.is_empty()).then(|| format!("{}\n{}", wrong.join("\n"), told(seed, &viewing)));
    (viewing.habits, failure)
}

#[test]
fn a_correct_viewing_is_accepted_with_nothing_above_info() {
    let seeds: Vec<u64> = seeds(256, 10_000).collect();
    let tried: Vec<(Habits, Option<String>)> =
        apart(|| seeds.par_iter().map(|seed| try_correct(*seed, Wish::default())).collect());
    let n_used: Vec<usize> = Habit::ALL
        .iter()
        .map(|habit| tried.iter().filter(|(habits, _)| habits.has(*habit)).count())
        .collect();
    let failed: Vec<&str> = tried.iter().filter_map(|(_, failure)| failure.as_deref()).collect();
    assert!(
        failed.is_empty(),
        "{} failed, the first: {}",
        failed.len(),
        failed[..failed.len().min(3)].join("\n\n")
    );
    let used: Vec<String> =
        Habit::ALL.iter().zip(&n_used).map(|(habit, n)| format!("{} {habit:?}: {n}", habit.row())).collect();
    println!("habits used\n  {}", used.join("\n  "));
    assert!(chosen() || n_used.iter().all(|n| *n > 0), "a habit was never used");
}

#[test]
fn a_long_viewing_that_begins_now_is_as_correct() {
    let wish =
        Wish { begins_at: Some(TsMillis(1_792_868_400_123)), lasts_millis: Some(40_000_000), online: false };
    let seeds: Vec<u64> = seeds(16, 1000).collect();
    let failed: Vec<String> =
        apart(|| seeds.par_iter().filter_map(|seed| try_correct(*seed, wish).1).collect());
    assert!(failed.is_empty(), "{} failed, the first: {}", failed.len(), failed[0]);
}

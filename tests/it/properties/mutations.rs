//! Each mutation of each viewing is told as its own fault, and as nothing else.

use std::collections::BTreeMap;

use playtrace::model::policy::Profile;
use playtrace::player::capture::PlayedCapture;
use playtrace::player::random::Random;
use playtrace::player::viewing::{Delivery, PlayedSession, Viewing};
use playtrace::rules::finding::{Finding, Severity};
use playtrace::rules::rule::Rule;
use rayon::prelude::*;

use super::mutation::{Draft, Mutation};
use super::{above_info, ads, chosen, full, oracle, order, quality, schema, seeds, time, told, transport};
use crate::support::apart::apart;
use crate::support::examples::{Judged, describe, judged};

/// Larger viewings are left to the test of correct ones.
const LARGEST: usize = 600;
/// Cases of each mutation in the short form.
const SHORT: usize = 2;

fn tables() -> impl Iterator<Item = &'static Mutation> {
    let tables = [
        schema::TABLE,
        order::TABLE,
        time::TABLE,
        ads::TABLE,
        quality::TABLE,
        transport::TABLE,
        order::CORRECT,
    ];
    tables.into_iter().flatten()
}

/// What became of a case.
enum Outcome {
    /// The intended rule spoke.
    Fired,
    /// The viewing is still correct, and nothing was found.
    SortedOut,
    /// In words.
    Failed(String),
}

/// What became of a mutation.
#[derive(Default)]
struct Count {
    applied: usize,
    fired: usize,
    sorted_out: usize,
    n_failed: usize,
    first_failure: Option<String>,
}

impl Count {
    /// Tries a mutation on viewings; in the short form on the first that it applies to.
    fn add(&mut self, mutation: &Mutation, viewings: &[(u64, Viewing)]) {
        let wanted = if full() { usize::MAX } else { SHORT };
        let tried = viewings.iter().filter_map(|(seed, viewing)| attempt(mutation, *seed, viewing));
        for outcome in tried.take(wanted) {
            self.applied += 1;
            match outcome {
                Outcome::Fired => self.fired += 1,
                Outcome::SortedOut => self.sorted_out += 1,
                Outcome::Failed(why) => {
                    self.n_failed += 1;
                    self.first_failure.get_or_insert(why);
                }
            }
        }
    }
}

/// True when a finding may stand beside the intended one: a declared companion of either.
fn is_companion(finding: &Finding, intended: &Rule) -> bool {
    let (found, intended) = (&finding.rule.meta, &intended.meta);
    found.code == intended.code
        || intended.companions.contains(&found.name)
        || found.companions.contains(&intended.name)
}

fn rule(code: &str) -> &'static Rule {
    let found = playtrace::rules::all().find(|rule| rule.meta.code == code);
    found.expect("the table names rules that exist")
}

/// Tries a mutation on a viewing; `None` when it does not apply.
fn attempt(mutation: &Mutation, seed: u64, viewing: &Viewing) -> Option<Outcome> {
    let salt =
        mutation.name.bytes().fold(seed, |salt, byte| salt.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut draft = Draft { viewing: viewing.clone(), capture: None, random: Random::new(salt) };
    (mutation.apply)(&mut draft)?;
    let plain = PlayedCapture::of(&draft.viewing);
    let capture = draft.capture.take().unwrap_or_else(|| plain.clone());
    let fault = fault(viewing, &draft.viewing, capture == plain);
    let judged = judged("viewing", &capture.write(viewing.style), Profile::Default);
    let is_told = |code: &str| judged.judgement.findings.iter().any(|finding| finding.rule.meta.code == code);
    let wrong = match (&fault, mutation.code) {
        (None, _) => above_info(&judged),
        (Some(_), Some(code)) => wrong(&judged, rule(code)),
        (Some(fault), None) => vec![format!("the oracle says: {fault}")],
    };
    // what is correct may be worth an info
    if wrong.is_empty() && mutation.code.is_some_and(is_told) {
        return Some(Outcome::Fired);
    }
    Some(match (wrong.is_empty(), fault) {
        (true, None) => Outcome::SortedOut,
        (true, Some(_)) => Outcome::Fired,
        (false, fault) => Outcome::Failed(format!(
            "{}: {}\noracle: {}\n{}",
            mutation.code.unwrap_or("correct"),
            mutation.name,
            fault.as_deref().unwrap_or("correct"),
            wrong.join("\n") + "\n" + &told(seed, &draft.viewing)
        )),
    })
}

/// What is wrong with a mutated viewing, without asking the rules. `plain`: the change is in the plain events;
/// otherwise it is in a request or a body, and always a fault.
fn fault(before: &Viewing, after: &Viewing, plain: bool) -> Option<String> {
    if !plain {
        return Some("a request or a body was changed".to_owned());
    }
    let known = |viewing: &Viewing| {
        let events = viewing.sessions.iter().flat_map(|session| &session.events).cloned();
        events
            .map(|event| (event.event_type, event.params, event.qoe_data, event.custom_metadata))
            .collect::<Vec<_>>()
    };
    let payloads = known(before);
    let sends_other = |payload: &_| !payloads.contains(payload);
    let other = known(after).iter().any(|payload| {
        let is_empty = payload.1.is_empty() && payload.2.is_empty() && payload.3.is_empty();
        !is_empty && sends_other(payload)
    });
    let is_legacy =
        |session: &PlayedSession| matches!(session.delivery, Delivery::Batch { legacy: true, .. });
    let deliveries = |viewing: &Viewing| viewing.sessions.iter().map(is_legacy).collect::<Vec<_>>();
    if other || deliveries(before) != deliveries(after) {
        return Some("a payload or an address was changed".to_owned());
    }
    oracle::fault(after)
}

fn wrong(judged: &Judged, intended: &Rule) -> Vec<String> {
    let findings = &judged.judgement.findings;
    let fired = findings.iter().any(|finding| finding.rule.meta.code == intended.meta.code);
    let others = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && !is_companion(finding, intended))
        .map(|finding| describe(&judged.capture, finding));
    let silent = (!fired).then(|| {
        let all: Vec<String> =
            findings.iter().map(|finding| format!("  {}", describe(&judged.capture, finding))).collect();
        format!("{} is silent, but:\n{}", intended.meta.code, all.join("\n"))
    });
    silent.into_iter().chain(others).collect()
}

#[test]
fn each_single_fault_is_told_as_that_fault() {
    let mutations: Vec<&Mutation> = tables().collect();
    let mut counts: Vec<Count> = mutations.iter().map(|_| Count::default()).collect();
    apart(|| {
        // ten thousand viewings at once would fill the memory
        for seeds in seeds(160, 10_000).collect::<Vec<_>>().chunks(500) {
            let viewings: Vec<(u64, Viewing)> = seeds
                .par_iter()
                .map(|seed| (*seed, Viewing::of_seed(*seed)))
                .filter(|(_, viewing)| n_events(viewing) < LARGEST)
                .collect();
            let counted = mutations.par_iter().zip(&mut counts);
            counted.for_each(|(mutation, count)| count.add(mutation, &viewings));
        }
    });
    report(&mutations, &counts);
}

fn n_events(viewing: &Viewing) -> usize {
    viewing.sessions.iter().map(|session| session.events.len()).sum()
}

fn report(mutations: &[&Mutation], counts: &[Count]) {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for (mutation, count) in mutations.iter().zip(counts) {
        let (code, name) = (mutation.code.unwrap_or("correct"), mutation.name);
        let numbers =
            format!("{:5} {:5} {:5} {:5}", count.applied, count.fired, count.sorted_out, count.n_failed);
        lines.insert(format!("{code:8} {name}"), numbers);
    }
    let lines: Vec<String> = lines.iter().map(|(name, numbers)| format!("{numbers}  {name}")).collect();
    println!("applied, fired, sorted out, failed\n{}", lines.join("\n"));
    let sum = |of: fn(&Count) -> usize| counts.iter().map(of).sum::<usize>();
    println!(
        "{} mutated viewings: {} still correct by the oracle, {} failed",
        sum(|count| count.applied),
        sum(|count| count.sorted_out),
        sum(|count| count.n_failed)
    );
    let failed: Vec<&str> = counts.iter().filter_map(|count| count.first_failure.as_deref()).collect();
    assert!(failed.is_empty(), "{} mutations failed\n\n{}", failed.len(), failed.join("\n\n"));
    if chosen() {
        return;
    }
    let silent: Vec<&str> = mutations
        .iter()
        .zip(counts)
        .filter(|(mutation, count)| mutation.code.is_some() && count.fired == 0)
        .map(|(mutation, _)| mutation.name)
        .collect();
    assert!(silent.is_empty(), "never told: {silent:?}");
    let unused: Vec<&str> = mutations
        .iter()
        .zip(counts)
        .filter(|(_, count)| count.applied == 0)
        .map(|(mutation, _)| mutation.name)
        .collect();
    assert!(unused.is_empty(), "never applied: {unused:?}");
}

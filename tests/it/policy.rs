//! Policy switches: the table of what they move is true, and the pages of the rules say the same.

use std::collections::BTreeSet;

use playtrace::model::policy::{Policy, SWITCHES, Switch};
use playtrace::rules;
use playtrace::rules::finding::Severity;
use playtrace::rules::registry::find;
use playtrace::rules::rule::Rule;
use rayon::prelude::*;

use crate::rules::folder;
use crate::support::apart::apart;
use crate::support::examples::{Block, blocks, judged_under};

/// Fixtures and examples of a rule.
fn texts(rule: &Rule) -> Vec<Block> {
    let path = folder().join(format!("{}.md", rule.meta.name));
    let fixture = std::fs::read_to_string(&path).expect("every rule has a fixture");
    let mut found = blocks(rule.meta.name, &fixture);
    found.extend(blocks(rule.meta.name, rule.meta.docs));
    found
}

/// Rule, severity and message of all that is found in a block once the policy was changed.
fn found(block: &Block, change: impl Fn(&mut Policy)) -> Vec<(&'static str, Severity, String)> {
    let judged = judged_under(block, change);
    let findings = judged.judgement.findings.into_iter();
    findings.map(|finding| (finding.rule.meta.name, finding.severity, finding.message)).collect()
}

#[track_caller]
fn choose(policy: &mut Policy, switch: &Switch, reading: &str) {
    assert!(policy.choose(switch.name, reading), "{} has no reading {reading}", switch.name);
}

/// True when one of the readings changes what the rule says of a block.
fn moves(switch: &Switch, rule: &str, block: &Block) -> bool {
    let said = |reading: &str| {
        let mut all = found(block, |policy| choose(policy, switch, reading));
        all.retain(|(name, ..)| *name == rule);
        all
    };
    let said: Vec<_> = switch.readings.iter().map(|reading| said(reading.name)).collect();
    said.windows(2).any(|pair| pair[0] != pair[1])
}

#[test]
fn every_switch_moves_the_rules_that_it_names() {
    let pairs: Vec<_> =
        SWITCHES.iter().flat_map(|switch| switch.rules.iter().map(move |rule| (switch, *rule))).collect();
    let is_unmoved = |(switch, rule): &(&Switch, &str)| {
        let texts = find(rule).map(texts).unwrap_or_default();
        !texts.iter().any(|block| moves(switch, rule, block))
    };
    let unmoved: Vec<_> = apart(|| pairs.into_par_iter().filter(is_unmoved).collect());
    let unmoved: Vec<String> = (unmoved.iter())
        .map(|(switch, rule)| format!("{} `{}` names {rule}", switch.number, switch.name))
        .collect();
    assert!(
        unmoved.is_empty(),
        "no fixture or example shows that it moves them:\n  {}",
        unmoved.join("\n  ")
    );
}

/// Rules that say something else of a block once the policy was changed.
fn moved_by(block: &Block, change: impl Fn(&mut Policy)) -> BTreeSet<&'static str> {
    let (base, other) = (found(block, |_| {}), found(block, change));
    let gone = base.iter().filter(|it| !other.contains(it));
    gone.chain(other.iter().filter(|it| !base.contains(it))).map(|(rule, ..)| *rule).collect()
}

/// Every change of the policy that is tried, with the switches that it turns: all at once, in the full form also each
/// reading alone.
fn changes() -> Vec<Vec<(&'static Switch, &'static str)>> {
    let last = |switch: &'static Switch| (switch, switch.readings.last().expect("at least two").name);
    let mut changes = vec![SWITCHES.iter().map(last).collect()];
    if std::env::var("PLAYTRACE_TESTS").is_ok_and(|form| form == "full") {
        for switch in SWITCHES {
            changes.extend(switch.readings.iter().map(|reading| vec![(switch, reading.name)]));
        }
    }
    changes
}

#[test]
fn no_other_rule_is_moved_by_a_switch() {
    let blocks: Vec<Block> = rules::all().flat_map(texts).collect();
    for change in changes() {
        let turn =
            |policy: &mut Policy| change.iter().for_each(|(switch, name)| choose(policy, switch, name));
        let moved: BTreeSet<&str> =
            apart(|| blocks.par_iter().flat_map_iter(|block| moved_by(block, turn)).collect());
        let listed = |rule: &&str| change.iter().any(|(switch, _)| switch.rules.contains(rule));
        let unlisted: Vec<_> = moved.into_iter().filter(|rule| !listed(rule)).collect();
        let turned: Vec<_> = change.iter().map(|(switch, name)| (switch.name, *name)).collect();
        assert!(unlisted.is_empty(), "{turned:?} moves {unlisted:?}, which no switch of them names");
    }
}

/// True when the page of a rule names the switch: by itself or with a reading. The name alone may be that of a rule.
fn names(rule: &Rule, switch: &Switch) -> bool {
    let name = switch.name;
    let alone = if find(name).is_some() { format!("policy `{name}`") } else { format!("`{name}`") };
    rule.meta.docs.contains(&alone) || rule.meta.docs.contains(&format!("`{name}: "))
}

#[test]
fn the_pages_name_the_switches_that_move_their_rules_and_no_others() {
    let mut wrong = Vec::new();
    for switch in SWITCHES {
        for rule in
            switch.rules.iter().filter(|rule| find(rule).is_none_or(|found| found.meta.name != **rule))
        {
            wrong.push(format!("{} names {rule}, which is no rule", switch.name));
        }
        for rule in rules::all() {
            let listed = switch.rules.contains(&rule.meta.name);
            if names(rule, switch) != listed {
                let says = if listed { "does not name" } else { "names" };
                wrong.push(format!(
                    "the page of {} {says} {} `{}`",
                    rule.meta.name, switch.number, switch.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "table of switches against pages:\n  {}", wrong.join("\n  "));
}

//! What happened in a range of time, with the findings by rule.

use std::collections::BTreeMap;

use super::loaded::LoadedCapture;
use crate::metrics::drawing::Drawing;
use crate::metrics::range::RangeTotals;
use crate::rules::finding::{Counts, Severity};

/// What a rule found in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeRule {
    /// Its name.
    pub name: &'static str,
    /// The gravest of its findings.
    pub severity: Severity,
    /// How many.
    pub count: u64,
    /// The number of the first.
    pub first: u32,
}

/// The aggregates of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregates {
    /// Events and clocks.
    pub totals: RangeTotals,
    /// Findings by severity.
    pub counts: Counts,
    /// Findings by rule, the gravest and most frequent first.
    pub rules: Vec<RangeRule>,
}

/// Counts what the drawn session of a capture has between two times; linear in its events.
#[must_use]
pub fn aggregates(loaded: &LoadedCapture, drawing: &Drawing, from: f64, to: f64) -> Aggregates {
    let totals = RangeTotals::of(&loaded.capture, drawing, from, to);
    let mut counts = Counts::default();
    let mut rules: BTreeMap<&str, RangeRule> = BTreeMap::new();
    let judged = loaded.judged.as_ref();
    for number in &totals.findings {
        let Some(finding) = judged.and_then(|judged| judged.finding(*number)) else { continue };
        counts += finding;
        let meta = &finding.rule.meta;
        let severity = finding.severity;
        let rule = rules.entry(meta.code).or_insert(RangeRule {
            name: meta.name,
            severity,
            count: 0,
            first: *number,
        });
        rule.count += u64::from(finding.count);
        rule.severity = rule.severity.max(severity);
    }
    let mut rules: Vec<RangeRule> = rules.into_values().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse((rule.severity, rule.count)));
    Aggregates { totals, counts, rules }
}

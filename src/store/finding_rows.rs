//! The rows of a list of findings in groups: by rule or by session, groups that are closed as one row.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::judged::{FindingList, Judged};
use crate::model::id::SessionId;
use crate::rules::finding::{Finding, Severity};

/// How a list of findings is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Grouping {
    /// Not: gravest first.
    #[default]
    Severity,
    /// By rule.
    Rule,
    /// By session.
    Session,
}

/// What the findings of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GroupKey {
    /// The rule with this code.
    Rule(String),
    /// The session; `None`: what has none.
    Session(Option<SessionId>),
}

impl GroupKey {
    /// The group of a finding, `None` without groups.
    #[must_use]
    pub fn of(finding: &Finding, grouping: Grouping) -> Option<GroupKey> {
        match grouping {
            Grouping::Severity => None,
            Grouping::Rule => Some(GroupKey::Rule(finding.rule.meta.code.to_owned())),
            Grouping::Session => Some(GroupKey::Session(finding.session)),
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingRow {
    /// The head of a group.
    Group {
        /// What it is about.
        key: GroupKey,
        /// How many findings it holds, each counted for all that it stands for.
        n_findings: u64,
        /// The gravest of them.
        gravest: Severity,
        /// A finding of it, for its name.
        example: u32,
        /// True when its findings are listed.
        open: bool,
    },
    /// The finding with this number.
    Finding(u32),
}

/// A list of findings in groups.
#[derive(Debug, Default)]
pub struct FindingRows {
    rows: Vec<FindingRow>,
    row_of: FxHashMap<u32, usize>,
    /// All findings in the order of their groups, those of closed ones too.
    order: Vec<u32>,
}

impl FindingRows {
    /// Groups the findings of a list: groups by gravest finding, then code or session; inside as in the list.
    #[must_use]
    pub fn of(
        judged: &Judged,
        list: &FindingList<'_>,
        grouping: Grouping,
        closed: &BTreeSet<GroupKey>,
    ) -> FindingRows {
        let mut place: FxHashMap<GroupKey, usize> = FxHashMap::default();
        let mut groups: Vec<(GroupKey, Vec<(u32, &Finding)>)> = Vec::new();
        let numbers = (0..list.len()).filter_map(|row| list.get(row));
        for (number, finding) in numbers.filter_map(|number| Some((number, judged.finding(number)?))) {
            let Some(key) = GroupKey::of(finding, grouping) else { continue };
            let at = *place.entry(key.clone()).or_insert_with(|| {
                groups.push((key, Vec::new()));
                groups.len() - 1
            });
            groups[at].1.push((number, finding));
        }
        // The list is gravest first, so that the groups are, too.
        let mut grouped = FindingRows::default();
        for (key, findings) in groups {
            let Some((example, first)) = findings.first() else { continue };
            let open = !closed.contains(&key);
            grouped.rows.push(FindingRow::Group {
                key,
                n_findings: findings.iter().map(|(_, finding)| u64::from(finding.count)).sum(),
                gravest: first.severity,
                example: *example,
                open,
            });
            for (number, _) in findings {
                grouped.order.push(number);
                if open {
                    grouped.row_of.insert(number, grouped.rows.len());
                    grouped.rows.push(FindingRow::Finding(number));
                }
            }
        }
        grouped
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without any row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&FindingRow> {
        self.rows.get(row)
    }

    /// All findings in order, also those of closed groups.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The row of a finding, unless its group is closed.
    #[must_use]
    pub fn row_of(&self, finding: u32) -> Option<usize> {
        self.row_of.get(&finding).copied()
    }
}

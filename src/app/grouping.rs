//! Groups of the listed findings, made anew only when something has changed that they depend on.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::State;
use crate::model::id::SessionId;
use crate::store::finding_rows::{FindingRows, GroupKey, Grouping};
use crate::store::judged::Judged;
use crate::store::loaded::LoadedCapture;

/// What groups were made of.
#[derive(Debug, Clone)]
pub(super) struct GroupedBy {
    judged: Arc<Judged>,
    session: Option<SessionId>,
    severities: [bool; 3],
    grouping: Grouping,
    closed: BTreeSet<GroupKey>,
}

impl PartialEq for GroupedBy {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.judged, &other.judged)
            && (self.session, self.severities, self.grouping)
                == (other.session, other.severities, other.grouping)
            && self.closed == other.closed
    }
}

impl State {
    /// Makes the groups anew when they are old.
    pub(super) fn regroup(&mut self) {
        if self.prefs.grouping == Grouping::Severity {
            (self.finding_rows, self.grouped_by) = (None, None);
            return;
        }
        let Some((loaded, list)) = self.listed_findings() else {
            (self.finding_rows, self.grouped_by) = (None, None);
            return;
        };
        let Some(judged) = &loaded.judged else { return };
        let wanted = GroupedBy {
            judged: Arc::clone(judged),
            session: self.shown.map(|(_, session)| session).filter(|_| !self.prefs.whole_capture),
            severities: self.prefs.severities,
            grouping: self.prefs.grouping,
            closed: self.closed_groups.clone(),
        };
        if self.grouped_by.as_ref() != Some(&wanted) {
            let rows = FindingRows::of(judged, &list, wanted.grouping, &wanted.closed);
            (self.finding_rows, self.grouped_by) = (Some(rows), Some(wanted));
        }
    }

    /// Opens the group that holds a finding.
    pub(super) fn open_group_of(&mut self, loaded: &LoadedCapture, number: u32) {
        let finding = loaded.judged.as_ref().and_then(|judged| judged.finding(number));
        if let Some(key) = finding.and_then(|finding| GroupKey::of(finding, self.prefs.grouping)) {
            self.closed_groups.remove(&key);
        }
    }
}

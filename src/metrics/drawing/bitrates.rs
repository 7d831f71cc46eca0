//! The bitrate over a session, as steps.

use super::Builder;
use crate::metrics::pyramid::Phase;
use crate::metrics::quality::Change;

impl Builder<'_> {
    /// From each change of the bitrate to the next, the last to the end; kind: percentage of the greatest.
    pub(super) fn bitrates(&self, changes: &[Change]) -> Vec<Phase> {
        let greatest = changes.iter().map(|change| change.value).max().unwrap_or(0).max(1);
        let percent = |value: u64| (value as f64 / greatest as f64 * 100.0).round() as u8;
        let ends = changes.iter().skip(1).map(|next| Some(next.at)).chain([None]);
        let steps = changes.iter().zip(ends);
        steps.map(|(change, end)| self.phase(change.at, end, percent(change.value))).collect()
    }
}

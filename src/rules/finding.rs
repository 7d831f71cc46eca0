//! Findings: what rules say, and the sink that collects them.

use rustc_hash::FxHashMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::rule::{Level, Rule};
use super::selection::RuleSelection;
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::limits::MAX_FINDINGS_PER_RULE;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Reports may be wrong or poorer.
    Warn,
    /// Data is refused, lost or wrong.
    Error,
}

impl Severity {
    /// The word of the reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warn => "warn",
            Severity::Error => "error",
        }
    }

    /// The severity of a level, `None` for off.
    #[must_use]
    pub const fn from_level(level: Level) -> Option<Severity> {
        match level {
            Level::Off => None,
            Level::Info => Some(Severity::Info),
            Level::Warn => Some(Severity::Warn),
            Level::Error => Some(Severity::Error),
        }
    }
}

/// Numbers of findings by severity; each counts for all that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Errors.
    pub error: u64,
    /// Warnings.
    pub warn: u64,
    /// Infos.
    pub info: u64,
}

impl Counts {
    /// Counts findings.
    #[must_use]
    pub fn sum<'a>(findings: impl Iterator<Item = &'a Finding>) -> Counts {
        let mut counts = Counts::default();
        findings.for_each(|finding| counts += finding);
        counts
    }

    /// The number of one severity.
    #[must_use]
    pub const fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Error => self.error,
            Severity::Warn => self.warn,
            Severity::Info => self.info,
        }
    }
}

impl AddAssign<&Finding> for Counts {
    fn add_assign(&mut self, finding: &Finding) {
        let slot = match finding.severity {
            Severity::Error => &mut self.error,
            Severity::Warn => &mut self.warn,
            Severity::Info => &mut self.info,
        };
        *slot += u64::from(finding.count);
    }
}

/// What a finding speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// What the player sent.
    Payload,
    /// How it was sent and answered.
    Transport,
    /// What we could see of it.
    Capture,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The event.
    pub event: EventId,
    /// What it is to the finding ("ad break opened here").
    pub message: String,
}

/// A reported problem.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How grave.
    pub severity: Severity,
    /// The session that it concerns.
    pub session: Option<SessionId>,
    /// The request that it concerns.
    pub exchange: Option<ExchangeId>,
    /// The event that it concerns.
    pub event: Option<EventId>,
    /// JSON pointer in the event.
    pub pointer: Option<String>,
    /// One sentence without a full stop, with the values.
    pub message: String,
    /// Offset in the source where the rule knows a better place than its event or request.
    pub offset: Option<u64>,
    /// Places that explain it.
    pub related: Vec<Related>,
    /// How many equal ones it stands for.
    pub count: u32,
}

/// A finding being put together by a check; the sink adds the rule and the severity.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub(super) level: Option<Level>,
    pub(super) session: Option<SessionId>,
    pub(super) exchange: Option<ExchangeId>,
    pub(super) event: Option<EventId>,
    pub(super) pointer: Option<String>,
    pub(super) message: String,
    pub(super) offset: Option<u64>,
    pub(super) related: Vec<Related>,
    pub(super) count: u32,
}

impl Report {
    /// A report with this sentence, about nothing yet; contexts make them with their place filled in.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), count: 1, ..Self::default() }
    }

    /// At a field of the event.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Another level than the rule's own ("info when …").
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// Another place that explains it.
    #[must_use]
    pub fn related(mut self, event: Option<EventId>, message: impl Into<String>) -> Self {
        self.related.extend(event.map(|event| Related { event, message: message.into() }));
        self
    }

    /// Stands for so many equal ones.
    #[must_use]
    pub fn count(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// About this request.
    #[must_use]
    pub fn exchange(mut self, exchange: Option<ExchangeId>) -> Self {
        self.exchange = exchange;
        self
    }

    /// About this event.
    #[must_use]
    pub fn event(mut self, event: Option<EventId>) -> Self {
        self.event = event;
        self
    }

    /// About this session.
    #[must_use]
    pub fn session(mut self, session: Option<SessionId>) -> Self {
        self.session = session;
        self
    }

    /// At this offset of the source.
    #[must_use]
    pub fn offset(mut self, offset: Option<u64>) -> Self {
        self.offset = offset;
        self
    }
}

/// Collects what the rules say: grades it by the selection, and keeps 1,000 findings of a rule per session.
pub struct Findings<'a> {
    selection: &'a RuleSelection,
    rule: Option<&'static Rule>,
    list: Vec<Finding>,
    /// How often something was reported, whatever became of it.
    n_reports: usize,
    /// By code and session: how many there were.
    kept: FxHashMap<(&'static str, Option<SessionId>), Kept>,
}

/// Findings of one rule about one session.
#[derive(Default)]
struct Kept {
    n: usize,
    /// Where the last of them stands in the list.
    last: usize,
}

impl<'a> Findings<'a> {
    /// An empty list that grades by `selection`.
    #[must_use]
    pub fn new(selection: &'a RuleSelection) -> Self {
        Self { selection, rule: None, list: Vec::new(), n_reports: 0, kept: FxHashMap::default() }
    }

    /// The following reports come from `rule`.
    pub(super) fn enter(&mut self, rule: &'static Rule) {
        self.rule = Some(rule);
    }

    /// Adds what a check found.
    pub fn report(&mut self, report: Report) {
        self.n_reports += 1;
        let Some(rule) = self.rule else { return };
        let level = self.selection.grade(rule, report.level);
        let Some(severity) = Severity::from_level(level) else { return };
        let kept = self.kept.entry((rule.meta.code, report.session)).or_default();
        kept.n += 1;
        if kept.n > MAX_FINDINGS_PER_RULE {
            let is_first_left_out = kept.n == MAX_FINDINGS_PER_RULE + 1;
            if let Some(last) = self.list.get_mut(kept.last) {
                count_only(last, severity, report.count, is_first_left_out);
            }
            return;
        }
        kept.last = self.list.len();
        self.list.push(Finding {
            rule,
            severity,
            session: report.session,
            exchange: report.exchange,
            event: report.event,
            pointer: report.pointer,
            message: report.message,
            offset: report.offset,
            related: report.related,
            count: report.count.max(1),
        });
    }

    /// How often something was reported so far, also by rules that are off.
    pub(super) fn n_reports(&self) -> usize {
        self.n_reports
    }

    /// Everything that was found.
    #[must_use]
    pub fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// The 1,001st and later ones are counted in the last that was kept, whose message says so.
fn count_only(last: &mut Finding, severity: Severity, count: u32, is_first_left_out: bool) {
    if is_first_left_out {
        last.message
            .push_str(" (and more of the same: only the first 1,000 are listed, this one counts the rest)");
    }
    last.severity = last.severity.max(severity);
    last.count = last.count.saturating_add(count.max(1));
}

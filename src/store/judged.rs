//! A judgement with look-ups by session, severity and event, so that no frame walks all findings.

use crate::metrics::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::id::{EventId, SessionId};
use crate::rules::context::Settings;
use crate::rules::finding::{Counts, Finding, Severity};
use crate::rules::run::Judgement;
use crate::rules::verdict::Verdict;

/// What the rules say of a capture, ready to be looked up.
#[derive(Debug, Default)]
pub struct Judged {
    judgement: Judgement,
    settings: Settings,
    /// (event, finding), sorted.
    by_event: Vec<(u32, u32)>,
    /// Findings of a session side by side: by severity (gravest first), code, place.
    by_session: Grouped,
    /// All findings: by severity, code, place.
    whole: Grouped,
    counts: Vec<Counts>,
    total: Counts,
}

/// Which findings a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Those of one session.
    Session(SessionId),
    /// All of the capture, also those without a session.
    Capture,
}

/// Severities in the order of lists.
pub const GRAVEST_FIRST: [Severity; 3] = [Severity::Error, Severity::Warn, Severity::Info];

/// Findings in groups, each group sorted by severity.
#[derive(Debug, Default)]
struct Grouped {
    order: Vec<u32>,
    /// Per group: where the errors, warnings and remarks begin in `order`, and where they end.
    bounds: Vec<[u32; 4]>,
    /// Per finding: where it stands in `order`.
    rank: Vec<u32>,
}

impl Grouped {
    /// `group` says to which of `n_groups` a finding belongs; `None`: to none.
    fn new(findings: &[Finding], n_groups: usize, group: impl Fn(&Finding) -> Option<usize>) -> Grouped {
        let numbers = 0..u32::try_from(findings.len()).unwrap_or(u32::MAX);
        let key = |number: u32| findings.get(number as usize).and_then(|found| Some((group(found)?, found)));
        let mut order: Vec<u32> = numbers.filter(|number| key(*number).is_some()).collect();
        order.sort_by_cached_key(|number| {
            let keyed = key(*number);
            keyed.map(|(group, found)| {
                (group, std::cmp::Reverse(found.severity), found.rule.meta.code, *number)
            })
        });
        let below = |group: usize, severities: usize| {
            let before = |number: &u32| {
                key(*number).is_some_and(|(at, found)| {
                    let place = GRAVEST_FIRST.iter().position(|known| *known == found.severity);
                    (at, place.unwrap_or(0)) < (group, severities)
                })
            };
            u32::try_from(order.partition_point(before)).unwrap_or(u32::MAX)
        };
        let bounds = (0..n_groups).map(|group| [0, 1, 2, 3].map(|place| below(group, place))).collect();
        let mut rank = vec![u32::MAX; findings.len()];
        for (at, number) in (0..).zip(&order) {
            if let Some(rank) = rank.get_mut(*number as usize) {
                *rank = at;
            }
        }
        Grouped { order, bounds, rank }
    }
}

/// A list of findings: those of a scope with the wanted severities, gravest first.
#[derive(Debug, Clone, Copy)]
pub struct FindingList<'a> {
    grouped: &'a Grouped,
    /// Begin and end in `order`, one per wanted severity.
    parts: [(u32, u32); 3],
}

impl FindingList<'_> {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|(from, to)| (to - from) as usize).sum()
    }

    /// True without any row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of the finding in a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<u32> {
        let mut left = row;
        for (from, to) in self.parts {
            let n_here = (to - from) as usize;
            if left < n_here {
                return self.grouped.order.get(from as usize + left).copied();
            }
            left -= n_here;
        }
        None
    }

    /// The row of a finding.
    #[must_use]
    pub fn row_of(&self, finding: u32) -> Option<usize> {
        let rank = *self.grouped.rank.get(finding as usize)?;
        let mut before = 0;
        for (from, to) in self.parts {
            if (from..to).contains(&rank) {
                return Some(before + (rank - from) as usize);
            }
            before += (to - from) as usize;
        }
        None
    }
}

impl Judged {
    /// Builds the look-ups; linear in the findings and sessions.
    #[must_use]
    pub fn of(capture: &Capture, judgement: Judgement, settings: Settings) -> Judged {
        let findings = &judgement.findings;
        let mut by_event: Vec<(u32, u32)> =
            (0..).zip(findings).filter_map(|(number, found)| Some((found.event?.0, number))).collect();
        by_event.sort_unstable();
        let n_sessions = capture.sessions.len();
        let mut counts = vec![Counts::default(); n_sessions];
        let mut total = Counts::default();
        for finding in findings {
            total += finding;
            if let Some(counts) = finding.session.and_then(|session| counts.get_mut(session.index())) {
                *counts += finding;
            }
        }
        let by_session = Grouped::new(findings, n_sessions, |found| found.session.map(SessionId::index));
        let whole = Grouped::new(findings, 1, |_| Some(0));
        Judged { by_event, by_session, whole, counts, total, judgement, settings }
    }

    /// What it was judged with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the rules said.
    #[must_use]
    pub fn judgement(&self) -> &Judgement {
        &self.judgement
    }

    /// All findings; their numbers are indices into this list.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.judgement.findings
    }

    /// The finding with this number.
    #[must_use]
    pub fn finding(&self, number: u32) -> Option<&Finding> {
        self.judgement.findings.get(number as usize)
    }

    /// The verdict of a session; `None` when judging was cancelled before it.
    #[must_use]
    pub fn verdict(&self, session: SessionId) -> Option<Verdict> {
        self.judgement.verdicts.get(session.index()).copied()
    }

    /// The walk over a session.
    #[must_use]
    pub fn lanes(&self, session: SessionId) -> Option<&Lanes> {
        self.judgement.lanes.get(session.index())
    }

    /// What rules that failed inside said.
    #[must_use]
    pub fn internal(&self) -> &[String] {
        &self.judgement.internal
    }

    /// Findings of a session, counted.
    #[must_use]
    pub fn counts(&self, session: SessionId) -> Counts {
        self.counts.get(session.index()).copied().unwrap_or_default()
    }

    /// All findings, counted.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.total
    }

    /// Numbers of the findings about an event.
    pub fn of_event(&self, event: EventId) -> impl Iterator<Item = u32> {
        let from = self.by_event.partition_point(|(row, _)| *row < event.0);
        self.by_event[from..].iter().take_while(move |(row, _)| *row == event.0).map(|(_, number)| *number)
    }

    /// (event, finding) of all findings that have an event, sorted by event.
    #[must_use]
    pub fn by_event(&self) -> &[(u32, u32)] {
        &self.by_event
    }

    /// The findings of a scope with the wanted severities.
    #[must_use]
    pub fn list(&self, scope: Scope, wanted: impl Fn(Severity) -> bool) -> FindingList<'_> {
        let (grouped, group) = match scope {
            Scope::Session(session) => (&self.by_session, session.index()),
            Scope::Capture => (&self.whole, 0),
        };
        let bounds = grouped.bounds.get(group).copied().unwrap_or_default();
        let part = |place: usize| match wanted(GRAVEST_FIRST[place]) {
            true => (bounds[place], bounds[place + 1]),
            false => (0, 0),
        };
        FindingList { grouped, parts: [part(0), part(1), part(2)] }
    }
}

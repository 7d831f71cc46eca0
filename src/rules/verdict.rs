//! The verdict of a session, and which events the API would refuse.

use rayon::prelude::*;

use super::finding::{Finding, Origin, Severity};
use super::rule::{Certainty, Family};
use crate::model::capture::Capture;
use crate::model::id::EventId;
use crate::model::policy::{Policy, SchemaSet};
use crate::model::session::Session;
use crate::schema::{self, Violation};

/// What becomes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Taken, and the reports will be right as far as can be seen.
    Accepted,
    /// Taken, but reports will be wrong or poorer than they could be.
    Degraded,
    /// Refused: nothing of it counts.
    Rejected,
}

impl Verdict {
    /// The word of the JSON report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Degraded => "degraded",
            Verdict::Rejected => "rejected",
        }
    }

    /// The words for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Degraded => "accepted, but reports will be wrong",
            Verdict::Rejected => "rejected",
        }
    }
}

/// What the schemas say, once per shape.
#[derive(Debug, Default)]
pub struct Refusals {
    /// By shape: what the set `documented` says, for the rules.
    violations: Vec<Vec<Violation>>,
    /// By shape: refused by the set of the policy.
    refused: Vec<bool>,
    /// The set of the policy.
    set: Option<SchemaSet>,
}

impl Refusals {
    /// Asks the schemas once per shape of the capture.
    #[must_use]
    pub fn of(capture: &Capture, policy: &Policy) -> Refusals {
        let judged: Vec<(Vec<Violation>, bool)> = capture
            .shapes
            .shapes()
            .par_iter()
            .map(|shape| judge(capture, EventId(shape.first_event), policy.schema_set))
            .collect();
        let (violations, refused) = judged.into_iter().unzip();
        Refusals { violations, refused, set: Some(policy.schema_set) }
    }

    /// What the set `documented` says of an event: shared by all of its shape, `None` when the event has
    /// no shape and must be asked by itself ([`Refusals::ask`]).
    #[must_use]
    pub fn violations(&self, shape: Option<crate::model::id::ShapeId>) -> Option<&[Violation]> {
        self.violations.get(shape?.index()).map(Vec::as_slice)
    }

    /// Asks the schemas about one event that has no shape.
    #[must_use]
    pub fn ask(&self, capture: &Capture, event: EventId) -> (Vec<Violation>, bool) {
        judge(capture, event, self.set.unwrap_or(SchemaSet::Documented))
    }

    /// True when the API refuses the event by the set of the policy.
    #[must_use]
    pub fn is_refused(&self, capture: &Capture, event: EventId) -> bool {
        let shape = capture.event(event).and_then(|event| event.shape());
        match shape.and_then(|shape| self.refused.get(shape.index())) {
            Some(refused) => *refused,
            None => self.ask(capture, event).1,
        }
    }
}

/// What `documented` says of an event, and whether `set` refuses it. Loose text that leaves something out is
/// taken for complete: what is missing is unknown.
fn judge(capture: &Capture, event: EventId, set: SchemaSet) -> (Vec<Violation>, bool) {
    let Some(json) = capture.event(event).and_then(|event| event.json()) else { return (Vec::new(), true) };
    let violations = schema::check(SchemaSet::Documented, &json);
    let refused = match set {
        SchemaSet::Documented => !violations.is_empty(),
        other => !schema::accepts(other, &json),
    };
    (violations, refused)
}

/// The verdict of a session: `refused` by schema or by a recorded 400, whatever the selection; `degraded` by the
/// findings that remain after selection, or by an event that would be refused.
#[must_use]
pub fn verdict(
    capture: &Capture,
    session: &Session,
    refusals: &Refusals,
    policy: &Policy,
    findings: &[Finding],
) -> Verdict {
    if super::batch::refusal(capture, session, refusals, policy).is_some()
        || super::transport::start_was_refused(capture, session)
        || start_is_refused(capture, session, refusals)
    {
        return Verdict::Rejected;
    }
    let refused = session.by_arrival.iter().any(|event| refusals.is_refused(capture, *event));
    if refused || findings.iter().any(degrades) { Verdict::Degraded } else { Verdict::Accepted }
}

/// True when the API would refuse the event that opens an online session.
fn start_is_refused(capture: &Capture, session: &Session, refusals: &Refusals) -> bool {
    let first = session.judged(0).filter(|_| !session.begins_late);
    first.is_some_and(|event| refusals.is_refused(capture, event))
}

/// Findings about transport, about the capture, and advice do not degrade by themselves; errors do.
fn degrades(finding: &Finding) -> bool {
    let meta = &finding.rule.meta;
    let counts = meta.family != Family::Capture && meta.origin == Origin::Payload;
    match finding.severity {
        Severity::Error => true,
        Severity::Warn => {
            counts && matches!(meta.certainty, Some(Certainty::Documented | Certainty::Observed))
        }
        Severity::Info => false,
    }
}

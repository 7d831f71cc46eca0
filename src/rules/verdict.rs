//! The verdict of a session, and which events the API would refuse.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;
use serde_json::Value;

use super::finding::{Finding, Origin, Severity};
use super::rule::Certainty;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::exchange::ExchangeFlags;
use crate::model::id::{EventId, ShapeId};
use crate::model::parameter::{PARAMETERS, ValueType};
use crate::model::policy::{Policy, SchemaSet};
use crate::model::session::Session;
use crate::model::table::{Event, EventFlags};
use crate::schema::{self, Violation, ViolationKind};

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

/// So many events are looked at by one core: fewer are not worth another one.
const EVENTS_AT_ONCE: usize = 8192;

/// What the schemas say, once per shape.
#[derive(Debug, Default)]
pub struct Refusals {
    /// By shape: what the set `documented` says, for the rules.
    violations: Vec<Vec<Violation>>,
    /// By shape: what each violation's key may have meant, worked out when first asked.
    meant: Vec<OnceLock<Vec<Option<&'static str>>>>,
    /// By shape: refused by the set of the policy.
    refused: Vec<bool>,
    /// By shape: a bit for each of the rules about shapes that found nothing in it.
    silent: Vec<AtomicU32>,
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
            .map(|shape| match capture.event(EventId(shape.first_event)).and_then(|event| event.json()) {
                Some(json) => judge(&json, policy.schema_set, false),
                None => (Vec::new(), true),
            })
            .collect();
        let (violations, refused): (Vec<_>, Vec<_>) = judged.into_iter().unzip();
        let meant = violations.iter().map(|_| OnceLock::new()).collect();
        let silent = violations.iter().map(|_| AtomicU32::new(0)).collect();
        Refusals { violations, meant, refused, silent, set: Some(policy.schema_set) }
    }

    /// True when the schemas have nothing to say of any event of the shape.
    #[must_use]
    pub fn is_clean(&self, shape: Option<ShapeId>) -> bool {
        shape.and_then(|shape| self.violations.get(shape.index())).is_some_and(Vec::is_empty)
    }

    /// What the set `documented` says of an event, and a fraction that it tolerates.
    #[must_use]
    pub fn violations(&self, event: &Event<'_>) -> Cow<'_, [Violation]> {
        match event.shape().and_then(|shape| self.violations.get(shape.index())) {
            Some(violations) => Cow::Borrowed(violations),
            None => Cow::Owned(self.ask(event).0),
        }
    }

    /// For each of the violations of an event that is about an unknown key: the known one that may have been meant.
    pub(super) fn meant(
        &self,
        event: &Event<'_>,
        violations: &[Violation],
    ) -> Cow<'_, [Option<&'static str>]> {
        let work_out = || super::schema::meant(event.event_type(), violations);
        match event.shape().and_then(|shape| self.meant.get(shape.index())) {
            Some(remembered) => Cow::Borrowed(remembered.get_or_init(work_out)),
            None => Cow::Owned(work_out()),
        }
    }

    /// True when the rule about shapes with this bit found nothing in an event of the same shape.
    pub(super) fn is_silent(&self, event: &Event<'_>, rule: u32) -> bool {
        let silent = event.shape().and_then(|shape| self.silent.get(shape.index()));
        silent.is_some_and(|rules| rules.load(Ordering::Relaxed) & rule != 0)
    }

    /// Remembers that the rule about shapes with this bit found nothing in an event. An elided one says nothing of
    /// others.
    pub(super) fn set_silent(&self, event: &Event<'_>, rule: u32) {
        let silent = event.shape().and_then(|shape| self.silent.get(shape.index()));
        if let Some(rules) = silent.filter(|_| !event.row().flags.has(EventFlags::ELIDED)) {
            rules.fetch_or(rule, Ordering::Relaxed);
        }
    }

    /// True when the API refuses the event by the set of the policy. Of what the capture has only in part
    /// nothing is held against the event.
    #[must_use]
    pub fn is_refused(&self, capture: &Capture, event: EventId) -> bool {
        let Some(event) = capture.event(event) else { return false };
        let row = event.row();
        if row.flags.has(EventFlags::ELIDED) {
            return self.ask(&event).1;
        }
        if row.flags.has(EventFlags::UNREADABLE) {
            return !is_cut(&event);
        }
        match self.refused.get(row.shape as usize) {
            Some(refused) => *refused,
            None => self.ask(&event).1,
        }
    }

    /// The first event of a session that the API refuses, in order of arrival.
    #[must_use]
    pub fn first_refused(&self, capture: &Capture, session: &Session) -> Option<EventId> {
        let events = session.by_arrival.par_iter().with_min_len(EVENTS_AT_ONCE);
        events.find_first(|event| self.is_refused(capture, **event)).copied()
    }

    /// Asks about one event, without its shape.
    fn ask(&self, event: &Event<'_>) -> (Vec<Violation>, bool) {
        let set = self.set.unwrap_or(SchemaSet::Documented);
        match event.json() {
            Some(json) => judge(&json, set, event.row().flags.has(EventFlags::ELIDED)),
            None => (Vec::new(), true),
        }
    }
}

/// True when the request that carried the event was recorded only in part: that it cannot be read is then no
/// fault of the player.
#[must_use]
pub fn is_cut(event: &Event<'_>) -> bool {
    let partly = ExchangeFlags::BODY_MISSING.with(ExchangeFlags::DAMAGED);
    event.exchange().is_some_and(|exchange| exchange.row().flags.has(partly))
}

/// What `documented` says of an event, and whether `set` refuses it. What an elided event lacks is unknown and
/// does not count.
fn judge(json: &Value, set: SchemaSet, elided: bool) -> (Vec<Violation>, bool) {
    let counts = |violation: &Violation| {
        let is_missing = matches!(
            violation.kind,
            ViolationKind::MissingMember { .. } | ViolationKind::MissingParam { .. }
        );
        !(elided && is_missing)
    };
    let mut violations = schema::check(SchemaSet::Documented, json);
    violations.retain(counts);
    let refused = match set {
        SchemaSet::Documented => !violations.is_empty(),
        other if elided => schema::check(other, json).iter().any(counts),
        other => !schema::accepts(other, json),
    };
    violations.extend(tolerated_fractions(json));
    (violations, refused)
}

/// Fractions where the documents ask for a whole number but Adobe's own test data have none: they pass.
fn tolerated_fractions(json: &Value) -> impl Iterator<Item = Violation> {
    PARAMETERS.iter().filter(|parameter| parameter.value == ValueType::LenientInteger).filter_map(
        |parameter| {
            let member = parameter.section.member()?;
            let value = json.get(member)?.get(parameter.key)?;
            let is_fraction = value.is_number() && !ValueType::Integer.fits(value);
            is_fraction.then(|| Violation {
                pointer: format!("/{member}/{}", parameter.key),
                kind: ViolationKind::WrongType { expected: parameter.value },
            })
        },
    )
}

/// The verdict of a session: `rejected` by schema, by the rules for batches or by a recorded 400, whatever the
/// selection; `degraded` by the findings that remain after selection, or by an event that would be refused.
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
    // One refused event of a batch refuses the whole, which was looked at.
    let refused = !session.mode.is_downloaded() && refusals.first_refused(capture, session).is_some();
    if refused || findings.iter().any(degrades) { Verdict::Degraded } else { Verdict::Accepted }
}

/// True when the API would refuse the event that opens the session: the one that was sent to open it, or of
/// bare events the `sessionStart`.
fn start_is_refused(capture: &Capture, session: &Session, refusals: &Refusals) -> bool {
    let mut openings = super::transport::openings(capture, session).peekable();
    if openings.peek().is_some() {
        return openings
            .flat_map(|exchange| exchange.events())
            .any(|event| refusals.is_refused(capture, event));
    }
    let start = session.judged(0).and_then(|event| capture.event(event));
    let start = start.filter(|event| event.event_type() == Some(EventType::SessionStart));
    start.is_some_and(|event| refusals.is_refused(capture, event.id))
}

/// Findings about transport, about the capture, and advice do not degrade by themselves; errors do.
fn degrades(finding: &Finding) -> bool {
    let meta = &finding.rule.meta;
    match finding.severity {
        Severity::Error => true,
        Severity::Warn => {
            meta.origin == Origin::Payload
                && matches!(meta.certainty, Some(Certainty::Documented | Certainty::Observed))
        }
        Severity::Info => false,
    }
}

//! Running the rules: over events, odd steps, requests, sessions and the capture; sorted findings and verdicts.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::context::{CaptureCx, EventCx, ExchangeCx, Facts, OddityCx, SessionCx, Settings};
use super::finding::{Finding, Findings};
use super::rule::{Check, Rule, Wants};
use super::selection::RuleSelection;
use super::verdict::{Refusals, Verdict, verdict};
use crate::metrics::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::exchange::Endpoint;
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::session::Session;
use crate::model::table::{Event, EventFlags};
use crate::model::watch::Watch;

/// What the rules say of a capture.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Sorted by session, event, code, pointer; what has no session comes first.
    pub findings: Vec<Finding>,
    /// One per session.
    pub verdicts: Vec<Verdict>,
    /// One per session: where it stands after each event, and its phases.
    pub lanes: Vec<Lanes>,
    /// Rules that failed inside, with what they said; their other findings are kept.
    pub internal: Vec<String>,
}

/// Judges a whole capture. Cancelled: what was found so far, without the missing sessions' verdicts.
#[must_use]
pub fn judge(
    capture: &Capture,
    settings: &Settings,
    selection: &RuleSelection,
    watch: &dyn Watch,
) -> Judgement {
    let refusals = Refusals::of(capture, &settings.policy);
    let runner = Runner { capture, settings, selection, refusals: &refusals };
    let (mut shared, per_session) = rayon::join(
        || runner.requests_and_capture(),
        || -> Vec<Part> {
            let sessions = capture.sessions.par_iter();
            sessions.filter(|_| !watch.cancelled()).map(|session| runner.session(session)).collect()
        },
    );
    let mut judgement = Judgement::default();
    let mut by_session = split_by_session(&mut shared.findings, capture.sessions.len());
    judgement.internal.append(&mut shared.internal);
    judgement.findings.append(&mut shared.findings);
    for (session, mut part) in capture.sessions.iter().zip(per_session) {
        if let Some(of_requests) = by_session.get_mut(session.id.index()) {
            part.findings.append(of_requests);
        }
        sort(capture, session, &mut part.findings);
        collapse(&mut part.findings);
        judgement.verdicts.push(verdict(capture, session, &refusals, &settings.policy, &part.findings));
        judgement.findings.append(&mut part.findings);
        judgement.lanes.push(part.lanes);
        judgement.internal.append(&mut part.internal);
    }
    judgement.internal.sort();
    judgement.internal.dedup();
    judgement
}

/// Findings of one session, or of what belongs to none.
#[derive(Default)]
struct Part {
    findings: Vec<Finding>,
    lanes: Lanes,
    internal: Vec<String>,
}

struct Runner<'a> {
    capture: &'a Capture,
    settings: &'a Settings,
    selection: &'a RuleSelection,
    refusals: &'a Refusals,
}

impl Runner<'_> {
    fn session(&self, session: &Session) -> Part {
        let lanes = Lanes::of(self.capture, session, &self.settings.policy);
        let cx = SessionCx {
            capture: self.capture,
            session,
            lanes: &lanes,
            settings: self.settings,
            facts: Facts::default(),
        };
        let mut internal = Vec::new();
        let mut found = Findings::new(self.selection);
        self.events(&cx, &mut found, &mut internal);
        for rule in super::all() {
            match &rule.check {
                Check::Oddity(kinds, check) if found.enter(rule) => {
                    for odd in lanes.oddities.iter().filter(|odd| kinds.contains(&odd.kind)) {
                        guarded(rule, &mut internal, || check(&OddityCx { session: &cx, odd }, &mut found));
                    }
                }
                Check::Session(check) if found.enter(rule) => {
                    guarded(rule, &mut internal, || check(&cx, &mut found));
                }
                _ => {}
            }
        }
        Part { findings: found.into_list(), lanes, internal }
    }

    /// Calls event rules on the events that they want; a healthy event costs a look at its row.
    fn events(&self, cx: &SessionCx<'_>, found: &mut Findings<'_>, internal: &mut Vec<String>) {
        let mut rules: Vec<EventRule> = event_rules(self.selection).collect();
        let flags = rules.iter().fold(EventFlags::default(), |all, rule| all.with(rule.flags));
        let types = rules.iter().fold(0, |all, rule| all | rule.types);
        for id in &cx.session.by_arrival {
            let Some(event) = self.capture.event(*id) else { continue };
            let row = event.row();
            let clean = self.refusals.violations(event.shape()).is_some_and(<[_]>::is_empty);
            if clean && !row.flags.has(flags) && types & type_bit(row.event_type) == 0 {
                continue;
            }
            self.event(event, &mut rules, found, internal);
        }
    }

    fn event(
        &self,
        event: Event<'_>,
        rules: &mut [EventRule],
        found: &mut Findings<'_>,
        internal: &mut Vec<String>,
    ) {
        let asked;
        let violations = match self.refusals.violations(event.shape()) {
            Some(violations) => violations,
            None => {
                asked = self.refusals.ask(self.capture, event.id).0;
                &asked
            }
        };
        let cx = EventCx { event, violations, settings: self.settings, json: OnceCell::new() };
        let row = event.row();
        for entry in rules {
            let wanted = entry.violations && !violations.is_empty()
                || row.flags.has(entry.flags)
                || entry.types & type_bit(row.event_type) != 0;
            if wanted && found.resume(entry.rule, entry.n_found) {
                guarded(entry.rule, internal, || (entry.check)(&cx, found));
                entry.n_found = found.n_of_rule();
            }
        }
    }

    fn requests_and_capture(&self) -> Part {
        let mut internal = Vec::new();
        let mut found = Findings::new(self.selection);
        for rule in super::all() {
            match &rule.check {
                Check::Exchange(check) if found.enter(rule) => {
                    for exchange in self.capture.all_exchanges() {
                        if exchange.endpoint() == Endpoint::Foreign {
                            continue;
                        }
                        let cx = ExchangeCx { exchange, settings: self.settings, refusals: self.refusals };
                        guarded(rule, &mut internal, || check(&cx, &mut found));
                    }
                }
                Check::Capture(check) if found.enter(rule) => {
                    let cx = CaptureCx { capture: self.capture, settings: self.settings };
                    guarded(rule, &mut internal, || check(&cx, &mut found));
                }
                _ => {}
            }
        }
        Part { findings: found.into_list(), lanes: Lanes::default(), internal }
    }
}

/// An event rule with what it wants, ready for the loop.
struct EventRule {
    rule: &'static Rule,
    check: fn(&EventCx<'_>, &mut Findings<'_>),
    violations: bool,
    flags: EventFlags,
    types: u32,
    n_found: usize,
}

fn event_rules(selection: &RuleSelection) -> impl Iterator<Item = EventRule> {
    super::all().filter(|rule| !selection.is_off(rule)).filter_map(|rule| {
        let Check::Event(wants, check) = &rule.check else { return None };
        let (violations, flags, types) = match wants {
            Wants::Violations => (true, EventFlags::default(), 0),
            Wants::Flags(flags) => (false, *flags, 0),
            Wants::Types(types) => (
                false,
                EventFlags::default(),
                types.iter().fold(0, |bits, known| bits | type_bit(*known as u8)),
            ),
        };
        Some(EventRule { rule, check: *check, violations, flags, types, n_found: 0 })
    })
}

/// A bit per event type, none for an unknown one.
fn type_bit(code: u8) -> u32 {
    1_u32.checked_shl(u32::from(code)).unwrap_or(0)
}

/// Calls a check; a panic in it is reported as internal, and the other rules still run.
fn guarded(rule: &'static Rule, internal: &mut Vec<String>, check: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(check)) {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        internal.push(format!("rule {} {} failed: {said}", rule.meta.code, rule.meta.name));
    }
}

/// Moves findings that name a session into one list per session; the others stay, in the order of rules.
fn split_by_session(findings: &mut Vec<Finding>, n_sessions: usize) -> Vec<Vec<Finding>> {
    let mut by_session: Vec<Vec<Finding>> = (0..n_sessions).map(|_| Vec::new()).collect();
    let mut rest = Vec::new();
    for finding in findings.drain(..) {
        match finding.session.and_then(|session| by_session.get_mut(session.index())) {
            Some(list) => list.push(finding),
            None => rest.push(finding),
        }
    }
    rest.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.exchange, finding.event, finding.rule.meta.code);
        key(a).cmp(&key(b)).then_with(|| a.pointer.cmp(&b.pointer))
    });
    *findings = rest;
    by_session
}

/// By event in order of arrival, code, pointer; what has no event comes first.
fn sort(capture: &Capture, session: &Session, findings: &mut [Finding]) {
    let arrival = |event: Option<EventId>| {
        event.map(|event| {
            // Rows of a session rise with arrival unless its requests were recorded out of order.
            let received = capture.event(event).and_then(|event| event.received_at());
            (received, event)
        })
    };
    debug_assert!(findings.iter().all(|finding| finding.session == Some(session.id)));
    findings.sort_by(|a, b| {
        arrival(a.event)
            .cmp(&arrival(b.event))
            .then_with(|| a.rule.meta.code.cmp(b.rule.meta.code))
            .then_with(|| a.pointer.cmp(&b.pointer))
            .then_with(|| a.message.cmp(&b.message))
    });
}

/// Equal findings side by side become one with a count.
fn collapse(findings: &mut Vec<Finding>) {
    findings.dedup_by(|later, earlier| {
        let equal = std::ptr::eq(later.rule, earlier.rule)
            && later.severity == earlier.severity
            && key(later) == key(earlier)
            && later.pointer == earlier.pointer
            && later.message == earlier.message;
        if equal {
            earlier.count += later.count;
        }
        equal
    });
}

fn key(finding: &Finding) -> (Option<SessionId>, Option<ExchangeId>, Option<EventId>) {
    (finding.session, finding.exchange, finding.event)
}

//! Running the rules: over events, odd steps, requests, sessions and the capture; sorted findings and verdicts.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::context::{CaptureCx, EventCx, ExchangeCx, Facts, OddityCx, SessionCx, SessionsCx, Settings};
use super::finding::{Finding, Findings};
use super::rule::{Check, Rule, Wants};
use super::selection::RuleSelection;
use super::verdict::{Refusals, Verdict, verdict};
use crate::metrics::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::exchange::Endpoint;
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::session::Session;
use crate::model::table::{EventFlags, NO_ROW};
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
    let rules: Vec<&'static Rule> = super::all().collect();
    judge_by(&rules, LONG_SESSION_EVENTS, capture, settings, selection, watch)
}

/// As [`judge`], by these rules alone, where sessions from `long_from` events on are long.
fn judge_by(
    rules: &[&'static Rule],
    long_from: usize,
    capture: &Capture,
    settings: &Settings,
    selection: &RuleSelection,
    watch: &dyn Watch,
) -> Judgement {
    let refusals = Refusals::of(capture, &settings.policy);
    // asked once: the loops below call a rule for each event and request
    let rules: Vec<&'static Rule> = rules.iter().copied().filter(|rule| !selection.is_off(rule)).collect();
    let runner = Runner { rules: &rules, long_from, capture, settings, selection, refusals: &refusals };
    let (mut shared, per_session) = rayon::join(
        || runner.requests_and_capture(),
        || -> Vec<Part> {
            let sessions = capture.sessions.par_iter();
            sessions.filter(|_| !watch.cancelled()).map(|session| runner.session(session)).collect()
        },
    );
    shared.append(runner.comparisons(&per_session));
    shared.findings.retain(|finding| !selection.excepts(finding));
    let of_requests = split_by_session(&mut shared.findings, capture.sessions.len());
    let finished: Vec<(Part, Verdict)> = (capture.sessions.par_iter().zip(per_session).zip(of_requests))
        .map(|((session, mut part), mut of_requests)| {
            part.findings.retain(|finding| !selection.excepts(finding));
            part.findings.append(&mut of_requests);
            part.findings = sorted(session, part.findings);
            collapse(&mut part.findings);
            let verdict = verdict(capture, session, &refusals, &settings.policy, &part.findings);
            (part, verdict)
        })
        .collect();
    let mut judgement =
        Judgement { findings: shared.findings, internal: shared.internal, ..Judgement::default() };
    collapse(&mut judgement.findings);
    for (mut part, verdict) in finished {
        judgement.verdicts.push(verdict);
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

impl Part {
    /// Takes over what another part found; its lanes stay its own.
    fn append(&mut self, mut other: Part) {
        self.findings.append(&mut other.findings);
        self.internal.append(&mut other.internal);
    }
}

/// From so many events on the parts of a session's judgement are worth threads of their own.
const LONG_SESSION_EVENTS: usize = 20_000;

struct Runner<'a> {
    rules: &'a [&'static Rule],
    long_from: usize,
    capture: &'a Capture,
    settings: &'a Settings,
    selection: &'a RuleSelection,
    refusals: &'a Refusals,
}

impl Runner<'_> {
    /// A long session is one chain for the state machine; what does not need it is done beside it, and the rules
    /// share the cores.
    fn session(&self, session: &Session) -> Part {
        if session.len() < self.long_from {
            let mut part = self.walk_of(session, |cx| {
                let mut sink = Sink::new(self.selection);
                self.rules.iter().for_each(|rule| self.session_rule(rule, cx, &mut sink));
                vec![sink.into_part()]
            });
            part.append(self.events_of(session));
            return part;
        }
        let (of_events, mut part) = rayon::join(
            || self.events_of(session),
            || {
                self.walk_of(session, |cx| {
                    let rules = self.rules.par_iter();
                    let of_rule = |rule: &&'static Rule| {
                        let mut sink = Sink::new(self.selection);
                        self.session_rule(rule, cx, &mut sink);
                        sink.into_part()
                    };
                    rules.map(of_rule).collect()
                })
            },
        );
        part.append(of_events);
        part
    }

    /// What the rules say of single events of a session.
    fn events_of(&self, session: &Session) -> Part {
        let mut sink = Sink::new(self.selection);
        self.events(session.by_arrival.iter().copied(), &mut sink);
        sink.into_part()
    }

    /// What `judge` says of a session and of its odd steps.
    fn walk_of(&self, session: &Session, judge: impl Fn(&SessionCx<'_>) -> Vec<Part>) -> Part {
        let lanes = Lanes::of(self.capture, session, &self.settings.policy, &self.settings.numbers);
        let cx = SessionCx {
            capture: self.capture,
            session,
            lanes: &lanes,
            settings: self.settings,
            refusals: self.refusals,
            facts: Facts::default(),
        };
        let found = judge(&cx);
        let mut part = Part { lanes, ..Part::default() };
        found.into_iter().for_each(|of_rule| part.append(of_rule));
        part
    }

    fn session_rule(&self, rule: &'static Rule, cx: &SessionCx<'_>, sink: &mut Sink<'_>) {
        match &rule.check {
            Check::Oddity(kinds, check) => {
                for odd in cx.lanes.oddities.iter().filter(|odd| kinds.contains(&odd.kind)) {
                    sink.call(rule, |found| check(&OddityCx { session: cx, odd }, found));
                }
            }
            Check::Session(check) => sink.call(rule, |found| check(cx, found)),
            _ => {}
        }
    }

    /// What the sessions say of one another; nothing when the judging was cancelled before all were walked.
    fn comparisons(&self, parts: &[Part]) -> Part {
        let mut sink = Sink::new(self.selection);
        let lanes: Vec<&Lanes> = parts.iter().map(|part| &part.lanes).collect();
        if lanes.len() == self.capture.sessions.len() {
            let cx = SessionsCx {
                capture: self.capture,
                lanes: &lanes,
                settings: self.settings,
                refusals: self.refusals,
                viewings: OnceCell::new(),
            };
            for rule in self.rules {
                if let Check::Sessions(check) = &rule.check {
                    sink.call(rule, |found| check(&cx, found));
                }
            }
        }
        sink.into_part()
    }

    /// Calls event rules on the events that they want; a healthy event costs a look at its row.
    fn events(&self, events: impl Iterator<Item = EventId>, sink: &mut Sink<'_>) {
        let rules: Vec<EventRule> = self.event_rules().collect();
        let flags = rules.iter().fold(EventFlags::default(), |all, rule| all.with(rule.flags));
        let types = rules.iter().fold(0, |all, rule| all | rule.types);
        for event in events.filter_map(|id| self.capture.event(id)) {
            let row = event.row();
            let clean = self.refusals.is_clean(event.shape());
            if clean && !row.flags.has(flags) && types & type_bit(row.event_type) == 0 {
                continue;
            }
            let violations = self.refusals.violations(&event);
            let cx = EventCx {
                event,
                violations: &violations,
                meant: self.refusals.meant(&event, &violations),
                settings: self.settings,
                json: OnceCell::new(),
            };
            for entry in &rules {
                let wanted = entry.violations && !violations.is_empty()
                    || row.flags.has(entry.flags)
                    || entry.types & type_bit(row.event_type) != 0;
                if !wanted || self.refusals.is_silent(&event, entry.of_shapes) {
                    continue;
                }
                let n_reports = sink.found.n_reports();
                sink.call(entry.rule, |found| (entry.check)(&cx, found));
                if entry.of_shapes != 0 && sink.found.n_reports() == n_reports {
                    self.refusals.set_silent(&event, entry.of_shapes);
                }
            }
        }
    }

    fn event_rules(&self) -> impl Iterator<Item = EventRule> {
        let of_types =
            |types: &[EventType]| types.iter().fold(0, |bits, known| bits | type_bit(*known as u8));
        let mut next_bit = 1_u32;
        self.rules.iter().filter_map(move |rule| {
            let Check::Event(wants, check) = &rule.check else { return None };
            let none = EventFlags::default();
            let (violations, flags, types) = match wants {
                Wants::Violations => (true, none, 0),
                Wants::Flags(flags) => (false, *flags, 0),
                Wants::Types(types) | Wants::Shapes(types) => (false, none, of_types(types)),
                Wants::UserSchemas => (false, none, self.types_of_user_schemas()),
            };
            let mut of_shapes = 0;
            if matches!(wants, Wants::Shapes(_)) {
                // Beyond the last bit nothing is remembered.
                (of_shapes, next_bit) = (next_bit, next_bit << 1);
            }
            Some(EventRule { rule, check: *check, violations, flags, types, of_shapes })
        })
    }

    /// A bit for each type that the user's own schemas or tracking plan speak of.
    fn types_of_user_schemas(&self) -> u32 {
        let user = self.settings.user.as_deref();
        let concerned =
            EventType::ALL.into_iter().filter(|known| user.is_some_and(|user| user.concern(*known)));
        concerned.fold(0, |bits, known| bits | type_bit(known as u8))
    }

    fn requests_and_capture(&self) -> Part {
        let mut sink = Sink::new(self.selection);
        let rows = (0..).map(EventId).zip(self.capture.events.iter());
        self.events(rows.filter(|(_, row)| row.session == NO_ROW).map(|(id, _)| id), &mut sink);
        let of_requests: Vec<_> = self
            .rules
            .iter()
            .filter_map(|rule| match &rule.check {
                Check::Exchange(check) => Some((*rule, *check)),
                _ => None,
            })
            .collect();
        for exchange in self.capture.all_exchanges() {
            if matches!(exchange.endpoint(), Endpoint::Foreign | Endpoint::OtherMedia) {
                continue;
            }
            let cx = ExchangeCx { exchange, settings: self.settings, refusals: self.refusals };
            for (rule, check) in &of_requests {
                sink.call(rule, |found| check(&cx, found));
            }
        }
        let cx = CaptureCx { capture: self.capture, settings: self.settings };
        for rule in self.rules {
            if let Check::Capture(check) = &rule.check {
                sink.call(rule, |found| check(&cx, found));
            }
        }
        sink.into_part()
    }
}

/// An event rule with what it wants, ready for the loop.
struct EventRule {
    rule: &'static Rule,
    check: fn(&EventCx<'_>, &mut Findings<'_>),
    violations: bool,
    flags: EventFlags,
    types: u32,
    /// A bit of its own when it looks at shapes alone, else 0.
    of_shapes: u32,
}

/// Takes what checks find, and their panics.
struct Sink<'a> {
    found: Findings<'a>,
    internal: Vec<String>,
    /// Codes of the rules that failed: they are not called again.
    failed: Vec<&'static str>,
}

impl<'a> Sink<'a> {
    fn new(selection: &'a RuleSelection) -> Self {
        Self { found: Findings::new(selection), internal: Vec::new(), failed: Vec::new() }
    }

    /// Calls a check; a panic in it is reported as internal, and the other rules
    /// still run.
    fn call(&mut self, rule: &'static Rule, check: impl FnOnce(&mut Findings<'a>)) {
        if self.failed.contains(&rule.meta.code) {
            return;
        }
        let found = &mut self.found;
        found.enter(rule);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(found))) {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            self.internal.push(format!("rule {} {} failed: {said}", rule.meta.code, rule.meta.name));
            self.failed.push(rule.meta.code);
        }
    }

    fn into_part(self) -> Part {
        Part { findings: self.found.into_list(), internal: self.internal, ..Part::default() }
    }
}

/// A bit per event type, none for an unknown one.
fn type_bit(code: u8) -> u32 {
    1_u32.checked_shl(u32::from(code)).unwrap_or(0)
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
fn sorted(session: &Session, findings: Vec<Finding>) -> Vec<Finding> {
    // Rows of a session rise with arrival unless its requests were recorded out of order.
    let arrival: Option<FxHashMap<EventId, usize>> = (!session.by_arrival.is_sorted())
        .then(|| session.by_arrival.iter().enumerate().map(|(index, id)| (*id, index)).collect());
    let index_of = |id: EventId| match &arrival {
        Some(indexes) => indexes.get(&id).copied().unwrap_or(usize::MAX),
        None => id.index(),
    };
    let mut keyed: Vec<(Option<usize>, Finding)> =
        findings.into_iter().map(|finding| (finding.event.map(index_of), finding)).collect();
    keyed.sort_by(|(index_a, a), (index_b, b)| {
        index_a
            .cmp(index_b)
            .then_with(|| a.rule.meta.code.cmp(b.rule.meta.code))
            .then_with(|| a.pointer.cmp(&b.pointer))
            .then_with(|| a.exchange.cmp(&b.exchange))
            .then_with(|| a.message.cmp(&b.message))
    });
    keyed.into_iter().map(|(_, finding)| finding).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare_rule;
    use crate::model::exchange::ExchangeRow;
    use crate::model::session::{Content, Ending, Mode};
    use crate::model::source::{Source, Span};
    use crate::model::table::{Body, BodyKind, EventRow};
    use crate::model::watch::Unwatched;

    declare_rule! {
        /// Speaks of each ping.
        pub static EACH_PING = {
            code: "MC-K901",
            name: "each-ping",
            summary: "Test",
            family: Capture,
            level: Info,
            certainty: None,
            origin: Capture,
            check: Check::Event(Wants::Types(&[EventType::Ping]), |cx, found| found.report(cx.report("ping"))),
        }
    }

    declare_rule! {
        /// Speaks of each request.
        pub static EACH_REQUEST = {
            code: "MC-K902",
            name: "each-request",
            summary: "Test",
            family: Capture,
            level: Info,
            certainty: None,
            origin: Capture,
            check: Check::Exchange(|cx, found| found.report(cx.report("request"))),
        }
    }

    declare_rule! {
        /// Fails.
        pub static FAILS = {
            code: "MC-K903",
            name: "fails",
            summary: "Test",
            family: Capture,
            level: Info,
            certainty: None,
            origin: Capture,
            check: Check::Session(|_, _| panic!("on purpose")),
        }
    }

    declare_rule! {
        /// Fails at the second request.
        pub static FAILS_LATER = {
            code: "MC-K904",
            name: "fails-later",
            summary: "Test",
            family: Capture,
            level: Info,
            certainty: None,
            origin: Capture,
            check: Check::Exchange(|cx, found| {
                assert!(cx.exchange.id.0 == 0, "second request");
                found.report(cx.report("first request"));
            }),
        }
    }

    /// Sessions of so many pings, a request for each.
    fn capture(n_sessions: u32, n_pings: u32) -> Capture {
        let ping = br#"{"eventType":"ping","playerTime":{"playhead":1,"ts":1700000000000}}"#;
        let body = Body::new(Span::new(0, ping.len()), BodyKind::Raw);
        let mut capture = Capture { source: Source::new(ping.to_vec()), ..Capture::default() };
        for session in 0..n_sessions {
            let rows = session * n_pings..(session + 1) * n_pings;
            for row in rows.clone() {
                capture.exchanges.push(ExchangeRow {
                    session,
                    first_event: row,
                    n_events: 1,
                    endpoint: Endpoint::Events,
                    ..ExchangeRow::default()
                });
                let event_type = EventType::Ping as u8;
                capture.events.push(EventRow {
                    body,
                    session,
                    exchange: row,
                    event_type,
                    ..EventRow::default()
                });
            }
            capture.sessions.push(Session {
                id: SessionId(session),
                sid: None,
                mode: Mode::Online,
                content: Content::default(),
                ending: Ending::CutOff,
                by_arrival: rows.clone().map(EventId).collect(),
                judged_order: None,
                exchanges: rows.map(ExchangeId).collect(),
                attempts: 1,
                begins_late: true,
                guessed: false,
            });
        }
        capture
    }

    fn judged_by(rules: &[&'static Rule], capture: &Capture) -> Judgement {
        judge_by(rules, 1000, capture, &Settings::default(), &RuleSelection::default(), &Unwatched)
    }

    #[test]
    fn a_rule_that_fails_is_reported_and_the_others_go_on() {
        let judgement = judged_by(&[&FAILS, &FAILS_LATER, &EACH_REQUEST], &capture(1, 3));
        let said =
            ["rule MC-K903 fails failed: on purpose", "rule MC-K904 fails-later failed: second request"];
        assert_eq!(judgement.internal, said);
        let found: Vec<_> = judgement.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(found, ["request", "first request", "request", "request"]);
    }

    #[test]
    fn a_rule_keeps_its_first_thousand_findings_of_each_session_and_counts_the_rest() {
        let judgement = judged_by(&[&EACH_PING, &EACH_REQUEST], &capture(2, 1500));
        for rule in ["MC-K901", "MC-K902"] {
            for session in [SessionId(0), SessionId(1)] {
                let of_it: Vec<&Finding> = (judgement.findings.iter())
                    .filter(|finding| finding.rule.meta.code == rule && finding.session == Some(session))
                    .collect();
                let last = of_it.last().expect("there are some");
                assert_eq!((of_it.len(), last.count), (1000, 501), "{rule}");
                assert!(last.message.contains("first 1,000"), "{}", last.message);
                assert_eq!(of_it.iter().map(|finding| finding.count).sum::<u32>(), 1500);
            }
        }
    }

    #[test]
    fn findings_are_sorted_by_session_arrival_and_code_whatever_the_order_of_the_rows() {
        let mut capture = capture(2, 2);
        capture.sessions[0].by_arrival.reverse();
        let judgement = judged_by(&[&EACH_REQUEST, &EACH_PING], &capture);
        let order: Vec<_> = (judgement.findings.iter())
            .map(|finding| (finding.event.map(|event| event.0), finding.rule.meta.code))
            .collect();
        let each = |row| [(Some(row), "MC-K901"), (Some(row), "MC-K902")];
        assert_eq!(order, [1, 0, 2, 3].map(each).concat());
    }

    #[test]
    fn a_long_session_is_judged_as_a_short_one() {
        let text = include_str!("../../assets/demo/events-out-of-order.session");
        let capture = crate::ingest::ingest("demo", text.as_bytes().to_vec(), &Unwatched);
        let all: Vec<&'static Rule> = crate::rules::all().chain([&FAILS]).collect();
        let [long, short] = [1, usize::MAX].map(|long_from| {
            let (settings, selection) = (Settings::default(), RuleSelection::default());
            let judgement = judge_by(&all, long_from, &capture, &settings, &selection, &Unwatched);
            let of_finding =
                |finding: &Finding| (finding.rule.meta.code, finding.event, finding.message.clone());
            (
                judgement.findings.iter().map(of_finding).collect::<Vec<_>>(),
                judgement.verdicts,
                judgement.internal,
            )
        });
        assert!(!long.0.is_empty() && long.2.len() == 1);
        assert_eq!(long, short);
    }
}

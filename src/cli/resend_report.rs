//! What `resend` prints: a line per request, or one JSON object.

use super::{exit, printable};
use crate::model::session::Mode;
use crate::outbox::draft::Draft;
use crate::outbox::plan::{Plan, PlannedSend};
use crate::outbox::refusal::Refusal;
use crate::outbox::sender::{Delivery, Outcome};
use crate::outbox::target::Target;
use anyhow::Context as _;
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::Arc;

/// What became of one session.
pub(super) struct SessionReport {
    /// The number that `check` gives it, from 1.
    pub session: u32,
    mode: Mode,
    /// Type of each event, by its index in the session.
    event_types: Vec<String>,
    /// What was to be sent, or why nothing was.
    pub plan: Result<Arc<Plan>, Refusal>,
    /// A result per planned request; none in a dry run.
    pub deliveries: Vec<Delivery>,
}

impl SessionReport {
    /// Before anything was sent.
    pub fn planned(draft: &Draft, plan: Result<Plan, Refusal>) -> Self {
        let event_type = |name: &Option<String>| name.clone().unwrap_or_else(|| "no eventType".to_owned());
        let event_types = draft.events().map(|(event, _)| event_type(&event.places.event_type)).collect();
        let plan = plan.map(Arc::new);
        Self { session: draft.session, mode: draft.mode, event_types, plan, deliveries: Vec::new() }
    }

    /// The exit code that this session asks for.
    pub fn exit_code(&self) -> u8 {
        if self.plan.is_err() {
            exit::USAGE
        } else if self.deliveries.iter().all(|delivery| delivery.outcome.is_success()) {
            exit::CLEAN
        } else {
            exit::FINDING
        }
    }

    fn event_type(&self, index: u32) -> &str {
        self.event_types.get(index as usize).map_or("", String::as_str)
    }

    /// What a request carries, in words.
    fn carries(&self, send: &PlannedSend) -> String {
        match send.events.as_slice() {
            [] => "no readable event".to_owned(),
            [one] => self.event_type(*one).to_owned(),
            many => counted(many.len(), "event"),
        }
    }

    /// The event that a refusal speaks of: the only one, or the one whose index begins the pointer
    /// in the answer's message.
    fn event_at_fault(&self, send: &PlannedSend, delivery: &Delivery) -> Option<u32> {
        if delivery.outcome != Outcome::Answered(400) {
            return None;
        }
        if let [one] = send.events.as_slice()
            && send.body.first() != Some(&b'[')
        {
            return Some(*one);
        }
        let message = delivery.message();
        let digits = message.strip_prefix('/')?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        send.events.get(digits[..end].parse::<usize>().ok()?).copied()
    }
}

/// Prints each request of a dry run.
pub(super) fn print_plans(target: &Target, reports: &[SessionReport]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for report in reports {
        match &report.plan {
            Ok(plan) => {
                for send in &plan.sends {
                    let line = format!(
                        "session {}  +{:.3} s  {} {}{}  {}, {} bytes",
                        report.session,
                        send.at_millis as f64 / 1000.0,
                        send.method,
                        target.base(),
                        send.path,
                        report.carries(send),
                        send.body.len()
                    );
                    writeln!(out, "{}", printable(&line)).context("cannot print")?;
                }
            }
            Err(refusal) => {
                writeln!(out, "session {}  not sent: {refusal}", report.session).context("cannot print")?
            }
        }
    }
    Ok(())
}

/// Prints the result of one request.
pub(super) fn print_delivery(report: &SessionReport, plan: &Plan, delivery: &Delivery) {
    let Some(send) = plan.sends.get(delivery.index) else { return };
    let result = match &delivery.outcome {
        Outcome::Answered(status) => format!("{status} in {} ms", delivery.took_millis),
        Outcome::Failed(why) => format!("no answer: {why}"),
        Outcome::NotSent(why) => format!("not sent: {why}"),
    };
    let mut line = format!(
        "session {}  request {}  {} {}  {}  {result}",
        delivery.session,
        delivery.index + 1,
        send.method,
        delivery.url,
        report.carries(send),
    );
    if matches!(delivery.outcome, Outcome::Answered(_)) && !delivery.outcome.is_success() {
        if let Some(event) = report.event_at_fault(send, delivery) {
            line.push_str(&format!("  event {event} ({})", report.event_type(event)));
        }
        line.push_str("  ");
        line.push_str(&delivery.message());
    }
    say(&line);
}

/// Prints why a session was not sent.
pub(super) fn print_refusal(report: &SessionReport) {
    if let Err(refusal) = &report.plan {
        say(&format!("session {}  not sent: {refusal}", report.session));
    }
}

/// A line on standard output. When nobody reads it any more the sending goes on.
fn say(line: &str) {
    drop(writeln!(std::io::stdout(), "{}", printable(line)));
}

/// Prints everything as one JSON object. A dry run shows headers and bodies, too.
pub(super) fn print_json(target: &Target, dry_run: bool, reports: &[SessionReport]) -> anyhow::Result<()> {
    let sessions: Vec<Value> = reports.iter().map(|report| session_json(target, dry_run, report)).collect();
    let counts = Counts::of(reports);
    let all = json!({
        "version": 1,
        "target": target.base(),
        "dry_run": dry_run,
        "sessions": sessions,
        "summary": {
            "sessions": reports.len(),
            "requests": counts.requests,
            "accepted": counts.accepted,
            "refused": counts.refused,
            "unanswered": counts.unanswered,
            "not_sent": counts.not_sent,
            "refused_sessions": counts.refused_sessions,
        },
    });
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &all).context("cannot print")?;
    writeln!(out).context("cannot print")
}

fn session_json(target: &Target, dry_run: bool, report: &SessionReport) -> Value {
    let requests: Vec<Value> = match &report.plan {
        Ok(plan) => plan
            .sends
            .iter()
            .enumerate()
            .map(|(index, send)| send_json(target, dry_run, report, send, report.deliveries.get(index)))
            .collect(),
        Err(_) => Vec::new(),
    };
    json!({
        "session": report.session,
        "mode": report.mode.name(),
        "refusal": report.plan.as_ref().err().map(ToString::to_string),
        "requests": requests,
    })
}

fn send_json(
    target: &Target,
    dry_run: bool,
    report: &SessionReport,
    send: &PlannedSend,
    delivery: Option<&Delivery>,
) -> Value {
    let outcome = delivery.map(|delivery| &delivery.outcome);
    let event_types: Vec<&str> = send.events.iter().map(|index| report.event_type(*index)).collect();
    let at_fault = delivery.and_then(|delivery| report.event_at_fault(send, delivery));
    let mut request = json!({
        "at_ms": send.at_millis,
        "method": send.method,
        "url": delivery.map_or_else(|| format!("{}{}", target.base(), send.path), |d| d.url.clone()),
        "events": send.events,
        "event_types": event_types,
        "bytes": send.body.len(),
        "status": match outcome { Some(Outcome::Answered(status)) => json!(status), _ => Value::Null },
        "error": match outcome { Some(Outcome::Failed(why)) => json!(why.to_string()), _ => Value::Null },
        "not_sent": match outcome { Some(Outcome::NotSent(why)) => json!(why.to_string()), _ => Value::Null },
        "message": delivery.map(Delivery::message).filter(|message| !message.is_empty()),
        "event_at_fault": at_fault,
        "took_ms": delivery.map(|delivery| delivery.took_millis),
        "sid": delivery.and_then(|delivery| delivery.sid.clone()),
    });
    if dry_run {
        request["headers"] =
            send.headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        request["body"] = json!(String::from_utf8_lossy(&send.body));
    }
    request
}

/// One sentence over all sessions.
pub(super) fn summary(reports: &[SessionReport]) -> String {
    let counts = Counts::of(reports);
    let (requests, sessions) = (counted(counts.requests, "request"), counted(reports.len(), "session"));
    let mut text = format!("{requests} of {sessions}");
    let parts = [
        (counts.accepted, "accepted"),
        (counts.refused, "refused"),
        (counts.unanswered, "without an answer"),
        (counts.not_sent, "not sent"),
    ];
    for (n, what) in parts.into_iter().filter(|(n, _)| *n > 0) {
        text.push_str(&format!(", {n} {what}"));
    }
    if counts.refused_sessions > 0 {
        text.push_str(&format!("; {} may not be sent", counted(counts.refused_sessions, "session")));
    }
    text
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[derive(Default)]
struct Counts {
    requests: usize,
    accepted: usize,
    refused: usize,
    unanswered: usize,
    not_sent: usize,
    refused_sessions: usize,
}

impl Counts {
    fn of(reports: &[SessionReport]) -> Self {
        let mut counts = Self::default();
        for report in reports {
            match &report.plan {
                Ok(plan) => counts.requests += plan.sends.len(),
                Err(_) => counts.refused_sessions += 1,
            }
            for delivery in &report.deliveries {
                match &delivery.outcome {
                    outcome if outcome.is_success() => counts.accepted += 1,
                    Outcome::Answered(_) => counts.refused += 1,
                    Outcome::Failed(_) => counts.unanswered += 1,
                    Outcome::NotSent(_) => counts.not_sent += 1,
                }
            }
        }
        counts
    }
}

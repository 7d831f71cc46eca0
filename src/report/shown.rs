//! What a report may show: messages and session ids, redacted.

use serde_json::Value;

use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::id::SessionId;
use crate::model::parameter::is_identifying;
use crate::redact::{Known, Redaction, Redactor};
use crate::rules::finding::{Finding, Related};
use crate::rules::fix::Fix;

use super::excerpt::{self, Line};

/// Redacts what a report shows. Findings come by input and session, so that it remembers one session only.
#[derive(Debug, Default)]
pub struct Shown {
    redactor: Redactor,
    /// Input, session, and what is known of its viewer.
    session: Option<(u64, Option<SessionId>, Known)>,
}

impl Shown {
    /// Has shown nothing yet.
    #[must_use]
    pub fn new(redaction: Redaction) -> Self {
        Self { redactor: Redactor::new(redaction), session: None }
    }

    /// A session id.
    pub fn sid(&mut self, sid: &str) -> String {
        self.redactor.sid(sid)
    }

    /// A text that belongs to no session.
    pub fn text(&mut self, text: &str) -> String {
        self.redactor.text(text, &Known::default()).into_owned()
    }

    /// The message of a finding in input number `input`.
    pub fn message(&mut self, input: u64, capture: &Capture, finding: &Finding) -> String {
        let known = self.known(input, capture, finding);
        self.redactor.text(&finding.message, &known).into_owned()
    }

    /// The label of a place that explains a finding.
    pub fn label(&mut self, input: u64, capture: &Capture, finding: &Finding, related: &Related) -> String {
        let known = self.known(input, capture, finding);
        self.redactor.text(&related.message, &known).into_owned()
    }

    /// What would repair a finding, in one line.
    pub fn fix_line(&mut self, input: u64, capture: &Capture, finding: &Finding, fix: &Fix) -> String {
        format!("fix: {} ({})", self.fix_title(input, capture, finding, fix), fix.applicability.name())
    }

    /// What a fix of a finding does, as an order.
    pub fn fix_title(&mut self, input: u64, capture: &Capture, finding: &Finding, fix: &Fix) -> String {
        let known = self.known(input, capture, finding);
        self.redactor.text(&fix.title, &known).into_owned()
    }

    /// The edits of a fix of a finding as JSON.
    pub fn fix_edits(&mut self, input: u64, capture: &Capture, finding: &Finding, fix: &Fix) -> Value {
        let known = self.known(input, capture, finding);
        let mut edits = serde_json::to_value(&fix.edits).unwrap_or_default();
        self.mask_leaves(&mut edits, false, &known);
        edits
    }

    /// Masks what must not be shown in a JSON tree; below an identifying key all of it.
    fn mask_leaves(&mut self, value: &mut Value, identifies: bool, known: &Known) {
        match value {
            Value::Array(items) => {
                items.iter_mut().for_each(|item| self.mask_leaves(item, identifies, known))
            }
            Value::Object(members) => {
                // An operation of a patch names the key of its value in its path.
                let path = members.get("path").and_then(Value::as_str).unwrap_or_default();
                let of_patch = path.rsplit('/').next().is_some_and(is_identifying);
                for (key, value) in members {
                    let is_value = of_patch && key == "value";
                    self.mask_leaves(value, identifies || is_value || is_identifying(key), known);
                }
            }
            Value::String(text) if identifies => *text = self.redactor.visitor(text),
            Value::Number(number) if identifies => {
                *value = Value::String(self.redactor.visitor(&number.to_string()))
            }
            Value::String(text) => *text = self.redactor.text(text, known).into_owned(),
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    /// The lines around the place of a finding.
    pub fn excerpt(&mut self, input: u64, capture: &Capture, finding: &Finding, context: usize) -> Vec<Line> {
        let known = self.known(input, capture, finding);
        excerpt::of_finding(capture, finding, context, &mut self.redactor, &known)
    }

    /// The line of a place that explains a finding.
    pub fn related_excerpt(
        &mut self,
        input: u64,
        capture: &Capture,
        finding: &Finding,
        related: &Related,
    ) -> Vec<Line> {
        let known = self.known(input, capture, finding);
        let event = capture.event(related.event);
        event.map(|event| excerpt::of_event(&event, "", 0, &mut self.redactor, &known)).unwrap_or_default()
    }

    /// What is known of the viewer: from the start of the session and from the events that the finding names.
    fn known(&mut self, input: u64, capture: &Capture, finding: &Finding) -> Known {
        let mut known = match &self.session {
            Some((of_input, session, known)) if (*of_input, *session) == (input, finding.session) => {
                known.clone()
            }
            _ => {
                let known = of_session(capture, finding.session);
                self.session = Some((input, finding.session, known.clone()));
                known
            }
        };
        let related = finding.related.iter().map(|related| related.event);
        for event in finding.event.into_iter().chain(related).filter_map(|event| capture.event(event)) {
            known.add_event(&event);
        }
        if let Some(exchange) = finding.exchange.and_then(|exchange| capture.exchange(exchange)) {
            known.add_sid(exchange.path_sid());
            known.add_sid(exchange.location_sid());
        }
        known
    }
}

fn of_session(capture: &Capture, session: Option<SessionId>) -> Known {
    let mut known = Known::default();
    if let Some(session) = session.and_then(|session| capture.session(session)) {
        known.add_sid(session.sid.as_deref());
        // Attempts that were refused come first; few sessions have more than one.
        let events = session.by_arrival.iter().take(session.attempts as usize);
        let events = events.filter_map(|event| capture.event(*event));
        events
            .filter(|event| event.event_type() == Some(EventType::SessionStart))
            .for_each(|event| known.add_event(&event));
        let start = session.judged(0).and_then(|event| capture.event(event));
        start.iter().for_each(|event| known.add_event(event));
    }
    known
}

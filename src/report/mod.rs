//! Findings → text. One file per format; all of them render the same [`Report`].

pub mod concise;
pub mod json;
pub mod place;

use crate::model::capture::Capture;
use crate::model::session::Session;
use crate::rules::finding::{Finding, Severity};
use crate::rules::run::Judgement;
use crate::rules::verdict::Verdict;

/// Everything that a renderer needs.
#[derive(Debug, Default)]
pub struct Report {
    /// The inputs in the order in which they were given.
    pub inputs: Vec<Input>,
    /// Findings below are not shown and not counted.
    pub min_severity: Option<Severity>,
}

/// One input: what was read, or why it could not be.
#[derive(Debug)]
pub struct Input {
    /// The path as given, `-` for standard input.
    pub path: String,
    /// What was read and judged; else why not, in one sentence.
    pub outcome: Result<Judged, String>,
}

/// A capture with what the rules say of it.
#[derive(Debug)]
pub struct Judged {
    /// The capture.
    pub capture: Capture,
    /// Its judgement.
    pub judgement: Judgement,
}

/// A session with its number in the report.
#[derive(Debug, Clone, Copy)]
pub struct NumberedSession<'a> {
    /// Its number over all inputs, from 1.
    pub number: u64,
    /// The session.
    pub session: &'a Session,
    /// Its verdict.
    pub verdict: Verdict,
}

impl Report {
    /// The findings of an input that are shown, in order.
    pub fn shown<'a>(&self, judged: &'a Judged) -> impl Iterator<Item = &'a Finding> + use<'a> {
        let min = self.min_severity.unwrap_or(Severity::Info);
        judged.judgement.findings.iter().filter(move |finding| finding.severity >= min)
    }

    /// The inputs that could be read, each with its number (from 1) and that of its first session.
    pub fn judged(&self) -> impl Iterator<Item = (u64, u64, &Judged)> {
        let mut next_session = 1;
        (1..).zip(&self.inputs).filter_map(move |(number, input)| {
            let judged = input.outcome.as_ref().ok()?;
            let first_session = next_session;
            next_session += judged.capture.sessions.len() as u64;
            Some((number, first_session, judged))
        })
    }

    /// The gravest finding over all inputs, shown or not.
    #[must_use]
    pub fn gravest(&self) -> Option<Severity> {
        let judged = self.inputs.iter().filter_map(|input| input.outcome.as_ref().ok());
        judged.flat_map(|judged| &judged.judgement.findings).map(|finding| finding.severity).max()
    }

    /// Number of rejected sessions over all inputs.
    #[must_use]
    pub fn n_rejected(&self) -> u64 {
        let judged = self.inputs.iter().filter_map(|input| input.outcome.as_ref().ok());
        let verdicts = judged.flat_map(|judged| &judged.judgement.verdicts);
        verdicts.filter(|verdict| **verdict == Verdict::Rejected).count() as u64
    }
}

impl Judged {
    /// Its sessions, numbered from `first`.
    pub fn sessions(&self, first: u64) -> impl Iterator<Item = NumberedSession<'_>> {
        (first..)
            .zip(self.capture.sessions.iter().zip(&self.judgement.verdicts))
            .map(|(number, (session, verdict))| NumberedSession { number, session, verdict: *verdict })
    }

    /// Number of events or requests of this API; without any, the input held nothing to check.
    #[must_use]
    pub fn holds_something(&self) -> bool {
        !self.capture.events.is_empty()
            || self.capture.all_exchanges().any(|exchange| exchange.endpoint().is_of_this_api())
    }
}

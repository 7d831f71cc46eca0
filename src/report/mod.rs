//! Findings → text. One file per format; all of them render the same [`Report`].

pub mod concise;
pub mod excerpt;
pub mod full;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod place;
pub mod sarif;
pub mod shown;
pub mod words;

use crate::model::capture::Capture;
use crate::model::session::Session;
use crate::redact::Redaction;
use crate::rules::finding::{Counts, Finding, Severity};
use crate::rules::fix::Fix;
use crate::rules::run::Judgement;
use crate::rules::verdict::Verdict;

/// Everything that a renderer needs.
#[derive(Debug, Default)]
pub struct Report {
    /// The inputs in the order in which they were given.
    pub inputs: Vec<Input>,
    /// Findings below are not shown and not counted.
    pub min_severity: Option<Severity>,
    /// What is masked.
    pub redaction: Redaction,
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
    /// What would repair its findings, in their order; empty where nobody asked.
    pub fixes: Vec<Option<Fix>>,
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

/// An input that could be read.
#[derive(Debug, Clone, Copy)]
pub struct NumberedInput<'a> {
    /// Its number, from 1, over all inputs.
    pub number: u64,
    /// The path as given, `-` for standard input.
    pub path: &'a str,
    /// What was read and judged.
    pub judged: &'a Judged,
    /// The number of its first session.
    pub first_session: u64,
}

/// The findings of a session that are shown, or those of an input that belong to none.
#[derive(Debug)]
pub struct Group<'a> {
    /// The session.
    pub session: Option<NumberedSession<'a>>,
    /// Its findings, in order.
    pub findings: Vec<&'a Finding>,
}

impl Group<'_> {
    /// How many findings it has.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::sum(self.findings.iter().copied())
    }
}

impl Report {
    /// The findings of an input that are shown, in order.
    pub fn shown<'a>(&self, judged: &'a Judged) -> impl Iterator<Item = &'a Finding> + use<'a> {
        let min = self.min_severity.unwrap_or(Severity::Info);
        judged.judgement.findings.iter().filter(move |finding| finding.severity >= min)
    }

    /// The inputs that could be read.
    pub fn judged(&self) -> impl Iterator<Item = NumberedInput<'_>> {
        let mut next_session = 1;
        (1..).zip(&self.inputs).filter_map(move |(number, input)| {
            let judged = input.outcome.as_ref().ok()?;
            let first_session = next_session;
            next_session += judged.capture.sessions.len() as u64;
            Some(NumberedInput { number, path: &input.path, judged, first_session })
        })
    }

    /// The findings of an input that are shown: those without a session first, then session by session, also those
    /// that have none.
    pub fn groups<'a>(&self, input: &NumberedInput<'a>) -> Vec<Group<'a>> {
        let mut findings = self.shown(input.judged).peekable();
        let mut of = |session: Option<NumberedSession<'a>>| {
            let id = session.map(|session| session.session.id);
            let findings = std::iter::from_fn(|| findings.next_if(|finding| finding.session == id)).collect();
            Group { session, findings }
        };
        let without = of(None);
        let sessions = input.judged.sessions(input.first_session).map(|session| of(Some(session)));
        let sessions: Vec<Group<'a>> = sessions.collect();
        std::iter::once(without).chain(sessions).collect()
    }

    /// How many findings are shown.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::sum(self.judged().flat_map(|input| self.shown(input.judged)))
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
    /// What would repair one of its findings.
    #[must_use]
    pub fn fix_of(&self, finding: &Finding) -> Option<&Fix> {
        let number = self.judgement.findings.element_offset(finding)?;
        self.fixes.get(number)?.as_ref()
    }

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

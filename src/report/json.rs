//! The JSON report, version 1: what scripts rely on. Members may be added, never renamed; every member is always
//! there, `null` where it does not apply. `schemas/report-v1.json` describes it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::shown::Shown;
use super::{Judged, NumberedInput, Report, place};
use crate::model::id::SessionId;
use crate::model::source::TextPlace;
use crate::rules::finding::{Counts, Finding};
use crate::rules::fix::Applicability;

/// Version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    inputs: Vec<InputOut<'a>>,
    sessions: Vec<SessionOut>,
    findings: Vec<FindingOut<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct InputOut<'a> {
    id: u64,
    path: &'a str,
    format: Option<&'static str>,
    bytes: Option<u64>,
    exchanges: u64,
    events: u64,
    sessions: u64,
    notes: Vec<NoteOut>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct NoteOut {
    code: &'static str,
    message: String,
    line: Option<u64>,
    column: Option<u64>,
}

#[derive(Serialize)]
struct SessionOut {
    id: u64,
    input: u64,
    sid: Option<String>,
    mode: &'static str,
    events: u64,
    first_ts: Option<i64>,
    last_ts: Option<i64>,
    ending: &'static str,
    verdict: &'static str,
    findings: Counts,
}

#[derive(Serialize)]
struct FindingOut<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    input: u64,
    session: Option<u64>,
    exchange: Option<u32>,
    event: Option<usize>,
    event_type: Option<String>,
    pointer: Option<&'a str>,
    message: String,
    line: Option<u64>,
    column: Option<u64>,
    related: Vec<RelatedOut>,
    count: u32,
    fix: Option<FixOut>,
}

#[derive(Serialize)]
struct FixOut {
    title: String,
    applicability: Applicability,
    edits: Value,
}

#[derive(Serialize)]
struct RelatedOut {
    session: Option<u64>,
    event: Option<usize>,
    message: String,
}

#[derive(Serialize)]
struct Summary {
    sessions: u64,
    events: u64,
    error: u64,
    warn: u64,
    info: u64,
    rejected_sessions: u64,
}

/// Writes the report, indented, with a line break at the end.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document {
        version: VERSION,
        inputs: Vec::with_capacity(report.inputs.len()),
        sessions: Vec::new(),
        findings: Vec::new(),
        summary: summary(report),
    };
    let mut shown = Shown::new(report.redaction);
    for (id, input) in (1..).zip(&report.inputs) {
        document.inputs.push(input_out(id, &input.path, &input.outcome, &mut shown));
    }
    for input in report.judged() {
        document.sessions.extend(sessions_out(report, &input, &mut shown));
        let findings = report.shown(input.judged).map(|finding| finding_out(&input, finding, &mut shown));
        document.findings.extend(findings);
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn summary(report: &Report) -> Summary {
    let captures = || report.judged().map(|input| &input.judged.capture);
    let counts = report.counts();
    Summary {
        sessions: captures().map(|capture| capture.sessions.len() as u64).sum(),
        events: captures().map(|capture| capture.events.len() as u64).sum(),
        error: counts.error,
        warn: counts.warn,
        info: counts.info,
        rejected_sessions: report.n_rejected(),
    }
}

fn input_out<'a>(
    id: u64,
    path: &'a str,
    outcome: &'a Result<Judged, String>,
    shown: &mut Shown,
) -> InputOut<'a> {
    let judged = outcome.as_ref().ok();
    let capture = judged.map(|judged| &judged.capture);
    let count = |n: Option<usize>| n.unwrap_or(0) as u64;
    InputOut {
        id,
        path,
        format: capture.map(|capture| capture.format.name()),
        bytes: capture.map(|capture| capture.source.bytes().len() as u64),
        exchanges: count(capture.map(|capture| capture.exchanges.len())),
        events: count(capture.map(|capture| capture.events.len())),
        sessions: count(capture.map(|capture| capture.sessions.len())),
        notes: judged.map(|judged| notes_out(judged, shown)).unwrap_or_default(),
        error: outcome.as_ref().err().map(String::as_str),
    }
}

fn notes_out(judged: &Judged, shown: &mut Shown) -> Vec<NoteOut> {
    let notes = judged.capture.notes.iter();
    let place = |offset: Option<u64>| offset.map(|offset| judged.capture.source.place(offset));
    notes
        .map(|note| {
            let place = place(note.offset);
            NoteOut {
                code: note.kind.code(),
                message: shown.text(&note.message),
                line: line(place),
                column: column(place),
            }
        })
        .collect()
}

fn sessions_out(report: &Report, input: &NumberedInput<'_>, shown: &mut Shown) -> Vec<SessionOut> {
    let judged = input.judged;
    let mut counts = vec![Counts::default(); judged.capture.sessions.len()];
    for finding in report.shown(judged) {
        if let Some(slot) = finding.session.and_then(|session| counts.get_mut(session.index())) {
            *slot += finding;
        }
    }
    let sessions = judged.sessions(input.first_session).zip(counts).map(|(numbered, counts)| {
        let session = numbered.session;
        let stamps = || {
            let events = session.by_arrival.iter().filter_map(|id| judged.capture.event(*id));
            events.filter_map(|event| event.ts()).map(|ts| ts.0)
        };
        SessionOut {
            id: numbered.number,
            input: input.number,
            sid: session.sid.as_deref().map(|sid| shown.sid(sid)),
            mode: session.mode.name(),
            events: session.len() as u64,
            first_ts: stamps().min(),
            last_ts: stamps().max(),
            ending: session.ending.name(),
            verdict: numbered.verdict.name(),
            findings: counts,
        }
    });
    sessions.collect()
}

fn finding_out<'a>(input: &NumberedInput<'a>, finding: &'a Finding, shown: &mut Shown) -> FindingOut<'a> {
    let capture = &input.judged.capture;
    let place = place::text_place(capture, finding);
    let number = |session: SessionId| input.first_session + u64::from(session.0);
    let event = finding.event.and_then(|event| capture.event(event));
    let index =
        |id| capture.event(id).and_then(|event| place::index_in_session(capture, event.session()?, id));
    let related = finding.related.iter().map(|related| RelatedOut {
        session: capture.event(related.event).and_then(|event| event.session()).map(number),
        event: index(related.event),
        message: shown.label(input.number, capture, finding, related),
    });
    let related = related.collect();
    let fix = input.judged.fix_of(finding).map(|fix| FixOut {
        title: shown.fix_title(input.number, capture, finding, fix),
        applicability: fix.applicability,
        edits: shown.fix_edits(input.number, capture, finding, fix),
    });
    FindingOut {
        code: finding.rule.meta.code,
        name: finding.rule.meta.name,
        severity: finding.severity.name(),
        input: input.number,
        session: finding.session.map(number),
        exchange: finding.exchange.map(|exchange| exchange.0),
        event: finding.event.and_then(index),
        event_type: event.map(|event| event.type_name().into_owned()),
        pointer: finding.pointer.as_deref(),
        message: shown.message(input.number, capture, finding),
        line: line(place),
        column: column(place),
        related,
        count: finding.count,
        fix,
    }
}

fn line(place: Option<TextPlace>) -> Option<u64> {
    place.map(|place| place.line)
}

fn column(place: Option<TextPlace>) -> Option<u64> {
    place.map(|place| place.column)
}

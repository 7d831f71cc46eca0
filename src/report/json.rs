//! The JSON report, version 1: what scripts rely on. Members may be added, never renamed; every member is always
//! there, `null` where it does not apply. `schemas/report-v1.json` describes it.

use std::io::{self, Write};

use serde::Serialize;

use super::{Judged, Report, place};
use crate::model::source::TextPlace;
use crate::rules::finding::{Counts, Finding};

/// Version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    inputs: Vec<InputOut<'a>>,
    sessions: Vec<SessionOut<'a>>,
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
    notes: Vec<NoteOut<'a>>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct NoteOut<'a> {
    code: &'static str,
    message: &'a str,
    line: Option<u64>,
    column: Option<u64>,
}

#[derive(Serialize)]
struct SessionOut<'a> {
    id: u64,
    input: u64,
    sid: Option<&'a str>,
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
    message: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    related: Vec<RelatedOut<'a>>,
    count: u32,
}

#[derive(Serialize)]
struct RelatedOut<'a> {
    session: Option<u64>,
    event: Option<usize>,
    message: &'a str,
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
    for (id, input) in (1..).zip(&report.inputs) {
        document.inputs.push(input_out(id, &input.path, &input.outcome));
    }
    for (input, first_session, judged) in report.judged() {
        document.sessions.extend(sessions_out(report, input, first_session, judged));
        let findings = report.shown(judged).map(|finding| finding_out(input, first_session, judged, finding));
        document.findings.extend(findings);
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn summary(report: &Report) -> Summary {
    let judged = || report.judged().map(|(_, _, judged)| judged);
    let counts = Counts::sum(judged().flat_map(|judged| report.shown(judged)));
    Summary {
        sessions: judged().map(|judged| judged.capture.sessions.len() as u64).sum(),
        events: judged().map(|judged| judged.capture.events.len() as u64).sum(),
        error: counts.error,
        warn: counts.warn,
        info: counts.info,
        rejected_sessions: report.n_rejected(),
    }
}

fn input_out<'a>(id: u64, path: &'a str, outcome: &'a Result<Judged, String>) -> InputOut<'a> {
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
        notes: judged.map(notes_out).unwrap_or_default(),
        error: outcome.as_ref().err().map(String::as_str),
    }
}

fn notes_out(judged: &Judged) -> Vec<NoteOut<'_>> {
    let notes = judged.capture.notes.iter();
    let place = |offset: Option<u64>| offset.map(|offset| judged.capture.source.place(offset));
    notes
        .map(|note| {
            let place = place(note.offset);
            NoteOut {
                code: note.kind.code(),
                message: &note.message,
                line: line(place),
                column: column(place),
            }
        })
        .collect()
}

fn sessions_out<'a>(
    report: &Report,
    input: u64,
    first: u64,
    judged: &'a Judged,
) -> impl Iterator<Item = SessionOut<'a>> {
    let mut counts = vec![Counts::default(); judged.capture.sessions.len()];
    for finding in report.shown(judged) {
        if let Some(slot) = finding.session.and_then(|session| counts.get_mut(session.index())) {
            *slot += finding;
        }
    }
    judged.sessions(first).zip(counts).map(move |(numbered, counts)| {
        let session = numbered.session;
        let stamps = || {
            let events = session.by_arrival.iter().filter_map(|id| judged.capture.event(*id));
            events.filter_map(|event| event.ts()).map(|ts| ts.0)
        };
        SessionOut {
            id: numbered.number,
            input,
            sid: session.sid.as_deref(),
            mode: session.mode.name(),
            events: session.len() as u64,
            first_ts: stamps().min(),
            last_ts: stamps().max(),
            ending: session.ending.name(),
            verdict: numbered.verdict.name(),
            findings: counts,
        }
    })
}

fn finding_out<'a>(input: u64, first: u64, judged: &'a Judged, finding: &'a Finding) -> FindingOut<'a> {
    let capture = &judged.capture;
    let place = place::text_place(capture, finding);
    let number = |session: crate::model::id::SessionId| first + u64::from(session.0);
    let event = finding.event.and_then(|event| capture.event(event));
    let index =
        |id| capture.event(id).and_then(|event| place::index_in_session(capture, event.session()?, id));
    let related = finding.related.iter().map(|related| RelatedOut {
        session: capture.event(related.event).and_then(|event| event.session()).map(number),
        event: index(related.event),
        message: &related.message,
    });
    FindingOut {
        code: finding.rule.meta.code,
        name: finding.rule.meta.name,
        severity: finding.severity.name(),
        input,
        session: finding.session.map(number),
        exchange: finding.exchange.map(|exchange| exchange.0),
        event: finding.event.and_then(index),
        event_type: event.map(|event| event.type_name().into_owned()),
        pointer: finding.pointer.as_deref(),
        message: &finding.message,
        line: line(place),
        column: column(place),
        related: related.collect(),
        count: finding.count,
    }
}

fn line(place: Option<TextPlace>) -> Option<u64> {
    place.map(|place| place.line)
}

fn column(place: Option<TextPlace>) -> Option<u64> {
    place.map(|place| place.column)
}

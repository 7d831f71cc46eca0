//! One line per session and finding, each beginning with the path: for people in a hurry, and for `grep`.

use std::io::{self, Write};

use super::{Judged, NumberedSession, Report, place};
use crate::model::capture::Capture;
use crate::rules::finding::{Counts, Finding};

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for input in &report.inputs {
        if let Err(reason) = &input.outcome {
            writeln!(out, "{}: not read: {}", place::printable(&input.path), place::printable(reason))?;
        }
    }
    for (number, first_session, judged) in report.judged() {
        let path = report.inputs.get(number as usize - 1).map(|input| place::printable(&input.path));
        write_input(report, &path.unwrap_or_default(), first_session, judged, out)?;
    }
    write_summary(report, out)
}

fn write_input(
    report: &Report,
    path: &str,
    first: u64,
    judged: &Judged,
    out: &mut dyn Write,
) -> io::Result<()> {
    let capture = &judged.capture;
    writeln!(
        out,
        "{path}: {}, {}, {}, {}",
        capture.format.name(),
        plural(capture.exchanges.len() as u64, "request"),
        plural(capture.events.len() as u64, "event"),
        plural(capture.sessions.len() as u64, "session"),
    )?;
    let mut findings = report.shown(judged).peekable();
    while let Some(finding) = findings.next_if(|finding| finding.session.is_none()) {
        write_finding(path, capture, finding, "", out)?;
    }
    for session in judged.sessions(first) {
        let id = session.session.id;
        let of_session: Vec<&Finding> =
            std::iter::from_fn(|| findings.next_if(|finding| finding.session == Some(id))).collect();
        let counts = Counts::sum(of_session.iter().copied());
        writeln!(out, "{path}: {}", session_line(&session, counts))?;
        let context = format!("session {}", session.number);
        for finding in of_session {
            write_finding(path, capture, finding, &context, out)?;
        }
    }
    for message in &judged.judgement.internal {
        writeln!(out, "{path}: internal: {}", place::printable(message))?;
    }
    Ok(())
}

fn session_line(numbered: &NumberedSession<'_>, counts: Counts) -> String {
    let session = numbered.session;
    let sid = session.sid.as_deref().map(|sid| format!(", sid {}", place::printable(sid)));
    let title = session.content.media_name.as_deref().or(session.content.media_id.as_deref());
    let title = title.map(|title| format!(", \"{}\"", place::printable(title)));
    format!(
        "session {}: {} ({}, {}, {}{}{}): {}",
        numbered.number,
        numbered.verdict.in_words(),
        session.mode.name(),
        plural(session.len() as u64, "event"),
        session.ending.name(),
        title.unwrap_or_default(),
        sid.unwrap_or_default(),
        counts_line(counts),
    )
}

fn write_finding(
    path: &str,
    capture: &Capture,
    finding: &Finding,
    context: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let meta = &finding.rule.meta;
    write!(out, "{path}")?;
    if let Some(at) = place::text_place(capture, finding) {
        write!(out, ":{}:{}", at.line, at.column)?;
    }
    let message = place::printable(&finding.message);
    write!(out, ": {} {} {}: {message}", finding.severity.name(), meta.code, meta.name)?;
    let mut context = context.to_owned();
    if let (Some(session), Some(event)) = (finding.session, finding.event)
        && let Some(index) = place::index_in_session(capture, session, event)
    {
        context.push_str(&format!(", event {index}"));
    }
    if finding.count > 1 {
        context.push_str(&format!(", {} times", finding.count));
    }
    let context = context.trim_start_matches(", ");
    if context.is_empty() { writeln!(out) } else { writeln!(out, " ({context})") }
}

fn write_summary(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let judged = || report.judged().map(|(_, _, judged)| judged);
    let n_sessions = judged().map(|judged| judged.capture.sessions.len() as u64).sum();
    let counts = Counts::sum(judged().flat_map(|judged| report.shown(judged)));
    writeln!(
        out,
        "{}, {} rejected: {}",
        plural(n_sessions, "session"),
        report.n_rejected(),
        counts_line(counts)
    )
}

fn counts_line(counts: Counts) -> String {
    if counts == Counts::default() {
        return "no findings".to_owned();
    }
    let parts = [
        (counts.error, plural(counts.error, "error")),
        (counts.warn, plural(counts.warn, "warning")),
        (counts.info, plural(counts.info, "info")),
    ];
    parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

/// `1 event`, `2 events`.
#[must_use]
pub fn plural(n: u64, thing: &str) -> String {
    if n == 1 { format!("{n} {thing}") } else { format!("{n} {thing}s") }
}

//! One line per session and finding, each beginning with the path: for people in a hurry, and for `grep`.

use std::io::{self, Write};

use super::shown::Shown;
use super::words::{counts_line, plural, title};
use super::{Group, Judged, NumberedInput, NumberedSession, Report, place};
use crate::rules::finding::{Counts, Finding};

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut shown = Shown::new(report.redaction);
    write_unread(report, out)?;
    for input in report.judged() {
        writeln!(out, "{}", input_line(&input))?;
        let path = place::printable(input.path);
        for group in report.groups(&input) {
            if let Some(session) = &group.session {
                writeln!(out, "{path}: {}", session_line(session, group.counts(), &mut shown))?;
            }
            for finding in &group.findings {
                writeln!(out, "{}", finding_line(&input, finding, &group, &mut shown))?;
            }
        }
        write_internal(&input, out)?;
    }
    writeln!(out, "{}", summary_line(report))
}

/// The inputs that could not be read, and why.
pub(super) fn write_unread(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for input in &report.inputs {
        if let Err(reason) = &input.outcome {
            writeln!(out, "{}: not read: {}", place::printable(&input.path), place::printable(reason))?;
        }
    }
    Ok(())
}

/// What an input holds.
pub(super) fn input_line(input: &NumberedInput<'_>) -> String {
    let capture = &input.judged.capture;
    format!(
        "{}: {}, {}, {}, {}",
        place::printable(input.path),
        capture.format.name(),
        plural(capture.exchanges.len() as u64, "request"),
        plural(capture.events.len() as u64, "event"),
        plural(capture.sessions.len() as u64, "session"),
    )
}

/// What a session is, its verdict, and how many findings are shown.
pub(super) fn session_line(numbered: &NumberedSession<'_>, counts: Counts, shown: &mut Shown) -> String {
    let session = numbered.session;
    let sid = session.sid.as_deref().map(|sid| format!(", sid {}", place::printable(&shown.sid(sid))));
    let title = title(numbered).map(|title| format!(", \"{}\"", place::printable(&shown.text(title))));
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

/// Where, how grave, which rule, what.
pub(super) fn finding_line(
    input: &NumberedInput<'_>,
    finding: &Finding,
    group: &Group<'_>,
    shown: &mut Shown,
) -> String {
    let meta = &finding.rule.meta;
    let message = shown.message(input.number, &input.judged.capture, finding);
    let context = context(input.judged, finding, group.session.as_ref());
    let context = if context.is_empty() { context } else { format!(" ({context})") };
    format!(
        "{}: {} {} {}: {}{context}",
        location(input, finding),
        finding.severity.name(),
        meta.code,
        meta.name,
        place::printable(&message),
    )
}

/// `path:line:column`, the path alone where there is no line.
pub(super) fn location(input: &NumberedInput<'_>, finding: &Finding) -> String {
    let path = place::printable(input.path);
    match place::text_place(&input.judged.capture, finding) {
        Some(at) => format!("{path}:{}:{}", at.line, at.column),
        None => path,
    }
}

/// `session 1, event 4, 3 times`.
pub(super) fn context(judged: &Judged, finding: &Finding, session: Option<&NumberedSession<'_>>) -> String {
    let mut parts = Vec::new();
    parts.extend(session.map(|session| format!("session {}", session.number)));
    if let (Some(session), Some(event)) = (finding.session, finding.event)
        && let Some(index) = place::index_in_session(&judged.capture, session, event)
    {
        parts.push(format!("event {index}"));
    }
    if finding.count > 1 {
        parts.push(format!("{} times", finding.count));
    }
    parts.join(", ")
}

/// Rules that failed inside.
pub(super) fn write_internal(input: &NumberedInput<'_>, out: &mut dyn Write) -> io::Result<()> {
    for message in &input.judged.judgement.internal {
        writeln!(out, "{}: internal: {}", place::printable(input.path), place::printable(message))?;
    }
    Ok(())
}

/// The numbers over all inputs.
pub(super) fn summary_line(report: &Report) -> String {
    let n_sessions = report.judged().map(|input| input.judged.capture.sessions.len() as u64).sum();
    let sessions = plural(n_sessions, "session");
    format!("{sessions}, {} rejected: {}", report.n_rejected(), counts_line(report.counts()))
}

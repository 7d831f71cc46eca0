//! As a compiler reports: each finding with the lines around its place, the place underlined, the places that
//! explain it, what it costs, and where to read on.

use std::io::{self, Write};

use super::excerpt::{self, Line};
use super::shown::Shown;
use super::words::remarks;
use super::{Group, NumberedInput, Report, concise, place};
use crate::rules::finding::{Finding, Related};

/// Lines shown on either side of a place.
const CONTEXT_LINES: usize = 2;

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut shown = Shown::new(report.redaction);
    concise::write_unread(report, out)?;
    for input in report.judged() {
        writeln!(out, "{}\n", concise::input_line(&input))?;
        for group in report.groups(&input) {
            if let Some(session) = &group.session {
                writeln!(out, "{}\n", concise::session_line(session, group.counts(), &mut shown))?;
            }
            for finding in &group.findings {
                write_finding(&input, finding, &group, &mut shown, out)?;
            }
        }
        concise::write_internal(&input, out)?;
    }
    writeln!(out, "{}", concise::summary_line(report))
}

fn write_finding(
    input: &NumberedInput<'_>,
    finding: &Finding,
    group: &Group<'_>,
    shown: &mut Shown,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (meta, capture) = (&finding.rule.meta, &input.judged.capture);
    let message = place::printable(&shown.message(input.number, capture, finding));
    writeln!(out, "{}[{}] {}: {message}", finding.severity.name(), meta.code, meta.name)?;
    let evidence = Evidence::of(input, finding, shown);
    let width = evidence.number_width();
    let context = concise::context(input.judged, finding, group.session.as_ref());
    let context = if context.is_empty() { context } else { format!(" ({context})") };
    writeln!(out, "{:width$}--> {}{context}", "", concise::location(input, finding))?;
    write_lines(&evidence.lines, width, '^', out)?;
    for (label, at, lines) in &evidence.related {
        writeln!(out, "{:width$}::: {at}: {label}", "")?;
        write_lines(lines, width, '-', out)?;
    }
    let fix = input.judged.fix_of(finding).map(|fix| shown.fix_line(input.number, capture, finding, fix));
    for remark in fix.iter().map(|fix| place::printable(fix)).chain(remarks(finding)) {
        writeln!(out, "{:width$} = {remark}", "")?;
    }
    writeln!(out)
}

fn write_lines(lines: &[Line], width: usize, underline: char, out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{:width$} |", "")?;
    for line in excerpt::drawn(lines, width, underline) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{:width$} |", "")
}

/// What shows that a finding is right.
pub(super) struct Evidence {
    /// The lines around its place.
    pub(super) lines: Vec<Line>,
    /// Label, place and lines of each place that explains it.
    pub(super) related: Vec<(String, String, Vec<Line>)>,
}

impl Evidence {
    pub(super) fn of(input: &NumberedInput<'_>, finding: &Finding, shown: &mut Shown) -> Evidence {
        let capture = &input.judged.capture;
        let lines = shown.excerpt(input.number, capture, finding, CONTEXT_LINES);
        let related = finding.related.iter().map(|related| {
            let label = place::printable(&shown.label(input.number, capture, finding, related));
            let lines = shown.related_excerpt(input.number, capture, finding, related);
            (label, related_location(input, related), lines)
        });
        let related = related.collect();
        Evidence { lines, related }
    }

    fn number_width(&self) -> usize {
        let related = self.related.iter().map(|(_, _, lines)| excerpt::number_width(lines));
        related.chain([excerpt::number_width(&self.lines)]).max().unwrap_or(1)
    }
}

/// `path:line:column, event 4`.
fn related_location(input: &NumberedInput<'_>, related: &Related) -> String {
    let capture = &input.judged.capture;
    let mut text = place::printable(input.path);
    let Some(event) = capture.event(related.event) else { return text };
    if let Some(range) = place::event_range(&event, "") {
        let at = capture.source.place(range.start);
        text.push_str(&format!(":{}:{}", at.line, at.column));
    }
    if let Some(index) =
        event.session().and_then(|session| place::index_in_session(capture, session, event.id))
    {
        text.push_str(&format!(", event {index}"));
    }
    text
}

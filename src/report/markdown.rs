//! A report for a ticket: a table of verdicts, then the findings rule by rule, each with its evidence, what it costs
//! and where that is written. Nothing in a payload can leave its place in the Markdown.

use std::io::{self, Write};

use super::excerpt::{self, Line};
use super::full::Evidence;
use super::shown::Shown;
use super::words::{counts_line, section, title};
use super::{Group, NumberedInput, NumberedSession, Report, concise, place};
use crate::rules::finding::{Counts, Finding, Severity};
use crate::rules::rule::Rule;

/// So many findings of a rule are shown with their evidence: a ticket is read by people.
const MAX_PER_RULE: usize = 10;

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut shown = Shown::new(report.redaction);
    let inputs: Vec<(NumberedInput<'_>, Vec<Group<'_>>)> =
        report.judged().map(|input| (input, report.groups(&input))).collect();
    writeln!(out, "# Playtrace report\n")?;
    for input in &report.inputs {
        if let Err(reason) = &input.outcome {
            writeln!(out, "- {} was not read: {}", code(&input.path), prose(reason))?;
        }
    }
    for (input, _) in &inputs {
        let line = concise::input_line(input);
        let holds = line.strip_prefix(&place::printable(input.path)).unwrap_or_default();
        writeln!(out, "- {}{}", code(input.path), prose(holds))?;
        for message in &input.judged.judgement.internal {
            writeln!(out, "- internal: {}", prose(message))?;
        }
    }
    writeln!(out, "\n{}\n", concise::summary_line(report))?;
    write_verdicts(&inputs, &mut shown, out)?;
    for rule in rules(&inputs) {
        write_rule(rule, &inputs, &mut shown, out)?;
    }
    Ok(())
}

type Inputs<'a> = [(NumberedInput<'a>, Vec<Group<'a>>)];

/// The table of sessions.
fn write_verdicts(inputs: &Inputs<'_>, shown: &mut Shown, out: &mut dyn Write) -> io::Result<()> {
    let sessions = || {
        inputs.iter().flat_map(|(input, groups)| {
            groups.iter().filter_map(move |group| Some((input, group.session.as_ref()?, group.counts())))
        })
    };
    if sessions().next().is_none() {
        return Ok(());
    }
    writeln!(
        out,
        "| Session | Verdict | Content | Session id | Mode | Events | Ending | Findings | Input |"
    )?;
    writeln!(out, "|---:|---|---|---|---|---:|---|---|---|")?;
    for (input, session, counts) in sessions() {
        writeln!(out, "{}", verdict_row(input, session, counts, shown))?;
    }
    writeln!(out)
}

fn verdict_row(
    input: &NumberedInput<'_>,
    numbered: &NumberedSession<'_>,
    counts: Counts,
    shown: &mut Shown,
) -> String {
    let session = numbered.session;
    let cells = [
        numbered.number.to_string(),
        format!("**{}**", numbered.verdict.in_words()),
        title(numbered).map(|title| code(&shown.text(title))).unwrap_or_default(),
        session.sid.as_deref().map(|sid| code(&shown.sid(sid))).unwrap_or_default(),
        session.mode.name().to_owned(),
        session.len().to_string(),
        session.ending.name().to_owned(),
        counts_line(counts),
        code(input.path),
    ];
    // In a table a bar ends the cell even in a code span.
    format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// The rules that found something, the gravest first.
fn rules(inputs: &Inputs<'_>) -> Vec<&'static Rule> {
    let mut found: Vec<(std::cmp::Reverse<Severity>, &'static str, &'static Rule)> = Vec::new();
    for finding in inputs.iter().flat_map(|(_, groups)| groups).flat_map(|group| &group.findings) {
        let severity = std::cmp::Reverse(finding.severity);
        match found.iter_mut().find(|(_, code, _)| *code == finding.rule.meta.code) {
            Some(known) => known.0 = known.0.min(severity),
            None => found.push((severity, finding.rule.meta.code, finding.rule)),
        }
    }
    found.sort_by_key(|(severity, code, _)| (*severity, *code));
    found.into_iter().map(|(_, _, rule)| rule).collect()
}

fn write_rule(rule: &Rule, inputs: &Inputs<'_>, shown: &mut Shown, out: &mut dyn Write) -> io::Result<()> {
    let findings = || {
        inputs.iter().flat_map(|(input, groups)| {
            let of_group = move |group| findings_of(group, rule).map(move |finding| (input, group, finding));
            groups.iter().flat_map(of_group)
        })
    };
    let n_findings = findings().count();
    let meta = &rule.meta;
    writeln!(out, "## {} {}\n\n{}\n", meta.code, meta.name, meta.summary)?;
    for (input, group, finding) in findings().take(MAX_PER_RULE) {
        write_finding(input, group, finding, shown, out)?;
    }
    if n_findings > MAX_PER_RULE {
        let n_more = n_findings - MAX_PER_RULE;
        writeln!(
            out,
            "And {n_more} more: `playtrace check --format full --select {}` shows them all.\n",
            meta.code
        )?;
    }
    for heading in ["Why it matters", "Source"] {
        writeln!(out, "**{heading}**\n\n{}\n", section(rule, heading))?;
    }
    Ok(())
}

fn findings_of<'a>(group: &'a Group<'_>, rule: &Rule) -> impl Iterator<Item = &'a Finding> {
    group.findings.iter().copied().filter(move |finding| finding.rule.meta.code == rule.meta.code)
}

fn write_finding(
    input: &NumberedInput<'_>,
    group: &Group<'_>,
    finding: &Finding,
    shown: &mut Shown,
    out: &mut dyn Write,
) -> io::Result<()> {
    let message = shown.message(input.number, &input.judged.capture, finding);
    writeln!(out, "- **{}**: {}\n", finding.severity.name(), prose(&message))?;
    let context = concise::context(input.judged, finding, group.session.as_ref());
    let context = if context.is_empty() { context } else { format!(" ({context})") };
    writeln!(out, "  {}{context}\n", code(&concise::location(input, finding)))?;
    let evidence = Evidence::of(input, finding, shown);
    write_lines(&evidence.lines, '^', out)?;
    for (label, at, lines) in &evidence.related {
        writeln!(out, "  {}, {}\n", prose(label), code(at))?;
        write_lines(lines, '-', out)?;
    }
    if let Some(fix) = input.judged.fix_of(finding) {
        let line = shown.fix_line(input.number, &input.judged.capture, finding, fix);
        writeln!(out, "  {}\n", prose(&line))?;
    }
    Ok(())
}

/// Lines in a fence that is longer than any in them.
fn write_lines(lines: &[Line], underline: char, out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let drawn = excerpt::drawn(lines, excerpt::number_width(lines), underline);
    let longest = drawn.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    writeln!(out, "  {fence}text")?;
    for line in drawn {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "  {fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

/// A text that is shown as it is: in a code span that nothing in it can end.
fn code(text: &str) -> String {
    let text = place::printable(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let needs_space = text.starts_with('`') || text.ends_with('`') || text.trim().is_empty();
    let space = if needs_space { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A sentence of ours with values in it: what stands in backticks stays in them, nothing else is markup.
fn prose(text: &str) -> String {
    let text = place::printable(text);
    let pieces: Vec<&str> = text.split('`').collect();
    let last = pieces.len() - 1;
    let mut shown = String::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let is_code = index % 2 == 1;
        if is_code && index == last {
            // A backtick without its other half.
            shown.push_str("\\`");
            push_escaped(piece, &mut shown);
        } else if is_code && !piece.is_empty() {
            shown.push_str(&code(piece));
        } else {
            push_escaped(piece, &mut shown);
        }
    }
    shown
}

fn push_escaped(text: &str, shown: &mut String) {
    for char in text.chars() {
        match char {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            // A mention stays none even behind a backslash.
            '@' => shown.push_str("`@`"),
            '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                shown.push('\\');
                shown.push(char);
            }
            char => shown.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_backticks_stay_code_and_nothing_else_is_markup() {
        assert_eq!(prose("`ping` at 00:41.2 is <b>late</b>"), "`ping` at 00:41.2 is &lt;b&gt;late&lt;/b&gt;");
        assert_eq!(prose("state \"a|*b*\" of @all #1"), "state \"a\\|\\*b\\*\" of `@`all \\#1");
        assert_eq!(prose("`a <i> b`"), "`a <i> b`");
        assert_eq!(prose("an odd ` one <"), "an odd \\` one &lt;");
        assert_eq!(prose("a\nb"), "a\u{fffd}b");
    }

    #[test]
    fn a_code_span_cannot_be_ended_from_inside() {
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(""), "`  `");
    }
}

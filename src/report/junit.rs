//! JUnit XML for build servers: a test suite per input, a test case per session and one for what belongs to none.
//! A case fails that has a finding of severity error or whose session is rejected.
//!
//! There is no standard: this is valid by `junit-10.xsd` of Jenkins' xUnit plugin.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event as Xml};

use super::shown::Shown;
use super::words::{counts_line, title};
use super::{Group, Input, NumberedInput, Report, concise, place};
use crate::rules::verdict::Verdict;

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut shown = Shown::new(report.redaction);
    let suites: Vec<Suite> = suites(report, &mut shown);
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Xml::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let totals = Totals::of(all());
    xml.create_element("testsuites")
        .with_attribute(("name", "playtrace"))
        .with_attribute(("tests", totals.tests.as_str()))
        .with_attribute(("failures", totals.failures.as_str()))
        .with_attribute(("errors", totals.errors.as_str()))
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| write_suite(suite, xml)))?;
    writeln!(xml.into_inner())
}

/// One input.
struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// One session, or what belongs to none.
struct Case {
    name: String,
    outcome: Outcome,
    /// What is said of it, by lines.
    text: String,
}

enum Outcome {
    Passed,
    /// In one word, and in a sentence.
    Failed(&'static str, String),
    /// There was nothing to judge, or the program failed: why.
    Broken(String),
}

fn suites(report: &Report, shown: &mut Shown) -> Vec<Suite> {
    let mut judged = report.judged();
    let suite = |input: &Input| {
        let cases = match &input.outcome {
            Ok(_) => judged.next().map(|input| cases(report, &input, shown)).unwrap_or_default(),
            Err(reason) => vec![Case {
                name: CAPTURE.to_owned(),
                outcome: Outcome::Broken(format!("not read: {}", place::printable(reason))),
                text: String::new(),
            }],
        };
        Suite { name: place::printable(&input.path), cases }
    };
    report.inputs.iter().map(suite).collect()
}

/// The name of the case for what belongs to no session.
const CAPTURE: &str = "capture";

fn cases(report: &Report, input: &NumberedInput<'_>, shown: &mut Shown) -> Vec<Case> {
    report.groups(input).iter().map(|group| case(input, group, shown)).collect()
}

fn case(input: &NumberedInput<'_>, group: &Group<'_>, shown: &mut Shown) -> Case {
    let counts = group.counts();
    let mut lines = Vec::new();
    let name = match &group.session {
        Some(session) => {
            lines.push(concise::session_line(session, counts, shown));
            let title = title(session).map(|title| format!(" \"{}\"", place::printable(&shown.text(title))));
            format!("session {}{}", session.number, title.unwrap_or_default())
        }
        None => {
            lines.push(concise::input_line(input));
            CAPTURE.to_owned()
        }
    };
    lines.extend(group.findings.iter().map(|finding| concise::finding_line(input, finding, group, shown)));
    let verdict = group.session.map(|session| session.verdict);
    let internal = &input.judged.judgement.internal;
    let outcome = match verdict {
        None if !input.judged.holds_something() => Outcome::Broken("nothing of this API in it".to_owned()),
        None if !internal.is_empty() => Outcome::Broken(place::printable(&internal.join("; "))),
        Some(Verdict::Rejected) => Outcome::Failed("rejected", format!("rejected: {}", counts_line(counts))),
        _ if counts.error > 0 => Outcome::Failed("error", counts_line(counts)),
        _ => Outcome::Passed,
    };
    Case { name, outcome, text: lines.join("\n") }
}

/// Numbers of cases, as attributes have them.
struct Totals {
    tests: String,
    failures: String,
    errors: String,
}

impl Totals {
    fn of<'c>(cases: impl Iterator<Item = &'c Case>) -> Totals {
        let (mut tests, mut failures, mut errors) = (0_u64, 0_u64, 0_u64);
        for case in cases {
            tests += 1;
            failures += u64::from(matches!(case.outcome, Outcome::Failed(..)));
            errors += u64::from(matches!(case.outcome, Outcome::Broken(_)));
        }
        Totals { tests: tests.to_string(), failures: failures.to_string(), errors: errors.to_string() }
    }
}

fn write_suite(suite: &Suite, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let totals = Totals::of(suite.cases.iter());
    xml.create_element("testsuite")
        .with_attribute(("name", suite.name.as_str()))
        .with_attribute(("tests", totals.tests.as_str()))
        .with_attribute(("failures", totals.failures.as_str()))
        .with_attribute(("errors", totals.errors.as_str()))
        .with_attribute(("skipped", "0"))
        .write_inner_content(|xml| suite.cases.iter().try_for_each(|case| write_case(suite, case, xml)))?;
    Ok(())
}

fn write_case(suite: &Suite, case: &Case, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let text = BytesText::new(&case.text);
    let element = xml
        .create_element("testcase")
        .with_attribute(("name", case.name.as_str()))
        .with_attribute(("classname", suite.name.as_str()));
    element.write_inner_content(|xml| {
        match &case.outcome {
            Outcome::Passed => xml.create_element("system-out").write_text_content(text)?,
            Outcome::Failed(kind, message) => xml
                .create_element("failure")
                .with_attribute(("type", *kind))
                .with_attribute(("message", message.as_str()))
                .write_text_content(text)?,
            Outcome::Broken(message) => xml
                .create_element("error")
                .with_attribute(("type", "broken"))
                .with_attribute(("message", message.as_str()))
                .write_text_content(text)?,
        };
        Ok(())
    })?;
    Ok(())
}

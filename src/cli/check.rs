//! `playtrace check`: verdicts and findings.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{CheckArgs, CheckFormat, FailOn};
use super::input::{self, TerminalProgress};
use super::{exit, note};
use crate::config::{self, Beside, Config};
use crate::files;
use crate::ingest;
use crate::redact::Redaction;
use crate::report::{Input, Judged, Report, concise, full, json, junit, markdown, sarif};
use crate::rules::context::Settings;
use crate::rules::finding::{Finding, Severity};
use crate::rules::fix::of_findings;
use crate::rules::run;
use crate::rules::selection::{Choice, RuleSelection, UnknownRule};

/// Checks every input, writes one report, and says by the exit code how it went.
///
/// # Errors
/// When the report cannot be written.
pub fn check(args: &CheckArgs) -> anyhow::Result<u8> {
    let files = match input::captures_of(&args.files) {
        Ok(files) => files,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::INPUT);
        }
    };
    let Some(configurations) = configurations(args, &files) else { return Ok(exit::USAGE) };
    let mut inputs = Vec::new();
    for (path, config) in files.iter().zip(configurations) {
        let (settings, mut selection) = config.judging(args.profile);
        if let Err(error) = choose(args, selection.command_line()) {
            note(&format!("error: {error}; `playtrace rules` lists them all"));
            return Ok(exit::USAGE);
        }
        let mut input = check_one(path, &settings, &selection);
        if let (Ok(judged), true) = (&mut input.outcome, shows_fixes(args.format)) {
            let is_shown = |finding: &Finding| finding.severity >= args.min_severity;
            judged.fixes = of_findings(&judged.capture, &judged.judgement, &settings, is_shown);
        }
        inputs.push(input);
    }
    let report = Report { inputs, min_severity: Some(args.min_severity), redaction: redaction(args) };
    write(args, &report)?;
    Ok(exit_code(&report, args.fail_on))
}

/// True for the formats that have a place for what would repair a finding.
const fn shows_fixes(format: CheckFormat) -> bool {
    matches!(format, CheckFormat::Full | CheckFormat::Json | CheckFormat::Markdown | CheckFormat::Sarif)
}

/// Markdown is made to be handed on.
fn redaction(args: &CheckArgs) -> Redaction {
    match args.format {
        _ if args.redact => Redaction::All,
        CheckFormat::Markdown if args.no_redact => Redaction::Nothing,
        CheckFormat::Markdown => Redaction::All,
        _ => Redaction::Values,
    }
}

fn choose(args: &CheckArgs, choice: &mut Choice) -> Result<(), UnknownRule> {
    choice.select(&args.select)?;
    choice.ignore(&args.ignore)
}

/// The configuration of each input: the given one, or that beside it. Says which are used, or all that is wrong
/// with them; then there is none.
fn configurations(args: &CheckArgs, files: &[PathBuf]) -> Option<Vec<Arc<Config>>> {
    let mut known: BTreeMap<PathBuf, Beside> = BTreeMap::new();
    let mut wanted = Vec::new();
    for path in files {
        let capture = (path.as_os_str() != "-").then_some(path.as_path());
        let at = args.config.clone().unwrap_or_else(|| config::beside(capture));
        known.entry(at.clone()).or_insert_with(|| match &args.config {
            Some(given) => files::config(given).map(|config| Some((given.clone(), Arc::new(config)))),
            None => files::config_beside(capture),
        });
        wanted.push(at);
    }
    for found in known.values() {
        match found {
            Ok(Some((path, _))) => note(&format!("configuration: {}", path.display())),
            Ok(None) => {}
            Err(broken) => broken.lines().iter().for_each(|line| note(&format!("error: {line}"))),
        }
    }
    let config = |at: &PathBuf| match known.get(at)? {
        Ok(found) => Some(found.as_ref().map(|(_, config)| Arc::clone(config)).unwrap_or_default()),
        Err(_) => None,
    };
    // one that is broken stops them all
    wanted.iter().map(config).collect()
}

fn check_one(path: &Path, settings: &Settings, selection: &RuleSelection) -> Input {
    let outcome = input::read(path).map_err(|error| format!("{error:#}"));
    let path = path.display().to_string();
    Input { outcome: outcome.map(|bytes| judge(&path, bytes, settings, selection)), path }
}

/// Recognizes and judges bytes, with progress on a terminal.
pub(super) fn judge(name: &str, bytes: Vec<u8>, settings: &Settings, selection: &RuleSelection) -> Judged {
    let progress = TerminalProgress::new();
    let capture = ingest::ingest(name, bytes, &progress);
    let judgement = run::judge(&capture, settings, selection, &progress);
    progress.done();
    Judged { capture, judgement, fixes: Vec::new() }
}

fn write(args: &CheckArgs, report: &Report) -> anyhow::Result<()> {
    match &args.output {
        Some(path) => crate::files::write_by_rename(path, |out| render(args.format, report, out))?,
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            render(args.format, report, &mut out)?;
            out.flush()?;
        }
    }
    for (path, message) in unreadable(report) {
        note(&format!("{}: {message}", path.display()));
    }
    Ok(())
}

fn render(format: CheckFormat, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    match format {
        CheckFormat::Concise => concise::write(report, out),
        CheckFormat::Full => full::write(report, out),
        CheckFormat::Json => json::write(report, out),
        CheckFormat::Junit => junit::write(report, out),
        CheckFormat::Markdown => markdown::write(report, out),
        CheckFormat::Sarif => sarif::write(report, out),
    }
}

/// The inputs that could not be checked, each with the reason.
fn unreadable(report: &Report) -> impl Iterator<Item = (PathBuf, String)> {
    report.inputs.iter().filter_map(|input| {
        let reason = match &input.outcome {
            Ok(judged) if judged.holds_something() => return None,
            Ok(judged) => judged
                .capture
                .notes
                .first()
                .map_or_else(|| "nothing of this API in it".to_owned(), |note| note.message.clone()),
            Err(reason) => reason.clone(),
        };
        Some((PathBuf::from(&input.path), reason))
    })
}

fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    let mut code = exit::CLEAN;
    let limit = match fail_on {
        FailOn::Never => None,
        FailOn::Info => Some(Severity::Info),
        FailOn::Warn => Some(Severity::Warn),
        FailOn::Error => Some(Severity::Error),
    };
    if let Some(limit) = limit
        && (report.gravest() >= Some(limit) || report.n_rejected() > 0)
    {
        code = code.max(exit::FINDING);
    }
    if unreadable(report).next().is_some() {
        code = code.max(exit::INPUT);
    }
    let mut judged = report.inputs.iter().filter_map(|input| input.outcome.as_ref().ok());
    if judged.any(|judged| !judged.judgement.internal.is_empty()) {
        code = code.max(exit::INTERNAL);
    }
    code
}

//! `playtrace convert`: a capture in another format.

use super::args::{ConvertArgs, ConvertFormat};
use super::{exit, input, note};
use crate::convert::{Form, Options, Written, refuse, write};
use crate::files;
use crate::model::capture::Capture;
use crate::model::id::SessionId;
use crate::redact::Redaction;
use anyhow::Context as _;
use std::io;
use std::path::{Path, absolute};

/// Reads, writes, and says what was written.
///
/// # Errors
/// When the result cannot be written.
pub fn convert(args: &ConvertArgs) -> anyhow::Result<u8> {
    let Some(form) = form(args) else {
        note(
            "error: the name of the file to write does not say the format: .har, .ndjson or .json, or --format",
        );
        return Ok(exit::USAGE);
    };
    let same = |other: &Path| absolute(&args.input).ok() == absolute(other).ok();
    if args.output.as_os_str() != "-" && same(&args.output) {
        note("error: a capture is never written over: give the result another name");
        return Ok(exit::USAGE);
    }
    let progress = input::TerminalProgress::new();
    let capture = input::capture(&args.input, &progress);
    progress.done();
    let capture = match capture {
        Ok(capture) => capture,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::INPUT);
        }
    };
    let n_sessions = capture.sessions.len();
    if let Some(number) = args.session.iter().find(|number| **number as usize > n_sessions) {
        note(&format!("error: there is no session {number}: the capture has {n_sessions}"));
        return Ok(exit::USAGE);
    }
    if n_sessions == 0 && capture.all_exchanges().all(|exchange| !exchange.endpoint().is_of_this_api()) {
        note(&format!("error: {} holds nothing of this API", args.input.display()));
        return Ok(exit::INPUT);
    }
    let options = Options {
        form,
        redaction: if args.no_redact { Redaction::Nothing } else { Redaction::All },
        sessions: args.session.iter().map(|number| SessionId(number - 1)).collect(),
    };
    if let Err(refusal) = refuse(&capture, &options) {
        note(&format!("error: {refusal}"));
        return Ok(exit::USAGE);
    }
    let written = write_to(&capture, &options, &args.output);
    let written = written.with_context(|| format!("cannot write {}", args.output.display()))?;
    note(&summary(&args.output, &options, written));
    Ok(exit::CLEAN)
}

fn form(args: &ConvertArgs) -> Option<Form> {
    match args.format {
        Some(ConvertFormat::Har) => Some(Form::Har),
        Some(ConvertFormat::Ndjson) => Some(Form::Ndjson),
        Some(ConvertFormat::Json) => Some(Form::Json),
        None => Form::of_name(args.output.file_name()?.to_str()?),
    }
}

fn write_to(capture: &Capture, options: &Options, path: &Path) -> io::Result<Written> {
    if path.as_os_str() == "-" {
        return write(capture, options, &mut io::BufWriter::new(io::stdout().lock()));
    }
    let mut written = Written::default();
    files::write_by_rename(path, |file| {
        written = write(capture, options, file)?;
        Ok(())
    })?;
    Ok(written)
}

fn summary(path: &Path, options: &Options, written: Written) -> String {
    let counted = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut text = format!("{}: ", path.display());
    if options.form == Form::Har {
        text.push_str(&format!("{}, ", counted(written.requests, "request")));
    }
    text.push_str(&counted(written.events, "event"));
    if written.foreign > 0 {
        text.push_str(&format!("; {} not for this API left out", counted(written.foreign, "request")));
    }
    if written.bare > 0 {
        text.push_str(&format!("; {} without a request left out", counted(written.bare, "event")));
    }
    if options.redaction == Redaction::All {
        text.push_str("; identifying values are masked, --no-redact keeps them");
    }
    text
}

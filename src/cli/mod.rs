//! The headless front end: one file per subcommand.
//!
//! Results go to standard output, everything else to standard error.

pub mod args;
pub mod check;
pub mod collect;
pub mod exit;
pub mod explain;
pub mod input;
pub mod resend;
mod resend_report;

use crate::report::place::printable;
use args::Command;
use std::io::Write as _;
use std::process::ExitCode;

/// Carries out a subcommand; what went wrong is said on standard error.
#[must_use]
pub fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::Check(args) => check::check(&args),
        Command::Collect(args) => collect::collect(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Resend(args) => resend::resend(&args),
        Command::Rules(args) => explain::rules(&args),
    };
    ExitCode::from(result.unwrap_or_else(|error| {
        note(&format!("error: {error:#}"));
        exit::INTERNAL
    }))
}

/// A line on standard error; nothing can be done when nobody takes it.
fn note(line: &str) {
    drop(writeln!(std::io::stderr(), "{}", printable(line)));
}

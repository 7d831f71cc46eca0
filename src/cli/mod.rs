//! The headless front end: one file per subcommand.
//!
//! Results go to standard output, everything else to standard error.

pub mod args;
pub mod authority;
pub mod check;
pub mod collect;
mod collect_faults;
mod collect_mode;
pub mod convert;
pub mod demo;
pub mod exit;
pub mod explain;
mod explain_switch;
mod exposing;
pub mod input;
pub mod report;
pub mod resend;
mod resend_report;
pub mod simulate;

use crate::report::place::printable;
use crate::store::picture::PictureOrder;
use args::{Arguments, Command, DemoArgs};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// What the window opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowStart {
    /// These captures, or nothing.
    Files(Vec<PathBuf>),
    /// The demo sessions.
    Demo,
}

/// Carries out what was asked for; what went wrong is said on standard error. `window` opens the window and returns when
/// it was closed, or says why none can open; `picture` draws a picture without a window.
#[must_use]
pub fn run(
    arguments: Arguments,
    window: impl FnOnce(WindowStart) -> Result<(), String>,
    picture: impl FnOnce(&PictureOrder) -> Result<Vec<u8>, String>,
) -> ExitCode {
    let result = match arguments.command {
        None => Ok(match window(WindowStart::Files(arguments.files)) {
            Ok(()) => exit::CLEAN,
            Err(why) => {
                note(&format!("error: no window can open here ({why}); `playtrace check FILE` needs none"));
                exit::INTERNAL
            }
        }),
        Some(Command::Authority(args)) => authority::authority(&args),
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Collect(args)) => collect::collect(&args),
        Some(Command::Convert(args)) => convert::convert(&args),
        Some(Command::Demo(DemoArgs { write: Some(folder) })) => demo::write(&folder),
        Some(Command::Demo(DemoArgs { write: None })) => match window(WindowStart::Demo) {
            Ok(()) => Ok(exit::CLEAN),
            Err(why) => demo::verdicts(&why),
        },
        Some(Command::Explain(args)) => explain::explain(&args),
        Some(Command::Report(args)) => report::report(&args, picture),
        Some(Command::Resend(args)) => resend::resend(&args),
        Some(Command::Rules(args)) => explain::rules(&args),
        Some(Command::Simulate(args)) => simulate::simulate(&args),
    };
    ExitCode::from(result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            // Whoever read the output has seen enough.
            return exit::CLEAN;
        }
        note(&format!("error: {error:#}"));
        exit::INTERNAL
    }))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io_errors = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io_errors.into_iter().any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A line on standard error; nothing can be done when nobody takes it.
fn note(line: &str) {
    drop(writeln!(std::io::stderr(), "{}", printable(line)));
}

/// The same, in red where somebody sees it (`NO_COLOR` says that nobody wants to).
fn warn(line: &str) {
    let mut out = std::io::stderr();
    if out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
        drop(writeln!(out, "\x1b[1;31m{}\x1b[0m", printable(line)));
    } else {
        note(line);
    }
}

//! Playtrace: arguments → window or subcommand → exit code.

use clap::Parser as _;
use playtrace::cli::{self, WindowStart, args::Arguments};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(Arguments::parse(), window)
}

fn window(_start: WindowStart) -> Result<(), String> {
    Err("this build has no window".to_owned())
}

//! Playtrace: arguments → subcommand → exit code.

use clap::Parser as _;
use playtrace::cli::{self, args::Arguments};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(Arguments::parse().command)
}

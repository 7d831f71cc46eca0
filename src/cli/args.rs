//! The command line: clap types only.

use crate::model::policy::Profile;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Inspector and debugger for Adobe Media Collection API v1 traffic.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answers players like the API, on this machine, and records what arrives
    ///
    /// The first line on standard output is the base address and nothing else.
    /// Stops on Ctrl-C and TERM.
    Collect(CollectArgs),
}

/// Arguments of `collect`.
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Write what arrived to this file when stopping, as an array of requests
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Which readings of the documentation to follow: default, strict or lenient
    #[arg(long, default_value = "default", value_parser = profile)]
    pub profile: Profile,
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::from_name(name).ok_or_else(|| "expected default, strict or lenient".to_owned())
}

//! Playtrace: arguments → window or subcommand → exit code.

use clap::Parser as _;
use playtrace::app::command::Command;
use playtrace::app::port::{Port, Waker};
use playtrace::cli::{self, WindowStart, args::Arguments};
use playtrace::engine::{Engine, EngineError, locale};
use playtrace::ui;
use std::path::absolute;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(Arguments::parse(), window, ui::picture::session::session_picture)
}

fn window(start: WindowStart) -> Result<(), String> {
    let first = match start {
        // Recent files and projects lead there from any folder.
        WindowStart::Files(files) => (!files.is_empty())
            .then(|| Command::Open(files.into_iter().map(|file| absolute(&file).unwrap_or(file)).collect())),
        WindowStart::Demo => Some(Command::OpenDemo(None)),
    };
    ui::run(locale::language(), first, outside).map_err(|error| error.to_string())
}

fn outside(waker: Waker) -> Result<Box<dyn Port>, EngineError> {
    Ok(Box::new(Engine::start(waker)?))
}

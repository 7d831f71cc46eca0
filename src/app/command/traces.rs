//! The traces below the clock plot, and their table.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use crate::metrics::drawing::Trace;

/// A wish about the traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TraceCommand {
    /// Show or hide one.
    Toggle(Trace),
}

/// The commands that can be given without saying more.
pub static ROWS: &[CommandRow] = &[
    row("trace-residual", Group::View, &[], || Command::Trace(TraceCommand::Toggle(Trace::Residual))),
    row("trace-ping-gap", Group::View, &[], || Command::Trace(TraceCommand::Toggle(Trace::PingGap))),
    row("trace-delay", Group::View, &[], || Command::Trace(TraceCommand::Toggle(Trace::Delay))),
    row("trace-bitrate", Group::View, &[], || Command::Trace(TraceCommand::Toggle(Trace::Bitrate))),
    row("trace-dropped-frames", Group::View, &[], || {
        Command::Trace(TraceCommand::Toggle(Trace::DroppedFrames))
    }),
];

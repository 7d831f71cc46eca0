//! Reading inputs of the command line: files and standard input, judged with progress on a terminal.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};

use crate::files;
use crate::ingest;
use crate::model::capture::Capture;
use crate::model::limits::MAX_FILE_BYTES;
use crate::model::watch::Watch;

/// The bytes of a file, or of standard input for `-`.
///
/// # Errors
/// What cannot be read, and why; a file above the limit.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return files::read(path).with_context(|| format!("cannot read {}", path.display()));
    }
    let mut bytes = Vec::new();
    let stdin = std::io::stdin();
    stdin.lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        bail!("standard input is larger than {} GiB, the most that is read", MAX_FILE_BYTES >> 30);
    }
    Ok(bytes)
}

/// The inputs, with the captures of a project in its place.
///
/// # Errors
/// Why a project cannot be used.
pub fn captures_of(inputs: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut captures = Vec::new();
    for file in inputs {
        match files::project::at(file) {
            None => captures.push(file.clone()),
            Some(led) => {
                let led = led.with_context(|| format!("cannot use the project {}", file.display()))?;
                captures.extend(led.captures);
            }
        }
    }
    Ok(captures)
}

/// The certificates of `--ca`; none without it.
///
/// # Errors
/// Those of [`read`].
pub fn roots(path: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    path.map_or(Ok(Vec::new()), read)
}

/// Reads and recognizes one input.
///
/// # Errors
/// Those of [`read`].
pub fn capture(path: &Path, watch: &dyn Watch) -> anyhow::Result<Capture> {
    Ok(ingest::ingest(&path.display().to_string(), read(path)?, watch))
}

/// Progress on a terminal's standard error, silent elsewhere.
#[derive(Debug)]
pub struct TerminalProgress {
    shown: bool,
    last_percent: AtomicU64,
}

impl TerminalProgress {
    /// Shows progress where standard error is a terminal.
    #[must_use]
    pub fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), last_percent: AtomicU64::new(0) }
    }

    /// Wipes the line.
    pub fn done(&self) {
        if self.shown && self.last_percent.load(Ordering::Relaxed) > 0 {
            drop(write!(std::io::stderr(), "\r\x1b[K"));
        }
    }
}

impl Default for TerminalProgress {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch for TerminalProgress {
    fn progress(&self, done: u64, total: u64) {
        // Small inputs are done before anyone could read it.
        if !self.shown || total < 32 << 20 {
            return;
        }
        let percent = done.saturating_mul(100) / total;
        if self.last_percent.swap(percent, Ordering::Relaxed) != percent {
            drop(write!(std::io::stderr(), "\rreading {percent} %"));
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

//! `playtrace demo` without a window: the demo sessions as files, or their verdicts as text.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::{check, exit, note};
use crate::report::{Input, Report, concise};
use crate::rules::context::Settings;
use crate::rules::selection::RuleSelection;
use crate::store::demo::DEMOS;

/// Writes the demo sessions into a folder, which is made when it is not there.
///
/// # Errors
/// When the folder or a file cannot be written.
pub fn write(folder: &Path) -> anyhow::Result<u8> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for demo in DEMOS {
        let name = demo.name.rsplit('/').next().unwrap_or(demo.name);
        let path = folder.join(name);
        crate::files::write_by_rename(&path, |out| out.write_all(demo.bytes))
            .with_context(|| format!("cannot write {}", path.display()))?;
        note(&format!("wrote {}", path.display()));
    }
    Ok(exit::CLEAN)
}

/// Says in one sentence why there is no window, and prints the verdicts of the demo sessions.
///
/// # Errors
/// When standard output cannot be written.
pub fn verdicts(why_no_window: &str) -> anyhow::Result<u8> {
    note(&format!(
        "No window can open here ({why_no_window}), so these are the verdicts of the demo sessions as text."
    ));
    let (settings, selection) = (Settings::default(), RuleSelection::default());
    let judged = DEMOS.iter().map(|demo| Input {
        path: demo.name.to_owned(),
        outcome: Ok(check::judge(demo.name, demo.bytes.to_vec(), &settings, &selection)),
    });
    let report = Report { inputs: judged.collect(), ..Report::default() };
    let mut out = io::stdout().lock();
    concise::write(&report, &mut out)?;
    out.flush()?;
    Ok(exit::CLEAN)
}

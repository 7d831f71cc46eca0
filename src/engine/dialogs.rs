//! The file dialogs of the system, on a thread of their own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::work::guarded;
use crate::app::update::Update;
use crate::store::picture::PictureForm;

/// No person leaves a dialog so fast: it was never shown.
const NEVER_SHOWN: Duration = Duration::from_millis(200);
/// What shows dialogs where the desktop has no service for them.
const HELPER: &str = "zenity";
/// True where dialogs are a service of the desktop, which may be missing or take its time to fail.
const MAY_FAIL: bool = cfg!(all(unix, not(target_os = "macos")));
/// True as soon as a dialog was seen in this run.
static SEEN: AtomicBool = AtomicBool::new(false);

/// Shows the dialog and says what was chosen. "Nothing" may also mean that no dialog can be shown here.
pub(super) fn pick_files() -> Update {
    guarded(ask_for_files).unwrap_or(NO_FILES)
}

/// What is told where no dialog can be shown for files.
pub(super) const NO_FILES: Update = Update::Picked { paths: Vec::new(), at_once: true };

fn ask_for_files() -> Update {
    let (answer, took) = timed(|| rfd::FileDialog::new().pick_files());
    let at_once = no_files_asked(answer.as_deref(), took);
    SEEN.fetch_or(!at_once, Ordering::Relaxed);
    Update::Picked { paths: answer.unwrap_or_default(), at_once }
}

/// True when the answer about files means that no dialog was seen, however long it took: a dialog that is left answers
/// with no files, and one that cannot be shown with nothing.
fn no_files_asked(answer: Option<&[PathBuf]>, took: Duration) -> bool {
    match answer {
        Some(paths) => paths.is_empty() && took < NEVER_SHOWN,
        None => MAY_FAIL || took < NEVER_SHOWN,
    }
}

/// Shows the dialog for the file of a picture, and says what was chosen.
pub(super) fn pick_place(name: &str, forms: &[PictureForm]) -> Update {
    let endings: Vec<&str> = forms.iter().map(|form| form.ending()).collect();
    let (place, at_once) = save_dialog(name, &endings);
    Update::PlacePicked { place, at_once }
}

/// Shows the dialog for the file of a project, and says what was chosen.
pub(super) fn pick_project_place(name: &str) -> Update {
    let (place, at_once) = save_dialog(name, &["json"]);
    Update::ProjectPlacePicked { place, at_once }
}

/// Shows the dialog for a file that is to be written, which asks before another one is replaced. Gives what was chosen,
/// and true when no dialog can have been seen.
fn save_dialog(name: &str, endings: &[&str]) -> (Option<PathBuf>, bool) {
    guarded(|| ask_for_place(name, endings)).unwrap_or((None, true))
}

fn ask_for_place(name: &str, endings: &[&str]) -> (Option<PathBuf>, bool) {
    let dialog = rfd::FileDialog::new().set_file_name(name);
    let with_filter =
        |dialog: rfd::FileDialog, ending: &&str| dialog.add_filter(ending.to_uppercase(), &[*ending]);
    let dialog = endings.iter().fold(dialog, with_filter);
    let (place, took) = timed(|| dialog.save_file());
    let at_once = place.is_none() && no_place_asked(took, SEEN.load(Ordering::Relaxed) || has_helper());
    SEEN.fetch_or(place.is_some(), Ordering::Relaxed);
    (place, at_once)
}

/// True when no place may mean that no dialog was seen: one that is left and one that cannot be shown answer alike, so
/// that only where dialogs are known to work the time tells. To be asked once more is better than not at all.
fn no_place_asked(took: Duration, works: bool) -> bool {
    took < NEVER_SHOWN || MAY_FAIL && !works
}

fn has_helper() -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(HELPER).is_file())
}

#[expect(clippy::disallowed_methods, reason = "how fast the answer comes tells whether a dialog was seen")]
fn timed<T>(ask: impl FnOnce() -> T) -> (T, Duration) {
    let asked = Instant::now();
    let answer = ask();
    (answer, asked.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::from_millis(3);
    /// As long as a service may be waited for that never comes.
    const LATE: Duration = Duration::from_secs(25);

    #[test]
    fn a_dialog_for_files_that_fails_is_known_however_slowly_it_does() {
        let chosen = [PathBuf::from("a.har")];
        for took in [AT_ONCE, LATE] {
            assert_eq!(no_files_asked(None, took), MAY_FAIL || took == AT_ONCE, "{took:?}");
            assert_eq!(no_files_asked(Some(&[]), took), took == AT_ONCE, "left after {took:?}");
            assert!(!no_files_asked(Some(&chosen), took));
        }
    }

    #[test]
    fn without_a_place_a_field_asks_unless_dialogs_are_known_to_work() {
        for (took, works, expected) in
            [(AT_ONCE, true, true), (AT_ONCE, false, true), (LATE, true, false), (LATE, false, MAY_FAIL)]
        {
            assert_eq!(no_place_asked(took, works), expected, "{took:?} {works}");
        }
    }
}

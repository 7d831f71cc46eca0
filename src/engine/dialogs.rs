//! The file dialogs of the system, on a thread of their own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::work::guarded;
use crate::app::update::Update;
use crate::store::picture::PictureForm;

/// No person leaves a dialog so fast: it was never shown.
const NEVER_SHOWN: Duration = Duration::from_millis(200);

/// Shows the dialog and says what was chosen. "Nothing" may also mean that no dialog can be shown here.
pub(super) fn pick_files() -> Update {
    guarded(ask_for_files).unwrap_or(NO_FILES)
}

/// What is told where no dialog can be shown for files.
pub(super) const NO_FILES: Update = Update::Picked { paths: Vec::new(), at_once: true };

#[expect(clippy::disallowed_methods, reason = "how fast the answer comes tells whether a dialog was seen")]
fn ask_for_files() -> Update {
    let asked = Instant::now();
    let paths = rfd::FileDialog::new().pick_files().unwrap_or_default();
    let at_once = paths.is_empty() && asked.elapsed() < NEVER_SHOWN;
    Update::Picked { paths, at_once }
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

#[expect(clippy::disallowed_methods, reason = "how fast the answer comes tells whether a dialog was seen")]
fn ask_for_place(name: &str, endings: &[&str]) -> (Option<PathBuf>, bool) {
    let asked = Instant::now();
    let dialog = rfd::FileDialog::new().set_file_name(name);
    let with_filter =
        |dialog: rfd::FileDialog, ending: &&str| dialog.add_filter(ending.to_uppercase(), &[*ending]);
    let place = endings.iter().fold(dialog, with_filter).save_file();
    let at_once = place.is_none() && asked.elapsed() < NEVER_SHOWN;
    (place, at_once)
}

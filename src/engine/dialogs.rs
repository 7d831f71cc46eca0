//! The file dialogs of the system, on a thread of their own.

use std::time::{Duration, Instant};

use super::outlet::Outlet;
use crate::app::update::Update;
use crate::store::picture::PictureForm;

/// No person leaves a dialog so fast: it was never shown.
const NEVER_SHOWN: Duration = Duration::from_millis(200);

/// Shows the dialog and says what was chosen. "Nothing" may also mean that no dialog can be shown here.
#[expect(clippy::disallowed_methods, reason = "how fast the answer comes tells whether a dialog was seen")]
pub(super) fn pick_files(outlet: &Outlet) {
    let asked = Instant::now();
    let paths = rfd::FileDialog::new().pick_files().unwrap_or_default();
    let at_once = paths.is_empty() && asked.elapsed() < NEVER_SHOWN;
    outlet.send(Update::Picked { paths, at_once });
}

/// Shows the dialog for a file that is to be written, and says what was chosen. It asks before another one is replaced.
#[expect(clippy::disallowed_methods, reason = "how fast the answer comes tells whether a dialog was seen")]
pub(super) fn pick_place(name: &str, forms: &[PictureForm], outlet: &Outlet) {
    let asked = Instant::now();
    let dialog = rfd::FileDialog::new().set_file_name(name);
    let with_filter = |dialog: rfd::FileDialog, form: &PictureForm| {
        dialog.add_filter(form.ending().to_uppercase(), &[form.ending()])
    };
    let place = forms.iter().fold(dialog, with_filter).save_file();
    let at_once = place.is_none() && asked.elapsed() < NEVER_SHOWN;
    outlet.send(Update::PlacePicked { place, at_once });
}

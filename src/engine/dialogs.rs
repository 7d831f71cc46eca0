//! The file dialog of the system, on a thread of its own.

use std::time::{Duration, Instant};

use super::outlet::Outlet;
use crate::app::update::Update;

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

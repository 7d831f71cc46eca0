//! Texts that tell who watched, or let somebody in, bear a sign: pictures hide them wherever they stand, however short
//! they are. Of a text that was drawn nothing tells what it was but its format, so the sign is a bit of that.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{FontSelection, RichText, Ui, WidgetText};

/// A ground behind a text that bears the sign reaches so far beyond it, points: by a bit that nobody sees more than
/// that of any other.
const SIGN: f32 = 1.0 + 1.0 / 512.0;

/// The same format with the sign.
#[must_use]
pub fn signed(format: TextFormat) -> TextFormat {
    TextFormat { expand_bg: SIGN, ..format }
}

/// True for a format with the sign.
#[must_use]
pub fn is_signed(format: &TextFormat) -> bool {
    format.expand_bg.to_bits() == SIGN.to_bits()
}

/// Puts the sign on all of a text.
pub fn sign(job: &mut LayoutJob) {
    job.sections.iter_mut().for_each(|section| section.format.expand_bg = SIGN);
}

/// Words for a label, with the sign if they are identifying.
pub fn words(ui: &Ui, words: RichText, is_identifying: bool) -> WidgetText {
    if !is_identifying {
        return words.into();
    }
    let mut job = LayoutJob::default();
    words.append_to(&mut job, ui.style(), FontSelection::Default, ui.text_valign());
    sign(&mut job);
    job.into()
}

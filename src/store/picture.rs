//! What a picture of a session is to show, and in which form.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::loaded::LoadedCapture;
use crate::metrics::drawing::Drawing;
use crate::metrics::time_axis::TimeAxis;
use crate::model::id::SessionId;
use crate::model::language::Language;
use crate::redact::Redaction;

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureForm {
    /// Lines, shapes and text: as sharp as one likes, and its text can be searched.
    Svg,
    /// Pixels.
    Png,
}

impl PictureForm {
    /// How the names of such files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            PictureForm::Svg => "svg",
            PictureForm::Png => "png",
        }
    }

    /// The form that the name of a file says, by its ending.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<PictureForm> {
        let ending = path.extension()?.to_str()?;
        let forms = [PictureForm::Svg, PictureForm::Png];
        forms.into_iter().find(|form| ending.eq_ignore_ascii_case(form.ending()))
    }
}

/// Width and height of a picture: pixels of a PNG, user units of an SVG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSize {
    /// From left to right.
    pub width: u16,
    /// From top to bottom.
    pub height: u16,
}

impl Default for PictureSize {
    fn default() -> Self {
        PictureSize { width: 1280, height: 720 }
    }
}

/// Smaller pictures have no room for names beside lanes.
const LEAST_SIDE: u16 = 240;
/// Larger pictures are of no use and need much memory: four bytes a pixel.
const MOST_SIDE: u16 = 8192;

impl FromStr for PictureSize {
    type Err = String;

    /// Reads `1280x720`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |text: &str| {
            let side = text.parse::<u16>().ok();
            side.filter(|side| (LEAST_SIDE..=MOST_SIDE).contains(side))
        };
        let sides =
            text.split_once(['x', 'X', '×']).and_then(|(width, height)| side(width).zip(side(height)));
        let (width, height) = sides.ok_or_else(|| {
            format!(
                "expected WIDTHxHEIGHT in pixels, each from {LEAST_SIDE} to {MOST_SIDE}, such as 1280x720"
            )
        })?;
        Ok(PictureSize { width, height })
    }
}

/// The colors of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PictureTheme {
    /// For a bright page.
    #[default]
    Light,
    /// For a dark one.
    Dark,
}

/// A picture that is wanted: timeline and clock plot of a session.
#[derive(Debug, Clone)]
pub struct PictureOrder {
    /// The capture, judged.
    pub loaded: Arc<LoadedCapture>,
    /// The session.
    pub session: SessionId,
    /// What is drawn of it.
    pub drawing: Arc<Drawing>,
    /// Its time axis, where silences may be cut short.
    pub axis: Arc<TimeAxis>,
    /// What is shown of it, axis seconds; `None`: all.
    pub range: Option<(f64, f64)>,
    /// How it is written.
    pub form: PictureForm,
    /// How large it is.
    pub size: PictureSize,
    /// The colors.
    pub theme: PictureTheme,
    /// The language of its texts.
    pub language: Language,
    /// What is masked in its texts.
    pub redaction: Redaction,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_form() {
        for (name, form) in [
            ("a.svg", Some(PictureForm::Svg)),
            ("folder.png/a.SVG", Some(PictureForm::Svg)),
            ("a.PNG", Some(PictureForm::Png)),
            ("a.jpg", None),
            ("svg", None),
            ("-", None),
        ] {
            assert_eq!(PictureForm::of_name(Path::new(name)), form, "{name}");
        }
    }

    #[test]
    fn a_size_is_two_numbers_within_limits() {
        assert_eq!("1920x1080".parse(), Ok(PictureSize { width: 1920, height: 1080 }));
        for wrong in ["", "x", "1920", "1920x", "100x800", "800x100", "9000x800", "-1x800", "800x600x2"] {
            assert!(wrong.parse::<PictureSize>().is_err(), "{wrong}");
        }
    }
}

//! Writing a picture where the user wants it.

use std::io::ErrorKind;
use std::path::absolute;

use crate::app::picture::{PictureFailure, PictureMaker, PicturePlace};
use crate::app::update::Update;
use crate::files;

/// Draws and writes; nothing of the file is there until all of it is.
pub(super) fn write(maker: &PictureMaker, mut place: PicturePlace) -> Update {
    // Whoever typed a name alone is told the folder, too.
    place.path = absolute(&place.path).unwrap_or(place.path);
    match try_write(maker, &place) {
        Ok(()) => Update::PictureSaved { place: place.path },
        Err(failure) => Update::PictureNotSaved { place: place.path, failure },
    }
}

fn try_write(maker: &PictureMaker, place: &PicturePlace) -> Result<(), PictureFailure> {
    if place.captures.iter().any(|capture| files::is_same(capture, &place.path)) {
        return Err(PictureFailure::IsCapture);
    }
    // Drawing takes longer than a look.
    if !place.may_replace && place.path.exists() {
        return Err(PictureFailure::Exists);
    }
    let bytes = maker.make().map_err(PictureFailure::Failed)?;
    let written = if place.may_replace {
        files::write_by_rename(&place.path, |out| out.write_all(&bytes))
    } else {
        files::write_new(&place.path, &bytes)
    };
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => PictureFailure::Exists,
        _ => PictureFailure::Failed(error.to_string()),
    })
}

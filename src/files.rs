//! The only file IO: reading whole files, and writing so that a reader never sees half of one.

use crate::model::limits::MAX_FILE_BYTES;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Reads a whole file.
///
/// # Errors
/// When it cannot be read, or is larger than [`MAX_FILE_BYTES`].
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.len() > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES >> 30;
        let message = format!("larger than {limit} GiB, the most that is read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    std::fs::read(path)
}

/// Writes a file beside `path` and renames it when it is whole.
///
/// # Errors
/// When it cannot be created, written or renamed; `path` is then as it was before.
pub fn write_by_rename(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let mut file = BufWriter::new(File::create(&part)?);
    fill(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&part, path)
}

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

/// So many entries of a folder are offered.
const MAX_ENTRIES: usize = 200;

/// What can be typed on after `typed`: whole paths that begin like it, folders first and with a slash at
/// their end, each sorted. A folder that cannot be read has nothing to offer.
#[must_use]
pub fn begin_like(typed: &str) -> Vec<(String, bool)> {
    let (folder, begins) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let Ok(entries) = std::fs::read_dir(if folder.is_empty() { "." } else { folder }) else {
        return Vec::new();
    };
    let mut found: Vec<(bool, String)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !begins.starts_with('.');
            let wanted = !hidden && name.to_lowercase().starts_with(&begins.to_lowercase());
            // Links to folders are followed.
            let is_folder = std::fs::metadata(entry.path()).is_ok_and(|data| data.is_dir());
            let slash = if is_folder { "/" } else { "" };
            wanted.then(|| (!is_folder, format!("{folder}{name}{slash}")))
        })
        .collect();
    found.sort();
    found.truncate(MAX_ENTRIES);
    found.into_iter().map(|(is_file, path)| (path, !is_file)).collect()
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

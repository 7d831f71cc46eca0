//! Files that nobody but their owner may read: secrets, such as the key of the certificate authority.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Makes a file that only its owner can read, and its folder where that is missing. It appears whole or not at all,
/// and never takes the place of one that is there.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when it is there; else what the system says.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Others may be doing the same, and one that was killed may have left its file behind.
    let free = (0..u32::MAX).find_map(|n| {
        let beside = folder.join(format!(".{name}.{n}"));
        match write_new(&beside, bytes) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => None,
            written => Some((beside, written)),
        }
    });
    let (beside, written) = free.ok_or(io::ErrorKind::StorageFull)?;
    let linked = written.and_then(|()| std::fs::hard_link(&beside, path));
    // The name that was needed only for a moment goes in any case; the link has the file by now.
    let removed = std::fs::remove_file(&beside);
    linked?;
    removed?;
    // A folder can be synced on unix only; elsewhere the system keeps the order.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Reads a file that must not be readable by others; `None` when they can read or write it.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    if is_open_to_others(&file)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut file, &mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere the folder of the user's data is closed to others by itself.
#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

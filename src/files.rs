//! The only file IO: reading whole files, and writing so that a reader never sees half of one.

pub mod private;
pub mod project;
pub mod tail;

use crate::config::{self, Beside, BrokenConfig, Config, WhyBroken};
use crate::model::limits::MAX_FILE_BYTES;
use crate::store::project::PROJECT_ENDING;
#[cfg(unix)]
use rayon::prelude::{IndexedParallelIterator as _, ParallelIterator as _, ParallelSliceMut as _};
use std::fs::File;
use std::io::{self, BufWriter, Write};
#[cfg(unix)]
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Reads a whole file.
///
/// # Errors
/// When it cannot be read, or is larger than [`MAX_FILE_BYTES`].
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let len = std::fs::metadata(path)?.len();
    if len > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES >> 30;
        let message = format!("larger than {limit} GiB, the most that is read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    #[cfg(unix)]
    if len >= LARGE_BYTES {
        return read_large(path, usize::try_from(len).unwrap_or(usize::MAX));
    }
    std::fs::read(path)
}

/// Files from this size on are read by all cores: memory that takes the bytes costs more than they do.
#[cfg(unix)]
const LARGE_BYTES: u64 = 8 << 20;
/// So many bytes one core reads at once.
#[cfg(unix)]
const READ_BYTES: usize = 1 << 20;

/// Reads the first `len` bytes of a file, or all there are when it was cut in the meantime.
#[cfg(unix)]
fn read_large(path: &Path, len: usize) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = vec![0; len];
    let parts = bytes.par_chunks_mut(READ_BYTES).enumerate();
    match parts.try_for_each(|(number, part)| file.read_exact_at(part, (number * READ_BYTES) as u64)) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => std::fs::read(path),
        done => done.map(|()| bytes),
    }
}

/// Reads a configuration with the own schemas that it names, which lie relative to its folder.
///
/// # Errors
/// All that is wrong with it.
pub fn config(path: &Path) -> Result<Config, BrokenConfig> {
    let broken = |why| BrokenConfig { path: path.to_owned(), why };
    let bytes = read(path).map_err(|error| broken(WhyBroken::Unread(format!("cannot be read: {error}"))))?;
    let unfinished = config::read(&bytes);
    let folder = path.parent().unwrap_or(Path::new(""));
    let schemas: Vec<Result<Vec<u8>, String>> = (unfinished.wanted())
        .map(|wanted| read(&folder.join(wanted)).map_err(|error| format!("cannot be read: {error}")))
        .collect();
    unfinished.finish(&schemas).map_err(|errors| broken(WhyBroken::Errors(errors)))
}

/// The configuration beside a capture ([`config::beside`]) with its path, `None` when there is none.
///
/// # Errors
/// All that is wrong with it.
pub fn config_beside(capture: Option<&Path>) -> Beside {
    let path = config::beside(capture);
    // whatever else keeps it from being read is said, not passed over
    if matches!(std::fs::metadata(&path), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    config(&path).map(|config| Some((path, Arc::new(config))))
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

/// Where the project file of a capture may be: beside it, else in the user's data folder.
fn project_places(capture: &Path) -> Vec<PathBuf> {
    let mut beside = capture.as_os_str().to_owned();
    beside.push(PROJECT_ENDING);
    let mut places = vec![PathBuf::from(beside)];
    if let (Some(folder), Ok(whole)) = (dirs::data_dir(), std::path::absolute(capture)) {
        // One flat folder: the path becomes the name, within what file systems take.
        let name: String =
            whole.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let hash = twox_hash::XxHash3_128::oneshot(whole.as_os_str().as_encoded_bytes());
        let from = name.char_indices().rev().nth(80).map_or(0, |(at, _)| at);
        places.push(folder.join("playtrace").join(format!("{}-{hash:032x}{PROJECT_ENDING}", &name[from..])));
    }
    places
}

/// Reads the project file of a capture; `None` when there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_project(capture: &Path) -> io::Result<Option<Vec<u8>>> {
    // Where both are there, the folder of the capture was not writable for some time: the latest counts.
    let modified = |place: &PathBuf| std::fs::metadata(place).and_then(|data| data.modified()).ok();
    let places = project_places(capture).into_iter().filter_map(|place| Some((modified(&place)?, place)));
    places.max_by_key(|(modified, _)| *modified).map(|(_, place)| std::fs::read(place)).transpose()
}

/// Writes the project file of a capture beside it, or in the user's data folder where that cannot be written. A file
/// there that is not ours (`is_ours`) is kept under another name. Gives the place.
///
/// # Errors
/// When it can be written in neither place.
pub fn write_project(capture: &Path, bytes: &[u8], is_ours: impl Fn(&[u8]) -> bool) -> io::Result<PathBuf> {
    write_first(&project_places(capture), bytes, is_ours)
}

/// Writes at the first place where that can be done. Folders are made for all but the first.
fn write_first(places: &[PathBuf], bytes: &[u8], is_ours: impl Fn(&[u8]) -> bool) -> io::Result<PathBuf> {
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for (n, place) in places.iter().enumerate() {
        let folder = place.parent().filter(|_| n > 0);
        let written = folder
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| keep_other(place, &is_ours))
            .and_then(|()| write_by_rename(place, |out| out.write_all(bytes)));
        match written {
            Ok(()) => return Ok(place.clone()),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Renames a file that is not ours to the first free name ending in `.old`, `.old-2` and so on.
fn keep_other(place: &Path, is_ours: impl Fn(&[u8]) -> bool) -> io::Result<()> {
    match std::fs::read(place) {
        Ok(bytes) if !is_ours(&bytes) => {
            let named = |n: u32| {
                let mut name = place.as_os_str().to_owned();
                name.push(if n == 1 { ".old".to_owned() } else { format!(".old-{n}") });
                PathBuf::from(name)
            };
            let free = (1..).map(named).find(|name| !name.exists());
            free.map_or(Ok(()), |free| std::fs::rename(place, free))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A path for a new journal in the user's data folder, named after the time; its folder is made.
///
/// # Errors
/// When there is no such folder and none can be made.
pub fn new_journal(now: jiff::Timestamp) -> io::Result<PathBuf> {
    let none = || io::Error::new(io::ErrorKind::NotFound, "this user has no data folder");
    let folder = dirs::data_dir().ok_or_else(none)?.join("playtrace").join("captures");
    std::fs::create_dir_all(&folder)?;
    // Colons are no part of a name everywhere.
    let name = format!("{now:.3}").replace(':', "-");
    Ok(folder.join(format!("{name}.jsonl")))
}

/// Writes a file beside `path` and renames it when it is whole.
///
/// # Errors
/// When it cannot be created, written or renamed; `path` is then as it was before.
pub fn write_by_rename(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    static N_PARTS: AtomicU64 = AtomicU64::new(0);
    // Several threads and programs may write the same file at once: each has a part of its own, and the last one counts.
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}-{}.part", std::process::id(), N_PARTS.fetch_add(1, Ordering::Relaxed)));
    let mut file = BufWriter::new(File::create_new(&part)?);
    let filled = fill(&mut file)
        .and_then(|()| file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all())
        .and_then(|()| std::fs::rename(&part, path));
    if filled.is_err() {
        // What is not whole is of no use; the error is told, not that of cleaning up.
        drop(std::fs::remove_file(&part));
    }
    filled
}

/// Writes a file where none is; it is seen only when it is whole, but for its name.
///
/// # Errors
/// When something of that name is there, or it cannot be written; nothing of it is then left.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // The name is taken first, so that nobody else can take it in the meantime.
    File::create_new(path)?;
    let written = write_by_rename(path, |out| out.write_all(bytes));
    if written.is_err() {
        drop(std::fs::remove_file(path));
    }
    written
}

/// True when both names say the same file, whichever way they lead to it.
#[must_use]
pub fn is_same(a: &Path, b: &Path) -> bool {
    match (std::fs::canonicalize(a), std::fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        // One that is not there is no other one.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_large_file_is_read_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("large");
        let bytes: Vec<u8> =
            (0..(9 << 20) + 5).map(|at: u32| (at.wrapping_mul(2_654_435_769) >> 24) as u8).collect();
        std::fs::write(&path, &bytes).expect("written");
        assert!(read(&path).expect("can be read") == bytes);
        // It is cut between the look at its length and the reading.
        assert!(read_large(&path, bytes.len() + READ_BYTES).expect("can be read") == bytes);
    }

    #[test]
    fn a_new_file_takes_the_place_of_no_other() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.png");
        write_new(&path, b"first").expect("nothing is there");
        let again = write_new(&path, b"second").map_err(|error| error.kind());
        assert_eq!(again, Err(io::ErrorKind::AlreadyExists));
        assert_eq!(std::fs::read(&path).expect("it is there"), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "and nothing beside it");
    }

    #[test]
    fn who_writes_a_file_while_it_is_being_written_does_not_touch_the_other_part() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.png");
        let outer = write_by_rename(&path, |out| {
            out.write_all(b"outer ")?;
            out.flush()?;
            write_by_rename(&path, |out| out.write_all(b"inner")).expect("it has a part of its own");
            assert_eq!(std::fs::read(&path).expect("it is there"), b"inner");
            out.write_all(b"whole")
        });
        outer.expect("its part is still there");
        assert_eq!(std::fs::read(&path).expect("it is there"), b"outer whole");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "and nothing beside it");
    }

    #[cfg(unix)]
    #[test]
    fn two_ways_to_a_file_lead_to_the_same_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, link) = (folder.path().join("a.har"), folder.path().join("b.png"));
        std::fs::write(&path, b"a").expect("written");
        std::os::unix::fs::symlink(&path, &link).expect("linked");
        assert!(is_same(&path, &link));
        assert!(!is_same(&path, &folder.path().join("c.png")));
    }

    #[test]
    fn a_project_goes_to_the_data_folder_where_the_folder_of_the_capture_is_closed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let places = [folder.path().join("gone/a.json"), folder.path().join("data/playtrace/a.json")];
        write_first(&places, b"{}", |_| true).expect("the second is open");
        assert!(!places[0].exists());
        assert_eq!(std::fs::read(&places[1]).expect("written"), b"{}");
        let closed = write_first(&places[..1], b"{}", |_| true);
        assert!(closed.is_err_and(|error| error.kind() == io::ErrorKind::NotFound));
    }

    #[test]
    fn a_file_of_somebody_else_is_kept_under_another_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let capture = folder.path().join("a.har");
        let is_ours = |bytes: &[u8]| bytes.starts_with(b"ours");
        let beside = folder.path().join("a.har.playtrace.json");
        for (there, written) in [("first", "ours 1"), ("second", "ours 2")] {
            std::fs::write(&beside, there).expect("written");
            write_project(&capture, written.as_bytes(), is_ours).expect("can be");
        }
        write_project(&capture, b"ours 3", is_ours).expect("can be");
        let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it is there");
        assert_eq!(text("a.har.playtrace.json"), "ours 3");
        assert_eq!(text("a.har.playtrace.json.old"), "first");
        assert_eq!(text("a.har.playtrace.json.old-2"), "second");
        assert_eq!(read_project(&capture).expect("can be read"), Some(b"ours 3".to_vec()));
    }
}

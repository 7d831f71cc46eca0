//! The files of a journal: opening, locking, continuing one, and beginning the next.

use super::{JournalConfig, JournalError, JournalNotice};
use crate::ingest::journal::{Line, OPENING, VERSION, lines};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// What a journal is written to.
pub(super) trait Disk: Send {
    /// Appends some of the bytes and says how many.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Returns when all that was written would survive a loss of power.
    fn sync(&mut self) -> io::Result<()>;
    /// Takes back what stands from byte `len` on.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
}

/// A file that no other collector writes.
struct Locked(File);

impl Disk for Locked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut self.0, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing it is not enough while a process that was just started has a copy of the handle. Where there are no
        // locks there is none to give back.
        self.0.unlock().unwrap_or_default();
    }
}

/// Where the next file comes from.
pub(super) trait Shelf: Send {
    /// Begins the next file; says what happened. `None`: there are as many as there may be.
    fn next(&mut self, notice: &dyn Fn(JournalNotice)) -> io::Result<Option<Box<dyn Disk>>>;
    /// The file that was begun last.
    fn path(&self) -> &Path;
}

/// A file to write to.
pub(super) struct Opened {
    /// The file, at its end.
    pub(super) disk: Box<dyn Disk>,
    /// Its size, bytes.
    pub(super) len: u64,
    /// True when its last line has no end.
    pub(super) torn: bool,
    /// The number of the next request.
    pub(super) next: u64,
}

/// The files of a journal.
pub(super) struct Series {
    first: PathBuf,
    max_files: u32,
    drops_oldest: bool,
    /// The number of the file that is written.
    number: u32,
    path: PathBuf,
}

impl Series {
    /// Opens the last file of the journal, or begins the first.
    pub(super) fn open(config: &JournalConfig) -> Result<(Series, Opened), JournalError> {
        let first = config.path.clone();
        let JournalConfig { max_files, drops_oldest, limit_bytes, .. } = *config;
        let unwritable = |why, path: &Path| JournalError::Unwritable { why, path: path.to_owned() };
        let numbers = existing(&first).map_err(|why| unwritable(why, &first))?;
        let number = numbers.last().copied().unwrap_or(1);
        let path = numbered(&first, number);
        let opened = open_file(&path)?;
        if opened.len >= limit_bytes && !drops_oldest && numbers.len() as u64 >= u64::from(max_files) {
            return Err(JournalError::Full { max_files, path });
        }
        Ok((Series { first, max_files, drops_oldest, number, path }, opened))
    }
}

impl Shelf for Series {
    fn next(&mut self, notice: &dyn Fn(JournalNotice)) -> io::Result<Option<Box<dyn Disk>>> {
        let numbers = existing(&self.first)?;
        let too_many = (numbers.len() + 1).saturating_sub(self.max_files.max(1) as usize);
        if too_many > 0 && !self.drops_oldest {
            return Ok(None);
        }
        // First of all, so that a file which cannot be deleted does not leave more and more behind it.
        for number in &numbers[..too_many.min(numbers.len())] {
            let oldest = numbered(&self.first, *number);
            std::fs::remove_file(&oldest)?;
            notice(JournalNotice::Deleted(oldest));
        }
        let number = numbers.last().copied().unwrap_or(self.number) + 1;
        let path = numbered(&self.first, number);
        let file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        let locked = lock(&file).and_then(|_| sync_folder(&path));
        if let Err(why) = locked {
            std::fs::remove_file(&path)?;
            return Err(why);
        }
        notice(JournalNotice::NextFile(path.clone()));
        (self.number, self.path) = (number, path);
        Ok(Some(Box::new(Locked(file))))
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

/// The file with this number: the first one has none in its name.
fn numbered(first: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return first.to_owned();
    }
    let stem = first.file_stem().unwrap_or_default().to_owned();
    let mut name = stem;
    name.push(format!(".{number}"));
    if let Some(ending) = first.extension() {
        name.push(".");
        name.push(ending);
    }
    first.with_file_name(name)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The numbers of the files that are there, rising.
fn existing(first: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder(first))? {
        let name = entry?.file_name();
        if Some(name.as_os_str()) == first.file_name() {
            numbers.push(1);
            continue;
        }
        // Whatever stands where the number does must give this very name.
        let name = name.to_string_lossy();
        let digits = name.split('.').rev().take(2).find_map(|part| part.parse().ok());
        let matches = |number: &u32| numbered(first, *number).file_name().is_some_and(|own| *own == *name);
        numbers.extend(digits.filter(|number| *number > 1).filter(matches));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn open_file(path: &Path) -> Result<Opened, JournalError> {
    let unwritable = |why| JournalError::Unwritable { why, path: path.to_owned() };
    let not_regular = std::fs::metadata(path).is_ok_and(|data| !data.is_file());
    if not_regular {
        return Err(unwritable(io::Error::other("it is no regular file")));
    }
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(unwritable)?;
    if !lock(&file).map_err(unwritable)? {
        return Err(JournalError::InUse(path.to_owned()));
    }
    let len = file.metadata().map_err(unwritable)?.len();
    check_head(&mut file, path)?;
    let torn = len > 0 && last_byte(&mut file).map_err(unwritable)? != b'\n';
    let next = last_number(&mut file, len).map_err(unwritable)? + 1;
    sync_folder(path).map_err(unwritable)?;
    Ok(Opened { disk: Box::new(Locked(file)), len, torn, next })
}

/// Takes the lock; false when another process has it.
fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        // Some network file systems have no locks.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// So long the first line is at most.
const MAX_HEAD_BYTES: u64 = 4096;

/// Refuses what is no journal, or one of another version. A first line that was cut or changed is passed over.
fn check_head(file: &mut File, path: &Path) -> Result<(), JournalError> {
    let mut head = Vec::new();
    let read = file.rewind().and_then(|()| (&*file).take(MAX_HEAD_BYTES).read_to_end(&mut head));
    read.map_err(|why| JournalError::Unwritable { why, path: path.to_owned() })?;
    if !head.starts_with(&OPENING[..OPENING.len().min(head.len())]) {
        return Err(JournalError::NoJournal(path.to_owned()));
    }
    let (line, whole) = lines(&head, 0..head.len()).next().unwrap_or((0..0, false));
    match Line::of(&head[line]).filter(|_| whole) {
        Some(Line::Start { version, .. }) if version != VERSION => {
            Err(JournalError::OtherVersion { version, path: path.to_owned() })
        }
        _ => Ok(()),
    }
}

fn last_byte(file: &mut File) -> io::Result<u8> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last[0])
}

/// So much of the end of a file is read to find its last number; more when no line is whole there.
const TAIL_BYTES: u64 = 1 << 20;

/// The highest number in the file, 0 without one. Reads from the end back to the last request or start of a run
/// that is whole: numbers rise from there.
fn last_number(file: &mut File, len: u64) -> io::Result<u64> {
    let mut tail_len = TAIL_BYTES.min(len);
    loop {
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(len - tail_len))?;
        file.read_to_end(&mut tail)?;
        let mut found = None;
        let mut highest = 0;
        for (line, _) in lines(&tail, 0..tail.len()).filter(|(_, whole)| *whole) {
            let number = match Line::of(&tail[line]) {
                Some(Line::Start { next, .. }) => next.saturating_sub(1),
                Some(Line::Request(number)) => number,
                Some(Line::Answer(number)) => {
                    highest = highest.max(number);
                    continue;
                }
                Some(Line::Gap(_)) | None => continue,
            };
            found = found.max(Some(number));
        }
        if found.is_some() || tail_len == len {
            return Ok(highest.max(found.unwrap_or(0)));
        }
        tail_len = (tail_len * 8).min(len);
    }
}

/// Makes the name of a new file survive a loss of power.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// Elsewhere folders cannot be synced.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other platform's may fail")]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

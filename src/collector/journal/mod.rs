//! The journal: the append-only record on disk of what arrived and what was answered.
//!
//! # Format, version 1
//!
//! UTF-8 text, one JSON object a line, each line ended by `\n`. The first member says what a line is:
//!
//! | First member | Holds |
//! |---|---|
//! | `"playtrace":"journal"` | a run begins: `version` (1), `started`, `program` (its version), `next` (the number of its first request). The first line of every file, and one more for each run that continues it |
//! | `"request":N` | `at`, `via` (`stand-in`, `forward`, `proxy`), `scheme` (`http`, `https`), `method`, `target` (as in the request line), `http` (version), `headers`, the body, `cut` |
//! | `"answer":N` | the answer to request `N`: `at`, `by` (`stand-in`, `upstream`, `collector`), `status` (`null`: nothing was answered), `headers`, the body, `cut`, `fault` (one that was injected), `failure` (what kept a real answer from coming). Of two for one number the later counts |
//! | `"gap":N` | `N` requests were refused since they could not be written: `at`, `until`, `why` |
//!
//! - Numbers rise from 1 and go on in the next run and the next file. Times are ISO 8601, UTC, microseconds.
//! - `headers` is an array of `[name, value]` in the order of arrival, but those of one name stand together; names that came
//!   from outside are in lower case, however they were written; a value that is not UTF-8 is `[name, base64, "base64"]`.
//! - The body is `body` (text) where its bytes are UTF-8, else `body64` (base64); absent when empty. It is as sent:
//!   still packed if it came so. `cut: true`: only its beginning is there.
//! - `sum` is the last member of every line: XXH3 (64 bits, seed 0), 16 lower-case hexadecimal digits, of all bytes of
//!   the line before `,"sum"`. In Python: `xxhash.xxh3_64_hexdigest(line[:-26])`.
//! - Members without a value are left out. Members may be added; a reader passes over those that it does not know.
//! - A line whose checksum is wrong was cut or changed: a reader leaves it out. What was written is never changed; a
//!   line that a crash cut gets its line end when the journal is continued.
//!
//! # Promise
//!
//! [`Recorder::answered`] is done when request and answer are written, and synced to the disk with
//! [`SyncMode::Always`]. All that wait are written at once and share one sync. What could not be written is taken back,
//! so that nothing stands in the file that a player was not told; the player gets an error, and the next request tries
//! again.
//!
//! | Module | Does |
//! |---|---|
//! | [`line`] | requests and answers → lines |
//! | [`series`] | the files: opening, locking, continuing, the next one |
//! | [`writer`] | what is written when, and what happens when it cannot be |

mod line;
mod series;
mod writer;

use super::now;
use super::recorder::{Answered, Arrived, Kept, RecordError, Recorder};
use crate::model::reason::Reason;
use series::{Series, Shelf as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};
use writer::{Item, Writer};

/// When an answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncMode {
    /// After the disk has confirmed: nothing acknowledged is lost when the power fails.
    #[default]
    Always,
    /// After the system has taken the bytes: nothing acknowledged is lost when the program dies, the last seconds may
    /// be when the power fails or the system crashes.
    Os,
}

/// How a journal is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalConfig {
    /// The first file; further ones get a number before their ending.
    pub path: PathBuf,
    /// When an answer goes out.
    pub sync: SyncMode,
    /// From this size on, bytes, the next file is begun as soon as no request waits for its answer, and at an eighth
    /// and a MiB more at the latest.
    pub limit_bytes: u64,
    /// So many files are kept.
    pub max_files: u32,
    /// When there are so many: true deletes the oldest, false refuses new requests.
    pub drops_oldest: bool,
}

/// Usual size of a file, bytes.
pub const LIMIT_BYTES: u64 = 1 << 30;
/// Usual number of files.
pub const MAX_FILES: u32 = 8;

impl JournalConfig {
    /// The usual limits.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        let sync = SyncMode::default();
        Self { path, sync, limit_bytes: LIMIT_BYTES, max_files: MAX_FILES, drops_oldest: false }
    }
}

/// Why a journal cannot be kept. What was there stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be opened or written.
    #[error("cannot write the journal: {why}: {path}")]
    Unwritable {
        /// What the system says.
        why: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// Another collector writes it.
    #[error("another collector writes this journal: {0}")]
    InUse(PathBuf),
    /// There is something else under this name.
    #[error("there is a file that is no journal, it stays as it is: {0}")]
    NoJournal(PathBuf),
    /// It was begun by a later version.
    #[error("this journal has version {version} of the format, this program writes version 1: {path}")]
    OtherVersion {
        /// The version.
        version: u64,
        /// The file.
        path: PathBuf,
    },
    /// It has as many full files as it may have.
    #[error("all {max_files} files of the journal are full: {path}")]
    Full {
        /// How many it may have.
        max_files: u32,
        /// The last of them.
        path: PathBuf,
    },
}

impl JournalError {
    /// The reason for who chose the journal.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let english = self.to_string();
        let shown = |path: &Path| ("path", path.display().to_string());
        match self {
            JournalError::Unwritable { why, path } => {
                Reason::new("why.journal-unwritable", [shown(path), ("why", why.to_string())], english)
            }
            JournalError::InUse(path) => Reason::new("why.journal-in-use", [shown(path)], english),
            JournalError::NoJournal(path) => Reason::new("why.journal-other", [shown(path)], english),
            JournalError::OtherVersion { version, path } => {
                let values = [shown(path), ("version", version.to_string())];
                Reason::new("why.journal-version", values, english)
            }
            JournalError::Full { path, .. } => Reason::new("why.journal-all-full", [shown(path)], english),
        }
    }
}

/// What a journal has to say while it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalNotice {
    /// Writing began to fail: what the system says.
    #[error("the journal cannot be written, players get 503: {0}")]
    Failing(String),
    /// Writing works again.
    #[error("the journal can be written again; {n_refused} requests were refused")]
    Works {
        /// So many requests were refused meanwhile.
        n_refused: u64,
    },
    /// All files are full.
    #[error("all files of the journal are full, players get 503: {0}")]
    Full(PathBuf),
    /// The next file was begun.
    #[error("the journal goes on in {0}")]
    NextFile(PathBuf),
    /// The oldest file was deleted, as asked.
    #[error("the oldest file of the journal was deleted: {0}")]
    Deleted(PathBuf),
}

/// How far a journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The file that is written.
    pub path: Arc<Path>,
    /// So many bytes of it stand for good: whole lines, never taken back.
    pub n_bytes: u64,
}

/// A journal that is being written, on a thread of its own.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    progress: watch::Receiver<Progress>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

/// What waits to be written: no more than the requests that are under way, since each waits for its answer's end.
#[derive(Debug)]
struct Queue {
    items: Vec<Item>,
    next: u64,
    ending: bool,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues what `make` makes of the number of the next request; after the end nothing is.
    fn push(&self, make: impl FnOnce(&mut u64) -> Item) {
        let mut queue = self.queue();
        let item = make(&mut queue.next);
        if !queue.ending {
            queue.items.push(item);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// Waits for something to write; `None` at the end.
    fn take(&self) -> Option<Vec<Item>> {
        let waits = |queue: &mut Queue| queue.items.is_empty() && !queue.ending;
        let mut queue = self.wake.wait_while(self.queue(), waits).unwrap_or_else(PoisonError::into_inner);
        let items = std::mem::take(&mut queue.items);
        (!items.is_empty()).then_some(items)
    }
}

/// However the writing ends: nobody may wait for it any more.
struct Ends(Arc<Shared>);

impl Drop for Ends {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.ending = true;
        queue.items.clear();
    }
}

impl Journal {
    /// Begins a journal, or continues the one that is there, and starts to write. `notice` is called on the thread
    /// that writes: it must not wait.
    ///
    /// # Errors
    /// When it cannot be written, or is not to be.
    pub fn open(
        config: &JournalConfig,
        notice: impl Fn(JournalNotice) + Send + 'static,
    ) -> Result<Journal, JournalError> {
        let (series, file) = Series::open(config)?;
        let unwritable = |why, path: &Path| JournalError::Unwritable { why, path: path.to_owned() };
        let path: Arc<Path> = Arc::from(series.path());
        let next = file.next;
        let (send, progress) = watch::channel(Progress { path: Arc::clone(&path), n_bytes: 0 });
        let mut writer = Writer::new(config, Box::new(series), file, send, Box::new(notice));
        writer.begin(now()).map_err(|why| unwritable(why, &path))?;
        let queue = Mutex::new(Queue { items: Vec::new(), next, ending: false });
        let shared = Arc::new(Shared { queue, wake: Condvar::new() });
        let items = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let items = Ends(items);
            while let Some(items) = items.0.take() {
                writer.write(items, now());
            }
            writer.end();
        });
        let thread = thread.map_err(|why| unwritable(why, &path))?;
        Ok(Journal { shared, progress, writer: Mutex::new(Some(thread)) })
    }

    /// How far it is; changes with each write.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Writes what waits and ends. What comes later is refused.
    pub fn close(&self) {
        self.shared.queue().ending = true;
        self.shared.wake.notify_one();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A writer that died has refused what it had.
        drop(writer.map(JoinHandle::join));
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

impl Recorder for Journal {
    fn arrived(&self, arrived: Arrived) -> u64 {
        let mut number = 0;
        self.shared.push(|next| {
            number = *next;
            *next += 1;
            Item::Request(number, arrived)
        });
        number
    }

    fn answered(&self, number: u64, answered: Answered) -> Kept {
        let (kept, done) = oneshot::channel();
        self.shared.push(|_| Item::Answer(number, answered, kept));
        Box::pin(async move { done.await.unwrap_or(Err(RecordError::Ended)) })
    }
}

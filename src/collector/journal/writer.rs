//! What is written when, and what happens when it cannot be.

use super::line;
use super::series::{Disk, Opened, Shelf};
use super::{JournalConfig, JournalNotice, Progress, SyncMode};
use crate::collector::recorder::{Answered, Arrived, RecordError};
use crate::model::clock::ReceivedAt;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// Tells whoever waits for an answer to be kept.
type Done = oneshot::Sender<Result<(), RecordError>>;

/// Something to write.
#[derive(Debug)]
pub(super) enum Item {
    /// A request with its number.
    Request(u64, Arrived),
    /// The answer to a request, and who waits for it.
    Answer(u64, Answered, Done),
}

/// A file may grow by so many bytes, and an eighth, beyond the limit while requests wait for their answers.
const SLACK_BYTES: u64 = 1 << 20;
/// A buffer larger than this is given back after use, bytes.
const KEPT_BUFFER_BYTES: usize = 1 << 20;
/// So many requests get their 503 into the journal when it can be written again; of more only the number.
const MAX_UNKEPT: usize = 10_000;

/// Writes a journal.
pub(super) struct Writer {
    shelf: Box<dyn Shelf>,
    disk: Box<dyn Disk>,
    sync: SyncMode,
    limit_bytes: u64,
    /// So many bytes stand in the file.
    len: u64,
    /// The number of the next request, as far as was seen here.
    next: u64,
    /// The file ends in a line without an end.
    torn: bool,
    /// The line that begins a run is still to be written.
    owes_start: bool,
    /// All files are full.
    full: bool,
    /// Requests that stand in the journal without their answers.
    open: BTreeSet<u64>,
    trouble: Trouble,
    said: Said,
    buffer: Vec<u8>,
    progress: watch::Sender<Progress>,
    notice: Box<dyn Fn(JournalNotice) + Send>,
}

/// After so many writes in a row that went well writing is said to work again: a disk that is almost full takes small
/// pieces and refuses others.
const WRITES_TO_TRUST: u32 = 20;

/// What was said of writing that fails.
#[derive(Default)]
struct Said {
    /// That it fails.
    failing: bool,
    /// Writes that went well since the last one that did not.
    n_good: u32,
    /// Requests that were refused since.
    n_refused: u64,
}

/// What could not be written since it last could.
#[derive(Default)]
struct Trouble {
    /// What the system said, and when first.
    why: Option<(String, ReceivedAt)>,
    /// Requests in the journal whose answers are not: the players got 503.
    unkept: Vec<(u64, ReceivedAt)>,
    /// Requests that are not in the journal.
    n_lost: u64,
}

impl Writer {
    /// Writes to this file, then to further ones of the shelf.
    pub(super) fn new(
        config: &JournalConfig,
        shelf: Box<dyn Shelf>,
        file: Opened,
        progress: watch::Sender<Progress>,
        notice: Box<dyn Fn(JournalNotice) + Send>,
    ) -> Self {
        Self {
            shelf,
            disk: file.disk,
            sync: config.sync,
            limit_bytes: config.limit_bytes,
            len: file.len,
            next: file.next,
            torn: file.torn,
            owes_start: true,
            full: false,
            open: BTreeSet::new(),
            trouble: Trouble::default(),
            said: Said::default(),
            buffer: Vec::new(),
            progress,
            notice,
        }
    }

    /// Writes the line that begins a run.
    pub(super) fn begin(&mut self, now: ReceivedAt) -> io::Result<()> {
        self.prepare(now)?;
        self.put(true)
    }

    /// Writes everything at once, syncs once if anybody waits for that, and tells all who wait.
    pub(super) fn write(&mut self, items: Vec<Item>, now: ReceivedAt) {
        let prepared = self.prepare(now);
        let mut requests = Vec::new();
        let mut answers = Vec::new();
        for item in items {
            match item {
                Item::Request(number, arrived) => {
                    self.next = self.next.max(number + 1);
                    if self.full {
                        continue;
                    }
                    line::request(&mut self.buffer, number, &arrived);
                    self.open.insert(number);
                    requests.push(number);
                }
                Item::Answer(number, answered, done) if self.open.contains(&number) => {
                    line::answer(&mut self.buffer, number, &answered);
                    answers.push((number, done));
                }
                Item::Answer(_, _, done) => {
                    self.said.n_refused += 1;
                    refuse(done, self.refusal());
                }
            }
        }
        let sync = self.sync == SyncMode::Always && !answers.is_empty();
        match prepared.and_then(|()| self.put(sync)) {
            Ok(()) => self.kept(answers),
            Err(error) => self.unkept(&error, &requests, answers, now),
        }
        self.buffer.shrink_to(KEPT_BUFFER_BYTES);
    }

    /// What waits to be told has been written; makes sure that it stays.
    pub(super) fn end(&mut self) {
        if let Err(error) = self.disk.sync() {
            (self.notice)(JournalNotice::Failing(error.to_string()));
        }
    }

    /// Begins the next file where it is time, and puts into the buffer what must come first.
    fn prepare(&mut self, now: ReceivedAt) -> io::Result<()> {
        self.buffer.clear();
        let at_latest = self.limit_bytes.saturating_add(self.limit_bytes / 8 + SLACK_BYTES);
        let due = self.len >= if self.open.is_empty() { self.limit_bytes } else { at_latest };
        if due && !self.full {
            // What is not yet synced here could not be later.
            self.disk.sync()?;
            match self.shelf.next(&*self.notice)? {
                Some(disk) => {
                    (self.disk, self.len, self.torn, self.owes_start) = (disk, 0, false, true);
                }
                None => {
                    self.full = true;
                    (self.notice)(JournalNotice::Full(self.shelf.path().to_owned()));
                }
            }
        }
        if self.torn {
            self.buffer.push(b'\n');
        }
        if self.owes_start {
            line::start(&mut self.buffer, now, self.next);
        }
        let Some((why, at)) = &self.trouble.why else { return Ok(()) };
        for (number, at) in &self.trouble.unkept {
            line::unkept(&mut self.buffer, *number, *at, why);
        }
        if self.trouble.n_lost > 0 {
            line::gap(&mut self.buffer, self.trouble.n_lost, *at, now, why);
        }
        Ok(())
    }

    /// Writes the buffer; takes back what was written when not all could be.
    fn put(&mut self, sync: bool) -> io::Result<()> {
        let mut n_written = 0;
        let written = write_all(&mut *self.disk, &self.buffer, &mut n_written);
        let done = written.and_then(|()| if sync { self.disk.sync() } else { Ok(()) });
        if let Err(error) = done {
            if n_written > 0 && self.disk.truncate(self.len).is_err() {
                self.len += n_written as u64;
                self.torn = true;
            }
            return Err(error);
        }
        self.len += n_written as u64;
        (self.torn, self.owes_start) = (false, false);
        let progress = Progress { path: Arc::from(self.shelf.path()), n_bytes: self.len };
        self.progress.send_replace(progress);
        Ok(())
    }

    fn kept(&mut self, answers: Vec<(u64, Done)>) {
        self.trouble = Trouble::default();
        if self.said.failing {
            self.said.n_good += 1;
            if self.said.n_good == WRITES_TO_TRUST {
                (self.notice)(JournalNotice::Works { n_refused: self.said.n_refused });
                self.said = Said::default();
            }
        }
        for (number, done) in answers {
            self.open.remove(&number);
            // Whoever waited may have gone: that its answer is kept does not change.
            drop(done.send(Ok(())));
        }
    }

    fn unkept(&mut self, error: &io::Error, requests: &[u64], answers: Vec<(u64, Done)>, now: ReceivedAt) {
        let why = error.to_string();
        self.trouble.why.get_or_insert((why.clone(), now));
        self.said.n_good = 0;
        if !std::mem::replace(&mut self.said.failing, true) {
            (self.notice)(JournalNotice::Failing(why.clone()));
        }
        for number in requests {
            self.open.remove(number);
            self.trouble.n_lost += 1;
        }
        for (number, done) in answers {
            let was_open = self.open.remove(&number);
            if was_open && self.trouble.unkept.len() < MAX_UNKEPT {
                self.trouble.unkept.push((number, now));
            } else if was_open {
                self.trouble.n_lost += 1;
            }
            self.said.n_refused += 1;
            refuse(done, RecordError::Unwritten(why.clone()));
        }
    }

    /// Why a request that is not in the journal is refused.
    fn refusal(&self) -> RecordError {
        match &self.trouble.why {
            Some((why, _)) => RecordError::Unwritten(why.clone()),
            None if self.full => RecordError::Full,
            None => RecordError::Ended,
        }
    }
}

fn refuse(done: Done, why: RecordError) {
    drop(done.send(Err(why)));
}

/// Writes all bytes; `n_written` counts them also when that fails.
fn write_all(disk: &mut dyn Disk, bytes: &[u8], n_written: &mut usize) -> io::Result<()> {
    while *n_written < bytes.len() {
        match disk.write(&bytes[*n_written..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => *n_written += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

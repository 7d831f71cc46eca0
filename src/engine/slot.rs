//! Where the outside leaves what it tells of the collector: in order, and of several snapshots only the newest.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::app::port::Waker;
use crate::app::update::Update;

/// A place for updates about the collector. What is not taken costs one snapshot, however long it lies there.
pub(super) struct Slot {
    updates: Mutex<VecDeque<Update>>,
    waker: Waker,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot")
    }
}

impl Slot {
    pub(super) fn new(waker: Waker) -> Slot {
        Slot { updates: Mutex::default(), waker }
    }

    /// Leaves an update and wakes the window; a snapshot takes the place of one that was not taken.
    pub(super) fn put(&self, update: Update) {
        self.with(|updates| {
            let run_of = |update: &Update| match update {
                Update::Grew { run, .. } => Some(*run),
                _ => None,
            };
            let run = run_of(&update);
            if run.is_some() && updates.back().and_then(run_of) == run {
                updates.pop_back();
            }
            updates.push_back(update);
        });
        (self.waker)();
    }

    /// Takes the next update.
    pub(super) fn take(&self) -> Option<Update> {
        self.with(VecDeque::pop_front)
    }

    /// True when all was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.with(|updates| updates.is_empty())
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Update>) -> T) -> T {
        act(&mut self.updates.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

//! The way of updates to the window.

use std::fmt;
use std::sync::mpsc::{SyncSender, TrySendError};

use crate::app::port::Waker;
use crate::app::update::Update;

/// Sends updates and wakes the window.
#[derive(Clone)]
pub(super) struct Outlet {
    updates: SyncSender<Update>,
    waker: Waker,
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outlet")
    }
}

impl Outlet {
    pub(super) fn new(updates: SyncSender<Update>, waker: Waker) -> Self {
        Self { updates, waker }
    }

    /// Sends an update, waits for room; false when the window is gone.
    pub(super) fn send(&self, update: Update) -> bool {
        let sent = self.updates.send(update).is_ok();
        (self.waker)();
        sent
    }

    /// Sends an update as the last thing that a thread does, whether the window is there or not.
    pub(super) fn tell(&self, update: Update) {
        self.send(update);
    }

    /// Sends an update if there is room now; gives it back if not.
    pub(super) fn offer(&self, update: Update) -> Result<(), Update> {
        match self.updates.try_send(update) {
            Ok(()) => {
                (self.waker)();
                Ok(())
            }
            Err(TrySendError::Full(update)) => Err(update),
            // Nobody wants it any more.
            Err(TrySendError::Disconnected(_)) => Ok(()),
        }
    }
}

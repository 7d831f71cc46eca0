//! Progress and cancel, handed into every long pure function.

/// What a long computation reports to and asks.
///
/// Implementations must be cheap: both functions are called thousands of times.
pub trait Watch: Sync {
    /// `done` of `total` units (bytes, events: the caller's choice) are finished.
    fn progress(&self, done: u64, total: u64);
    /// True when the result is no longer wanted: return early with what there is.
    fn cancelled(&self) -> bool;
}

/// A watch that nobody looks at: never cancelled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _done: u64, _total: u64) {}
    fn cancelled(&self) -> bool {
        false
    }
}

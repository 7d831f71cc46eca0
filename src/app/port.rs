//! The only door to the outside.

use std::sync::Arc;

use super::effect::Effect;
use super::update::Update;
use crate::model::clock::TsMillis;

/// Called after each update that is ready: the window draws again.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Takes effects and gives updates; never blocks.
pub trait Port {
    /// Hands an effect over; gives it back when there is no room now.
    ///
    /// # Errors
    /// The effect, to be handed over later.
    fn submit(&mut self, effect: Effect) -> Result<(), Effect>;

    /// The next update, if one is ready.
    fn poll(&mut self) -> Option<Update>;

    /// What time it is.
    fn now(&self) -> TsMillis;
}

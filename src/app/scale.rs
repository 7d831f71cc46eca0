//! How large everything is drawn.

use super::State;
use super::command::scale::ScaleCommand;
use super::effect::Effects;

/// The steps of the scale.
pub const SCALES: [f32; 11] = [0.75, 0.85, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0];

impl State {
    pub(super) fn apply_scale(&mut self, command: ScaleCommand) -> Effects {
        let now = self.scale();
        let next = match command {
            ScaleCommand::Larger => SCALES.into_iter().find(|step| *step > now),
            ScaleCommand::Smaller => SCALES.into_iter().rfind(|step| *step < now),
            ScaleCommand::Normal => Some(1.0),
        };
        self.prefs.scale = next.unwrap_or(now);
        Effects::none()
    }

    /// How large everything is drawn; what was kept from elsewhere is put within what can be read.
    #[must_use]
    pub fn scale(&self) -> f32 {
        let (least, most) = (SCALES[0], SCALES[SCALES.len() - 1]);
        if self.prefs.scale.is_finite() { self.prefs.scale.clamp(least, most) } else { 1.0 }
    }
}

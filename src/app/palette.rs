//! The command palette. What is typed into it and what fits that are of the window: the state knows no texts.

use super::State;
use super::command::palette::PaletteCommand;
use super::command::rows::named;
use super::effect::Effects;
use super::prefs::put_first;

/// So many commands are remembered as the latest.
const MAX_RECENT: usize = 8;

/// The palette.
#[derive(Debug, Default)]
pub struct Palette {
    /// True while it is shown.
    pub open: bool,
}

impl State {
    pub(super) fn apply_palette(&mut self, command: PaletteCommand) -> Effects {
        match command {
            PaletteCommand::Toggle => self.palette.open = !self.palette.open,
            PaletteCommand::Run(name) => {
                self.palette.open = false;
                let Some(row) = named(&name) else { return Effects::none() };
                put_first(&mut self.prefs.recent_commands, row.name.to_owned(), MAX_RECENT);
                return self.apply((row.make)());
            }
        }
        Effects::none()
    }
}

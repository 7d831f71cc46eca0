//! The commands about how the window looks, and their table.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;
use crate::app::prefs::{ThemeChoice, ThemeVariant};

/// A wish about how the window looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LookCommand {
    /// Choose a variant of the theme.
    SetVariant(ThemeVariant),
    /// Show or hide the settings.
    ToggleSettings,
}

use LookCommand::{SetVariant, ToggleSettings};

/// The commands that can be given without saying more.
pub static ROWS: &[CommandRow] = &[
    row("settings", Group::View, &[Shortcut::ctrl("Comma")], || Command::Look(ToggleSettings)),
    row("theme-system", Group::View, &[], || Command::SetTheme(ThemeChoice::System)),
    row("theme-light", Group::View, &[], || Command::SetTheme(ThemeChoice::Light)),
    row("theme-dark", Group::View, &[], || Command::SetTheme(ThemeChoice::Dark)),
    row("variant-plain", Group::View, &[], || Command::Look(SetVariant(ThemeVariant::Plain))),
    row("variant-high-contrast", Group::View, &[], || Command::Look(SetVariant(ThemeVariant::HighContrast))),
    row("variant-color-blind", Group::View, &[], || Command::Look(SetVariant(ThemeVariant::ColorBlind))),
];

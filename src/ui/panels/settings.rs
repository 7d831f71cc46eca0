//! The settings: language, theme and keys, with what each choice is called in the menus.

use eframe::egui::{Id, Modal, Ui};

use crate::app::command::Command;
use crate::app::command::look::LookCommand;
use crate::app::prefs::{Language, ThemeChoice, ThemeVariant};
use crate::ui::cx::AppCx;
use crate::ui::text::text;

/// Draws the settings while they are open. Each choice acts at once.
pub fn settings_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    if !cx.state.settings_open {
        return;
    }
    let modal = Modal::new(Id::unique("settings")).show(ui.ctx(), |ui| {
        ui.set_width(380.0);
        ui.heading(text("settings.title"));
        ui.add_space(4.0);
        ui.strong(text("menu.language"));
        language_choice_ui(ui, cx);
        ui.add_space(4.0);
        ui.strong(text("settings.theme"));
        ui.horizontal_wrapped(|ui| theme_choice_ui(ui, cx));
        ui.add_space(4.0);
        ui.strong(text("settings.colors"));
        variant_choice_ui(ui, cx);
        ui.add_space(4.0);
        ui.strong(text("settings.keys"));
        letter_keys_ui(ui, cx);
        ui.add_space(8.0);
        if ui.button(text("help.close")).clicked() {
            ui.close();
        }
    });
    if modal.should_close() {
        cx.push(Command::Look(LookCommand::ToggleSettings));
    }
}

/// One choice a language.
pub fn language_choice_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for (language, key) in
        [(Language::English, "command.language-english"), (Language::French, "command.language-french")]
    {
        if ui.radio(cx.state.prefs.language == language, text(key)).clicked() {
            cx.push(Command::SetLanguage(language));
        }
    }
}

/// System, light or dark.
pub fn theme_choice_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for (choice, key) in [
        (ThemeChoice::System, "command.theme-system"),
        (ThemeChoice::Light, "command.theme-light"),
        (ThemeChoice::Dark, "command.theme-dark"),
    ] {
        if ui.radio(cx.state.prefs.theme == choice, text(key)).clicked() {
            cx.push(Command::SetTheme(choice));
        }
    }
}

/// The variants of the theme.
pub fn variant_choice_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for (variant, name) in
        ThemeVariant::ALL.into_iter().zip(["variant-plain", "variant-high-contrast", "variant-color-blind"])
    {
        let shown = ui.radio(cx.state.prefs.variant == variant, text(&format!("command.{name}")));
        if shown.on_hover_text(text(&format!("command.{name}.tip"))).clicked() {
            cx.push(Command::Look(LookCommand::SetVariant(variant)));
        }
    }
}

/// Whether single letters act as keys.
pub fn letter_keys_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let mut letters = cx.state.prefs.letter_keys;
    if ui.checkbox(&mut letters, text("command.letter-keys")).changed() {
        cx.push(Command::ToggleLetterKeys);
    }
}

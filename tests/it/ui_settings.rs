//! The settings, and the variants of the themes.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::look::LookCommand;
use playtrace::app::prefs::{Language, ThemeChoice, ThemeVariant};
use playtrace::ui::text::{speak, text, text_in};
use playtrace::ui::theme::tokens;

use crate::support::window::faulty_window;

#[test]
fn the_settings_change_colors_theme_language_and_keys_at_once() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::Look(LookCommand::ToggleSettings));
    harness.run();
    harness.get_by_label(text("settings.title"));
    for (variant, name) in ThemeVariant::ALL
        .into_iter()
        .zip(["variant-plain", "variant-high-contrast", "variant-color-blind"])
        .rev()
    {
        harness.get_by_role_and_label(Role::RadioButton, text(&format!("command.{name}"))).click();
        harness.run();
        assert_eq!(harness.state().state().prefs.variant, variant);
        for theme in [Theme::Light, Theme::Dark] {
            let visuals = harness.ctx.style_of(theme).visuals.clone();
            assert_eq!(visuals.panel_fill, tokens(theme, variant).panel, "{theme:?} {variant:?}");
        }
    }
    harness.get_by_role_and_label(Role::RadioButton, text("theme.light")).click();
    harness.run();
    assert_eq!(harness.state().state().prefs.theme, ThemeChoice::Light);
    harness.get_by_role_and_label(Role::CheckBox, text("menu.letter-keys")).click();
    harness.run();
    assert!(!harness.state().state().prefs.letter_keys);
    let french = text_in(Language::English, "command.language-french").expect("in the table");
    harness.get_by_role_and_label(Role::RadioButton, french).click();
    harness.run();
    harness.get_by_label(text_in(Language::French, "settings.title").expect("in the table"));
    speak(Language::English);
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().state().settings_open);
    speak(Language::English);
}

//! The settings, and the variants of the themes.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::Command;
use playtrace::app::command::look::LookCommand;
use playtrace::app::item::Item;
use playtrace::app::prefs::{Language, ThemeChoice, ThemeVariant};
use playtrace::model::id::EventId;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{speak, text, text_in};
use playtrace::ui::theme::tokens;

use crate::support::window::{faulty_window, open, session_start, window};

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
    harness.get_by_role_and_label(Role::RadioButton, text("command.theme-light")).click();
    harness.run();
    assert_eq!(harness.state().state().prefs.theme, ThemeChoice::Light);
    harness.get_by_role_and_label(Role::CheckBox, text("command.letter-keys")).click();
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

#[test]
fn another_language_changes_the_texts_and_nothing_else() {
    let (mut harness, _) = window();
    let list: Vec<u32> = (0..4).collect();
    let start = session_start("Film").replace(r#""params":{"#, &format!(r#""params":{{"list":{list:?},"#));
    open(&mut harness, "film.json", format!("[{start}]").into_bytes());
    let capture = harness.state().state().captures[0].id;
    harness.state().push(Command::Select(Item::Event(capture, EventId(0))));
    harness.run();
    // One node is closed by hand, and its number of members is a text that is kept.
    harness.get_by_label_contains("params: ").click();
    harness.run();
    let closed = |harness: &Harness<'_, InspectorApp>| {
        assert!(harness.query_by_label_contains("media.contentType: ").is_none(), "it is closed");
        harness.get_by_label_contains("params: ").accesskit_node().label().expect("it has a name")
    };
    let english = closed(&harness);
    harness.state().push(Command::SetLanguage(Language::French));
    harness.run();
    let french = closed(&harness);
    speak(Language::English);
    assert_ne!(english, french, "it says so in the other language");
}

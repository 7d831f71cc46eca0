//! The menu: every command that can be given without saying more, by group.

use eframe::egui::{Button, MenuBar, Ui};

use super::settings::{language_choice_ui, letter_keys_ui, theme_choice_ui, variant_choice_ui};
use crate::app::command::Command;
use crate::app::command::rows::{CommandRow, Group, commands};
use crate::app::prefs::Pane;
use crate::store::demo::DEMOS;
use crate::ui::clock_plot::traces::choice_ui;
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::keys_text;
use crate::ui::text::{demo_summary, text};

/// Draws the menu.
pub fn menu_bar_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    MenuBar::new().ui(ui, |ui| {
        ui.menu_button(text("menu.file"), |ui| file_menu(ui, cx));
        ui.menu_button(text("menu.go"), |ui| group(ui, cx, Group::Go));
        ui.menu_button(text("menu.view"), |ui| view_menu(ui, cx));
        ui.menu_button(text("menu.measure"), |ui| group(ui, cx, Group::Measure));
        ui.menu_button(text("menu.capture"), |ui| group(ui, cx, Group::Capture));
        ui.menu_button(text("menu.send"), |ui| group(ui, cx, Group::Send));
        ui.menu_button(text("menu.help"), |ui| group(ui, cx, Group::Help));
    });
}

fn file_menu(ui: &mut Ui, cx: &AppCx<'_>) {
    rows(ui, cx, |row| row.name == "open");
    ui.menu_button(text("menu.recent"), |ui| {
        if cx.state.prefs.recent.is_empty() {
            ui.weak(text("menu.no-recent"));
        }
        for path in &cx.state.prefs.recent {
            if ui.button(path.display().to_string()).clicked() {
                cx.push(Command::Open(vec![path.clone()]));
            }
        }
    });
    ui.menu_button(text("menu.demo"), |ui| {
        rows(ui, cx, |row| row.name == "demo");
        ui.separator();
        for (number, demo) in DEMOS.iter().enumerate() {
            if ui.button(demo_summary(demo)).clicked() {
                cx.push(Command::OpenDemo(Some(number)));
            }
        }
    });
    rows(ui, cx, |row| matches!(row.name, "open-path" | "paste"));
    ui.separator();
    ui.menu_button(text("menu.copy"), |ui| rows(ui, cx, is_copying));
    ui.menu_button(text("menu.picture"), |ui| rows(ui, cx, is_part));
    ui.separator();
    let elsewhere = |row: &CommandRow| {
        let is_above = matches!(row.name, "open" | "open-path" | "paste" | "demo");
        is_above || row.name == "quit" || is_copying(row) || is_part(row)
    };
    rows(ui, cx, |row| row.group == Group::File && !elsewhere(row));
    ui.separator();
    rows(ui, cx, |row| row.name == "quit");
}

fn is_copying(row: &CommandRow) -> bool {
    row.name.starts_with("copy-")
}

/// True for pictures of parts of the window.
fn is_part(row: &CommandRow) -> bool {
    row.name.starts_with("picture-")
}

fn view_menu(ui: &mut Ui, cx: &AppCx<'_>) {
    group(ui, cx, Group::View);
    ui.menu_button(text("menu.traces"), |ui| choice_ui(ui, cx));
    ui.separator();
    for (name, pane) in [
        ("toggle-sessions", Pane::Sessions),
        ("toggle-detail", Pane::Detail),
        ("toggle-findings", Pane::Bottom),
        ("toggle-timeline", Pane::Timeline),
        ("toggle-plot", Pane::Plot),
    ] {
        let mut shown = cx.state.prefs.shows(pane);
        if ui.checkbox(&mut shown, text(&format!("command.{name}"))).changed() {
            cx.push(Command::TogglePane(pane));
        }
    }
    ui.separator();
    ui.menu_button(text("menu.theme"), |ui| {
        theme_choice_ui(ui, cx);
        ui.separator();
        variant_choice_ui(ui, cx);
    });
    ui.menu_button(text("menu.language"), |ui| language_choice_ui(ui, cx));
    letter_keys_ui(ui, cx);
}

/// What menus would be too long with: the key of a menu of its own, and how the names of its commands begin.
const SUBMENUS: [(Group, &str, &[&str]); 9] = [
    (Group::Go, "menu.compare", &["compare"]),
    (Group::View, "menu.zoom", &["zoom-", "pan-"]),
    (Group::View, "menu.timeline", &["switch-clock", "cut-silences", "reset-lanes"]),
    (Group::View, "menu.table", &["table-"]),
    (Group::View, "menu.detail", &["detail-"]),
    (Group::View, "menu.findings", &["findings-"]),
    (Group::View, "menu.profile", &["profile-"]),
    (Group::View, "menu.story", &["story"]),
    (Group::View, "menu.scale", &["scale-"]),
];

fn has_submenu(row: &CommandRow) -> bool {
    SUBMENUS.iter().any(|(group, _, prefixes)| *group == row.group && begins_with(row, prefixes))
}

fn begins_with(row: &CommandRow, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| row.name.starts_with(prefix))
}

/// True for what is shown as a tick or as one choice of several.
fn is_a_choice(row: &CommandRow) -> bool {
    ["toggle-", "language-", "theme-", "variant-", "trace-", "letter-keys"]
        .iter()
        .any(|choice| row.name.starts_with(choice))
}

fn group(ui: &mut Ui, cx: &AppCx<'_>, group: Group) {
    rows(ui, cx, |row| row.group == group && !is_a_choice(row) && !has_submenu(row));
    for (_, key, prefixes) in SUBMENUS.iter().filter(|(of, ..)| *of == group) {
        ui.menu_button(text(key), |ui| rows(ui, cx, |row| row.group == group && begins_with(row, prefixes)));
    }
}

fn rows(ui: &mut Ui, cx: &AppCx<'_>, wanted: impl Fn(&CommandRow) -> bool) {
    for row in commands().filter(|row| wanted(row)) {
        let mut button = Button::new(text(&format!("command.{}", row.name)));
        if let Some(keys) = keys_text(ui, row) {
            button = button.shortcut_text(keys);
        }
        let tip = text(&format!("command.{}.tip", row.name));
        if ui.add(button).on_hover_text(tip).clicked() {
            cx.push((row.make)());
        }
    }
}

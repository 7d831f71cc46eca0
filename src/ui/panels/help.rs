//! The list of keys, and the page about the program.

use eframe::egui::{Grid, Id, Label, Modal, RichText, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::command::rows::{Group, commands};
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::all_keys_text;
use crate::ui::text::{fill, text};

/// The groups of commands that have keys, in the order of the menus.
const GROUPS: [(Group, &str); 7] = [
    (Group::File, "menu.file"),
    (Group::Go, "menu.go"),
    (Group::View, "menu.view"),
    (Group::Measure, "menu.measure"),
    (Group::Capture, "menu.capture"),
    (Group::Send, "menu.send"),
    (Group::Help, "menu.help"),
];
/// What the mouse does in timeline and plot.
const MOUSE: &[&str] = &[
    "wheel",
    "shift-wheel",
    "drag",
    "shift-drag",
    "ruler",
    "double-click-empty",
    "double-click-item",
    "overview",
    "drop",
];
/// The widest list of keys, points.
const WIDTH: f32 = 760.0;
/// The window shows at least this much around it, points.
const AROUND: f32 = 32.0;
/// Keys that are of no command.
const ELSEWHERE: &[&str] = &["tab", "press", "palette-arrows"];

fn head_ui(ui: &mut Ui, title: &str) {
    ui.label(RichText::new(text(title)).strong());
    ui.end_row();
}

fn line_ui(ui: &mut Ui, keys: &str, does: &str) {
    ui.label(RichText::new(keys).monospace());
    ui.add(Label::new(does).wrap());
    ui.end_row();
}

/// Draws whichever of the two is open.
pub fn help_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    if cx.state.help_open {
        let modal = Modal::new(Id::unique("keys")).show(ui.ctx(), |ui| {
            let room = ui.ctx().content_rect().width() - 2.0 * AROUND;
            ui.set_width(room.min(WIDTH));
            ui.heading(text("help.title"));
            ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
                let grid = Grid::new("keys").num_columns(2).striped(true).spacing([24.0, 4.0]);
                grid.show(ui, |ui| {
                    for (group, title) in GROUPS {
                        head_ui(ui, title);
                        for row in commands().filter(|row| row.group == group) {
                            if let Some(keys) = all_keys_text(ui, row) {
                                line_ui(ui, &keys, text(&format!("command.{}.tip", row.name)));
                            }
                        }
                    }
                    for (title, names) in [("help.mouse", MOUSE), ("help.elsewhere", ELSEWHERE)] {
                        head_ui(ui, title);
                        for name in names {
                            line_ui(ui, text(&format!("help.{name}")), text(&format!("help.{name}.does")));
                        }
                    }
                });
            });
            if ui.button(text("help.close")).clicked() {
                ui.close();
            }
        });
        if modal.should_close() {
            cx.push(Command::ToggleHelp);
        }
    }
    if cx.state.about_open {
        let modal = Modal::new(Id::unique("about")).show(ui.ctx(), |ui| {
            ui.set_max_width(440.0);
            ui.heading(text("app.name"));
            ui.label(fill("about.version", &[("version", env!("CARGO_PKG_VERSION"))]));
            ui.label(text("about.what"));
            ui.label(text("about.adobe"));
            ui.label(text("about.limits"));
            if ui.button(text("help.close")).clicked() {
                ui.close();
            }
        });
        if modal.should_close() {
            cx.push(Command::ToggleAbout);
        }
    }
}

//! The list of keys, and the page about the program.

use eframe::egui::{Grid, Id, Modal, RichText, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::command::rows::commands;
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::all_keys_text;
use crate::ui::text::{fill, text};

/// Draws whichever of the two is open.
pub fn help_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    if cx.state.help_open {
        let modal = Modal::new(Id::unique("keys")).show(ui.ctx(), |ui| {
            ui.heading(text("help.title"));
            ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
                Grid::new("keys").num_columns(2).striped(true).spacing([24.0, 4.0]).show(ui, |ui| {
                    for row in commands() {
                        if let Some(keys) = all_keys_text(ui, row) {
                            ui.label(RichText::new(keys).monospace());
                            ui.label(text(&format!("command.{}.tip", row.name)));
                            ui.end_row();
                        }
                    }
                });
                ui.add_space(6.0);
                ui.label(text("help.mouse"));
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

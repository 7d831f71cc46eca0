//! The field for a path, for where no file dialog can be shown.

use eframe::egui::{Id, Key, Modal, ScrollArea, TextEdit, Ui};

use crate::app::PathPurpose;
use crate::app::command::Command;
use crate::ui::cx::AppCx;
use crate::ui::text::text;
use crate::ui::widgets::naming::name_field;

/// Draws the field when it is open.
pub fn path_field_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(field) = &cx.state.path_field else { return };
    let mut typed = field.typed.clone();
    let (title, hint, name, accept) = match field.purpose {
        PathPurpose::Open => ("path.title", "path.hint", "path.name", "path.open"),
        PathPurpose::Picture(_) => ("path.save.title", "path.save.hint", "path.save.name", "path.save"),
        PathPurpose::Project => ("path.project.title", "path.save.hint", "path.save.name", "path.save"),
    };
    let modal = Modal::new(Id::unique("path field")).show(ui.ctx(), |ui| {
        ui.set_width(520.0_f32.min(ui.ctx().content_rect().width() - 60.0));
        ui.heading(text(title));
        ui.label(text(hint));
        let edit = TextEdit::singleline(&mut typed).hint_text(text(name)).desired_width(f32::INFINITY);
        let response = ui.add(edit);
        name_field(&response, text(name));
        if response.changed() {
            cx.push(Command::EditPath(typed.clone()));
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered {
            cx.push(Command::AcceptPath);
        } else if !response.has_focus() {
            response.request_focus();
        }
        ScrollArea::vertical().max_height(240.0).auto_shrink([false, true]).show(ui, |ui| {
            for entry in &field.entries {
                if ui.selectable_label(false, &entry.path).clicked() {
                    cx.push(Command::EditPath(entry.path.clone()));
                    // A file that is there is not one to be written.
                    if !entry.is_folder && field.purpose == PathPurpose::Open {
                        cx.push(Command::AcceptPath);
                    }
                }
            }
        });
        ui.horizontal(|ui| {
            if ui.button(text(accept)).clicked() {
                cx.push(Command::AcceptPath);
            }
            if ui.button(text("path.cancel")).clicked() {
                cx.push(Command::ClosePathField);
            }
        });
    });
    if modal.should_close() {
        cx.push(Command::ClosePathField);
    }
}

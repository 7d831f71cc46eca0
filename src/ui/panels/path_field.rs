//! The field for a path, for where no file dialog can be shown.

use eframe::egui::{Id, Key, Modal, ScrollArea, TextEdit, Ui};

use crate::app::command::Command;
use crate::ui::cx::AppCx;
use crate::ui::text::text;

/// Draws the field when it is open.
pub fn path_field_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(field) = &cx.state.path_field else { return };
    let mut typed = field.typed.clone();
    let modal = Modal::new(Id::unique("path field")).show(ui.ctx(), |ui| {
        ui.set_width(520.0_f32.min(ui.ctx().content_rect().width() - 60.0));
        ui.heading(text("path.title"));
        ui.label(text("path.hint"));
        let edit = TextEdit::singleline(&mut typed).hint_text(text("path.name")).desired_width(f32::INFINITY);
        let response = ui.add(edit);
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
                    if !entry.is_folder {
                        cx.push(Command::AcceptPath);
                    }
                }
            }
        });
        ui.horizontal(|ui| {
            if ui.button(text("path.open")).clicked() {
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

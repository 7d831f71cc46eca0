//! Saved filters: the menu that chooses one, and the list in which they are saved and deleted.

use eframe::egui::{
    Button, Id, Key, Label, Modal, Modifiers, Popup, Response, RichText, ScrollArea, TextEdit, Ui,
};

use crate::app::command::Command;
use crate::app::command::saved_filter::SavedFilterCommand;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, text};
use crate::ui::widgets::icon::{Icon, close_button, icon_button};

/// A longer name is cut, and shown whole at the pointer; points.
const NAME_WIDTH: f32 = 200.0;
/// What the window has above and below the list, points.
const OTHER_HEIGHT: f32 = 260.0;
/// The list is no lower, points.
const LEAST_LIST_HEIGHT: f32 = 60.0;

/// Draws the menu.
pub fn saved_filters_menu(ui: &mut Ui, cx: &AppCx<'_>) -> Response {
    let button = icon_button(ui, Icon::Open, text("saved.menu"), true);
    Popup::menu(&button).show(|ui| {
        ui.set_max_width(NAME_WIDTH * 2.0);
        for saved in &cx.state.prefs.saved_filters {
            let name = Button::new(&saved.name).truncate();
            let whole = format!("{}\n{}", saved.name, saved.filter.text);
            if ui.add(name).on_hover_text(whole).clicked() {
                cx.push(Command::SavedFilter(SavedFilterCommand::Use(saved.name.clone())));
                ui.close();
            }
        }
        if cx.state.prefs.saved_filters.is_empty() {
            ui.weak(text("saved.none"));
        }
        ui.separator();
        if ui.button(text("command.table-filters")).clicked() {
            cx.push(Command::SavedFilter(SavedFilterCommand::ToggleList));
            ui.close();
        }
    });
    button
}

/// The list's own state: the name that is being typed.
#[derive(Debug, Default)]
pub struct SavedFiltersDialog {
    typed: String,
    was_open: bool,
}

impl SavedFiltersDialog {
    /// Draws the list while it is open.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let is_open = cx.state.saved_filters_open;
        let has_opened = is_open && !self.was_open;
        self.was_open = is_open;
        if !is_open {
            return;
        }
        if has_opened {
            // What was typed tells best what it lets pass.
            self.typed.clone_from(&cx.state.filter.text);
        }
        let modal = Modal::new(Id::unique("saved filters")).show(ui.ctx(), |ui| {
            let window = ui.ctx().content_rect();
            ui.set_width(440.0_f32.min(window.width() - 60.0));
            ui.heading(text("saved.title"));
            let most = (window.height() - OTHER_HEIGHT).max(LEAST_LIST_HEIGHT);
            ScrollArea::vertical().max_height(most).show(ui, |ui| list_ui(ui, cx));
            ui.separator();
            self.save_ui(ui, cx, has_opened);
            ui.add_space(6.0);
            if ui.button(text("help.close")).clicked() {
                ui.close();
            }
        });
        if modal.should_close() {
            cx.push(Command::SavedFilter(SavedFilterCommand::ToggleList));
        }
    }

    /// The filter of the table gets a name.
    fn save_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, has_opened: bool) {
        if cx.state.filter.is_empty() {
            ui.weak(text("saved.nothing"));
            return;
        }
        ui.horizontal(|ui| {
            let label = ui.label(text("saved.name"));
            let field = ui.add(TextEdit::singleline(&mut self.typed).desired_width(220.0));
            let field = field.labelled_by(label.id);
            if has_opened {
                field.request_focus();
            }
            let name = self.typed.trim().to_owned();
            let entered =
                field.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            let is_known = cx.state.prefs.saved_filters.iter().any(|saved| saved.name == name);
            let key = if is_known { "saved.replace" } else { "saved.save" };
            let clicked = ui.add_enabled(!name.is_empty(), Button::new(text(key))).clicked();
            if (clicked || entered) && !name.is_empty() {
                cx.push(Command::SavedFilter(SavedFilterCommand::Save(name)));
            }
        });
    }
}

fn list_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    if cx.state.prefs.saved_filters.is_empty() {
        ui.weak(text("saved.none"));
    }
    for saved in &cx.state.prefs.saved_filters {
        ui.horizontal(|ui| {
            if close_button(ui, &fill("saved.delete", &[("name", &saved.name)])).clicked() {
                cx.push(Command::SavedFilter(SavedFilterCommand::Delete(saved.name.clone())));
            }
            let name = ui.scope(|ui| {
                ui.set_max_width(NAME_WIDTH);
                ui.add(Button::new(&saved.name).truncate()).on_hover_text(&saved.name)
            });
            if name.inner.clicked() {
                cx.push(Command::SavedFilter(SavedFilterCommand::Use(saved.name.clone())));
                ui.close();
            }
            ui.add(Label::new(RichText::new(&saved.filter.text).weak().monospace()).truncate());
        });
    }
}

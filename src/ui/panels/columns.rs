//! The list of the event table's columns: which are shown, in which order, how wide, and what rows are sorted by.

use eframe::egui::{
    DragValue, Grid, Id, Key, Modal, Modifiers, ScrollArea, TextEdit, Ui, WidgetInfo, accesskit::Role,
};

use super::table_head::column_name;
use crate::app::command::Command;
use crate::app::command::table::TableCommand;
use crate::app::table_prefs::{GREATEST_WIDTH, LEAST_WIDTH, ShownColumn};
use crate::store::column::Column;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, text};
use crate::ui::widgets::icon::{Icon, close_button, icon_button};

/// The greatest height of the list, points.
const LIST_HEIGHT: f32 = 300.0;

/// The dialog's own state.
#[derive(Debug, Default)]
pub struct ColumnsDialog {
    /// The member that is being typed.
    typed: String,
}

impl ColumnsDialog {
    /// Draws the list while it is open. Each choice acts at once.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        if !cx.state.columns_open {
            return;
        }
        let modal = Modal::new(Id::unique("columns")).show(ui.ctx(), |ui| {
            let window = ui.ctx().content_rect();
            ui.set_width(520.0_f32.min(window.width() - 60.0));
            ui.heading(text("columns.title"));
            ScrollArea::vertical().max_height(LIST_HEIGHT.min(window.height() - 320.0).max(80.0)).show(
                ui,
                |ui| {
                    let columns = &cx.state.prefs.table.columns;
                    Grid::new("shown columns").num_columns(4).striped(true).show(ui, |ui| {
                        for (at, shown) in columns.iter().enumerate() {
                            shown_ui(ui, cx, at, columns.len(), shown);
                            ui.end_row();
                        }
                    });
                },
            );
            ui.separator();
            ui.label(text("columns.more"));
            ui.horizontal_wrapped(|ui| {
                for column in Column::known().filter(|column| !cx.state.prefs.table.shows(column)) {
                    let name = column_name(cx, &column);
                    let button = ui.button(name.as_ref());
                    button.widget_info(|| {
                        WidgetInfo::labeled(Role::Button, true, fill("columns.show", &[("name", &name)]))
                    });
                    if button.clicked() {
                        cx.push(Command::Table(TableCommand::Toggle(column)));
                    }
                }
            });
            self.member_ui(ui, cx);
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                if ui.button(text("command.table-usual")).clicked() {
                    cx.push(Command::Table(TableCommand::Usual));
                }
                if ui.button(text("help.close")).clicked() {
                    ui.close();
                }
            });
        });
        if modal.should_close() {
            cx.push(Command::Table(TableCommand::ToggleColumns));
        }
    }

    /// A column of any member.
    fn member_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        ui.horizontal(|ui| {
            let label = ui.label(text("columns.member"));
            let field = TextEdit::singleline(&mut self.typed).hint_text(text("columns.member.hint"));
            let field = ui.add(field.desired_width(220.0)).labelled_by(label.id);
            let entered =
                field.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            let column = Column::of_member(&self.typed);
            let column = column.filter(|column| !cx.state.prefs.table.shows(column));
            let button = eframe::egui::Button::new(text("columns.add"));
            let added = ui.add_enabled(column.is_some(), button).clicked() || entered;
            if let Some(column) = column.filter(|_| added) {
                cx.push(Command::Table(TableCommand::Toggle(column)));
                self.typed.clear();
            }
        });
    }
}

/// One column that is shown.
fn shown_ui(ui: &mut Ui, cx: &AppCx<'_>, at: usize, n_columns: usize, shown: &ShownColumn) {
    let column = &shown.column;
    let name = column_name(cx, column).into_owned();
    let named = |key: &str| fill(key, &[("name", &name)]);
    ui.horizontal(|ui| {
        if icon_button(ui, Icon::Up, &named("columns.up"), at > 0).clicked() {
            cx.push(Command::Table(TableCommand::Put(column.clone(), at - 1)));
        }
        if icon_button(ui, Icon::Open, &named("columns.down"), at + 1 < n_columns).clicked() {
            cx.push(Command::Table(TableCommand::Put(column.clone(), at + 1)));
        }
    });
    ui.label(&name);
    let mut width = shown.width.round();
    let value = DragValue::new(&mut width).range(LEAST_WIDTH..=GREATEST_WIDTH).speed(1.0);
    let value = ui.add(value);
    value.widget_info(|| {
        let mut info = WidgetInfo::drag_value(true, f64::from(width));
        info.label = Some(named("columns.width"));
        info
    });
    if value.on_hover_text(named("columns.width")).changed() {
        cx.push(Command::Table(TableCommand::Resize(column.clone(), width)));
    }
    ui.horizontal(|ui| {
        let (key, icon) = match cx.state.prefs.table.sorted_by(column) {
            None => ("columns.unsorted", None),
            Some(false) => ("columns.sorted-up", Some(Icon::Up)),
            Some(true) => ("columns.sorted-down", Some(Icon::Open)),
        };
        let button = match icon {
            Some(icon) => icon_button(ui, icon, &named(key), true),
            None => {
                let button = ui.button(text("columns.sort"));
                button.widget_info(|| WidgetInfo::labeled(Role::Button, true, named(key)));
                button
            }
        };
        if button.clicked() {
            cx.push(Command::Table(TableCommand::Sort(cx.state.prefs.table.next_sort(column))));
        }
        if n_columns > 1 && close_button(ui, &named("columns.hide")).clicked() {
            cx.push(Command::Table(TableCommand::Toggle(column.clone())));
        }
    });
}

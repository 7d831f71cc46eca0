//! The marks of the shown session with their notes, and the field in which a note is written.

use eframe::egui::accesskit::Role;
use eframe::egui::{Id, Key, Label, Modal, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::app::command::Command;
use crate::app::command::marks::MarkCommand;
use crate::app::command::rows::named;
use crate::model::clock::TsMillis;
use crate::store::project::SavedMark;
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::{AppCx, SessionCx};
use crate::ui::overlay;
use crate::ui::shortcuts::keys_text;
use crate::ui::text::{fill, text};
use crate::ui::theme::sizes;

/// Draws the list.
pub fn marks_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(session) = SessionCx::new(*cx) else {
        ui.weak(text("marks.no-session"));
        return;
    };
    let marks = session.app.state.marks();
    if session.loaded.path.is_none() {
        ui.add(Label::new(RichText::new(text("marks.no-place")).weak()).wrap());
    }
    if marks.is_empty() {
        let key = |name| named(name).and_then(|row| keys_text(ui, row)).unwrap_or_default();
        let hint = fill("marks.none", &[("mark", &key("mark")), ("note", &key("note"))]);
        ui.add(Label::new(RichText::new(hint).weak()).wrap());
        return;
    }
    let height = sizes().row;
    ScrollArea::vertical().id_salt("marks").auto_shrink(false).show_rows(
        ui,
        height,
        marks.len(),
        |ui, seen| {
            for mark in marks.get(seen).unwrap_or_default() {
                ui.horizontal(|ui| row_ui(ui, &session, mark));
            }
        },
    );
}

fn row_ui(ui: &mut Ui, cx: &SessionCx<'_>, mark: &SavedMark) {
    let ts = TsMillis(mark.ts);
    let wants = |command| cx.push(Command::Mark(command));
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, sizes().row), Sense::hover());
    overlay::flag(ui.painter(), cx.app.tokens, rect.left_center() - vec2(0.0, overlay::FLAG / 2.0));
    let at = cx.app.state.secs_of_mark(mark).map(|secs| AxisTimes::of(cx).exact(secs)).unwrap_or_default();
    let words = if mark.note.is_empty() { text("marks.no-note") } else { &mark.note };
    let said = RichText::new(&at).monospace();
    let is_shown = cx.app.state.marks_view.at == Some(ts);
    let time = ui.selectable_label(is_shown, said).on_hover_text(text("marks.show.tip"));
    let name = fill("marks.row", &[("at", at.as_str()), ("note", words)]);
    time.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, &name));
    if time.clicked() {
        wants(MarkCommand::Show(ts));
    }
    let edit = ui.small_button(text("marks.edit")).on_hover_text(text("marks.edit.tip"));
    edit.widget_info(|| WidgetInfo::labeled(Role::Button, true, fill("marks.edit.of", &[("at", &at)])));
    if edit.clicked() {
        wants(MarkCommand::NoteOf(ts));
    }
    let remove = ui.small_button(text("marks.remove")).on_hover_text(text("marks.remove.tip"));
    remove.widget_info(|| WidgetInfo::labeled(Role::Button, true, fill("marks.remove.of", &[("at", &at)])));
    if remove.clicked() {
        wants(MarkCommand::Remove(ts));
    }
    let words = if mark.note.is_empty() { RichText::new(words).weak() } else { RichText::new(words) };
    ui.add(Label::new(words).truncate());
}

/// Draws the field of a note when it is open.
pub fn note_field_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(field) = &cx.state.marks_view.note else { return };
    let Some(session) = SessionCx::new(*cx) else { return };
    let wants = |command| cx.push(Command::Mark(command));
    let mut typed = field.typed.clone();
    let modal = Modal::new(Id::unique("note field")).show(ui.ctx(), |ui| {
        ui.set_width(440.0_f32.min(ui.ctx().content_rect().width() - 60.0));
        ui.heading(text("marks.note"));
        let at = session.times().secs(field.ts).map(|secs| AxisTimes::of(&session).exact(secs));
        ui.label(fill("marks.note.at", &[("at", &at.unwrap_or_default())]));
        let edit = TextEdit::singleline(&mut typed).hint_text(text("marks.note.hint"));
        let response = ui.add(edit.desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, text("marks.note")));
        if response.changed() {
            wants(MarkCommand::Type(typed.clone()));
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            wants(MarkCommand::AcceptNote);
        } else if !response.has_focus() && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        ui.horizontal(|ui| {
            if ui.button(text("marks.note.keep")).clicked() {
                wants(MarkCommand::AcceptNote);
            }
            if ui.button(text("path.cancel")).clicked() {
                wants(MarkCommand::CloseNote);
            }
        });
    });
    if modal.should_close() {
        wants(MarkCommand::CloseNote);
    }
}

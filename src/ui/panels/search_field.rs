//! The field of the search in the event table: how many hits there are, which of them is selected, and the way to the
//! next.

use eframe::egui::{Id, Key, Label, Modifiers, RichText, Ui, WidgetInfo, accesskit::Role};

use super::filter_field::{query_edit_ui, query_error_ui};
use crate::app::command::find::FindCommand;
use crate::app::command::{Command, Direction};
use crate::ui::cx::SessionCx;
use crate::ui::shortcuts::tip;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::widgets::icon::{Icon, close_button, icon_button};

/// What stands beside the field needs this width, points.
const BESIDE: f32 = 280.0;

/// The field's own state.
#[derive(Debug, Default)]
pub struct SearchField {
    typed: String,
    focus: u64,
}

impl SearchField {
    /// Draws the field while the search is open.
    pub fn ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>) {
        let search = &cx.app.state.search;
        if !search.is_open {
            return;
        }
        if self.typed != search.text && !ui.ctx().text_edit_focused() {
            self.typed.clone_from(&search.text);
        }
        ui.horizontal(|ui| {
            self.edit_ui(ui, cx);
            let any = search.hits.as_ref().is_some_and(|hits| !hits.is_empty());
            for (name, icon, direction) in [
                ("previous-hit", Icon::Previous, Direction::Back),
                ("next-hit", Icon::Next, Direction::Forward),
            ] {
                if icon_button(ui, icon, &tip(ui, name), any).clicked() {
                    cx.push(Command::Find(FindCommand::Hit(direction)));
                }
            }
            let words = found_words(cx);
            let label = Label::new(RichText::new(&words).color(cx.app.tokens.text_weak)).truncate();
            if search.running && ui.button(text("search.stop")).clicked() {
                cx.push(Command::Find(FindCommand::Stop));
            }
            ui.add(label).widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
        });
        query_error_ui(ui, cx, &search.text, search.error.as_ref());
    }

    fn edit_ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>) {
        let search = &cx.app.state.search;
        let id = Id::unique("event search");
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        if has_focus {
            // The field would lose the focus by these; with Shift comes first, the other is taken with any modifier.
            let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
            if pressed(Modifiers::SHIFT, Key::Enter) {
                cx.push(Command::Find(FindCommand::Hit(Direction::Back)));
            } else if pressed(Modifiers::NONE, Key::Enter) {
                cx.push(Command::Find(FindCommand::Hit(Direction::Forward)));
            }
        }
        if close_button(ui, text("search.close")).clicked()
            || has_focus && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
        {
            ui.memory_mut(|memory| memory.surrender_focus(id));
            cx.push(Command::Find(FindCommand::Close));
        }
        let fault = search.error.as_ref().filter(|_| self.typed == search.text);
        let width = (ui.available_width() - BESIDE).clamp(70.0, 420.0);
        let fault = fault.map(|error| error.at.clone());
        let hint = text("search.hint");
        let response = query_edit_ui(ui, cx.app.tokens, &mut self.typed, id, hint, width, fault);
        response.widget_info(|| {
            let mut info = WidgetInfo::text_edit(true, "", &self.typed, hint);
            info.label = Some(text("search.field").to_owned());
            info
        });
        if self.focus != search.focus {
            self.focus = search.focus;
            response.request_focus();
        }
        if response.changed() {
            cx.push(Command::Find(FindCommand::For(self.typed.clone())));
        }
    }
}

/// "3 of 17", how many there are, or how far the search has come.
fn found_words(cx: &SessionCx<'_>) -> String {
    let search = &cx.app.state.search;
    match (search.running, search.progress) {
        (true, Some((done, all))) if all > 0 => {
            return fill("search.running.at", &[("percent", &(100 * done / all).to_string())]);
        }
        (true, _) => return text("search.running").to_owned(),
        _ => {}
    }
    match cx.app.state.hit_place() {
        Some((Some(at), all)) => {
            fill("search.place", &[("n", &grouped(at as u64)), ("all", &grouped(all as u64))])
        }
        Some((None, 0)) => text("search.none").to_owned(),
        Some((None, all)) => counted("search.hits", all as u64),
        None => String::new(),
    }
}

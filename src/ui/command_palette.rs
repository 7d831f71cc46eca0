//! The command palette: every command by its name, found by a few letters, with its keys.

use eframe::egui::{
    Button, Id, Key, Modal, Modifiers, ScrollArea, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::cx::AppCx;
use super::fuzzy::fit;
use super::shortcuts::all_keys_text;
use super::text::text;
use crate::app::command::Command;
use crate::app::command::palette::PaletteCommand;
use crate::app::command::rows::{CommandRow, commands};

/// Width of the palette, where the window has that much, points.
const WIDTH: f32 = 520.0;
/// Height of the list.
const LIST_HEIGHT: f32 = 340.0;
/// Height of a row.
const ROW_HEIGHT: f32 = 24.0;

/// What was typed, and which of the found commands is chosen.
#[derive(Default)]
pub struct CommandPalette {
    typed: String,
    chosen: usize,
}

impl CommandPalette {
    /// Draws the palette when it is open.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        if !cx.state.palette.open {
            *self = Self::default();
            return;
        }
        let modal = Modal::new(Id::unique("palette")).show(ui.ctx(), |ui| self.inner_ui(ui, cx));
        if modal.should_close() {
            cx.push(Command::Palette(PaletteCommand::Toggle));
        }
    }

    fn inner_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let window = ui.ctx().content_rect();
        ui.set_width(WIDTH.min(window.width() - 60.0));
        let wanted = Wanted::read(ui);
        if wanted.close {
            cx.push(Command::Palette(PaletteCommand::Toggle));
        }
        let field = TextEdit::singleline(&mut self.typed)
            .hint_text(text("palette.hint"))
            .desired_width(f32::INFINITY);
        let field = ui.add(field);
        field.widget_info(|| {
            let mut info = WidgetInfo::text_edit(true, "", &self.typed, text("palette.hint"));
            info.label = Some(text("palette.title").to_owned());
            info
        });
        if !field.has_focus() {
            field.request_focus();
        }
        let found = found(&cx.state.prefs.recent_commands, &self.typed);
        if field.changed() {
            self.chosen = 0;
        }
        self.chosen = wanted.moved(self.chosen, found.len());
        if let Some(row) = found.get(self.chosen).filter(|_| wanted.run) {
            run(cx, row);
        }
        if let Some(row) = found.get(self.chosen) {
            ui.weak(text(&format!("command.{}.tip", row.name)));
        } else {
            ui.weak(text("palette.nothing"));
        }
        let height = LIST_HEIGHT.min(window.height() - 160.0);
        ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
            ui.set_min_height(height);
            for (at, row) in found.iter().enumerate() {
                row_ui(ui, cx, row, at == self.chosen, wanted.steps != 0 || field.changed());
            }
        });
    }
}

/// What the keys of this frame want of the palette; its field does not hear of them.
struct Wanted {
    /// So many rows down.
    steps: i64,
    run: bool,
    close: bool,
}

impl Wanted {
    fn read(ui: &Ui) -> Wanted {
        ui.input_mut(|input| {
            let mut presses =
                |key| i64::try_from(input.count_and_consume_key(Modifiers::NONE, key)).unwrap_or(0);
            let steps = presses(Key::ArrowDown) - presses(Key::ArrowUp)
                + PAGE * (presses(Key::PageDown) - presses(Key::PageUp));
            Wanted {
                steps,
                run: input.consume_key(Modifiers::NONE, Key::Enter),
                close: input.consume_key(Modifiers::COMMAND, Key::K),
            }
        })
    }

    /// The chosen row of `n` after it: single steps go around the end, pages stop there.
    fn moved(&self, chosen: usize, n: usize) -> usize {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let at = i64::try_from(chosen).unwrap_or(0).min((n - 1).max(0)) + self.steps;
        let at = if self.steps.abs() < PAGE { at.rem_euclid(n.max(1)) } else { at.clamp(0, (n - 1).max(0)) };
        usize::try_from(at).unwrap_or(0)
    }
}

/// So many rows are a page.
const PAGE: i64 = 10;

/// The commands that fit what was typed: the best first; of equals the latest used, then as the menus have them.
fn found(recent: &[String], typed: &str) -> Vec<&'static CommandRow> {
    let age = |row: &CommandRow| recent.iter().position(|name| name == row.name).unwrap_or(usize::MAX);
    let fits = |row: &'static CommandRow| {
        let title = text(&format!("command.{}", row.name));
        Some((fit(title, text(&format!("command.{}.tip", row.name)), typed)?, row))
    };
    let mut found: Vec<(u32, &CommandRow)> = commands().filter_map(fits).collect();
    found.sort_by_key(|(points, row)| (std::cmp::Reverse(*points), age(row)));
    found.into_iter().map(|(_, row)| row).collect()
}

fn row_ui(ui: &mut Ui, cx: &AppCx<'_>, row: &CommandRow, is_chosen: bool, has_moved: bool) {
    let title = text(&format!("command.{}", row.name));
    let keys = all_keys_text(ui, row);
    let mut button = Button::selectable(is_chosen, title).min_size(vec2(ui.available_width(), ROW_HEIGHT));
    if let Some(keys) = &keys {
        button = button.shortcut_text(keys);
    }
    let response = ui.add(button);
    let name = keys.map_or_else(|| title.to_owned(), |keys| format!("{title}, {keys}"));
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, &name));
    if is_chosen && has_moved {
        response.scroll_to_me(None);
    }
    if response.clicked() {
        run(cx, row);
    }
}

fn run(cx: &AppCx<'_>, row: &CommandRow) {
    cx.push(Command::Palette(PaletteCommand::Run(row.name.to_owned())));
}

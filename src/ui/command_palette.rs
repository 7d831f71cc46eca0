//! The command palette: every command by its name, and choices among what is there, found by a few letters.

use eframe::egui::{
    Button, Id, Key, Modal, Modifiers, ScrollArea, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::cx::AppCx;
use super::fuzzy::fit;
use super::palette_choices::{Choice, choices};
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
        let choices = choices(cx);
        let found = found(cx, &choices, &self.typed);
        if field.changed() {
            self.chosen = 0;
        }
        self.chosen = wanted.moved(self.chosen, found.len());
        if let Some(entry) = found.get(self.chosen).filter(|_| wanted.run) {
            entry.run(cx);
        }
        if let Some(entry) = found.get(self.chosen) {
            ui.weak(entry.tip());
        } else {
            ui.weak(text("palette.nothing"));
        }
        let height = LIST_HEIGHT.min(window.height() - 160.0);
        ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
            ui.set_min_height(height);
            for (at, entry) in found.iter().enumerate() {
                row_ui(ui, cx, entry, at == self.chosen, wanted.steps != 0 || field.changed());
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

/// What the palette lists.
#[derive(Clone, Copy)]
enum Entry<'a> {
    /// A command.
    Row(&'static CommandRow),
    /// A choice among what is there.
    Choice(&'a Choice),
}

impl<'a> Entry<'a> {
    fn title(self) -> &'a str {
        match self {
            Entry::Row(row) => text(&format!("command.{}", row.name)),
            Entry::Choice(choice) => &choice.title,
        }
    }

    fn tip(self) -> &'a str {
        match self {
            Entry::Row(row) => text(&format!("command.{}.tip", row.name)),
            Entry::Choice(choice) => &choice.tip,
        }
    }

    fn run(self, cx: &AppCx<'_>) {
        match self {
            Entry::Row(row) => cx.push(Command::Palette(PaletteCommand::Run(row.name.to_owned()))),
            Entry::Choice(choice) => {
                cx.push(Command::Palette(PaletteCommand::Toggle));
                cx.push(choice.command.clone());
            }
        }
    }
}

/// What fits what was typed: the best first; of equals the latest used, then as the menus have them.
fn found<'a>(cx: &AppCx<'_>, choices: &'a [Choice], typed: &str) -> Vec<Entry<'a>> {
    let recent = &cx.state.prefs.recent_commands;
    let age = |row: &CommandRow| recent.iter().position(|name| name == row.name).unwrap_or(usize::MAX);
    let age_of = |entry: &Entry<'_>| match entry {
        Entry::Row(row) => age(row),
        Entry::Choice(_) => usize::MAX,
    };
    let fits = |entry: Entry<'a>| Some((fit(entry.title(), entry.tip(), typed)?, entry));
    let entries = commands().map(Entry::Row).chain(choices.iter().map(Entry::Choice));
    let mut found: Vec<(u32, Entry<'a>)> = entries.filter_map(fits).collect();
    found.sort_by_key(|(points, entry)| (std::cmp::Reverse(*points), age_of(entry)));
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn row_ui(ui: &mut Ui, cx: &AppCx<'_>, entry: &Entry<'_>, is_chosen: bool, has_moved: bool) {
    let title = entry.title();
    let keys = match entry {
        Entry::Row(row) => all_keys_text(ui, row),
        Entry::Choice(_) => None,
    };
    let mut button =
        Button::selectable(is_chosen, title).truncate().min_size(vec2(ui.available_width(), ROW_HEIGHT));
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
        entry.run(cx);
    }
}

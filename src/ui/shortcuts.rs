//! Keys → commands.

use eframe::egui::{Context, Event, Key, Modifiers, Popup};

use super::cx::CommandQueue;
use super::panels::menu_bar::keys;
use super::text::text;
use crate::app::State;
use crate::app::command::{COMMANDS, Command, Direction, Step};

/// Looks at the keys of this frame before any widget does.
pub fn read(ctx: &Context, state: &State, commands: &CommandQueue) {
    let typing = ctx.egui_wants_keyboard_input() || ctx.text_edit_focused();
    // Menus and dialogs have the keys for themselves, `Escape` above all.
    if state.path_field.is_some()
        || state.help_open
        || state.about_open
        || state.live.question.is_some()
        || Popup::is_any_open(ctx)
    {
        return;
    }
    // Shift first: `Shift+F8` is no `F8`.
    let mut rows: Vec<_> = COMMANDS.iter().collect();
    rows.sort_by_key(|row| row.shortcut.map(|shortcut| std::cmp::Reverse(shortcut.shift)));
    for row in rows {
        let Some(shortcut) = row.shortcut else { continue };
        let rests = shortcut.is_plain() && typing || shortcut.is_letter() && !state.prefs.letter_keys;
        let Some(keys) = keys(&shortcut).filter(|_| !rests) else { continue };
        if ctx.input_mut(|input| input.consume_shortcut(&keys)) {
            commands.push((row.make)());
        }
    }
    if !typing {
        if state.prefs.letter_keys && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Slash)) {
            commands.push(Command::FocusFilter);
        }
        arrows(ctx, commands);
        paste(ctx, commands);
    }
}

/// Up and down walk like `K` and `J`, also where single letters are turned off.
fn arrows(ctx: &Context, commands: &CommandQueue) {
    for (key, direction) in [(Key::ArrowDown, Direction::Forward), (Key::ArrowUp, Direction::Back)] {
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            commands.push(Command::Step(Step::Event, direction));
        }
    }
}

/// A text that is pasted while no field has the focus is a capture.
fn paste(ctx: &Context, commands: &CommandQueue) {
    let pasted = ctx.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Paste(text) => Some(text.clone()),
            _ => None,
        })
    });
    if let Some(pasted) = pasted.filter(|pasted| !pasted.trim().is_empty()) {
        commands.push(Command::OpenText { name: text("app.pasted").to_owned(), bytes: pasted.into_bytes() });
    }
}

//! Keys → commands.

use eframe::egui::{Context, Event, Id, Key, KeyboardShortcut, Modifiers, Popup, Ui};

use super::cx::CommandQueue;
use super::text::{language, text, text_in};
use crate::app::State;
use crate::app::command::Command;
use crate::app::command::rows::{CommandRow, commands, named};
use crate::app::command::shortcut::Shortcut;

/// Looks at the keys of this frame before any widget does.
pub fn read(ctx: &Context, state: &State, queue: &CommandQueue) {
    // Menus and dialogs have the keys for themselves, `Escape` above all.
    if state.path_field.is_some()
        || state.palette.open
        || state.help_open
        || state.settings_open
        || state.columns_open
        || state.saved_filters_open
        || state.about_open
        || state.live.question.is_some()
        || state.marks_view.note.is_some()
        || Popup::is_any_open(ctx)
    {
        return;
    }
    let (typing, has_focus) = (ctx.text_edit_focused(), ctx.egui_wants_keyboard_input());
    let leaves_space = ctx.memory(|memory| memory.focused()) == ctx.data(|data| data.get_temp(leaver()));
    let acts = |shortcut: &Shortcut| {
        let is_left = leaves_space && *shortcut == Shortcut::key("Space");
        let rests = (shortcut.is_plain() || shortcut.is_of_fields()) && typing
            || shortcut.is_of_widgets() && has_focus && !is_left
            || shortcut.is_letter() && !state.prefs.letter_keys;
        !rests
    };
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let wanted = commands().find_map(|row| {
                let key = row.keys.iter().find(|key| acts(key) && is_pressed(key, event))?;
                Some((row, key))
            });
            // What must be pressed anew is kept from the focused button as well.
            if let Some((row, _)) = wanted.filter(|(_, key)| key.repeats() || !is_repeat(event)) {
                queue.push((row.make)());
            }
            wanted.is_none()
        });
    });
    if !typing {
        paste(ctx, queue);
    }
}

/// The widget with the focus does nothing at the space bar: a view that is painted.
pub fn leave_space(ctx: &Context) {
    if let Some(focused) = ctx.memory(|memory| memory.focused()) {
        ctx.data_mut(|data| data.insert_temp(leaver(), focused));
    }
}

/// Where the last widget is kept that left the space bar.
fn leaver() -> Id {
    Id::unique("leaves the space bar")
}

/// True when the event is the press of these keys, with no modifier more or less.
pub(super) fn is_pressed(shortcut: &Shortcut, event: &Event) -> bool {
    let Event::Key { key, physical_key, pressed: true, modifiers, .. } = event else { return false };
    let struck = if shortcut.is_physical { physical_key.unwrap_or(*key) } else { *key };
    let shift = modifiers.shift == shortcut.shift || shortcut.is_sign();
    Some(struck) == Key::from_name(shortcut.key)
        && shift
        && modifiers.command == shortcut.ctrl
        && modifiers.alt == shortcut.alt
}

/// True while a key is held down.
fn is_repeat(event: &Event) -> bool {
    matches!(event, Event::Key { repeat: true, .. })
}

/// A text that is pasted while no field has the focus is a capture.
fn paste(ctx: &Context, queue: &CommandQueue) {
    let pasted = ctx.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Paste(text) => Some(text.clone()),
            _ => None,
        })
    });
    if let Some(pasted) = pasted.filter(|pasted| !pasted.trim().is_empty()) {
        queue.push(Command::OpenText { name: text("app.pasted").to_owned(), bytes: pasted.into_bytes() });
    }
}

/// The keys of a command as a user reads them, the first if there are several.
#[must_use]
pub fn keys_text(ui: &Ui, row: &CommandRow) -> Option<String> {
    row.keys.first().and_then(|shortcut| shortcut_text(ui, shortcut))
}

/// What a command does, with its keys.
#[must_use]
pub fn tip(ui: &Ui, name: &str) -> String {
    with_keys(ui, text(&format!("command.{name}.tip")), name)
}

/// Words about what the command with this name does, with its keys.
#[must_use]
pub fn with_keys(ui: &Ui, words: &str, name: &str) -> String {
    match named(name).and_then(|row| keys_text(ui, row)) {
        Some(keys) => format!("{words} ({keys})"),
        None => words.to_owned(),
    }
}

/// All keys of a command as a user reads them.
#[must_use]
pub fn all_keys_text(ui: &Ui, row: &CommandRow) -> Option<String> {
    let keys: Vec<String> = row.keys.iter().filter_map(|shortcut| shortcut_text(ui, shortcut)).collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}

fn shortcut_text(ui: &Ui, shortcut: &Shortcut) -> Option<String> {
    let mut modifiers = Modifiers::NONE;
    (modifiers.command, modifiers.shift, modifiers.alt) = (shortcut.ctrl, shortcut.shift, shortcut.alt);
    let spelled = ui.format_shortcut(&KeyboardShortcut::new(modifiers, Key::from_name(shortcut.key)?));
    Some(in_words_of_window(&spelled))
}

/// Keys as the toolkit spells them, in English with `+` between them, as the keyboards of the language name them.
/// Letters and signs stand for themselves.
fn in_words_of_window(spelled: &str) -> String {
    let sign =
        |part| Key::from_name(part).map(|key| key.symbol_or_name()).filter(|sign| sign.chars().count() == 1);
    let named = |part| text_in(language(), &format!("key.{part}")).or_else(|| sign(part)).unwrap_or(part);
    spelled.split('+').map(named).collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use eframe::egui::ModifierNames;

    use super::*;
    use crate::app::prefs::Language;
    use crate::ui::text::speak;

    #[test]
    fn keys_are_named_as_on_the_keyboards_of_the_language() {
        let table = [
            ("Shift+F8", "Shift+F8", "Maj+F8"),
            ("Ctrl+Shift+Enter", "Ctrl+Shift+Enter", "Ctrl+Maj+Entrée"),
            ("Space", "Space", "Espace"),
            ("Escape", "Esc", "Échap"),
            ("PageUp", "Page Up", "Pg préc"),
            ("Shift+Delete", "Shift+Delete", "Maj+Suppr"),
            ("Ctrl++", "Ctrl++", "Ctrl++"),
            ("Ctrl+Plus", "Ctrl++", "Ctrl++"),
            ("Ctrl+Comma", "Ctrl+,", "Ctrl+,"),
            ("Questionmark", "?", "?"),
            ("Down", "Down", "Flèche bas"),
            ("J", "J", "J"),
        ];
        for (spelled, english, french) in table {
            assert_eq!(in_words_of_window(spelled), english);
            speak(Language::French);
            assert_eq!(in_words_of_window(spelled), french);
            speak(Language::English);
        }
    }

    #[test]
    fn every_key_of_a_command_that_has_a_name_has_one_in_french() {
        speak(Language::French);
        for key in commands().flat_map(|row| row.keys).filter_map(|shortcut| Key::from_name(shortcut.key)) {
            // As the toolkit spells it beside modifiers that are spelled out.
            let spelled = &*KeyboardShortcut::new(Modifiers::NONE, key).format(&ModifierNames::NAMES, false);
            let is_word = spelled.chars().count() > 1 && spelled.chars().all(char::is_alphabetic);
            assert!(!is_word || in_words_of_window(spelled) != spelled, "{spelled} is English");
        }
        speak(Language::English);
    }
}

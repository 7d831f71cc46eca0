//! Menus and buttons: every command is in a menu with its keys, every button that is drawn says what it does and by which
//! keys.

use std::collections::BTreeMap;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, KeyboardShortcut, Modifiers, Pos2, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, Node};
use playtrace::app::command::Command;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::rows::{CommandRow, commands};
use playtrace::app::prefs::{Language, ViewPrefs};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{speak, text};

use crate::support::window::{InlinePort, faulty_session, faulty_window, open, window_of};

type Window = Harness<'static, InspectorApp>;

/// The menus of the bar, with the menus in them.
const MENUS: [(&str, &[&str]); 7] = [
    ("menu.file", &["menu.recent", "menu.demo", "menu.copy", "menu.picture"]),
    ("menu.go", &["menu.compare"]),
    (
        "menu.view",
        &[
            "menu.zoom",
            "menu.timeline",
            "menu.table",
            "menu.detail",
            "menu.findings",
            "menu.profile",
            "menu.story",
            "menu.scale",
            "menu.traces",
            "menu.theme",
            "menu.language",
        ],
    ),
    ("menu.measure", &[]),
    ("menu.capture", &[]),
    ("menu.send", &[]),
    ("menu.help", &[]),
];
/// How the names of commands begin that menus show as ticks or choices with words of their own.
const CHOICES: [&str; 5] = ["language-", "theme-", "variant-", "trace-", "letter-keys"];

/// What can be pressed or ticked, by its name, and how often it is there.
fn pressable(harness: &Window) -> BTreeMap<String, usize> {
    let root = harness.root();
    let nodes = root.children_recursive().map(|node| node.accesskit_node());
    let mut found = BTreeMap::new();
    for node in nodes.filter(|node| matches!(node.role(), Role::Button | Role::CheckBox | Role::RadioButton))
    {
        *found.entry(node.label().unwrap_or_default()).or_default() += 1;
    }
    found
}

/// What is there now and was not `before`.
fn opened(harness: &Window, before: &BTreeMap<String, usize>) -> Vec<String> {
    let now = pressable(harness);
    now.into_iter()
        .filter(|(name, n)| before.get(name).is_none_or(|old| old < n))
        .map(|(name, _)| name)
        .collect()
}

/// Presses the first button whose name begins so: menus stand above all other buttons.
#[track_caller]
fn press(harness: &mut Window, name: &str) {
    let begins = |node: &Node<'_>| node.accesskit_node().label().is_some_and(|it| it.starts_with(name));
    let found = harness.query_all_by_role(Role::Button).find(begins);
    found.unwrap_or_else(|| panic!("{name} is there")).click();
    harness.run();
}

/// The entries of all menus and of the menus in them.
fn entries(harness: &mut Window) -> Vec<String> {
    let mut all = Vec::new();
    for (menu, inner) in MENUS {
        let before = pressable(harness);
        press(harness, text(menu));
        let entries = opened(harness, &before);
        assert!(!entries.is_empty(), "{menu} holds something");
        all.extend(entries);
        // Something else of that name may stand beside the menu.
        let rects = |harness: &Window, key: &str| -> Vec<Rect> {
            let found = harness.query_all_by_role_and_label(Role::Button, text(key));
            found.map(|node| node.rect()).collect()
        };
        let left = inner.first().map_or(0.0, |first| rects(harness, first)[0].left());
        for menu in inner {
            let before = pressable(harness);
            let place = rects(harness, menu).into_iter().find(|rect| (rect.left() - left).abs() < 1.0);
            let place = place.unwrap_or_else(|| panic!("{menu} is there")).center();
            harness.drag_at(place);
            harness.run();
            harness.drop_at(place);
            harness.run();
            all.extend(opened(harness, &before));
        }
        harness.key_press(Key::Escape);
        harness.run();
        harness.key_press(Key::Escape);
        harness.run();
    }
    all
}

/// Keys as the toolkit spells them, and what stands on them.
const ON_KEYBOARDS: [(&str, &str); 9] = [
    ("PageDown", "Page Down"),
    ("PageUp", "Page Up"),
    ("Escape", "Esc"),
    ("Questionmark", "?"),
    ("Slash", "/"),
    ("Comma", ","),
    ("Period", "."),
    ("Plus", "+"),
    ("Minus", "−"),
];

/// The first key of a command as the toolkit spells it, without words.
fn keys(harness: &Window, row: &CommandRow) -> Option<String> {
    let shortcut = row.keys.first()?;
    let mut modifiers = Modifiers::NONE;
    (modifiers.command, modifiers.shift, modifiers.alt) = (shortcut.ctrl, shortcut.shift, shortcut.alt);
    let key = Key::from_name(shortcut.key).expect("the toolkit knows the key");
    Some(harness.ctx.format_shortcut(&KeyboardShortcut::new(modifiers, key)))
}

#[test]
fn every_command_is_in_a_menu_with_its_keys_and_no_entry_is_without_words_in_both_languages() {
    for language in [Language::English, Language::French] {
        let prefs = ViewPrefs { language, ..ViewPrefs::default() };
        let mut harness = window_of([1280.0, 1000.0], prefs, InlinePort::default());
        open(&mut harness, "faulty.json", faulty_session());
        let entries = entries(&mut harness);
        for entry in &entries {
            assert!(entry.chars().any(char::is_alphanumeric), "{entry:?}");
            assert!(!entry.contains("(no text)") && !entry.contains("command."), "{entry:?}");
        }
        for row in commands().filter(|row| !CHOICES.iter().any(|choice| row.name.starts_with(choice))) {
            let name = text(&format!("command.{}", row.name));
            let found: Vec<&String> = entries.iter().filter(|entry| entry.starts_with(name)).collect();
            assert!(!found.is_empty(), "{language:?}: {} is in no menu: {entries:#?}", row.name);
            // What the keys are called in French is tested where they are named.
            if let (Language::English, Some(keys)) = (language, keys(&harness, row)) {
                let keys = ON_KEYBOARDS.iter().fold(keys, |keys, (name, called)| keys.replace(name, called));
                let with_keys = found.iter().any(|entry| entry.ends_with(&keys));
                assert!(with_keys, "{} is there without {keys}: {found:?}", row.name);
            }
        }
        speak(Language::English);
    }
}

#[test]
fn every_button_has_a_name_and_those_of_commands_with_keys_say_them() {
    let (mut harness, _) = faulty_window();
    harness.key_press(Key::F8);
    harness.state().push(Command::Find(FindCommand::Open));
    harness.run();
    let names = pressable(&harness);
    assert!(names.len() > 20 && !names.contains_key(""), "{names:?}");
    let with_keys = || commands().filter(|row| !row.keys.is_empty());
    // A button with an icon is called as its tip.
    let mut n_icons = 0;
    for row in with_keys() {
        let tip = text(&format!("command.{}.tip", row.name));
        assert!(!names.contains_key(tip), "{}: the icon does not say its keys", row.name);
        n_icons += names.keys().filter(|name| name.starts_with(&format!("{tip} ("))).count();
    }
    assert!(n_icons >= 5, "{names:?}");
    // One with words says the rest when the pointer rests on it.
    let mut n_words = 0;
    for row in with_keys() {
        let name = text(&format!("command.{}", row.name));
        let tip = format!("{} (", text(&format!("command.{}.tip", row.name)));
        // A menu or a tab may have the same name.
        let buttons = harness.query_all_by_role_and_label(Role::Button, name);
        let places: Vec<Pos2> = buttons.map(|button| button.rect().center()).collect();
        if places.is_empty() {
            continue;
        }
        let mut says_keys = |place: Pos2| {
            harness.hover_at(place);
            harness.run_steps(8);
            harness.query_by_label_contains(&tip).is_some()
        };
        assert!(places.into_iter().any(&mut says_keys), "{}: no tip with keys", row.name);
        n_words += 1;
    }
    assert!(n_words >= 2, "buttons with words were found");
}

//! Commands in the window: the palette, the scale, undoing by keys, messages; every command and every key.

use eframe::egui::accesskit::Role;
use eframe::egui::{Context, Event, Key, Modifiers, RawInput};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::State;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::project::ProjectCommand;
use playtrace::app::command::rows::commands;
use playtrace::app::command::{Command, JobId};
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::prefs::{Language, Pane, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::cx::CommandQueue;
use playtrace::ui::shortcuts;
use playtrace::ui::text::{fill, text};

use crate::support::window::{FakePort, faulty_session, faulty_window, read, window, window_of};

/// The names of the palette's rows, from top to bottom.
fn palette_rows(harness: &Harness<'static, InspectorApp>) -> Vec<String> {
    let field = harness.query_by_role_and_label(Role::TextInput, text("palette.title"));
    assert!(field.is_some(), "the palette is open");
    let titles: Vec<&str> = commands().map(|row| text(&format!("command.{}", row.name))).collect();
    let rows = harness.query_all_by_role(Role::ListBoxOption);
    let names = rows.filter_map(|node| node.accesskit_node().label());
    names
        .filter(|name| titles.iter().any(|title| name == title || name.starts_with(&format!("{title}, "))))
        .collect()
}

fn type_words(harness: &mut Harness<'static, InspectorApp>, words: &str) {
    harness.get_by_role_and_label(Role::TextInput, text("palette.title")).type_text(words);
    harness.run();
}

#[test]
fn the_palette_lists_every_command_with_its_keys() {
    let (mut harness, _) = faulty_window();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    let rows = palette_rows(&harness);
    for row in commands() {
        let title = text(&format!("command.{}", row.name));
        let found = rows.iter().find(|name| *name == title || name.starts_with(&format!("{title}, ")));
        let found = found.unwrap_or_else(|| panic!("{} is not listed", row.name));
        assert_eq!(found != title, !row.keys.is_empty(), "{found} is listed with its keys");
    }
    assert_eq!(rows.len(), commands().count());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().state().palette.open);
}

#[test]
fn a_command_is_found_by_a_few_letters_and_run_and_comes_first_the_next_time() {
    let (mut harness, _) = faulty_window();
    let before = harness.state().state().time_view;
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    harness.run();
    type_words(&mut harness, "zoo in");
    assert_eq!(palette_rows(&harness)[0], "Zoom in, W");
    harness.key_press(Key::Enter);
    harness.run();
    let after = harness.state().state().time_view;
    assert!(after.width() < before.width(), "it was run");
    assert!(!harness.state().state().palette.open);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    assert_eq!(palette_rows(&harness)[0], "Zoom in, W", "the latest comes first");
    // A key of the window is a letter here, and the arrows choose.
    type_words(&mut harness, "toggle");
    assert_eq!(harness.state().state().time_view, after);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_words(&mut harness, "finding select");
    let rows = palette_rows(&harness);
    let at = rows.iter().position(|name| name.starts_with(text("command.previous-finding")));
    for _ in 0..at.expect("it is found") {
        harness.key_press(Key::ArrowDown);
        harness.run();
    }
    harness.get_by_label(text("command.previous-finding.tip"));
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().state().prefs.recent_commands, ["previous-finding", "zoom-in"]);
    let selection = harness.state().state().selection;
    assert!(matches!(selection, Some(Item::Finding(..))), "{selection:?}");
}

#[test]
fn the_palette_is_searched_in_the_language_of_the_window_and_says_when_nothing_fits() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::SetLanguage(Language::French));
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    type_words(&mut harness, "erreur prec");
    assert!(palette_rows(&harness)[0].starts_with("Erreur précédente"));
    type_words(&mut harness, " xyzzy");
    assert!(palette_rows(&harness).is_empty());
    harness.get_by_label(text("palette.nothing"));
}

#[test]
fn everything_is_drawn_larger_and_smaller_within_bounds() {
    let (mut harness, _) = faulty_window();
    let press = |harness: &mut Harness<'static, InspectorApp>, key| {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run();
        harness.ctx.zoom_factor()
    };
    assert_eq!(press(&mut harness, Key::Plus), 1.1);
    assert_eq!(press(&mut harness, Key::Equals), 1.25);
    assert_eq!(harness.state().state().prefs.scale, 1.25, "it is kept");
    assert_eq!(press(&mut harness, Key::Num0), 1.0);
    for _ in 0..8 {
        press(&mut harness, Key::Plus);
    }
    assert_eq!(press(&mut harness, Key::Plus), 3.0);
    for _ in 0..10 {
        press(&mut harness, Key::Minus);
    }
    assert_eq!(press(&mut harness, Key::Minus), 0.75);
}

#[test]
fn undo_is_of_the_text_field_while_one_has_the_focus() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::TogglePane(Pane::Plot));
    harness.run();
    harness.key_press(Key::Slash);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert!(!harness.state().state().prefs.shows(Pane::Plot), "the field has the key");
    harness.key_press(Key::Escape);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert!(harness.state().state().prefs.shows(Pane::Plot));
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run();
    assert!(!harness.state().state().prefs.shows(Pane::Plot));
    harness.key_press(Key::J);
    harness.run();
    harness.key_press(Key::J);
    harness.run();
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    harness.run();
    let selected = harness.state().state().selected_event().map(|(_, event)| event.0);
    assert_eq!(selected, Some(0));
}

#[test]
fn remarks_go_by_themselves_problems_stay_and_neither_takes_room() {
    let (mut harness, _) = faulty_window();
    let place = harness.get_by_label("Event 0").rect();
    harness.state().push(Command::Project(ProjectCommand::Save));
    harness.state().push(Command::Open(vec!["/nowhere/at/all.har".into()]));
    harness.run();
    let remark = fill("notice.project-no-place", &[("name", "faulty.json")]);
    harness.get_by_label(&remark);
    assert_eq!(harness.get_by_label("Event 0").rect(), place);
    // Seconds of the toolkit's time, a quarter a frame.
    harness.run_steps(20);
    harness.get_by_label(&remark);
    harness.run_steps(20);
    assert!(harness.query_by_label(&remark).is_none());
    let toast = harness.get_by_label_contains("could not be read").rect();
    let screen = harness.ctx.content_rect();
    assert!(toast.left() > screen.center().x && toast.top() > screen.center().y, "{toast:?}");
    harness.state().push(Command::DismissNotices);
    harness.run();
    assert!(harness.state().state().notices.is_empty());
}

#[test]
fn the_list_of_keys_has_those_of_all_commands_and_the_mouse() {
    let (mut harness, _) = window();
    harness.state().push(Command::ToggleHelp);
    harness.run();
    for row in commands().filter(|row| !row.keys.is_empty()) {
        let does = text(&format!("command.{}.tip", row.name));
        assert!(harness.query_all_by_label(does).next().is_some(), "{}", row.name);
    }
    for does in ["help.wheel.does", "help.drop.does", "command.paste.tip"] {
        harness.get_by_label(text(does));
    }
}

#[test]
fn every_key_gives_its_command() {
    for row in commands() {
        for shortcut in row.keys {
            let key = Key::from_name(shortcut.key).expect("the toolkit knows the key");
            let mut modifiers = Modifiers::NONE;
            (modifiers.shift, modifiers.alt) = (shortcut.shift, shortcut.alt);
            (modifiers.ctrl, modifiers.command) = (shortcut.ctrl, shortcut.ctrl);
            let press = Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers };
            let input = RawInput { events: vec![press], ..RawInput::default() };
            let queue = CommandQueue::default();
            let state = State::default();
            let mut output = Context::default().run_ui(input, |ui| shortcuts::read(ui.ctx(), &state, &queue));
            output.textures_delta.clear();
            assert_eq!(queue.take(), [(row.make)()], "{shortcut:?}");
        }
    }
}

/// Gives every command twice, the second time as the palette does; the window goes on after each.
fn give_every_command(harness: &mut Harness<'static, InspectorApp>) {
    // What empties the window comes last.
    let mut rows: Vec<_> = commands().collect();
    rows.sort_by_key(|row| row.name == "close");
    for row in rows {
        for command in [(row.make)(), Command::Palette(PaletteCommand::Run(row.name.to_owned()))] {
            harness.state().push(command);
            harness.run_steps(2);
            // The story has the whole window for itself.
            let goes_on = harness.state().state().story.is_open()
                || harness.query_all_by_label(text("menu.file")).next().is_some();
            assert!(goes_on, "the window is gone after {}", row.name);
        }
    }
}

#[test]
fn every_command_can_be_given_to_an_empty_window() {
    let (mut harness, _) = window();
    give_every_command(&mut harness);
}

#[test]
fn every_command_can_be_given_to_a_full_window() {
    let (mut harness, _) = faulty_window();
    harness.key_press(Key::F8);
    harness.run();
    give_every_command(&mut harness);
}

#[test]
fn every_command_can_be_given_while_a_capture_is_read_and_while_it_is_judged() {
    let port = FakePort::default();
    let mut harness = window_of([1024.0, 640.0], ViewPrefs::default(), port.clone());
    let open = || Command::OpenText { name: "faulty.json".to_owned(), bytes: faulty_session() };
    harness.state().push(open());
    harness.run_steps(2);
    give_every_command(&mut harness);
    // It is read, but nobody answers what it says.
    harness.state().push(open());
    harness.run_steps(2);
    let asked = port.asked.borrow().iter().rev().find_map(|effect| match effect {
        Effect::OpenBytes { job, name, .. } if name == "faulty.json" => Some(*job),
        _ => None,
    });
    let job: JobId = asked.expect("it is to be read");
    let (capture, places) = read("faulty.json", faulty_session());
    port.happens.borrow_mut().push_back(Update::Opened {
        job,
        capture,
        places,
        project: None,
        config: Ok(None),
    });
    harness.run_steps(2);
    assert!(harness.state().state().shown.is_some());
    give_every_command(&mut harness);
}

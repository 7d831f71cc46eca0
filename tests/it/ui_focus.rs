//! The keyboard alone: every stop has a name, every part of the window is reached, and keys rest while one types.

use eframe::egui::accesskit::{Action, Role};
use eframe::egui::{Event, HoveredFile, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::look::LookCommand;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::rows::commands;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::command::shortcut::Shortcut;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::command::{Command, Direction, Step};
use playtrace::app::compare::Page;
use playtrace::app::prefs::{BottomTab, DetailTab};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{faulty_session, faulty_window, open, window};

type Window = Harness<'static, InspectorApp>;

/// What has no name though it can have the focus or be pressed.
fn nameless(harness: &Window) -> Vec<String> {
    let root = harness.root();
    let nodes = root.children_recursive().map(|node| node.accesskit_node());
    // A bar that scrolls is no stop, and its role says all.
    let nodes =
        nodes.filter(|node| node.role() != Role::ScrollBar || node.data().supports_action(Action::Focus));
    let acts = nodes
        .filter(|node| [Action::Focus, Action::Click].iter().any(|act| node.data().supports_action(*act)));
    acts.filter(|node| {
        // What a reader of the screen is told of a field is its label alone.
        let is_field = node.role() == Role::TextInput;
        let name = node.label().or_else(|| node.value().filter(|_| !is_field));
        name.is_none_or(|name| name.trim().is_empty()) || node.role() == Role::Unknown
    })
    .map(|node| format!("{:?} {:?} {:?}", node.role(), node.label(), node.raw_bounds()))
    .collect()
}

#[track_caller]
fn assert_named(harness: &mut Window, view: &str) {
    harness.run_steps(3);
    let found = nameless(harness);
    assert!(found.is_empty(), "{view}: {} without a name\n{}", found.len(), found.join("\n"));
}

#[test]
fn what_can_have_the_focus_has_a_name_in_the_empty_window_and_in_dialogs() {
    let (mut harness, _) = window();
    assert_named(&mut harness, "the empty window");
    for (view, toggle) in [
        ("keys", Command::ToggleHelp),
        ("about", Command::ToggleAbout),
        ("settings", Command::Look(LookCommand::ToggleSettings)),
        ("palette", Command::Palette(PaletteCommand::Toggle)),
        ("columns", Command::Table(TableCommand::ToggleColumns)),
        ("saved filters", Command::SavedFilter(SavedFilterCommand::ToggleList)),
    ] {
        harness.state().push(toggle.clone());
        assert_named(&mut harness, view);
        harness.state().push(toggle);
        harness.run_steps(2);
    }
    harness.state().push(Command::EditPath(String::new()));
    assert_named(&mut harness, "the field for a path");
}

#[test]
fn files_that_are_held_over_the_window_are_told_of_in_words() {
    let (mut harness, _) = window();
    harness.run();
    assert!(harness.query_by_label(text("app.drop")).is_none());
    harness.input_mut().hovered_files.push(HoveredFile::default());
    harness.run_steps(3);
    harness.get_by_label(text("app.drop"));
}

#[test]
fn what_can_have_the_focus_has_a_name_in_every_panel_of_a_capture() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::Step(Step::Finding, Direction::Forward));
    assert_named(&mut harness, "a finding");
    for tab in [BottomTab::Outbox, BottomTab::Capture, BottomTab::Measure, BottomTab::Marks] {
        harness.state().push(Command::ShowBottom(tab));
        assert_named(&mut harness, &format!("{tab:?}"));
    }
    harness.state().push(Command::Mark(MarkCommand::Toggle));
    assert_named(&mut harness, "a mark");
    harness.state().push(Command::Resend);
    assert_named(&mut harness, "a plan");
    for tab in [DetailTab::Raw, DetailTab::Context, DetailTab::Exchange, DetailTab::Schema] {
        harness.state().push(Command::ShowDetail(tab));
        assert_named(&mut harness, &format!("{tab:?}"));
    }
    harness.state().push(Command::Find(FindCommand::For("ping".to_owned())));
    harness.state().push(Command::Find(FindCommand::Open));
    assert_named(&mut harness, "the search");
    harness.state().push(Command::Mark(MarkCommand::Note));
    assert_named(&mut harness, "a note");
    harness.state().push(Command::Mark(MarkCommand::CloseNote));
    harness.state().push(Command::Story(StoryCommand::Toggle));
    assert_named(&mut harness, "the story");
}

#[test]
fn what_can_have_the_focus_has_a_name_in_every_page_of_the_comparison() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::Compare(CompareCommand::Toggle));
    assert_named(&mut harness, "no other session");
    open(&mut harness, "other.json", faulty_session());
    for page in Page::ALL {
        harness.state().push(Command::Compare(CompareCommand::Show(page)));
        assert_named(&mut harness, &format!("{page:?}"));
    }
}

/// The name of what has the focus, with its role.
fn focused(harness: &Window) -> Option<(Role, String)> {
    let root = harness.root();
    let node = root.children_recursive().map(|node| node.accesskit_node()).find(|node| node.is_focused())?;
    Some((node.role(), node.label().or_else(|| node.data().placeholder().map(str::to_owned))?))
}

#[test]
fn tab_reaches_every_part_of_the_window() {
    let (mut harness, _) = faulty_window();
    // The detail has nothing to stop at before something is selected.
    harness.key_press(Key::F8);
    harness.run();
    let mut reached = Vec::new();
    for _ in 0..200 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
        let Some(stop) = focused(&harness) else { continue };
        if reached.first() == Some(&stop) {
            break;
        }
        reached.push(stop);
    }
    let has = |role: Role, name: &str| {
        assert!(
            reached.iter().any(|(known, label)| *known == role && label.contains(name)),
            "{role:?} {name} is not among {reached:#?}"
        );
    };
    has(Role::Button, text("menu.file"));
    has(Role::Button, text("command.open"));
    has(Role::TextInput, text("sessions.filter"));
    has(Role::ListBoxOption, "Faulty film");
    has(Role::Canvas, "9 events");
    has(Role::Button, text("timeline.clock.elapsed"));
    has(Role::ColumnHeader, text("events.type"));
    has(Role::Row, "Event 3");
    has(Role::Button, text("detail.raw"));
    has(Role::Button, text("below.outbox"));
    has(Role::ListBoxOption, "MC-S005");
}

#[test]
fn the_keyboard_alone_finds_selects_filters_zooms_and_fixes() {
    let (mut harness, _) = faulty_window();
    let key = |harness: &mut Window, modifiers: Modifiers, key| {
        harness.key_press_modifiers(modifiers, key);
        harness.run();
    };
    let none = Modifiers::NONE;
    key(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_role_and_label(Role::TextInput, text("search.field")).type_text("adStart");
    harness.run();
    key(&mut harness, none, Key::Enter);
    let selected = |harness: &Window| harness.state().state().selected_event().map(|(_, event)| event.0);
    assert_eq!(selected(&harness), Some(3));
    key(&mut harness, none, Key::Escape);
    let before = harness.state().state().time_view;
    key(&mut harness, none, Key::F);
    assert!(harness.state().state().time_view.width() < before.width(), "it is zoomed to");
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    harness.get_by(|node| node.placeholder() == Some(text("events.filter"))).type_text("ping");
    harness.run();
    assert_eq!(harness.state().state().n_table_rows(), 3);
    key(&mut harness, none, Key::Escape);
    key(&mut harness, none, Key::F8);
    assert!(harness.state().state().selection.is_some());
    key(&mut harness, Modifiers::COMMAND, Key::K);
    harness.get_by_role_and_label(Role::TextInput, text("palette.title")).type_text("fix the selected");
    harness.run();
    key(&mut harness, none, Key::Enter);
    assert!(harness.state().state().mending.fix.is_some(), "its fix is looked at");
}

/// A press as the system reports it.
fn pressed(shortcut: &Shortcut) -> Event {
    let key = Key::from_name(shortcut.key).expect("the toolkit knows the key");
    let mut modifiers = Modifiers::NONE;
    (modifiers.shift, modifiers.alt) = (shortcut.shift, shortcut.alt);
    (modifiers.ctrl, modifiers.command) = (shortcut.ctrl, shortcut.ctrl);
    Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers }
}

fn press(harness: &mut Window, shortcut: &Shortcut) {
    harness.event(pressed(shortcut));
    harness.run_steps(2);
}

#[test]
fn letters_rest_in_every_text_field_and_function_keys_act_there() {
    for (panel, command, field) in [
        ("filter", Command::FocusFilter, text("events.filter")),
        ("search", Command::Find(FindCommand::Open), text("search.field")),
        ("sessions", Command::ClearSelection, text("sessions.filter")),
        ("target", Command::ShowBottom(BottomTab::Outbox), text("outbox.target")),
    ] {
        let (mut harness, _) = faulty_window();
        harness.state().push(command);
        harness.run();
        let is_field = |node: &egui_kittest::Node<'_>| {
            let node = node.accesskit_node();
            node.role() == Role::TextInput
                && [node.label(), node.data().placeholder().map(str::to_owned)]
                    .contains(&Some(field.to_owned()))
        };
        harness.query_all_by_role(Role::TextInput).find(is_field).expect(panel).focus();
        harness.run();
        let before = format!("{:?}", harness.state().state().prefs);
        let view = harness.state().state().time_view;
        let letters = commands().flat_map(|row| row.keys).filter(|shortcut| shortcut.is_letter());
        harness.input_mut().events.extend(letters.map(pressed));
        harness.run();
        let state = harness.state().state();
        assert_eq!(format!("{:?}", state.prefs), before, "{panel}");
        assert_eq!(state.time_view, view, "{panel}");
        assert!(state.selected_event().is_none() && !state.help_open, "{panel}");
        press(&mut harness, &Shortcut::key("F8"));
        assert!(harness.state().state().selection.is_some(), "{panel}: the next finding");
        press(&mut harness, &Shortcut::ctrl("K"));
        assert!(harness.state().state().palette.open, "{panel}: the palette");
    }
}

#[test]
fn keys_that_come_within_a_frame_are_heard_by_what_the_one_before_opened_or_closed() {
    let (mut harness, _) = faulty_window();
    let view = harness.state().state().time_view;
    let [k, f] = [Shortcut::ctrl("K"), Shortcut::key("F")].map(|shortcut| pressed(&shortcut));
    harness.input_mut().events.extend([k, f, Event::Text("f".to_owned()), Event::Text("it".to_owned())]);
    harness.run();
    let typed = harness.get_by_role_and_label(Role::TextInput, text("palette.title"));
    assert_eq!(typed.accesskit_node().value().as_deref(), Some("fit"), "typed into the palette");
    assert_eq!(harness.state().state().time_view, view);
    let keys = ["Escape", "F8", "Questionmark", "Escape", "J"].map(Shortcut::key);
    harness.input_mut().events.extend(keys.iter().map(pressed));
    harness.run();
    let state = harness.state().state();
    assert!(!state.palette.open && !state.help_open);
    let (mut apart, _) = faulty_window();
    press(&mut apart, &Shortcut::ctrl("K"));
    keys.iter().for_each(|key| press(&mut apart, key));
    assert!(state.selection.is_some(), "the event after that of the first finding");
    assert_eq!(state.selection, apart.state().state().selection);
}

#[test]
fn keys_act_wherever_the_focus_is_outside_of_fields() {
    let stops = [
        (Role::Row, "Event 3"),
        (Role::ColumnHeader, text("events.type")),
        (Role::ListBoxOption, "MC-S005"),
        (Role::TreeItem, "eventType"),
        (Role::Canvas, "9 events"),
        (Role::Button, text("timeline.clock.elapsed")),
    ];
    for (role, name) in stops {
        let (mut harness, _) = faulty_window();
        harness.key_press(Key::J);
        harness.run();
        let found = harness
            .query_all_by_role(role)
            .find(|node| node.accesskit_node().label().is_some_and(|label| label.contains(name)));
        found.unwrap_or_else(|| panic!("{name} is there")).focus();
        harness.run_steps(2);
        let selected = |harness: &Window| harness.state().state().selected_event().map(|(_, event)| event.0);
        press(&mut harness, &Shortcut::key("J"));
        assert_eq!(selected(&harness), Some(1), "{name}: the next event");
        let before = harness.state().state().time_view;
        press(&mut harness, &Shortcut::physical("W"));
        assert!(harness.state().state().time_view.width() < before.width(), "{name}: nearer");
        press(&mut harness, &Shortcut::ctrl("K"));
        assert!(harness.state().state().palette.open, "{name}: the palette");
    }
}

#[test]
fn a_row_of_the_table_is_one_stop_and_enter_selects_it() {
    let (mut harness, _) = faulty_window();
    harness.get_by_role_and_label(Role::Row, "Event 2").focus();
    harness.run_steps(2);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert_eq!(focused(&harness), Some((Role::Row, "Event 3".to_owned())));
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().state().selected_event().map(|(_, event)| event.0), Some(3));
}

//! The event table in the window: filter, search and columns.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::Command;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::history::HistoryCommand;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::effect::Effect;
use playtrace::app::prefs::{Pane, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::model::event_type::EventType;
use playtrace::store::filter::EventFilter;
use playtrace::ui::app::InspectorApp;

use crate::support::window::{FakePort, InlinePort, faulty_session, faulty_window, read};

#[test]
fn keys_are_offered_below_the_filter_and_taken_with_enter() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::FocusFilter);
    harness.run();
    assert!(harness.query_by_label("type:").is_some(), "keys are offered in the empty field");
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().state().filter.text, "type:");
    harness.event(Event::Text("pi".to_owned()));
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let state = harness.state().state();
    assert_eq!(state.filter.text, "type:ping");
    assert_eq!(state.n_table_rows(), 3);
}

#[test]
fn an_offer_is_taken_with_a_click() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::FocusFilter);
    harness.run();
    harness.get_by_label("finding:").click();
    harness.run();
    harness.run();
    assert_eq!(harness.state().state().filter.text, "finding:");
}

#[test]
fn what_means_nothing_is_explained_below_the_field_and_the_table_stays() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::FocusFilter);
    harness.run();
    harness.event(Event::Text("tpye:ping".to_owned()));
    harness.run();
    let told = "Character 1: “tpye” is no key; text with : = < > goes in quotes. Did you mean “type”?";
    assert!(harness.query_by_label(told).is_some(), "place and words");
    assert_eq!(harness.state().state().n_table_rows(), 9);
}

fn type_text(harness: &mut Harness<'static, InspectorApp>, words: &str) {
    harness.event(Event::Text(words.to_owned()));
    harness.run();
}

/// The event that is selected, by its number.
fn selected(harness: &Harness<'static, InspectorApp>) -> Option<u32> {
    harness.state().state().selected_event().map(|(_, event)| event.0)
}

#[test]
fn a_search_marks_its_hits_counts_them_and_leaves_all_rows() {
    let (mut harness, _port) = faulty_window();
    // Only rows that find room are drawn.
    harness.state().push(Command::TogglePane(Pane::Plot));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    type_text(&mut harness, "type:ping");
    harness.get_by_label("3 hits");
    for hit in [2, 6, 7] {
        harness.get_by_label(&format!("Event {hit}, found"));
    }
    harness.get_by_label("Event 3");
    assert_eq!(harness.state().state().n_table_rows(), 9, "it is no filter");
    for (shift, event, place) in [
        (false, 2, "1 of 3"),
        (false, 6, "2 of 3"),
        (false, 7, "3 of 3"),
        (false, 2, "1 of 3"),
        (true, 7, "3 of 3"),
        (true, 6, "2 of 3"),
    ] {
        let modifiers = if shift { Modifiers::SHIFT } else { Modifiers::NONE };
        harness.key_press_modifiers(modifiers, Key::Enter);
        harness.run();
        assert_eq!(selected(&harness), Some(event), "the field keeps the focus");
        harness.get_by_label(place);
    }
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().state().search.is_open);
    harness.get_by_label("Event 2");
    harness.key_press(Key::J);
    harness.run();
    assert_eq!(selected(&harness), Some(7), "letters are keys again, and the selection stayed");
}

#[test]
fn hits_are_walked_without_the_field_and_by_its_buttons() {
    let (mut harness, _port) = faulty_window();
    harness.key_press(Key::Slash);
    harness.run();
    type_text(&mut harness, "adStart");
    harness.key_press(Key::Tab);
    harness.run();
    harness.get_by_label(&format!("{} (F3)", playtrace::ui::text::text("command.next-hit.tip"))).click();
    harness.run();
    assert_eq!(selected(&harness), Some(3));
    harness.state().push(Command::Find(FindCommand::For("-type:ping".to_owned())));
    harness.run();
    harness.get_by_label("3 of 6").click();
    harness.key_press(Key::F3);
    harness.run();
    assert_eq!(selected(&harness), Some(4));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F3);
    harness.run();
    assert_eq!(selected(&harness), Some(3));
    harness.get_by_label("Close the search (Esc)").click();
    harness.run();
    assert!(harness.query_by_label("3 of 6").is_none());
}

#[test]
fn a_search_for_what_means_nothing_is_explained_and_one_without_hits_says_so() {
    let (mut harness, _port) = faulty_window();
    harness.key_press(Key::Slash);
    harness.run();
    type_text(&mut harness, "tpye:ping");
    let told = "Character 1: “tpye” is no key; text with : = < > goes in quotes. Did you mean “type”?";
    harness.get_by_label(told);
    harness.state().push(Command::Find(FindCommand::For("nowhere at all".to_owned())));
    harness.run();
    harness.get_by_label("Nothing found");
}

#[test]
fn how_far_a_search_has_come_is_shown_and_it_can_be_stopped() {
    let port = FakePort::default();
    let outside = port.clone();
    let build = move |cc: &mut eframe::CreationContext<'static>| {
        InspectorApp::new(&cc.egui_ctx, ViewPrefs::default(), Box::new(outside), None)
    };
    let mut harness: Harness<'static, InspectorApp> =
        Harness::builder().with_size([1280.0, 800.0]).with_max_steps(24).build_eframe(build);
    harness.state().push(Command::OpenText { name: "faulty.json".to_owned(), bytes: faulty_session() });
    harness.run();
    let job = harness.state().state().jobs[0].id;
    let (capture, places) = read("faulty.json", faulty_session());
    let opened = Update::Opened { job, capture, places, project: None, config: Ok(None) };
    port.happens.borrow_mut().push_back(opened);
    harness.run();
    harness.state().push(Command::Find(FindCommand::For("ping".to_owned())));
    harness.run_steps(2);
    harness.get_by_label("Searching…");
    let revision = port.asked.borrow().iter().rev().find_map(|effect| match effect {
        Effect::Find { revision, .. } => Some(*revision),
        _ => None,
    });
    let revision = revision.expect("it is searched outside");
    let progress = Update::FindProgress { revision, done: 40, total: 100 };
    port.happens.borrow_mut().push_back(progress);
    harness.run_steps(3);
    harness.get_by_label("Searching, 40 %");
    harness.get_by_label("Stop").click();
    harness.run_steps(3);
    let stopped = port.asked.borrow().iter().any(|effect| match effect {
        Effect::StopFinding { revision: next } => *next > revision,
        _ => false,
    });
    assert!(stopped, "the outside is told");
    port.happens.borrow_mut().push_back(Update::Found { revision, hits: Arc::new(vec![2]) });
    harness.run_steps(3);
    let search = &harness.state().state().search;
    assert!(search.hits.is_none() && !search.running, "what comes late is dropped");
}

/// What the heads of the table say, from left to right.
fn heads(harness: &Harness<'static, InspectorApp>) -> Vec<String> {
    let mut heads: Vec<(f32, String)> = harness
        .query_all_by_role(Role::ColumnHeader)
        .filter_map(|node| Some((node.rect().left(), node.accesskit_node().label()?)))
        .collect();
    heads.sort_by(|a, b| a.0.total_cmp(&b.0));
    heads.into_iter().map(|(_, name)| name).collect()
}

/// The numbers of the events from the top.
fn arrivals(harness: &Harness<'static, InspectorApp>) -> Vec<u32> {
    let state = harness.state().state();
    (0..state.n_table_rows()).filter_map(|row| state.table_row(row)).map(|(arrival, _)| arrival).collect()
}

fn head(harness: &Harness<'static, InspectorApp>, name: &str) -> Rect {
    harness.get_by_role_and_label(Role::ColumnHeader, name).rect()
}

/// Presses at one place, moves to the other, lets go.
fn drag(harness: &mut Harness<'static, InspectorApp>, from: Pos2, to: Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(Event::PointerMoved(from));
    harness.run();
    harness.event(button(from, true));
    harness.run();
    for step in 1..=4 {
        harness.event(Event::PointerMoved(from + (to - from) * (step as f32 / 4.0)));
        harness.run();
    }
    harness.event(button(to, false));
    harness.run();
}

#[test]
fn a_click_on_a_head_sorts_up_then_down_then_not_at_all() {
    let (mut harness, _port) = faulty_window();
    harness.get_by_role_and_label(Role::ColumnHeader, "Playhead").click();
    harness.run();
    assert_eq!(arrivals(&harness), [0, 1, 2, 3, 4, 5, 7, 8, 6]);
    harness.get_by_role_and_label(Role::ColumnHeader, "Playhead, ascending").click();
    harness.run();
    assert_eq!(arrivals(&harness), [6, 8, 7, 3, 4, 5, 2, 0, 1]);
    harness.get_by_role_and_label(Role::ColumnHeader, "Playhead, descending").click();
    harness.run();
    assert_eq!(arrivals(&harness), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_head_is_dragged_to_another_place_and_wider() {
    let (mut harness, _port) = faulty_window();
    let usual = ["#", "Time", "Type", "Playhead", "Gap", "Findings", "Status", "ts (UTC)"];
    assert_eq!(heads(&harness), usual);
    let (from, to) = (head(&harness, "Playhead").center(), head(&harness, "Time").center());
    drag(&mut harness, from, to);
    assert_eq!(heads(&harness)[..4], ["#", "Playhead", "Time", "Type"]);
    let before = head(&harness, "Type");
    let edge = before.right_center() - vec2(3.0, 0.0);
    drag(&mut harness, edge, edge + vec2(40.0, 0.0));
    let after = head(&harness, "Type");
    assert!((after.width() - before.width() - 40.0).abs() < 8.0, "{before} {after}");
    assert_eq!(heads(&harness)[..4], ["#", "Playhead", "Time", "Type"], "the edge moves no column");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(head(&harness, "Type").width(), before.width(), "a drag is taken back as one");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(heads(&harness), usual);
}

#[test]
fn a_head_offers_what_can_be_done_with_its_column() {
    let (mut harness, _port) = faulty_window();
    for (offer, wanted) in [
        ("Move to the right", &["#", "Time", "Type", "Playhead", "Findings", "Gap"][..]),
        ("Hide this column", &["#", "Time", "Type", "Playhead", "Findings", "Status"]),
    ] {
        harness.get_by_role_and_label(Role::ColumnHeader, "Gap").click_secondary();
        harness.run();
        harness.get_by_label(offer).click();
        harness.run();
        assert_eq!(heads(&harness)[..6], *wanted);
    }
    harness.get_by_role_and_label(Role::ColumnHeader, "Type").click_secondary();
    harness.run();
    harness.get_by_label("Sort descending").click();
    harness.run();
    assert_eq!(heads(&harness)[2], "Type, descending");
    assert_eq!(arrivals(&harness)[0], 0, "sessionStart comes last in the alphabet");
}

#[test]
fn columns_are_chosen_moved_sorted_and_resized_in_their_list_without_a_mouse() {
    let (mut harness, _port) = faulty_window();
    let n_before = harness.query_all_by_label("Faulty film").count();
    harness.state().push(Command::Palette(PaletteCommand::Run("table-columns".to_owned())));
    harness.run();
    let press = |harness: &mut Harness<'static, InspectorApp>, name: &str| {
        harness.get_by_role_and_label(Role::Button, name).focus();
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
    };
    press(&mut harness, "Show Bytes");
    press(&mut harness, "Bytes: further left");
    press(&mut harness, "Hide Gap");
    press(&mut harness, "Sort by Bytes");
    press(&mut harness, "Sorted by Bytes, ascending");
    harness.get_by_role_and_label(Role::TextInput, "A value of your own:").focus();
    harness.run();
    type_text(&mut harness, "media.name");
    harness.key_press(Key::Enter);
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    if harness.state().state().columns_open {
        harness.key_press(Key::Escape);
        harness.run();
    }
    let wanted = [
        "#",
        "Time",
        "Type",
        "Playhead",
        "Findings",
        "Status",
        "Bytes, descending",
        "ts (UTC)",
        "media.name",
    ];
    assert_eq!(heads(&harness), wanted);
    assert_eq!(harness.query_all_by_label("Faulty film").count(), n_before + 1, "its value is shown");
    assert_eq!(arrivals(&harness)[0], 0, "sessionStart is the longest");
    // What is kept is read by the next start.
    let kept = serde_json::to_string(&harness.state().state().prefs).expect("preferences can be written");
    let prefs: ViewPrefs = serde_json::from_str(&kept).expect("and read");
    assert_eq!(prefs, harness.state().state().prefs);
    let build = move |cc: &mut eframe::CreationContext<'static>| {
        InspectorApp::new(&cc.egui_ctx, prefs.clone(), Box::new(InlinePort::default()), None)
    };
    let mut next: Harness<'static, InspectorApp> =
        Harness::builder().with_size([1280.0, 800.0]).with_max_steps(24).build_eframe(build);
    crate::support::window::open(&mut next, "faulty.json", faulty_session());
    assert_eq!(heads(&next), wanted);
    next.state().push(Command::Table(TableCommand::Usual));
    next.run();
    assert_eq!(heads(&next).len(), 8);
}

/// What was last put on the clipboard while something was done.
fn clipboard(
    harness: &mut Harness<'static, InspectorApp>,
    act: impl FnOnce(&mut Harness<'static, InspectorApp>),
) -> Option<String> {
    act(harness);
    let mut text = None;
    for _ in 0..4 {
        harness.step();
        text = harness.output().platform_output.commands.iter().fold(text, |text, command| match command {
            OutputCommand::CopyText(copied) => Some(copied.clone()),
            _ => text,
        });
    }
    text
}

#[test]
fn events_are_copied_from_the_menu_of_a_row_and_by_command() {
    let (mut harness, _port) = faulty_window();
    let copied = clipboard(&mut harness, |harness| {
        harness.get_by_label("Event 2").click_secondary();
        harness.run();
        assert_eq!(selected(harness), Some(2), "the row is selected");
        harness.get_by_label("Copy as JSON").click();
    });
    let event: serde_json::Value = serde_json::from_str(&copied.expect("it is copied")).expect("JSON");
    assert_eq!(event["eventType"], "ping");
    harness.run();
    harness.get_by_label("Copied as JSON; events: 1");
    harness.state().push(Command::Find(FindCommand::For("ping".to_owned())));
    harness.state().push(Command::SetFilter(EventFilter {
        event_type: Some(EventType::Ping),
        ..EventFilter::default()
    }));
    harness.run();
    let run = |name: &str| Command::Palette(PaletteCommand::Run(name.to_owned()));
    let all = clipboard(&mut harness, |harness| harness.state().push(run("copy-all-json")));
    let all: Vec<serde_json::Value> = serde_json::from_str(&all.expect("copied")).expect("an array");
    assert_eq!(all.len(), 3, "what is shown");
    let notation = clipboard(&mut harness, |harness| harness.state().push(run("copy-all-notation")));
    assert_eq!(notation.expect("copied").lines().count(), 4, "a header and three events");
    let curl = clipboard(&mut harness, |harness| harness.state().push(run("copy-curl")));
    assert!(curl.is_some_and(|curl| curl.starts_with("curl -g -X POST")));
}

#[test]
fn nothing_to_copy_is_said() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::ClearSelection);
    harness.run();
    let run = Command::Palette(PaletteCommand::Run("copy-json".to_owned()));
    assert_eq!(clipboard(&mut harness, |harness| harness.state().push(run)), None);
    harness.run();
    harness.get_by_label("There is no event to copy");
}

#[test]
fn a_filter_is_saved_chosen_from_menu_and_palette_deleted_and_brought_back() {
    let (mut harness, _port) = faulty_window();
    let filter_text = |harness: &Harness<'static, InspectorApp>| harness.state().state().filter.text.clone();
    let by = |text: &str| EventFilter { text: text.to_owned(), ..EventFilter::default() };
    harness.state().push(Command::SetFilter(by("type:ping")));
    harness.run();
    harness.get_by_label("My filters").click();
    harness.run();
    harness.get_by_label("Nothing saved yet");
    harness.get_by_label("Saved filters…").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Name of this filter:");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "Only pings");
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("Delete Only pings");
    harness.get_by_label("Close").click();
    harness.run();
    harness.state().push(Command::SetFilter(by("")));
    harness.run();
    harness.get_by_label("My filters").click();
    harness.run();
    harness.get_by_label("Only pings").click();
    harness.run();
    assert_eq!(filter_text(&harness), "type:ping");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(filter_text(&harness), "", "choosing one is undone");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    type_text(&mut harness, "only pings");
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(filter_text(&harness), "type:ping");
    assert_eq!(harness.state().state().n_table_rows(), 3);
    harness.state().push(Command::Palette(PaletteCommand::Run("table-filters".to_owned())));
    harness.run();
    harness.get_by_label("Delete Only pings").click();
    harness.run();
    harness.get_by_label("Close").click();
    harness.run();
    assert!(harness.state().state().prefs.saved_filters.is_empty());
    harness.state().push(Command::History(HistoryCommand::Undo));
    harness.run();
    let prefs = &harness.state().state().prefs;
    assert_eq!(prefs.saved_filters[0].name, "Only pings");
    let kept = serde_json::to_string(prefs).expect("preferences can be written");
    let read: ViewPrefs = serde_json::from_str(&kept).expect("and read");
    assert_eq!(read.saved_filters, prefs.saved_filters);
}
